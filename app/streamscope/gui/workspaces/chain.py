"""The chain of a workspace's test, link by link as it is walked: what was seen, where it broke, what mends it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.engine.links import LINKS, Link
from streamscope.gui.marks import StateView, muted_label, retone
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font, strong_font
from streamscope.model.phrase import NOTHING

_MARKS = {
    "waiting": "idle",
    "running": "waiting",
    "ok": "complete",
    "warning": "early",
    "failed": "error",
    "skipped": "unknown",
}


class ChainView(QFrame):
    """One row a link; `action_requested` gives the link whose button was pressed."""

    action_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Test of the connection"))
        self.links: dict[str, Link] = {}
        self._rows: dict[str, LinkView] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        for key, label in LINKS.items():
            row = self._rows[key] = LinkView(told(label))
            row.button.clicked.connect(lambda _=False, which=key: self.action_requested.emit(self.links[which]))
            column.addWidget(row)

    def clear(self) -> None:
        """As before a test."""
        for key in LINKS:
            self.show_link(Link(key))

    def show_link(self, link: Link) -> None:
        """Show a link as it is now."""
        self.links[link.key] = link
        self._rows[link.key].show_link(link)

    def row(self, key: str) -> "LinkView":
        """A link's row."""
        return self._rows[key]


class LinkView(QWidget):
    """A link: mark, name, what was seen, time; where it broke why, what to try, and a button that does it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.mark = StateView(size=14)
        label = QLabel(name)
        label.setFont(strong_font())
        label.setFixedWidth(132)
        self.took = muted_label("")
        self.took.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.took.setFixedWidth(64)
        self.seen = _words("muted")
        self.why = _words("error")
        self.remedy = _words("")
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.mark, 0, 0, top)
        grid.addWidget(label, 0, 1, top)
        grid.addWidget(self.seen, 0, 2)
        grid.addWidget(self.took, 0, 3, top)
        grid.addWidget(self.why, 1, 2)
        grid.addWidget(self.remedy, 2, 2)
        grid.addWidget(self.button, 3, 2, Qt.AlignmentFlag.AlignLeft)

    def show_link(self, link: Link) -> None:
        """Show it as it is now."""
        states = {
            "waiting": self.tr("waiting"),
            "running": self.tr("testing…"),
            "ok": self.tr("good"),
            "warning": self.tr("good, with a warning"),
            "failed": self.tr("broken"),
            "skipped": self.tr("not tested"),
        }
        self.mark.show_state(_MARKS[link.state])
        quiet = link.state == "skipped"
        seen = "\n".join(map(told, link.seen)) or (told(link.why) if quiet else states[link.state])
        self.seen.setText(_breakable(seen))
        for label, phrase in ((self.why, NOTHING if quiet else link.why), (self.remedy, link.remedy)):
            label.setText(_breakable(told(phrase)))
            label.setVisible(bool(phrase.template))
        retone(self.why, "warn" if link.state == "warning" else "error")
        self.took.setText("" if link.milliseconds is None else f"{link.milliseconds:.0f} ms")
        words = self._action(link.action)
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setVisible(bool(words) and link.state == "failed")
        self.setAccessibleName(
            f"{self._name}: {states[link.state]}. {seen} {told(link.why)} {told(link.remedy)}".strip()
        )

    def _action(self, action: str) -> str:
        return {
            "fields": self.tr("Fill in"),
            "address": self.tr("Look at the address"),
            "proxy": self.tr("Look at the proxy"),
            "ca": self.tr("Look at the CA file"),
            "trust": self.tr("Trust this certificate in this workspace"),
            "credential": self.tr("Look at the credential"),
            "sandbox": self.tr("Try again"),
        }.get(action, "")


def _breakable(text: str) -> str:
    """Fingerprints have no blank to wrap at."""
    return "\n".join(
        " ".join(word.replace(":", ":\u200b") if len(word) > 40 else word for word in line.split(" "))
        for line in text.split("\n")
    )


def _words(tone: str) -> QLabel:
    label = QLabel()
    label.setFont(small_font())
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setMinimumWidth(40)
    retone(label, tone)
    return label
