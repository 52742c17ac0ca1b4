"""What somebody should know before the first recording. No Qt; looks at the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.settings import Settings
from recorder import disk
from recorder.errors import StorageError

if TYPE_CHECKING:
    from app.jobs import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The first screen's facts.

    Attributes:
        place: Where recordings go, and how much room is there.
        words: Which model makes words of them, in a sentence.
        model: Its name, where it can be fetched; empty where it is here.
    """

    place: str
    words: str
    model: str = ""


def look(settings: Settings) -> Welcome:
    """Look where recordings would go, and which model suits this machine."""
    from transcribe.errors import TranscribeError  # noqa: PLC0415 (after the first window)
    from transcribe.weights import Weights  # noqa: PLC0415 (likewise)

    try:
        model = Weights(settings.models).model(settings.model)
    except TranscribeError:
        said = translate("Welcome", "No model is called {name}; choose another in the settings.")
        return Welcome(place=_place(settings), words=said.format(name=settings.model))
    if model.is_here:
        said = translate("Welcome", "Whisper {name} is here and makes every word findable.")
        return Welcome(place=_place(settings), words=said.format(name=model.name))
    said = translate(
        "Welcome",
        "Whisper {name} suits this computer ({size}). Words can be found once it is here; "
        "what is recorded before then is transcribed later.",
    )
    return Welcome(
        place=_place(settings),
        words=said.format(name=model.name, size=words.size(model.size_bytes)),
        model=model.name,
    )


def fetch(settings: Settings) -> Job:
    """Begin to download the model that the settings name, in a process of its own.

    Raises:
        StorageError: It can't be written down, or its process doesn't start.
    """
    from app.jobs import Jobs, Kind, Request  # noqa: PLC0415 (after the first window)

    details = {"model": settings.model, "models": str(settings.models)}
    return Jobs().start(Request(kind=Kind.DOWNLOAD, title=settings.model, details=details))


def _place(settings: Settings) -> str:
    folder = settings.archive
    existing = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        free = words.size(disk.free_bytes(existing))
    except StorageError:
        return str(folder)
    return translate("Welcome", "{folder}, with {size} free").format(folder=folder, size=free)
