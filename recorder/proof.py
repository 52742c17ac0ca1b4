"""The proof that goes with a single file: what it is made of, byte by byte.

``unedited.m4a.proof.json`` lies beside ``unedited.m4a``. It names the session, the chunks of its
journal whose sound the file holds, and the hash of every stretch of the file, so that a changed
byte can be told to the second. With ``.sig`` behind its name lies its signature (`recorder.sign`).

There is one way to write a proof, and `parse` takes no other: JSON with one line for each key, and
one for each item of a list.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, Self, get_type_hints

from recorder import sums
from recorder.events import GapFound
from recorder.pieces import TOUCHING_S, Continuous, Gaps, Stretch, end_of
from recorder.timeline import Timeline
from recorder.types import Seconds

SUFFIX = ".proof.json"

_LARGEST = 1 << 28
_VERSION, _CUT_VERSION = 1, 2
"""The second has what a clip needs that was cut by packets; without that, the first is written."""

_KINDS: dict[Any, Any] = {
    str: str,
    int: int,
    bool: bool,
    Seconds: (int, float),
    Seconds | None: (int, float, type(None)),
    int | None: (int, type(None)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a file's sound comes from.

    Attributes:
        session: Its id.
        sealed_at: When its journal got its last line; UTC, ISO 8601.
        sums_sha256: Of its ``SHA256SUMS``, which holds the hashes of the journal and all parts.
        started_at: Wall clock of session time 0; empty where it isn't known.
    """

    session: str
    title: str
    sealed_at: str
    sums_sha256: str
    started_at: str
    program: str


