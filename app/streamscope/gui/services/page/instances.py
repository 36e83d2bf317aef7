"""The copies that serve calls, each with its pods: how they are, how often they were restarted, since when."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QTreeView, QVBoxLayout, QWidget

from streamscope.gui.live.pane import state_icon
from streamscope.gui.marks import muted_label
from streamscope.gui.services.acting_words import WORDS
from streamscope.gui.services.names import ago, one_line
from streamscope.gui.services.page.section import SectionView
from streamscope.gui.texts import told
from streamscope.model.deployment import Instance, Pod
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core

Index = QModelIndex | QPersistentModelIndex
COLUMNS = (
    phrase("Name"),
    phrase("Status"),
    phrase("Portion"),
    phrase("Restarts"),
    phrase("Since"),
    phrase("Address"),
    phrase("Note"),
)
_NAME, _STATUS, _PORTION, _RESTARTS, _SINCE, _ADDRESS, _NOTE = range(len(COLUMNS))
_SAMPLES = ("m" * 18, "CONCERNING", "m" * 10, "Restarts", "120 min ago", "255.255.255.255")
"""What the columns have room for."""
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(slots=True)
class _Row:
    """An instance, or a pod below its instance."""

    thing: Instance | Pod
    number: int
    above: "_Row | None" = None
    below: "list[_Row]" = field(default_factory=list)

    def __post_init__(self) -> None:
        pods = self.thing.pods if isinstance(self.thing, Instance) else ()
        self.below = [_Row(pod, number, self) for number, pod in enumerate(pods)]


class InstancesModel(QAbstractItemModel):
    """Two levels: instances, and the pods of each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[_Row] = []

    def show_instances(self, instances: list[Instance]) -> bool:
        """Show these; False where the rows stayed the same and only what they say is new."""
        fresh = [_Row(one, number) for number, one in enumerate(instances)]
        if _names(fresh) == _names(self.rows):
            for old, new in zip(self.rows, fresh, strict=True):
                old.thing = new.thing
                for pod, newer in zip(old.below, new.below, strict=True):
                    pod.thing = newer.thing
                self._tell(old)
            return False
        self.beginResetModel()
        self.rows = fresh
        self.endResetModel()
        return True

    def instance_at(self, index: Index) -> Instance | None:
        """The instance of a row; that of a pod's row is the one above."""
        if not index.isValid():
            return None
        row: _Row = index.internalPointer()
        thing = (row.above or row).thing
        return thing if isinstance(thing, Instance) else None

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008 - Qt's signature
        """Qt's."""
        return len(COLUMNS)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        if not parent.isValid():
            return len(self.rows)
        return len(parent.internalPointer().below) if parent.column() == 0 else 0

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        """Qt's."""
        rows = parent.internalPointer().below if parent.isValid() else self.rows
        return self.createIndex(row, column, rows[row]) if row < len(rows) else QModelIndex()

    def parent(self, index: Index | None = None) -> Any:
        """Qt's."""
        if index is None:
            return super().parent()
        above = index.internalPointer().above if index.isValid() else None
        return self.createIndex(above.number, 0, above) if above is not None else QModelIndex()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return told(COLUMNS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        thing: Instance | Pod = index.internalPointer().thing
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(thing, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == _SINCE and thing.since:
                return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(thing.since))
            return _text(thing, column)
        if role == Qt.ItemDataRole.DecorationRole and column == _NAME:
            return state_icon(thing.state)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == _RESTARTS:
            return _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_text(thing, column)} {thing.status}" if column == _NAME else _text(thing, column)
        return None

    def _tell(self, row: _Row) -> None:
        self.dataChanged.emit(self.createIndex(row.number, 0, row), self.createIndex(row.number, len(COLUMNS) - 1, row))
        if row.below:
            first, last = row.below[0], row.below[-1]
            self.dataChanged.emit(
                self.createIndex(first.number, 0, first), self.createIndex(last.number, len(COLUMNS) - 1, last)
            )


