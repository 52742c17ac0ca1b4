"""How soon a stop is through: from the call to the sealed session, in each state.

make bench
"""

from contextlib import ExitStack
from pathlib import Path

import pytest

from recorder.archive import Archive
from recorder.types import SourceKind, SourceSpec
from tests.recorder.test_stop import CASES, Case, stop_takes_s

TIMES = 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_stop(case: Case, tmp_path: Path) -> None:
    took_ms = []
    for _ in range(TIMES):
        with ExitStack() as cleanup:
            spec = SourceSpec(kind=SourceKind.STREAM, address=case.serve(cleanup))
            folder = Archive(tmp_path).create("A session", [("a", spec)], schedule=case.schedule)
            took_ms.append(1000 * stop_takes_s(folder, case.is_there))
    print(f"\n  stop, {case.name:<44} at most {max(took_ms):4.0f} ms of {TIMES}", end="")
