"""The keys, for the overlay that lists them. No Qt."""

from __future__ import annotations

from app.gui.presenters.language import translate

Group = tuple[str, tuple[tuple[str, str], ...]]
"""A title, and pairs: the keys, and what they do."""


def everywhere() -> tuple[Group, ...]:
    """Those of every page."""
    return (
        (
            translate("Keys", "Everywhere"),
            (
                (
                    translate("Keys", "Ctrl+K"),
                    translate("Keys", "type a link to record, or words to search"),
                ),
                (translate("Keys", "Ctrl+V"), translate("Keys", "take the link that was copied")),
                (translate("Keys", "Ctrl+1 to Ctrl+5"), translate("Keys", "turn to a page")),
                (translate("Keys", "Ctrl+Space"), translate("Keys", "play or pause")),
                ("M", translate("Keys", "mark this moment")),
                ("N", translate("Keys", "write a note of this moment of what is live")),
                (translate("Keys", "Ctrl+Q"), translate("Keys", "quit; recordings go on")),
                ("?", translate("Keys", "this list")),
            ),
        ),
    )


def listed() -> tuple[Group, ...]:
    """Those of a session's page."""
    return (
        (
            translate("Keys", "Playing"),
            (
                (translate("Keys", "Space, K"), translate("Keys", "play or pause")),
                ("J, L", translate("Keys", "10 seconds back, on")),
                (translate("Keys", "Left, Right"), translate("Keys", "5 seconds back, on")),
                (translate("Keys", "Home, End"), translate("Keys", "to the begin, to the end")),
                ("<, >", translate("Keys", "slower, faster")),
                (translate("Keys", "Backspace"), translate("Keys", "normal speed")),
                ("S", translate("Keys", "skip silence, or not")),
                (translate("Keys", "Page up, Page down"), translate("Keys", "marker before, next")),
            ),
        ),
        (
            translate("Keys", "Waveform"),
            (
                ("+, -", translate("Keys", "zoom in, zoom out")),
                ("0", translate("Keys", "show all")),
                (
                    translate("Keys", "Wheel, Shift and wheel"),
                    translate("Keys", "zoom, move along"),
                ),
                ("[, ]", translate("Keys", "choose from here, to here")),
                ("X", translate("Keys", "clip what is chosen")),
            ),
        ),
        (
            translate("Keys", "Transcript"),
            (
                (translate("Keys", "Ctrl+F, F3"), translate("Keys", "find, next")),
                (translate("Keys", "Return"), translate("Keys", "play the word at the cursor")),
                ("F2", translate("Keys", "put the line right")),
                (
                    translate("Keys", "Ctrl+Z, Ctrl+Y"),
                    translate("Keys", "undo and redo a correction"),
                ),
                (translate("Keys", "Ctrl+Shift+C"), translate("Keys", "copy as a quote")),
            ),
        ),
        (
            translate("Keys", "Session"),
            (
                ("M", translate("Keys", "mark this moment")),
                ("1, 2, 3, 4", translate("Keys", "evidence, markers, notes, versions")),
                (translate("Keys", "Ctrl+E"), translate("Keys", "export")),
            ),
        ),
    )
