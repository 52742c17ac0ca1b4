import threading
from pathlib import Path

import pytest

from recorder.errors import StorageError
from recorder.lists import NamedList
from tests.parts import wait_until


def test_a_list_that_is_not_there_is_empty_and_can_be_written(tmp_path: Path) -> None:
    kept = NamedList(tmp_path / "none yet" / "things.json", "things")
    assert kept.read() == []
    with kept.alone():
        kept.write([{"name": "é \ud800"}])
    assert len(kept.read()) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"things": {}}', '{"things": [1]}', "[" * 9999])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "things.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"."):
        NamedList(path, "things").read()


def test_two_change_it_one_after_the_other(tmp_path: Path) -> None:
    kept = NamedList(tmp_path / "things.json", "things")
    begun = threading.Event()

    def add() -> None:
        begun.set()
        with kept.alone():
            kept.write([*kept.read(), {"name": "second"}])

    other = threading.Thread(target=add)
    with kept.alone():
        other.start()
        assert begun.wait(10)
        kept.write([{"name": "first"}])
    other.join(10)
    wait_until(lambda: [item["name"] for item in kept.read()] == ["first", "second"], what="both")


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StorageError, match=r"things\.json"),
        NamedList(tmp_path / "file" / "things.json", "things").alone(),
    ):
        pass
