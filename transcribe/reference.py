"""openai-whisper's own tables, read from its sources without importing it: that would load torch.

Its vocabulary, its languages in the order of their tokens, and which attention heads of a
published model follow the words (https://github.com/openai/whisper, ``whisper/__init__.py``,
``whisper/tokenizer.py``, ``whisper/assets``).
"""

from __future__ import annotations

import ast
import base64
import functools
import gzip
import importlib.util
import itertools
import threading
from pathlib import Path
from typing import Any

import numpy as np

TIME_STAMPS = 1501
"""Tokens for 0.00 s to 30.00 s, every 20 ms."""

_BEFORE_LANGUAGES = ("<|endoftext|>", "<|startoftranscript|>")
_AFTER_LANGUAGES = (
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
# Two threads that parse at once may get a SystemError, until Python 3.11.8
# (https://github.com/python/cpython/issues/106905).
_parsing = threading.Lock()


@functools.cache
def languages() -> tuple[str, ...]:
    """Codes of all languages that Whisper knows, in the order of their tokens."""
    return tuple(_constant("tokenizer.py", "LANGUAGES"))


def language_code(name: str) -> str:
    """The code of a language that Whisper knows, of its code or English name; else empty."""
    known: dict[str, str] = _constant("tokenizer.py", "LANGUAGES")
    wanted = name.strip().lower()
    return next((code for code, called in known.items() if wanted in (code, called)), "")


def alignment_heads(name: str, *, layers: int, heads: int) -> list[tuple[int, int]]:
    """The decoder's heads that follow the words in time, by layer and number.

    For a model that isn't published, all heads of the last half of the layers, as openai-whisper
    takes them.

    Args:
        name: The model's name.
        layers: Of the decoder.
        heads: Of each layer.
    """
    published: dict[str, bytes] = _constant("__init__.py", "_ALIGNMENT_HEADS")
    if name not in published:
        return list(itertools.product(range(layers // 2, layers), range(heads)))
    mask = np.frombuffer(gzip.decompress(base64.b85decode(published[name])), dtype=bool)
    return [(int(layer), int(head)) for layer, head in np.argwhere(mask.reshape(layers, heads))]


def ranks(*, multilingual: bool) -> dict[bytes, int]:
    """The vocabulary of byte sequences, each with its rank, which is its token's id."""
    name = "multilingual" if multilingual else "gpt2"
    lines = (_folder() / "assets" / f"{name}.tiktoken").read_bytes().splitlines()
    pairs = (line.split() for line in lines if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def special_tokens(language_count: int) -> list[str]:
    """The tokens behind the ranks, in the order of their ids, without the time stamps."""
    spoken = [f"<|{code}|>" for code in languages()[:language_count]]
    return [*_BEFORE_LANGUAGES, *spoken, *_AFTER_LANGUAGES]


def time_stamps() -> list[str]:
    """The tokens behind the special ones."""
    return [f"<|{number * 0.02:.2f}|>" for number in range(TIME_STAMPS)]


@functools.cache
def _folder() -> Path:
    found = importlib.util.find_spec("whisper")
    assert found is not None, "openai-whisper is a dependency"
    assert found.origin is not None, "openai-whisper is a package with an __init__.py"
    return Path(found.origin).parent


@functools.cache
def _constant(file: str, name: str) -> Any:
    """The literal that a module of openai-whisper assigns to a name."""
    with _parsing:
        tree = ast.parse((_folder() / file).read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            return ast.literal_eval(statement.value)
    raise LookupError(f"openai-whisper's {file} has no {name}")
