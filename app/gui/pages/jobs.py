"""The page Jobs: what is transcribed, downloaded, exported, imported and compared."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.desk import Desk
from app.gui.files import show_in_folder
from app.gui.job_card import JobCard
from app.gui.jobs_watch import JobsWatch
from app.gui.place import Place
from app.gui.presenters import jobs as presenter
from app.gui.presenters.jobs import Action, Item
from app.gui.presenters.language import translate
from app.gui.presenters.settings import download_of
from app.gui.presenters.words import Message
from app.gui.widgets import Button, Notice, Teaching, label, scrolled
from recorder.archive import SessionFolder
from recorder.types import SessionId


class JobsPage(Place):
    """A card for each piece of work, what goes on first."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._watch = JobsWatch.of(desk)
        self._limit = tokens.JOBS_SHOWN
        self.cards: dict[str, JobCard] = {}
        self.notice = Notice()
        self.about = label("muted")
        self.clear = Button(translate("Jobs", "Clear the list"))
        self.clear.setToolTip(
            translate("Jobs", "Takes what is done or cancelled from the list; files stay.")
        )
        self.more = Button("")
        self.empty = Teaching(
            "list-checks",
            translate("Jobs", "Nothing is in work"),
            translate(
                "Jobs",
                "Transcriptions, downloads, exports and imports show here while they run. They go "
                "on when the window is closed.",
            ),
            translate("Jobs", "Look again"),
        )
        self.empty.button.hide()
        self._items: tuple[Item, ...] = ()
        self._list = QVBoxLayout()
        self._list.setSpacing(tokens.SPACE_M)
        self._pages = QStackedLayout()
        self._lay_out()
        desk.rows_changed.connect(self._refresh)
        desk.work_changed.connect(self._refresh)
        self._watch.changed.connect(self._refresh)
        self._watch.failed.connect(self._on_failed)
        self.clear.clicked.connect(self._on_clear)
        self.more.clicked.connect(self._on_more)
        self._refresh()

    def close_work(self) -> None:
        """End the looking; the work goes on."""
        self._watch.close()

    @Slot()
    def _refresh(self, _change: object = None) -> None:
        titles = {row.summary.id: row.summary.title for row in self._desk.rows}
        self._items = presenter.items(self._watch.shown, self._desk.works, titles)
        self._show()

    def _show(self) -> None:
        shown = self._items[: self._limit]
        for key in self.cards.keys() - {item.key for item in shown}:
            card = self.cards.pop(key)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, item in enumerate(shown):
            if item.key in self.cards:
                self.cards[item.key].show_item(item)
            else:
                self._add(item)
            if self._list.indexOf(self.cards[item.key]) != place:
                self._list.insertWidget(place, self.cards[item.key])
        left = len(self._items) - len(shown)
        self.more.setVisible(left > 0)
        self.more.setText(translate("Jobs", "Show %n more", n=left))
        self.about.setText(presenter.summary(self._items))
        self.clear.setVisible(any(item.is_settled for item in self._items))
        self._pages.setCurrentIndex(1 if self._items else 0)
        self.counted.emit(presenter.counted(self._items))

    def _add(self, item: Item) -> None:
        card = JobCard(item)
        card.asked.connect(self._on_asked)
        card.show_asked.connect(self._on_show)
        self.cards[item.key] = card

    @Slot(str, str)
    def _on_asked(self, action: Action, key: str) -> None:
        item = self.cards[key].item
        match action:
            case "open":
                self._open(item.session)
            case "get":
                self._watch.start(download_of(item.model, self._desk.settings))
            case _:
                self._watch.do(action, key)

    def _open(self, session: SessionId | None) -> None:
        for row in self._desk.rows:
            if row.summary.id == session:
                self.session_asked.emit(SessionFolder(row.summary.folder))

    @Slot(object)
    def _on_show(self, path: Path) -> None:
        problem = show_in_folder(path)
        if problem is not None:
            self.notice.say(problem)

    @Slot(object)
    def _on_failed(self, message: Message) -> None:
        self.notice.say(message)

    @Slot()
    def _on_clear(self) -> None:
        for item in self._items:
            if item.is_settled:
                self._watch.do("forget", item.key)

    @Slot()
    def _on_more(self) -> None:
        self._limit += tokens.JOBS_SHOWN
        self._show()

    def _lay_out(self) -> None:
        top, head = QVBoxLayout(), QHBoxLayout()
        head.setSpacing(tokens.SPACE_M)
        head.addWidget(label("title", translate("Jobs", "Jobs")))
        head.addWidget(self.about, 1)
        head.addWidget(self.clear)
        inner = QWidget()
        edge = tokens.SPACE_XL
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, edge, tokens.SPACE_L)
        column.setSpacing(tokens.SPACE_M)
        column.addLayout(self._list)
        column.addWidget(self.more)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, 0, 0)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(top)
        top.setContentsMargins(0, 0, edge, 0)
        top.setSpacing(tokens.SPACE_M)
        top.addLayout(head)
        top.addWidget(self.notice)
        layout.addLayout(self._pages, 1)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(scrolled(inner, edge=edge))
