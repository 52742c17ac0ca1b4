"""A stretch of a session as a file to work with: any format, faded, at a loudness, with chapters.

Such a file is edited, and says so: its tags tell what was done, and from which session it is. The
sound goes through in blocks of some seconds, so memory stays bounded at any length; pydub fades
the stretches at both ends.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from recorder import encode, export, loudness, naming
from recorder.archive import SessionFolder
from recorder.decode import Native, decode_timeline, native, stretches
from recorder.encode import Coding, Format, Sound
from recorder.errors import ExportError, ExportStopped, storage_error
from recorder.loudness import Gain, Loudness
from recorder.pieces import Gaps, Span
from recorder.tags import Chapter, Tags
from recorder.timeline import Timeline
from recorder.types import Seconds

NAME = "{session}"
"""How files are called unless told: as all that is exported (`naming.exported`)."""

LONGEST_FADE_S = 30.0

_SILENCE_S = 10.0
_CHAPTERS = ".chapters.json"
_FIRST_CHAPTER = "Begin"
_MEASURING = 0.5  # of the work, where there is something to measure

_NEVER = threading.Event()
_RATES_HZ: dict[Format, tuple[int, ...]] = {
    Format.MP3: (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    Format.M4A: (
        8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200,
        96_000,
    ),
    Format.OPUS: (8_000, 12_000, 16_000, 24_000, 48_000),
}  # fmt: skip
"""Of the codecs that take some alone; FFmpeg would choose another one, and not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is to be made of a session.

    Attributes:
        from_s: Session time of the first sample.
        to_s: And of the end; None is the session's.
        gaps: What becomes of gaps inside: cut out, or kept as silence.
        fade_in_s: Seconds, up to `LONGEST_FADE_S`.
        fade_out_s: Likewise.
        loudness_lufs: The integrated loudness that it gets; None leaves it.
        channels: 1 or 2; None leaves what was recorded.
        rate_hz: None leaves what was recorded.
        bitrate_kbps: Of what is lossy.
    """

    fmt: Format = Format.MP3
    track: str = "a"
    from_s: float = 0.0
    to_s: float | None = None
    gaps: Gaps = Gaps.CUT
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    loudness_lufs: float | None = None
    channels: int | None = None
    rate_hz: int | None = None
    bitrate_kbps: int | None = None

    def __post_init__(self) -> None:
        end_s = math.inf if self.to_s is None else self.to_s
        if not 0 <= self.from_s < end_s:
            raise ValueError("a stretch ends behind its begin")
        if not all(0 <= fade_s <= LONGEST_FADE_S for fade_s in (self.fade_in_s, self.fade_out_s)):
            raise ValueError(f"a fade lasts {LONGEST_FADE_S:.0f} s at most")
        if self.channels not in (None, 1, 2):
            raise ValueError("mono or stereo")
        if self.bitrate_kbps and self.fmt.is_lossless:
            raise ValueError(f"{self.fmt.spoken} is lossless, and takes no bitrate")
        if self.rate_hz and self.rate_hz not in _RATES_HZ.get(self.fmt, (self.rate_hz,)):
            rates = ", ".join(map(str, _RATES_HZ[self.fmt]))
            raise ValueError(f"{self.fmt.spoken} has a rate of {rates} Hz, not {self.rate_hz}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What the file is called.

    Attributes:
        template: Fields are those of `fields`.
        ascii_only: Without letters that ASCII doesn't have.
    """

    template: str = NAME
    ascii_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What was made.

    Attributes:
        files: The audio, then what lies beside it.
        edited: What was done, as its tags say.
        duration_s: As it plays.
    """

    files: tuple[Path, ...]
    edited: str
    duration_s: Seconds


def convert(
    folder: SessionFolder,
    out: Path,
    recipe: Recipe,
    *,
    names: Naming | None = None,
    with_chapters: bool = False,
    on_progress: Callable[[float], None] = lambda _: None,
    stop: threading.Event = _NEVER,
) -> Converted:
    """Make a file of a stretch of a session. Blocks; may run in any thread.

    Args:
        folder: The session's; it may still be recorded.
        out: A folder, made if need be.
        recipe: What to make.
        names: What to call it.
        with_chapters: Whether the chapters are to lie beside it as Podcasting 2.0 JSON, too.
        on_progress: Told how much is done, 0 to 1.
        stop: Ends it; nothing is left behind.

    Raises:
        CorruptSession: The journal or ``session.json`` can't be read.
        DecodeError: A part is missing or can't be decoded.
        ExportError: Nothing was recorded there, it can't be encoded, or the file is there already.
        ExportStopped: It was stopped.
        StorageError: The disk refuses.
        ValueError: The template asks for a field that isn't there.
    """
    work = _Work.of(folder, recipe, on_progress, stop)
    target = out / file_name(folder, work.timeline, work.recipe, names or Naming())
    export.refuse_place(target)
    beside = target.with_name(target.stem + _CHAPTERS)
    gain, heard = work.gain()
    tags = work.tags(gain, heard)
    written: list[Path] = []
    room = target.with_name(f".export-{os.getpid()}-{id(work)}{target.suffix}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        work.write(room, tags, gain)
        if with_chapters and tags.chapters:
            export.refuse_place(beside)
            beside.write_bytes(tags.podcast())
            written.append(beside)
        export.refuse_place(target)
        room.rename(target)
    except BaseException as error:
        for path in (room, *written):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise storage_error(
                error, doing=f"writing {target.name}", safe="The session is untouched."
            ) from error
        raise
    on_progress(1.0)
    return Converted(files=(target, *written), edited=tags.edited, duration_s=work.duration_s)


def file_name(folder: SessionFolder, timeline: Timeline, recipe: Recipe, names: Naming) -> str:
    """What a file is called, with its suffix.

    Raises:
        CorruptSession: ``session.json`` can't be read.
        ValueError: The template asks for a field that isn't there.
    """
    text = naming.filled(names.template, fields(folder, timeline, recipe))
    # As if it were the longest name of those that lie side by side.
    name = naming.safe(text, suffix=_CHAPTERS, ascii_only=names.ascii_only)
    return f"{name.removesuffix(_CHAPTERS)}.{recipe.fmt}"


def fields(folder: SessionFolder, timeline: Timeline, recipe: Recipe) -> dict[str, str]:
    """What a template's fields stand for.

    Raises:
        CorruptSession: ``session.json`` can't be read.
    """
    info, at = folder.info(), timeline.started_at
    stretch = _stretch(timeline, recipe)
    begin, end = map(naming.moment, stretch or (0.0, timeline.duration_s))
    return {
        "title": info.title,
        "host": info.host,
        "date": f"{at:%Y-%m-%d}" if at else "",
        "time": f"{at:%H%M}" if at else "",
        "id": folder.id,
        "session": _session_name(folder, timeline, recipe),
        "track": recipe.track,
        "from": begin,
        "to": end,
        "range": f" {begin}-{end}" if stretch else "",
    }


def _session_name(folder: SessionFolder, timeline: Timeline, recipe: Recipe) -> str:
    """As all that is exported is called, with the track where there are several."""
    what = f"{recipe.track}-edited" if len(timeline.own) > 1 else "edited"
    return naming.exported(folder.path.name, what, stretch=_stretch(timeline, recipe))


def _stretch(timeline: Timeline, recipe: Recipe) -> tuple[float, float] | None:
    """Session time where it begins and ends; None where it is the whole."""
    if recipe.from_s == 0 and recipe.to_s is None:
        return None
    return recipe.from_s, timeline.duration_s if recipe.to_s is None else recipe.to_s


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One file on its way."""

    folder: SessionFolder
    timeline: Timeline
    recipe: Recipe
    source: Native
    sound: Sound
    spans: tuple[Span, ...]
    on_progress: Callable[[float], None]
    stop: threading.Event

    @classmethod
    def of(
        cls,
        folder: SessionFolder,
        recipe: Recipe,
        on_progress: Callable[[float], None],
        stop: threading.Event,
    ) -> _Work:
        timeline = folder.timeline()
        spans = spans_of(timeline, recipe)
        source = native(folder.path, timeline, recipe.track)
        if source is None or not spans:
            raise ExportError(
                "Nothing was recorded there, so there is nothing to export.",
                hint="'aircheck show' says what there is.",
            )
        end_s = math.inf if recipe.to_s is None else recipe.to_s
        if end_s < math.inf or folder.sealed() is None:
            # What is behind the end can't be in the file, or in its name. What is still recorded
            # is no whole session.
            recipe = replace(recipe, to_s=min(end_s, timeline.duration_s))
        return cls(
            folder=folder,
            timeline=timeline,
            recipe=recipe,
            source=source,
            sound=Sound(
                rate_hz=recipe.rate_hz or source.rate_hz,
                channels=recipe.channels or source.channels,
                bits=source.bits,
            ),
            spans=spans,
            on_progress=on_progress,
            stop=stop,
        )

    @property
    def duration_s(self) -> Seconds:
        """How long the file plays."""
        return Seconds(self.spans[-1].at_s + self.spans[-1].duration_s)

    def gain(self) -> tuple[Gain | None, Loudness | None]:
        """The gain that it needs, and how loud it is; None where nobody asked."""
        if self.recipe.loudness_lufs is None:
            return None, None
        heard = loudness.measure(self._pcm(0.0, _MEASURING), self.sound)
        return loudness.to_target(heard, self.recipe.loudness_lufs), heard

    def tags(self, gain: Gain | None, heard: Loudness | None) -> Tags:
        """What the file says of itself."""
        said = export.tags(self.folder, self.timeline).placed(self.spans, self.duration_s)
        chapters = said.chapters
        if chapters and chapters[0].at_s > 0:  # an MP4's first one begins with the file
            chapters = (Chapter(at_s=Seconds(0), title=said.title or _FIRST_CHAPTER), *chapters)
        return replace(said, chapters=chapters, edited=self._edited(gain, heard))

    def write(self, path: Path, tags: Tags, gain: Gain | None) -> None:
        """Encode it."""
        recipe, share = self.recipe, 0.0 if self.recipe.loudness_lufs is None else _MEASURING
        faded = _faded(
            self._pcm(share, 1.0 - share), self.sound, recipe.fade_in_s, recipe.fade_out_s
        )
        coding = Coding(
            fmt=recipe.fmt,
            bitrate_kbps=recipe.bitrate_kbps,
            filters=gain.filters(self.sound.rate_hz) if gain else (),
            tags=tags,
        )
        encode.write(faded, path, self.sound, coding)

    def _pcm(self, done: float, share: float) -> Iterator[bytes]:
        """The stretch as PCM, from its first sample to its last.

        Args:
            done: How much of the work is done before.
            share: How much of it this is.
        """
        begin_s, written = self.spans[0].start_s, 0
        blocks = decode_timeline(
            self.folder.path,
            self.timeline,
            track=self.recipe.track,
            from_s=self.recipe.from_s,
            to_s=self.recipe.to_s,
            rate_hz=self.sound.rate_hz,
            channels=self.sound.channels,
        )
        for block in blocks:
            if self.stop.is_set():
                raise ExportStopped(
                    "The export was stopped.",
                    safe="Nothing half made was left behind, and the session is untouched.",
                )
            if self.recipe.gaps is Gaps.KEEP:
                missing = round((block.start_s - begin_s) * block.rate_hz) - written
                yield from _silence(missing, self.sound)
                written += max(0, missing)
            yield self.sound.pcm(block.samples)
            written += len(block.samples)
            self.on_progress(
                done + share * min(1.0, written / self.sound.rate_hz / self.duration_s)
            )

    def _edited(self, gain: Gain | None, heard: Loudness | None) -> str:
        """What was done, in words."""
        recipe = self.recipe
        done = [
            self._stretch(),
            f"written as {recipe.fmt.spoken}"
            + (f" at {recipe.bitrate_kbps} kb/s" if recipe.bitrate_kbps else ""),
        ]
        if any(gap.track == recipe.track for gap in self.timeline.gaps):
            done.append("gaps cut out" if recipe.gaps is Gaps.CUT else "gaps filled with silence")
        if self.sound.channels != self.source.channels:
            done.append("mixed to mono" if self.sound.channels == 1 else "made stereo")
        if self.sound.rate_hz != self.source.rate_hz:
            done.append(f"resampled to {self.sound.rate_hz} Hz")
        done += [
            f"faded {way} for {fade_s:g} s"
            for way, fade_s in (("in", recipe.fade_in_s), ("out", recipe.fade_out_s))
            if fade_s
        ]
        if heard:
            done.append(_loudness_words(gain, heard))
        return f"{', '.join(done)}; from session {self.folder.id}"

    def _stretch(self) -> str:
        recipe = self.recipe
        if recipe.from_s == 0 and recipe.to_s is None:
            return "the whole session"
        end_s = self.timeline.duration_s if recipe.to_s is None else recipe.to_s
        return f"{recipe.from_s:.3f} s to {end_s:.3f} s"


