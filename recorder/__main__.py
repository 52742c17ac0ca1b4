"""``python -P -m recorder FOLDER``: record one session to its end, in this process.

Exit status: 0 done, 1 failed, 2 wrong use.
"""

from __future__ import annotations

import sys
from pathlib import Path

from recorder import process, redaction
from recorder.archive import SessionFolder
from recorder.errors import AircheckError


def main(arguments: list[str]) -> int:
    """Run a recorder; returns its exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -P -m recorder FOLDER\n")
        return 2
    redaction.log_to_stderr()
    try:
        return process.record(SessionFolder(Path(arguments[0])))
    except AircheckError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
