"""The system's own sound: what one of its outputs plays."""

from __future__ import annotations

from recorder.sources.intake import Intake
from recorder.sources.past import Past
from recorder.types import SourceKind, SourceSpec


class SystemSource(Intake):
    """Records what an output plays, in its own rate, channels and sample format.

    Linux alone, through the monitor that PulseAudio and PipeWire keep for every sink.
    """

    def __init__(self, spec: SourceSpec, *, past: Past | None = None) -> None:
        """Prepare to record.

        Args:
            spec: Of `SourceKind.SYSTEM`; its address is the name of an output or the id of its
                monitor in `recorder.sources.devices`, or empty for the default output, which
                stays the one that it is at the first sample.
            past: What an earlier recorder stored of it.
        """
        if spec.kind is not SourceKind.SYSTEM:
            raise ValueError(f"{spec} is not the system's sound")
        super().__init__(spec, past=past)
