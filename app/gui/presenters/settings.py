"""The settings as people find and change them. No Qt.

Each entry is a setting of `app.settings` with its words; what is no setting of the file (the
models, the entry at login, the signing key) stands among them by its own name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app import autostart, paths, settings
from app.gui.presenters import words
from app.gui.presenters.exporting import Choice
from app.gui.presenters.language import translate
from app.jobs import Kind as JobKind
from app.jobs import Request
from app.settings import Origin, Settings
from recorder.errors import AircheckError
from transcribe import suiting

if TYPE_CHECKING:
    from transcribe.weights import Model, Weights

Kind = Literal[
    "folder", "folders", "switch", "pick", "number", "text", "models", "autostart", "key"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that can be set.

    Attributes:
        name: Of the setting; of what is none in the file, its own.
        group: The heading that it stands under.
        about: What it does, a sentence or two.
        choices: Of a ``pick``.
        unit: Of a ``number``.
        most: The largest number.
        more: Words that find it, too.
        is_late: Whether it holds from the next time on that the window is opened.
    """

    name: str
    kind: Kind
    group: str
    title: str
    about: str
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    most: int = 0
    more: str = ""
    is_late: bool = False


def entries() -> tuple[Entry, ...]:
    """All of them, in the order of the page; those that this version has."""
    known = {each.name for each in fields(Settings)} | {"models-list", "autostart", "key"}
    every = (*_archive(), *_recording(), *_text(), *_keeping(), *_window(), *_publishing())
    return tuple(entry for entry in every if entry.name in known)


def matching(shown: Iterable[Entry], query: str) -> tuple[Entry, ...]:
    """Those that hold every word of a query, in whatever place."""
    asked = query.casefold().split()
    return tuple(
        entry
        for entry in shown
        if all(
            word
            in f"{entry.group} {entry.title} {entry.about} {entry.more} {entry.name}".casefold()
            for word in asked
        )
    )


def _archive() -> tuple[Entry, ...]:
    group = translate("Settings", "Archive")
    return (
        Entry(
            name="archive",
            kind="folder",
            group=group,
            title=translate("Settings", "Folder of the archive"),
            about=translate(
                "Settings",
                "New sessions are recorded here. Sessions that are elsewhere stay there; "
                "'aircheck move' moves an archive whole.",
            ),
            more=translate("Settings", "place disk recordings"),
            is_late=True,
        ),
        Entry(
            name="exports",
            kind="folder",
            group=group,
            title=translate("Settings", "Folder for exports"),
            about=translate("Settings", "Where exports go, unless you choose another folder."),
        ),
        Entry(
            name="watched",
            kind="folders",
            group=group,
            title=translate("Settings", "Watched folders"),
            about=translate(
                "Settings",
                "What is put there is imported once it is whole, and stays where it is. Jobs shows "
                "it; it goes on when the window is closed.",
            ),
            more=translate("Settings", "import recorder memos automatic"),
        ),
    )


def _recording() -> tuple[Entry, ...]:
    group = translate("Settings", "Recording")
    return (
        Entry(
            name="pre_roll",
            kind="number",
            group=group,
            title=translate("Settings", "Keep what was before"),
            about=translate(
                "Settings",
                "A device that you have chosen is listened to before you press Record, and the "
                "recording begins so much earlier. 0: off. Nothing is stored until you record.",
            ),
            unit=translate("Settings", "seconds"),
            most=300,
            more=translate("Settings", "pre-roll microphone"),
        ),
        Entry(
            name="cookies",
            kind="text",
            group=group,
            title=translate("Settings", "Cookies for pages"),
            about=translate(
                "Settings",
                "For pages that play only to those who have signed in: browser:firefox, or the "
                "path of a cookies.txt. Empty: none.",
            ),
            more=translate("Settings", "login password account"),
        ),
        Entry(
            name="autostart",
            kind="autostart",
            group=group,
            title=translate("Settings", "Go on after a restart"),
            about=translate(
                "Settings",
                "At each login, recordings that were running or are scheduled are taken up again.",
            ),
            more=translate("Settings", "autostart boot login"),
        ),
    )


