"""The first run, on one screen: where recordings go, that they need nothing more, and a sample."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.presenters.language import translate
from app.gui.presenters.welcome import Welcome
from app.gui.presenters.words import one_line
from app.gui.widgets import Button, Icon, label


class _Step(QFrame):
    """One thing to know, with a button where there is something to choose."""

    def __init__(self, icon: str, title: str, sentence: str, action: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        self.sentence = label("muted", sentence or "\N{HORIZONTAL ELLIPSIS}")  # it is looked up
        self.sentence.setWordWrap(True)
        self.button = Button(action or title)
        if not action:
            self.button.hide()
        texts = QVBoxLayout()
        texts.setSpacing(tokens.SPACE_XS)
        texts.addWidget(label("heading", title))
        texts.addWidget(self.sentence)
        layout = QHBoxLayout(self)
        edge = tokens.SPACE_L
        layout.setContentsMargins(edge, tokens.SPACE_M, edge, tokens.SPACE_M)
        layout.setSpacing(edge)
        layout.addWidget(Icon(icon, "accent", tokens.ICON_M), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button)


class WelcomeView(QWidget):
    """Shown until there is a first session."""

    settings_asked = Signal()
    """Another folder or model is wanted."""
    model_asked = Signal()
    """The model that suits is to be fetched."""

    def __init__(self) -> None:
        super().__init__()
        title = QLabel(translate("Welcome", "Record what happens only once"))
        title.setObjectName("title")
        title.setWordWrap(True)
        lead = label("muted", translate(
            "Welcome",
            "Paste a link above and press Return. Aircheck waits for the session, records it "
            "whatever happens, and makes every word findable.",
        ))  # fmt: skip
        lead.setWordWrap(True)
        self.place = _Step(
            "folder-open", translate("Welcome", "Where recordings go"), "",
            translate("Welcome", "Change…"),
        )  # fmt: skip
        self.safe = _Step(
            "shield-check",
            translate("Welcome", "Recording needs nothing more"),
            translate(
                "Welcome",
                "It works at once, without a model or an account, and goes on when this window is "
                "closed.",
            ),
        )
        self.words = _Step(
            "captions", translate("Welcome", "Words to search"), "", translate("Welcome", "Get it")
        )
        self.words.button.hide()
        self.button = Button(
            translate("Welcome", "Play the sample broadcast"), "play", role="on_accent", kind="main"
        )
        self.about = label("note", translate(
            "Welcome", "Half a minute on this computer that starts late, breaks, and comes back."
        ))  # fmt: skip
        self.about.setWordWrap(True)
        self.place.button.clicked.connect(self.settings_asked)
        self.words.button.clicked.connect(self.model_asked)
        column = QWidget()
        column.setMaximumWidth(tokens.COLUMN_WIDTH)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(tokens.SPACE_XL, tokens.SPACE_XL, tokens.SPACE_XL, tokens.SPACE_L)
        layout.setSpacing(tokens.SPACE_M)
        layout.addStretch(1)
        for part in (title, lead, self.place, self.safe, self.words):
            layout.addWidget(part)
        foot = QHBoxLayout()
        foot.setSpacing(tokens.SPACE_M)
        foot.addWidget(self.button)
        foot.addWidget(self.about, 1)
        layout.addSpacing(tokens.SPACE_S)
        layout.addLayout(foot)
        layout.addStretch(2)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(column, tokens.COLUMN_WIDTH)
        outer.addStretch(1)

    def show_welcome(self, welcome: Welcome) -> None:
        """Show what was looked up."""
        self.place.sentence.setText(one_line(welcome.place))
        self.words.sentence.setText(welcome.words)
        button = self.words.button
        button.setVisible(bool(welcome.model))
        button.say(translate("Welcome", "Get {model}").format(model=welcome.model))
        button.show_word(is_shown=True)

    def show_fetching(self) -> None:
        """The model is on its way."""
        self.words.button.setEnabled(False)
        self.words.button.say(translate("Welcome", "On its way"))
