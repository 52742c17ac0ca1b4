"""What is settled never changes, and what two hearings agree on is settled."""

from hypothesis import given
from hypothesis import strategies as st

from transcribe.agreement import Agreement, pieces


def test_two_hearings_that_agree_settle_their_words() -> None:
    agreement = Agreement()
    assert agreement.hear(["We", "will", "post."]) == ([], ["We", "will", "post."])
    assert agreement.hear(["We", "will", "host", "it"]) == (["We", "will"], ["host", "it"])
    assert agreement.hear(["We", "will", "host", "the"]) == (["We", "will", "host"], ["the"])


def test_case_and_signs_are_no_disagreement() -> None:
    agreement = Agreement()
    agreement.hear(["Good", "evening."])
    assert agreement.hear(["good", "evening", "from"]) == (["good", "evening"], ["from"])


def test_a_hearing_that_lost_words_unsettles_none() -> None:
    agreement = Agreement()
    agreement.hear(["a", "b", "c"])
    agreement.hear(["a", "b", "c"])
    assert agreement.hear(["a"]) == (["a", "b", "c"], [])


def test_scripts_without_blanks_settle_by_character() -> None:
    assert pieces("Good evening, all.") == ["Good ", "evening, ", "all."]
    assert pieces("我们将发布") == list("我们将发布")
    agreement = Agreement()
    agreement.hear(pieces("我们将发表"))
    settled, tentative = agreement.hear(pieces("我们将发布 HLS 音频。"))
    assert ("".join(settled), "".join(tentative)) == ("我们将发", "布 HLS 音频。")


@given(st.text(max_size=30))
def test_pieces_are_all_of_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=8))
def test_settled_words_only_become_more(hearings: list[list[str]]) -> None:
    agreement, before = Agreement(), list[str]()
    for words in hearings:
        settled, tentative = agreement.hear(words)
        assert settled[: len(before)] == before
        assert len(settled) + len(tentative) == max(len(words), len(settled))
        before = settled
