"""The worker: real speech in, real words out, whatever happens on the way."""

import contextlib
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

import resources
from recorder.archive import Archive, SessionFolder
from recorder.decode import decode, decode_file
from recorder.types import AudioFormat, GapReason, Seconds
from tests.parts import wait_until
from tests.recorder.builders import PartSpec, adts_chunks, build_session, encode
from transcribe import channels, database, search, speakers, transcript, worker
from transcribe.chunking import RATE_HZ, Samples
from transcribe.engines.base import Task
from transcribe.queue import Job, JobState, Queue, path_of
from transcribe.transcript import UNDETERMINED, Segment, Word
from transcribe.weights import DEMO, Model, Weights

RATE = 44_100
_LONG_S = 240.0  # of a busy machine
TALK = AudioFormat(container="adts", codec="aac", rate_hz=RATE, channels=1)

COUNTING_WORKER = """
import sys
from pathlib import Path
from recorder.archive import Archive
from transcribe import worker
from transcribe.engines.ctranslate import CTranslateEngine
from transcribe.priority import give_way
from transcribe.weights import Weights

class Counting(CTranslateEngine):
    def use_threads(self, count):
        return min(super().use_threads(count), int(sys.argv[4]))

    def transcribe(self, samples, *, seed, **asked):
        self.note("begun", seed)
        found = super().transcribe(samples, seed=seed, **asked)
        self.note("done", seed)
        return found

    def note(self, what, seed):
        with open(sys.argv[3], "a") as log:
            log.write(f"{what} {seed}\\n")

give_way()
worker.work(Archive(Path(sys.argv[1])), Weights(Path(sys.argv[2])),
            lambda path, model, _: Counting(path, name=model.name, word_times=False))
"""


class EchoEngine:
    """Says how long what it heard is; does what a test asks for before."""

    name = "echo"

    def __init__(self) -> None:
        self.options: dict[str, Any] = {"loud": True}
        self.threads: list[int] = []
        self.languages_heard: list[dict[str, float]] = []
        self.before = lambda: None

    def use_threads(self, count: int) -> int:
        self.threads.append(count)
        return 1

    def languages(self, samples: Samples) -> dict[str, float]:
        assert len(samples)
        return self.languages_heard.pop(0)

    def transcribe(
        self, samples: Samples, *, language: str, seed: int, task: Task = Task.TRANSCRIBE
    ) -> list[Segment]:
        self.before()
        duration_s = Seconds(len(samples) / RATE_HZ)
        text = f"{language} for {duration_s:.1f} s"
        if task is Task.TRANSLATE:
            text = f"English of {text}"
        return [Segment(start_s=Seconds(0), end_s=duration_s, text=text, tokens=(seed,))]


class Desk:
    """An archive with its queue and models, and a worker on it in this process."""

    def __init__(self, root: Path, models: Path) -> None:
        self.archive = Archive(root)
        self.models = models
        self.queue = Queue(path_of(root))
        self.engine = EchoEngine()

    def work(self) -> None:
        worker.work(self.archive, Weights(self.models), lambda *_: self.engine)

    def from_elsewhere(self) -> contextlib.closing[Queue]:
        """A connection of its own: chunks are transcribed on threads."""
        return contextlib.closing(Queue(path_of(self.archive.root)))

    def ask(self, folder: SessionFolder, *, model: str = DEMO, **asked: Any) -> Job:
        return self.queue.add(folder.id, model=model, **asked)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models' folder in which the demo is expanded already."""
    folder = tmp_path_factory.mktemp("models")
    Weights(folder).find(DEMO)
    return folder


@pytest.fixture
def desk(tmp_path: Path, models: Path) -> Iterator[Desk]:
    root = tmp_path / "archive"
    root.mkdir()
    desk = Desk(root, models)
    yield desk
    desk.queue.close()


def sample_session(root: Path, *, breaks_s: float = 0.0, sealed: bool = True) -> SessionFolder:
    """The sample broadcast as a session; where it breaks off, five seconds are missing."""
    chunks = adts_chunks(resources.path("sample/session.aac").read_bytes(), RATE)
    ends = [sum(duration_s for _, duration_s in chunks[: n + 1]) for n in range(len(chunks))]
    first = sum(end_s <= breaks_s for end_s in ends)
    parts = [PartSpec(fmt=TALK, chunks=chunks[first:])]
    if first:
        parts = [
            PartSpec(fmt=TALK, chunks=chunks[:first]),
            PartSpec(fmt=TALK, chunks=chunks[first:], start_s=ends[first - 1] + 5),
        ]
    return build_session(root, parts, title="The late session", sealed=sealed)


