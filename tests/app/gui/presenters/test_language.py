"""Words in the window's language."""

from collections.abc import Iterator

import pytest

from app.gui.presenters import language
from app.gui.presenters.language import translate


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.speak(language.english)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 gaps"), (1, "1 gap"), (2, "2 gaps"), (1_200, "1,200 gaps")]
)
def test_english_counts(count: int, said: str) -> None:
    assert translate("Words", "%n gap(s)", n=count) == said


def test_a_text_without_a_count_stays_as_it_is() -> None:
    assert translate("Words", "channel(s) %n") == "channel(s) %n"


def test_a_translator_is_asked_with_the_context() -> None:
    language.speak(lambda context, text, _hint, n: f"{context}:{text}:{n}")
    assert translate("Words", "%n gap(s)", n=3) == "Words:%n gap(s):3"
