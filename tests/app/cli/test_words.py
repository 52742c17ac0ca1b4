"""quote, correct and speaker, as people call them."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from recorder.archive import Archive, SessionFolder
from recorder.verify import verify
from tests.recorder.builders import build_session
from tests.transcribe.talks import say
from transcribe import transcript


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    folder = build_session(tmp_path, title="Late show")
    say(folder, ["Hello.", "No date was lost."], every_s=0.5)
    return folder


def aircheck(folder: SessionFolder, *words: str) -> int:
    """Run the command on the session's archive; its exit status."""
    try:
        main(["--archive", str(Archive(folder.path.parent).root), *words])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_was_put_right_is_quoted_and_found(
    folder: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    right = ("--text", "No data was lost.", "--author", "Ada")
    assert aircheck(folder, "correct", folder.id, "--at", "0.6", *right, "--json") == 0
    [file] = answer(capsys)["files"]
    assert Path(file).name == "a-corrected-en-1.json"
    assert aircheck(folder, "speaker", folder.id, "a", "The host", "--json") == 0
    capsys.readouterr()
    assert aircheck(folder, "quote", folder.id, "--from", "0.6", "--to", "0.8", "--json") == 0
    quote = answer(capsys)
    assert quote["text"] == "No data was lost."
    assert quote["speaker"] == "The host"
    assert quote["made_by"] == "corrected by Ada"
    assert quote["audio"][0]["sha256"] in quote["citation"]
    assert aircheck(folder, "search", "data", "--json") == 0
    assert answer(capsys)["total"] == 1


def test_an_older_version_is_restored_and_show_says_which_is_read(
    folder: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    right = ("--at", "0.6", "--text", "No data was lost.", "--author", "Ada")
    assert aircheck(folder, "correct", folder.id, *right) == 0
    capsys.readouterr()
    assert aircheck(folder, "show", folder.id) == 0
    [first, second] = [line for line in capsys.readouterr().out.splitlines() if "¶" in line]
    assert "corrected, by Ada, 20" in first
    assert first.endswith("this one is read and searched")
    assert second.endswith("a-demo-en-1.json")
    again = ("--restore", "a-demo-en-1", "--author", "Bo")
    assert aircheck(folder, "correct", folder.id, *again) == 0
    [text] = transcript.active(folder)
    assert transcript.load(text.path).text == "Hello. No date was lost."
    capsys.readouterr()
    assert aircheck(folder, "show", folder.id) == 0
    assert "that of a-demo-en-1.json again, by Bo, 20" in capsys.readouterr().out
    by_nobody = ("--at", "0.6", "--text", "x", "--whose", "Cy")
    assert aircheck(folder, "correct", folder.id, *by_nobody) == 1
    assert "Nothing was said by Cy at 0.6 s" in capsys.readouterr().err
    assert aircheck(folder, "correct", folder.id, "--restore", "a-demo-en-9") == 1
    assert "has no version called 'a-demo-en-9'" in capsys.readouterr().err
    assert len(transcript.stored(folder)) == 3


def test_whoever_has_no_name_here_is_asked_for_one(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert aircheck(folder, "correct", folder.id, "--at", "0.6", "--text", "x") == 2
    assert "Say who puts it right" in capsys.readouterr().err


def test_a_quote_comes_with_its_clip(
    folder: SessionFolder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("quote", folder.id, "--from", "0.1", "--to", "0.2", "--clip", str(tmp_path / "out"))
    assert aircheck(folder, *words, "--json") == 0
    files = [Path(file) for file in answer(capsys)["files"]]
    assert verify(files[0], against=lambda _: folder.path).ok
    assert "Hello." in files[-1].read_text("utf-8")
    assert files[-1].name.endswith(".citation.txt")


@pytest.mark.parametrize(
    "wrong",
    [
        ("correct",),
        ("correct", "--at", "0.6"),
        ("correct", "--at", "0.6", "--text", "x", "--file", "x.srt"),
        ("correct", "--at", "0.6", "--text", "x", "--author", " "),
    ],
)
def test_a_correction_that_says_too_little_or_too_much(
    folder: SessionFolder, wrong: tuple[str, ...]
) -> None:
    assert aircheck(folder, wrong[0], folder.id, *wrong[1:]) == 2


def test_a_moment_of_silence_is_said(
    folder: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aircheck(folder, "quote", folder.id, "--from", "50", "--to", "60") == 1
    assert "Nothing was said" in capsys.readouterr().err


def test_a_quote_that_ends_before_it_begins_is_refused(
    folder: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aircheck(folder, "quote", folder.id, "--from", "0.8", "--to", "0.6") == 2
    assert "--to is a moment before --from" in capsys.readouterr().err


def test_an_unknown_track_gets_no_speaker(
    folder: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aircheck(folder, "speaker", folder.id, "zz", "Ada") == 2
    assert "no track or voice 'zz'" in capsys.readouterr().err
