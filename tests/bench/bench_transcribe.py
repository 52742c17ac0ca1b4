"""How fast speech becomes text, beside openai-whisper and faster-whisper, on this machine.

    make bench

Random weights of the size of ``base`` where words are no matter, the demo model where they are.
Nothing here passes or fails by speed; each measurement checks that what it measured was done.
"""

import contextlib
import functools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import numpy as np
import psutil
import pytest
import torch
import whisper

import resources
from app.broadcast import SampleBroadcast
from recorder import journal, launch
from recorder.archive import Archive
from recorder.decode import decode_file
from recorder.events import Chunk
from recorder.types import Seconds, SourceKind, SourceSpec, parse_iso
from tests.transcribe.models import save_random
from transcribe import chunking, conversion, live, worker
from transcribe.chunking import RATE_HZ, Rules, Samples, SileroDetector
from transcribe.engines import ctranslate
from transcribe.engines.ctranslate import CTranslateEngine
from transcribe.listening import LONGEST_S
from transcribe.queue import JobState, Queue, path_of
from transcribe.weights import DEMO, Weights

BASE = whisper.ModelDimensions(
    n_mels=80,
    n_audio_ctx=1500,
    n_audio_state=512,
    n_audio_head=8,
    n_audio_layer=6,
    n_vocab=51_865,
    n_text_ctx=448,
    n_text_state=512,
    n_text_head=8,
    n_text_layer=6,
)
TOKENS = 50  # of a window: speech has about 3 a second, half a minute of it rarely more than 100
MINUTES = 2
LARGE_ENOUGH = Rules(longest_s=Seconds(28), joins_below_s=Seconds(3))


def report(what: str, value: str) -> None:
    print(f"\n  {what:<58} {value}", end="", flush=True)


