from __future__ import annotations

from transcribe.deadline import NEVER, Deadline


def test_it_passes() -> None:
    assert Deadline(0).is_over()
    assert Deadline(-1).is_over()


def test_it_has_not_passed_yet() -> None:
    assert not Deadline(1000).is_over()
    assert not NEVER.is_over()
