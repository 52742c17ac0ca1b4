"""The keys of a session's page, for the overlay that lists them. No Qt."""

from __future__ import annotations

from app.gui.presenters.language import translate


def listed() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Groups of pairs: the keys, and what they do."""
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
                ("Ctrl+F, F3", translate("Keys", "find, next")),
                (translate("Keys", "Return"), translate("Keys", "play the word at the cursor")),
                ("F2", translate("Keys", "put the line right")),
                ("Ctrl+Z, Ctrl+Y", translate("Keys", "undo and redo a correction")),
                ("Ctrl+Shift+C", translate("Keys", "copy as a quote")),
            ),
        ),
        (
            translate("Keys", "Session"),
            (
                ("M", translate("Keys", "mark this moment")),
                ("1, 2, 3, 4", translate("Keys", "evidence, markers, notes, versions")),
                ("Ctrl+E", translate("Keys", "export")),
                ("?", translate("Keys", "this list")),
            ),
        ),
    )