def _text() -> tuple[Entry, ...]:
    group = translate("Settings", "Transcription")
    return (
        Entry(
            name="transcribe",
            kind="switch",
            group=group,
            title=translate("Settings", "Transcribe sessions when they end"),
            about=translate("Settings", "So that every word can be found, without asking for it."),
            more=translate("Settings", "whisper automatic"),
        ),
        Entry(
            name="model",
            kind="pick",
            group=group,
            title=translate("Settings", "Whisper model"),
            about=translate(
                "Settings",
                "Larger ones hear better and take longer. Until the chosen one is on this "
                "machine, the largest that is does the work.",
            ),
            more=translate("Settings", "language accuracy speed"),
        ),
        Entry(
            name="models-list",
            kind="models",
            group=group,
            title=translate("Settings", "Models on this machine"),
            about=translate(
                "Settings",
                "A download goes on where it broke off. Recording needs no model.",
            ),
            more=translate("Settings", "download remove add file"),
        ),
        Entry(
            name="models",
            kind="folder",
            group=group,
            title=translate("Settings", "Folder of the models"),
            about=translate("Settings", "Shared by all archives."),
            is_late=True,
        ),
    )


def _keeping() -> tuple[Entry, ...]:
    group = translate("Settings", "Keeping")
    return (
        Entry(
            name="keep_days",
            kind="number",
            group=group,
            title=translate("Settings", "Move old sessions to the trash"),
            about=translate(
                "Settings", "After so many days. 0: never. Sessions in collections always stay."
            ),
            unit=translate("Settings", "days"),
            most=36_500,
            more=translate("Settings", "retention delete age"),
        ),
        Entry(
            name="keep_free_gb",
            kind="number",
            group=group,
            title=translate("Settings", "Keep room on the disk"),
            about=translate(
                "Settings",
                "While less is free, the oldest sessions go to the trash. 0: never. Sessions in "
                "collections always stay.",
            ),
            unit="GB",
            most=100_000,
            more=translate("Settings", "retention space full"),
        ),
        Entry(
            name="trash_days",
            kind="number",
            group=group,
            title=translate("Settings", "Empty the trash by itself"),
            about=translate(
                "Settings", "What lies in it for so many days is deleted for good. 0: never."
            ),
            unit=translate("Settings", "days"),
            most=36_500,
            more=translate("Settings", "retention delete"),
        ),
    )


def _window() -> tuple[Entry, ...]:
    group = translate("Settings", "Window")
    return (
        Entry(
            name="language",
            kind="pick",
            group=group,
            title=translate("Settings", "Language"),
            about=translate("Settings", "Of the window; dates and numbers follow it."),
            choices=(
                Choice(value="", title=translate("Settings", "The system's")),
                Choice(value="en", title="English"),
                Choice(value="de", title="Deutsch"),
            ),
            more="language Sprache Deutsch English",
            is_late=True,
        ),
        Entry(
            name="theme",
            kind="pick",
            group=group,
            title=translate("Settings", "Theme"),
            about=translate("Settings", "Light, dark, or high contrast."),
            choices=(
                Choice(value="", title=translate("Settings", "The system's")),
                Choice(value="light", title=translate("Settings", "Light")),
                Choice(value="dark", title=translate("Settings", "Dark")),
                Choice(value="contrast", title=translate("Settings", "High contrast")),
            ),
            more=translate("Settings", "colours appearance night"),
        ),
        Entry(
            name="notify",
            kind="switch",
            group=group,
            title=translate("Settings", "Notifications"),
            about=translate(
                "Settings",
                "When a session goes live, breaks, is refused, ends, or can be searched.",
            ),
        ),
        Entry(
            name="tray",
            kind="switch",
            group=group,
            title=translate("Settings", "Stay in the tray"),
            about=translate(
                "Settings",
                "When the window is closed, where the desktop has a tray. Recordings go on either "
                "way.",
            ),
            more=translate("Settings", "close quit icon"),
        ),
    )


def _publishing() -> tuple[Entry, ...]:
    return (
        Entry(
            name="key",
            kind="key",
            group=translate("Settings", "Publishing"),
            title=translate("Settings", "Your signing key"),
            about=translate(
                "Settings",
                "It signs what you export unedited. Publish the public key where people know you: "
                "it tells your archive's exports from others'.",
            ),
            more=translate("Settings", "signature proof fingerprint ssh"),
        ),
    )


# --- values -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is set now.

    Attributes:
        settings: Resolved.
        origins: Who decides each.
        models: Whisper's, here or not; the demo alone where it is chosen, for it is for tests.
        suits: The name of the model that suits this computer.
        has_autostart: Whether the entry at login is there; None where this system has none.
        public_key: Of the signing key; empty where none was made yet.
        fingerprint: Likewise.
    """

    settings: Settings
    origins: dict[str, Origin]
    models: tuple[Model, ...]
    suits: str
    has_autostart: bool | None
    public_key: str = ""
    fingerprint: str = ""

    def of(self, name: str) -> Any:
        """A setting's value, as the page shows it."""
        value = getattr(self.settings, name)
        return str(value) if isinstance(value, Path) else value

    def is_fixed(self, name: str) -> bool:
        """Whether the environment decides it, so that the file can't."""
        return self.origins.get(name) == "environment"


