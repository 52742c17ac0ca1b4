"""How fast speech becomes text, beside openai-whisper and faster-whisper, on this machine.

    make bench

Random weights of the size of ``base`` where words are no matter, the demo model where they are.
Nothing here passes or fails by speed; each measurement checks that what it measured was done.
"""

import contextlib
import difflib
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
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
from recorder import importing, journal, launch
from recorder.archive import Archive
from recorder.decode import decode, decode_file
from recorder.events import Chunk
from recorder.types import Seconds, SourceKind, SourceSpec, parse_iso
from tests.recorder.builders import encode
from tests.transcribe.models import save_random
from transcribe import chunking, conversion, live, terms, transcript, worker
from transcribe.chunking import RATE_HZ, Rules, Samples, SileroDetector
from transcribe.engines import ctranslate
from transcribe.engines.ctranslate import CTranslateEngine
from transcribe.engines.encoder import Encoder
from transcribe.lanes import in_lanes
from transcribe.listening import LONGEST_S
from transcribe.priority import ENVIRONMENT
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
TOKENS_A_S = 3  # of speech
MINUTES = 4  # of speech
END, FIRST_TIME = 50_257, 50_364  # tokens of the multilingual vocabulary
BASE_RULES = Rules(longest_s=Seconds(28), joins_below_s=Seconds(30))  # as `Weights` has them


def report(what: str, value: str) -> None:
    print(f"\n  {what:<58} {value}", end="", flush=True)


def seconds(work: Callable[[], Any]) -> tuple[float, float]:
    """By the clock, and of the processor: on a busy machine the clock is the others' as well."""
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began_s, time.process_time() - began_cpu_s


