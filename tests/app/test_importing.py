"""Audio with its transcripts, in folders that are named and in folders that are watched."""

import contextlib
import itertools
import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app import keeping, publishing, watching
from app.importing import Outcome, import_paths
from app.watching import Watch
from recorder import trash
from recorder.archive import Archive
from recorder.errors import AircheckError, SessionBusy
from tests.app.test_publishing import talk
from tests.parts import wait_until
from tests.recorder.builders import encode, tone
from transcribe import captions, index, search, transcript

SRT = "1\n00:00:00,000 --> 00:00:01,000\n{}\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def sound(path: Path, hz: float = 440.0) -> Path:
    path.write_bytes(encode(tone(1.0, hz=hz), 44_100, "mp3"))
    return path


def found(archive: Archive, words: str) -> list[str]:
    with contextlib.closing(index.ready(archive)) as opened:
        return [hit.session for hit in search.search(opened, words).hits]


class Clock:
    """Monotonic seconds that stand still until they are told."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(archive: Archive, place: Path, clock: Clock) -> Watch:
    return Watch(archive, [place], settles_s=5.0, monotonic=clock)


def later(watch: Watch, clock: Clock, seconds: float = 6.0) -> list[Outcome]:
    """Look, let time pass, and look again."""
    outcomes = list(watch.look())
    clock.now_s += seconds
    return outcomes + list(watch.look())


def test_all_names_that_a_transcript_may_have(archive: Archive, place: Path) -> None:
    audio = sound(place / "talk.mp3")
    (place / "talk.srt").write_text(SRT.format("lions"))
    (place / "talk.en.srt").write_text(SRT.format("gazelles"))
    (place / "talk.mp3.json").write_text(
        json.dumps({"language": "en", "segments": [{"start": 0, "end": 1, "text": "zebras"}]})
    )
    (place / "talk.info.json").write_text('{"id": "of another program"}')
    (place / "talk two.srt").write_text(SRT.format("hippos"))
    outcomes = list(import_paths(archive, [place]))
    assert not any(outcome.problem for outcome in outcomes)
    (session,) = {o.session for o in outcomes if o.path != place / "talk two.srt"}
    assert session
    assert len(transcript.stored(archive.find(session))) == 3
    assert found(archive, "hippos") != [session]
    assert audio.exists()


def test_a_transcript_that_comes_later_finds_its_audio(archive: Archive, place: Path) -> None:
    audio = sound(place / "talk.mp3")
    (first,) = import_paths(archive, [audio])
    text = place / "talk.vtt"
    text.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nlions asleep\n")
    (second,) = import_paths(archive, [text])
    assert second.session == first.session
    assert len(archive.folders()) == 1
    assert found(archive, "lions") == [first.session]


def test_other_json_is_said_only_where_it_was_named(archive: Archive, place: Path) -> None:
    other = place / "package.json"
    other.write_text('{"name": "something"}')
    assert list(import_paths(archive, [place])) == []
    (outcome,) = import_paths(archive, [other])
    assert "can't be read as a transcript" in outcome.problem


@pytest.mark.parametrize("text", ['{"name": "something"}', "[1, 2]", '{"segments": 7}'])
def test_other_json_beside_audio_is_not_its_transcript(
    archive: Archive, place: Path, text: str
) -> None:
    audio = sound(place / "talk.mp3")
    other = place / "talk.json"
    other.write_text(text)
    (outcome,) = import_paths(archive, [audio])
    assert outcome.session
    assert not outcome.problem
    named = list(import_paths(archive, [audio, other]))
    assert [each.path for each in named] == [audio, other]
    assert "no segments, as Whisper's JSON does" in named[1].problem
    other.write_text('{"segments": [{"text": "lions"}]}')  # a transcript, and a bad one
    named = list(import_paths(archive, [audio]))
    assert "talk.json can't be read as a transcript ('start' is missing)" in named[1].problem


def test_what_is_whole_is_imported_once(
    archive: Archive, place: Path, watch: Watch, clock: Clock
) -> None:
    assert later(watch, clock) == []
    audio = sound(place / "talk.mp3")
    (place / "talk.srt").write_text(SRT.format("lions asleep"))
    outcomes = later(watch, clock)
    assert [outcome.path.name for outcome in outcomes] == ["talk.mp3", "talk.srt"]
    assert found(archive, "lions") == [outcomes[0].session]
    assert later(watch, clock) == []
    assert audio.exists()
    again = Watch(archive, [place], settles_s=5.0, monotonic=clock)  # the next day
    assert later(again, clock) == []
    (place / "talk.de.srt").write_text(SRT.format("Löwen"))
    (late,) = later(again, clock)
    assert late.session == outcomes[0].session


def test_what_grows_is_left_until_it_is_whole(
    archive: Archive, place: Path, watch: Watch, clock: Clock
) -> None:
    data = encode(tone(3.0), 44_100, "mp3")
    path = place / "talk.mp3"
    with path.open("wb") as file:
        for at in range(0, len(data), 9_000):
            file.write(data[at : at + 9_000])
            file.flush()
            clock.now_s += 4.0
            assert list(watch.look()) == []
        if sys.platform == "linux":
            clock.now_s += 60.0  # it stands still, and is open all the same
            assert list(watch.look()) == []
    (outcome,) = later(watch, clock)
    assert outcome.session
    (part,) = archive.find(outcome.session).audio.iterdir()
    assert part.read_bytes() == data


def test_audio_waits_for_its_transcript_that_grows(
    archive: Archive, place: Path, watch: Watch, clock: Clock
) -> None:
    sound(place / "talk.mp3")
    assert list(watch.look()) == []
    clock.now_s += 4.0
    (place / "talk.srt").write_text(SRT.format("lions"))
    assert list(watch.look()) == []
    clock.now_s += 4.0
    assert list(watch.look()) == []
    clock.now_s += 4.0
    assert len(list(watch.look())) == 2


def test_what_fails_is_said_once_and_tried_again(
    archive: Archive, place: Path, watch: Watch, clock: Clock
) -> None:
    path = place / "talk.mp3"
    path.write_bytes(b"no sound at all")
    (outcome,) = later(watch, clock)
    assert outcome.problem
    assert later(watch, clock) == []
    assert later(watch, clock, 700.0) == []  # tried, and it is as it was
    sound(path)
    (outcome,) = later(watch, clock)
    assert outcome.session


def test_a_folder_that_is_not_there_is_waited_for(
    archive: Archive, place: Path, clock: Clock
) -> None:
    place.rmdir()
    watch = Watch(archive, [place], settles_s=5.0, monotonic=clock)
    assert later(watch, clock) == []
    place.mkdir()
    sound(place / "talk.mp3")
    assert len(later(watch, clock)) == 1


def test_one_process_watches_for_an_archive(archive: Archive, place: Path) -> None:
    stop, told = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=watching.watch,
        args=(archive, [place]),
        kwargs={"stop": stop, "tell": lambda _: None, "tell_trouble": lambda _: told.set()},
    )
    thread.start()
    try:
        wait_until((archive.root / ".watching.lock").exists)

        def refused() -> bool:
            try:
                never = threading.Event()
                never.set()
                watching.watch(
                    archive, [place], stop=never, tell=print, tell_trouble=lambda _: None
                )
            except SessionBusy as error:
                return "watched folders" in error.message
            return False

        wait_until(refused)
    finally:
        stop.set()
        thread.join(20)
    assert not told.is_set()


@pytest.fixture
def command(archive: Archive, place: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "app",
            "--archive",
            str(archive.root),
            "import",
            "--watch",
            str(place),
            "--json",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(20)
    assert process.stdout
    process.stdout.close()


def test_the_command_watches_until_it_is_ended(
    archive: Archive, place: Path, command: "subprocess.Popen[str]"
) -> None:
    sound(place / "talk.mp3")
    assert command.stdout
    line = json.loads(command.stdout.readline())
    assert line["path"] == str(place / "talk.mp3")
    assert archive.find(line["session"]).sealed()
    command.send_signal(signal.SIGINT)
    assert command.wait(30) == 0


def _import(root: Path, path: Path, *how: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", "-m", "app", "--archive", str(root), "import", str(path)]
    return subprocess.Popen([*command, "--json", *how], stdout=subprocess.PIPE, text=True)


def test_processes_that_import_the_same_make_one_session(archive: Archive, place: Path) -> None:
    path = sound(place / "talk.mp3")
    twin = Path(shutil.copy(path, place / "twin.mp3"))
    running = [_import(archive.root, each) for each in (path, twin, path)]
    answers = [json.loads(process.communicate(timeout=100)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len({session for answer in answers for session in answer["sessions"]}) == 1
    assert len(archive.folders()) == 1


def test_trouble_is_told_once(
    archive: Archive, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    looks, troubles = [], []

    def look(_: Watch) -> Iterator[Outcome]:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise AircheckError("The disk is full.")

    monkeypatch.setattr(Watch, "look", look)
    monkeypatch.setattr(watching, "_LOOKS_EVERY_S", 0.01)
    watching.watch(archive, [place], stop=stop, tell=print, tell_trouble=troubles.append)
    assert len(looks) == 3
    assert [str(each) for each in troubles] == ["The disk is full."]


def test_what_nobody_foresaw_does_not_end_the_watch(
    archive: Archive, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    looks, troubles = [], []

    def look(_: Watch) -> Iterator[Outcome]:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
            return iter(())
        raise AttributeError("a programmer's mistake")

    monkeypatch.setattr(Watch, "look", look)
    monkeypatch.setattr(watching, "_LOOKS_EVERY_S", 0.01)
    watching.watch(archive, [place], stop=stop, tell=print, tell_trouble=troubles.append)
    assert len(looks) == 3
    (told,) = troubles
    assert "(AttributeError)" in told.message


def test_what_nobody_foresaw_at_one_transcript_stops_no_other(
    archive: Archive, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = captions.read

    def reading(path: Path) -> transcript.Transcript:
        if path.name in ("a.srt", "talk.srt"):
            raise AssertionError("a programmer's mistake")
        return read(path)

    monkeypatch.setattr(captions, "read", reading)
    sound(place / "talk.mp3")
    for name in ("talk.srt", "talk.de.srt", "a.srt", "b.srt"):
        (place / name).write_text(SRT.format("lions"))
    outcomes = list(import_paths(archive, [place]))
    failed = {outcome.path.name for outcome in outcomes if outcome.problem}
    assert failed == {"talk.srt", "a.srt"}
    assert len(outcomes) == 5


def test_a_file_that_is_named_comes_back_from_the_trash(archive: Archive, place: Path) -> None:
    audio = sound(place / "talk.mp3")
    (place / "talk.srt").write_text(SRT.format("lions"))
    (first, *_) = import_paths(archive, [audio])
    (folder,) = archive.folders()
    folder.write_info(replace(folder.info(), title="The lions' talk"))
    keeping.put(archive, [folder])
    assert found(archive, "lions") == []

    (of_audio, of_text) = import_paths(archive, [audio])

    assert of_audio == Outcome(path=audio, session=first.session, is_back=True)
    assert of_text.was_here
    (back,) = archive.folders()
    assert back.info().title == "The lions' talk"
    assert found(archive, "lions") == [first.session]
    assert trash.listed(archive) == []


def test_what_a_folder_holds_stays_in_the_trash(archive: Archive, place: Path) -> None:
    audio, text = sound(place / "talk.mp3"), place / "talk.srt"
    text.write_text(SRT.format("lions"))
    alone = place / "alone.srt"
    alone.write_text(SRT.format("zebras"))
    sessions = {outcome.path: outcome.session for outcome in import_paths(archive, [place])}
    keeping.put(archive, archive.folders())

    left = {outcome.path: outcome for outcome in import_paths(archive, [place])}

    assert {path: outcome.thrown_away for path, outcome in left.items()} == sessions
    assert archive.folders() == []
    (late,) = itertools.islice(import_paths(archive, [audio], brings_back=False), 1)
    assert late.thrown_away == sessions[audio]


def test_a_transcript_that_is_named_comes_back_from_the_trash(
    archive: Archive, place: Path
) -> None:
    text = place / "talk.srt"
    text.write_text(SRT.format("lions"))
    (first,) = import_paths(archive, [text])
    keeping.put(archive, archive.folders())
    (again,) = import_paths(archive, [text])
    assert again == Outcome(path=text, session=first.session, is_back=True)
    assert found(archive, "lions") == [first.session]


def test_a_watched_file_does_not_come_back_from_the_trash(
    archive: Archive, place: Path, watch: Watch, clock: Clock
) -> None:
    sound(place / "talk.mp3")
    later(watch, clock)
    keeping.put(archive, archive.folders())
    (archive.root / watching.FILE_NAME).unlink()
    outcomes = later(Watch(archive, [place], settles_s=5.0, monotonic=clock), clock)
    assert [bool(outcome.thrown_away) for outcome in outcomes] == [True]
    assert archive.folders() == []


def test_what_aircheck_exported_is_known_again(tmp_path: Path) -> None:
    session = talk(tmp_path / "archive")
    out = tmp_path / "out"
    package = publishing.unedited(session, out / "package")[0]
    publishing.publish_page(session, out / "page")
    publishing.clip(session, out / "clips", from_s=5.5, to_s=8.0)
    home, other = Archive(session.path.parent), Archive(tmp_path / "other")
    known = list(import_paths(home, [out]))
    assert all(outcome.was_here for outcome in known), known
    assert {outcome.session for outcome in known} == {session.id}
    assert [folder.id for folder in home.folders()] == [session.id]
    assert len(transcript.stored(session)) == 1
    fresh = list(import_paths(other, [out]))
    assert not [outcome.problem for outcome in fresh if outcome.problem]
    assert [folder.id for folder in other.folders()] == [session.id]
    only = Archive(tmp_path / "only")
    (outcome,) = import_paths(only, [package])
    (folder,) = only.folders()
    assert outcome.session == folder.id == session.id
    assert [each.path.name for each in transcript.stored(folder)] == [
        each.path.name for each in transcript.stored(session)
    ]