def read() -> Values:
    """Read all of them. Blocks on the disk, briefly.

    Raises:
        SettingsError: They can't be read.
        ExportError: The signing key can't be used.
    """
    now = settings.load()
    has_autostart: bool | None = None
    with contextlib.suppress(AircheckError):
        has_autostart = autostart.entry() is not None
    key = _key() if paths.signing_key().exists() else ("", "")
    return Values(
        settings=now,
        origins=settings.origins(),
        models=_models(now),
        suits=suiting.model(),
        has_autostart=has_autostart,
        public_key=key[0],
        fingerprint=key[1],
    )


def change(name: str, value: Any) -> Values:
    """Set something, and read all anew; the default is not written down.

    Raises:
        SettingsError: It is no such setting's value; nothing was changed.
        StorageError: The disk refuses; nothing was changed.
    """
    settings.save({name: value})
    return read()


def switch_autostart(*, is_on: bool) -> Values:
    """Make the entry at login, or remove it, and read all anew.

    Raises:
        AircheckError: This system has no such thing, or the disk refuses.
    """
    if is_on:
        autostart.switch_on(settings.load().archive)
    else:
        autostart.switch_off()
    return read()


def make_key() -> Values:
    """Make the signing key, and read all anew.

    Raises:
        ExportError: It can't be made.
        StorageError: The disk refuses.
    """
    _key()
    return read()


def download_of(model: str, now: Settings) -> Request:
    """The work of getting a model."""
    details = {"model": model, "models": str(now.models)}
    return Request(kind=JobKind.DOWNLOAD, title=model, details=details)


def add_model(path: Path) -> Values:
    """Take a copy of a checkpoint's file among the models. May take minutes.

    Raises:
        BrokenModel: It is none.
        StorageError: It can't be read or copied.
    """
    _weights(settings.load()).add(path)
    return read()


def remove_model(name: str) -> Values:
    """Delete a model from this machine.

    Raises:
        UnknownModel: There is none of that name.
        StorageError: The disk refuses.
    """
    _weights(settings.load()).remove(name)
    return read()


def model_choices(models: Iterable[Model]) -> tuple[Choice, ...]:
    """The models to choose from, those that are here first."""
    return tuple(
        Choice(value=model.name, title=_model_title(model), about=model_about(model.name))
        for model in sorted(models, key=lambda model: not model.is_here)
    )


def _model_title(model: Model) -> str:
    if model.is_here:
        return translate("Settings", "{model} (on this machine)").format(model=model.name)
    return translate("Settings", "{model} ({size} to download)").format(
        model=model.name, size=words.size(model.size_bytes)
    )


def model_about(name: str) -> str:
    """What a model is good for; empty for one that was added by hand."""
    english = translate("Settings", "English only.") if name.endswith(".en") else ""
    said = {
        "tiny": translate("Settings", "The fastest on any machine, with many mistakes."),
        "base": translate("Settings", "Fast; good enough to search clear speech."),
        "small": translate("Settings", "A good balance on a recent computer."),
        "medium": translate("Settings", "Accurate, and slow without a graphics card."),
        "large-v1": translate("Settings", "The first large one; large-v3 is better."),
        "large-v2": translate("Settings", "Very accurate; wants a graphics card."),
        "large-v3": translate("Settings", "The most accurate; wants a graphics card."),
        "large-v3-turbo": translate("Settings", "Nearly as accurate as large-v3, and faster."),
    }.get(name.removesuffix(".en"), "")
    return " ".join(part for part in (said, english) if part)


def _models(now: Settings) -> tuple[Model, ...]:
    from transcribe.weights import DEMO  # noqa: PLC0415 (as below)

    return tuple(each for each in _weights(now).models() if each.name != DEMO or now.model == DEMO)


def _weights(now: Settings) -> Weights:
    from transcribe.weights import Weights  # noqa: PLC0415 (loads requests: off the GUI thread)

    return Weights(now.models)


def _key() -> tuple[str, str]:
    from recorder.sign import Signer  # noqa: PLC0415 (loads cryptography)

    public = Signer.at(paths.signing_key()).public
    return str(public), public.fingerprint
