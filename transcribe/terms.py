"""Text → terms: the one form in which words are indexed, asked for and found again.

A term is a word without case, diacritics and apostrophes, so that ``don't`` is ``dont``,
``1,000`` is ``1000``, ``café`` is ``cafe`` and ``U.S.`` is ``us``. Scripts that put no space
between words (Chinese, Japanese, Thai, …) become one term a character, and so does Korean, whose
particles cling to their words: a word of theirs is then a phrase, and is found inside a longer
one.

The database never sees other text than terms with a blank between them, so its own tokenizer
decides nothing; and because a term knows its place in the text, what was found can be shown in
the words that were really said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

VERSION: Final = 1
"""Goes up whenever a text's terms change; an index made with another version is made anew."""

LAST_SIGN: Final = "\U0010ffff"
"""Behind a word's beginning, it comes after all terms that begin so."""


class Term(NamedTuple):
    """A term and where it stands: ``text[start:end]``."""

    term: str
    start: int
    end: int


def terms(text: str) -> list[str]:
    """The terms of a text, in its order."""
    if text.isascii() and not _INTRICATE.search(text):
        return text.translate(_WORDS_ALONE).split()
    classes = text.translate(_CLASSES)
    words = [text[match.start() : match.end()] for match in _TERM.finditer(classes)]
    return [term for word in words if (term := _TERM_OF[word])]


def of_lines(lines: Sequence[str]) -> list[list[str]]:
    """The terms of each of some texts, sooner than one by one."""
    text = "\n".join(lines)
    if not text.isascii() or _INTRICATE.search(text) or text.count("\n") >= len(lines):
        return [terms(line) for line in lines]
    return [line.split() for line in text.translate(_WORDS_ALONE).split("\n")]


def located(text: str) -> list[Term]:
    """The terms of a text, each with its place in it."""
    classes = text.translate(_CLASSES)
    found = (
        Term(_TERM_OF[text[match.start() : match.end()]], match.start(), match.end())
        for match in _TERM.finditer(classes)
    )
    return [item for item in found if item.term]


def places(text: str) -> list[tuple[int, int]]:
    """Where the terms of a text stand: ``text[start:end]``, in its order."""
    if text.isascii() and not _INTRICATE.search(text):
        return [match.span() for match in _PLAIN.finditer(text.lower())]
    return [(term.start, term.end) for term in located(text)]


# A text is read as a string of the same length that says of each character what it is:
#   w  a letter, or another sign that words are made of      d  a digit
#   c  a character of a script without spaces                m  goes on with what stands before
#   ' , .  as they are, with their typographic kin           a blank: anything else
_TERM = re.compile(
    r"cm*"
    r"|(?<![wdm'.])w(?:\.w)+\.?(?![wdm])"  # U.S., a.m.
    r"|[wd](?:[wdm]|'+(?=[wd])|(?<=d),(?=ddd(?!d)))*"  # don't, 1,000
)
_PLAIN = re.compile("[a-z0-9]+")
_WORDS_ALONE = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_WORDS_ALONE[ord("\n")] = "\n"  # as blank as a blank, and the end of a line
_INTRICATE = re.compile("['`,.][A-Za-z0-9]")  # begins with the rarest, which makes it fast

_APOSTROPHES = "'`\u00b4\u02bc\u2018\u2019\uff07"
_CONTINUING = "\u00ad\u200c\u200d\u2060"  # soft hyphen, joiners
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul's letters
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # marks of repetition, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),  # Hangul
    (0xF900, 0xFAFF),
    (0xFF66, 0xFFDC),  # half-width
    (0x20000, 0x3FFFF),
)
_UNDECOMPOSED = str.maketrans("øłđðħ\u0131", "olddhi", _APOSTROPHES + _CONTINUING + ",.") | {
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("þ"): "th",
}


class _Classes(dict[int, str]):
    """Each character's class, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _class_of(chr(code))
        return found


def _class_of(character: str) -> str:
    category = unicodedata.category(character)
    if character in _APOSTROPHES:
        return "'"
    if character in ",.":
        return character
    if character in _CONTINUING or category[0] == "M":
        return "m"
    if not character.isalnum():
        return " "
    if any(first <= ord(character) <= last for first, last in _UNSPACED):
        return "c"
    return "d" if category == "Nd" else "w"


class _Folded(dict[str, str]):
    """Words as they were met → terms. A language's words are few, so most are met again."""

    _MOST = 500_000

    def __missing__(self, word: str) -> str:
        if len(self) >= self._MOST:
            self.clear()
        self[word] = folded = _fold(word)
        return folded


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).casefold().translate(_UNDECOMPOSED)
    letters = "".join(sign for sign in plain if not _is_diacritic(sign))
    return unicodedata.normalize("NFKC", letters)


def _is_diacritic(sign: str) -> bool:
    """Whether a sign is a mark that a reader may leave out.

    By its canonical combining class (Unicode, table 3-11): 10 to 36 are Hebrew's and Arabic's
    points, from 200 on the accents; below are marks that make another letter, as in Devanagari.
    """
    combining = unicodedata.combining(sign)
    return 10 <= combining <= 36 or combining >= 200


_CLASSES: Final = _Classes()
_TERM_OF: Final = _Folded()
