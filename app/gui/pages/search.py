"""The page of hits: as one types, narrowed at a click, played in place, kept, quoted, exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QStandardPaths, Qt, QTimer, Slot
from PySide6.QtGui import (
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.gui import tokens
from app.gui.acts import Act, ActBar, menu_button
from app.gui.bridge import Latest
from app.gui.completing import WordCompleter
from app.gui.desk import Desk
from app.gui.hits import HitDelegate, HitsModel
from app.gui.models import ROW_ROLE
from app.gui.narrowing import Narrowing
from app.gui.place import SearchPlace
from app.gui.presenters import search, words
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.search import (
    Asked,
    Failed,
    Field,
    Found,
    HeadEntry,
    HitEntry,
    Searching,
    Sorted,
    Spreading,
    Value,
    arranged,
)
from app.gui.presenters.words import Message
from app.gui.prompt import Prompt
from app.gui.widgets import Button, Notice, Teaching, Text, label, quietly
from recorder.archive import SessionFolder
from recorder.errors import AircheckError, SessionNotFound
from recorder.types import SessionId

if TYPE_CHECKING:
    from transcribe.saved import Saved


class HitsView(QListView):
    """The list of hits: a click on the time plays, Return too; the rest is told to the page."""

    def __init__(self, model: HitsModel) -> None:
        super().__init__()
        self.setModel(model)
        self.hits = HitDelegate(self)
        self.setItemDelegate(self.hits)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(
            translate("Search", "Hits; Return plays one, the right arrow shows more of it")
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A hand over what plays."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_hit = isinstance(index.data(ROW_ROLE), HitEntry) if index.isValid() else False
        shape = Qt.CursorShape.PointingHandCursor if is_hit else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Letters are no search in the list: they belong to whoever has a key for them."""
        if event.text() and event.text().isalnum():
            event.ignore()
        else:
            super().keyPressEvent(event)


