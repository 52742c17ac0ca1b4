"""Why a source isn't heard, in the window's language. No Qt.

A recorder says why in a sentence of `recorder.sources.fetch`, in English, since journals and
proofs hold it; the commonest of them are said here in the window's words. What isn't known here
stays as it was said.
"""

from __future__ import annotations

import re

from app.gui.presenters.language import translate


def in_own_words(detail: str) -> str:
    """The sentence in the window's language, where it is one that is known; else as it is."""
    known = (
        (
            r"(?P<what>\S+) is not available: (?P<words>.+)\.",
            translate("Reasons", "{what} is not available: {words}."),
        ),
        (
            r"(?P<what>\S+) refuses: (?P<words>.+)\.",
            translate("Reasons", "{what} refuses: {words}."),
        ),
        (
            r"There is no host (?P<what>\S+) \(yet\)\.",
            translate("Reasons", "There is no host {what} (yet)."),
        ),
        (
            r"(?P<what>\S+) did not answer in time\.",
            translate("Reasons", "{what} did not answer in time."),
        ),
        (
            r"(?P<what>\S+) refuses the connection\.",
            translate("Reasons", "{what} refuses the connection."),
        ),
        (
            r"(?P<what>\S+) can't be reached: (?P<words>.+)\.",
            translate("Reasons", "{what} can't be reached: {words}."),
        ),
    )
    for pattern, said in known:
        if found := re.fullmatch(pattern, detail):
            return said.format(**found.groupdict())
    return detail
