"""Is it as it was? Session folders, packages and single files against what they say of themselves.

Checked are the journal's chain, each part against its seal and each chunk against its line,
``SHA256SUMS``, and in a package every file against its manifests, the signature, and each
continuous file against the parts, packet by packet. A single file is checked against the proof
beside it, and that against its session or package, where one is at hand; of a folder of such files,
as a web page's, each of them. A hash proves that nothing
changed since it was written down, not who wrote it down: a forger who makes all the hashes again
is not found here. ``session.json``, the cover, transcripts and ``derived/`` of a session folder may
be edited, and are not looked at; in a package they are covered.

Of a session that is still being recorded, what is journaled so far is checked.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from recorder import bag, journal, pack, proof, provenance, sign, sums, wav
from recorder.archive import SessionFolder
from recorder.errors import AircheckError, StorageError
from recorder.events import (
    Chunk,
    Event,
    PartOpened,
    PartSealed,
    Reopened,
    Sealed,
    Withdrawn,
    event_from_json,
)
from recorder.pieces import Gaps
from recorder.proof import Proof
from recorder.sign import PublicKey
from recorder.timeline import Timeline
from recorder.types import Seconds

_BLOCK = 1 << 20
_NAMED = 5  # of what was not checked; the others are counted
_KINDS: dict[str, Any] = {
    "str": str, "int": int, "float": (int, float), "Seconds": (int, float)
}  # fmt: skip
_JOURNAL, _SUMS, _AUDIO = "journal.jsonl", "SHA256SUMS", "audio"
_KEPT = frozenset({
    _JOURNAL, _SUMS, _AUDIO, "session.json", "transcript", "derived", "staged", "resume.json",
    "recorder.json", "control.json",
})  # fmt: skip
"""What lies in a session's folder, beside its cover and hidden files of the system's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that isn't as it was.

    Attributes:
        file: Relative to what was verified.
        what: What is wrong with it, in words that go on after its name.
        from_s: Session time where the trouble begins; None where it has none.
        to_s: And where it ends.
    """

    file: str
    what: str
    from_s: Seconds | None = None
    to_s: Seconds | None = None

    def __str__(self) -> str:
        where = ""
        if self.from_s is not None and self.to_s is not None:
            where = f" ({self.from_s:.3f} to {self.to_s:.3f} s)"
        return f"{self.file} {self.what}{where}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a verification found.

    Attributes:
        problems: What isn't as it was; empty when all is.
        what_holds: Sentences for people: what was checked and found as it was.
        signer: Whose signature it carries, and it holds; None where nobody signed, or several.
        was_checked: Whether there was a proof, a package or a session to check it by; where not,
            the one problem says what is missing, and nothing is known of the sound.
    """

    problems: tuple[Problem, ...]
    what_holds: tuple[str, ...]
    signer: PublicKey | None = None
    was_checked: bool = True

    @property
    def ok(self) -> bool:
        """Whether all is as it was."""
        return not self.problems


