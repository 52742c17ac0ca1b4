"""The window speaks German, all of it, and writes figures as where its people live."""

import re
import string
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

import resources
from app.gui import tongue
from app.gui.presenters import exporting, figures, reasons, search, words
from app.gui.presenters.language import translate
from recorder.types import State
from resources import make_translations
from transcribe import query

TS = make_translations.FOLDER / "aircheck_de.ts"


def messages() -> Iterator[tuple[str, ET.Element]]:
    for context in ET.parse(TS).getroot().iter("context"):  # noqa: S314 (our own file)
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            yield name, message


def said(message: ET.Element) -> list[str]:
    translation = message.find("translation")
    assert translation is not None
    forms = [form.text or "" for form in translation.iter("numerusform")]
    return forms or [translation.text or ""]


def test_every_sentence_of_the_code_is_in_the_file_and_no_other(tmp_path: Path) -> None:
    sentences = make_translations.sentences()
    known = {
        (name, message.findtext("source"), message.findtext("comment") or "")
        for name, message in messages()
    }
    assert known == {(each.context, each.text, each.disambiguation) for each in sentences}


def test_every_sentence_is_translated() -> None:
    missing = [
        f"{name}: {message.findtext('source')}"
        for name, message in messages()
        if not all(said(message))
        or message.find("translation[@type]") is not None  # unfinished, obsolete, vanished
    ]
    assert not missing


def test_every_translation_has_the_parts_of_its_source() -> None:
    for name, message in messages():
        source = message.findtext("source") or ""
        for form in said(message):
            assert fields(form) == fields(source), f"{name}: {source!r} → {form!r}"
            # of one thing the number may be left out: 'ein Treffer'
            if message.get("numerus") == "yes" and form != said(message)[0]:
                assert "%n" in form, f"{name}: {form!r}"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_window_has_what_the_file_says(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.qm"
    make_translations.release(TS, fresh)
    shipped = resources.path("translations/aircheck_de.qm")
    assert shipped.read_bytes() == fresh.read_bytes(), "run 'make translations'"


def test_states_and_reasons_are_german(german: None) -> None:
    assert words.state(State.RECORDING) == "Nimmt auf"
    assert words.gaps(0) == "keine Lücken"
    assert words.gaps(1) == "1 Lücke"
    assert words.gaps(1_234) == "1.234 Lücken"


def test_figures_are_german(german: None) -> None:
    at = datetime(2024, 8, 13, 20, 5)  # noqa: DTZ001 (the wall's, as it is shown)
    assert figures.date(at, has_year=True) == "13. Aug. 2024"
    assert figures.weekday(at) == "Dienstag"
    assert figures.time(at) == "20:05"
    assert figures.number(1234.5, 1) == "1.234,5"
    assert words.length(0.44) == "0,4 s"


def test_what_nobody_translated_is_said_in_english(german: None) -> None:
    assert translate("Nowhere", "%n new thing(s)", n=2) == "2 new things"
    assert translate("Nowhere", "A new thing") == "A new thing"


def test_what_a_query_was_taken_for_is_german(german: None) -> None:
    (note,) = query.parse("host:musk").notes
    assert reasons.in_own_words(note).startswith("Es gibt kein Feld „host:“")
    assert search._took(0.4) == "weniger als 1 ms"
    assert search._took(3.2) == "3 ms"


def test_the_doors_are_german(german: None) -> None:
    assert exporting.doors()[0].title == "Unbearbeitet, mit Nachweis"


def test_a_system_of_no_known_language_speaks_english(qapp: QApplication) -> None:
    assert tongue.speak(qapp) == "en"  # offscreen, without a locale
    assert words.state(State.RECORDING) == "Recording"


@pytest.mark.parametrize(
    ("locale", "date", "time"),
    [
        ("en_US", "Aug 13, 2024", "8:05 PM"),
        ("en_GB", "13 Aug 2024", "20:05"),
        ("de_AT", "13. Aug. 2024", "20:05"),
        ("sv_SE", "2024-08-13", "20:05"),
    ],
)
def test_dates_and_times_are_those_of_the_country(locale: str, date: str, time: str) -> None:
    local = tongue.Local(QLocale(locale))
    at = datetime(2024, 8, 13, 20, 5)  # noqa: DTZ001 (the wall's, as it is shown)
    assert local.date(at, has_year=True) == date
    assert re.sub(r"\s", " ", local.time(at)) == time


def test_a_text_that_is_put_together_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text("translate('Page', f'{count} things')\n")
    with pytest.raises(make_translations.NotLiteralError, match=r"page.py:1"):
        list(make_translations.in_file(file))


def test_calls_are_read_in_any_order_of_their_arguments(tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text("translate(context='Page', text='%n thing(s)', n=1)\ntext.translate(table)\n")
    (found,) = make_translations.in_file(file)
    assert (found.context, found.text, found.is_counted) == ("Page", "%n thing(s)", True)
