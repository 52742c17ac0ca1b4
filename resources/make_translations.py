"""Makes the window's translations: ``make translations``, after a sentence of the window changed.

    app/gui/**/*.py  →  resources/translations/aircheck_de.ts  →  aircheck_de.qm

Qt's lupdate knows Python's calls only where their arguments stand in C++'s order, so the sentences
are read from Python's own syntax tree here and handed to it as the C++ that it knows best. What has
no translation yet is marked unfinished in the ``.ts``, to be filled in by Qt Linguist or by hand;
lrelease then makes the ``.qm``.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("de",)

_CALLS = ("translate", "marked")
_ORDER = ("context", "text", "disambiguation", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A text of the window, as it stands in the code."""

    context: str
    text: str
    disambiguation: str = ""
    is_counted: bool = False


class NotLiteralError(Exception):
    """A text that is put together, so that nobody could translate it."""


def sentences(root: Path = ROOT) -> list[Sentence]:
    """All sentences of the window, in the order of the files.

    Raises:
        NotLiteralError: One isn't written out in the call.
    """
    found: dict[Sentence, None] = {}
    for path in sorted((root / "app" / "gui").rglob("*.py")):
        if path.name != "language.py":
            for sentence in in_file(path):
                found[sentence] = None
    return list(found)


def in_file(path: Path) -> Iterator[Sentence]:
    """The sentences of one file.

    Raises:
        NotLiteralError: One isn't written out in the call.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _is_ours(node.func):
            yield _sentence(node, f"{path.name}:{node.lineno}")


def write(sentences_: list[Sentence], language: str, folder: Path = FOLDER) -> Path:
    """Bring a ``.ts`` up to date; translations that are there stay.

    Raises:
        CalledProcessError: lupdate fails.
    """
    target = folder / f"aircheck_{language}.ts"
    with tempfile.TemporaryDirectory() as room:
        source = Path(room) / "window.cpp"
        source.write_text("void window() {\n" + "".join(map(_as_cpp, sentences_)) + "}\n", "utf-8")
        options = ["-no-obsolete", "-locations", "none", "-source-language", "en"]
        options += ["-target-language", language, "-silent"]
        _run("lupdate", *options, str(source), "-ts", str(target))
    return target


def release(ts: Path, qm: Path) -> None:
    """Make a ``.qm`` of a ``.ts``.

    Raises:
        CalledProcessError: lrelease fails.
    """
    _run("lrelease", "-silent", str(ts), "-qm", str(qm))


def main() -> None:
    """Bring every language up to date, and say what is missing."""
    found = sentences()
    for language in LANGUAGES:
        ts = write(found, language)
        release(ts, ts.with_suffix(".qm"))
        missing = ts.read_text("utf-8").count('type="unfinished"')
        print(f"{ts.name}: {len(found)} sentences, {missing} without a translation")


def _sentence(call: ast.Call, place: str) -> Sentence:
    given = dict(zip(_ORDER, call.args, strict=False))
    given |= {word.arg: word.value for word in call.keywords if word.arg}
    texts = {}
    for name in _ORDER[:3]:
        node = given.get(name)
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            continue
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            raise NotLiteralError(
                f"{place}: {name} is put together; write it out, as in '{{name}}'"
            )
        texts[name] = node.value
    return Sentence(**texts, is_counted="n" in given)


def _is_ours(called: ast.expr) -> bool:
    """Whether it is one of `presenters.language`, and not that of a text or a painter."""
    return isinstance(called, ast.Name) and called.id in _CALLS


def _as_cpp(sentence: Sentence) -> str:
    texts = [sentence.context, sentence.text, sentence.disambiguation]
    arguments = [json.dumps(text, ensure_ascii=False) for text in texts]
    if not sentence.disambiguation:
        arguments[2] = "nullptr"
    if sentence.is_counted:
        arguments.append("n")
    return f"    QCoreApplication::translate({', '.join(arguments)});\n"


def _run(tool: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{tool}")
    subprocess.run([str(program), *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    main()
