"""Whisper's models on this machine: list them, get one, add a file, find one.

The models are OpenAI's own checkpoints, downloaded from where openai-whisper gets them, and
``demo``, a very small one that comes with Aircheck. Nothing here loads torch but the first `find`
of ``demo``, which expands it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

import resources
from recorder.archive import write_whole
from recorder.errors import storage_error
from recorder.types import Seconds, iso, utc_now
from transcribe.download import Progress, download, sha256_of
from transcribe.errors import BrokenModel, MissingModel, UnknownModel
from transcribe.transcript import CORRECTED, IMPORTED

DEMO = "demo"
"""The model that comes with Aircheck. It knows 446 words of synthetic English speech."""

_BASE_URL = "https://openaipublic.azureedge.net/main/whisper/models"
_MULTILINGUAL_VOCABULARY = 51_865  # tokens, from which on a checkpoint knows many languages
_LONGEST_CHUNK_S = Seconds(28)  # of the 30 s that the encoder takes: the rest is for its end
_JOINS_BELOW_S = Seconds(30)  # pauses are cut out; where one lies is told by the words' times
_JOINS_BLINDLY_BELOW_S = Seconds(3)  # as long as a sentence may go on behind a pause
_CHECK_LIMIT_S = 300.0


class _Published(NamedTuple):
    """A line of openai-whisper's table (``whisper._MODELS``; the hash stands in the address)."""

    name: str
    megabytes: int  # about: half-precision parameters
    sha256: str
    about: str