def cpu_seconds(work: Callable[[], Any]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_random(tmp_path_factory.mktemp("base") / "base.pt", BASE)


def talk(minutes: float) -> Samples:
    """The sample broadcast's sentences, one directly after the other."""
    sound = sample_sound()
    script = json.loads(resources.path("sample/session.json").read_bytes())["utterances"]
    spoken = [sound[int(u["start_s"] * RATE_HZ) : int(u["end_s"] * RATE_HZ)] for u in script]
    once = np.concatenate(spoken)
    return np.resize(once, int(minutes * 60 * RATE_HZ)).astype(np.float32)


def half_silent(pause_s: float) -> Samples:
    """Talk for as long as each pause lasts, and a pause, until there are `MINUTES` of talk."""
    spoken = talk(max(MINUTES, pause_s / 60)).reshape(-1, int(pause_s * RATE_HZ))
    return np.concatenate([spoken, np.zeros_like(spoken)], axis=1).reshape(-1)


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
    encode = Encoder(made)
    prompt = [50258, 50259, 50359, 50363]

    def by_us() -> None:
        for mel in mels:
            [answer] = model.generate(
                ctranslate2.StorageView.from_array(encode(mel)),
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


def talks_on(model: Any) -> None:
    """Have a faster-whisper model of random weights behave as one that hears words.

    It finds 3 tokens for each second of sound in a window, and a single one where there is none; no
    window ends early or late, or is tried again, because of what random weights happen to say.
    """
    of_window = threading.local()
    encode_as_it_is, generate = model.encode, model.generate_with_fallback

    def encode(features: Any) -> Any:
        of_window.sounding_s = np.count_nonzero(np.ptp(features, axis=0) > 0.1) / 100
        return encode_as_it_is(features)

    def generate_as_many(encoded: Any, prompt: list[int], tokenizer: Any, options: Any) -> Any:
        wanted = max(1, round(TOKENS_A_S * of_window.sounding_s))
        longest = max(2 * wanted, len(prompt))  # CTranslate2 generates half of it, and at least one
        options = replace(options, max_new_tokens=longest - len(prompt))
        return generate(encoded, prompt, tokenizer, options)

    model.encode, model.generate_with_fallback = encode, generate_as_many
    model.transcribe = functools.partial(
        model.transcribe,
        suppress_tokens=[-1, END, *range(FIRST_TIME, BASE.n_vocab)],
        without_timestamps=True,
        log_prob_threshold=None,
        compression_ratio_threshold=None,
        no_speech_threshold=None,
    )


def by_faster_whisper(peer: Any, sound: Samples) -> int:
    """How many tokens it finds."""
    found, _ = peer.transcribe(
        sound,
        language="en",
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,  # as ours; it would only have more to read
    )
    return sum(len(segment.tokens) for segment in found)


def by_us(engine: CTranslateEngine, sound: Samples) -> int:
    """Detector, chunks and engine, as the worker has them; how many tokens are found."""

    def blocks() -> Any:
        for first in range(0, len(sound), 10 * RATE_HZ):
            yield Block(first / RATE_HZ, sound[first : first + 10 * RATE_HZ, None])

    def lanes() -> int:
        return engine.use_threads(0)

    spread = functools.partial(in_lanes, lanes=lanes)
    chunks = list(chunking.plan(blocks(), BASE_RULES, SileroDetector(), spread))
    found = in_lanes(
        lambda clip: engine.transcribe(clip[1], language="en", seed=1),
        chunking.clips(blocks(), chunks),
        lanes,
    )
    return sum(len(segment.tokens) for segments in found for segment in segments)


class Block:
    def __init__(self, start_s: float, samples: Samples) -> None:
        self.start_s, self.samples = Seconds(start_s), samples


def measure(base: str, pause_s: int, threads: int | None) -> None:
    """Print the seconds and the tokens of ours, or of faster-whisper with that many threads.

    In a process of its own, as each of them is used; what is loaded before is not counted.
    """
    sound = half_silent(pause_s) if pause_s else talk(MINUTES)
    if threads is None:
        ctranslate._IMPROBABLE, ctranslate._REPEATED = -np.inf, np.inf
        engine = CTranslateEngine(Path(base), name="base", word_times=False)
        talks_on(engine._model)
        hear = functools.partial(by_us, engine)
    else:
        folder = str(conversion.converted(Path(base), "base", "float16"))  # quantized as it loads
        peer = faster_whisper.WhisperModel(
            folder, device="cpu", compute_type="int8", cpu_threads=threads
        )
        talks_on(peer)
        hear = functools.partial(by_faster_whisper, peer)
    hear(sound[: 20 * RATE_HZ])
    tokens: list[int] = []
    took = seconds(lambda: tokens.append(hear(sound)))
    print(json.dumps([*took, *tokens]))


def measured(base: Path, pause_s: int, threads: int | None) -> tuple[float, float, int]:
    """By the clock, of the processor, and how many tokens."""
    code = f"from {__name__} import measure; measure({str(base)!r}, {pause_s}, {threads})"
    own = ENVIRONMENT if threads is None else {}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, env=os.environ | own
    )
    clock_s, cpu_s, tokens = json.loads(done.stdout.splitlines()[-1])
    return clock_s, cpu_s, tokens


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("pause_s", [0, 2, 20, 300])
def test_beside_faster_whisper(base: Path, pause_s: int) -> None:
    """Its sequential `transcribe`, with its own number of threads and with as many as we have.

    Both find the same number of tokens, within what a word cut at a pause makes.
    """
    lanes = CTranslateEngine(base, name="base", word_times=False).use_threads(0)
    ours = measured(base, pause_s, None)
    minutes = (2 if pause_s else 1) * max(MINUTES, pause_s / 60)
    kind = f"half silence, pauses of {pause_s} s" if pause_s else "continuous speech"
    report(
        f"{kind}, {minutes:.0f} min, base int8, beam 5",
        f"{ours[0]:.1f} s by the clock, {ours[1]:.1f} s of CPU, {ours[2]} tokens",
    )
    for name, threads in (("its own choice of threads", 0), (f"{lanes} threads", lanes)):
        theirs = measured(base, pause_s, threads)
        report(
            f"  faster-whisper, {name}",
            f"{theirs[0]:.1f} s ({theirs[0] / ours[0]:.1f} times as long), "
            f"{theirs[1]:.1f} s of CPU ({theirs[1] / ours[1]:.1f} times as much), "
            f"{theirs[2]} tokens",
        )
        assert 0.9 < theirs[2] / ours[2] < 1.1


def test_speech_is_sought(tmp_path: Path) -> None:
    """Decoding and judging a session's sound, one after the other and side by side."""
    minutes = 20
    (tmp_path / "talk.flac").write_bytes(encode(talk(minutes)[:, None], RATE_HZ, "flac"))
    folder = importing.import_audio(Archive(tmp_path / "archive"), tmp_path / "talk.flac")
    detector = SileroDetector()
    spreads = {
        "one thread": map,
        "as many as the worker has": functools.partial(
            in_lanes, lanes=functools.partial(worker._detectors, 0)
        ),
    }
    plans: dict[str, list[chunking.Chunk]] = {}
    for who, spread in (*spreads.items(), *spreads.items()):  # the first round warms up

        def plan(spread: Any = spread, who: str = who) -> None:
            plans[who] = list(chunking.plan(decode(folder), BASE_RULES, detector, spread))

        clock_s, cpu_s = seconds(plan)
        took = f"{clock_s:.1f} s by the clock, {cpu_s:.1f} s of CPU"
        report(f"speech is sought in {minutes} min, {who}", took)
    one, many = plans.values()
    assert one == many


@pytest.mark.parametrize(
    "tokens_a_s", [3, ctranslate._LIVE_TOKENS_A_S["en"]], ids=["as people speak", "at most"]
)
def test_captions_an_update(base: Path, tokens_a_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an utterance costs each time it is heard, up to the longest one.

    Random weights never come to an end, so each update finds as many tokens as it may.
    """
    monkeypatch.setitem(ctranslate._LIVE_TOKENS_A_S, "en", tokens_a_s)
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
import sys
from dataclasses import dataclass
from pathlib import Path

import faster_whisper
import numpy as np

from recorder.archive import Archive
from transcribe import channels, worker
from transcribe.chunking import RATE_HZ
from transcribe.engines import ctranslate
from transcribe.weights import Weights

archive, models, speech, hours, tokens = *map(Path, sys.argv[1:4]), *map(int, sys.argv[4:])


@dataclass
class Block:
    start_s: float
    samples: np.ndarray


def sound(*_):
    once, hiss = np.load(speech), np.random.default_rng(1).normal(0, 0.001, 10 * RATE_HZ)
    for start_s in range(0, hours * 3_600, 10):
        block = hiss.astype(np.float32)
        said = once[max(0, start_s % 3_600 - 1_800) * RATE_HZ :][: len(block)]
        if start_s % 3_600 >= 1_800:
            block[: len(said)] = said
        yield Block(start_s, block[:, None])


channels.sound = sound
ctranslate._IMPROBABLE, ctranslate._REPEATED = -np.inf, np.inf
as_it_is = faster_whisper.WhisperModel.transcribe
faster_whisper.WhisperModel.transcribe = lambda *given, **asked: as_it_is(
    *given, **asked, max_new_tokens=tokens
)
worker.work(Archive(archive), Weights(models))
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)  # ru_maxrss would begin with the parent's
"""


@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells a process's largest memory")
@pytest.mark.parametrize("hours", [1, 24])
def test_the_workers_memory(base: Path, tmp_path: Path, hours: int) -> None:
    """Of each hour half a minute is speech: what grows with length would show.

    All but the decoding is the worker's: the sound is made up, ten seconds at a time, as the
    decoder brings it; and what random weights say is taken as it is.
    """
    models, archive = tmp_path / "models", Archive(tmp_path / "archive")
    model = Weights(models).add(shutil.copy(base, tmp_path / "random.pt"))
    folder = importing.import_audio(archive, resources.path("sample/session.aac"))
    np.save(tmp_path / "speech.npy", sample_sound())
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        job = queue.add(folder.id, model=model.name, language="en")
        command = [sys.executable, "-P", "-c", WORK, str(archive.root), str(models)]
        command += [str(tmp_path / "speech.npy"), str(hours), str(TOKENS)]
        began_s = time.perf_counter()
        told = subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | ENVIRONMENT,
        ).stdout
        took_s = time.perf_counter() - began_s
        assert queue.job(job.id).state is JobState.DONE, queue.job(job.id).error
    [stored] = transcript.active(folder)
    assert transcript.load(stored.path).segments[-1].start_s > (hours - 0.6) * 3_600
    report(f"worker, base int8, {hours} h: memory at most", f"{told.strip()} MB")
    report("  and it took", f"{took_s:.0f} s, on {psutil.cpu_count()} cores")


def sample_sound() -> Samples:
    blocks = decode_file(resources.path("sample/session.aac"), rate_hz=RATE_HZ, channels=1)
    return np.concatenate([block.samples[:, 0] for block in blocks])


def silence(duration_s: int) -> Samples:
    return np.zeros(duration_s * RATE_HZ, np.float32)


def noise(duration_s: int) -> Samples:
    """White, pink, hum and crackle, a minute of each in turn, from quiet to loud."""
    rng = np.random.default_rng(2)
    times = np.arange(60 * RATE_HZ) / RATE_HZ
    white = rng.normal(0, 0.3, len(times))
    slope = 1 / np.sqrt(np.maximum(np.fft.rfftfreq(len(times)), 1e-4))
    pink = np.fft.irfft(np.fft.rfft(white) * slope, len(times))
    hum = sum(np.sin(2 * np.pi * 50 * n * times) / n for n in range(1, 12)) + 0.1 * white
    crackle = np.where(rng.random(len(times)) < 5e-4, rng.normal(0, 2, len(times)), 0.02 * white)
    minutes = [kind / np.abs(kind).max() for kind in (white, pink, hum, crackle)]
    levels = np.geomspace(0.003, 0.9, duration_s // 60)
    return np.concatenate(
        [level * minutes[number % 4] for number, level in enumerate(levels)]
    ).astype(np.float32)


def music(duration_s: int) -> Samples:
    """Chords, a melody that slides and trembles as a voice does, and drums; a bar every 2 s."""
    rng = np.random.default_rng(3)
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    bars = []
    for bar in range(duration_s // 2):
        root_hz = (110.0, 87.3, 130.8, 98.0)[bar % 4]
        chord = sum(
            np.sin(2 * np.pi * root_hz * ratio * n * times) / n**1.5
            for ratio in (1, 1.26, 1.5)
            for n in range(1, 8)
        )
        steps = root_hz * 2 ** (rng.integers(0, 13, 4) / 12 + 1)
        pitch_hz = np.repeat(steps, len(times) // 4) * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * times))
        phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
        melody = sum(np.sin(n * phase) / n for n in range(1, 6)) * (0.6 + 0.4 * np.sin(times * 9))
        beats = np.exp(-25 * (times % 0.5)) * rng.normal(0, 1, len(times))
        bars.append(0.3 * chord + 0.5 * melody + 0.4 * beats)
    whole = np.concatenate(bars)
    return (0.5 * whole / np.abs(whole).max()).astype(np.float32)


@pytest.mark.timeout(3600)
def test_hours_without_speech(tmp_path: Path) -> None:
    """Silence, noise and music, an hour of each: no words, by the demo model's worker."""
    models, archive = tmp_path / "models", Archive(tmp_path / "archive")
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        for made in (silence, noise, music):
            file = tmp_path / f"{made.__name__}.flac"
            pcm = np.clip(made(60 * 60), -1, 1)[:, None]
            file.write_bytes(encode(pcm, RATE_HZ, "flac"))
            folder = importing.import_audio(archive, file)
            job = queue.add(folder.id, model=DEMO)
            worker.work(archive, Weights(models))
            assert queue.job(job.id).state is JobState.DONE, queue.job(job.id).error
            [stored] = transcript.active(folder)
            said = transcript.load(stored.path).text
            report(f"an hour of {made.__name__}: words", f"{len(said.split())} {said[:60]}")
            assert not said


def test_words_beside_openai_whisper(tmp_path: Path) -> None:
    """The sample broadcast by the demo model, as the worker hears it and openai-whisper does.

    By itself openai-whisper gives the model all of it at once, which takes a sentence at a time.
    """
    weights, archive = Weights(tmp_path / "models"), Archive(tmp_path / "archive")
    folder = importing.import_audio(archive, resources.path("sample/session.aac"))
    script = json.loads(resources.path("sample/session.json").read_bytes())["utterances"]
    spoken = " ".join(item["text"] for item in script)
    errors = {}
    for engine in ("ctranslate", "openai"):
        with contextlib.closing(Queue(path_of(archive.root))) as queue:
            queue.add(folder.id, model=DEMO, engine=engine)
        worker.work(archive, weights)
        [stored] = transcript.active(folder)
        errors[f"ours, by {engine}"] = word_error(transcript.load(stored.path).text, spoken)
    reference = whisper.load_model(str(weights.find(DEMO)), device="cpu")
    heard = whisper.transcribe(reference, sample_sound(), language="en", beam_size=5, fp16=False)
    errors["openai-whisper alone"] = word_error(heard["text"], spoken)
    for who, share in errors.items():
        report(f"word error on the sample broadcast, {who}", f"{share:.1%}")
    others = min(errors["ours, by openai"], errors["openai-whisper alone"])
    assert errors["ours, by ctranslate"] <= others + 0.01


def word_error(heard: str, spoken: str) -> float:
    """The share of words that are wrong, missing or too many."""
    left, right = (terms.terms(text) for text in (heard, spoken))
    found = difflib.SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes()
    wrong = sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in found if tag != "equal")
    return wrong / len(right)
