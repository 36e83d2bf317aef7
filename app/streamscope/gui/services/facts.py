"""The lines of a service's details: something to copy, an API to take, an event."""

import time

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedEdit, IconView, muted_label, tool_button
from streamscope.gui.services.names import one_line
from streamscope.gui.theme import code_font, colour, small_font
from streamscope.model.service import Happening, Sample

_SEVERITIES = {"info": ("info", "muted"), "warning": ("warning", "warn"), "error": ("error", "error")}


def caption(text: str) -> QLabel:
    """A section's quiet heading."""
    return muted_label(text)


def wrapped(text: str) -> QLabel:
    """A text of several lines; one without blanks may be broken anywhere."""
    flat = one_line(text)
    label = QLabel("\u200b".join(flat[at : at + 16] for at in range(0, len(flat), 16)) if " " not in flat else flat)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(40)
    label.setAccessibleName(flat)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class CopyLine(QWidget):
    """A value that is shortened in its middle, whole when it is entered, with a button that copies it."""

    def __init__(self, label: str, value: str, copies: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = value
        self.edit = ElidedEdit()
        self.edit.setAccessibleName(label or copies)
        self.edit.set_text(one_line(value))
        self.button = tool_button("copy", copies, self)
        self.button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.value))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(0)
        if label:
            name = QLabel(label)
            name.setFont(small_font())
            column.addWidget(name)
        column.addLayout(row)

    def show_value(self, value: str) -> None:
        """Show another value."""
        self.value = value
        self.edit.set_text(one_line(value))


class ApiButton(QPushButton):
    """An API: its method and its path; pressing it takes its sample."""

    def __init__(self, sample: Sample, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample = sample
        self._method = "WS" if sample.messages else sample.method or "GET"
        self._path = one_line(sample.path) or "/"
        said = QCoreApplication.translate("services", "Use {method} {path}")
        self.setAccessibleName(said.format(method=self._method, path=self._path))
        self.setToolTip("\n".join(part for part in (self._path, sample.body or "".join(sample.messages)) if part)[:600])
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFont(code_font())

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(160, QFontMetrics(code_font()).height() + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: the button, then method and path in two tones, the path shortened in its middle."""
        super().paintEvent(event)
        painter = QPainter(self)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        rect = self.rect().adjusted(9, 0, -9, 0)
        painter.setFont(small_font())
        painter.setPen(colour("accent"))
        painter.drawText(rect, int(left), self._method)
        wide = max(QFontMetrics(small_font()).horizontalAdvance("DELETE"), 34) + 4
        place = QRect(rect.left() + wide, rect.top(), rect.width() - wide, rect.height())
        painter.setFont(code_font())
        painter.setPen(colour("text"))
        shown = QFontMetrics(code_font()).elidedText(self._path, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, int(left), shown)
        painter.end()


class HappeningLine(QWidget):
    """Something that happened: when, and what."""

    def __init__(self, happening: Happening, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon, tint = _SEVERITIES[happening.severity]
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(happening.at)) if happening.at else ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(6)
        row.addWidget(IconView(icon, tint, 13), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(wrapped(happening.text))
        if when:
            words.addWidget(muted_label(when))
        row.addLayout(words, 1)
