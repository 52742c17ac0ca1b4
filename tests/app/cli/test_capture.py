"""Announced times, mirrors and series, by the real command."""

import contextlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli import main
from app.cli.capture import announced
from recorder.archive import Archive
from recorder.journal import JournalWriter
from recorder.schedule import Schedule
from recorder.types import SourceKind, SourceSpec, parse_iso
from tests.app.cli.test_bad_input import aircheck
from tests.faults.hls import Broadcast, HlsServer, items
from tests.recorder.builders import build_session
from tests.recorder.test_cover import placed
from transcribe.queue import Queue, path_of

NOWHERE = "http://127.0.0.1:1/live"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--at", "soon"], "'soon' is not a time"),
        (["--at", "8pm CST"], "America/Chicago or Asia/Shanghai"),
        (["--at", "2001-01-01 20:00"], "is past"),
        (["--repeat", "daily"], "--repeat needs --at"),
        (["--at", "8pm", "--repeat", "hourly"], "hourly"),
        (["--together"], "--together needs a --mirror"),
        (["--mirror", "ftp://host/x"], "no scheme that can be recorded"),
        (["--give-up", "never"], "not a duration"),
        (["--model", "huge"], "huge"),
        (["--model", "base", "--detach"], "not --detach"),
        (["--cookies", "nowhere.txt"], "no such file of cookies"),
        (["--cookies", "browser:lynx"], "no browser whose cookies"),
    ],
)
def test_wrong_use_makes_no_session(
    tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--archive", str(tmp_path), "record", NOWHERE, *arguments])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert Archive(tmp_path).folders() == []


def test_what_is_scheduled_is_listed_and_can_be_called_off(tmp_path: Path) -> None:
    armed = aircheck(
        tmp_path, "record", NOWHERE, "--at", "tomorrow 8pm ET", "--repeat", "weekly",
        "--detach", "--json",
    )  # fmt: skip
    assert armed.returncode == 0
    told = json.loads(armed.stdout)
    assert told["event"] == "armed"
    assert parse_iso(told["announced_for"]).minute == 0
    (session,) = json.loads(aircheck(tmp_path, "sessions", "--json").stdout)["sessions"]
    assert session["state"] == "scheduled"
    assert session["announced_for"] == told["announced_for"]
    assert json.loads(aircheck(tmp_path, "resume", "--json").stdout) == {"sessions": []}
    (listed,) = json.loads(aircheck(tmp_path, "schedule", "--json").stdout)["scheduled"]
    assert (listed["id"], listed["repeat"]) == (told["session"], "weekly")
    assert listed["at"] == told["announced_for"]
    shown = aircheck(tmp_path, "show", told["session"]).stdout
    assert "again weekly" in shown
    called_off = aircheck(tmp_path, "schedule", "cancel", told["session"])
    assert called_off.returncode == 0
    assert "and the series with it" in called_off.stdout
    assert "called off" in aircheck(tmp_path, "sessions").stdout
    assert json.loads(aircheck(tmp_path, "schedule", "--json").stdout) == {"scheduled": []}
    again = aircheck(tmp_path, "schedule", "cancel", told["session"])
    assert again.returncode == 1
    assert "doesn't wait for its time" in again.stderr


def test_until_when_an_announced_session_is_recorded_is_said(tmp_path: Path) -> None:
    asked = ["record", NOWHERE, "--at", "tomorrow 20:00 UTC", "--for", "1h30m", "--detach"]
    told = json.loads(aircheck(tmp_path, *asked, "--json").stdout)
    length = parse_iso(told["until"]) - parse_iso(told["announced_for"])
    assert length.total_seconds() == 5_400
    assert (
        "until 21:30:00 UTC; 1:30:00 of it where it begins later"
        in aircheck(tmp_path, *asked).stdout
    )
    for folder in Archive(tmp_path).folders():
        assert aircheck(tmp_path, "stop", folder.id).returncode == 0


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no tzset")
def test_the_day_here_is_said_where_it_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        at = datetime(2099, 11, 21, 20, tzinfo=UTC)
        far = announced(Schedule(at=at, zone="Pacific/Auckland"))
        near = announced(Schedule(at=at, zone="Europe/Berlin"))
    time.tzset()
    assert far.startswith("Sunday, 22 November 2099, 09:00 NZDT (Saturday, 20:00 here)")
    assert near.startswith("Saturday, 21 November 2099, 21:00 CET (20:00 here)")


def test_the_model_of_a_recording_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    with HlsServer(Broadcast(segments=items(6, frames=24), position=3, per_poll=3)) as server:
        done = aircheck(tmp_path, "record", server.url, "--model", "tiny", "--json")
    assert done.returncode == 0
    with contextlib.closing(Queue(path_of(tmp_path))) as jobs:
        assert [job.model for job in jobs.jobs()] == ["tiny"]


def test_a_scheduled_session_may_be_stopped_as_any_other(tmp_path: Path) -> None:
    told = json.loads(
        aircheck(tmp_path, "record", NOWHERE, "--at", "tomorrow 8pm", "--detach", "--json").stdout
    )
    stopped = aircheck(tmp_path, "stop", told["session"])
    assert stopped.returncode == 0
    assert "Nothing was recorded" in stopped.stdout


def test_where_cookies_are_is_kept_for_the_recorder_alone_and_only_while_it_needs_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "my-cookies.txt"
    file.write_text("# Netscape HTTP Cookie File\n")
    archive = tmp_path / "archive"
    told = json.loads(
        aircheck(archive, "record", NOWHERE, "--cookies", str(file), "--detach", "--json").stdout
    )
    (folder,) = Archive(archive).folders()
    assert folder.sources()[0][1].cookies == str(file)
    assert aircheck(archive, "stop", told["session"]).returncode == 0
    kept = [each for each in folder.path.rglob("*") if each.is_file()]
    assert [each.name for each in kept if b"my-cookies" in each.read_bytes()] == []


def test_a_mirror_plays_when_the_first_source_is_not_there(tmp_path: Path) -> None:
    with HlsServer(Broadcast(segments=items(6, frames=24), position=3, per_poll=3)) as server:
        done = aircheck(tmp_path, "record", NOWHERE, "--mirror", server.url, "--json")
    assert done.returncode == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    events = [line["event"] for line in told]
    assert events[0] == "armed"
    assert events[-1] == "done"
    recording = next(line for line in told if line["event"] == "recording")
    assert recording["detail"].startswith(f"From the mirror {server.url}")


def test_tracks_side_by_side_are_told_by_show(tmp_path: Path) -> None:
    on_air = Broadcast(segments=items(6, frames=24), position=6)
    with HlsServer(on_air) as server:
        done = aircheck(tmp_path, "record", server.url, "--mirror", server.url, "--together")
    assert done.returncode == 0
    (session,) = json.loads(aircheck(tmp_path, "sessions", "--json").stdout)["sessions"]
    shown = json.loads(aircheck(tmp_path, "show", session["id"], "--json").stdout)
    assert {part["track"] for part in shown["parts"]} == {"a", "b"}
    assert [each["track"] for each in shown["taken"]] == ["a"]
    assert shown["missing"] == []
    assert "nothing is missing" in aircheck(tmp_path, "show", session["id"]).stdout


def test_what_the_clock_alone_placed_is_told_by_show(tmp_path: Path) -> None:
    asked = SourceSpec(kind=SourceKind.STREAM, address=NOWHERE)
    folder = Archive(tmp_path).create("Two encoders", [("a", asked), ("b", asked)])
    log = JournalWriter(folder.journal_path)
    log.append(
        *placed("a", 1, 0.0, 0.0, "https://one.example/"),
        *placed("a", 2, 10.0, -4.0, "https://two.example/"),
        *placed("b", 1, 0.0, -8.0, "https://two.example/"),
    )
    log.close()
    told = json.loads(aircheck(tmp_path, "show", folder.id, "--json").stdout)
    assert told["maybe_twice"] == [{"track": "a", "from_s": 6.0, "to_s": 10.0}]
    assert told["placed_by_clock"] == ["b"]
    shown = " ".join(aircheck(tmp_path, "show", folder.id).stdout.split())
    assert "≈4 s before 00:10 of track a may be there twice" in shown
    assert f"aircheck complete {folder.id} --from {folder.id}:b" in shown
    assert "nothing is missing" not in shown
    hint = aircheck(tmp_path, "complete", folder.id)
    assert hint.returncode == 2
    assert f"--from {folder.id}:b" in " ".join(hint.stderr.split())


def test_a_completed_file_of_what_nobody_completed_is_refused(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive")
    out = tmp_path / "out"
    asked = ("export", folder.id, "--as", "unedited", "--completed", "--out", str(out))
    done = aircheck(tmp_path / "archive", *asked)
    assert done.returncode == 1
    assert "there is no completed file" in " ".join(done.stderr.split())
    assert f"aircheck complete {folder.id} --from OTHER" in " ".join(done.stderr.split())
    assert not out.exists()


def test_autostart_is_off_on_and_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for switch, is_on in (("status", False), ("on", True), ("status", True), ("off", False)):
        main(["--archive", str(tmp_path), "autostart", switch, "--json"])
        assert json.loads(capsys.readouterr().out)["on"] is is_on


def test_a_moment_is_named_afterwards_and_the_name_taken_away(tmp_path: Path) -> None:
    folder = build_session(tmp_path, markers=[(3.0, "recorded")])
    assert aircheck(tmp_path, "mark", folder.id, "the answer", "--at", "0:14").returncode == 0
    shown = json.loads(aircheck(tmp_path, "show", folder.id, "--json").stdout)
    assert shown["markers"] == [
        {"at_s": 3.0, "text": "recorded"},
        {"at_s": 14.0, "text": "the answer"},
    ]
    kept = aircheck(tmp_path, "mark", folder.id, "--at", "3s", "--remove")
    assert kept.returncode == 1
    assert "marked while it was recorded stays" in " ".join(kept.stderr.split())
    assert aircheck(tmp_path, "mark", folder.id, "--at", "0:14", "--remove").returncode == 0
    assert aircheck(tmp_path, "mark", folder.id, "--remove").returncode == 2
