"""Which of OpenAI's models suits a machine: the most accurate that keeps up with live talk.

By faster-whisper's published figures for int8 on a CPU of 8 threads (its README: 13 minutes by
``small`` in 1 min 42 s), and by what each takes in memory beside everything else. Loads nothing
heavy: it is asked whenever the settings are read.
"""

from __future__ import annotations

import shutil

_GIB = 2**30


def model(
    *, memory_bytes: int | None = None, cores: int | None = None, has_gpu: bool | None = None
) -> str:
    """The name of the model that suits a machine; this one, where nothing is told.

    Args:
        memory_bytes: Of the machine.
        cores: Real ones.
        has_gpu: Whether there is one that CTranslate2 can use: NVIDIA's.
    """
    import psutil  # noqa: PLC0415 (only who has chosen none needs it)

    memory = psutil.virtual_memory().total if memory_bytes is None else memory_bytes
    count = (psutil.cpu_count(logical=False) or 1) if cores is None else cores
    gpu = shutil.which("nvidia-smi") is not None if has_gpu is None else has_gpu
    if gpu and memory >= 8 * _GIB:
        return "large-v3-turbo"
    if count >= 4 and memory >= 6 * _GIB:
        return "small"
    if memory >= 3 * _GIB:
        return "base"
    return "tiny"
