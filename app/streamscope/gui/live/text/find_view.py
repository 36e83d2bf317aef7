"""Find in the texts of an exchange, all of them and all of each: a bar with count, next and previous."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from streamscope.gui.live.text.lane_view import LaneView
from streamscope.gui.live.text.search import LaneSearch
from streamscope.gui.marks import muted_label, retone, tool_button

_BUDGET = 0.006
Hits = dict[tuple[int, str, str], Sequence[tuple[int, int]]]


class FindView(QFrame):
    """The bar. `texts` gives the texts in their order; `found` tells hits by lane, `shown` one to bring into view."""

    found = Signal(object)
    shown = Signal(object, int, int)
    closed = Signal()

    def __init__(self, texts: Callable[[], list[LaneView]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._searches: list[tuple[LaneView, LaneSearch]] = []
        self._current: tuple[int, int] | None = None
        """Which search and which of its hits is shown."""
        self._go_first = False
        self.setObjectName("find")
        self.sought = QLineEdit()
        self.sought.setAccessibleName(self.tr("Find in the text"))
        self.sought.setPlaceholderText(self.tr("Find in the text"))
        self.sought.setMinimumWidth(60)
        self.sought.textChanged.connect(lambda _: self.look())
        self.sought.installEventFilter(self)
        self.case = QToolButton()
        self.case.setText("Aa")
        self.case.setCheckable(True)
        self.case.setAutoRaise(True)
        self.case.setToolTip(self.tr("Match case"))
        self.case.setAccessibleName(self.tr("Match case"))
        self.case.toggled.connect(lambda _: self.look())
        self.count = muted_label("")
        up = tool_button("arrow-up", self.tr("Previous (Shift+F3)"), self)
        up.clicked.connect(lambda: self.go(-1))
        down = tool_button("arrow-down", self.tr("Next (F3)"), self)
        down.clicked.connect(lambda: self.go(1))
        close = tool_button("close", self.tr("Close (Esc)"), self)
        close.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 6, 4)
        row.setSpacing(4)
        for widget in (self.sought, self.case, self.count, up, down, close):
            row.addWidget(widget, 1 if widget is self.sought else 0)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)
        self.hide()

    def open(self, words: str = "") -> None:
        """Show the bar and go into it."""
        self.show()
        if words and "\n" not in words and len(words) < 200:
            self.sought.setText(words)
        self.sought.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sought.selectAll()
        self.look()

    def close_bar(self) -> None:
        """Hide it; nothing is marked any more."""
        self._timer.stop()
        self._searches, self._current = [], None
        self.hide()
        self.found.emit({})
        self.closed.emit()

    def look(self) -> None:
        """Look anew; the first hit is shown."""
        words = self.sought.text()
        case = self.case.isChecked()
        self._current, self._go_first = None, bool(words)
        self._searches = []
        if words:
            self._searches = [
                (text, LaneSearch(text.lane, words, case=case)) for text in self._texts() if text.lane is not None
            ]
        self._timer.start()

    def follow(self) -> None:
        """The texts grew: look on."""
        if self.isVisible() and self.sought.text():
            kept = [(text, search) for text, search in self._searches if text.lane is search.lane]
            if len(kept) < len(self._searches):  # arguments that are whole now are laid out otherwise
                self._searches, self._current = kept, None
            known = {id(search.lane) for _, search in self._searches}
            for text in self._texts():
                if text.lane is not None and id(text.lane) not in known:
                    new = LaneSearch(text.lane, self.sought.text(), case=self.case.isChecked())
                    self._searches.append((text, new))
            self._timer.start()

    def go(self, step: int) -> None:
        """Show the next hit or the one before, around the end."""
        every = [(at, hit) for at, (_, search) in enumerate(self._searches) for hit in range(len(search.hits))]
        if not every:
            return
        if self._current is None:
            self._current = every[0 if step > 0 else -1]
        else:
            self._current = every[(every.index(self._current) + step) % len(every)]
        view, search = self._searches[self._current[0]]
        self.shown.emit(view, *search.hits[self._current[1]])
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the line."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.close_bar()
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3) and plain:
                self.go(-1 if back else 1)
                return True
        return super().eventFilter(watched, event)

    def _step(self) -> None:
        until = time.perf_counter() + _BUDGET
        # Every search takes its turn: none may be forgotten once the time is over.
        more = [search.step(view.shown, until) for view, search in self._searches]
        if not any(more):
            self._timer.stop()
        self.found.emit({search.lane.key: search.hits for _, search in self._searches})
        if self._go_first and any(search.hits for _, search in self._searches):
            self._go_first = False
            self.go(1)
        self._tell()

    def _tell(self) -> None:
        count = sum(len(search.hits) for _, search in self._searches)
        more = any(search.more for _, search in self._searches)
        if not self.sought.text():
            said = ""
        elif not count:
            said = self.tr("Searching…") if self._timer.isActive() else self.tr("None")
        else:
            before = sum(len(search.hits) for _, search in self._searches[: self._current[0]]) if self._current else 0
            number = f"{before + self._current[1] + 1:,}" if self._current else "–"
            said = self.tr("{number} of {count}").format(number=number, count=f"{count:,}" + ("+" if more else ""))
        self.count.setText(said)
        none = bool(self.sought.text()) and not count and not self._timer.isActive()
        retone(self.count, "error" if none else "muted")