class Named(NamedTuple):
    """A chunk of the journal whose sound is in the file.

    Attributes:
        from_s: Session time of its first sample that is in the file.
        to_s: And where the last one ends.
    """

    part: str
    offset: int
    bytes: int
    sha256: str
    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What ``….proof.json`` says.

    Attributes:
        file: The file's name.
        size: Its bytes.
        track: Whose chunks these are.
        gaps: Whether gaps were cut out or kept as silence that was inserted.
        missing: The gaps between the chunks: ``{"from_s", "to_s", "reason"}``.
        filled: What came from other recordings instead: ``{"from_s", "to_s", "by"}``, the last
            one being their track. Left out of the file where there is nothing.
        signer: The public key that signs this proof; empty where none does.
        skipped: Packets of the first chunk that were cut off. Left out of the file with `left`
            where no packet was.
        left: And of the last one.
    """

    file: str
    size: int
    sha256: str
    origin: Origin
    track: str
    gaps: Gaps
    missing: tuple[dict[str, Any], ...]
    chunks: tuple[Named, ...]
    stretches: tuple[Stretch, ...]
    signer: str = ""
    filled: tuple[dict[str, Any], ...] = ()
    skipped: int = 0
    left: int = 0

    @classmethod
    def of(
        cls,
        made: Continuous,
        origin: Origin,
        timeline: Timeline,
        gaps: Gaps,
        signer: str = "",
        *,
        completed: str = "",
    ) -> Self:
        """The proof of a file that was just made.

        Args:
            made: The file.
            origin: Of what it was made.
            timeline: The session's.
            gaps: What became of gaps.
            signer: The public key that signs this proof; empty where none does.
            completed: The track whose gaps another recording fills in it; empty where none does.

        Raises:
            StorageError: It can't be read back.
        """
        track = completed or made.chunks[0][0].track
        tracks = {part.track for part, _ in made.chunks}
        filled = tuple(
            {"from_s": fill.from_s, "to_s": fill.to_s, "by": fill.by}
            for fill in timeline.fills
            if completed == fill.track
            and fill.by in tracks
            and fill.from_s < made.end_s
            and fill.to_s > made.start_s
        )
        return cls(
            file=made.path.name,
            size=made.path.stat().st_size,
            sha256=made.sha256 or sums.file_sha256(made.path),
            origin=origin,
            track=track,
            gaps=gaps,
            missing=tuple(
                {"from_s": from_s, "to_s": to_s, "reason": str(gap.reason)}
                for gap in timeline.tracks[track].gaps
                if gap.from_s >= made.start_s and gap.to_s <= made.end_s
                for from_s, to_s in _left_of(gap, filled)
            ),
            chunks=tuple(
                Named(part.name, each.offset, each.bytes, each.sha256, each.start_s, end_of(each))
                for part, each in made.chunks
            ),
            stretches=made.stretches,
            signer=signer,
            filled=filled,
            skipped=made.skipped,
            left=made.left,
        )

    @property
    def is_cut(self) -> bool:
        """Whether packets were cut off from its first or its last chunk."""
        return bool(self.skipped or self.left)

    @property
    def from_s(self) -> Seconds:
        """Session time of the first sample."""
        return self.chunks[0].from_s

    @property
    def to_s(self) -> Seconds:
        """Session time of the end."""
        return self.chunks[-1].to_s

    def hash_of(self, stretch: Stretch) -> str:
        """The hash that a stretch must have."""
        return stretch.sha256 if stretch.chunk is None else self.chunks[stretch.chunk].sha256

    def times_of(self, stretch: Stretch) -> tuple[Seconds | None, Seconds | None]:
        """The session time of a stretch; None for headers."""
        if stretch.chunk is None:
            return stretch.from_s, stretch.to_s
        return self.chunks[stretch.chunk].from_s, self.chunks[stretch.chunk].to_s

    def render(self) -> bytes:
        """The proof as it is written."""
        version = _CUT_VERSION if self.is_cut else _VERSION
        values = {"aircheck": "proof", "version": version, **_fields(self)}
        if not self.is_cut:
            del values["skipped"], values["left"]
        if not self.filled:
            del values["filled"]
        values["origin"] = _fields(self.origin)
        lines = [f"{_dump(key)}:{_lines(value)}" for key, value in values.items()]
        return ("{" + ",\n".join(lines) + "}\n").encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof.

        Raises:
            ValueError: It isn't written as `render` does; the message says why.
        """
        try:
            proof = cls._from_json(json.loads(data))
            is_same = proof.render() == data
        except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise ValueError(f"it is no proof: {error}") from error
        if not is_same:
            raise ValueError("it isn't written as it was")
        return proof

    @classmethod
    def _from_json(cls, values: dict[str, Any]) -> Self:
        kind, version = values.pop("aircheck"), values.pop("version")
        if kind != "proof" or version not in (_VERSION, _CUT_VERSION):
            raise ValueError("it is no proof of a kind that is known here")
        chunks = tuple(Named(**item) for item in values.pop("chunks"))
        stretches = tuple(Stretch(**item) for item in values.pop("stretches"))
        if not chunks or any(
            number is not None and not 0 <= number < len(chunks)
            for each in stretches
            for number in (each.chunk, each.of)
        ):
            raise ValueError("it names chunks that it doesn't have")
        proof = cls(
            **{
                **values,
                "origin": Origin(**values["origin"]),
                "gaps": Gaps(values["gaps"]),
                "missing": tuple(values["missing"]),
                "filled": tuple(values.get("filled", ())),
            },
            chunks=chunks,
            stretches=stretches,
        )
        if not all(map(_is_fill, proof.filled)):
            raise ValueError("it holds a filling of another kind")
        told: list[Proof | Origin | Named | Stretch] = [proof, proof.origin, *chunks, *stretches]
        if not all(_is_sane(each) for each in told):
            raise ValueError("it holds values of another kind")
        if proof.skipped < 0 or proof.left < 0:
            raise ValueError("it cuts off less than nothing")
        return proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What of a file isn't as its proof says; `what` goes on after the file's name."""

    what: str
    from_s: Seconds | None = None
    to_s: Seconds | None = None


def _left_of(gap: GapFound, filled: Sequence[dict[str, Any]]) -> Iterator[tuple[Seconds, Seconds]]:
    """What of a gap nothing fills."""
    from_s = gap.from_s
    for fill in sorted(filled, key=lambda each: each["from_s"]):
        if fill["to_s"] <= from_s or fill["from_s"] >= gap.to_s:
            continue
        if fill["from_s"] - from_s > TOUCHING_S:
            yield from_s, fill["from_s"]
        from_s = fill["to_s"]
    if gap.to_s - from_s > TOUCHING_S:
        yield from_s, gap.to_s


def beside(path: Path) -> Path:
    """Where a file's proof lies."""
    return path.with_name(path.name + SUFFIX)


