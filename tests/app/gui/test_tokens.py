import pytest

from app.gui import tokens
from app.gui.theme import style_sheet

THEMES = pytest.mark.parametrize(
    "palette",
    [tokens.LIGHT, tokens.DARK, tokens.HIGH_LIGHT, tokens.HIGH_DARK],
    ids=["light", "dark", "high-light", "high-dark"],
)
HIGH = pytest.mark.parametrize("palette", [tokens.HIGH_LIGHT, tokens.HIGH_DARK])
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


@HIGH
@pytest.mark.parametrize("ground", ["ground", "surface", "sunken"])
@pytest.mark.parametrize("front", ["text", "muted", "accent", "live", "trouble", "fine", "line"])
def test_high_contrast_is_higher(palette: tokens.Palette, front: str, ground: str) -> None:
    assert tokens.contrast(getattr(palette, front), getattr(palette, ground)) >= 7


@pytest.mark.parametrize("is_dark", [False, True])
def test_what_the_system_asks_for_is_worn(is_dark: bool) -> None:  # noqa: FBT001 (a parameter)
    plain = tokens.palette_for(is_dark=is_dark, is_high_contrast=False)
    high = tokens.palette_for(is_dark=is_dark, is_high_contrast=True)
    assert (plain, high) == (
        (tokens.DARK, tokens.HIGH_DARK) if is_dark else (tokens.LIGHT, tokens.HIGH_LIGHT)
    )


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
