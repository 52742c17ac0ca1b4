"""Plays a session from any moment on, true to session time. GUI thread only.

Sound is decoded ahead by `playback.Feed` and pushed to the audio device; this thread only moves
bytes. QMediaPlayer would not do: it can't seek exactly in ADTS, and knows nothing of gaps.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QObject, QTimer, Signal, Slot

from app.gui import tokens
from app.gui.presenters.playback import BYTES_A_FRAME, CHANNELS, RATE_HZ, Feed
from app.gui.presenters.words import Message
from recorder.archive import SessionFolder

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioSink

_BUFFER_BYTES = RATE_HZ * BYTES_A_FRAME * 4 // 10  # 0.4 s

NO_OUTPUT = Message(
    happened="There is no audio output here.",
    safe="The recording is untouched.",
    next="Connect a speaker or headphones, and play again.",
)


class Playing(StrEnum):
    """What the player does."""

    NOTHING = "nothing"
    SOUND = "sound"
    PAUSE = "pause"


class Player(QObject):
    """One session's sound at a time."""

    changed = Signal()
    """What it does, or which session, is another now."""
    moved = Signal(float)
    """Session time of what is heard, ten times a second."""
    failed = Signal(object)
    """A `Message`: why there is no sound."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder: SessionFolder | None = None
        self._feed: Feed | None = None
        self._sink: QAudioSink | None = None
        self._device: QIODevice | None = None
        self._playing = Playing.NOTHING
        self._at_s = 0.0
        self._feeding = QTimer(self)
        self._feeding.setInterval(tokens.PLAYER_FEED_MS)
        self._feeding.timeout.connect(self._push)
        self._showing = QTimer(self)
        self._showing.setInterval(tokens.PLAYER_SHOW_MS)
        self._showing.timeout.connect(self._show)

    @property
    def folder(self) -> SessionFolder | None:
        """The session that is played or was played last."""
        return self._folder

    @property
    def playing(self) -> Playing:
        """What it does now."""
        return self._playing

    @property
    def position_s(self) -> float:
        """Session time of what is heard, or where it would go on."""
        return self._at_s

    def play(self, folder: SessionFolder, from_s: float) -> None:
        """Play a session from a moment on; says `failed` where nothing can be heard."""
        self._silence()
        self._folder, self._at_s = folder, from_s
        sink = _new_sink(self)
        if sink is None:
            self._turn(Playing.NOTHING)
            self.moved.emit(self._at_s)
            self.failed.emit(NO_OUTPUT)
            return
        self._feed = Feed(folder, from_s)
        self._sink, self._device = sink, sink.start()
        self._turn(Playing.SOUND)

    def seek(self, at_s: float) -> None:
        """Go on from another moment of the same session."""
        if self._folder is None:
            return
        if self._playing is Playing.SOUND:
            self.play(self._folder, max(at_s, 0.0))
        else:
            self._silence()
            self._at_s = max(at_s, 0.0)
            self._turn(Playing.PAUSE)
            self.moved.emit(self._at_s)

    def pause(self) -> None:
        """Stop for now; `resume` goes on from here."""
        if self._playing is Playing.SOUND:
            self._at_s = self._heard_s()
            self._silence()
            self._turn(Playing.PAUSE)

    def resume(self) -> None:
        """Go on from where it was paused, or play again what was played last."""
        if self._folder is not None and self._playing is not Playing.SOUND:
            self.play(self._folder, self._at_s)

    def close(self) -> None:
        """Stop, and free the device."""
        self._silence()
        self._turn(Playing.NOTHING)

    @Slot()
    def _push(self) -> None:
        """Give the device what it has room for."""
        if self._feed is None or self._sink is None or self._device is None:
            return
        data = self._feed.take(self._sink.bytesFree())
        if data:
            self._device.write(data)
        elif self._feed.is_over and self._sink.bytesFree() >= self._sink.bufferSize():
            self._end()

    @Slot()
    def _show(self) -> None:
        self._at_s = self._heard_s()
        self.moved.emit(self._at_s)

    def _end(self) -> None:
        """All was heard, or decoding broke."""
        error = self._feed.error if self._feed else None
        self._at_s = self._heard_s()
        self._silence()
        self._turn(Playing.PAUSE)
        self.moved.emit(self._at_s)
        if error is not None:
            self.failed.emit(Message.of(error))

    def _heard_s(self) -> float:
        if self._feed is None or self._sink is None:
            return self._at_s
        waiting = self._sink.bufferSize() - self._sink.bytesFree()
        heard = self._feed.taken_frames - waiting // BYTES_A_FRAME
        return float(self._feed.position(max(heard, 0)))

    def _silence(self) -> None:
        self._feeding.stop()
        self._showing.stop()
        if self._sink is not None:
            self._sink.reset()
            self._sink.deleteLater()
        if self._feed is not None:
            self._feed.close()
        self._sink = self._device = self._feed = None

    def _turn(self, playing: Playing) -> None:
        if playing is Playing.SOUND:
            self._feeding.start()
            self._showing.start()
        self._playing = playing
        self.changed.emit()


def _new_sink(parent: QObject) -> QAudioSink | None:
    """An open way to the default output; None where there is none, or no library for it."""
    try:
        from PySide6.QtMultimedia import (  # noqa: PLC0415 (loaded when playing starts)
            QAudioFormat,
            QAudioSink,
            QMediaDevices,
        )
    except ImportError:  # libpulse is missing on Linux
        return None
    output = QMediaDevices.defaultAudioOutput()
    if output.isNull():
        return None
    form = QAudioFormat()
    form.setSampleRate(RATE_HZ)
    form.setChannelCount(CHANNELS)
    form.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    sink = QAudioSink(output, form, parent)
    sink.setBufferSize(_BUFFER_BYTES)
    return sink
