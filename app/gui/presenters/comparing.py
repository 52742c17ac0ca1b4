"""Two recordings compared, in a process of its own: progress, result, cancel. No Qt."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.gui.presenters import words
from app.gui.presenters.evidence import Fact
from app.gui.presenters.language import translate
from recorder import pyramid
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError
from recorder.pyramid import Waveform, waveform

Task = Literal["compare", "complete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A stretch that is the same in both."""

    from_s: float
    to_s: float
    theirs_from_s: float
    theirs_to_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A stretch that isn't.

    Attributes:
        what: In a sentence.
        words: What is said there, ours and theirs.
    """

    kind: str
    from_s: float
    to_s: float
    theirs_from_s: float
    theirs_to_s: float
    what: str
    words: str

    @property
    def fact(self) -> Fact:
        """It as a row of a list."""
        lines = [words.clock(self.from_s), self.words]
        return Fact(
            kind="gap" if self.kind == "gap" else "mark",
            title=self.what,
            detail="\n".join(line for line in lines if line),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came out.

    Attributes:
        name: Of the other recording.
        sentence: The verdict.
        is_related: Whether anything is the same.
        is_same: Whether no edit was found.
        notes: What else is to be said, and what can't be.
        theirs: Their waveform, in their own time.
        theirs_s: How long theirs is.
    """

    name: str
    sentence: str
    is_related: bool
    is_same: bool
    notes: tuple[str, ...]
    matches: tuple[Matched, ...]
    differences: tuple[Differing, ...]
    theirs: Waveform
    theirs_s: float

    def theirs_at(self, at_s: float) -> float:
        """Where a moment of ours is in theirs; between two matches, where it would be."""
        before = [match for match in self.matches if match.from_s <= at_s]
        match = before[-1] if before else (self.matches[0] if self.matches else None)
        if match is None:
            return at_s
        length_s = match.to_s - match.from_s
        pace = (match.theirs_to_s - match.theirs_from_s) / length_s if length_s else 1.0
        moved = match.theirs_from_s + (at_s - match.from_s) * pace
        following = next((each for each in self.matches if each.from_s > match.from_s), None)
        limit_s = following.theirs_from_s if following and before else None
        return max(moved if limit_s is None else min(moved, limit_s), 0.0)

    def ours_at(self, theirs_s: float) -> float:
        """The other way round."""
        turned = tuple(
            Matched(
                from_s=match.theirs_from_s,
                to_s=match.theirs_to_s,
                theirs_from_s=match.from_s,
                theirs_to_s=match.to_s,
            )
            for match in self.matches
        )
        mirror = Compared(
            name=self.name, sentence="", is_related=True, is_same=True, notes=(), matches=turned,
            differences=(), theirs=Waveform(), theirs_s=0.0,
        )  # fmt: skip
        return mirror.theirs_at(theirs_s)


