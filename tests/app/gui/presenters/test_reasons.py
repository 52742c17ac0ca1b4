"""What recorder and transcriber say, in German."""

import ast
import errno
import os
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.gui.presenters import reasons
from app.gui.presenters.reasons import in_own_words
from app.gui.presenters.words import Message
from recorder import errors, schedule
from recorder.errors import AircheckError
from recorder.sources import fetch

SAFE = "All that was recorded before is safe."
URL = "https://radio.example/live"


def answered(status: int) -> str:
    answer = cast("Any", SimpleNamespace(status=status, headers={}))
    return fetch._status_error(URL, answer).message


def failed(error: Exception) -> str:
    return fetch._unreachable(error, URL, "radio.example").message


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (answered(404), "nicht zu haben: 404 nicht gefunden."),
        (answered(503), "weist ab: 503 Dienst nicht verfügbar."),
        (f"Segment 25 did not come in time. {answered(404)}", "25 kam nicht rechtzeitig. https"),
        (f"The recorder had died. {answered(410)}", "abgestürzt. https"),
        (failed(socket.gaierror()), "(noch) keinen Rechner radio.example"),
        (failed(fetch._TooLate(waited_s=1.0)), "nicht rechtzeitig"),
        (failed(ConnectionRefusedError()), "weist die Verbindung ab"),
        (failed(OSError(113, "No route to host")), "nicht zu erreichen: kein Weg"),
    ],
)
def test_what_the_recorder_says_is_said_in_german(german: None, detail: str, words: str) -> None:
    said = in_own_words(detail)
    assert words in said
    assert "radio.example" in said


def test_in_english_and_where_nothing_is_known_it_stays() -> None:
    for detail in (answered(404), failed(socket.gaierror()), "{odd} The station says so.", ""):
        assert in_own_words(detail) == detail


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("25:70", "„2"),
        ("8", "morgens oder abends"),
        ("99 March 20:00", "keinen Tag"),
        ("20:00 IST", "mehrere Zeitzonen"),
        ("20:00 Nowhere/Land", "keine Zeitzone"),
        ("2020-01-01 20:00 UTC", "ist vorbei"),
    ],
)
def test_why_a_time_is_none_is_said_in_german(german: None, text: str, words: str) -> None:
    with pytest.raises(AircheckError) as caught:
        schedule.parse_time(text, now=datetime(2026, 1, 1, 12, tzinfo=UTC))
    message = Message.of(caught.value)
    assert "Schreiben" in message.next or "Ohne Zeit" in message.next
    assert words in str(message)


def test_an_errors_message_is_said_in_german(german: None) -> None:
    full = errors.storage_error(OSError(28, "No space"), doing="writing a part", safe=SAFE)
    said = str(Message.of(full))
    assert "Die Platte ist voll" in said
    assert "ist sicher" in said
    assert "Schaffen Sie Platz" in said


def test_every_sentence_that_is_translated_is_one_that_is_said() -> None:
    root = Path(reasons.__file__).parents[3]
    said = {f"{status.value} {status.phrase}" for status in HTTPStatus}
    said |= {os.strerror(number) for number in errno.errorcode}
    for package in ("recorder", "transcribe", "app"):
        for path in (root / package).rglob("*.py"):
            if "gui" not in path.parts:
                said |= set(texts_in(path))
    everything = "\n".join(said)
    for text in reasons._KNOWN:
        for piece in re.split(r"\{\w+\}", text):
            assert piece.strip() in everything, text


def texts_in(path: Path) -> Iterator[str]:
    """Every text that is written out in a module, as it is said."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
