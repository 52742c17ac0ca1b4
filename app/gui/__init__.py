"""The window. The only place that knows Qt.

    presenters/     what it says and does, without Qt
    tokens          every colour, size and duration
    theme icons     tokens → Qt's palette, font and style sheet; SVGs in a token's colour
    bridge          the one place where worker threads meet the window
    desk            the window's work on those threads: look, ask, read, search, start
    place           what a page is, and what it may ask of the window
    models          the lists: sessions, the library
    delegates       how rows are painted; guide_rows: the library's
    hits            the list of hits, and how its rows are painted
    widgets strip   the small parts: chip, meter, notice; a session's time at a glance
    flow acts prompt       a layout in lines; what can be done with what is chosen; a question
    guide shelves chips    the library: its list, its side, its filters
    thumbnails taking      its waveforms; files on their way into it
    narrowing completing   the search: its side; words that are offered
    transcript reading      lines to read and to hear; find, choose, put right
    waveform waves  all of a session, and a stretch of it, zoomed; both, and what is chosen
    session_head    what a session is, and what can be done with it
    captioning      captions of what is live, followed
    panel facts     evidence, markers, notes, versions; how they are listed
    details keys    what is edited of a session; the keys, listed
    session_work    what people change of a session, written off the GUI thread
    player          sound, from any moment of a session on
    cards clips     a live session, with its actions; clips of it, proved when it has ended
    steady          cards that come in move nothing under the pointer
    replaying       the replay that fills a session's gaps: offered, waited for
    watched cover   folders whose files are imported; a session's picture
    record_bar      on top: a link, a device, or words to search
    listening       what is kept of a chosen device before Record
    transport       below: what is played, and where in it
    pages/          now, library, search, session, compare, jobs, settings, export
    window          puts them together
    collecting      garbage, on the GUI thread alone
    imports         the import statement, once PySide6 is loaded
    application     makes Qt's application, and runs it

Nothing that takes long runs on the GUI thread. Recordings and transcription are processes that
the window starts, watches and leaves running when it closes.
"""

from __future__ import annotations

import gc

from app.settings import Settings


def run(settings: Settings) -> int:
    """Open the window, and return its exit status when it is closed."""
    gc.disable()  # from the first import on; `collecting` sees to it
    from app.gui import imports  # noqa: PLC0415 (loads Qt, which presenters do without)

    imports.restore()
    from app.gui import application  # noqa: PLC0415 (likewise)

    return application.run(settings)