class Comparing:
    """Compares a session with another recording, or completes it from there.

    `cancel` may be called from any thread; `run` blocks on one.

    Args:
        archive: Where both may be.
        folder: Our session's.
        other: A file's path, or a session's id.
        task: What to do.
        on_progress: Told how much is done, 0 to 1, on the thread that runs it.
    """

    def __init__(
        self,
        archive: Archive,
        folder: SessionFolder,
        other: str,
        task: Task,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._archive = archive
        self._folder = folder
        self._other = other
        self._task = task
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_cancelled = False

    def cancel(self) -> None:
        """End it. What was being filled in is not there then, and all is as it was."""
        with self._lock:
            self._is_cancelled = True
            if self._process is not None:
                self._process.terminate()

    def run(self) -> Compared | words.Message | None:
        """What was found, or what was filled in, in words; None: cancelled.

        Raises:
            AircheckError: One of them can't be found or decoded, or the disk refuses.
        """
        with tempfile.TemporaryDirectory(prefix="aircheck-") as room:
            peaks = Path(room) / "theirs.peaks"
            values = self._answer(peaks)
            if values is None:
                return None
            if self._task == "complete":
                return completed(values["completed"])
            return _compared(values["compared"], self._theirs(peaks))

    def _answer(self, peaks: Path) -> dict[str, Any] | None:
        command = [sys.executable, "-P", "-m", "app.alongside", str(self._archive.root)]
        command += [self._folder.id, self._other, "--peaks", str(peaks)]
        command += ["--complete"] if self._task == "complete" else []
        process = self._start(command)
        if process is None:
            return None
        answer: dict[str, Any] = {}
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                with contextlib.suppress(ValueError):
                    answer = json.loads(line)
                if "done" in answer:
                    self._on_progress(float(answer["done"]))
        if self._is_cancelled:
            return None
        if "error" in answer:
            said = answer["error"]
            raise AircheckError(said["happened"], safe=said["safe"], hint=said["next"])
        if not {"compared", "completed"} & answer.keys():
            raise AircheckError(
                translate("Compare", "The comparison ended without an answer."),
                safe=translate("Compare", "Both recordings are untouched."),
                hint=translate("Compare", "Try it again."),
            )
        return answer

    def _start(self, command: list[str]) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._is_cancelled:
                return None
            try:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
                )  # fmt: skip
            except OSError as error:
                raise AircheckError(
                    translate("Compare", "The comparison can't be started ({why}).").format(
                        why=error
                    ),
                    safe=translate("Compare", "Both recordings are untouched."),
                ) from error
            return self._process

    def _theirs(self, peaks: Path) -> Waveform:
        if Path(self._other).is_file():
            made = pyramid.load(peaks)
            return Waveform([made] if made else [])
        return waveform(self._archive.find(self._other))


def completed(values: dict[str, Any]) -> words.Message:
    """What was filled in, in words."""
    if not values["track"]:
        return words.Message(
            happened=translate("Compare", "Nothing of the gaps could be filled from there."),
            safe=translate("Compare", "The session is as it was."),
            next=translate("Compare", "Theirs has %n gap(s) of ours too.", n=values["lacking"])
            if values["lacking"]
            else "",
        )
    left = values["gaps_left"]
    return words.Message(
        happened=translate("Compare", "{length} of gaps are filled, as track {track}.").format(
            length=words.length(values["filled_s"]), track=values["track"]
        ),
        safe=translate("Compare", "Nothing of ours was replaced; Undo takes the track away."),
        next=translate("Compare", "%n gap(s) still open.", n=left) if left else "",
    )


def undo(folder: SessionFolder) -> words.Message:
    """Take away what was filled in.

    Raises:
        ArchiveError: There is nothing to take away.
        StorageError: The disk refuses.
    """
    from recorder import completing  # noqa: PLC0415 (loads numpy)

    letters = completing.undo(folder)
    return words.Message(
        happened=translate("Compare", "Track {letters} is taken away again.").format(
            letters=", ".join(letters)
        ),
        safe=translate("Compare", "Our own is as it was recorded."),
    )


def _compared(values: dict[str, Any], theirs: Waveform) -> Compared:
    matches = tuple(Matched(**match) for match in values["matches"])
    differences = tuple(_difference(each) for each in values["differences"])
    ends = [match.theirs_to_s for match in matches] + [each.theirs_to_s for each in differences]
    return Compared(
        name=str(values["other"]),
        sentence=str(values["sentence"]),
        is_related=values["verdict"] != "unrelated",
        is_same=values["verdict"] == "same",
        notes=tuple(values["notes"]),
        matches=matches,
        differences=differences,
        theirs=theirs,
        theirs_s=max([theirs.end_s, *ends]),
    )


def _difference(values: dict[str, Any]) -> Differing:
    said = []
    if values.get("words"):
        said.append(translate("Compare", "ours: {words}").format(words=values["words"]))
    if values.get("their_words"):
        said.append(translate("Compare", "theirs: {words}").format(words=values["their_words"]))
    return Differing(
        kind=str(values["kind"]),
        from_s=float(values["from_s"]),
        to_s=float(values["to_s"]),
        theirs_from_s=float(values["theirs_from_s"]),
        theirs_to_s=float(values["theirs_to_s"]),
        what=str(values["what"]),
        words=words.one_line("\n".join(said)) if len(said) < 2 else "\n".join(said),
    )