_PUBLISHED = tuple(
    _Published(*line)
    for line in (
        (
            "tiny.en", 76, "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
            "English. The smallest: fastest on any machine, with many mistakes.",
        ),
        (
            "tiny", 76, "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
            "A hundred languages. The smallest: fastest on any machine, with many mistakes.",
        ),
        (
            "base.en", 145, "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
            "English. Fast; good enough to search clear speech.",
        ),
        (
            "base", 145, "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
            "A hundred languages. Fast; good enough to search clear speech.",
        ),
        (
            "small.en", 484, "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
            "English. A good balance on a recent computer.",
        ),
        (
            "small", 484, "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
            "A hundred languages. A good balance on a recent computer.",
        ),
        (
            "medium.en", 1528, "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
            "English. Accurate, and slow without a GPU.",
        ),
        (
            "medium", 1528, "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
            "A hundred languages. Accurate, and slow without a GPU.",
        ),
        (
            "large-v1", 3087, "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a",
            "A hundred languages. The first large one; large-v3 is better.",
        ),
        (
            "large-v2", 3087, "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
            "A hundred languages. Very accurate; wants a GPU.",
        ),
        (
            "large-v3", 3088, "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
            "A hundred languages. The most accurate; wants a GPU.",
        ),
        (
            "large-v3-turbo", 1618,
            "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
            "A hundred languages. Nearly as accurate as large-v3, faster; does not translate.",
        ),
    )
)  # fmt: skip
_ALIASES = {"large": "large-v3", "turbo": "large-v3-turbo"}
_RESERVED = {*_ALIASES, IMPORTED, CORRECTED}  # of transcripts' files


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A Whisper model that can be asked for.

    Attributes:
        file: Its file's name in the models' folder.
        size_bytes: Of the file; about, while it isn't here.
        sha256: Of the file; for the demo, of the compact form that it is expanded from.
        url: Where it comes from; empty for one that doesn't come from the web.
        longest_chunk_s: The longest stretch of speech that it can take at once.
        joins_below_s: Speech is given to it at once where its pauses are shorter than this.
        languages: Whisper's codes; empty for the hundred or so that Whisper knows.
        word_times: Whether the times of single words are worth having.
        about: What it is good for, one or two sentences.
        is_here: Whether it can be used at once.
    """

    name: str
    file: str
    size_bytes: int
    sha256: str
    about: str
    is_here: bool
    url: str = ""
    longest_chunk_s: Seconds = _LONGEST_CHUNK_S
    joins_below_s: Seconds = _JOINS_BELOW_S
    languages: tuple[str, ...] = ()
    word_times: bool = True


class Weights:
    """The folder of models. Holds nothing open; may be used from any thread."""

    def __init__(self, folder: Path, *, base_url: str = _BASE_URL) -> None:
        """Look at a folder, which need not exist yet.

        Args:
            folder: Where the models' files are.
            base_url: Where OpenAI's files are: ``<base_url>/<sha256>/<file>``.
        """
        self.folder = folder
        self._base_url = base_url

    def models(self) -> list[Model]:
        """All that can be asked for: the demo, OpenAI's by size, then those added by hand."""
        return [self._demo(), *(self._published(line) for line in _PUBLISHED), *self._added()]

    def model(self, name: str) -> Model:
        """The model of that name; ``large`` and ``turbo`` are understood.

        Raises:
            UnknownModel: There is none.
        """
        wanted = _ALIASES.get(name, name)
        for model in self.models():
            if model.name == wanted:
                return model
        raise UnknownModel(f"No model is called {name!r}.", hint="'aircheck models' lists them.")

    def here(self) -> frozenset[str]:
        """What the models are called that can be used at once; ``demo`` is always among them."""
        names = {model.name for model in self.models() if model.is_here}
        return frozenset(names | {alias for alias, name in _ALIASES.items() if name in names})

    def automatic(self, wanted: str) -> str:
        """The model for what nobody asked for by name, and for voices of people.

        Args:
            wanted: The one that the settings name.

        Returns:
            That one, if it is here; else the largest that is, though never ``demo``, which is of
            no use on people's voices; else that one all the same: it is to be waited for.
        """
        return self._in_place_of(wanted)[-1]

    def for_captions(self, wanted: str) -> str:
        """The model for captions of people's voices.

        Args:
            wanted: The one that the settings name.

        Returns:
            As `automatic`, but the smallest, which keeps up the longest.
        """
        return self._in_place_of(wanted)[0]

    def _in_place_of(self, wanted: str) -> list[str]:
        """A model, or, where it isn't here, those that can stand in for it, by size; or itself."""
        if wanted in self.here():
            return [wanted]
        real = [model for model in self.models() if model.is_here and model.name != DEMO]
        by_size = sorted(real, key=lambda model: model.size_bytes)
        return [model.name for model in by_size] or [wanted]

    def require(self, name: str) -> Model:
        """The model of that name, if it is here.

        Raises:
            UnknownModel: There is none.
            MissingModel: Its file isn't here yet.
        """
        model = self.model(name)
        if not model.is_here:
            raise MissingModel(
                f"The model {model.name} is not on this machine yet.",
                safe="The recordings are safe, and can be transcribed at any time.",
                hint=f"'aircheck models get {model.name}' downloads it "
                f"({model.size_bytes / 1e6:,.0f} MB).",
            )
        return model

    def find(self, name: str) -> Path:
        """The checkpoint file of a model.

        The first time, ``demo`` is expanded here, which loads torch: for the worker's process.

        Raises:
            UnknownModel: There is none of that name.
            MissingModel: Its file isn't here yet.
            StorageError: The demo can't be written.
        """
        model = self.require(name)
        path = self.folder / model.file
        if model.name == DEMO and not path.exists():
            self._expand_demo(path)
        return path

    def get(
        self,
        name: str,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> Model:
        """Download a model, unless it is here. Goes on where an earlier download broke off.

        Runs on the caller's thread until it is done, or `stop` is set.

        Raises:
            UnknownModel: There is none of that name.
            DownloadFailed: Offline, refused, broken off, stopped, or a wrong file.
            StorageError: The disk is full or refuses.
        """
        model = self.model(name)
        if not model.is_here:
            target = self.folder / model.file
            download(model.url, target, sha256=model.sha256, progress=progress, stop=stop)
        return self.model(name)

    def add(self, path: Path) -> Model:
        """Take a copy of a checkpoint file into the folder, after checking what it is.

        One of OpenAI's is known by its hash and gets its own name; any other gets the file's.

        Raises:
            BrokenModel: It isn't a Whisper checkpoint, or its name is that of another model.
            StorageError: It can't be read or copied.
        """
        try:
            sha256 = sha256_of(path)
        except OSError as error:
            raise BrokenModel(
                f"{path} can't be read: {error.strerror}.", hint="Choose another file."
            ) from error
        for line in _PUBLISHED:
            if line.sha256 == sha256:
                self._take(path, f"{line.name}.pt")
                return self.model(line.name)
        return self._add_foreign(path, sha256)

    def remove(self, name: str) -> None:
        """Delete a model and all that was made of it; one of OpenAI's can be downloaded again.

        Raises:
            UnknownModel: There is none of that name, or it comes with Aircheck.
            StorageError: The disk refuses.
        """
        model = self.model(name)
        if model.name == DEMO:
            raise UnknownModel("The demo comes with Aircheck and can't be removed.")
        path = self.folder / model.file
        try:
            for each in (path, path.with_name(f"{path.name}.part"), path.with_suffix(".json")):
                each.unlink(missing_ok=True)
            for folder in self._conversions(path):
                shutil.rmtree(folder)
        except OSError as error:
            raise storage_error(error, doing=f"removing {model.file}") from error

    def _conversions(self, path: Path) -> list[Path]:
        """The folders that `transcribe.conversion` made of a checkpoint."""
        made = re.compile(rf"{re.escape(path.stem)}\.[^.]+\.ct2")  # not those of ``base.en``
        return [each for each in self.folder.glob("*.ct2") if made.fullmatch(each.name)]

    def _add_foreign(self, path: Path, sha256: str) -> Model:
        name = re.sub(r"[^a-z0-9._]+", "-", path.stem.lower()).strip("-._")
        if not name or name in _RESERVED or name in {m.name for m in self.models()}:
            raise BrokenModel(
                f"{path.name} can't be added: its name is another model's, and its bytes are not.",
                safe="The models that are here are untouched.",
                hint="Rename the file and add it again.",
            )
        dims = _inspect(path)
        note = {
            "sha256": sha256,
            "bytes": path.stat().st_size,
            "dims": dims,
            "added_at": iso(utc_now()),
        }
        self._take(path, f"{name}.pt")
        write_whole(self.folder / f"{name}.json", json.dumps(note, indent=1).encode() + b"\n")
        return self.model(name)

    def _take(self, path: Path, file: str) -> None:
        self._make_folder()
        temporary = self.folder / f".{file}.tmp"
        try:
            shutil.copyfile(path, temporary)
            temporary.replace(self.folder / file)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise storage_error(error, doing=f"copying {path.name}") from error

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, doing="making the models' folder") from error

    def _expand_demo(self, path: Path) -> None:
        """Make the demo's checkpoint, once: a second one would be converted anew for CTranslate2.

        The captions and the archive pass may ask for it at the same time, in two processes.
        """
        from transcribe import checkpoint  # noqa: PLC0415 (torch, only where it is needed)

        self._make_folder()
        with FileLock(path.with_name(f".{path.name}.lock")):
            if not path.exists():
                checkpoint.expand(resources.path("demo-model.npz"), path)

    def _demo(self) -> Model:
        archive = resources.path("demo-model.npz")
        sha256 = _hash_once(archive)
        return Model(
            name=DEMO,
            file=f"demo-{sha256[:8]}.pt",
            size_bytes=archive.stat().st_size,
            sha256=sha256,
            about="Comes with Aircheck. For demonstrations and tests only: it knows 446 words of "
            "synthetic English speech, and is of no use on human voices.",
            is_here=True,
            longest_chunk_s=Seconds(8),
            joins_below_s=Seconds(0.5),
            languages=("en",),
            word_times=False,  # no alignment heads were tuned
        )

    def _published(self, line: _Published) -> Model:
        path = self.folder / f"{line.name}.pt"
        is_here = path.is_file()
        return Model(
            name=line.name,
            file=path.name,
            size_bytes=path.stat().st_size if is_here else line.megabytes * 1_000_000,
            sha256=line.sha256,
            about=line.about,
            is_here=is_here,
            url=f"{self._base_url}/{line.sha256}/{path.name}",
            languages=("en",) if line.name.endswith(".en") else (),
        )

    def _added(self) -> Iterator[Model]:
        for path in sorted(self.folder.glob("*.json")):
            try:
                note = json.loads(path.read_bytes())
                sha256, dims = str(note["sha256"]), dict(note["dims"])
                size_bytes = path.with_suffix(".pt").stat().st_size
                many = int(dims["n_vocab"]) >= _MULTILINGUAL_VOCABULARY
            except (OSError, ValueError, KeyError, TypeError):
                continue  # a note without its file, or not a note
            yield Model(
                name=path.stem,
                file=f"{path.stem}.pt",
                size_bytes=size_bytes,
                sha256=sha256,
                about="Added by hand.",
                is_here=True,
                languages=() if many else ("en",),
                word_times=False,  # its alignment heads are not known
                joins_below_s=_JOINS_BLINDLY_BELOW_S,
            )


@functools.cache
def _hash_once(path: Path) -> str:
    return sha256_of(path)


def _inspect(path: Path) -> dict[str, Any]:
    """Have a child process load torch and look into a checkpoint."""
    command = [sys.executable, "-P", "-m", "transcribe.checkpoint", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_CHECK_LIMIT_S, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise BrokenModel(f"{path.name} could not be looked into.") from error
    if "problem" in answer:
        raise BrokenModel(
            answer["problem"], safe="Nothing was added.", hint="'aircheck models' lists the others."
        )
    dims: dict[str, Any] = answer["dims"]
    return dims
