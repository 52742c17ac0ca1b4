import pytest

from app.gui.presenters.capture import is_source


@pytest.mark.parametrize(
    "text",
    [
        "https://radio.example/live.m3u8",
        " HTTP://radio.example ",
        "device:USB Microphone",
        "system",
        "system:HDMI",
        "/home/me/talk.mp3",
        "~/talk.mp3",
        "./talk.mp3",
        r"C:\talk.mp3",
    ],
)
def test_what_names_a_source(text: str) -> None:
    assert is_source(text)


@pytest.mark.parametrize(
    "text",
    ["", "unedited audio", "systematic", '"the system"', "title:kitchen", "and/or", "a: b", "http"],
)
def test_what_is_searched(text: str) -> None:
    assert not is_source(text)