def seconds(work: Callable[[], Any]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def cpu_seconds(work: Callable[[], Any]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_random(tmp_path_factory.mktemp("base") / "base.pt", BASE)


@pytest.fixture(scope="module")
def talk() -> Samples:
    """The sample broadcast's sentences, one directly after the other, for `MINUTES`."""
    blocks = decode_file(resources.path("sample/session.aac"), rate_hz=RATE_HZ, channels=1)
    sound = np.concatenate([block.samples[:, 0] for block in blocks])
    script = json.loads(resources.path("sample/session.json").read_bytes())["utterances"]
    spoken = [sound[int(u["start_s"] * RATE_HZ) : int(u["end_s"] * RATE_HZ)] for u in script]
    once = np.concatenate(spoken)
    return np.resize(once, MINUTES * 60 * RATE_HZ).astype(np.float32)


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore:__array_wrap__ must accept:DeprecationWarning")  # whisper's
def test_beam_search_on_one_thread(base: Path) -> None:
    """Two windows, the same number of tokens each; CPU time, which others' load distorts less."""
    torch.set_num_threads(1)
    mels = np.random.default_rng(1).normal(0, 0.5, (2, 1, 80, 3000)).astype(np.float32)
    reference = whisper.load_model(str(base), device="cpu")
    options = whisper.DecodingOptions(
        language="en", beam_size=5, sample_len=TOKENS, fp16=False, without_timestamps=True,
        suppress_tokens="50257",
    )  # fmt: skip

    def by_openai() -> None:
        for mel in mels:
            [answer] = whisper.decode(reference, torch.from_numpy(mel), options)
            assert len(answer.tokens) >= TOKENS - 1

    made = conversion.converted(base, "base", "int8")
    model = ctranslate2.models.Whisper(str(made), compute_type="int8", intra_threads=1)
    prompt = [50258, 50259, 50359, 50363]

    def by_us() -> None:
        for mel in mels:
            [answer] = model.generate(
                ctranslate2.StorageView.from_array(mel),
                [prompt],
                beam_size=5,
                max_length=2 * TOKENS,
                suppress_tokens=[50257],
            )
            assert len(answer.sequences_ids[0]) >= TOKENS - 1

    by_us()
    ours_s, theirs_s = cpu_seconds(by_us), cpu_seconds(by_openai)
    report("base, beam 5, 1 thread, 2 windows: openai-whisper", f"{theirs_s:.2f} s")
    report("  ours, int8", f"{ours_s:.2f} s, {theirs_s / ours_s:.1f} times as fast")


@pytest.fixture
def plain(base: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[CTranslateEngine, Any]:
    """Our engine and faster-whisper, both told to take what random weights say as it is."""
    monkeypatch.setattr(ctranslate, "_IMPROBABLE", -np.inf)
    monkeypatch.setattr(ctranslate, "_REPEATED", np.inf)
    unjudged = {
        "max_new_tokens": TOKENS,
        "without_timestamps": True,
        "log_prob_threshold": None,
        "compression_ratio_threshold": None,
        "no_speech_threshold": None,
    }
    engine = CTranslateEngine(base, name="base", word_times=False)
    engine._model.transcribe = functools.partial(engine._model.transcribe, **unjudged)
    peer = faster_whisper.WhisperModel(str(engine._folder), compute_type="int8", cpu_threads=0)
    peer.transcribe = functools.partial(peer.transcribe, **unjudged)
    return engine, peer


def by_faster_whisper(peer: Any, sound: Samples) -> int:
    found, _ = peer.transcribe(sound, language="en", beam_size=5, temperature=0.0)
    return len(list(found))


def by_us(engine: CTranslateEngine, sound: Samples) -> int:
    """Detector, chunks and engine, as the worker has them."""

    def blocks() -> Any:
        for first in range(0, len(sound), 10 * RATE_HZ):
            yield Block(first / RATE_HZ, sound[first : first + 10 * RATE_HZ, None])

    chunks = list(chunking.plan(blocks(), LARGE_ENOUGH, SileroDetector()))
    with ThreadPoolExecutor(engine.use_threads(0)) as pool:
        found = pool.map(
            lambda samples: engine.transcribe(samples, language="en", seed=1),
            [samples for _, samples in chunking.clips(blocks(), chunks)],
        )
        return sum(map(len, found))


class Block:
    def __init__(self, start_s: float, samples: Samples) -> None:
        self.start_s, self.samples = Seconds(start_s), samples


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["continuous speech", "half silence"])
def test_beside_faster_whisper(plain: Any, talk: Samples, kind: str) -> None:
    engine, peer = plain
    sound = talk.copy()
    if kind == "half silence":
        for first in range(0, len(sound), 60 * RATE_HZ):
            sound[first + 30 * RATE_HZ : first + 60 * RATE_HZ] = 0
    by_us(engine, sound[: 30 * RATE_HZ])
    by_faster_whisper(peer, sound[: 30 * RATE_HZ])
    ours_s = seconds(lambda: by_us(engine, sound))
    theirs_s = seconds(lambda: by_faster_whisper(peer, sound))
    report(f"{kind}, {MINUTES} min, base int8, beam 5: faster-whisper", f"{theirs_s:.1f} s")
    report("  ours, end to end", f"{ours_s:.1f} s, {theirs_s / ours_s:.1f} times as fast")


@pytest.mark.parametrize("tokens_a_s", [3, 6], ids=["as people speak", "at most"])
def test_captions_an_update(base: Path, tokens_a_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an utterance costs each time it is heard, up to the longest one.

    Random weights never come to an end, so each update finds as many tokens as it may.
    """
    monkeypatch.setattr(ctranslate, "_LIVE_TOKENS_A_S", tokens_a_s)
    engine = CTranslateEngine(base, name="base", word_times=False, lanes=1)
    rng = np.random.default_rng(1)
    for lasts_s in (4.0, LONGEST_S):
        sound = rng.normal(0, 0.1, int(lasts_s * RATE_HZ)).astype(np.float32)
        hear = functools.partial(engine.hear, sound, language="en")
        times = [cpu_seconds(hear) for _ in range(5)]
        what = f"captions, {lasts_s} s of {tokens_a_s} tokens a second, base int8: CPU time"
        report(what, f"{min(times):.2f} s")


@pytest.mark.timeout(300)
def test_captions_behind_the_word(tmp_path: Path) -> None:
    """The sample broadcast, recorded in real time beside its captions."""
    models = tmp_path / "models"
    Weights(models).find(DEMO)
    script = json.loads(resources.path("sample/session.json").read_bytes())["utterances"]
    assert script
    with SampleBroadcast() as broadcast:
        folder = launch.record(
            Archive(tmp_path), SourceSpec(kind=SourceKind.STREAM, address=broadcast.url)
        )
        process = live.start(folder, models, DEMO)
        ended = threading.Event()
        threading.Thread(target=lambda: (process.wait(), ended.set()), daemon=True).start()
        shown = [(time.time(), caption) for caption in live.follow(folder, ended, poll_s=0.02)]
    chunks = [
        entry.event for entry in journal.read(folder.journal_path) if isinstance(entry.event, Chunk)
    ]
    final = {caption.number: caption for _, caption in shown}
    behind = []
    for number, last in final.items():
        words = last.text.split()
        for place in range(len(words)):
            at_s = last.start_s + (last.end_s - last.start_s) * (place + 1) / len(words)
            arrived = next(c.arrived_at for c in chunks if c.start_s + c.duration_s >= at_s)
            seen = next(
                at
                for at, caption in shown
                if caption.number == number
                and len(f"{caption.text} {caption.tentative}".split()) > place
            )
            behind.append(seen - parse_iso(arrived).timestamp())
    assert len(behind) > 20
    p95_s = statistics.quantiles(behind, n=20)[-1]
    report("captions, words shown after their sound came, median", f"{np.median(behind):.1f} s")
    report("  p95", f"{p95_s:.1f} s")


WORK = """
import resource, sys
from pathlib import Path
from recorder.archive import Archive
from transcribe import worker
from transcribe.weights import Weights
worker.work(Archive(Path(sys.argv[1])), Weights(Path(sys.argv[2])))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.timeout(900)
@pytest.mark.skipif(not hasattr(os, "nice"), reason="getrusage is POSIX's")
def test_the_workers_memory(base: Path, tmp_path: Path) -> None:
    """One hour, of which a minute is speech: what grows with length would show."""
    from recorder import importing

    models = tmp_path / "models"
    model = Weights(models).add(base)
    rng = np.random.default_rng(1)
    file = tmp_path / "hour.wav"
    blocks = decode_file(resources.path("sample/session.aac"), rate_hz=RATE_HZ, channels=1)
    speech = np.concatenate([block.samples[:, 0] for block in blocks])
    import wave

    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        for minute in range(60):
            sound = rng.normal(0, 0.001, 60 * RATE_HZ)
            if minute == 30:
                sound[: len(speech)] = speech
            out.writeframes((sound * 32767).astype("<i2").tobytes())
    archive = Archive(tmp_path / "archive")
    folder = importing.import_audio(archive, file)
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        job = queue.add(folder.id, model=model.name, language="en")
        command = [sys.executable, "-P", "-c", WORK, str(archive.root), str(models)]
        took_s = seconds(
            lambda: report(
                "worker, base int8, 1 h: memory at most",
                subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
                + " MB",
            )
        )
        assert queue.job(job.id).state is JobState.DONE
    report("  and it took", f"{took_s:.0f} s, on {psutil.cpu_count()} cores")
    assert worker.LOG_NAME