class InstancesView(SectionView):
    """A table of instances; `restart_requested(instance)`, `scale_requested`."""

    key = "instances"
    title = phrase("Instances")
    every = 4.0

    restart_requested = Signal(object)
    scale_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = InstancesModel(self)
        self.tree = QTreeView()
        self.tree.setObjectName("parts")
        self.tree.setModel(self.model)
        self.tree.setAccessibleName(told(self.title))
        self.tree.setUniformRowHeights(True)
        self.tree.setProperty("plain", True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, sample in enumerate(_SAMPLES):
            header.resizeSection(column, self.tree.fontMetrics().horizontalAdvance(sample) + 24)
        self.restart = QPushButton(told(WORDS["restart"]))
        self.restart.clicked.connect(self._restart)
        self.scale = QPushButton(told(WORDS["scale"]))
        self.scale.clicked.connect(self.scale_requested)
        for button in (self.restart, self.scale):
            button.setAccessibleName(button.text())
        self.count = muted_label("")
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        foot.setSpacing(8)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.restart)
        foot.addWidget(self.scale)
        column_of = QVBoxLayout(self.body)
        column_of.setContentsMargins(0, 0, 0, 0)
        column_of.setSpacing(0)
        column_of.addWidget(self.tree, 1)
        column_of.addLayout(foot)
        self._restart_why = self._scale_why = Phrase("")
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._judge())
        self._judge()

    async def read(self, core: "Core", service: Service) -> list[Instance]:
        """The instances as they are now."""
        from streamscope.engine import deploying

        generation, site = await deploying.managed(core, service)
        return await generation.instances(site, service.id)

    def show_value(self, value: Any) -> None:
        """Show these instances; what is chosen and open stays so."""
        chosen = self.model.instance_at(self.tree.currentIndex())
        opened = {row.thing.name for row in self.model.rows if self.tree.isExpanded(self._index(row))}
        if self.model.show_instances(value):
            for row in self.model.rows:
                self.tree.setExpanded(self._index(row), row.thing.name in opened)
                if chosen is not None and row.thing.name == chosen.name:
                    self.tree.setCurrentIndex(self._index(row))
        several = len({one.portion for one in value}) > 1
        self.tree.setColumnHidden(_PORTION, not several)
        self.tree.setColumnHidden(
            _ADDRESS, not any(one.address or any(pod.address for pod in one.pods) for one in value)
        )
        self.tree.setRootIsDecorated(any(one.pods for one in value))
        running = sum(one.state == "running" for one in value)
        self.count.setText(self.tr("{running} of {all} run").format(running=running, all=len(value)))
        if value:
            self.show_body()
        else:
            self.show_empty(self.tr("No instance is there: the service does not run, or the platform tells of none."))
        self._judge()

    def show_actions(self, restart: Phrase, scale: Phrase) -> None:
        """Whether instances can be restarted and be made more or fewer, or why not."""
        self._restart_why, self._scale_why = restart, scale
        self._judge()

    def _index(self, row: _Row) -> QModelIndex:
        return self.model.index(row.number, 0)

    def _judge(self) -> None:
        chosen = self.model.instance_at(self.tree.currentIndex())
        why = told(self._restart_why)
        if not why and chosen is None:
            why = self.tr("Choose an instance in the table.")
        self.restart.setEnabled(not why)
        self.restart.setToolTip(why)
        self.scale.setEnabled(not str(self._scale_why))
        self.scale.setToolTip(told(self._scale_why))

    def _restart(self) -> None:
        chosen = self.model.instance_at(self.tree.currentIndex())
        if chosen is not None:
            self.restart_requested.emit(chosen)


def _names(rows: list[_Row]) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.thing.name, tuple(pod.thing.name for pod in row.below)) for row in rows]


def _text(thing: Instance | Pod, column: int) -> str:
    match column:
        case 0:
            return one_line(thing.name)
        case 1:
            return one_line(thing.status)
        case 2:
            return one_line(thing.portion) if isinstance(thing, Instance) else ""
        case 3:
            return str(thing.restarts)
        case 4:
            return ago(thing.since) if thing.since else QCoreApplication.translate("services", "–")
        case 5:
            return one_line(thing.address)
    return one_line(thing.note)
