import pytest

from app.gui import tokens
from app.gui.theme import style_sheet

THEMES = pytest.mark.parametrize("palette", [tokens.LIGHT, tokens.DARK], ids=["light", "dark"])
GROUNDS = ("ground", "surface", "sunken", "selection", "hover")


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("front", ["text", "muted", "accent"])
def test_text_can_be_read_on_every_ground(palette: tokens.Palette, front: str, ground: str) -> None:
    assert tokens.contrast(getattr(palette, front), getattr(palette, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("front", ["live", "trouble", "fine", "speech"])
def test_coloured_words_can_be_read_where_they_stand(palette: tokens.Palette, front: str) -> None:
    assert tokens.contrast(getattr(palette, front), palette.surface) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("front", ["live", "trouble", "fine"])
def test_coloured_shapes_can_be_seen_everywhere(
    palette: tokens.Palette, front: str, ground: str
) -> None:
    assert tokens.contrast(getattr(palette, front), getattr(palette, ground)) >= 3


@THEMES
def test_marked_words_and_main_buttons_can_be_read(palette: tokens.Palette) -> None:
    assert tokens.contrast(palette.text, palette.mark) >= 4.5
    assert tokens.contrast(palette.on_accent, palette.accent) >= 4.5
    assert tokens.contrast(palette.on_accent, palette.accent_pressed) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert tokens.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert tokens.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_mixing_is_linear_from_back_to_front() -> None:
    assert tokens.mix("#FF0000", "#0000FF", 0.0) == "#0000FF"
    assert tokens.mix("#FF0000", "#0000FF", 1.0) == "#FF0000"
    assert tokens.mix("#FF0000", "#0000FF", 0.5) == "#800080"


@THEMES
def test_the_style_sheet_names_only_tokens(palette: tokens.Palette) -> None:
    assert "$" not in style_sheet(palette)
