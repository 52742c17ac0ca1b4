"""A log in which no token stands, whatever an error's text or a traceback holds."""

from __future__ import annotations

import logging
import re
import sys
import threading
from types import TracebackType

from recorder.types import redact

_ADDRESS = re.compile(r"https?://[^\s'\"<>\\]+")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_logger = logging.getLogger("recorder")


class RedactingFormatter(logging.Formatter):
    """Leaves user, password, query and fragment out of every address, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's text."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """A text whose addresses have no user, query and fragment."""
    return _ADDRESS.sub(_redacted, text)


def log_to_stderr() -> None:
    """Log from here on, and what no code caught too."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _redacted(found: re.Match[str]) -> str:
    try:
        return redact(found[0])
    except ValueError:  # no address after all
        return found[0].partition("?")[0].rpartition("@")[2]


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    _logger.critical("nobody expected this", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value:
        name = args.thread.name if args.thread else "a thread"
        caught = (args.exc_type, args.exc_value, args.exc_traceback)
        _logger.critical("%s ended by what nobody expected", name, exc_info=caught)