def spans_of(timeline: Timeline, recipe: Recipe) -> tuple[Span, ...]:
    """Where each stretch without a gap lies in the file."""
    end_s = math.inf if recipe.to_s is None else recipe.to_s
    spans: list[Span] = []
    at_s = 0.0
    for stretch in stretches(timeline, recipe.track):
        start_s, stop_s = max(stretch.start_s, recipe.from_s), min(stretch.end_s, end_s)
        if stop_s - start_s <= 0:
            continue
        if recipe.gaps is Gaps.KEEP and spans:
            at_s = start_s - spans[0].start_s
        spans.append(
            Span(
                part=stretch.part.file,
                start_s=Seconds(start_s),
                at_s=Seconds(at_s),
                duration_s=Seconds(stop_s - start_s),
            )
        )
        at_s += stop_s - start_s
    return tuple(spans)


def _faded(
    blocks: Iterable[bytes], sound: Sound, fade_in_s: float, fade_out_s: float
) -> Iterator[bytes]:
    """PCM, faded at its ends by pydub; no more than the longest fade is held."""
    feed = iter(blocks)
    if fade_in_s:
        head = _taken(feed, round(fade_in_s * sound.rate_hz) * sound.frame_bytes)
        held = b"".join(head)
        size = min(len(held), round(fade_in_s * sound.rate_hz) * sound.frame_bytes)
        segment = encode.audio_segment(held[:size], sound)
        feed = itertools.chain((segment.fade_in(len(segment)).raw_data, held[size:]), feed)
    if not fade_out_s:
        yield from feed
        return
    wanted = round(fade_out_s * sound.rate_hz) * sound.frame_bytes
    tail: deque[bytes] = deque()
    size = 0
    for block in feed:
        tail.append(block)
        size += len(block)
        while size - len(tail[0]) >= wanted:
            size -= len(tail[0])
            yield tail.popleft()
    rest = b"".join(tail)
    begin = max(0, len(rest) - wanted)
    segment = encode.audio_segment(rest[begin:], sound)
    yield rest[:begin]
    yield segment.fade_out(len(segment)).raw_data


def _taken(feed: Iterator[bytes], wanted: int) -> Iterator[bytes]:
    """Blocks until there are so many bytes."""
    size = 0
    while size < wanted and (block := next(feed, None)) is not None:
        size += len(block)
        yield block


def _silence(frames: int, sound: Sound) -> Iterator[bytes]:
    """PCM of silence, some seconds at a time."""
    while frames > 0:
        size = min(frames, round(_SILENCE_S * sound.rate_hz))
        yield bytes(size * sound.frame_bytes)
        frames -= size


def _loudness_words(gain: Gain | None, heard: Loudness) -> str:
    if gain is None:
        return "too quiet to have a loudness, so left as it is"
    limited = f", peaks limited to {loudness.CEILING_DBTP:g} dBTP" if gain.limits else ""
    return (
        f"loudness brought from {heard.integrated_lufs:.1f} LUFS by {gain.gain_db:+.1f} dB"
        f" (EBU R128){limited}"
    )
