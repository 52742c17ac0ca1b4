"""A time as people write it in the window's language, turned into the words of the schedule. No Qt.

'morgen 20 Uhr', 'am Freitag um 20:30' and '13. Mai 20:00' become what `recorder.schedule` reads;
what has no such words in it stays as it was typed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from app.gui.presenters import figures
from app.gui.presenters.language import translate

_A_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 (only its name is asked for)
_LEAST_OF_DAY, _LEAST_OF_MONTH = 2, 3  # letters: 'Mo', 'Mai'
_WORD = re.compile(r"(?<![\w/])[^\W\d_]+\b\.?(?!/)")


def in_english(text: str) -> str:
    """The text with its days, months and clock in the schedule's own words."""
    if translate("Times", "today") == "today":
        return text
    on = translate("Times", "on", "before a day")
    clock = re.escape(translate("Times", "o'clock"))
    text = re.sub(
        rf"\b(\d{{1,2}})(?:[:.](\d\d))?\s*{clock}\b(?:\s*(\d\d)\b)?",
        lambda found: f"{found[1]}:{found[2] or found[3] or '00'}",
        re.sub(rf"^{re.escape(on)}\s+", "", text.strip(), flags=re.IGNORECASE),
        flags=re.IGNORECASE,
    )
    text = re.sub(re.escape(translate("Times", "tonight")), "today", text, flags=re.IGNORECASE)
    words = _words()
    turned = _WORD.sub(lambda found: _turned(found[0], words), text)
    return " ".join(turned.replace(" ,", ",").split())


def _turned(word: str, words: dict[str, str]) -> str:
    key = word.rstrip(".").casefold()
    if key in words:
        return words[key]
    for number in range(7):
        day = _A_MONDAY + timedelta(days=number)
        if len(key) >= _LEAST_OF_DAY and figures.weekday(day).casefold().startswith(key):
            return f"{day:%A}"
    for number, month in enumerate(_months(), 1):
        if len(key) >= _LEAST_OF_MONTH and month.startswith(key):
            return f"{date(2024, number, 1):%B}"
    return word


def _months() -> list[str]:
    names = translate(
        "Times",
        "January February March April May June July August September October November December",
    )
    return names.casefold().split()


def _words() -> dict[str, str]:
    pairs = (
        (translate("Times", "today"), "today"),
        (translate("Times", "tomorrow"), "tomorrow"),
        (translate("Times", "noon"), "noon"),
        (translate("Times", "midnight"), "midnight"),
        (translate("Times", "at", "before a time of day"), ""),
    )
    return {own.casefold(): english for own, english in pairs}
