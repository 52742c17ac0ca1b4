"""The head of a session's page: what it is, and what can be done with all or a stretch of it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.bridge import Lane
from app.gui.cover import CoverView
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.words import Look
from app.gui.widgets import Button, Chip, IconButton, Text
from recorder.archive import SessionInfo


class SessionHead(QWidget):
    """The cover, and beside it title and actions, what it is about, tools.

    Args:
        covers: Reads pictures, the newest only.
    """

    def __init__(self, covers: Lane) -> None:
        super().__init__()
        self.cover = CoverView(covers, tokens.COVER_SMALL)
        self.title = Text("title")
        self.chip = Chip()
        self.more = Button(translate("Session", "Evidence"), "shield-check")
        self.more.setCheckable(True)
        self.edit = Button(translate("Session", "Edit"), "pencil")
        self.edit.setToolTip(translate("Session", "Title, host, description, rights, cover"))
        self.other = Button(translate("Session", "Compare"), "git-compare-arrows")
        self.other.setToolTip(
            translate("Session", "Compare with another recording of the event, or complete from it")
        )
        self.export = Button(translate("Session", "Export"), "upload", role="accent")
        self.keys = IconButton(translate("Session", "Keys (?)"), "keyboard")
        self._story = Text("note")
        self.about = Text("muted")
        self._chosen = Text("note")
        self._chosen.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.clip = Button(translate("Session", "Clip"), "scissors")
        self.zoom_out = IconButton(translate("Session", "Zoom out (-)"), "zoom-out")
        self.zoom_in = IconButton(translate("Session", "Zoom in (+)"), "zoom-in")
        self._is_low = False
        self.show_chosen(None)
        self._lay_out()

    def clear(self) -> None:
        """Show no session."""
        self.title.say("")
        self.about.say("")
        self.cover.show_cover(None)

    def show_row(self, row: Row, look: Look, info: SessionInfo | None) -> None:
        """Show what the archive says of it, its state as given, and in one line the rest."""
        summary = row.summary
        self.title.say(summary.title or summary.folder.name)
        self.chip.show_look(look)
        now = datetime.now(UTC).astimezone()
        parts = (
            info.host if info else "",
            words.day(summary.started_at or summary.created_at, now),
            words.length(summary.duration_s) if summary.duration_s else "",
            summary.source,
        )
        self.about.say(" · ".join(part for part in parts if part))
        self._story.say(info.description if info else "")
        self._show_story()
        self.cover.show_cover(summary.folder / info.cover if info and info.cover else None)

    @Slot(object)
    def show_chosen(self, chosen: tuple[float, float] | None) -> None:
        """Say which stretch is chosen, and offer to clip it."""
        is_stretch = chosen is not None and chosen[1] > chosen[0]
        self._chosen.setVisible(is_stretch)
        self.clip.setVisible(is_stretch)
        if chosen is not None:
            from_s, to_s = chosen
            self._chosen.say(
                translate("Session", "{begin} to {end}, {length}").format(
                    begin=words.clock(from_s),
                    end=words.clock(to_s),
                    length=words.length(to_s - from_s),
                )
            )

    def offer_work(self, *, has_parts: bool) -> None:
        """Let it be compared and exported; what recorded nothing offers neither."""
        for button in (self.other, self.export):
            button.setEnabled(has_parts)

    def fit(self, width: int, *, is_wide: bool, is_low: bool) -> None:
        """Shed what there is no room for.

        Args:
            width: The page's, in pixels.
            is_wide: Whether the panel stands beside the transcript.
            is_low: Whether the page has few lines.
        """
        self._is_low = is_low
        self.more.setVisible(not is_wide)
        self.cover.fit(has_room=is_wide)
        self._show_story()
        for button in (self.more, self.edit, self.export, self.other):
            button.show_word(is_shown=width >= tokens.PAGE_WITH_WORDS_WIDTH)

    def _show_story(self) -> None:
        self._story.setVisible(bool(self._story.accessibleName()) and not self._is_low)

    def _lay_out(self) -> None:
        top = QHBoxLayout(self)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(tokens.SPACE_L)
        top.addWidget(self.cover, 0, Qt.AlignmentFlag.AlignTop)
        texts, head, tools = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for layout in (texts, head, tools):
            layout.setSpacing(tokens.SPACE_S)
        top.addLayout(texts, 1)
        texts.addLayout(head)
        head.addWidget(self.title, 1)
        for part in (self.chip, self.more, self.edit, self.other, self.export, self.keys):
            head.addWidget(part)
        texts.addWidget(self._story)
        texts.addLayout(tools)
        tools.addWidget(self.about, 1)
        tools.addWidget(self._chosen, 1)
        for part in (self.clip, self.zoom_out, self.zoom_in):
            tools.addWidget(part)
