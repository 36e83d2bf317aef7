"""What a person should know of an exchange: each finding with its evidence and what to try."""

from array import array

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStackedWidget,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.summary.findings_delegate import FindingDelegate
from streamscope.gui.live.summary.findings_model import FINDING, FindingsModel, as_text, counted
from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.theme import strong_font, theme
from streamscope.model.event import Finding

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class FindingsView(QWidget):
    """The list of findings, or what was looked for; `count_changed` tells how many there are and the worst severity."""

    count_changed = Signal(int, str)

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self._seen, self._over = 0, False
        self.count, self.worst = 0, ""
        self.model = FindingsModel(self)
        self.list = FindingListView(self.model)
        self.list.evidence_requested.connect(self._point_out)
        self._told = ElidedLabel("")
        self._told.setFont(strong_font())
        self.copy = tool_button("copy", self.tr("Copy all findings"), self)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(as_text(self.model.findings)))
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("tone", "muted")
        self._empty.setContentsMargins(24, 24, 24, 24)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(self._told, 1)
        row.addWidget(self.copy)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.list, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._stack)
        self.setFocusProxy(self.list)
        self._tell()

    def follow(self) -> None:
        """Show what was found since, unless the view stands still."""
        if self._feed.paused and self._seen:
            return
        found = self._feed.derived.findings
        stop = len(found)
        if stop > self._seen:
            new, self._seen = found[self._seen : stop], stop
            with self.list.standing():
                self.model.tell(new)
        elif self._over == self._feed.done:
            return
        self._over = self._feed.done
        self._tell()

    def _tell(self) -> None:
        count, worst = counted(self.model.findings)
        self._stack.setCurrentIndex(1 if count else 0)
        if not count:
            self._empty.setText(self._nothing())
            self._empty.setAccessibleName(self._empty.text())
        errors = sum(finding.severity == "error" for finding in self.model.findings)
        warnings = sum(finding.severity == "warning" for finding in self.model.findings)
        parts = [self.tr("Findings: {count}").format(count=count)]
        if errors:
            parts.append(self.tr("errors: {count}").format(count=errors))
        if warnings:
            parts.append(self.tr("warnings: {count}").format(count=warnings))
        self._told.set_text(" · ".join(parts))
        if (count, worst) != (self.count, self.worst):
            self.count, self.worst = count, worst
            self.count_changed.emit(count, worst)

    def _nothing(self) -> str:
        from streamscope.engine.findings import RULES

        if self._feed.done:
            text = self.tr("Nothing unusual. {count} rules watched connection, syntax, order, pace and end.")
        else:
            text = self.tr("Nothing unusual so far. {count} rules watch connection, syntax, order, pace and end.")
        return text.format(count=len(RULES))

    def _point_out(self, finding: Finding) -> None:
        last = self._feed.stop
        events = array("I", sorted({event for event in finding.events if 0 <= event < last}))
        if events:
            self._spotlight.point_out(events)
            self._spotlight.look_at(events[0])
            self._spotlight.show_view("events")


class FindingListView(QListView):
    """Rows of different heights; Enter or a click on the evidence asks for its events."""

    evidence_requested = Signal(object)

    def __init__(self, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = FindingDelegate(self)
        self.setAccessibleName(self.tr("Findings"))
        self.setProperty("plain", True)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        copy = QAction(self.tr("Copy"), self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        show = QAction(self.tr("Show its events"), self)
        show.triggered.connect(lambda: self._ask(self.currentIndex()))
        self.addActions([show, copy])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.changed.connect(self.doItemsLayout)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(120, 60)

    def standing(self) -> "_Standing":
        """Around a change: what is at the top stays where it is."""
        return _Standing(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Enter asks for the evidence."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._ask(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: a hand over the link."""
        super().mouseMoveEvent(event)
        over = self._link_at(event.position().toPoint()).isValid()
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        super().mouseReleaseEvent(event)
        index = self._link_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self._ask(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's: anywhere on a finding."""
        super().mouseDoubleClickEvent(event)
        self._ask(self.indexAt(event.position().toPoint()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: other lines, other heights."""
        with self.standing():
            super().resizeEvent(event)
            self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: another font, other heights."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.scheduleDelayedItemsLayout()

    def _link_at(self, point: QPoint) -> QModelIndex:
        index = self.indexAt(point)
        if index.isValid():
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            option.rect = self.visualRect(index)
            if self._delegate.evidence(option, index).contains(point):
                return index
        return QModelIndex()

    def _ask(self, index: QModelIndex) -> None:
        if index.isValid():
            self.evidence_requested.emit(index.data(FINDING))

    def _copy(self) -> None:
        chosen = sorted(self.selectedIndexes(), key=QModelIndex.row)
        QGuiApplication.clipboard().setText(as_text(index.data(FINDING) for index in chosen))


class _Standing:
    """The finding at the top keeps its place on the screen, unless the list stands at its very top."""

    def __init__(self, view: FindingListView) -> None:
        self._view = view

    def __enter__(self) -> None:
        view = self._view
        bar = view.verticalScrollBar()
        index = view.indexAt(QPoint(4, 1)) if bar.value() else QModelIndex()
        self._rule = index.data(FINDING).rule if index.isValid() else ""
        self._top = view.visualRect(index).top() if index.isValid() else 0

    def __exit__(self, *_: object) -> None:
        view, model = self._view, self._view.model()
        if not self._rule:
            return
        view.executeDelayedItemsLayout()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            if index.data(FINDING).rule == self._rule:
                bar = view.verticalScrollBar()
                bar.setValue(bar.value() + view.visualRect(index).top() - self._top)
