"""A chart with its title, what it can show, its table twin, and how it is taken elsewhere."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QGraphicsView,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.live.timeline import exports
from streamscope.gui.live.timeline.sheet import Sheet, SheetView
from streamscope.gui.marks import ElidedLabel, muted_label, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.errors import StoreError


class ChartView(QFrame):
    """A card: the chart, or the same figures as a table. The chart comes with `hold`, its figures with `sheet`."""

    chosen = Signal(str)
    turned = Signal(bool)

    def __init__(
        self,
        title: str,
        choices: tuple[tuple[str, str], ...],
        sheet: Callable[[], Sheet],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._title, self._sheet = title, sheet
        self._chart: QWidget | None = None
        self._paint: Callable[[QPainter], object] | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("What {chart} shows").format(chart=title))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setMinimumWidth(76)  # it gives way where the pane is narrow
        self.choice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for key, label in choices:
            self.choice.addItem(label, key)
        self.choice.currentIndexChanged.connect(lambda _: self.chosen.emit(self.key))
        self.choice.setVisible(len(choices) > 1)
        self.twin = tool_button("table", self.tr("{chart} as a table").format(chart=title), self)
        self.twin.setCheckable(True)
        self.twin.toggled.connect(self._turn)
        self.export = exports.button(self.tr("Save {chart}").format(chart=title), self.save, self)
        for button in (self.twin, self.export):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.note = ElidedLabel("", "muted")
        name = ElidedLabel(title)
        name.setFont(strong_font())
        name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        name.setMinimumWidth(name.fontMetrics().horizontalAdvance(title) + 4)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(12, 4, 4, 4)
        self.head.setSpacing(2)
        self.head.addWidget(name)
        self.head.addWidget(self.note, 1)
        self.head.addWidget(self.choice)
        self.head.addWidget(self.twin)
        self.head.addWidget(self.export)
        self.table = SheetView(self.tr("{chart} as a table").format(chart=title))
        self.table.setProperty("plain", True)
        self._waiting = muted_label(self.tr("Preparing the charts…"))
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._waiting)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addWidget(self._stack, 1)

    @property
    def key(self) -> str:
        """What is chosen of its choices."""
        return str(self.choice.currentData())

    @property
    def held(self) -> bool:
        """Whether it has its chart."""
        return self._chart is not None

    @property
    def tabular(self) -> bool:
        """Whether the table is shown."""
        return self.twin.isChecked()

    def hold(self, chart: QWidget, paint: Callable[[QPainter], object] | None = None) -> None:
        """Show this chart from now on; `paint` draws it as a drawing, where it is no scene of its own."""
        self._chart, self._paint = chart, paint
        self._stack.addWidget(chart)
        if not self.tabular:
            self._stack.setCurrentWidget(chart)

    def refresh(self) -> None:
        """The figures are new: the table is told, if it is shown."""
        if self.tabular:
            self.table.show_sheet(self._sheet())

    def save(self, form: str) -> QFileDialog:
        """Ask for a file and write the chart, or its figures, into it."""
        name = self._title.lower().replace(" ", "-")
        return exports.ask(self, name, form, lambda path: self.write(path, form))

    def write(self, path: Path, form: str) -> None:
        """Write it as png, svg or csv; what goes wrong is told in its head."""
        try:
            exports.write(path, self.data(form))
        except StoreError as error:
            self.note.set_text(told(error.message))
        else:
            self.note.set_text(self.tr("Saved as {name}").format(name=path.name))

    def data(self, form: str) -> bytes:
        """What a file of this form holds."""
        if form == "csv" or self._chart is None:
            return self._sheet().csv().encode()
        if form == "png":
            return exports.png(self._chart)
        size = self._chart.size()
        return exports.svg(size, self._title, lambda painter: self._drawn(painter, size))

    def _drawn(self, painter: QPainter, size: QSize) -> None:
        if self._paint is not None:
            self._paint(painter)
        elif isinstance(self._chart, QGraphicsView):
            target = QRectF(0, 0, size.width(), size.height())
            painter.fillRect(target, self._chart.backgroundBrush())
            self._chart.scene().render(painter, target, self._chart.viewRect())  # type: ignore[attr-defined]  # pyqtgraph has no types

    def _turn(self, tabular: bool) -> None:
        if tabular:
            self.table.show_sheet(self._sheet())
            self._stack.setCurrentWidget(self.table)
        else:
            self._stack.setCurrentWidget(self._chart or self._waiting)
        self.turned.emit(tabular)
