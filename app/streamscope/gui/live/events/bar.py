"""The filter of the table of events: what is typed, how it is meant, and which kinds are shown."""

import itertools
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.engine.filter import EVERYTHING, Wanted
from streamscope.engine.filter_reading import FilterError, read, regex
from streamscope.gui.live.events.columns import kept
from streamscope.gui.live.events.completion import OffersView
from streamscope.gui.live.events.warming import warm
from streamscope.gui.marks import ElidedLabel, dress, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font, colour, small_font
from streamscope.model.event import Message, Read, Trace
from streamscope.store.rows import KINDS

EVERY_KIND = frozenset(range(len(KINDS)))
WIDE = 560
"""Pixels from which on all stands in one row."""
_PAUSE = 180
"""Milliseconds after a key until what was typed is looked for."""


class FilterEdit(QLineEdit):
    """What is typed; Up and Down walk through what was looked for before."""

    cleared = Signal()
    left = Signal()

    def __init__(self, names: Callable[[], Iterable[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Filter of the events"))
        self.setPlaceholderText(self.tr('Filter: error  kind:message  size>1k  t>2s  data~"err.r"'))
        self.setToolTip(
            self.tr(
                "Words are looked for in what events hold; small letters find capitals, too.\n"
                "Ctrl+Space offers fields, Up and Down bring back filters of before."
            )
        )
        self.setClearButtonEnabled(True)
        self.setFont(code_font())
        self.offers = OffersView(self, names)
        self.completes = True
        self._past = -1
        self._wrong = -1
        self.textEdited.connect(self._typed)

    def set_wrong(self, at: int) -> None:
        """Show that it is wrong from a character on, -1: that it is right."""
        self._wrong = at
        if bool(self.property("invalid")) != (at >= 0):
            self.setProperty("invalid", at >= 0)
            self.style().polish(self)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Qt's: Escape is for the filter while it holds something, before it stops what runs."""
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        warm()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.cleared.emit() if self.text() else self.left.emit()
        elif key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.offers.offer(asked=True)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(1 if key == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: and a line below what is wrong."""
        super().paintEvent(event)
        if self._wrong < 0 or not self.text():
            return
        metrics = self.fontMetrics()
        to_cursor = metrics.horizontalAdvance(self.text()[: self.cursorPosition()])
        start = self.cursorRect().center().x() - to_cursor
        first = min(self._wrong, max(0, len(self.text()) - 1))
        left = start + metrics.horizontalAdvance(self.text()[:first])
        wide = max(metrics.horizontalAdvance(self.text()[first:].split(" ")[0] or " "), 6)
        painter = QPainter(self)
        painter.setPen(QPen(colour("error"), 1.5, Qt.PenStyle.DotLine))
        low = self.rect().center().y() + metrics.ascent() // 2 + 4
        painter.setClipRect(QRectF(self.rect().adjusted(6, 0, -24, 0)))
        painter.drawLine(left, low, left + wide, low)
        painter.end()

    def _typed(self) -> None:
        self._past = -1
        if self.completes:
            self.offers.offer()

    def _walk(self, step: int) -> None:
        past = max(-1, min(len(kept.filters) - 1, self._past + step))
        if past != self._past:
            self._past = past
            self.setText(kept.filters[past] if past >= 0 else "")


class ChipView(QPushButton):
    """What narrows the table beside the filter; a click takes it away."""

    def __init__(self, text: str, removes: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setFont(small_font())
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross behind the words
        self.setIconSize(QSize(10, 10))
        dress(self, "close")
        self.setToolTip(removes)
        self.tell(text)

    def tell(self, text: str) -> None:
        """Say something else."""
        self.setText(f"\u2009{text}\u2009")
        self.setAccessibleName(f"{text}: {self.toolTip()}")


class FilterView(QWidget):
    """The bar above the table; `wanted` is what is looked for, EVERYTHING for nothing in particular."""

    changed = Signal()
    kinds_changed = Signal()
    step_requested = Signal(int)
    left = Signal()

    def __init__(self, names: Callable[[], Iterable[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted: Wanted = EVERYTHING
        self.edit = FilterEdit(names, self)
        self.as_regex = QToolButton(self)
        self.as_regex.setText(".*")
        self.as_regex.setProperty("segment", True)
        self.as_regex.setCheckable(True)
        self.as_regex.setToolTip(self.tr("Take what is typed as one regular expression"))
        self.as_regex.setAccessibleName(self.tr("Regular expression"))
        self.only = tool_button("filter", self.tr("Show only what matches; otherwise it is highlighted"), self)
        self.only.setCheckable(True)
        self.only.setChecked(True)
        self.up = tool_button("arrow-up", self.tr("Previous hit (Shift+F3)"), self)
        self.down = tool_button("arrow-down", self.tr("Next hit (F3)"), self)
        self.kinds = self._choice()
        self.about = ElidedLabel("", "muted")
        self.about.setFont(small_font())
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setMinimumWidth(60)
        self._wrong = QLabel()
        self._wrong.setProperty("tone", "error")
        self._wrong.setTextFormat(Qt.TextFormat.PlainText)
        self._wrong.setWordWrap(True)
        self._wrong.setFont(small_font())
        self._wrong.hide()
        self._chips = QHBoxLayout()
        self._chips.setSpacing(4)
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE)
        self._soon.timeout.connect(self.apply)
        self.edit.textChanged.connect(self._touched)
        self.edit.returnPressed.connect(self._entered)
        self.edit.cleared.connect(self.clear)
        self.edit.left.connect(self.left)
        self.as_regex.toggled.connect(self._meant_otherwise)
        self.only.toggled.connect(lambda _: self.changed.emit())
        self.kinds.currentIndexChanged.connect(lambda _: self.kinds_changed.emit())
        self.up.clicked.connect(lambda: self.step_requested.emit(-1))
        self.down.clicked.connect(lambda: self.step_requested.emit(1))

    @property
    def filters(self) -> bool:
        """Whether something is looked for and only that is shown."""
        return self.only.isChecked() and self.wanted != EVERYTHING

    @property
    def highlights(self) -> bool:
        """Whether something is looked for and everything is shown."""
        return not self.only.isChecked() and self.wanted != EVERYTHING

    def shown_kinds(self) -> frozenset[int]:
        """The chosen kinds, by their places in KINDS."""
        kinds: frozenset[int] = self.kinds.currentData()
        return kinds

    def open(self) -> None:
        """Go into the filter."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def clear(self) -> None:
        """Look for nothing any more."""
        self.edit.clear()
        self.apply()

    def look_for(self, text: str) -> None:
        """Look for this."""
        self.edit.setText(text)
        self.apply()

    def apply(self) -> None:
        """Look for what is typed now; what cannot be understood is told, and what was looked for stays."""
        self._soon.stop()
        text = self.edit.text()
        try:
            wanted = read(text) if not self.as_regex.isChecked() else regex(text) if text else EVERYTHING
        except FilterError as error:
            self._wrong.setText(f"{told(error.message)}. {told(error.hint)}")
            self._wrong.show()
            self.edit.set_wrong(error.at)
            return
        self._wrong.hide()
        self.edit.set_wrong(-1)
        if wanted != self.wanted:
            self.wanted = wanted
            self.changed.emit()

    def add_chip(self, chip: ChipView) -> None:
        """Show what narrows the table, too."""
        self._chips.addWidget(chip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: in one row or two, as there is room."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        row = self._first if wide else self._second
        self.kinds.setFont(QApplication.font() if wide else small_font())
        if row.indexOf(self.kinds) < 0:
            row.addWidget(self.kinds)

    def _lay_out(self) -> None:
        self._first, self._second = QHBoxLayout(), QHBoxLayout()
        self._first.setSpacing(4)
        self._second.setSpacing(8)
        for widget in (self.edit, self.as_regex, self.only, self.up, self.down):
            self._first.addWidget(widget, 1 if widget is self.edit else 0)
        self._second.addLayout(self._chips)
        self._second.addWidget(self.about, 1)
        self._second.addWidget(self.kinds)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 4)
        column.setSpacing(4)
        column.addLayout(self._first)
        column.addWidget(self._wrong)
        column.addLayout(self._second)
        ring: tuple[QWidget, ...] = (self.edit, self.as_regex, self.only, self.up, self.down, self.kinds)
        for one, after in itertools.pairwise(ring):
            self.setTabOrder(one, after)

    def _touched(self) -> None:
        self.edit.set_wrong(-1)
        self._soon.start()

    def _entered(self) -> None:
        self.apply()
        if self.edit.text().strip() and not self.edit.property("invalid"):
            kept.note_filter(self.edit.text().strip())
        if self.highlights:
            self.step_requested.emit(1)

    def _meant_otherwise(self, as_regex: bool) -> None:
        self.edit.completes = not as_regex
        self.apply()

    def _choice(self) -> QComboBox:
        reads, phases = {KINDS.index(Read)}, {KINDS.index(Trace)}
        combo = QComboBox()
        combo.setAccessibleName(self.tr("Which events are shown"))
        combo.setMinimumWidth(96)
        for text, kinds in (
            (self.tr("All but socket reads"), EVERY_KIND - reads),
            (self.tr("Messages only"), frozenset({KINDS.index(Message)})),
            (self.tr("All but reads and phases"), EVERY_KIND - reads - phases),
            (self.tr("Everything"), EVERY_KIND),
        ):
            combo.addItem(text, kinds)
        return combo
