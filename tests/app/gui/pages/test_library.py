"""The library over real archives, driven as people drive it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import shelf
from app.gui.bridge import Bridge, Lane
from app.gui.guide import SessionsMime
from app.gui.models import ROW_ROLE
from app.gui.pages.library import LibraryPage
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.keeping import HandingOut
from app.gui.presenters.library import Row
from app.gui.shelves import ALL, TRASH, On, Shelf
from app.gui.window import Window
from app.settings import Settings
from app.shelf import Collection, Filter, Kind
from recorder import trash
from recorder.archive import Archive, SessionFolder
from tests.recorder.builders import build_session, encode, tone

Open = Callable[[], Window]
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def three(settings: Settings) -> list[SessionFolder]:
    return [
        build_session(settings.archive, title=title, source=f"https://{title.lower()}.example/x")
        for title in ("Alpha", "Beta", "Gamma")
    ]


@pytest.fixture
def library(
    qtbot: QtBot, open_it: Open, settings: Settings, three: list[SessionFolder]
) -> LibraryPage:
    return opened(qtbot, open_it(), 3)


def opened(qtbot: QtBot, window: Window, count: int) -> LibraryPage:
    window.turn_to("library")
    page = window.place("library")
    assert isinstance(page, LibraryPage)
    qtbot.waitUntil(lambda: page.view.guide.rowCount() == count, timeout=30_000)
    return page


def press(
    qtbot: QtBot, page: LibraryPage, key: Qt.Key, with_key: Qt.KeyboardModifier = NO_KEY
) -> None:
    """Press a key in the list, once the list is where keys go."""

    def has_focus() -> bool:
        page.window().activateWindow()
        page.view.setFocus()
        return page.view.hasFocus()

    qtbot.waitUntil(has_focus, timeout=30_000)
    qtbot.keyClick(page.view, key, with_key)


def titles(page: LibraryPage) -> list[str]:
    rows = (
        page.view.guide.index(place).data(ROW_ROLE) for place in range(page.view.guide.rowCount())
    )
    return sorted(row.summary.title for row in rows if isinstance(row, Row))


def choose(page: LibraryPage, *folders: SessionFolder) -> None:
    page.view.clearSelection()
    for folder in folders:
        index = page.view.guide.place_of(folder.path)
        assert index.isValid()
        page.view.selectionModel().select(index, page.view.selectionModel().SelectionFlag.Select)


def answer(page: LibraryPage, text: str = "") -> None:
    assert page.prompt.is_asking
    page.prompt.field.setText(text)
    page.prompt.answer.click()


def test_words_narrow_the_list_as_they_are_typed(qtbot: QtBot, library: LibraryPage) -> None:
    qtbot.keyClicks(library.field, "beta")
    qtbot.waitUntil(lambda: titles(library) == ["Beta"], timeout=30_000)
    assert library.count.text().startswith("1 of 3 sessions")
    library.field.setText("nothing like it")
    qtbot.waitUntil(library.nothing.isVisible, timeout=30_000)
    library.nothing.button.click()
    qtbot.waitUntil(lambda: len(titles(library)) == 3, timeout=30_000)
    assert library.field.text() == ""


def test_chips_narrow_the_list_and_are_kept_as_a_collection(
    qtbot: QtBot, library: LibraryPage, settings: Settings
) -> None:
    chip = library.chips.sources
    chip.menu().aboutToShow.emit()
    offered = {action.text(): action for action in chip.menu().actions()}
    offered["alpha.example\t1"].trigger()
    qtbot.waitUntil(lambda: titles(library) == ["Alpha"], timeout=30_000)
    assert chip.text() == "alpha.example"
    library.chips.keep.click()
    answer(library, "Firsts")
    qtbot.waitUntil(lambda: bool(shelf.collections(settings.archive)), timeout=30_000)
    (kept,) = shelf.collections(settings.archive)
    assert kept == Collection(name="Firsts", filter=Filter(sources=("alpha.example",)))
    library.chips.clear.click()
    qtbot.waitUntil(lambda: len(titles(library)) == 3, timeout=30_000)
    firsts = Shelf(on=On.COLLECTION, name="Firsts")
    qtbot.waitUntil(lambda: library.shelves.model.place_of(firsts).isValid(), timeout=30_000)
    library.shelves.view.setCurrentIndex(library.shelves.model.place_of(firsts))
    qtbot.waitUntil(lambda: titles(library) == ["Alpha"], timeout=30_000)


def test_many_are_tagged_at_once_and_the_tag_is_a_shelf(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    choose(library, *three[:2])
    assert library.acts.text.accessibleName().startswith("2 sessions")
    library.tag.trigger()
    answer(library, "News, farm")
    news = Shelf(on=On.TAG, name="News")
    qtbot.waitUntil(lambda: library.shelves.model.place_of(news).isValid(), timeout=30_000)
    tagged = [("News", "farm")] * 2 + [()]
    qtbot.waitUntil(lambda: [folder.info().tags for folder in three] == tagged, timeout=30_000)
    library.shelves.view.setCurrentIndex(library.shelves.model.place_of(news))
    qtbot.waitUntil(lambda: titles(library) == ["Alpha", "Beta"], timeout=30_000)
    library.shelves.fill_menu(news)
    library.shelves.menu.actions()[-1].trigger()
    qtbot.waitUntil(lambda: three[0].info().tags == ("farm",), timeout=30_000)
    qtbot.waitUntil(lambda: len(titles(library)) == 3, timeout=30_000)


def test_a_title_and_a_host_are_changed(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    choose(library, three[0])
    library.rename.trigger()
    assert library.prompt.field.text() == "Alpha"
    answer(library, "Omega")
    qtbot.waitUntil(lambda: titles(library) == ["Beta", "Gamma", "Omega"], timeout=30_000)
    assert [row.summary.title for row in library.view.chosen] == ["Omega"]
    choose(library, *three)
    assert not library.rename.isEnabled()
    library.host.trigger()
    answer(library, "Ada")
    qtbot.waitUntil(lambda: all(folder.info().host == "Ada" for folder in three), timeout=30_000)


def test_what_is_thrown_away_is_undone_by_one_key(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder], settings: Settings
) -> None:
    choose(library, *three[:2])
    press(qtbot, library, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles(library) == ["Gamma"], timeout=30_000)
    assert len(trash.listed(Archive(settings.archive))) == 2
    assert library.prompt.sentence.text() == "2 sessions in the trash."
    press(qtbot, library, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(titles(library)) == 3, timeout=30_000)
    assert not trash.listed(Archive(settings.archive))
    assert not library.prompt.isVisible()


def test_the_trash_is_looked_at_brought_back_from_and_emptied(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder], settings: Settings
) -> None:
    choose(library, *three[:2])
    library.throw_away.trigger()
    qtbot.waitUntil(lambda: library.shelves.model.place_of(TRASH).isValid(), timeout=30_000)
    library.shelves.view.setCurrentIndex(library.shelves.model.place_of(TRASH))
    qtbot.waitUntil(lambda: titles(library) == ["Alpha", "Beta"], timeout=30_000)
    row = library.view.guide.index(0).data(ROW_ROLE)
    assert row.look.word.startswith("thrown away today")
    assert not library.throw_away.isEnabled()
    library.view.selectionModel().select(
        library.view.guide.index(0), library.view.selectionModel().SelectionFlag.Select
    )
    library.bring_back.trigger()
    qtbot.waitUntil(lambda: library.view.guide.rowCount() == 1, timeout=30_000)
    library.empty_trash.click()
    assert "can't be had back" in library.prompt.sentence.text()
    assert trash.listed(Archive(settings.archive))
    answer(library)
    qtbot.waitUntil(lambda: len(titles(library)) == 2, timeout=30_000)
    assert not trash.listed(Archive(settings.archive))


def test_a_session_that_is_recorded_stays(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    with three[0].hold():
        choose(library, three[0])
        library.throw_away.trigger()
        qtbot.waitUntil(library.notice.isVisible, timeout=30_000)
    assert "a process is at work on it" in str(library.notice.message)
    assert len(titles(library)) == 3


def test_sessions_are_put_into_a_collection_and_taken_out(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder], settings: Settings
) -> None:
    choose(library, *three[:2])
    library.collect.trigger()
    answer(library, "Best")
    best = Shelf(on=On.COLLECTION, name="Best")
    qtbot.waitUntil(lambda: library.shelves.model.place_of(best).isValid(), timeout=30_000)
    index = library.shelves.model.place_of(best)
    dragged = library.view.guide.mimeData([library.view.guide.place_of(three[2].path)])
    copying = Qt.DropAction.CopyAction
    assert library.shelves.model.dropMimeData(dragged, copying, -1, -1, index)
    qtbot.waitUntil(lambda: len(shelf.find(settings.archive, "Best").sessions) == 3, timeout=30_000)
    library.shelves.view.setCurrentIndex(index)
    qtbot.waitUntil(lambda: len(titles(library)) == 3, timeout=30_000)
    choose(library, three[0])
    assert library.take_out.isEnabled()
    library.take_out.trigger()
    qtbot.waitUntil(lambda: titles(library) == ["Beta", "Gamma"], timeout=30_000)
    library.shelves.fill_menu(best)
    library.shelves.menu.actions()[0].trigger()
    answer(library, "Better")
    qtbot.waitUntil(lambda: shelf.collections(settings.archive)[0].name == "Better", timeout=30_000)


def test_files_that_are_dropped_are_taken_in(
    qtbot: QtBot, library: LibraryPage, tmp_path: Path
) -> None:
    file = tmp_path / "Dropped.aac"
    file.write_bytes(encode(tone(1.0), 44_100, "adts"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    library.dropEvent(drop)
    qtbot.waitUntil(lambda: "Dropped" in titles(library), timeout=20_000)
    qtbot.waitUntil(
        lambda: library.importing.text.accessibleName() == "1 file imported", timeout=30_000
    )
    library.importing.button.click()
    assert not library.importing.isVisible()


def test_what_is_dragged_out_is_the_unedited_file(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    data = library.view.guide.mimeData([library.view.guide.place_of(three[0].path)])
    urls = data.urls()
    assert urls
    files = [Path(url.toLocalFile()) for url in urls]
    assert any(path.suffix == ".m4a" and path.stat().st_size > 10_000 for path in files)
    assert not any(three[0].path in path.parents for path in files)
    library.close_work()
    assert not files[0].exists()


def test_a_drag_of_what_cannot_be_exported_carries_no_files(
    qtbot: QtBot, settings: Settings
) -> None:
    row = Row(summary=build_session(settings.archive, sealed=False).summary(), is_transcribed=False)
    bridge = Bridge()
    lane = Lane(bridge, "gui-test")
    try:
        data = SessionsMime([row], HandingOut(), lane)
        assert data.formats() == ["application/x-aircheck-sessions"]
        assert not data.hasUrls()
    finally:
        lane.close()


def test_acts_reach_the_window(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    window = library.window()
    assert isinstance(window, Window)
    window.player.play = lambda _folder, _at_s: None  # type: ignore[method-assign]
    wanted: list[Wanted] = []
    played: list[tuple[SessionFolder, float]] = []
    library.export_asked.disconnect()  # the window would open the export
    library.export_asked.connect(wanted.append)
    library.play_asked.connect(lambda folder, at_s: played.append((folder, at_s)))
    choose(library, *three[:2])
    library.export.trigger()
    assert {folder.path for folder in wanted[0].folders} == {folder.path for folder in three[:2]}
    library.copy_link.trigger()
    assert QGuiApplication.clipboard().text().count("aircheck:") == 2
    library.view.choose(three[2].path)
    press(qtbot, library, Qt.Key.Key_Space)
    assert [(folder.path, at_s) for folder, at_s in played] == [(three[2].path, 0.0)]
    library.fill_menu()
    assert [act.text() for act in library.menu.actions() if act.isEnabled() and act.text()]


def test_what_is_chosen_stays_when_the_order_changes(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    choose(library, three[1])
    library.sort.menu().aboutToShow.emit()
    library.sort.menu().actions()[2].trigger()
    qtbot.waitUntil(lambda: library.view.guide.index(0).data() == "Alpha", timeout=30_000)
    assert [row.summary.title for row in library.view.chosen] == ["Beta"]


def test_a_waveform_shows_once_its_row_is_seen(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    summary = three[0].summary()
    with qtbot.waitSignal(library.thumbnails.changed, timeout=20_000):
        library.view.viewport().grab()
    qtbot.waitUntil(lambda: library.thumbnails.of(summary) is not None, timeout=20_000)
    thumb = library.thumbnails.of(summary)
    assert thumb
    assert any(height and height > 0.01 for height in thumb.heights)


def test_an_empty_library_teaches(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    page = opened(qtbot, window, 0)
    qtbot.waitUntil(page.empty.isVisible, timeout=30_000)


def test_kinds_and_years_are_offered(qtbot: QtBot, library: LibraryPage) -> None:
    library.chips.kinds.menu().aboutToShow.emit()
    texts = [action.text() for action in library.chips.kinds.menu().actions()]
    assert texts == ["Done\t3"]
    library.chips.kinds.menu().actions()[0].trigger()
    qtbot.waitUntil(lambda: library.chips.kinds.chosen == (Kind.DONE,), timeout=30_000)
    assert library.chips.kinds.accessibleName() == "State: Done"


def test_the_shelf_menu_stands_in_for_the_side(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    library.window().resize(640, 480)
    qtbot.waitUntil(lambda: not library.shelves.isVisible(), timeout=30_000)
    library.shelf_button.menu().aboutToShow.emit()
    actions = library.shelf_button.menu().actions()
    assert actions[0].text() == "All sessions\t3"
    assert actions[0].isChecked()
    assert ALL.title == "All sessions"


def test_the_context_menu_opens_on_what_is_chosen(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    choose(library, three[0])
    library.view.customContextMenuRequested.emit(QPoint(10, 10))
    assert library.menu.isVisible()
    library.menu.close()
    QApplication.processEvents()


def test_keys_come_back_to_the_list(
    qtbot: QtBot, library: LibraryPage, three: list[SessionFolder]
) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    press(qtbot, library, Qt.Key.Key_A, control)
    press(qtbot, library, Qt.Key.Key_T, control)
    qtbot.waitUntil(library.prompt.field.hasFocus, timeout=30_000)
    qtbot.keyClicks(library.prompt.field, "news")
    qtbot.keyClick(library.prompt.field, Qt.Key.Key_Return)
    assert library.view.hasFocus()
    qtbot.waitUntil(lambda: all(folder.info().tags for folder in three), timeout=30_000)
    press(qtbot, library, Qt.Key.Key_A, control)
    press(qtbot, library, Qt.Key.Key_Delete)
    qtbot.waitUntil(library.empty.isVisible, timeout=30_000)
    library.empty.button.setFocus()
    library.undo.trigger()
    qtbot.waitUntil(lambda: len(titles(library)) == 3, timeout=30_000)
    qtbot.waitUntil(library.view.hasFocus, timeout=30_000)
