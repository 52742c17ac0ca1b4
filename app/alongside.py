"""Compare or complete in a process of its own: ``python -P -m app.alongside ARCHIVE ID OTHER``.

The window starts it, so that hours of sound are compared beside it, and ended at a click.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from app.comparing import Compared, Completion, compare_session, complete_session
from recorder import peaks, pyramid
from recorder.archive import Archive
from recorder.errors import AircheckError


def told(found: Compared) -> dict[str, Any]:
    """What a comparison found, for machines."""
    values = found.comparison.to_json()
    for each, ours, theirs in zip(
        values["differences"], found.words, found.their_words, strict=True
    ):
        each |= {key: said for key, said in (("words", ours), ("their_words", theirs)) if said}
    return {"other": found.name, **values}


def told_completion(done: Completion) -> dict[str, Any]:
    """What was filled, for machines."""
    return {
        "track": done.track,
        "other": done.name,
        "verdict": str(done.comparison.verdict),
        "gaps_left": done.left,
        "filled_s": round(sum(fill.to_s - fill.from_s for fill in done.fills), 3),
        "fills": len(done.fills),
        "lacking": len(done.lacking),
    }


def main() -> int:
    """Compare or complete in this process, and tell it as JSON, an object a line.

    ``{"done": 0.4}`` again and again, then ``{"compared": …}``, ``{"completed": …}`` or
    ``{"error": {"happened", "safe", "next"}}``. Whoever doesn't want it any more ends the process.
    """
    parser = argparse.ArgumentParser(prog="python -m app.alongside", description=main.__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("session")
    parser.add_argument("other", help="a path, an ID, ID:TRACK or an address")
    parser.add_argument("--complete", action="store_true", help="fill the gaps from the other one")
    parser.add_argument("--peaks", type=Path, help="where to put the waveform of a file")
    asked = parser.parse_args()
    try:
        _tell(**_asked_for(asked))
    except AircheckError as error:
        _tell(error={"happened": error.message, "safe": error.safe, "next": error.hint})
        return 1
    return 0


def _asked_for(asked: argparse.Namespace) -> dict[str, Any]:
    archive = Archive(asked.archive)
    folder = archive.find(asked.session)
    if asked.complete:
        done = complete_session(archive, folder, asked.other, on_progress=_tell_done)
        return {"completed": told_completion(done)}
    if asked.peaks and Path(asked.other).is_file():
        made = peaks.of_file(Path(asked.other))
        if made:
            pyramid.save(asked.peaks, made)
    return {"compared": told(compare_session(archive, folder, asked.other, on_progress=_tell_done))}


def _tell_done(share: float) -> None:
    _tell(done=round(share, 3))


def _tell(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
