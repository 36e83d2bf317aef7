"""The left pane: workspaces and services, a filter, refreshing, and what went wrong while refreshing."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import dress, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.services.delegate import ServiceDelegate
from streamscope.gui.services.model import SERVICE, ServicesModel
from streamscope.gui.theme import strong_font
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service, Workspace


class ServicesPane(QWidget):
    """The tree of services; choosing one is told by `chosen`."""

    chosen = Signal(object)
    refresh_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = ServicesModel(self)
        self._problems: dict[str, MessageView] = {}
        self._chosen: tuple[str, str] = ("", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self._progress_bar())
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(8, 0, 8, 0)
        column.addLayout(self._cards)
        column.addWidget(self._tree(), 1)

    def set_workspaces(self, workspaces: list[Workspace]) -> None:
        """Show these workspaces."""
        self.model.set_workspaces(workspaces)
        self.tree.expandAll()

    def begin(self, workspace: str) -> None:
        """A refresh of a workspace began."""
        self._busy(workspace, True)
        if (card := self._problems.pop(workspace, None)) is not None:
            card.deleteLater()

    def finish(self, workspace: str, services: list[Service]) -> None:
        """A refresh brought these."""
        self._busy(workspace, False)
        self.model.set_services(workspace, services)
        self.tree.expand(self.model.find(workspace))
        if self._chosen[0] == workspace:
            self._mark(self.model.find(*self._chosen))

    def fail(self, workspace: str, error: StreamscopeError) -> None:
        """A refresh failed; what was known stays."""
        self._busy(workspace, False)
        card = MessageView("error", error.message, error.hint, cause=error.cause)
        self._cards.addWidget(card)
        self._cards.setContentsMargins(8, 4, 8, 8)
        self._problems[workspace] = card

    def choose(self, workspace: str, service: str) -> bool:
        """Choose a service by id or name; False where there is none."""
        index = self.model.find(workspace, service)
        if not index.isValid() or not index.parent().isValid():
            return False
        self.tree.setCurrentIndex(index)
        return True

    def mark(self, workspace: str, service: str) -> None:
        """Show which service is in front, without choosing it."""
        self._chosen = (workspace, service)
        self._mark(self.model.find(workspace, service))

    def update_service(self, service: Service) -> None:
        """More is known of a service."""
        self.model.replace(service)

    def _head(self) -> QVBoxLayout:
        title = QLabel(self.tr("Services"))
        title.setFont(strong_font())
        self.refresh_button = tool_button("refresh", self.tr("Refresh the services (F5)"), self)
        self.refresh_button.clicked.connect(self.refresh_requested)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.addWidget(title, 1)
        row.addWidget(self.refresh_button)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter the services"))
        self.filter.setClearButtonEnabled(True)
        search = QAction(self)
        dress(search, "search")
        self.filter.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        self.filter.textChanged.connect(self._filtered)
        column = QVBoxLayout()
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.filter)
        return column

    def _progress_bar(self) -> QProgressBar:
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("The services are being read"))
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()
        return self.progress

    def _tree(self) -> QTreeView:
        self.tree = QTreeView()
        self.tree.setObjectName("services")
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(ServiceDelegate(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setMouseTracking(True)
        self.tree.setExpandsOnDoubleClick(True)
        self.tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setAccessibleName(self.tr("Workspaces and services"))
        self.tree.selectionModel().currentChanged.connect(self._current)
        self.tree.clicked.connect(self._clicked)
        return self.tree

    def _busy(self, workspace: str, busy: bool) -> None:
        for branch in self.model.branches:
            if branch.workspace.name == workspace:
                branch.busy = busy
        self.progress.setVisible(any(branch.busy for branch in self.model.branches))
        self.tree.viewport().update()

    def _filtered(self, text: str) -> None:
        self.tree.selectionModel().blockSignals(True)
        self.model.set_filter(text)
        self.tree.expandAll()
        self._mark(self.model.find(*self._chosen))
        self.tree.selectionModel().blockSignals(False)

    def _mark(self, index: QModelIndex) -> None:
        blocked = self.tree.selectionModel().blockSignals(True)
        self.tree.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.tree.selectionModel().blockSignals(blocked)
        self.tree.viewport().update()

    def _current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        service = current.data(SERVICE) if current.isValid() else None
        if isinstance(service, Service) and (service.workspace, service.id) != self._chosen:
            self._chosen = (service.workspace, service.id)
            self.chosen.emit(service)

    def _clicked(self, index: QModelIndex) -> None:
        if not index.parent().isValid():
            self.tree.setExpanded(index, not self.tree.isExpanded(index))
