"""A session's cover, read off the GUI thread; hidden where there is none. GUI thread only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QLabel

from app.gui import icons, tokens
from app.gui.bridge import Lane
from app.gui.presenters.language import translate
from recorder.errors import AircheckError


class CoverView(QLabel):
    """A square picture with round corners.

    Args:
        lane: Reads pictures, the newest only.
        size: Of its edge, in device-independent pixels.
    """

    def __init__(self, lane: Lane, size: int) -> None:
        super().__init__()
        self._lane = lane
        self._path: Path | None = None
        self._has_room = True
        self.setFixedSize(size, size)
        self.setAccessibleName(translate("Session", "Cover"))
        self.hide()

    def show_cover(self, path: Path | None) -> None:
        """Show a picture, once it is read; None: none."""
        if path is None or path != self._path:
            self.clear()
            self.hide()
        self._path = path
        if path is not None:
            edge = round(self.width() * icons.ratios()[-1])
            self._lane.do(lambda: _read(path, edge), lambda image: self._on_read(path, image), _no)

    def fit(self, *, has_room: bool) -> None:
        """Give way where there is little room."""
        self._has_room = has_room
        self.setVisible(has_room and not self.pixmap().isNull())

    def _on_read(self, path: Path, image: QImage) -> None:
        if path != self._path or image.isNull():
            return
        self.setPixmap(_rounded(image, self.width()))
        self.fit(has_room=self._has_room)


def _read(path: Path, edge: int) -> QImage:
    """The picture's middle as a square; null where it is none. Any thread."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        aspect = Qt.AspectRatioMode.KeepAspectRatioByExpanding
        reader.setScaledSize(size.scaled(QSize(edge, edge), aspect))
    image = reader.read()
    left, top = (image.width() - edge) // 2, (image.height() - edge) // 2
    return image.copy(left, top, edge, edge) if not image.isNull() else image


def _rounded(image: QImage, size: int) -> QPixmap:
    picture = QPixmap(image.size())
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    corner = tokens.CORNER_S * image.width() / size
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(picture.rect()), corner, corner)
    painter.setClipPath(outline)
    painter.drawImage(0, 0, image)
    painter.end()
    picture.setDevicePixelRatio(image.width() / size)
    return picture


def _no(_error: AircheckError) -> None:
    """A picture that can't be read is none; the session is the same without."""
