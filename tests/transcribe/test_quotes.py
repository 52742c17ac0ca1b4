"""A quote can be checked by whoever reads it."""

from pathlib import Path

import pytest

from recorder.types import Seconds
from tests.recorder.builders import build_session
from tests.transcribe.talks import say
from transcribe import corrections, quotes
from transcribe.corrections import Edit
from transcribe.errors import TranscriptError


def test_a_quote_names_its_session_time_source_and_audio(tmp_path: Path) -> None:
    folder = build_session(tmp_path, title="Late show")
    say(folder, ["Hello.", "No data was lost."], speakers=["Ada"], every_s=0.5)
    found = quotes.quote(folder, Seconds(0.6), Seconds(0.9))
    assert (found.text, found.speaker, found.title) == ("No data was lost.", "Ada", "Late show")
    assert (found.from_s, found.to_s) == (0.5, 1.0)
    part = folder.timeline().parts[0]
    assert part.sealed
    assert found.audio == ((part.file, part.sealed.sha256),)
    assert found.said_at
    citation = found.citation()
    for expected in (
        "“No data was lost.”",
        "Ada",
        "Late show",
        folder.id,
        "0:00:00.5 to 0:00:01.0",
        "text demo;",
        part.sealed.sha256,
        f"{found.said_at:%Y-%m-%d %H:%M:%S} UTC",
    ):
        assert expected in citation


def test_a_moment_is_quoted_by_what_is_said_then(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    say(folder, ["Hello.", "No data was lost."], every_s=0.5)
    for at_s, text in ((0.0, "Hello."), (0.5, "No data was lost.")):
        assert quotes.quote(folder, Seconds(at_s), Seconds(at_s)).text == text
    with pytest.raises(TranscriptError) as caught:
        quotes.quote(folder, Seconds(0), Seconds(1), language="de")
    assert caught.value.hint == "There is track a in en."


def test_a_corrected_quote_says_who_did_it(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    say(folder, ["No date was lost."], every_s=1)
    edit = Edit(at_s=Seconds(0.5), text="No data was lost.")
    corrections.correct(folder, [edit], author="Bob")
    found = quotes.quote(folder, Seconds(0), Seconds(1))
    assert (found.text, found.made_by) == ("No data was lost.", "corrected by Bob")


def test_silence_is_not_quoted(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    with pytest.raises(TranscriptError, match="no such transcript"):
        quotes.quote(folder, Seconds(0), Seconds(1))
    say(folder, ["Hello."], every_s=1)
    with pytest.raises(TranscriptError, match=r"Nothing was said from 0:00:05\.0"):
        quotes.quote(folder, Seconds(5), Seconds(6))
    with pytest.raises(ValueError, match="end before it begins"):
        quotes.quote(folder, Seconds(6), Seconds(5))
