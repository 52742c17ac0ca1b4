"""The language of the window's words. No Qt: the application says who translates.

Every sentence that people read is asked for here, in its source language, English, with its
context (the module's subject), as Qt Linguist's tools read it from the code::

    translate("Library", "Move to the trash")
    translate("Words", "%n gap(s)", n=count)

Where a sentence is chosen from a list and translated later, it is marked where it stands, and said
by `translate_marked`.

Where nobody translates, English is spoken: ``%n`` is the count, and ``(s)`` its plural.
"""

from __future__ import annotations

from collections.abc import Callable

Translator = Callable[[str, str, str | None, int], str]
"""Context, text, disambiguation and count (-1: none) → the sentence; Qt's own order."""


def english(_context: str, text: str, _disambiguation: str | None = None, n: int = -1) -> str:
    """The source text, with its count and plural put in."""
    if n < 0:
        return text
    return text.replace("%n", f"{n:,}").replace("(s)", "" if n == 1 else "s")


_speaking: list[Translator] = [english]


def speak(translator: Translator) -> None:
    """Have all words from now on come from a translator. GUI thread, before the first window."""
    _speaking[0] = translator


def translate(context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
    """A sentence in the window's language. From any thread.

    Args:
        context: What it belongs to, as Qt Linguist groups it.
        text: The English source; ``{name}`` parts are filled in afterwards by ``str.format``.
        disambiguation: What tells it from the same text elsewhere.
        n: The count that ``%n`` stands for; the plural follows it.
    """
    return _speaking[0](context, text, disambiguation, n)


def is_translated() -> bool:
    """Whether another language than that of the code is spoken."""
    return _speaking[0] is not english


def marked(_context: str, text: str) -> str:
    """A sentence to be translated later, for those who look for sentences; as it is."""
    return text


def translate_marked(context: str, text: str) -> str:
    """A sentence that is `marked` elsewhere, in the window's language. From any thread."""
    return translate(context, text)
