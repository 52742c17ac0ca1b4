"""Talk to a running recorder: status, mark, stop, over a local socket.

The recorder listens (`Server`); whoever watches asks (`Client`). A message is a JSON object in
bytes, one question and one answer a connection. Where the socket is, and the key that opens it,
stands in the session's ``control.json``, which only its owner can read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import secrets
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recorder.archive import SOCKETS, SessionFolder, write_whole
from recorder.errors import AircheckError, RecorderError
from recorder.status import Status, TrackStatus
from recorder.types import Seconds, State

if TYPE_CHECKING:  # whoever watches does without all that recording needs
    from multiprocessing import connection

    from recorder.session import Recording

_logger = logging.getLogger(__name__)

_LONGEST_MESSAGE = 65_536
_ANSWER_WITHIN_S = 5.0


class Server:
    """Answers for a recording, in a thread of its own; closed twice without harm."""

    def __init__(self, folder: SessionFolder, recording: Recording) -> None:
        """Listen, and write down where.

        Raises:
            StorageError: The disk refuses.
        """
        from multiprocessing.connection import Listener  # noqa: PLC0415 (who only looks needs none)

        self._recording = recording
        self._path = folder.path / "control.json"
        self._directory = tempfile.mkdtemp(prefix=SOCKETS)  # 0700
        key = secrets.token_bytes(32)
        address = None if os.name == "nt" else str(Path(self._directory) / "s")
        self._listener = Listener(address, authkey=key)
        note = {"address": str(self._listener.address), "key": key.hex(), "pid": os.getpid()}
        write_whole(self._path, json.dumps(note).encode(), mode=0o600)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and remove the traces."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._path.unlink(missing_ok=True)
        self._listener.close()
        with contextlib.suppress(OSError):
            Path(self._directory).rmdir()

    def _serve(self) -> None:
        from multiprocessing import AuthenticationError  # noqa: PLC0415 (likewise)

        while not self._closed.is_set():
            try:
                asked = self._listener.accept()
            except (OSError, EOFError, AuthenticationError) as error:
                _logger.debug("no connection: %s", error)
                if self._closed.wait(0.05):
                    return
                continue
            threading.Thread(
                target=self._answer, args=(asked,), name="control-answer", daemon=True
            ).start()

    def _answer(self, asked: connection.Connection[bytes, bytes]) -> None:
        with asked:
            try:
                if not asked.poll(_ANSWER_WITHIN_S):
                    return
                question = json.loads(asked.recv_bytes(_LONGEST_MESSAGE))
                asked.send_bytes(json.dumps(self._do(question)).encode())
            except (OSError, EOFError, ValueError, TypeError) as error:
                _logger.debug("a question came to nothing: %s", error)

    def _do(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            match question.get("do"):
                case "status":
                    return dataclasses.asdict(self._recording.status())
                case "mark":
                    return {"at_s": self._recording.mark(str(question.get("text", "")))}
                case "stop":
                    self._recording.stop()
                    return {}
        except (AircheckError, ValueError) as error:
            return {"error": str(error)}
        return {"error": "The recorder doesn't know this question."}


def listener_of(folder: SessionFolder) -> int | None:
    """Pid of the process that wrote down where it listens, living or dead; None where none did."""
    try:
        pid = json.loads((folder.path / "control.json").read_bytes()).get("pid")
    except (OSError, ValueError, AttributeError):
        return None
    return pid if isinstance(pid, int) else None


class Client:
    """Asks a session's recorder. Each call makes a connection of its own; any thread may."""

    def __init__(self, folder: SessionFolder) -> None:
        self._folder = folder

    def status(self) -> Status:
        """What the recording is doing now.

        Raises:
            RecorderError: No recorder answers.
        """
        values = self._ask({"do": "status"})
        tracks = [
            TrackStatus(**{**each, "state": State(each["state"])})
            for each in values.get("tracks", ())
        ]
        return Status(**{**values, "state": State(values["state"]), "tracks": tuple(tracks)})

    def mark(self, text: str = "") -> Seconds:
        """Name this moment, and return it in session time.

        Raises:
            RecorderError: No recorder answers, or it can't write.
        """
        return Seconds(self._ask({"do": "mark", "text": text})["at_s"])

    def stop(self) -> None:
        """Ask it to end well; returns before it has.

        Raises:
            RecorderError: No recorder answers.
        """
        self._ask({"do": "stop"})

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        from multiprocessing import AuthenticationError, connection  # noqa: PLC0415 (likewise)

        try:
            note = json.loads((self._folder.path / "control.json").read_bytes())
            with connection.Client(note["address"], authkey=bytes.fromhex(note["key"])) as asked:
                asked.send_bytes(json.dumps(question).encode())
                if not asked.poll(_ANSWER_WITHIN_S):
                    raise TimeoutError("no answer")
                answer: dict[str, Any] = json.loads(asked.recv_bytes(_LONGEST_MESSAGE))
        except (OSError, EOFError, ValueError, KeyError, AuthenticationError) as error:
            raise RecorderError(
                f"No recorder answers for {self._folder.path.name}.",
                safe="What it had recorded is safe.",
                hint="'aircheck sessions' shows what runs, 'aircheck recover' seals what died.",
            ) from error
        if "error" in answer:
            raise RecorderError(str(answer["error"]))
        return answer
