"""Small painted and themed things: state marks, icons that follow the theme, labels that never clip."""

from contextlib import suppress
from html import escape
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from streamscope.gui.assets import icon, pixmap
from streamscope.gui.theme import code_font, colour, small_font, theme

_SPARE = 8
"""Pixels that a growing figure gets more than it needs."""
Iconed = QAbstractButton | QAction
_worn: "WeakKeyDictionary[Iconed, tuple[str, str]]" = WeakKeyDictionary()

# State -> (colour token, shape). Never colour alone: the shape and a word always go with it.
STATES = {
    "running": ("ok", "disc"),
    "changing": ("info", "triangle"),
    "concerning": ("warn", "triangle"),
    "stopped": ("muted", "ring"),
    "failed": ("error", "cross"),
    "unknown": ("muted", "dash"),
    "idle": ("muted", "ring"),
    "waiting": ("info", "triangle"),
    "live": ("ok", "disc"),
    "complete": ("ok", "check"),
    "error": ("error", "cross"),
    "early": ("warn", "triangle"),
    "stopped-here": ("muted", "square"),
}


def dress(thing: Iconed, name: str, tint: str = "muted") -> None:
    """Give a button or action an icon that follows the theme."""
    if not _worn:
        theme.changed.connect(_redress)
    _worn[thing] = (name, tint)
    thing.setIcon(icon(name, getattr(theme.tokens, tint)))


def _redress() -> None:
    for thing, (name, tint) in list(_worn.items()):
        with suppress(RuntimeError):  # Qt may have deleted what Python still holds
            thing.setIcon(icon(name, getattr(theme.tokens, tint)))


def paint_state(painter: QPainter, rect: QRectF, state: str) -> None:
    """Draw a state's mark into a square."""
    token, shape = STATES.get(state, STATES["unknown"])
    tint = colour(token)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height())
    box = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side).adjusted(1, 1, -1, -1)
    line = QPen(tint, max(1.8, side / 6))
    line.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    if shape == "disc":
        painter.drawEllipse(box)
    elif shape == "square":
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 1.5, 1.5)
    elif shape == "triangle":
        top = QPointF(box.center().x(), box.top())
        painter.drawPolygon(QPolygonF([top, QPointF(box.right(), box.bottom()), QPointF(box.left(), box.bottom())]))
    else:
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if shape == "ring":
            painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        elif shape == "cross":
            inner = box.adjusted(1, 1, -1, -1)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        elif shape == "check":
            middle = QPointF(box.left() + box.width() * 0.38, box.bottom() - 1)
            painter.drawPolyline(
                QPolygonF([QPointF(box.left(), box.center().y() + 1), middle, QPointF(box.right(), box.top() + 1)])
            )
        else:
            painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
    painter.restore()


class StateView(QWidget):
    """A state's mark as a widget; the word stands beside it in a label."""

    def __init__(self, parent: QWidget | None = None, size: int = 12) -> None:
        super().__init__(parent)
        self._state = "idle"
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("State"))

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self._size, self._size)

    def show_state(self, state: str) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self)
        paint_state(painter, QRectF(self.rect()), self._state)
        painter.end()


class IconView(QLabel):
    """An icon as a label, following the theme."""

    def __init__(self, name: str, tint: str = "muted", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tint, self._size = name, tint, size
        self.setFixedSize(size, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_icon(self, name: str, tint: str) -> None:
        """Show another icon."""
        self._name, self._tint = name, tint
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self)
        drawn = pixmap(self._name, getattr(theme.tokens, self._tint), self._size, self.devicePixelRatioF())
        painter.drawPixmap(0, 0, drawn)
        painter.end()


class ElidedLabel(QLabel):
    """One line that is shortened instead of clipped; the whole text is the tooltip.

    It paints its text itself: QLabel asks for a new layout of all that it lies in for each text, up to the window, and
    one that changes once a frame costs more than all the rest of a live pane.
    """

    def __init__(self, text: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = text
        self._shown = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        if tone:
            self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._full = text
        self.setAccessibleName(text)
        self._elide()

    def text(self) -> str:
        """What is shown."""
        return self._shown

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._elide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self)
        self.drawFrame(painter)
        place, role = self.contentsRect(), self.foregroundRole()
        flags = self.alignment().value | Qt.TextFlag.TextSingleLine.value
        self.style().drawItemText(painter, place, flags, self.palette(), self.isEnabled(), self._shown, role)
        painter.end()

    def _elide(self) -> None:
        flat = " ".join(self._full.split())
        shown = QFontMetrics(self.font()).elidedText(flat, Qt.TextElideMode.ElideRight, max(self.width(), 8))
        if shown != self._shown:
            self._shown = shown
            self.update()
        told = f"<span>{escape(self._full)}</span>" if "<" in self._full else self._full  # it is never HTML
        self.setToolTip(told if shown != flat else "")


class SteadyView(QWidget):
    """Holds a label whose text changes often, and has those around it laid out anew only where it needs more room."""

    def __init__(self, label: QLabel) -> None:
        super().__init__()
        self._label = label
        self._room = 0
        label.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Qt's."""
        hint = self._label.sizeHint()
        return QSize(max(hint.width(), self._room), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Qt's."""
        if event.type() == QEvent.Type.LayoutRequest:  # the label's text is another
            needed = self._label.sizeHint().width()
            if needed > self._room:
                self._room = needed + _SPARE
                self.updateGeometry()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._label.setGeometry(self.rect())


class ElidedEdit(QLineEdit):
    """A read-only line, shortened in the middle until it is entered: then all of it can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.full = ""
        self.setReadOnly(True)
        self.setProperty("flat", True)
        self.setFont(code_font())

    def set_text(self, text: str, *, wrong: bool = False) -> None:
        """Show another text."""
        self.full = text
        if wrong != bool(self.property("wrong")):
            self.setProperty("wrong", wrong)
            self.style().polish(self)
        self._elide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self.setText(self.full)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        if self.hasFocus():
            self.setText(self.full)
            return
        shown = QFontMetrics(self.font()).elidedText(
            self.full, Qt.TextElideMode.ElideMiddle, max(self.width() - 12, 40)
        )
        self.setText(shown)
        self.setCursorPosition(0)
        self.setToolTip(self.full)


def muted_label(text: str, parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """A quiet small label."""
    label = QLabel(text, parent)
    label.setProperty("tone", "muted")
    label.setFont(small_font())
    label.setWordWrap(wrap)
    return label


def tool_button(name: str, text: str, parent: QWidget | None = None) -> QToolButton:
    """A button that is an icon; its text is tooltip and accessible name."""
    button = QToolButton(parent)
    dress(button, name)
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setAutoRaise(True)
    return button


def retone(label: QLabel, tone: str) -> None:
    """Give a label another of the style sheet's tones."""
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        label.style().polish(label)
