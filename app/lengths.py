"""Lengths and moments of time as people write them."""

from __future__ import annotations

import re

from recorder.types import Seconds

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_ZERO = re.compile(r"0+(:0+)*(\.0*)?s?")
_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def parse_duration(text: str) -> Seconds:
    """``90``, ``90s``, ``15m``, ``1h30m``, ``30d`` or ``1:30:00`` as seconds.

    Raises:
        ValueError: It is none of these, or not above zero.
    """
    try:
        seconds = _by_colons(text) if ":" in text else _by_units(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a duration") from error
    if not 0 < seconds < 1e9:
        raise ValueError(f"{text!r} is not a duration")
    return Seconds(seconds)


def parse_moment(text: str) -> Seconds:
    """A moment of session time: like a duration, and may be zero.

    Raises:
        ValueError: It is none.
    """
    return Seconds(0.0) if _ZERO.fullmatch(text.strip()) else parse_duration(text)


def _by_colons(text: str) -> float:
    seconds = 0.0
    for piece in text.split(":"):
        seconds = seconds * 60 + _number(piece)
    return seconds


def _by_units(text: str) -> float:
    seconds, number = 0.0, ""
    for sign in text.strip().lower():
        if sign in _UNITS_S:
            seconds += _number(number) * _UNITS_S[sign]
            number = ""
        else:
            number += sign
    return seconds + _number(number) if number else seconds


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is not a number")
    return float(text)
