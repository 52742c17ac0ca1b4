"""What can go wrong between audio and text, as a tree under `recorder.errors.AircheckError`.

    AircheckError
    └── TranscribeError
        ├── ModelError
        │   ├── UnknownModel           no model by that name; wrong use
        │   ├── MissingModel           known, and not on this machine yet
        │   ├── BrokenModel            a file that isn't a Whisper checkpoint, or was damaged
        │   └── DownloadFailed         offline, refused, cut off; what came so far is kept
        ├── EngineError                the engine could not make text of a chunk
        │   └── UnknownEngine          no engine by that name; wrong use
        ├── TranscriptError            a transcript or caption file that can't be read
        │   └── UnknownVoice           a track that the session has not; wrong use
        ├── QueueError
        │   ├── QueueBroken            queue.db is not a database any more
        │   └── JobNotFound            no job by that number
        ├── IndexBroken                index.db is not a database any more, or out of step
        ├── IndexBusy                  another process writes to it for too long
        ├── Interrupted                a search was given up for another one; never shown
        ├── NotASearch                 no search is saved by that name; nothing found
        ├── NotAPage                   what should name a page of results doesn't; wrong use
        ├── LabellingFailed            speech, music and silence could not be found
        │   └── LabellingStopped       somebody stopped it
        └── NotADate                   what should limit a search to a time is none; wrong use

Nothing here endangers audio: it is only read.
"""

from __future__ import annotations

from recorder.errors import AircheckError


class TranscribeError(AircheckError):
    """The root of all errors of this package."""


class ModelError(TranscribeError):
    """A Whisper model can't be used."""


class UnknownModel(ModelError):
    """No model has that name."""

    exit_status = 2


class MissingModel(ModelError):
    """The model is known, and its file is not here."""


class BrokenModel(ModelError):
    """The file is not the checkpoint that it should be."""


class DownloadFailed(ModelError):
    """A model's download ended early; the next one goes on where it ended."""


class EngineError(TranscribeError):
    """The engine failed on a chunk of audio."""


class UnknownEngine(EngineError):
    """No engine has that name."""

    exit_status = 2


class TranscriptError(TranscribeError):
    """A file that can't be read as a transcript or captions."""


class OtherJson(TranscriptError):
    """JSON that is no transcript: some other program's."""


class UnknownVoice(TranscriptError):
    """Whoever is to be named speaks on no track of the session."""

    exit_status = 2


class QueueError(TranscribeError):
    """The queue of transcriptions can't do what was asked."""


class QueueBroken(QueueError):
    """The queue's database can't be read."""


class JobNotFound(QueueError):
    """No job has that number."""

    exit_status = 3


class IndexBroken(TranscribeError):
    """The search index can't be read, or doesn't fit the archive."""


class IndexBusy(TranscribeError):
    """The search index is held by another process."""


class NotADate(TranscribeError):
    """A text that should be a date is none."""

    exit_status = 2


class Interrupted(TranscribeError):
    """A search was given up for another one. Never shown to people."""


class NotASearch(TranscribeError):
    """No search is saved by that name, or the saved ones can't be read."""

    exit_status = 3


class NotAPage(TranscribeError):
    """What should name a page of results doesn't."""

    exit_status = 2


class LabellingFailed(TranscribeError):
    """What is speech, music and silence could not be found."""


class LabellingStopped(LabellingFailed):
    """Somebody stopped it."""
