"""Why a source isn't heard, in German."""

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.gui import tongue
from app.gui.presenters import figures, language
from app.gui.presenters.reasons import in_own_words
from recorder.sources import fetch

URL = "https://radio.example/live"


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    tongue.speak(qapp, "de")
    yield
    language.speak(language.english)
    figures.use(figures.English())
    QLocale.setDefault(QLocale.c())


def answered(status: int) -> str:
    answer = cast("Any", SimpleNamespace(status=status, headers={}))
    return fetch._status_error(URL, answer).message


def failed(error: Exception) -> str:
    return fetch._unreachable(error, URL, "radio.example").message


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (answered(404), "nicht zu haben: 404"),
        (answered(503), "weist ab: 503"),
        (failed(socket.gaierror()), "(noch) keinen Rechner radio.example"),
        (failed(fetch._TooLate(waited_s=1.0)), "nicht rechtzeitig"),
        (failed(ConnectionRefusedError()), "weist die Verbindung ab"),
        (failed(OSError(113, "No route to host")), "nicht zu erreichen: No route"),
    ],
)
def test_what_the_recorder_says_is_said_in_german(german: None, detail: str, words: str) -> None:
    said = in_own_words(detail)
    assert words in said
    assert "radio.example" in said


def test_in_english_and_where_nothing_is_known_it_stays() -> None:
    for detail in (answered(404), failed(socket.gaierror()), "{odd} The station says so.", ""):
        assert in_own_words(detail) == detail
