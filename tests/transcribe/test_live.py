"""Captions beside a recording: from its parts, in a process of their own, to its last word."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

import resources
from recorder import journal
from recorder.archive import SessionFolder
from recorder.events import PartOpened, PartSealed, RunStarted
from recorder.types import AudioFormat, Seconds
from tests.parts import wait_until
from tests.recorder.builders import PartSpec, adts_chunks, build_session
from transcribe import live
from transcribe.chunking import Samples, SileroDetector
from transcribe.engines.ctranslate import CTranslateEngine
from transcribe.listening import Caption
from transcribe.weights import DEMO, Weights

RATE = 44_100
TALK = AudioFormat(container="adts", codec="aac", rate_hz=RATE, channels=1)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def engine(models: Path) -> CTranslateEngine:
    return CTranslateEngine(Weights(models).find(DEMO), name=DEMO, word_times=False, lanes=1)


def session(root: Path, *, sealed: bool = True) -> SessionFolder:
    chunks = adts_chunks(resources.path("sample/session.aac").read_bytes(), RATE)
    return build_session(root, [PartSpec(fmt=TALK, chunks=chunks)], sealed=sealed)


def sentences() -> list[str]:
    script = json.loads(resources.path("sample/session.json").read_bytes())
    return [item["text"] for item in script["utterances"] if len(item["text"].split()) > 1]


def finals(captions: Iterator[Caption]) -> list[str]:
    return [caption.text for caption in captions if caption.is_final]


def all_of(folder: SessionFolder) -> Iterator[Caption]:
    stop = threading.Event()
    stop.set()
    return live.follow(folder, stop)


@pytest.mark.timeout(300)  # the process gives way to everything else
def test_a_session_is_captioned_to_its_last_word_in_its_own_process(
    tmp_path: Path, models: Path
) -> None:
    folder = session(tmp_path)
    process = live.start(folder, models, DEMO)
    # Numpy's threads would spin beside the recorder. A program that just begins has no environment.
    environment = wait_until(psutil.Process(process.pid).environ)
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert process.wait(240) == 0, (folder.derived / "captions.log").read_text()
    assert set(sentences()) <= set(finals(all_of(folder)))


def test_stopping_hears_what_is_recorded(tmp_path: Path, engine: CTranslateEngine) -> None:
    folder, stop = session(tmp_path, sealed=False), threading.Event()

    def hear(samples: Samples) -> str:
        stop.set()  # in the first utterance
        return engine.hear(samples, language="en")

    live.caption(folder, hear, SileroDetector(), stop=stop)
    assert set(sentences()) <= set(finals(all_of(folder)))


def test_one_process_captions_a_session(tmp_path: Path) -> None:
    folder = session(tmp_path)
    folder.derived.mkdir(exist_ok=True)
    with FileLock(folder.derived / ".captions.lock"):
        live.caption(folder, lambda _: "never", SileroDetector())
    assert list(all_of(folder)) == []


def test_the_newest_form_of_a_caption_comes_last(tmp_path: Path, engine: CTranslateEngine) -> None:
    folder = session(tmp_path)
    live.caption(folder, lambda samples: engine.hear(samples, language="en"), SileroDetector())
    captions = list(all_of(folder))
    last = {caption.number: caption for caption in captions}
    assert all(caption.is_final for caption in last.values())
    assert [caption.start_s for caption in last.values()] == sorted(
        caption.start_s for caption in last.values()
    )
    assert all(caption.lag_s >= 0 for caption in captions)


def test_chunks_that_were_heard_are_forgotten(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    recent = live.Recent()
    events = [entry.event for entry in journal.read(folder.journal_path)]
    for event in events:
        recent.take(event)
    assert recent.is_sealed.is_set()
    whole = recent.timeline({}).tracks["a"]
    assert whole.chunks
    end_s = whole.end_s
    assert recent.timeline({"a": Seconds(end_s / 1000)}).tracks["a"].chunks == whole.chunks
    left = recent.timeline({"a": Seconds(end_s + 1)})
    assert sum(len(track.chunks) for track in left.tracks.values()) == 0
    kept = {type(event) for event in recent._events}
    assert kept <= {PartOpened, PartSealed, RunStarted}
