"""Workspaces and their services as one list of rows: headings, and below each the services that the filter leaves.

A flat table on purpose: a tree view asks for every row of an open branch at each reset (22 ms for 10,000), a table for
those that are seen (0.3 ms).
"""

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from streamscope.gui.services.names import ago, one_line, shown_name, tip, word
from streamscope.gui.services.query import Query, parsed
from streamscope.gui.services.sections import FAVOURITES, RECENT, Section, section_of
from streamscope.gui.texts import told
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service, Workspace

Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, str]

SERVICE = Qt.ItemDataRole.UserRole
SECTION = Qt.ItemDataRole.UserRole + 1


class ServicesModel(QAbstractTableModel):
    """One column; a row is a Section (its heading) or a Service."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.branches: list[Section] = []
        self.query = Query()
        self.chosen: Key = ("", "")
        self.fresh: set[Key] = set()
        self._favourites = Section(FAVOURITES)
        self._recent = Section(RECENT)
        self._starred: list[Key] = []
        self._used: list[Key] = []
        self._folded: set[str] = set()
        self._rows: list[Section | Service] = []
        self._starts: list[int] = []
        self._sections: list[Section] = []

    def set_workspaces(self, workspaces: list[Workspace]) -> None:
        """Start over with these, keeping the services that are known."""
        known = {branch.key: branch for branch in self.branches}
        self.branches = []
        for workspace in workspaces:
            branch = known.get(section_of(workspace.name)) or Section(section_of(workspace.name))
            branch.workspace = workspace
            self.branches.append(branch)
        self.rebuild()

    def set_services(self, workspace: str, services: list[Service], since: float | None = None) -> None:
        """Show a workspace's services: as they are now, or as they were known at a time."""
        branch = self.branch(workspace)
        if branch is None:
            return
        left = {service.id for service in services}
        ghosts = [one for one in branch.services if one.id in branch.gone and one.id not in left]
        branch.since = since
        branch.gone = {one.id for one in ghosts if (workspace, one.id) == self.chosen}
        shown = [*services, *(one for one in ghosts if one.id in branch.gone)]
        same = [one.id for one in shown] == [one.id for one in branch.services]
        before = branch.services
        branch.fill(shown, self.query)
        if same and not self.query and branch in self._sections:
            self._swap(branch, before)
        else:
            self.rebuild()

    def set_marks(self, starred: Sequence[Key], used: Sequence[Key], folded: set[str] | None = None) -> None:
        """Show these favourites, these as called last, and fold these sections."""
        if folded is None and (self._starred, self._used) == (list(starred), list(used)):
            return
        self._starred, self._used = list(starred), list(used)
        if folded is not None:
            self._folded = set(folded)
        self.rebuild()

    def replace(self, service: Service) -> None:
        """Show a service of which more is known now."""
        branch = self.branch(service.workspace)
        if branch is None:
            return
        for row, known in enumerate(branch.services):
            if known.id == service.id:
                branch.services = list(branch.services)  # whoever gave the list keeps it as it was
                branch.replace(row, service)
                branch.narrow(self.query)
                self.rebuild()
                return

    def mark_gone(self, workspace: str, services: Sequence[Service]) -> None:
        """These are on the platform no more: the chosen one stays as a shadow, the rest leave."""
        branch = self.branch(workspace)
        if branch is None:
            return
        branch.gone |= {one.id for one in services if (workspace, one.id) == self.chosen}
        ids = {one.id for one in services} - branch.gone
        branch.fill([one for one in branch.services if one.id not in ids], self.query)
        self.rebuild()

    def mark_busy(self, workspace: str, *, busy: bool) -> None:
        """A workspace is being read, or no longer."""
        branch = self.branch(workspace)
        if branch is not None:
            branch.busy = busy
            self._touch(branch)

    def mark_problem(self, workspace: str, problem: StreamscopeError | None) -> None:
        """A workspace cannot be read, or can again."""
        branch = self.branch(workspace)
        if branch is not None:
            branch.problem = problem
            self._touch(branch)

    def set_filter(self, text: str) -> None:
        """Leave only services that match what is typed."""
        self.query = parsed(text)
        for branch in self.branches:
            branch.narrow(self.query)
        self.rebuild()

    def fold(self, section: str, *, folded: bool) -> None:
        """Fold or open a section."""
        (self._folded.add if folded else self._folded.discard)(section)
        self.rebuild()

    def folded(self, section: Section) -> bool:
        """Whether a section is folded; none is while the filter is on."""
        return section.key in self._folded and not self.query

    def is_favourite(self, service: Service) -> bool:
        """Whether a service is starred."""
        return (service.workspace, service.id) in self._starred

    def is_gone(self, service: Service) -> bool:
        """Whether a service is on its platform no more."""
        branch = self.branch(service.workspace)
        return branch is not None and service.id in branch.gone

    def branch(self, workspace: str) -> Section | None:
        """A workspace's section."""
        key = section_of(workspace)
        return next((branch for branch in self.branches if branch.key == key), None)

    def counts(self) -> tuple[int, int]:
        """Services that are shown, and all."""
        return sum(len(one.shown) for one in self.branches), sum(len(one.services) for one in self.branches)

    def find(self, workspace: str, service: str = "") -> QModelIndex:
        """The index of a service by id or name, or of its workspace's heading."""
        branch = self.branch(workspace)
        if branch is None or branch not in self._sections:
            return QModelIndex()
        start = self._starts[self._sections.index(branch)]
        if not service:
            return self.index(start, 0)
        if not self.folded(branch):
            for by in ("id", "name"):
                for row, known in enumerate(branch.shown):
                    if getattr(known, by) == service:
                        return self.index(start + 1 + row, 0)
        return QModelIndex()

    def known(self, workspace: str, service: str) -> Service | None:
        """A service by id or name, shown or not; an id comes before a name."""
        branch = self.branch(workspace)
        services = branch.services if branch is not None else []
        return next((one for one in services if one.id == service), None) or next(
            (one for one in services if one.name == service), None
        )

    def section_at(self, row: int) -> Section:
        """The section in which a row lies."""
        return self._sections[bisect_right(self._starts, row) - 1]

    def heading(self, row: int) -> int:
        """The row of the heading above a row."""
        return self._starts[bisect_right(self._starts, row) - 1]

    def headings(self) -> list[int]:
        """The rows that are headings."""
        return self._starts

    def rebuild(self) -> None:
        """Put the rows together again, as one reset."""
        self.beginResetModel()
        rows: list[Section | Service] = []
        self._starts, self._sections = [], []
        for section in (*self._on_top(), *self.branches):
            if self.query and not section.shown and not section.busy:
                continue
            self._starts.append(len(rows))
            self._sections.append(section)
            rows.append(section)
            if not self.folded(section):
                rows += section.shown
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: the name, what a screen reader says, and the value itself."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == SECTION:
            return row if isinstance(row, Section) else None
        if isinstance(row, Section):
            return _said(row, self.folded(row)) if role in _SPOKEN else self._problem(row, role)
        if role == SERVICE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_name(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (shown_name(row), word(row), row.generation) if part)
        return tip(row) if role == Qt.ItemDataRole.ToolTipRole else None

    def _problem(self, section: Section, role: int) -> object:
        if role != Qt.ItemDataRole.ToolTipRole:
            return None
        lines = [] if section.problem is None else [told(section.problem.message)]
        if section.since is not None:
            lines.append(self.tr("Known as of {when}; not read since.").format(when=ago(section.since)))
        return "\n".join(lines)

    def _on_top(self) -> list[Section]:
        """Favourites and recent, where there are any and nothing is looked for."""
        if self.query or not (self._starred or self._used):
            return []
        everything = {
            (service.workspace, service.id): service for branch in self.branches for service in branch.services
        }
        found = []
        for section, keys in ((self._favourites, self._starred), (self._recent, self._used)):
            services = [everything[key] for key in keys if key in everything]
            section.fill(services, self.query)
            if services:
                found.append(section)
        return found

    def _swap(self, branch: Section, before: list[Service]) -> None:
        """The same services in the same places: only what is told of them changed."""
        start = self._starts[self._sections.index(branch)]
        old, fresh = {id(one) for one in before}, False
        for row, service in enumerate(branch.shown):
            fresh |= id(service) not in old
            if not self.folded(branch):
                self._rows[start + 1 + row] = service
        if fresh and (self._starred or self._used):
            self.rebuild()
        else:
            self.dataChanged.emit(self.index(start, 0), self.index(len(self._rows) - 1, 0))

    def _touch(self, branch: Section) -> None:
        if branch in self._sections:
            index = self.index(self._starts[self._sections.index(branch)], 0)
            self.dataChanged.emit(index, index)


_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def title(section: Section) -> str:
    """A section's heading."""
    translate = QCoreApplication.translate
    if section.workspace is not None:
        return one_line(section.workspace.name) or translate("services", "no name")
    return translate("services", "Favourites") if section.key == FAVOURITES else translate("services", "Recent")


def remark(section: Section) -> str:
    """What stands at the right of a heading: how many services, or since when they are known."""
    translate = QCoreApplication.translate
    if section.busy and not section.services:
        return translate("services", "reading…")
    if section.problem is not None and section.since is None:
        return translate("services", "away")
    if section.since is not None:
        return translate("services", "seen {when}").format(when=ago(section.since))
    return f"{len(section.shown):,}"


def _said(section: Section, folded: bool) -> str:
    translate = QCoreApplication.translate
    state = translate("services", "folded") if folded else translate("services", "open")
    return f"{title(section)}, {remark(section)}, {state}"
