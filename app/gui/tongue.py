"""The language that the window speaks: Qt's translators and locales behind the presenters' words.

The sentences are in ``resources/translations``, as Qt Linguist has them; ``make translations``
brings them up to date. What has no translation is said in English, with its count put in.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDate, QLibraryInfo, QLocale, QTime, QTranslator
from PySide6.QtWidgets import QApplication

import resources
from app.gui.presenters import figures, language

LANGUAGES = ("en", "de")
"""Those that the window speaks; English is that of the code."""

_DATES = {
    QLocale.Language.English: ("d MMM", "d MMM yyyy"),
    QLocale.Language.German: ("d. MMM", "d. MMM yyyy"),
}


def speak(application: QApplication, wanted: str = "") -> str:
    """Have the window speak a language, and write figures as where its people live.

    GUI thread, before the first window.

    Args:
        application: Whose translators.
        wanted: As in ``de``; the system's where it is empty.

    Returns:
        The language that it speaks.
    """
    system = QLocale.system()
    locale = _in(wanted, system) if wanted else system
    if locale.language() is QLocale.Language.C:
        language.speak(language.english)
        figures.use(figures.English())
        return "en"
    QLocale.setDefault(locale)
    figures.use(Local(locale))
    code = QLocale.languageToCode(locale.language())
    if code not in LANGUAGES or code == "en":
        language.speak(language.english)
        return "en"
    own = QTranslator(application)
    own.load(str(resources.path(f"translations/aircheck_{code}.qm")))
    language.speak(Speaker(own).translate)
    of_qt = QTranslator(application)  # the words of Qt's own dialogs
    if of_qt.load(
        locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        application.installTranslator(of_qt)
    return code


class Speaker:
    """Translates by a ``.qm``. From any thread: it is only read."""

    def __init__(self, translator: QTranslator) -> None:
        self._translator = translator

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """See `presenters.language.Translator`."""
        said = self._translator.translate(context, text, disambiguation or "", n)
        if not said:
            return language.english(context, text, disambiguation, n)
        return said.replace("%n", figures.number(n)) if n >= 0 else said


class Local:
    """Figures as a locale of Qt writes them."""

    def __init__(self, locale: QLocale) -> None:
        self._locale = locale

    def date(self, moment: datetime, *, has_year: bool) -> str:
        """See `figures.Figures`."""
        day = QDate(moment.year, moment.month, moment.day)
        if self._locale.territory() is QLocale.Country.UnitedStates:
            return self._locale.toString(day, "MMM d, yyyy" if has_year else "MMM d")
        forms = _DATES.get(self._locale.language())
        if forms is None:
            return self._locale.toString(day, QLocale.FormatType.ShortFormat)
        return self._locale.toString(day, forms[has_year])

    def weekday(self, moment: datetime, *, is_short: bool) -> str:
        """See `figures.Figures`."""
        form = QLocale.FormatType.ShortFormat if is_short else QLocale.FormatType.LongFormat
        return self._locale.dayName(moment.isoweekday(), form)

    def time(self, moment: datetime) -> str:
        """See `figures.Figures`."""
        at = QTime(moment.hour, moment.minute)
        return self._locale.toString(at, QLocale.FormatType.ShortFormat)

    def number(self, value: float, decimals: int = 0) -> str:
        """See `figures.Figures`."""
        return self._locale.toString(float(value), "f", decimals)


def _in(wanted: str, system: QLocale) -> QLocale:
    """The locale of a language in the country that the system is in."""
    named = QLocale(wanted)
    if system.language() is QLocale.Language.C:
        return named
    return QLocale(named.language(), system.territory())
