import itertools

import pytest

from tests.parts import require, wait_until


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def test_a_missing_part_skips_and_is_named(
    nothing_installed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRCHECK_REQUIRE_PARTS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="the part icecast2 is not installed"):
        require("icecast2")


def test_a_missing_part_fails_where_parts_are_required(
    nothing_installed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRCHECK_REQUIRE_PARTS", "1")
    with pytest.raises(pytest.fail.Exception, match="the part icecast2 is not installed"):
        require("icecast2")


def test_an_unknown_part_is_a_mistake_of_the_test() -> None:
    with pytest.raises(ValueError, match="unknown part 'gramophone'"):
        require("gramophone")


def test_wait_until_returns_what_came() -> None:
    counter = itertools.count()
    assert wait_until(lambda: next(counter) == 3 and "three") == "three"


def test_wait_until_gives_up_and_says_on_what() -> None:
    with pytest.raises(pytest.fail.Exception, match="for rain"):
        wait_until(lambda: False, within_s=0.03, what="rain")