class SearchPage(SearchPlace):
    """Shows what is found for a query, how many, in what order. GUI thread only.

    The query is typed elsewhere; `show_query` tells it. Answers come from threads of the search's
    own, and pages, facets, words and files from the lanes ``gui-search…``.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked = Asked(query="")
        self._found: Found | None = None
        self._better: Found | None = None  # not shown, for somebody reads
        self._last: HitEntry | None = None
        self._is_grouped = True
        self._indexing = self._silent = ""
        self._zone: tzinfo | None = datetime.now(UTC).astimezone().tzinfo
        progress = Latest(desk.bridge, self.show_indexing)
        self._searching = Searching(
            desk.archive,
            lambda answer: desk.bridge.send(lambda: self._on_answer(answer)),
            lambda done, total: progress.put(search.indexing(done, total)),
        )
        self._spreads = Spreading(desk.archive)
        self._asking = desk.lane("search", newest_only=True)
        self._paging = desk.lane("search-pages", newest_only=True)
        self._spreading = desk.lane("search-facets", newest_only=True)
        self._completing = desk.lane("search-words", newest_only=True)
        self._doing = desk.lane("search-orders")
        self._completer: WordCompleter | None = None

    def making(self) -> Iterator[None]:
        """See `Place.making`."""
        self._make_parts()
        yield
        self._make_acts()
        self._lay_out()
        yield
        self._connect()
        self._on_rows(self._desk.rows)
        self._read_kept()

    # --- being a place -------------------------------------------------------------------------

    def show_query(self, query: str) -> None:
        """Search for words as they are typed; empty: nothing is searched any more."""
        session = self._asked.session if query.startswith(self._asked.query or "\0") else ""
        self._ask(replace(self._asked, query=query, session=session))

    def complete(self, field: QLineEdit) -> None:
        """Offer words of the archive where the query is typed."""
        self._completer = WordCompleter(field, self)
        self._completer.asked.connect(self._on_words_asked)
        self._completer.chosen.connect(self.search_asked)
        down = QShortcut(QKeySequence("Down"), field)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._take_keys)

    @Slot()
    def _take_keys(self) -> None:
        """From where the query is typed, down to the hits."""
        hits = self.model.rowCount()
        if not self.isVisible() or not hits:
            return
        if not self.view.currentIndex().isValid():
            places = (self.model.index(place) for place in range(hits))
            first = (each for each in places if isinstance(each.data(ROW_ROLE), HitEntry))
            self.view.setCurrentIndex(next(first, self.model.index(0)))
        self.view.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        """On another page no words are offered for a search."""
        super().hideEvent(event)
        if self._completer is not None:
            self._completer.hide()

    def close_work(self) -> None:
        """Answer nothing any more."""
        self._spreads.give_up()
        self._searching.leave()
        self._searching.rest()

    # --- asking --------------------------------------------------------------------------------

    def _ask(self, asked: Asked) -> None:
        self._asked = asked
        self._better = None
        self._facets_pause.stop()
        self._spreading.forget()
        self._spreads.give_up()
        zone, searching = self._zone, self._searching
        if asked.query.strip():
            self._asking.forget()
            if not searching.ask_at_once(asked, zone):
                self._asking.do(lambda: searching.ask(asked, zone), _nothing, self._on_failed)
            return
        searching.leave()
        self._asking.do(searching.rest, _nothing, self._on_failed)
        self._found = None
        self.heading.say(translate("Search", "Search"))
        self.model.show_entries(())
        self._show_values(())
        self._lists.setCurrentWidget(self.teaching)
        self._show_footer()
        self._on_current()

    def _on_answer(self, answer: Found | Failed) -> None:
        if isinstance(answer, Failed):
            if answer.asked == self._asked:
                self.notice.say(answer.message)
        elif answer.question == self._asked:
            self._take(answer)

    def _take(self, found: Found) -> None:
        self.show_found(found)
        self._facets_pause.start()

    def show_found(self, found: Found) -> None:
        """Show an answer, or a better one to the same question.

        Rows that somebody reads or has scrolled to stay where they are; a button brings the others.
        """
        self.notice.clear()
        before = self._found
        if before is not None and before.asked == found.asked and _goes_on(before, found):
            self._found = replace(found, hits=before.hits, next_page=before.next_page)
            self._show_footer()
            return
        if self._found is not None and self._is_read(self._found, found):
            self._better = found
            self._found = replace(self._found, count=found.count, notes=found.notes)
            self.better.say(translate("Search", "Show {order}").format(order=_order_of(found)))
            self.better.show()
            self._show_footer()
            return
        self._show(found)

    def show_indexing(self, sentence: str) -> None:
        """Say how far the index is that is made meanwhile; empty when it is complete."""
        self._indexing = sentence
        self._show_footer()

    def _is_read(self, before: Found, found: Found) -> bool:
        """Whether other rows would come under the eyes of somebody who reads these."""
        if found.asked != before.asked or not before.hits:
            return False
        is_scrolled = self.view.verticalScrollBar().value() > 0
        return is_scrolled or self.view.currentIndex().isValid() or self.view.underMouse()

    def _show(self, found: Found) -> None:
        bar = self.view.verticalScrollBar()
        is_same_question = self._found is not None and self._found.asked == found.asked
        at = bar.value() if is_same_question else 0
        self._found, self._better = found, None
        self.better.hide()
        self.heading.say(f"“{self._asked.query or found.asked.query}”")
        self._show_hits(found)
        self.view.doItemsLayout()  # or there is nothing to scroll yet
        bar.setValue(at)
        self._lists.setCurrentWidget(self.view if found.hits else self.nothing)
        self._show_nothing(found)
        self._show_side()
        self._show_footer()
        self._on_current()

    def _show_hits(self, found: Found) -> None:
        self.view.hits.is_flat = not self._is_grouped
        entries = tuple(arranged(found.hits, grouped=self._is_grouped))
        self.model.show_entries(entries, has_more=bool(found.next_page))
        self._last = _last_of(entries)

    def _show_nothing(self, found: Found) -> None:
        meant = found.suggestion
        self.nothing.sentence.setText(
            translate("Search", "Did you mean “{words}”?").format(words=meant)
            if meant
            else " ".join(found.notes) or _hint()
        )
        self.nothing.button.say(
            translate("Search", "Search for it")
            if meant
            else translate("Search", "Clear the search")
        )

    def _show_footer(self) -> None:
        found = self._found
        parts: tuple[str, ...] = (self._indexing,)
        if found is not None:
            parts = (found.footer, *found.notes, self._indexing, self._silent)
        quietly(self.footer.setText, self.footer.text(), " · ".join(part for part in parts if part))
        has_hits = found is not None and bool(found.hits)
        for button in (self.group, self.export_results):
            button.setEnabled(has_hits)
        for button in (self.sort, self.group, self.keep, self.export_results):
            button.setVisible(found is not None)

    @Slot()
    def _on_more(self) -> None:
        """The end of the list comes into sight."""
        found, archive, zone = self._found, self._desk.archive, self._zone
        if found is not None and found.next_page:
            self._paging.do(
                lambda: search.page_after(archive, found, zone),
                lambda page: self._on_page(found, page),
                self._on_failed,
            )

    def _on_page(self, before: Found, page: Found) -> None:
        found = self._found
        if found is None or found.asked != before.asked or found.next_page != before.next_page:
            return
        self._found = found.and_then(page)
        entries = tuple(arranged(page.hits, grouped=self._is_grouped, after=self._last))
        self.model.append(entries, has_more=bool(page.next_page))
        self._last = _last_of(entries) or self._last

    @Slot()
    def _on_better(self) -> None:
        if self._better is not None:
            self.view.scrollToTop()
            self._show(self._better)

    @Slot(object)
    def _on_failed(self, error: AircheckError) -> None:
        self.notice.say(Message.of(error))

    # --- narrowing, sorting, completing --------------------------------------------------------

    @Slot()
    def _spread(self) -> None:
        """Count how what is found is spread, once it stands still."""
        found, spreading, zone = self._found, self._spreads, self._zone
        if found is not None:
            self._spreading.do(
                lambda: spreading.spread(found.asked, zone),
                self._show_values,
                self._on_failed,
            )

    def _show_values(self, values: tuple[Value, ...]) -> None:
        self.narrowing.show_values(values)
        self._show_side()

    @Slot(object, str)
    def _on_narrowed(self, field: Field, value: str) -> None:
        self.search_asked.emit(search.narrowed(self._asked.query, field, value))

    @Slot(str)
    def _on_words_asked(self, beginning: str) -> None:
        archive, completer = self._desk.archive, self._completer
        if completer is not None:
            self._completing.do(
                lambda: search.completions(archive, beginning),
                lambda found: completer.offer(beginning, found),
                _ignored,
            )

    @Slot()
    def _fill_sort_menu(self) -> None:
        menu = self.sort.menu()
        menu.clear()
        for order in Sorted:
            action = menu.addAction(order.word.capitalize())
            action.setCheckable(True)
            action.setChecked(order is self._asked.order)
            action.triggered.connect(lambda _=False, order=order: self._sort_by(order))

    def _sort_by(self, order: Sorted) -> None:
        self.sort.say(order.word.capitalize())
        self._ask(replace(self._asked, order=order))

    @Slot(bool)
    def _on_group(self, is_grouped: bool) -> None:  # noqa: FBT001 (Qt's signal)
        self._is_grouped = is_grouped
        if self._found is not None:
            self.view.clearSelection()
            self._show_hits(self._found)
            self.view.doItemsLayout()
            self._on_current()

    # --- kept searches -------------------------------------------------------------------------

    def _read_kept(self) -> None:
        archive = self._desk.archive
        self._doing.do(lambda: search.kept(archive), self._show_searches, self._on_failed)

    def _show_searches(self, searches: tuple[Saved, ...]) -> None:
        self.narrowing.show_searches(searches)
        self._show_side()

    def _change_kept(self, work: Callable[[], None]) -> None:
        self._doing.do(work, lambda _done: self._read_kept(), self._on_failed)

    @Slot()
    def _on_keep(self) -> None:
        archive, asked = self._desk.archive, self._asked
        self.prompt.ask_text(
            translate("Search", "Name of this search"),
            translate("Search", "Keep"),
            lambda name: self._change_kept(lambda: search.keep(archive, name, asked)),
            text=asked.query,
        )

    @Slot(object)
    def _on_kept(self, asked: Asked) -> None:
        self.sort.say(asked.order.word.capitalize())
        self._ask(asked)
        self.search_asked.emit(asked.query)

    @Slot(str)
    def _on_rename_kept(self, name: str) -> None:
        archive = self._desk.archive
        self.prompt.ask_text(
            translate("Search", "Name of this search"),
            translate("Search", "Rename"),
            lambda new: self._change_kept(lambda: search.rename(archive, name, new)),
            text=name,
        )

    @Slot(str)
    def _on_forget_kept(self, name: str) -> None:
        archive = self._desk.archive
        self._change_kept(lambda: search.forget(archive, name))

    # --- what can be done with a hit -----------------------------------------------------------

    def _current(self) -> HitEntry | None:
        entry = self.view.currentIndex().data(ROW_ROLE)
        return entry if isinstance(entry, HitEntry) else None

    @Slot()
    def _on_current(self) -> None:
        hit = self._current()
        self.acts.setVisible(hit is not None and not self.prompt.is_asking)
        for act in (self.play, self.context, self.quote, self.clip, self.open, self.copy_link):
            act.setEnabled(hit is not None)
        if hit is not None:
            self.acts.text.say(f"{words.clock(hit.start_s)}  {hit.title}")

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        entry = index.data(ROW_ROLE)
        if isinstance(entry, HitEntry):
            self._play(entry)
        elif isinstance(entry, HeadEntry):
            self._open(entry.session, None)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        entry = index.data(ROW_ROLE)
        if isinstance(entry, HitEntry):
            self._open(entry.session, entry.start_s)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        """Return; a double click was a click already."""
        if self.view.hasFocus() and not QGuiApplication.mouseButtons():
            self._on_clicked(index)

    def _play(self, hit: HitEntry) -> None:
        self._with_folder(
            hit.session, lambda folder: self.play_asked.emit(folder, float(hit.start_s))
        )

    def _open(self, session: SessionId, at_s: float | None) -> None:
        if at_s is None:
            self._with_folder(session, self.session_asked.emit)
        else:
            self._with_folder(session, lambda folder: self.moment_asked.emit(folder, float(at_s)))

    def _on_play(self) -> None:
        hit = self._current()
        if hit is not None:
            self._play(hit)

    def _on_open(self) -> None:
        hit = self._current()
        if hit is not None:
            self._open(hit.session, hit.start_s)

    def _on_context(self) -> None:
        index = self.view.currentIndex()
        if self._current() is not None:
            self.model.turn_context(index)
            self.view.doItemsLayout()
            self.view.scrollTo(index)

    def _on_quote(self) -> None:
        hit = self._current()
        if hit is not None:
            self._with_folder(hit.session, lambda folder: self._quote(folder, hit))

    def _quote(self, folder: SessionFolder, hit: HitEntry) -> None:
        def cite() -> str:
            from transcribe import quotes  # noqa: PLC0415 (not before somebody quotes)

            return quotes.quote(folder, hit.start_s, hit.end_s).citation()

        self._doing.do(cite, self._on_cited, self._on_failed)

    def _on_cited(self, citation: str) -> None:
        QGuiApplication.clipboard().setText(citation)
        self._tell(translate("Search", "The quote is copied, with all that is needed to check it."))

    def _on_clip(self) -> None:
        hit = self._current()
        if hit is not None:
            from_s, to_s = float(hit.start_s), float(hit.end_s)
            ends_at_s = to_s if to_s > from_s else None  # of a marker nobody knows yet
            self._with_folder(
                hit.session,
                lambda folder: self.export_asked.emit(
                    Wanted(folders=(folder,), from_s=from_s, to_s=ends_at_s)
                ),
            )

    def _on_copy_link(self) -> None:
        hit = self._current()
        if hit is not None:
            QGuiApplication.clipboard().setText(hit.link)
            self._tell(translate("Search", "The link is copied."))

    def _with_folder(self, session: SessionId, then: Callable[[SessionFolder], None]) -> None:
        """Do something with the session of a hit; say so where it is gone by now."""
        for row in self._desk.rows:
            if row.summary.id == session:
                then(SessionFolder(row.summary.folder))
                return
        archive = self._desk.archive  # whose rows may not all be read yet
        self._doing.do(lambda: archive.find(session), then, self._on_gone)

    def _on_gone(self, error: AircheckError) -> None:
        if not isinstance(error, SessionNotFound):
            self._on_failed(error)
            return
        self.notice.say(
            Message(
                happened=translate("Search", "This session is not in the archive any more."),
                next=translate("Search", "Search again."),
            )
        )

    def _tell(self, sentence: str) -> None:
        self.told.setText(sentence)
        self.told.show()
        self._telling.start()

    @Slot(QPoint)
    def _on_menu(self, at: QPoint) -> None:
        self.fill_menu()
        if self._current() is not None:
            self.menu.popup(self.view.viewport().mapToGlobal(at))

    def fill_menu(self) -> None:
        """Put what can be done with the hit into the menu."""
        self.menu.clear()
        self.menu.addActions(
            [
                act.draw()
                for act in (
                    self.play, self.open, self.context, self.quote, self.clip, self.copy_link,
                )
            ]
        )  # fmt: skip

    # --- all hits as a file --------------------------------------------------------------------

    def _choose_file(self, suffix: str) -> None:
        """Let people choose where to; nothing waits for them meanwhile."""
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self, translate("Search", "All hits as a file"), place)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{translate('Search', 'hits')}.{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.write_all(Path(name)))
        dialog.setModal(False)
        dialog.show()

    def write_all(self, path: Path) -> None:
        """Write all hits into a file, beside the window: CSV, or JSON where its name ends so."""
        archive, asked, zone, found = self._desk.archive, self._asked, self._zone, self._found
        if found is not None and found.question == asked:
            asked = found.asked  # which may be wider

        def written(count: int) -> None:
            self._tell(
                translate("Search", "%n hit(s) written to {file}.", n=count).format(file=path)
            )

        self._doing.do(
            lambda: search.write_all(archive, asked, path, zone), written, self._on_failed
        )

    # --- putting together ----------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Make a menu of the side where there is little room."""
        super().resizeEvent(event)
        self._show_side()

    def _show_side(self) -> None:
        """The side stands beside hits and where it has something to choose, and nowhere else."""
        has_room = self.width() >= tokens.PAGE_WITH_SHELVES_WIDTH
        has_hits = self._found is not None and bool(self._found.hits)
        is_wanted = has_hits or not self.narrowing.is_empty
        self.narrowing.setVisible(has_room and is_wanted)
        self.narrow_button.setVisible(not has_room and is_wanted)
        for button in (self.sort, self.group, self.keep, self.export_results):
            button.show_word(is_shown=has_room)

    @Slot(object)
    def _on_rows(self, rows: tuple[Row, ...]) -> None:
        self._silent = words.untranscribed(sum(row.is_silent for row in rows))
        self._show_footer()

    @Slot()
    def _on_nothing(self) -> None:
        if self._found is not None and self._found.suggestion:
            self.search_asked.emit(self._found.suggestion)
        else:
            self.cleared.emit()

    @Slot()
    def _on_teaching(self) -> None:
        if self._completer is not None:
            self._completer.field.setFocus()

    def _make_parts(self) -> None:
        self.model = HitsModel()
        self.model.setParent(self)
        self.view: HitsView = HitsView(self.model)
        self.narrowing: Narrowing = Narrowing()
        self.notice: Notice = Notice()
        self.prompt: Prompt = Prompt()
        self.heading: Text = Text("title")
        self.heading.say(translate("Search", "Search"))
        self.footer = label("note")
        self.footer.setWordWrap(True)
        self.told = label("note")
        self.told.setWordWrap(True)
        self.told.hide()
        self.better: Button = Button(translate("Search", "Show the better order"))
        self.better.hide()
        self.sort: Button = menu_button(Sorted.BEST.word.capitalize(), "arrow-up-down")
        self.narrow_button: Button = menu_button("", "list-filter")
        self.narrow_button.setAccessibleName(translate("Search", "Narrow the search"))
        self.narrow_button.setToolTip(self.narrow_button.accessibleName())
        self.group: Button = Button(translate("Search", "By session"), "layers")
        self.group.setCheckable(True)
        self.group.setChecked(True)
        self.keep: Button = Button(translate("Search", "Keep"), "star")
        self.keep.setToolTip(translate("Search", "Keep this search"))
        self.export_results: Button = menu_button(translate("Search", "Export"), "file-output")
        self.export_results.setToolTip(translate("Search", "All hits as a file"))
        for words_, suffix in (
            (translate("Search", "Table (CSV)…"), "csv"),
            (translate("Search", "For programs (JSON)…"), "json"),
        ):
            action = self.export_results.menu().addAction(words_)
            action.triggered.connect(lambda _=False, suffix=suffix: self._choose_file(suffix))
        self.nothing = Teaching(
            "search",
            translate("Search", "Nothing found"),
            _hint(),
            translate("Search", "Clear the search"),
        )
        self.teaching = Teaching(
            "search",
            translate("Search", "Search what was said"),
            translate(
                "Search",
                "Type words above. “In quotes” finds them just so, and speaker: tag: source: "
                "from: to: narrow it.",
            ),
            translate("Search", "Begin"),
        )
        self.menu = QMenu(self)
        self._facets_pause, self._telling = QTimer(self), QTimer(self)
        for timer, pause_ms in (
            (self._facets_pause, tokens.FACETS_PAUSE_MS),
            (self._telling, tokens.TOLD_MS),
        ):
            timer.setSingleShot(True)
            timer.setInterval(pause_ms)

    def _make_acts(self) -> None:
        def act(words_: str, icon: str, key: str, then: Callable[[], None]) -> Act:
            return Act(self.view, words_, icon, key, then)

        self.play = act(translate("Search", "Play"), "play", "Space", self._on_play)
        self.open = act(
            translate("Search", "Open the session there"), "file-audio", "Ctrl+Return",
            self._on_open,
        )  # fmt: skip
        self.context = act(
            translate("Search", "Before and after"), "ellipsis", "Right", self._on_context
        )
        self.quote = act(translate("Search", "Quote"), "quote", "Ctrl+C", self._on_quote)
        self.clip = act(translate("Search", "Clip…"), "scissors", "Ctrl+E", self._on_clip)
        self.copy_link = act(
            translate("Search", "Copy link"), "link", "Ctrl+Shift+C", self._on_copy_link
        )
        self.acts: ActBar = ActBar(
            (self.play, self.context, self.quote, self.clip, self.open),
            least_width=tokens.ACTS_WITH_WORDS_WIDTH,
        )
        self._on_current()

    def _connect(self) -> None:
        self._desk.rows_changed.connect(self._on_rows)
        self.model.more_asked.connect(self._on_more)
        self.view.clicked.connect(self._on_clicked)
        self.view.doubleClicked.connect(self._on_double_clicked)
        self.view.activated.connect(self._on_activated)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.model.modelReset.connect(self._on_current)
        self.prompt.changed.connect(self._on_current)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.better.clicked.connect(self._on_better)
        self.group.toggled.connect(self._on_group)
        self.keep.clicked.connect(self._on_keep)
        self.sort.menu().aboutToShow.connect(self._fill_sort_menu)
        self.narrow_button.setMenu(self.narrowing.as_menu(self))
        self.narrowing.narrowed.connect(self._on_narrowed)
        self.narrowing.searched.connect(self._on_kept)
        self.narrowing.rename_asked.connect(self._on_rename_kept)
        self.narrowing.forget_asked.connect(self._on_forget_kept)
        self.nothing.button.clicked.connect(self._on_nothing)
        self.teaching.button.clicked.connect(self._on_teaching)
        self._facets_pause.timeout.connect(self._spread)
        self._telling.timeout.connect(self.told.hide)

    def _lay_out(self) -> None:
        edge = tokens.SPACE_XL
        layout = QHBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_L)
        layout.addWidget(self.narrowing)
        main = QVBoxLayout()
        main.setSpacing(tokens.SPACE_S)
        layout.addLayout(main, 1)
        head = QHBoxLayout()
        head.setSpacing(tokens.SPACE_S)
        head.addWidget(self.heading, 1)
        for button in (self.narrow_button, self.sort, self.group, self.keep, self.export_results):
            head.addWidget(button)
        foot = QHBoxLayout()
        foot.addWidget(self.footer, 1)
        foot.addWidget(self.better)
        main.addLayout(head)
        main.addWidget(self.notice)
        self._lists = QStackedLayout()
        main.addLayout(self._lists, 1)
        for page in (self.teaching, self.view, self.nothing):
            self._lists.addWidget(page)  # into the page: what has no parent flashes as a window
        main.addWidget(self.told)
        main.addWidget(self.prompt)
        main.addWidget(self.acts)
        main.addLayout(foot)
        self._show_footer()


def _hint() -> str:
    return translate(
        "Search", "Try fewer words, the beginning of a word with *, or OR between two words."
    )


def _goes_on(before: Found, found: Found) -> bool:
    """Whether what is shown begins with these hits already."""
    return bool(found.hits) and before.hits[: len(found.hits)] == found.hits


def _order_of(found: Found) -> str:
    return Sorted(found.order).word


def _last_of(entries: tuple[HeadEntry | HitEntry, ...]) -> HitEntry | None:
    last = entries[-1] if entries else None
    return last if isinstance(last, HitEntry) else None


def _nothing(_result: object) -> None:
    """What follows where nothing has to."""


def _ignored(_error: AircheckError) -> None:
    """Words that can't be offered are missed by nobody."""
