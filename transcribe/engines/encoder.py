"""Whisper's encoder on a CPU, by ONNX Runtime.

CTranslate2's writes down each head's square of scores, 72 MB a layer for half a minute, which
takes longer than computing them, and more so the more threads do it. ONNX Runtime's attention
keeps them in the cache.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from transcribe import encodergraph

# Where a CPU's sums of products of bytes may overflow, they are made another way; with AMX they
# don't, but are taken for such (MlasPlatformU8S8Overflow), and the other way is twice as slow.
_EXACT = "session.x64quantprecision"
_CPU = Path("/proc/cpuinfo")


class Encoder:
    """An encoder that `transcribe.encodergraph` wrote. May be called from several threads."""

    def __init__(self, folder: Path) -> None:
        """Load it.

        Raises:
            RuntimeError: It can't be loaded.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # each call computes on its caller's thread
        options.enable_cpu_mem_arena = False  # it would keep the most that was ever used
        options.add_session_config_entry(_EXACT, "0" if _has_amx() else "1")
        try:
            self._session = onnxruntime.InferenceSession(
                folder / encodergraph.NAME, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its own exceptions have no common base
            raise RuntimeError(f"the encoder can't be loaded: {error}") from error

    def __call__(self, mel: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Encode sound.

        Args:
            mel: Shape (batch, mels, frames); an even number of frames, at most 3,000.

        Returns:
            Shape (batch, frames / 2, states).

        Raises:
            RuntimeError: It can't be computed.
        """
        try:
            [encoded] = self._session.run(None, {"mel": mel})
        except Exception as error:
            raise RuntimeError(f"the encoder failed: {error}") from error
        return np.asarray(encoded)


def _has_amx() -> bool:
    """Whether the CPU multiplies tiles of bytes."""
    try:
        return "amx_int8" in _CPU.read_text()
    except OSError:  # not Linux: the exact way is right everywhere
        return False
