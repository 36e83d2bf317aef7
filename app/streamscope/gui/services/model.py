"""Workspaces and their services as a tree, filtered by what is typed."""

from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from streamscope.gui.texts import told
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service, Workspace

Index = QModelIndex | QPersistentModelIndex

SERVICE = Qt.ItemDataRole.UserRole
WORKSPACE = Qt.ItemDataRole.UserRole + 1

STATE_WORDS: dict[str, Phrase] = {
    "running": phrase("running"),
    "changing": phrase("changing"),
    "concerning": phrase("concerning"),
    "stopped": phrase("stopped"),
    "failed": phrase("failed"),
    "unknown": phrase("not known"),
}


@dataclass(slots=True)
class Branch:
    """A workspace with all its services and those that the filter leaves."""

    workspace: Workspace
    services: list[Service] = field(default_factory=list)
    shown: list[Service] = field(default_factory=list)
    busy: bool = False


class ServicesModel(QAbstractItemModel):
    """Two levels: workspaces, services. An index carries its branch's number plus one, 0 for a workspace."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.branches: list[Branch] = []
        self._filter = ""

    def set_workspaces(self, workspaces: list[Workspace]) -> None:
        """Start over with these, keeping the services that are known."""
        known = {branch.workspace.name: branch for branch in self.branches}
        self.beginResetModel()
        self.branches = []
        for workspace in workspaces:
            branch = known.get(workspace.name) or Branch(workspace)
            branch.workspace = workspace
            self.branches.append(branch)
        self.endResetModel()

    def set_services(self, workspace: str, services: list[Service]) -> None:
        """Show what a refresh brought."""
        for number, branch in enumerate(self.branches):
            if branch.workspace.name == workspace:
                branch.services = services
                self._refill(number, branch)

    def replace(self, service: Service) -> None:
        """Show a service of which more is known now."""
        for number, branch in enumerate(self.branches):
            if branch.workspace.name != service.workspace:
                continue
            branch.services = [service if known.id == service.id else known for known in branch.services]
            for row, known in enumerate(branch.shown):
                if known.id == service.id:
                    branch.shown[row] = service
                    index = self.index(row, 0, self.index(number, 0))
                    self.dataChanged.emit(index, index)

    def set_filter(self, text: str) -> None:
        """Leave only services in whose name, id or status every typed word is found."""
        self._filter = text.casefold()
        for number, branch in enumerate(self.branches):
            self._refill(number, branch)

    def find(self, workspace: str, service: str = "") -> QModelIndex:
        """The index of a service by id or name, or of its workspace."""
        for number, branch in enumerate(self.branches):
            if branch.workspace.name == workspace:
                parent = self.index(number, 0)
                if not service:
                    return parent
                for row, known in enumerate(branch.shown):
                    if service in (known.id, known.name):
                        return self.index(row, 0, parent)
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        """Qt's."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 - Qt's signature
        """Qt's."""
        if not child.isValid() or child.internalId() == 0:
            return QModelIndex()
        return self.createIndex(int(child.internalId()) - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        if not parent.isValid():
            return len(self.branches)
        return len(self.branches[parent.row()].shown) if parent.internalId() == 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008 - Qt's signature
        """Qt's."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: the name, what a screen reader says, and the value itself."""
        if not index.isValid():
            return None
        if index.internalId() == 0:
            branch = self.branches[index.row()]
            if role == WORKSPACE:
                return branch
            return (
                branch.workspace.name
                if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
                else None
            )
        service = self.branches[int(index.internalId()) - 1].shown[index.row()]
        if role == SERVICE:
            return service
        if role == Qt.ItemDataRole.DisplayRole:
            return service.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{service.name}, {word(service)}, {service.generation}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(service)
        return None

    def _refill(self, number: int, branch: Branch) -> None:
        words = self._filter.split()
        left = [service for service in branch.services if all(word in _haystack(service) for word in words)]
        parent = self.index(number, 0)
        if branch.shown:
            self.beginRemoveRows(parent, 0, len(branch.shown) - 1)
            branch.shown = []
            self.endRemoveRows()
        if left:
            self.beginInsertRows(parent, 0, len(left) - 1)
            branch.shown = left
            self.endInsertRows()


def word(service: Service) -> str:
    """The state as a word, with the platform's own where it says more."""
    state = told(STATE_WORDS[service.state])
    return state if service.status.casefold() in ("", state) else f"{state} ({service.status})"


def tip(service: Service) -> str:
    """What is known of a service, a line each."""
    lines = [service.name, service.id, word(service)]
    if service.note:
        lines.append(service.note)
    lines += [f"{channel}: {url}" for channel, url in service.addresses.items()]
    return "\n".join(lines)


def _haystack(service: Service) -> str:
    return " ".join((service.name, service.id, service.status, service.state, service.generation)).casefold()
