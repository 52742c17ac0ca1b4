"""What people may change of a session: its title, host, description, rights, consent, cover."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
)

from app.editing import Changes
from app.gui import tokens
from app.gui.presenters.language import translate
from app.gui.widgets import Button, label
from recorder.archive import SessionFolder, SessionInfo

_LINES = ("title", "host", "rights", "consent")


class DetailsForm(QFrame):
    """A form over a session's details; says what is to change."""

    saved = Signal(object)
    """`Changes`."""
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._names = {
            "title": translate("Details", "Title"),
            "host": translate("Details", "Host"),
            "rights": translate("Details", "Rights"),
            "consent": translate("Details", "Consent"),
        }
        self.fields = {name: _field(self._names[name]) for name in _LINES}
        self.description = QPlainTextEdit()
        self.description.setAccessibleName(translate("Details", "Description"))
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(2 * tokens.CONTROL_HEIGHT)
        self._cover: Path | None = None
        self._no_cover = False
        self._picture = QLabel()
        self._picture.setFixedSize(tokens.COVER_SIZE, tokens.COVER_SIZE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setObjectName("cover")
        self._choose = Button(translate("Details", "Choose cover"), "upload")
        self._remove = Button(translate("Details", "Remove cover"), "x")
        self._save = Button(translate("Details", "Save"), "check", role="on_accent", kind="main")
        self._cancel = Button(translate("Details", "Cancel"))
        self._choose.clicked.connect(self._on_choose)
        self._remove.clicked.connect(self._on_remove)
        self._save.clicked.connect(self._on_save)
        self._cancel.clicked.connect(self.closed)
        self._lay_out()
        self.hide()

    def open(self, folder: SessionFolder, info: SessionInfo) -> None:
        """Show what there is, to be changed."""
        for name, field in self.fields.items():
            field.setText(getattr(info, name))
        self.description.setPlainText(info.description)
        self._cover, self._no_cover = None, False
        self._show_picture(folder.path / info.cover if info.cover else None)
        self.show()
        self.fields["title"].setFocus()
        self.fields["title"].selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Return saves, Escape leaves; the page's keys are no keys here."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._on_save()
            case Qt.Key.Key_Escape:
                self.closed.emit()
            case _:
                event.accept()

    @Slot()
    def _on_choose(self) -> None:
        dialog = QFileDialog(self, translate("Details", "Choose a cover"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(False)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(translate("Details", "Pictures (*.jpg *.jpeg *.png)"))
        dialog.fileSelected.connect(self.choose_cover)
        dialog.open()

    @Slot(str)
    def choose_cover(self, path: str) -> None:
        """Take a file as the cover."""
        self._cover, self._no_cover = Path(path), False
        self._show_picture(self._cover)

    @Slot()
    def _on_remove(self) -> None:
        self._cover, self._no_cover = None, True
        self._show_picture(None)

    @Slot()
    def _on_save(self) -> None:
        texts = {name: " ".join(field.text().split()) for name, field in self.fields.items()}
        self.saved.emit(
            Changes(
                title=texts["title"],
                host=texts["host"],
                rights=texts["rights"],
                consent=texts["consent"],
                description=self.description.toPlainText().strip(),
                cover=self._cover,
                no_cover=self._no_cover,
            )
        )

    def _show_picture(self, path: Path | None) -> None:
        picture = QPixmap(str(path)) if path else QPixmap()
        self._remove.setVisible(path is not None)
        if picture.isNull():
            self._picture.setPixmap(QPixmap())
            self._picture.setText(translate("Details", "No cover"))
            return
        ratio = self.devicePixelRatioF()
        scaled = picture.scaled(
            self._picture.size() * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        self._picture.setPixmap(scaled)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.SPACE_M)
        grid.setVerticalSpacing(tokens.SPACE_S)
        for row, name in enumerate(_LINES):
            grid.addWidget(label("muted", self._names[name]), row, 0)
            grid.addWidget(self.fields[name], row, 1)
        grid.addWidget(
            label("muted", translate("Details", "Description")),
            len(_LINES), 0, Qt.AlignmentFlag.AlignTop,
        )  # fmt: skip
        grid.addWidget(self.description, len(_LINES), 1)
        grid.setColumnStretch(1, 1)
        side = QVBoxLayout()
        side.setSpacing(tokens.SPACE_S)
        side.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self._choose)
        side.addWidget(self._remove)
        side.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(tokens.SPACE_L)
        body.addLayout(grid, 1)
        body.addLayout(side)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_L
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(body)
        layout.addLayout(buttons)


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setMinimumHeight(tokens.CONTROL_HEIGHT)
    return field