def text_of(folder: SessionFolder) -> transcript.Transcript:
    [text] = transcript.active(folder)
    return transcript.load(text.path)


def script() -> list[dict[str, Any]]:
    spoken: list[dict[str, Any]] = json.loads(resources.path("sample/session.json").read_bytes())[
        "utterances"
    ]
    return spoken


def test_the_sample_broadcast_is_transcribed_in_its_own_process(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    process = worker.start(desk.archive.root, desk.models)
    assert process.wait(_LONG_S) == 0, (desk.archive.root / worker.LOG_NAME).read_text()
    assert desk.queue.job(job.id).state is JobState.DONE, desk.queue.job(job.id).error
    heard = text_of(folder)
    assert heard.model == DEMO
    assert heard.engine == "ctranslate"
    assert heard.language == "en"
    assert heard.model_sha256 == Weights(desk.models).require(DEMO).sha256
    assert heard.options["condition_on_previous_text"] is False
    sentences = [item for item in script() if len(item["text"].split()) > 1]
    assert len(sentences) >= 5
    for item in sentences:
        [segment] = [s for s in heard.segments if s.text == item["text"]]
        assert segment.start_s == pytest.approx(item["start_s"], abs=0.5)
        assert segment.end_s == pytest.approx(item["end_s"], abs=0.5)


def counting_worker(desk: Desk, log: Path, lanes: int) -> subprocess.Popen[bytes]:
    """A worker that writes a line for each chunk before it begins it, and when it is done."""
    command = [sys.executable, "-P", "-c", COUNTING_WORKER]
    command += [str(desk.archive.root), str(desk.models), str(log), str(lanes)]
    return subprocess.Popen(command)


def counted(log: Path, what: str) -> Counter[str]:
    """How often each chunk was begun, or done, by its seed."""
    lines = (line.split() for line in log.read_text().splitlines())
    return Counter(seed for said, seed in lines if said == what)


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_worker_killed_again_and_again_loses_nothing_and_repeats_a_chunk_a_thread(
    desk: Desk, tmp_path: Path, lanes: int
) -> None:
    folder, log = sample_session(desk.archive.root), tmp_path / "killed"
    log.touch()
    job = desk.ask(folder)
    kills = 2
    for kill in range(kills):
        killed = counting_worker(desk, log, lanes)
        wait_until(
            lambda so_far=kill + 1: len(counted(log, "done")) >= 2 * lanes * so_far,
            within_s=_LONG_S,
            what="some chunks",
        )
        killed.kill()
        killed.wait()
        kept = sum(chunk.text is not None for chunk in desk.queue.chunks(job) or [])
        assert kept >= len(counted(log, "done")) - lanes
        assert desk.queue.job(job.id).state is JobState.QUEUED

    assert counting_worker(desk, log, lanes).wait(_LONG_S) == 0
    assert desk.queue.job(job.id).state is JobState.DONE
    begun, done = counted(log, "begun"), counted(log, "done")
    assert begun.keys() == done.keys()
    assert begun.total() <= len(begun) + kills * lanes
    assert done.total() <= len(done) + kills * lanes

    uninterrupted, other_log = sample_session(desk.archive.root), tmp_path / "uninterrupted"
    desk.ask(uninterrupted)
    assert counting_worker(desk, other_log, 3 - lanes).wait(_LONG_S) == 0
    assert counted(other_log, "done").keys() == done.keys()
    assert text_of(folder).segments == text_of(uninterrupted).segments


def test_a_chunk_is_kept_while_the_sound_of_the_next_is_still_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    as_it_is = channels.sound
    waited: list[int] = []

    def slow_sound(*asked: Any) -> Iterator[Any]:
        for block in as_it_is(*asked):
            with desk.from_elsewhere() as queue:
                planned = queue.chunks(job) or []
                begun = sum(chunk.end_s <= block.start_s for chunk in planned)
                wait_until(
                    lambda begun=begun: all(c.text for c in (queue.chunks(job) or [])[:begun]),
                    within_s=30,
                    what="the chunks before this block",
                )
                waited.append(begun)
            yield block

    monkeypatch.setattr(channels, "sound", slow_sound)
    desk.work()
    assert any(waited)
    assert desk.queue.job(job.id).error == ""
    assert desk.queue.job(job.id).state is JobState.DONE


def test_what_a_cancelled_job_did_is_not_done_again(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    heard: list[int] = []

    def cancel_in_the_second() -> None:
        heard.append(1)
        if len(heard) == 2:
            with desk.from_elsewhere() as queue:
                queue.cancel(job.id)

    desk.engine.before = cancel_in_the_second
    desk.work()
    assert desk.queue.job(job.id).state is JobState.CANCELLED
    assert transcript.stored(folder) == []
    assert len(heard) == 2
    desk.ask(folder)
    desk.work()
    assert len(heard) == len(text_of(folder).segments)


def test_segments_never_cross_a_gap_and_the_transcript_says_the_gaps(desk: Desk) -> None:
    folder = sample_session(desk.archive.root, breaks_s=19.3)  # in mid-sentence
    desk.ask(folder)
    desk.work()
    heard = text_of(folder)
    [gap] = heard.gaps
    assert (gap.reason, gap.to_s - gap.from_s) == (GapReason.CONNECTION_LOST, pytest.approx(5))
    assert any(segment.end_s == pytest.approx(gap.from_s, abs=0.05) for segment in heard.segments)
    assert any(segment.start_s == pytest.approx(gap.to_s, abs=0.05) for segment in heard.segments)
    for segment in heard.segments:
        assert segment.end_s <= gap.from_s + 0.001 or segment.start_s >= gap.to_s - 0.001
    assert all(one.end_s <= other.start_s for one, other in pairwise(heard.segments))


def test_a_session_without_speech_has_an_empty_transcript(desk: Desk) -> None:
    folder = build_session(desk.archive.root)  # tones
    job = desk.ask(folder)
    desk.work()
    assert desk.queue.job(job.id).state is JobState.DONE
    assert text_of(folder).segments == ()
    assert text_of(folder).text == ""


def on_two_sides(root: Path) -> SessionFolder:
    """The sample broadcast in stereo: every second utterance on the left, the others right."""
    blocks = decode_file(resources.path("sample/session.aac"), rate_hz=RATE, channels=1)
    mono = np.concatenate([block.samples for block in blocks])
    stereo = np.zeros((len(mono), 2), np.float32)
    for place, item in enumerate(script()):
        first, end = (int(item[key] * RATE) for key in ("start_s", "end_s"))
        stereo[first:end, place % 2] = mono[first:end, 0]
    chunks = adts_chunks(encode(stereo, RATE, "adts"), RATE)
    fmt = AudioFormat(container="adts", codec="aac", rate_hz=RATE, channels=2)
    return build_session(root, [PartSpec(fmt=fmt, chunks=chunks)])


def test_each_channel_may_be_a_speaker_whose_name_stays(desk: Desk) -> None:
    folder = on_two_sides(desk.archive.root)
    speakers.name(folder, "a:1", "Ann")
    job = desk.ask(folder, by_channel=True)
    worker.work(desk.archive, Weights(desk.models))
    assert desk.queue.job(job.id).state is JobState.DONE, desk.queue.job(job.id).error
    heard = text_of(folder)
    assert heard.options["by_channel"] is True
    sides = {item["text"]: ("Ann", "a:2")[place % 2] for place, item in enumerate(script())}
    found = [(s.text, s.speaker) for s in heard.segments if s.text in sides]
    assert {speaker for _, speaker in found} == {"Ann", "a:2"}
    assert all(sides[text] == speaker for text, speaker in found)
    assert [s.start_s for s in heard.segments] == sorted(s.start_s for s in heard.segments)


def test_channels_that_say_the_same_are_heard_once(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    desk.ask(folder)
    desk.work()
    whole = text_of(folder).text
    desk.ask(folder, by_channel=True)
    desk.work()
    assert text_of(folder).text == whole
    assert {segment.speaker for segment in text_of(folder).segments} == {""}


class LevelEngine(EchoEngine):
    """Hears a word every half second: how loud it is there."""

    def transcribe(self, samples: Samples, **_: Any) -> list[Segment]:
        starts = range(0, len(samples) - RATE_HZ // 2, RATE_HZ // 2)
        words = tuple(
            Word(
                text=f"{loudness(samples, at):.3f}",
                start_s=Seconds(at / RATE_HZ),
                end_s=Seconds(at / RATE_HZ + 0.1),
            )
            for at in starts
        )
        text = " ".join(word.text for word in words)
        end_s = Seconds(len(samples) / RATE_HZ)
        return [Segment(start_s=Seconds(0), end_s=end_s, text=text, words=words)]


def loudness(samples: np.ndarray, at: int) -> float:
    return float(np.sqrt(np.mean(np.square(samples[at : at + RATE_HZ // 10]))))


def test_pauses_are_cut_out_and_every_word_stands_where_it_was_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_published(desk, monkeypatch)
    desk.engine = LevelEngine()
    folder = with_pauses_between(desk.archive.root, pauses_s=[2.0, 6.0, 12.0, 6.0, 2.0, 40.0])
    desk.ask(folder)
    desk.work()
    heard = text_of(folder).segments
    [whole] = [np.concatenate([block.samples[:, 0] for block in decode(folder, track="a")])]
    words = [word for segment in heard for word in segment.words]
    assert len(words) > 30
    for word in words:
        there = loudness(whole, round(word.start_s * RATE_HZ))
        assert float(word.text) == pytest.approx(there, abs=0.02)
    for segment in heard:
        assert segment.text == " ".join(word.text for word in segment.words)
    long_pauses = [
        other.start_s - one.end_s for one, other in pairwise(heard) if other.start_s - one.end_s > 2
    ]
    assert [round(pause_s) for pause_s in long_pauses] == [5, 11, 5, 40]


def as_published(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo pass for a model that takes half a minute at once and knows when words are."""
    demo = Weights(desk.models).require(DEMO)
    values = {name: getattr(demo, name) for name in Model.__slots__}
    values |= {"longest_chunk_s": Seconds(28), "joins_below_s": Seconds(30)}
    monkeypatch.setattr(Weights, "_demo", lambda _: Model(**values))


def with_pauses_between(root: Path, *, pauses_s: list[float]) -> SessionFolder:
    """Utterances of the sample broadcast with these pauses between them."""
    blocks = decode_file(resources.path("sample/session.aac"), rate_hz=RATE, channels=1)
    mono = np.concatenate([block.samples for block in blocks])
    sound = []
    for item, pause_s in zip(script(), [*pauses_s, 1.0], strict=False):
        first, end = (int(item[key] * RATE) for key in ("start_s", "end_s"))
        sound += [mono[first:end], np.zeros((int(pause_s * RATE), 1), np.float32)]
    chunks = adts_chunks(encode(np.concatenate(sound), RATE, "adts"), RATE)
    return build_session(root, [PartSpec(fmt=TALK, chunks=chunks)])


def test_one_thread_while_something_is_recorded(desk: Desk) -> None:
    desk.ask(sample_session(desk.archive.root))
    desk.work()
    assert set(desk.engine.threads) == {0}
    live = desk.archive.create("live", [])
    desk.ask(sample_session(desk.archive.root))
    desk.engine.threads.clear()
    with live.hold():
        desk.work()
    assert set(desk.engine.threads) == {1}


def test_what_is_recorded_is_looked_for_while_speech_is_sought(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_LOOK_S", 0.0)
    asked: list[int] = []

    def detectors(count: int) -> int:
        asked.append(count)
        return 1

    monkeypatch.setattr(worker, "_detectors", detectors)
    desk.ask(sample_session(desk.archive.root))
    live = desk.archive.create("live", [])
    as_it_is = channels.sound

    def sound(*given: Any) -> Iterator[Any]:
        with contextlib.ExitStack() as recording:
            for number, block in enumerate(as_it_is(*given)):
                if number == 3:
                    recording.enter_context(live.hold())
                yield block

    monkeypatch.setattr(channels, "sound", sound)
    desk.work()
    assert asked[0] == 0
    assert 1 in asked


def test_a_job_that_is_cancelled_while_speech_is_sought_ends_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    as_it_is = channels.sound

    def sound(*given: Any) -> Iterator[Any]:
        desk.queue.cancel(job.id)
        return as_it_is(*given)

    monkeypatch.setattr(channels, "sound", sound)
    desk.work()
    assert desk.queue.job(job.id).state is JobState.CANCELLED
    assert desk.queue.chunks(job) is None


def many_languages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo pass for a model that knows many languages."""
    demo = Weights(desk.models).require(DEMO)
    values = {name: getattr(demo, name) for name in Model.__slots__} | {"languages": ()}
    monkeypatch.setattr(Weights, "_demo", lambda _: Model(**values))


def test_the_language_is_voted_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many_languages(desk, monkeypatch)
    desk.engine.languages_heard = [
        {"de": 0.5, "nl": 0.4},
        {"de": 0.3, "nl": 0.9},
        {"de": 0.6, "nl": 0.3},
        {"de": 0.6, "nl": 0.3},
        {"de": 0.6, "nl": 0.3},
    ]
    folder = sample_session(desk.archive.root)
    desk.ask(folder)
    desk.work()
    assert text_of(folder).language == "de"
    assert text_of(folder).segments[0].text.startswith("de for")
    assert desk.engine.languages_heard == []


def test_where_several_languages_are_spoken_each_chunk_has_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_languages(desk, monkeypatch)
    desk.engine.languages_heard = [{"de": 0.9}] * 3 + [{"en": 0.9}] * 2
    folder = sample_session(desk.archive.root)
    count = len(script())
    desk.engine.languages_heard += [{"de": 0.9}] * (count - 3) + [{"en": 0.9}] * 3
    desk.ask(folder)
    desk.work()
    heard = text_of(folder)
    assert heard.language == "de"
    assert [segment.language for segment in heard.segments] == [""] * (count - 3) + ["en"] * 3
    assert [segment.text[:2] for segment in heard.segments] == ["de"] * (count - 3) + ["en"] * 3


def test_a_translation_is_a_second_transcript(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many_languages(desk, monkeypatch)
    folder = sample_session(desk.archive.root)
    desk.ask(folder, language="de")
    desk.ask(folder, language="de", task="translate")
    desk.work()
    texts = {item.language: transcript.load(item.path) for item in transcript.active(folder)}
    assert texts["de"].segments[0].text.startswith("de for")
    assert texts["en"].segments[0].text.startswith("English of de for")
    assert (texts["de"].translated_from, texts["en"].translated_from) == ("", "de")


def test_english_is_not_translated_to_english(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    job = desk.ask(sample_session(desk.archive.root), task="translate")
    assert "can't translate: it knows English alone" in failed(desk, job)
    many_languages(desk, monkeypatch)
    job = desk.ask(sample_session(desk.archive.root), language="en", task="translate")
    assert "nothing to translate" in failed(desk, job)


def test_the_engine_asked_for_is_the_one_that_is_named(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder, engine="openai")
    worker.work(desk.archive, Weights(desk.models))
    assert desk.queue.job(job.id).error == ""
    assert text_of(folder).engine == "openai"
    job = desk.ask(folder, engine="vosk")
    worker.work(desk.archive, Weights(desk.models))
    assert "No engine is called 'vosk'" in desk.queue.job(job.id).error


def test_a_job_that_is_preferred_goes_first(desk: Desk) -> None:
    first, second = (sample_session(desk.archive.root) for _ in range(2))
    job, preferred = desk.ask(first), desk.ask(second)
    order: list[JobState] = []

    def prefer_in_the_second_chunk() -> None:
        with desk.from_elsewhere() as queue:
            order.append(queue.job(job.id).state)
            if len(order) == 2:
                queue.prefer(preferred.id)

    desk.engine.before = prefer_in_the_second_chunk
    desk.work()
    running, queued = JobState.RUNNING, JobState.QUEUED
    left = len(text_of(second).segments) - 2  # of the same sound, two are done already
    assert order == [running] * 2 + [queued] * left + [running] * left


def test_a_paused_job_rests_and_goes_on_where_it_was(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    heard: list[int] = []

    def pause_in_the_second() -> None:
        heard.append(1)
        if len(heard) == 2:
            with desk.from_elsewhere() as queue:
                queue.pause(job.id)

    desk.engine.before = pause_in_the_second
    desk.work()
    assert desk.queue.job(job.id).state is JobState.PAUSED
    desk.work()
    assert len(heard) == 2
    desk.queue.resume(job.id)
    desk.work()
    assert desk.queue.job(job.id).state is JobState.DONE
    assert len(heard) == len(text_of(folder).segments)


def test_without_speech_there_is_no_language(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many_languages(desk, monkeypatch)
    folder = build_session(desk.archive.root)
    desk.ask(folder)
    desk.work()
    assert text_of(folder).language == UNDETERMINED


def test_what_was_said_is_found_once_the_job_is_done(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    desk.ask(folder)
    desk.work()
    with contextlib.closing(database.open(desk.archive.root)) as index:
        [hit, *_] = search.search(index, '"en for"').hits
    assert hit.session == folder.id


def test_an_index_that_cannot_be_written_costs_no_transcript(desk: Desk) -> None:
    database.path_of(desk.archive.root).mkdir()
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    desk.work()
    done = desk.queue.job(job.id)
    assert done.state is JobState.DONE
    assert "can't be searched yet" in done.error
    assert text_of(folder).segments


def failed(desk: Desk, job: Job) -> str:
    desk.work()
    done = desk.queue.job(job.id)
    assert done.state is JobState.FAILED
    return done.error


def test_a_job_without_its_model_waits_and_other_jobs_go_on(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder, model="large-v3")
    other = desk.ask(folder)
    desk.queue.prefer(job.id)
    desk.work()
    assert desk.queue.job(job.id).state is JobState.QUEUED
    assert desk.queue.job(other.id).state is JobState.DONE
    desk.queue.hand_over(job.id, model="demo")
    desk.work()
    assert desk.queue.job(job.id).state is JobState.DONE


def test_a_language_that_the_model_does_not_know_is_said(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root), language="de")
    assert "doesn't know the language 'de'" in failed(desk, job)


def test_an_open_session_is_not_transcribed(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root, sealed=False))
    assert "still being recorded" in failed(desk, job)


def test_a_session_without_audio_is_said(desk: Desk) -> None:
    job = desk.ask(build_session(desk.archive.root, []))
    assert "holds no audio" in failed(desk, job)


def test_a_session_that_is_gone_is_said(desk: Desk) -> None:
    job = desk.ask(Archive(desk.archive.root.parent).create("elsewhere", []))
    assert "No session" in failed(desk, job)


def test_an_audio_file_that_is_gone_is_said(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    (folder.audio / "a-000001.aac").unlink()
    assert "a-000001.aac" in failed(desk, desk.ask(folder))


def test_a_bug_ends_its_job_and_no_other(desk: Desk) -> None:
    bad, good = (sample_session(desk.archive.root) for _ in range(2))
    job, other = desk.ask(bad), desk.ask(good)

    def stumble() -> None:
        desk.engine.before = lambda: None
        raise ZeroDivisionError("one in a million")

    desk.engine.before = stumble
    error = failed(desk, job)
    assert "ZeroDivisionError: one in a million" in error
    assert "The audio is untouched" in error
    assert desk.queue.job(other.id).state is JobState.DONE


def test_an_interrupted_worker_gives_its_job_back(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root))

    def interrupt() -> None:
        desk.engine.before = lambda: None
        raise KeyboardInterrupt

    desk.engine.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        desk.work()
    assert desk.queue.job(job.id).state is JobState.QUEUED
    desk.work()
    assert desk.queue.job(job.id).state is JobState.DONE


def test_one_worker_at_a_time(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root))
    with FileLock(desk.archive.root / worker._LOCK_NAME):
        thread = threading.Thread(target=desk.work, name="second worker")
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert desk.queue.job(job.id).state is JobState.QUEUED
    thread.join(30)
    assert desk.queue.job(job.id).state is JobState.DONE


def test_starting_a_worker_loads_no_torch() -> None:
    code = (
        "import sys; import transcribe.worker, transcribe.queue, transcribe.captions; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'whisper', 'ctranslate2')))"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
