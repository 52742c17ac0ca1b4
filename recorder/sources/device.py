"""An input device: a microphone, a line, a loopback device that shows up as an input."""

from __future__ import annotations

from recorder.sources.intake import Intake
from recorder.sources.past import Past
from recorder.types import SourceKind, SourceSpec


class DeviceSource(Intake):
    """Records an input device in its own rate, channels and sample format."""

    def __init__(self, spec: SourceSpec, *, past: Past | None = None) -> None:
        """Prepare to record.

        Args:
            spec: Of `SourceKind.DEVICE`; its address is a name or an id of
                `recorder.sources.devices`, or empty for the default input.
            past: What an earlier recorder stored of it.
        """
        if spec.kind is not SourceKind.DEVICE:
            raise ValueError(f"{spec} is not a device")
        super().__init__(spec, past=past)
