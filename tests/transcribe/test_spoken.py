"""Which language is spoken where."""

from recorder.types import Seconds
from transcribe import spoken
from transcribe.chunking import Stretch


def lasting(*seconds: float) -> list[Stretch]:
    return [Stretch(start_s=Seconds(0), end_s=Seconds(each)) for each in seconds]


def test_the_longest_of_each_fifth_are_asked() -> None:
    assert spoken.voters(lasting(1, 5, 2, 2, 9, 1, 3, 4, 8, 7)) == [1, 2, 4, 7, 8]
    assert spoken.voters(lasting(1, 2)) == [0, 1]
    assert spoken.voters([]) == []


def test_the_likeliest_over_all_is_elected() -> None:
    assert spoken.elected([{"de": 0.5, "nl": 0.4}, {"nl": 0.6, "de": 0.3}]) == "nl"
    assert spoken.elected([]) == ""


def test_only_those_that_are_sure_make_it_mixed() -> None:
    assert spoken.is_mixed([{"de": 0.9}, {"en": 0.85}])
    assert not spoken.is_mixed([{"de": 0.9}, {"en": 0.7}])
    assert not spoken.is_mixed([{}])


def test_the_language_changes_where_two_running_are_sure() -> None:
    votes = [{"de": 0.9}, {"en": 0.9}, {"de": 0.9}, {"en": 0.9}, {"en": 0.8}, {"de": 0.5}, {}]
    assert spoken.by_chunk(votes, "de") == ["de", "de", "de", "en", "en", "en", "en"]
    assert spoken.by_chunk([{"en": 0.95}], "de") == ["de"]