def verify(
    path: Path,
    *,
    against: Callable[[str], Path | None] = lambda _: None,
    by: PublicKey | None = None,
    on_part: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Check a session's folder, a package, the one that a file lies in, or files with their proofs.

    Never raises for what it finds: what can't be read is a problem. Reads everything once or
    twice; may run in any thread.

    Args:
        path: What to check.
        against: Where the session or package of a single file is, by the session's id; None
            where it isn't at hand.
        by: Who must have signed it; anybody, or nobody, unless told.
        on_part: Told before each part, and at the end, how many are done and how many there are;
            what it raises ends the check, and is raised here.
    """
    path = path.resolve() if path.is_dir() else path.absolute()  # '.', '..' have no names
    proven = _proven_in(path)
    if proven:
        each = [partial(verify, file, against=against, by=by) for file in proven]
        return _together(path, proven, list(_counted(each, on_part)))
    report = _verify(path, against, on_part)
    if by is None or report.signer == by or not report.was_checked:
        return report
    what = "isn't signed" if report.signer is None else "is signed by another key"
    problem = Problem(file=path.name, what=f"{what}, not by {by.fingerprint}")
    return replace(report, problems=(*report.problems, problem))


def _verify(
    path: Path, against: Callable[[str], Path | None], on_part: Callable[[int, int], None]
) -> Report:
    for package in filter(bag.is_bag, _around(path)):
        return _verify_package(package, on_part)
    file = _proven(path)
    if not path.is_dir() and proof.beside(file).is_file():
        return _verify_single(file, against)
    for session in filter(_is_session, _around(path)):
        if path.is_dir() or _is_evidence(path.relative_to(session)):
            return _verify_session(session, on_part)
    problem = Problem(file=file.name or str(file), what=_why_not(file))
    return Report(problems=(problem,), what_holds=(), was_checked=False)


def _around(path: Path) -> tuple[Path, ...]:
    """A path, and the folders that may be the session or package that it lies in."""
    return (path, *path.parents[:3])


def _proven(path: Path) -> Path:
    """The file that a proof or its signature is of; any other path as it is."""
    name = path.name.removesuffix(sign.SUFFIX)
    return path.with_name(name.removesuffix(proof.SUFFIX)) if name.endswith(proof.SUFFIX) else path


def _counted(
    checks: Sequence[Callable[[], Report]], on_part: Callable[[int, int], None]
) -> Iterator[Report]:
    for done, check in enumerate(checks):
        on_part(done, len(checks))
        yield check()
    on_part(len(checks), len(checks))


def _together(folder: Path, proven: list[Path], reports: list[Report]) -> Report:
    """What was found of the files of a folder, each by its own proof."""
    holds = [sentence for report in reports for sentence in report.what_holds]
    others = [path.name for path in _listed(folder) if _proven(path) not in proven]
    if others:
        more = f" and {_count(len(others) - _NAMED, 'other')}" if len(others) > _NAMED else ""
        names = ", ".join(others[:_NAMED])
        holds.append(f"Not checked, since no proof is of them: {names}{more}.")
    signers = {report.signer for report in reports}
    return Report(
        problems=tuple(problem for report in reports for problem in report.problems),
        what_holds=tuple(holds),
        signer=signers.pop() if len(signers) == 1 else None,
    )


def _is_evidence(name: Path) -> bool:
    """Whether a file of a session's folder is what its journal tells of."""
    return name.parts[0] == _AUDIO or str(name) in (_JOURNAL, _SUMS)


def _proven_in(folder: Path) -> list[Path]:
    """The files in a folder, there or not, whose proofs are; none in a session or a package."""
    if any(bag.is_bag(place) or _is_session(place) for place in _around(folder)):
        return []
    return sorted({file for path in _listed(folder) if (file := _proven(path)) != path})


def _listed(folder: Path) -> list[Path]:
    """What lies in a folder and isn't hidden; nothing where that can't be read."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _why_not(file: Path) -> str:
    """Why a path can't be verified, in words that go on after its name."""
    if not file.exists():
        return "isn't there"
    if file.is_dir():
        return "is neither a session's folder nor a package, nor in one, and holds no proof"
    beside = proof.beside(file)
    if beside.with_name(beside.name + sign.SUFFIX).is_file():
        return f"can't be checked: its proof is missing, {beside.name} (its signature is here)"
    return f"can't be checked: there is no proof beside it ({beside.name}), nor a package around it"


def _is_session(path: Path) -> bool:
    return any((path / name).is_file() for name in (_JOURNAL, _SUMS)) or (
        (path / _AUDIO).is_dir() and (path / "session.json").is_file()
    )


def _verify_session(root: Path, on_part: Callable[[int, int], None]) -> Report:
    is_live = SessionFolder(root).holder() is not None
    check = _Check(root=root, is_live=is_live, on_part=on_part)
    check.run()
    if (root / _SUMS).exists():
        check.problems += _strangers(root)
    return Report(problems=tuple(check.problems), what_holds=tuple(check.holds))


def _strangers(root: Path) -> Iterator[Problem]:
    """What lies in a sealed session's folder and is none of it."""
    known = set(_KEPT)
    with contextlib.suppress(AircheckError):
        known.add(SessionFolder(root).info().cover)
    for name in sorted(path.name for path in root.iterdir()):
        if name not in known and not name.startswith("."):
            yield Problem(file=name, what="was added: it is nothing of a session's")


def _verify_package(root: Path, on_part: Callable[[int, int], None]) -> Report:
    """The journal and its parts first, since they say where; then every file's hash."""
    data = root / bag.PAYLOAD
    check = _Check(root=data, is_live=False, on_part=on_part)
    check.run()
    problems = list(check.problems)
    holds = list(check.holds)
    for path in sorted(data.glob(f"*{proof.SUFFIX}")):
        single = _Single(file=path.with_name(path.name.removesuffix(proof.SUFFIX)))
        single.run(lambda _: data if not check.problems else None)
        problems += single.problems
        holds += single.holds
    problems = [replace(each, file=f"{bag.PAYLOAD}/{each.file}") for each in problems]
    known = {problem.file for problem in problems}
    packed = [Problem(file=fault.file, what=fault.what) for fault in bag.faults(root)]
    problems += [problem for problem in packed if problem.file not in known]
    if not packed:
        holds.append("Every file of the package is the one that was packed; none was added.")
    signer = None
    try:
        signer = bag.signer(root)
        holds.append(_signed(signer))
    except ValueError as error:
        problems.append(Problem(file=bag.SIGNATURE, what=str(error)))
    return Report(problems=tuple(problems), what_holds=tuple(holds), signer=signer)


def _verify_single(file: Path, against: Callable[[str], Path | None]) -> Report:
    single = _Single(file=file)
    single.run(against)
    if not single.problems:
        single.holds.append(_signed(single.signer))
    return Report(
        problems=tuple(single.problems), what_holds=tuple(single.holds), signer=single.signer
    )


def _signed(signer: PublicKey | None) -> str:
    if signer is None:
        return "It is not signed: who archived it can't be told."
    return f"Signed with the key {signer.fingerprint}: who archived it, not who spoke."


@dataclass(slots=True, kw_only=True)
class _Single:
    """A file with its proof beside it."""

    file: Path
    problems: list[Problem] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    signer: PublicKey | None = None

    def run(self, against: Callable[[str], Path | None]) -> None:
        """Check everything."""
        beside = proof.beside(self.file)
        try:
            told = proof.read(beside)
            self._signature(told, beside)
        except (OSError, ValueError) as error:
            self._problem(beside, f"can't be trusted: {error}")
            return
        if told.file != self.file.name:
            self._problem(beside, f"is the proof of {told.file!r:.80}")
        elif self.file.is_symlink() or not self.file.is_file():
            self._problem(self.file, "is missing" if not self.file.exists() else "is no plain file")
        else:
            self._file(told, against)

    def _signature(self, told: Proof, beside: Path) -> None:
        signature = beside.with_name(beside.name + sign.SUFFIX)
        if not told.signer and not signature.exists():
            return
        try:
            key = sign.check(beside.read_bytes(), signature.read_bytes())
        except FileNotFoundError:
            self._problem(signature, "is missing")
            return
        except ValueError as error:
            self._problem(signature, f"does not hold: {error}")
            return
        if str(key) != told.signer:
            self._problem(signature, "is by another key than the proof names")
        self.signer = key

    def _file(self, told: Proof, against: Callable[[str], Path | None]) -> None:
        try:
            faults = list(proof.faults(self.file, told))
        except OSError as error:
            self._problem(self.file, f"can't be read ({error.strerror})")
            return
        for fault in faults:
            self._problem(self.file, fault.what, fault.from_s, fault.to_s)
        if self.problems:
            return
        origin = told.origin
        self.holds.append(
            f"{self.file.name}: no byte changed since it was made of session {origin.session}, "
            f"{told.from_s:.1f} to {told.to_s:.1f} s, sealed at {origin.sealed_at}."
        )
        self.holds.append(_gap_sentence(told))
        self.holds += [
            f"From {fill['from_s']:.1f} to {fill['to_s']:.1f} s it is another recording, track"
            f" {fill['by']}."
            for fill in told.filled
        ]
        root = against(origin.session)
        if root is None:
            self.holds.append(
                f"Its session isn't at hand: that its {_count(len(told.chunks), 'chunk')} are "
                "those of the journal was not checked."
            )
            if told.is_cut:
                self.holds.append(
                    f"{_cut_sentence(told)} That it holds the rest of their packets can be "
                    "checked beside the session or its package alone."
                )
            return
        faults = list(provenance.faults(self.file, told, root))
        for fault in faults:
            self._problem(self.file, fault.what, fault.from_s, fault.to_s)
        if not faults:
            if provenance.was_reopened(told, root):
                self.holds.append(
                    "Its session was reopened since, completed from elsewhere or emptied of that:"
                    " what the file was made of is still in it."
                )
            self.holds.append(
                f"{self.file.name} holds just the packets of {_count(len(told.chunks), 'chunk')} "
                "of the journal, as received and in order."
            )
            if told.is_cut:
                self.holds.append(_cut_sentence(told))

    def _problem(
        self, path: Path, what: str, from_s: Seconds | None = None, to_s: Seconds | None = None
    ) -> None:
        self.problems.append(Problem(file=path.name, what=what, from_s=from_s, to_s=to_s))


def _cut_sentence(told: Proof) -> str:
    """What of its first and its last chunk a clip doesn't hold."""
    skipped, left = _count(told.skipped, "packet"), _count(told.left, "packet")
    return f"Of its first chunk {skipped} and of its last {left} lie outside it."


def _gap_sentence(told: Proof) -> str:
    if not told.missing:
        return "No gap lies in it."
    became = "cut out" if told.gaps is Gaps.CUT else "filled with silence that was inserted"
    were = "was" if len(told.missing) == 1 else "were"
    return f"{_count(len(told.missing), 'gap')} in it {were} {became}."


@dataclass(slots=True)
class _Part:
    """What the journal says of a part."""

    opened: PartOpened
    chunks: list[Chunk] = field(default_factory=list)
    sealed: PartSealed | None = None

    @property
    def file(self) -> str:
        return self.sealed.file if self.sealed else self.opened.file


@dataclass(slots=True)
class _Check:
    """The evidence in a folder: journal, parts, sums."""

    root: Path
    is_live: bool
    on_part: Callable[[int, int], None]
    problems: list[Problem] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    sealed_at: str = ""

    def run(self) -> None:
        """Check everything."""
        events = self._journal()
        parts = _parts(events)
        was_sealed = bool(self.sealed_at) or (self.root / _SUMS).exists()
        for number, part in enumerate(parts):
            self.on_part(number, len(parts))
            self._guarded(part)
        self.on_part(len(parts), len(parts))
        self._added(parts, strict=was_sealed or not self.is_live)
        if was_sealed:
            self._sums(parts)
        if not self.problems:
            self._tell(events, parts, was_sealed=was_sealed)

    # --- the journal ---------------------------------------------------------------------------

    def _journal(self) -> list[Event]:
        """Check the chain, and read the lines that can be read."""
        path = self.root / _JOURNAL
        try:
            broken = journal.check(path)
            lines = path.read_bytes().split(b"\n")
        except (StorageError, OSError) as error:
            what = "is missing" if not path.exists() else f"can't be read ({error})"
            self._problem(_JOURNAL, what)
            return []
        if not lines[0]:
            self._problem(_JOURNAL, "is empty")
        if self._is_growing(lines):
            broken = [each for each in broken if each.number < len(lines)]
        for each in broken:
            self._problem(_JOURNAL, f"isn't as it was written: line {each.number}: {each.what}")
        events = [event for line in lines for event in self._event(line)]
        self._reopened(path, events)
        if not events or not isinstance(events[-1], Sealed):
            self.sealed_at = ""
        return events

    def _reopened(self, path: Path, events: list[Event]) -> None:
        """What went on after it was sealed must begin with the journal that was sealed."""
        for event in events:
            if isinstance(event, Reopened):
                with path.open("rb") as file:
                    sealed = hashlib.sha256(file.read(max(0, event.bytes))).hexdigest()
                if sealed != event.journal_sha256:
                    self._problem(_JOURNAL, "went on from another one than was sealed before")

    def _is_growing(self, lines: list[bytes]) -> bool:
        """A line may be half written while a recorder lives, or where one has died."""
        return bool(lines[-1]) and not (self.root / _SUMS).exists()

    def _event(self, line: bytes) -> Iterator[Event]:
        try:
            values = json.loads(line)
            at, kind = values["at"], values["kind"]
            event = event_from_json(kind, values)
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # `journal.check` has told
        if isinstance(event, Sealed):
            self.sealed_at = str(at)
        if _is_sane(event):
            yield event

    # --- parts ---------------------------------------------------------------------------------

    def _guarded(self, part: _Part) -> None:
        try:
            self._part(part)
        except (AircheckError, OSError) as error:
            said = error.message if isinstance(error, AircheckError) else str(error)
            self._part_problem(part, f"can't be checked ({said.rstrip('.')})")
        except ValueError as error:  # a codec, a negative offset: no recorder writes such a line
            self._problem(_JOURNAL, f"makes no sense where it tells of {part.file} ({error})")

    def _part(self, part: _Part) -> None:
        path = self.root / part.file
        if not _is_plain(part.file):
            self._problem(_JOURNAL, "names a part outside of audio/")
        elif path.is_symlink() or (path.exists() and not path.is_file()):
            self._part_problem(part, "is no plain file")
        elif not path.exists():
            if part.chunks or part.sealed:
                self._part_problem(part, "is missing")
        elif part.opened.format.container == "wav":
            self._samples(part, path)
        else:
            self._bytes(part, path)

    def _bytes(self, part: _Part, path: Path) -> None:
        """A part whose chunks count the file's own bytes."""
        digest = hashlib.sha256()
        blocks = _hashed(_read(path), digest)
        changed = _changed(part.chunks, blocks)
        for _ in blocks:  # to the end, for the digest
            pass
        self._compare(part, path, changed, digest.hexdigest())

    def _samples(self, part: _Part, path: Path) -> None:
        """A part whose chunks count raw samples: WAV, or FLAC made of it."""
        sha256 = sums.file_sha256(path)
        try:
            if path.suffix == ".flac":
                changed = _changed(part.chunks, pack.read_pcm(path, part.opened.format.codec))
            else:
                changed = _changed(part.chunks, _read(path, wav.data_offset(path)))
        except AircheckError:
            self._part_problem(part, "was changed so much that it can't be read as sound")
            return
        self._compare(part, path, changed, sha256)

    def _compare(self, part: _Part, path: Path, changed: list[Chunk], sha256: str) -> None:
        size = path.stat().st_size
        for stretch in _adjacent(part.chunks, changed):
            first, last = stretch[0], stretch[-1]
            self._problem(
                part.file,
                f"was changed in bytes {first.offset} to {last.offset + last.bytes - 1}"
                if size
                else "is empty",
                first.start_s,
                Seconds(last.start_s + last.duration_s),
            )
        if changed or part.sealed is None or part.sealed.sha256 == sha256:
            return
        more = size - part.sealed.bytes
        what = "was changed outside of its sound: in a header"
        if more:
            what = (
                f"has {_count(abs(more), 'byte')} {'more' if more > 0 else 'less'} than when sealed"
            )
        self._part_problem(part, what)

    def _added(self, parts: list[_Part], *, strict: bool) -> None:
        """What lies among the parts and is none."""
        known = {part.file for part in parts} | {
            part.opened.file for part in parts if part.sealed is None
        }
        try:
            names = sorted(path.name for path in (self.root / _AUDIO).iterdir())
        except OSError:
            names = []
            if parts:
                self._problem(_AUDIO, "can't be read")
        if strict:
            for name in names:
                if f"{_AUDIO}/{name}" not in known:
                    self._problem(f"{_AUDIO}/{name}", "was added: the journal doesn't know it")

    # --- SHA256SUMS ----------------------------------------------------------------------------

    def _sums(self, parts: list[_Part]) -> None:
        path = self.root / _SUMS
        try:
            listed = sums.parse(path.read_bytes())
        except FileNotFoundError:
            self._problem(_SUMS, "is missing")
            return
        except (OSError, ValueError) as error:
            self._problem(_SUMS, f"isn't as it was written ({error})")
            return
        told = {
            part.file: part.sealed.sha256 for part in sorted(parts, key=lambda part: part.file)
            if part.sealed and part.chunks
        }  # fmt: skip
        if list(listed) != [_JOURNAL, *told]:
            self._problem(_SUMS, "doesn't list just the journal and the parts")
        for name, sha256 in told.items():
            if listed.get(name, sha256) != sha256:
                self._problem(_SUMS, f"has another hash for {name} than the journal")
        try:
            if listed.get(_JOURNAL) != sums.file_sha256(self.root / _JOURNAL):
                self._problem(_JOURNAL, "and SHA256SUMS don't fit: one of them was changed")
        except StorageError:
            pass  # told already: it is missing, or can't be read
        if not self.sealed_at:
            self._problem(_JOURNAL, "has lost its last line, which sealed it")

    # --- telling -------------------------------------------------------------------------------

    def _tell(self, events: list[Event], parts: list[_Part], *, was_sealed: bool) -> None:
        gaps = Timeline.of(events).gaps
        missing_s = sum(gap.to_s - gap.from_s for gap in gaps)
        chunks = sum(len(part.chunks) for part in parts)
        self.holds.append(f"The journal's chain of {_count(len(events), 'line')} is unbroken.")
        self.holds.append(
            f"{_count(chunks, 'chunk')} in {_count(len(parts), 'part')}: as received, each of them."
        )
        self.holds.append(
            f"No byte changed since it was sealed at {self.sealed_at}."
            if was_sealed
            else "It isn't sealed yet: what is journaled so far was checked."
        )
        self.holds.append(
            f"{_count(len(gaps), 'gap')} journaled, {missing_s:.1f} s in all."
            if gaps
            else "No gap is journaled."
        )

    def _problem(
        self, file: str, what: str, from_s: Seconds | None = None, to_s: Seconds | None = None
    ) -> None:
        problem = Problem(file=file, what=what, from_s=from_s, to_s=to_s)
        if problem not in self.problems:
            self.problems.append(problem)

    def _part_problem(self, part: _Part, what: str) -> None:
        """A problem of a part as a whole."""
        ends = [Seconds(chunk.start_s + chunk.duration_s) for chunk in part.chunks]
        starts = [chunk.start_s for chunk in part.chunks]
        self._problem(part.file, what, min(starts, default=None), max(ends, default=None))


def _is_sane(event: Event) -> bool:
    """Whether a line's values are of the kinds that a recorder writes."""
    return all(
        isinstance(getattr(event, item.name), _KINDS.get(str(item.type), object))
        for item in dataclasses.fields(event)
    )


def _parts(events: Iterable[Event]) -> list[_Part]:
    """Parts in the order of the journal, their chunks in that of offsets."""
    parts: dict[str, _Part] = {}
    for event in events:
        match event:
            case PartOpened():
                parts[event.part] = _Part(opened=event)
            case Chunk() if event.part in parts:
                parts[event.part].chunks.append(event)
            case PartSealed() if event.part in parts:
                parts[event.part].sealed = event
            case Withdrawn():
                parts = {
                    name: part for name, part in parts.items() if part.opened.track != event.track
                }
            case _:
                pass
    return list(parts.values())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _is_plain(file: str) -> bool:
    folder, _, name = file.partition("/")
    return folder == _AUDIO and name not in ("", ".", "..") and not {"/", "\\", "\0"} & set(name)


def _read(path: Path, start: int = 0) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            yield block


def _hashed(blocks: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for block in blocks:
        digest.update(block)
        yield block


def _changed(chunks: list[Chunk], blocks: Iterator[bytes]) -> list[Chunk]:
    """The chunks whose bytes, as they come in blocks, don't have their hash."""
    feed = _Feed(blocks)
    return [
        chunk
        for chunk in sorted(chunks, key=lambda chunk: chunk.offset)
        if feed.sha256(chunk.offset, chunk.bytes) != chunk.sha256
    ]


class _Feed:
    """Bytes that come in blocks, hashed range by range, forwards."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._held = memoryview(b"")
        self._at = 0

    def sha256(self, offset: int, size: int) -> str:
        """The hash of a range; empty where it isn't all there, or lies behind us."""
        digest = hashlib.sha256()
        if offset < self._at or sum(map(len, self._take(offset - self._at))) < offset - self._at:
            return ""
        hashed = 0
        for piece in self._take(size):
            digest.update(piece)
            hashed += len(piece)
        return digest.hexdigest() if hashed == size else ""

    def _take(self, size: int) -> Iterator[memoryview]:
        while size > 0:
            if not self._held:
                self._held = memoryview(next(self._blocks, b""))
                if not self._held:
                    return
            piece = self._held[:size]
            self._held = self._held[len(piece) :]
            self._at += len(piece)
            size -= len(piece)
            yield piece


def _adjacent(chunks: list[Chunk], changed: list[Chunk]) -> Iterator[list[Chunk]]:
    """Changed chunks that follow each other, together."""
    bad = {id(chunk) for chunk in changed}
    ordered = sorted(chunks, key=lambda chunk: chunk.offset)
    for is_bad, group in itertools.groupby(ordered, key=lambda chunk: id(chunk) in bad):
        if is_bad:
            yield list(group)
