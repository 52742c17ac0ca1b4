"""``python -P -m transcribe.engines.probe``: whether CTranslate2 can compute on the GPU here.

Ends with 0 where a convolution and a product were computed; a machine whose libraries don't fit
ends it otherwise, or aborts it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import ctranslate2
import numpy as np

from transcribe import conversion
from transcribe.weights import DEMO, Weights


def main() -> int:
    """Encode half a minute of silence by the model that comes with Aircheck."""
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Weights(Path(folder)).find(DEMO)
        made = conversion.converted(checkpoint, DEMO, "float16")
        model = ctranslate2.models.Whisper(str(made), device="cuda", compute_type="float16")
        silence = np.zeros((1, 80, 3000), np.float32)
        model.encode(ctranslate2.StorageView.from_array(silence), to_cpu=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