def read(path: Path) -> Proof:
    """Read the proof in a file.

    Raises:
        OSError: It can't be read.
        ValueError: It is no proof, or not written as one.
    """
    if path.stat().st_size > _LARGEST:
        raise ValueError("it is too large for a proof")
    return Proof.parse(path.read_bytes())


def faults(path: Path, proof: Proof) -> Iterator[Fault]:
    """What of a file isn't as its proof says. Reads it once.

    Raises:
        OSError: It can't be read.
    """
    size = path.stat().st_size
    digest = hashlib.sha256()
    changed: list[Stretch] = []
    end = 0
    with path.open("rb") as file:
        for stretch in proof.stretches:
            if stretch.at != end or stretch.bytes <= 0:
                yield Fault(what="has a proof that makes no sense: its stretches don't adjoin")
                return
            data = file.read(stretch.bytes)
            digest.update(data)
            if hashlib.sha256(data).hexdigest() != proof.hash_of(stretch):
                changed.append(stretch)
            end += stretch.bytes
        while more := file.read(1 << 20):
            digest.update(more)
    yield from _told(proof, changed)
    if size != proof.size:
        few, which = abs(size - proof.size), "more" if size > proof.size else "less"
        yield Fault(what=f"has {few:,} bytes {which} than its proof says")
    elif not changed and (digest.hexdigest() != proof.sha256 or end != size):
        yield Fault(what="isn't the file that its proof tells of")


def _told(proof: Proof, changed: list[Stretch]) -> Iterator[Fault]:
    """Changed stretches that follow each other, together."""
    bad = {stretch.at for stretch in changed}
    for is_bad, group in itertools.groupby(proof.stretches, key=lambda each: each.at in bad):
        if is_bad:
            adjoining = list(group)
            first, last = adjoining[0], adjoining[-1]
            times = [proof.times_of(each) for each in adjoining]
            starts = [from_s for from_s, _ in times if from_s is not None]
            ends = [to_s for _, to_s in times if to_s is not None]
            where = "" if starts else ", in its header"
            yield Fault(
                what=f"was changed in bytes {first.at} to {last.at + last.bytes - 1}{where}",
                from_s=min(starts, default=None),
                to_s=max(ends, default=None),
            )


def _is_fill(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"from_s", "to_s", "by"}
        and isinstance(value["by"], str)
        and all(isinstance(value[key], int | float) for key in ("from_s", "to_s"))
    )


def _is_sane(value: Proof | Origin | Named | Stretch) -> bool:
    """Whether all values are of their kinds."""
    return all(
        isinstance(held := getattr(value, name), kind)
        and not (isinstance(held, bool) and kind is not bool)
        for name, kind in _FIELDS[type(value)].items()
    )


def _fields(value: Proof | Origin) -> dict[str, Any]:
    return {item.name: getattr(value, item.name) for item in fields(value)}


def _lines(value: Any) -> str:
    if isinstance(value, tuple) and value:
        return "[\n" + ",\n".join(map(_line, value)) + "]"
    return _dump(value)


def _line(item: Any) -> str:
    """An item of a list; the thousands of chunks and stretches by a short way to the same text."""
    match item:
        case Named(part, offset, size, sha256, from_s, to_s):
            return (
                f'{{"part":{_dump(part)},"offset":{offset},"bytes":{size},'
                f'"sha256":{_dump(sha256)},"from_s":{from_s},"to_s":{to_s}}}'
            )
        case Stretch(at, size, "", None, None, int(number), False, None, None):
            return f'{{"at":{at},"bytes":{size},"chunk":{number}}}'
        case Stretch():
            told = item._asdict().items()
            return _dump({
                key: value for key, value in told if value not in (None, "") and value is not False
            })  # fmt: skip
    return _dump(item)


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

_FIELDS = {
    cls: {name: _KINDS.get(hint, object) for name, hint in get_type_hints(cls).items()}
    for cls in (Proof, Origin, Named, Stretch)
}
