"""Plays a session or a file from any moment on, true to its time. GUI thread only.

Sound is decoded ahead by `playback.Feed` and pushed to the audio device; this thread only moves
bytes. QMediaPlayer would not do: it can't seek exactly in ADTS, and knows nothing of gaps.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QObject, QTimer, Signal, Slot

from app.gui import tokens
from app.gui.presenters.history import Histories
from app.gui.presenters.language import translate
from app.gui.presenters.playback import (
    BYTES_A_FRAME,
    CHANNELS,
    RATE_HZ,
    Feed,
    Hearing,
    SessionSound,
    Sound,
)
from app.gui.presenters.words import Message
from recorder.archive import SessionFolder

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QAudioSink

_NEEDED = (
    "recorder.decode",
    "app.gui.presenters.pace",
    "recorder.sources.pulse",
    "pulsectl",
)  # Qt's own is loaded by the GUI thread
_QT = "PySide6.QtMultimedia"
_PIPEWIRE = "pipewire-0"  # its own socket, where it doesn't speak PulseAudio's language
_BUFFER_BYTES = RATE_HZ * BYTES_A_FRAME * 4 // 10  # 0.4 s


def no_output() -> Message:
    """What to say where nothing can sound."""
    return Message(
        happened=translate("Player", "There is no audio output here."),
        safe=translate("Player", "The recording is untouched."),
        next=translate("Player", "Connect a speaker or headphones, and play again."),
    )


class Playing(StrEnum):
    """What the player does."""

    NOTHING = "nothing"
    SOUND = "sound"
    PAUSE = "pause"


class Player(QObject):
    """One sound at a time."""

    changed = Signal()
    """What it does, how, or which sound, is another now."""
    moved = Signal(float)
    """Session time of what is heard, some twenty times a second."""
    failed = Signal(object)
    """A `Message`: why there is no sound."""
    jumped = Signal(float, float)
    """From where to where in session time it went on at once: a gap, or what is left out."""

    def __init__(
        self, parent: QObject | None = None, *, histories: Histories | None = None
    ) -> None:
        super().__init__(parent)
        self._histories = histories or Histories()
        self._sound: Sound | None = None
        self._hearing = Hearing()
        self._feed: Feed | None = None
        self._sink: QAudioSink | None = None
        self._device: QIODevice | None = None
        self._playing = Playing.NOTHING
        self._at_s = 0.0
        self._told_jump: tuple[float, float] | None = None
        self._feeding = QTimer(self)
        self._feeding.setInterval(tokens.PLAYER_FEED_MS)
        self._feeding.timeout.connect(self._push)
        self._showing = QTimer(self)
        self._showing.setInterval(tokens.PLAYER_SHOW_MS)
        self._showing.timeout.connect(self._show)
        QTimer.singleShot(tokens.WARM_MS, self, self._on_time)

    def warm(self) -> threading.Thread:
        """Load what decoding needs, on a thread of its own: the first sound comes sooner."""
        thread = threading.Thread(target=_load, name="gui-warm", daemon=True)
        thread.start()
        return thread

    @Slot()
    def _on_time(self) -> None:
        self.warm()

    @property
    def histories(self) -> Histories:
        """What is known of the sessions that were looked at lately."""
        return self._histories

    @property
    def sound(self) -> Sound | None:
        """What is played or was played last."""
        return self._sound

    @property
    def folder(self) -> SessionFolder | None:
        """The session that is played or was played last; None where that is no session."""
        return self._sound.folder if self._sound else None

    @property
    def playing(self) -> Playing:
        """What it does now."""
        return self._playing

    @property
    def hearing(self) -> Hearing:
        """How it plays."""
        return self._hearing

    @property
    def position_s(self) -> float:
        """Session time of what is heard, or where it would go on."""
        return self._at_s

    def play(self, folder: SessionFolder, from_s: float) -> None:
        """Play a session from a moment on; says `failed` where nothing can be heard."""
        self.play_sound(SessionSound(folder, self._histories), from_s)

    def play_sound(self, sound: Sound, from_s: float) -> None:
        """Play anything from a moment on; says `failed` where nothing can be heard."""
        self._silence()
        self._sound, self._at_s, self._told_jump = sound, from_s, None
        self._feed = Feed(sound, from_s, self._hearing)  # decodes while the device opens
        sink = _new_sink(self)
        if sink is None:
            self._silence()
            self._turn(Playing.NOTHING)
            self.moved.emit(self._at_s)
            self.failed.emit(no_output())
            return
        self._sink, self._device = sink, sink.start()
        self._turn(Playing.SOUND)

    def hear(self, hearing: Hearing) -> None:
        """Play otherwise from here on: another pace, something left out."""
        if hearing == self._hearing:
            return
        if self._playing is Playing.SOUND:
            self._at_s = self._heard_s()
        self._hearing = hearing
        if self._playing is Playing.SOUND and self._sound is not None:
            self.play_sound(self._sound, self._at_s)
        else:
            self.changed.emit()

    def seek(self, at_s: float) -> None:
        """Go on from another moment of the same sound."""
        if self._sound is None:
            return
        if self._playing is Playing.SOUND:
            self.play_sound(self._sound, max(at_s, 0.0))
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
        if self._sound is not None and self._playing is not Playing.SOUND:
            self.play_sound(self._sound, self._at_s)

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
        jump = self._feed.last_jump(self._heard_frames()) if self._feed else None
        if jump and jump != self._told_jump:
            self._told_jump = jump
            self.jumped.emit(*jump)

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
        return float(self._feed.position(self._heard_frames()))

    def _heard_frames(self) -> int:
        if self._feed is None or self._sink is None:
            return 0
        waiting = self._sink.bufferSize() - self._sink.bytesFree()
        return max(self._feed.taken_frames - waiting // BYTES_A_FRAME, 0)

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


def _load() -> None:
    """Import what decodes; where that fails, playing says so."""
    with contextlib.suppress(ImportError, OSError):  # libpulse is missing
        for name in _NEEDED:
            importlib.import_module(name)


def _has_server() -> bool:
    """Whether there is a sound server, on the one system where that isn't a matter of course."""
    if sys.platform != "linux":
        return True
    from recorder.sources import pulse  # noqa: PLC0415 (not at the first window)

    folder = os.environ.get("XDG_RUNTIME_DIR")
    return pulse.is_there() or (folder is not None and Path(folder, _PIPEWIRE).exists())


def _output() -> QAudioDevice | None:
    """Where sound goes unless told; None where it can't go anywhere, or no library is there.

    Qt looks for the sound server once, when it is loaded, and then follows it as it goes and
    comes. Where there was none it would never find one: so it isn't loaded before there is one.
    """
    if _QT not in sys.modules and not _has_server():
        return None
    try:
        from PySide6.QtMultimedia import QMediaDevices  # noqa: PLC0415 (not at the first window)
    except ImportError:  # libpulse is missing on Linux
        return None
    output = QMediaDevices.defaultAudioOutput()
    return None if output.isNull() else output


def _new_sink(parent: QObject) -> QAudioSink | None:
    """An open way to the default output; None where there is none, or no library for it."""
    output = _output()
    if output is None:
        return None
    from PySide6.QtMultimedia import QAudioFormat, QAudioSink  # noqa: PLC0415 (likewise)

    form = QAudioFormat()
    form.setSampleRate(RATE_HZ)
    form.setChannelCount(CHANNELS)
    form.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    sink = QAudioSink(output, form, parent)
    sink.setBufferSize(_BUFFER_BYTES)
    return sink
