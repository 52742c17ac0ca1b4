"""What people may change of a session: its title, host, description, rights, consent and cover.

Only ``session.json`` changes, and the cover beside it; the journal keeps what was asked for at the
beginning, so that editing changes no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from recorder.archive import SessionFolder, SessionInfo, write_whole
from recorder.errors import AircheckError
from recorder.tags import image_type

_LARGEST_COVER = 1 << 24
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}


class CoverError(AircheckError):
    """A file that can't be a cover."""


class NoTitle(AircheckError):
    """A title that says nothing."""

    exit_status = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change; None leaves it as it is, an empty text takes it away, but the title."""

    title: str | None = None
    host: str | None = None
    description: str | None = None
    rights: str | None = None
    consent: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None
    cover: Path | None = None
    no_cover: bool = False


def facts(info: SessionInfo) -> dict[str, object]:
    """What people may change beside the title, for programs."""
    return {
        "host": info.host,
        "description": info.description,
        "rights": info.rights,
        "consent": info.consent,
        "notes": info.notes,
        "tags": list(info.tags),
        "cover": info.cover,
    }


def edit(folder: SessionFolder, changes: Changes) -> SessionInfo:
    """Change what a session says of itself.

    Raises:
        CorruptSession: ``session.json`` can't be read.
        CoverError: The cover is no JPEG or PNG, or too large.
        NoTitle: The title is empty.
        StorageError: The disk refuses; all is as it was.
    """
    before = folder.info()
    texts = {
        name: value
        for name in ("title", "host", "description", "rights", "consent", "notes")
        if (value := getattr(changes, name)) is not None
    }
    if "title" in texts:
        texts["title"] = _title(texts["title"])
    info = replace(before, **texts)
    if changes.tags is not None:
        tags = (" ".join(tag.split()) for tag in changes.tags)
        info = replace(info, tags=tuple(dict.fromkeys(tag for tag in tags if tag)))
    if changes.no_cover:
        info = replace(info, cover="")
    elif changes.cover is not None:
        info = replace(info, cover=_keep(folder, changes.cover))
    folder.write_info(info)
    if before.cover and before.cover != info.cover and Path(before.cover).name == before.cover:
        (folder.path / before.cover).unlink(missing_ok=True)
    return info


def _title(given: str) -> str:
    title = " ".join(given.split())
    if not title:
        raise NoTitle(
            "A session without a title can't be told from others.",
            safe="It is called as it was.",
            hint="Give it another title.",
        )
    return title


def _keep(folder: SessionFolder, cover: Path) -> str:
    """Copy a cover into the session's folder."""
    try:
        with cover.open("rb") as file:
            data = file.read(_LARGEST_COVER + 1)
    except OSError as error:
        raise CoverError(
            f"{cover} can't be read: {error.strerror}.", safe="The session is as it was."
        ) from error
    kind = image_type(data)
    if not kind or len(data) > _LARGEST_COVER:
        raise CoverError(
            f"{cover} can't be a cover.",
            safe="The session is as it was.",
            hint="A JPEG or PNG of at most 16 MB can.",
        )
    name = f"cover{_SUFFIXES[kind]}"
    write_whole(folder.path / name, data)
    return name
