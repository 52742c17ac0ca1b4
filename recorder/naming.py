"""Names of files that every system takes: any text in, a name out.

Windows refuses some signs, names that belong to devices, and dots or spaces at the end
(https://learn.microsoft.com/windows/win32/fileio/naming-a-file); most file systems end at 255
bytes. What is refused is replaced, what is too long is cut between letters.

What is exported is called after its session's folder, then after the stretch, then after what it
is: no two sessions share a name, and all that was made of one stands together in a list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

MOST_BYTES = 255

_REFUSED = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_FIELD = re.compile(r"\{([^{}]*)\}")
_NAMELESS = "untitled"
_JOINERS = "\u200c\u200d"  # between letters of some scripts, and between joined pictures
_ENDS = ". " + _JOINERS


def safe(
    text: str, *, suffix: str = "", ascii_only: bool = False, most_bytes: int = MOST_BYTES
) -> str:
    """A file's name, as near to a text as it may be.

    Args:
        text: Any text.
        suffix: Put behind it as it is, with its dot; never cut.
        ascii_only: Without letters that ASCII doesn't have; accents go, the rest becomes ``_``.
        most_bytes: Of the whole name, as UTF-8.
    """
    text = unicodedata.normalize("NFC", text.encode(errors="replace").decode())
    if ascii_only:
        bare = "".join(
            sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
        )
        text = re.sub("_+", "_", bare.encode("ascii", "replace").decode().replace("?", "_"))
    text = "".join(sign if sign.isprintable() or sign in _JOINERS else " " for sign in text)
    text = " ".join(_REFUSED.sub("-", text).split()).strip(_ENDS)
    if _RESERVED.fullmatch(text.partition(".")[0].strip()):
        text = f"_{text}"
    return (_cut(text, most_bytes - len(suffix.encode())).rstrip(_ENDS) or _NAMELESS) + suffix


def exported(session: str, what: str = "", *, stretch: tuple[float, float] | None = None) -> str:
    """What is made of a session: ``2024-08-13-talk-01J5…-00h12m30s-00h14m00s-edited``.

    Args:
        session: The name of its folder.
        what: What it is; a clip of packets, captions and pieces need no such word.
        stretch: Session time where it begins and ends; None for the whole.
    """
    return "-".join(filter(None, (session, *map(moment, stretch or ()), what)))


def moment(at_s: float) -> str:
    """A moment for a file's name: ``01h02m03s``."""
    whole = int(at_s)
    return f"{whole // 3600:02}h{whole // 60 % 60:02}m{whole % 60:02}s"


def filled(template: str, fields: Mapping[str, str]) -> str:
    """A template's text, with what its fields stand for.

    Args:
        template: As in ``{date} {title}``.
        fields: What may stand in braces.

    Raises:
        ValueError: It asks for a field that isn't there; the message says which there are.
    """
    asked = _FIELD.findall(template)
    unknown = next((name for name in asked if name not in fields), None)
    if unknown is not None:
        known = ", ".join(f"{{{name}}}" for name in fields)
        raise ValueError(f"{{{unknown}}} is no field of a file's name; there are {known}")
    return _FIELD.sub(lambda match: fields[match[1]], template)


def _cut(text: str, most_bytes: int) -> str:
    """At most so many bytes, without half a letter or an accent that lost its letter."""
    if len(text.encode()) <= most_bytes:
        return text
    kept = text.encode()[:most_bytes].decode(errors="ignore")
    rest = text[len(kept) :]
    while kept and rest and _leans(rest[0], kept[-1]):
        rest, kept = kept[-1] + rest, kept[:-1]
    return kept


def _leans(sign: str, before: str) -> bool:
    """Whether a sign belongs to the one before it: an accent, or a part of a joined picture."""
    return bool(unicodedata.combining(sign)) or sign in "\u200d\ufe0f" or before == "\u200d"
