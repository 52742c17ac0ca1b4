"""The library: all sessions as in a programme guide, found, sorted, put in order, thrown away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import shelf
from app.gui import tokens
from app.gui.acts import Act, ActBar, menu_button
from app.gui.chips import FilterChips
from app.gui.desk import Desk
from app.gui.guide import GuideView, SessionsMime
from app.gui.models import ROW_ROLE
from app.gui.place import Place
from app.gui.presenters import browsing, keeping
from app.gui.presenters.browsing import Asked, Listing, Sort, folders_of
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.keeping import Done, HandingOut
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.presenters.words import Message, one_line
from app.gui.prompt import Prompt
from app.gui.shelves import ALL, TRASH, On, Shelf, Shelves, shelves_of
from app.gui.taking import TakingIn, local_paths
from app.gui.thumbnails import Thumbnails
from app.gui.widgets import Button, Notice, Teaching, Text, label, quietly
from app.shelf import Collection, Filter
from recorder import trash
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.trash import Trashed
from recorder.types import SessionId


class LibraryPage(Place):
    """All sessions, and what can be done with many of them at once. GUI thread only.

    Reading, filtering and changing happen on the lanes ``gui-guide…``.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked = Asked()
        self._shelf = ALL
        self._listing: Listing | None = None
        self._counted: tuple[Row, ...] = ()  # the rows of that
        self._trashed: tuple[Trashed, ...] = ()
        self._collections: tuple[Collection, ...] = ()
        self._live: dict[Path, Live] = {}
        self._is_shown = self._is_stale = False
        self._handing = HandingOut()
        self._thrown: tuple[SessionId, ...] = ()
        self._browsing = desk.lane("guide", newest_only=True)
        self._changing = desk.lane("guide-changes")
        self._copying = desk.lane("guide-copies")
        self.thumbnails = Thumbnails(
            desk.lane("guide-waves", newest_only=True), desk.lane("guide-peaks")
        )
        self.thumbnails.setParent(self)

    def making(self) -> Iterator[None]:
        """See `Place.making`."""
        self._make_parts()
        yield
        self._make_acts()
        yield
        self._lay_out()
        yield
        self._connect()
        self.setAcceptDrops(True)
        self._refresh()

    # --- being a place -------------------------------------------------------------------------

    def enter(self) -> None:
        """Show the newest state of everything."""
        self._is_shown = True
        self._refresh()
        self.view.setFocus()

    def leave(self) -> None:
        """Rest until it is shown again."""
        self._is_shown = False

    def close_work(self) -> None:
        """Leave nothing behind."""
        self.importing.close_work()
        self._handing.close()

    # --- listing -------------------------------------------------------------------------------

    @Slot(object)
    def _on_rows(self, _rows: tuple[Row, ...]) -> None:
        if self._is_shown or self._listing is None:
            self._refresh()

    @Slot(object)
    def _on_live(self, sessions: tuple[Live, ...]) -> None:
        before, self._live = self._live, {live.key: live for live in sessions}
        self.thumbnails.allow_making(may_make=not sessions)
        if self._is_shown and self._shelf is not TRASH:
            for path in before.keys() | self._live.keys():
                row = self.view.guide.place_of(path).data(ROW_ROLE)
                if isinstance(row, Row):
                    self.view.guide.show_row(self._as_now(row))

    def _refresh(self) -> None:
        """List again, beside the window."""
        rows, asked, archive = self._desk.rows, self._asked, self._desk.archive
        is_counted = self._listing is not None and rows is self._counted
        known = self._listing.spread if self._listing and is_counted else None
        before = self._collections

        def browse() -> tuple[Listing, tuple[Collection, ...], tuple[Trashed, ...]]:
            kept = tuple(shelf.collections(archive.root))
            counted = known if kept == before else None
            listing = browsing.browse(rows, asked, kept, counted)
            return listing, kept, tuple(trash.listed(archive))

        def show(found: tuple[Listing, tuple[Collection, ...], tuple[Trashed, ...]]) -> None:
            self._counted = rows
            self._show(*found)

        self._browsing.do(browse, show, self._on_failed)

    def _show(
        self, listing: Listing, kept: tuple[Collection, ...], trashed: tuple[Trashed, ...]
    ) -> None:
        self._listing, self._collections = listing, kept
        if self._shelf is TRASH and not trashed:
            self._turn_to(ALL)
            return
        if trashed != self._trashed:
            self._trashed = trashed
            self._is_stale = True
        self.shelves.show_shelves(
            shelves_of(listing.spread, listing.total, len(trashed)), self._shelf
        )
        self.chips.offer(listing.spread)
        if self._shelf is TRASH:
            self._show_trash()
        else:
            self.view.show_rows(
                tuple(map(self._as_now, listing.rows)) if self._live else listing.rows
            )
        self._show_words()

    def _show_trash(self) -> None:
        """What is in the trash, read beside the window when it changed."""
        if self._is_stale:
            self._is_stale = False
            trashed = self._trashed
            self._changing.do(
                lambda: tuple(map(browsing.trashed_row, trashed)),
                self._on_trash_read,
                self._on_failed,
            )

    def _on_trash_read(self, rows: tuple[Row, ...]) -> None:
        if self._shelf is TRASH:
            self.view.show_rows(rows)
            self._show_words()

    def _show_words(self) -> None:
        """Heading, counts, what an empty list says, and what can be done."""
        listing, is_trash = self._listing, self._shelf is TRASH
        self.heading.say(self._shelf.title)
        count = len(self._trashed)
        told = translate("Library", "%n session(s)", n=count) if is_trash else ""
        quietly(
            self.count.setText,
            self.count.text(),
            told or (listing.sentence if listing else ""),
        )
        self.sort.setEnabled(listing is not None and bool(listing.total))
        self.sort.setVisible(not is_trash)
        self.empty_trash.setVisible(is_trash)
        self._show_emptiness()
        self._on_chosen()

    def _show_emptiness(self) -> None:
        rows, listing = self.view.guide.rowCount(), self._listing
        is_known = listing is not None and (bool(listing.total) or self._desk.has_looked)
        if rows or self._shelf is TRASH or listing is None or not is_known:
            self._show_list()
        elif not listing.total:
            self._lists.setCurrentWidget(self.empty)
        else:
            self._lists.setCurrentWidget(self.nothing)

    def _as_now(self, row: Row) -> Row:
        """What its recorder says goes before what the archive shows."""
        live = self._live.get(row.summary.folder)
        return row.with_live(live) if live else row

    def _ask(self, asked: Asked) -> None:
        self._asked = asked
        self.chips.show_filter(asked.filter)
        if self.field.text().strip() != asked.filter.text:
            self.field.setText(asked.filter.text)
        self._refresh()

    @Slot(object)
    def _on_filter(self, chosen: Filter) -> None:
        if not chosen.tags and self._shelf.on is On.TAG:
            self._shelf = ALL
        self._ask(replace(self._asked, filter=chosen))

    @Slot()
    def _on_field(self) -> None:
        text = " ".join(self.field.text().split())
        if text != self._asked.filter.text:
            self._ask(replace(self._asked, filter=replace(self._asked.filter, text=text)))

    @Slot(object)
    def _turn_to(self, chosen: Shelf) -> None:
        """Show another shelf."""
        self._shelf = TRASH if chosen.on is On.TRASH else chosen
        self._is_stale = True
        self.view.clearSelection()
        tags = (chosen.name,) if chosen.on is On.TAG else ()
        self._ask(
            replace(
                self._asked,
                filter=replace(self._asked.filter, tags=tags),
                collection=chosen.name if chosen.on is On.COLLECTION else "",
            )
        )

    def _show_list(self) -> None:
        """Show the list, and give it the keys back that what stood in its place had."""
        before = self._lists.currentWidget()
        focused = QApplication.focusWidget()
        had_keys = focused is not None and before is not None and before.isAncestorOf(focused)
        self._lists.setCurrentWidget(self.view)
        if had_keys:
            self.view.setFocus()

    # --- what is chosen ------------------------------------------------------------------------

    @Slot()
    def _on_chosen(self) -> None:
        """Offer what can be done with what is chosen."""
        rows, is_trash = self.view.chosen, self._shelf is TRASH
        is_empty = self._listing is not None and not self._listing.total
        is_low = self.height() < tokens.PAGE_LOW_HEIGHT and (bool(rows) or self.prompt.is_asking)
        self.chips.setVisible(not (is_trash or is_empty or is_low))
        has_room = bool(rows) and not self.prompt.is_asking
        self.acts.setVisible(has_room and not is_trash)
        self.trash_acts.setVisible(has_room and is_trash)
        told = browsing.chosen_sentence(rows) if rows else ""
        self.acts.text.say(told)
        self.trash_acts.text.say(told)
        for act, is_offered in (
            (self.open, len(rows) == 1),
            (self.rename, len(rows) == 1),
            (self.play, len(rows) == 1 and bool(rows[0].summary.duration_s)),
            (self.reveal, bool(rows)),
            (self.tag, bool(rows)),
            (self.host, bool(rows)),
            (self.collect, bool(rows)),
            (self.take_out, bool(rows) and self._is_list()),
            (self.copy_link, bool(rows)),
            (self.transcribe, any(map(browsing.may_transcribe, rows))),
            (self.export, any(map(browsing.may_export, rows))),
            (self.throw_away, any(map(browsing.may_trash, rows))),
        ):
            act.setEnabled(is_offered and not is_trash)
        self.take_out.setVisible(self._is_list())
        for act in (self.bring_back, self.delete):
            act.setEnabled(bool(rows) and is_trash)

    def _is_list(self) -> bool:
        """Whether a collection is shown that sessions can be taken out of."""
        return self._shelf.on is On.COLLECTION and any(
            each.name == self._shelf.name and each.filter is None for each in self._collections
        )

    def _chosen_folders(self) -> tuple[SessionFolder, ...]:
        return folders_of(self.view.chosen)

    def _change(self, work: Callable[[], Done], then: Callable[[Done], None] | None = None) -> None:
        """Change sessions beside the window; then say what could not be done."""

        def done(result: Done) -> None:
            if result.message is not None:
                self.notice.say(result.message)
            self._desk.look_now()
            self._refresh()
            if then is not None:
                then(result)

        if not self._changing.do(work, done, self._on_failed):
            self.notice.say(
                Message(
                    happened=translate("Library", "Too much is being changed at once."),
                    next=translate("Library", "Try again in a moment."),
                )
            )

    def _keep(self, work: Callable[[], object]) -> None:
        """Change the collections beside the window."""

        def kept() -> Done:
            work()
            return Done(sessions=())

        self._change(kept)

    @Slot(object)
    def _on_failed(self, error: AircheckError) -> None:
        self.notice.say(Message.of(error))

    @Slot(object)
    def _on_opened(self, row: Row) -> None:
        if self._shelf is TRASH:
            self._on_bring_back()
        else:
            self.session_asked.emit(SessionFolder(row.summary.folder))

    @Slot(object)
    def _on_played(self, row: Row) -> None:
        if self._shelf is not TRASH and row.summary.duration_s:
            self.play_asked.emit(SessionFolder(row.summary.folder), 0.0)

    def _on_open(self) -> None:
        for row in self.view.chosen[:1]:
            self._on_opened(row)

    def _on_play(self) -> None:
        for row in self.view.chosen[:1]:
            self._on_played(row)

    def _on_tag(self) -> None:
        folders = self._chosen_folders()
        spread = self._listing.spread if self._listing else browsing.Spread()

        def then(text: str) -> None:
            tags = browsing.tags_of(text)
            if tags:
                self._change(lambda: keeping.tag(folders, tags))

        self.prompt.ask_text(
            translate("Library", "Tags for %n session(s), separated by commas", n=len(folders)),
            translate("Library", "Tag"),
            then,
            known=tuple(each.value for each in spread.tags),
        )

    def _on_host(self) -> None:
        folders, rows = self._chosen_folders(), self.view.chosen
        hosts = {row.summary.host for row in rows}
        self.prompt.ask_text(
            translate("Library", "Host of %n session(s)", n=len(folders)),
            translate("Library", "Set"),
            lambda text: self._change(lambda: keeping.set_host(folders, text)),
            text=hosts.pop() if len(hosts) == 1 else "",
            known=tuple(sorted({row.summary.host for row in self._desk.rows if row.summary.host})),
        )

    def _on_rename(self) -> None:
        folders, rows = self._chosen_folders(), self.view.chosen

        def then(text: str) -> None:
            if text.strip():
                self._change(lambda: keeping.set_title(folders, text))

        self.prompt.ask_text(
            translate("Library", "Title of the session"),
            translate("Library", "Rename"),
            then,
            text=rows[0].summary.title,
        )

    def _on_collect(self) -> None:
        ids = [row.summary.id for row in self.view.chosen]
        root = self._desk.archive.root
        self.prompt.ask_text(
            translate("Library", "Collection for %n session(s)", n=len(ids)),
            translate("Library", "Put in"),
            lambda name: self._keep(lambda: shelf.put(root, name, ids)),
            known=tuple(each.name for each in self._collections if each.filter is None),
        )

    def _on_take_out(self) -> None:
        ids, root, name = (
            [row.summary.id for row in self.view.chosen],
            self._desk.archive.root,
            self._shelf.name,
        )
        self._keep(lambda: shelf.take_out(root, name, ids))

    def _on_transcribe(self) -> None:
        rows = [row for row in self.view.chosen if browsing.may_transcribe(row)]
        self._desk.transcribe(*folders_of(rows))
        self._tell(translate("Library", "%n session(s) will be transcribed.", n=len(rows)))

    def _on_export(self) -> None:
        rows = [row for row in self.view.chosen if browsing.may_export(row)]
        self.export_asked.emit(Wanted(folders=folders_of(rows)))

    def _on_reveal(self) -> None:
        for folder in self._chosen_folders()[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder.path)))

    def _on_copy_link(self) -> None:
        links = [f"aircheck:{row.summary.id}" for row in self.view.chosen]
        QGuiApplication.clipboard().setText("\n".join(links))
        self._tell(translate("Library", "%n link(s) copied.", n=len(links)))

    def _tell(self, sentence: str) -> None:
        quietly(self.told.setText, self.told.text(), sentence)
        self.told.show()
        self._telling.start()

    # --- the trash -----------------------------------------------------------------------------

    def _on_throw_away(self) -> None:
        folders = folders_of(row for row in self.view.chosen if browsing.may_trash(row))
        archive = self._desk.archive
        self._change(lambda: keeping.throw_away(archive, folders), self._on_thrown_away)

    def _on_thrown_away(self, done: Done) -> None:
        if done.sessions:
            self._thrown = done.sessions
            self.undo.setEnabled(True)
            self.prompt.ask(
                translate("Library", "%n session(s) in the trash.", n=len(done.sessions)),
                translate("Library", "Undo"),
                self._on_undo,
            )

    def _on_undo(self) -> None:
        sessions, self._thrown = self._thrown, ()
        self.undo.setEnabled(False)
        self.prompt.leave()
        self._restore(sessions)

    def _on_bring_back(self) -> None:
        self._restore(tuple(row.summary.id for row in self.view.chosen))

    def _restore(self, sessions: tuple[SessionId, ...]) -> None:
        archive = self._desk.archive
        if sessions:
            self._change(lambda: keeping.bring_back(archive, sessions))

    def _on_delete(self) -> None:
        self._ask_delete(tuple(row.summary.id for row in self.view.chosen))

    @Slot()
    def _on_empty_trash(self) -> None:
        self._ask_delete(tuple(each.id for each in self._trashed))

    def _ask_delete(self, sessions: tuple[SessionId, ...]) -> None:
        archive = self._desk.archive

        def delete() -> Done:
            return Done(sessions=tuple(each.id for each in keeping.delete(archive, sessions)))

        self.prompt.ask(
            translate(
                "Library",
                "Delete %n session(s) for good? The audio can't be had back.",
                n=len(sessions),
            ),
            translate("Library", "Delete for good"),
            lambda: self._change(delete),
        )

    # --- collections and tags ------------------------------------------------------------------

    @Slot()
    def _on_keep_filter(self) -> None:
        chosen, root = self._asked.filter, self._desk.archive.root
        self.prompt.ask_text(
            translate("Library", "Name of the collection of all that fits these filters"),
            translate("Library", "Keep"),
            lambda name: self._keep(
                lambda: shelf.keep(root, Collection(name=name.strip(), filter=chosen))
            ),
        )

    @Slot(object)
    def _on_rename_shelf(self, chosen: Shelf) -> None:
        root = self._desk.archive.root

        def then(name: str) -> None:
            self._keep(lambda: shelf.rename(root, chosen.name, name))
            if self._shelf.is_same == chosen.is_same:
                self._turn_to(Shelf(on=On.COLLECTION, name=name.strip()))

        self.prompt.ask_text(
            translate("Library", "Name of the collection"),
            translate("Library", "Rename"),
            then,
            text=chosen.name,
        )

    @Slot(object)
    def _on_remove_shelf(self, chosen: Shelf) -> None:
        root = self._desk.archive.root
        if self._shelf.is_same == chosen.is_same:
            self._turn_to(ALL)
        if chosen.on is On.COLLECTION:
            self._keep(lambda: shelf.remove(root, chosen.name))
            return
        has_it = Filter(tags=(chosen.name,))
        folders = folders_of(
            row for row in self._desk.rows if has_it.holds(row.summary, transcribed=False)
        )
        self._change(lambda: keeping.untag(folders, chosen.name))

    @Slot(object)
    def _on_search_shelf(self, chosen: Shelf) -> None:
        self.search_asked.emit(f'tag:"{one_line(chosen.name)}" ')

    @Slot(object, object)
    def _on_filled(self, chosen: Shelf, ids: tuple[str, ...]) -> None:
        """Sessions were dragged onto a shelf."""
        rows = [row for row in self._desk.rows if row.summary.id in set(ids)]
        root, archive = self._desk.archive.root, self._desk.archive
        match chosen.on:
            case On.COLLECTION:
                self._keep(lambda: shelf.put(root, chosen.name, map(SessionId, ids)))
            case On.TAG:
                self._change(lambda: keeping.tag(folders_of(rows), (chosen.name,)))
            case On.TRASH:
                folders = folders_of(filter(browsing.may_trash, rows))
                self._change(lambda: keeping.throw_away(archive, folders), self._on_thrown_away)

    # --- taking in and handing out -------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Files from elsewhere may be dropped anywhere on the page."""
        if event.source() is None and local_paths(event.mimeData()):
            event.acceptProposedAction()
            self.drop_hint.show()
            self.drop_hint.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 (Qt's name)
        """They went away again."""
        self.drop_hint.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """Take them in."""
        self.drop_hint.hide()
        event.acceptProposedAction()
        self.importing.take_in(local_paths(event.mimeData()))

    def _hand_out(self, rows: list[Row]) -> QMimeData:
        return SessionsMime(rows, self._handing, self._copying)

    # --- menus ---------------------------------------------------------------------------------

    @Slot(QPoint)
    def _on_menu(self, at: QPoint) -> None:
        if self.view.chosen:
            self.fill_menu()
            self.menu.popup(self.view.viewport().mapToGlobal(at))

    def fill_menu(self) -> None:
        """Put what can be done with what is chosen into the menu."""
        self.menu.clear()
        if self._shelf is TRASH:
            self.menu.addActions([self.bring_back.draw(), self.delete.draw()])
            return
        for group in (
            (self.open, self.play, self.reveal, self.copy_link),
            (self.tag, self.collect, self.take_out, self.host, self.rename),
            (self.transcribe, self.export),
            (self.throw_away,),
        ):
            self.menu.addActions([act.draw() for act in group])
            self.menu.addSeparator()

    @Slot()
    def _fill_shelf_menu(self) -> None:
        """The side as a menu, where there is no room for it."""
        menu = self.shelf_button.menu()
        menu.clear()
        spread = self._listing.spread if self._listing else browsing.Spread()
        total = self._listing.total if self._listing else 0
        for each in shelves_of(spread, total, len(self._trashed)):
            if each.on is On.HEADING:
                menu.addSeparator()
                continue
            text = one_line(each.title).replace("&", "&&")
            action = menu.addAction(f"{text}\t{each.count:,}")
            action.setCheckable(True)
            action.setChecked(each.is_same == self._shelf.is_same)
            action.triggered.connect(lambda _=False, each=each: self._turn_to(each))

    @Slot()
    def _fill_sort_menu(self) -> None:
        menu = self.sort.menu()
        menu.clear()
        for sort in Sort:
            action = menu.addAction(sort.word)
            action.setCheckable(True)
            action.setChecked(sort is self._asked.sort)
            action.triggered.connect(lambda _=False, sort=sort: self._sort_by(sort))

    def _sort_by(self, sort: Sort) -> None:
        self.sort.say(sort.word)
        self._ask(replace(self._asked, sort=sort))

    # --- putting together ----------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Make a menu of the side where there is little room."""
        super().resizeEvent(event)
        has_side = event.size().width() >= tokens.PAGE_WITH_SHELVES_WIDTH
        self.shelves.setVisible(has_side)
        self.shelf_button.setVisible(not has_side)
        for button in (self.sort, self.import_button, self.chips.keep, self.chips.clear):
            button.show_word(is_shown=has_side)
        self.drop_hint.setGeometry(self.rect())
        self._on_chosen()

    def _make_parts(self) -> None:
        self.shelves = Shelves()
        self.view = GuideView(self.thumbnails)
        self.view.guide.hand_out_by(self._hand_out)
        self.heading = Text("title")
        self.count = label("note")
        self.field = QLineEdit()
        self.field.setPlaceholderText(translate("Library", "Filter"))
        self.field.setAccessibleName(
            translate("Library", "Filter by title, host, source, tag, note or marker")
        )
        self.field.setToolTip(self.field.accessibleName())
        self.field.setClearButtonEnabled(True)
        self.field.setFixedSize(
            tokens.FILTER_FIELD_WIDTH, tokens.CONTROL_HEIGHT + 2 * tokens.BORDER
        )
        self.sort = menu_button(Sort.NEWEST.word, "arrow-up-down")
        self.shelf_button = menu_button("", "layers")
        self.shelf_button.setAccessibleName(translate("Library", "Collections and tags"))
        self.shelf_button.setToolTip(self.shelf_button.accessibleName())
        self.import_button = menu_button(translate("Library", "Import"), "import")
        self.empty_trash = Button(translate("Library", "Empty the trash"), "trash-2")
        self.chips = FilterChips(self.field)
        self.notice: Notice = Notice()
        self.prompt: Prompt = Prompt()
        self.told = label("note")
        self.told.hide()
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(tokens.TOLD_MS)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(tokens.FILTER_PAUSE_MS)
        self.menu = QMenu(self)
        self.importing: TakingIn = TakingIn(self._desk)
        self.empty = Teaching(
            "library",
            translate("Library", "No session yet"),
            translate(
                "Library",
                "Record one with the field above, or drop audio files, transcripts and whole "
                "folders here: all of it becomes searchable.",
            ),
            translate("Library", "Import files"),
        )
        self.nothing = Teaching(
            "list-filter",
            translate("Library", "Nothing fits"),
            translate("Library", "No session fits all of these filters."),
            translate("Library", "Clear the filters"),
        )
        self.drop_hint = label("drop", translate("Library", "Drop it to import it"))
        self.drop_hint.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _make_acts(self) -> None:
        def act(words_: str, icon: str, key: str, then: Callable[[], None]) -> Act:
            return Act(self, words_, icon, key, then)

        self.open = act(translate("Library", "Open"), "file-audio", "", self._on_open)
        self.play = act(translate("Library", "Play"), "play", "", self._on_play)
        self.tag = act(translate("Library", "Tag…"), "tag", "Ctrl+T", self._on_tag)
        self.collect = act(
            translate("Library", "Put in a collection…"), "folder-plus", "Ctrl+G", self._on_collect
        )
        self.take_out = act(
            translate("Library", "Take out of this collection"), "folder", "", self._on_take_out
        )
        self.host = act(translate("Library", "Set the host…"), "user", "Ctrl+H", self._on_host)
        self.rename = act(translate("Library", "Rename…"), "pencil", "F2", self._on_rename)
        self.transcribe = act(
            translate("Library", "Transcribe"), "captions", "Ctrl+R", self._on_transcribe
        )
        self.export = act(translate("Library", "Export…"), "file-output", "Ctrl+E", self._on_export)
        self.reveal = act(
            translate("Library", "Show in folder"), "folder-open", "Ctrl+Shift+O", self._on_reveal
        )
        self.copy_link = act(
            translate("Library", "Copy link"), "link", "Ctrl+Shift+C", self._on_copy_link
        )
        self.throw_away = act(
            translate("Library", "Move to the trash"), "trash-2", "Del", self._on_throw_away
        )
        self.undo = act(translate("Library", "Undo"), "undo-2", "Ctrl+Z", self._on_undo)
        self.undo.setEnabled(False)
        self.bring_back = act(
            translate("Library", "Bring back"), "archive-restore", "Ctrl+B", self._on_bring_back
        )
        self.delete = act(
            translate("Library", "Delete for good…"), "trash-2", "Shift+Del", self._on_delete
        )
        self.find_words = act(
            translate("Library", "Filter"), "list-filter", "Ctrl+F", self.field.setFocus
        )
        self.choose_files = act(
            translate("Library", "Import files…"), "import", "Ctrl+O", self.importing.choose_files
        )
        self.choose_folder = act(
            translate("Library", "Import a folder…"),
            "folder-open",
            "",
            self.importing.choose_folder,
        )
        self.acts = ActBar(
            (self.tag, self.collect, self.transcribe, self.export, self.throw_away),
            least_width=tokens.ACTS_WITH_WORDS_WIDTH,
        )
        self.trash_acts = ActBar((self.bring_back, self.delete), least_width=0)

    def _connect(self) -> None:
        desk = self._desk
        desk.rows_changed.connect(self._on_rows)
        desk.live_changed.connect(self._on_live)
        self.shelves.chosen.connect(self._turn_to)
        self.shelves.rename_asked.connect(self._on_rename_shelf)
        self.shelves.remove_asked.connect(self._on_remove_shelf)
        self.shelves.search_asked.connect(self._on_search_shelf)
        self.shelves.filled.connect(self._on_filled)
        self.view.opened.connect(self._on_opened)
        self.view.played.connect(self._on_played)
        self.view.chosen_changed.connect(self._on_chosen)
        self.prompt.changed.connect(self._on_chosen)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.field.textChanged.connect(self._typing.start)
        self.field.returnPressed.connect(self.view.setFocus)
        self._typing.timeout.connect(self._on_field)
        self._telling.timeout.connect(self.told.hide)
        self.chips.changed.connect(self._on_filter)
        self.chips.keep_asked.connect(self._on_keep_filter)
        self.sort.menu().aboutToShow.connect(self._fill_sort_menu)
        self.shelf_button.menu().aboutToShow.connect(self._fill_shelf_menu)
        self.import_button.menu().addActions([self.choose_files.draw(), self.choose_folder.draw()])
        self.empty_trash.clicked.connect(self._on_empty_trash)
        self.importing.told.connect(self.notice.say)
        self.importing.taken.connect(desk.look_now)
        self.empty.button.clicked.connect(self.importing.choose_files)
        self.nothing.button.clicked.connect(self._on_nothing)
        self._on_live(desk.live)

    @Slot()
    def _on_nothing(self) -> None:
        self._turn_to(ALL)
        self._on_filter(Filter())

    def _lay_out(self) -> None:
        edge = tokens.SPACE_XL
        layout = QHBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_L)
        layout.addWidget(self.shelves)
        main = QVBoxLayout()
        main.setSpacing(tokens.SPACE_S)
        layout.addLayout(main, 1)
        head = QHBoxLayout()
        head.setSpacing(tokens.SPACE_S)
        head.addWidget(self.heading, 1)
        head.addWidget(self.shelf_button)
        head.addWidget(self.sort)
        head.addWidget(self.empty_trash)
        head.addWidget(self.import_button)
        main.addLayout(head)
        main.addWidget(self.count)
        main.addWidget(self.chips)
        main.addWidget(self.notice)
        main.addWidget(self.importing)
        self._lists = QStackedLayout()
        main.addLayout(self._lists, 1)
        for each in (self.view, self.empty, self.nothing):
            self._lists.addWidget(each)  # into the page: what has no parent flashes as a window
        main.addWidget(self.told)
        main.addWidget(self.prompt)
        main.addWidget(self.acts)
        main.addWidget(self.trash_acts)
        self.drop_hint.setParent(self)
        self.drop_hint.hide()
