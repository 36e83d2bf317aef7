"""The pane of services: a filter, the tree, details below it, and what went wrong while reading."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QSplitter, QVBoxLayout, QWidget

from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.marks import muted_label
from streamscope.gui.services.details import DetailsView
from streamscope.gui.services.kept import Kept
from streamscope.gui.services.menu import open_adding, open_menu
from streamscope.gui.services.model import SERVICE, ServicesModel
from streamscope.gui.services.names import language_changed
from streamscope.gui.services.notices import NoticesView
from streamscope.gui.services.problems import ProblemsView
from streamscope.gui.services.search import SearchView
from streamscope.gui.services.sections import Section
from streamscope.gui.services.view import ServicesView
from streamscope.model.deployment import Action
from streamscope.model.errors import StreamscopeError
from streamscope.model.phrase import Phrase
from streamscope.model.service import Service, Workspace

_NEWS = 1800
"""Milliseconds that a changed service is marked."""


class ServicesPane(QWidget):
    """The tree of services; choosing one is told by `chosen`, everything else by requests."""

    chosen = Signal(object)
    refresh_requested = Signal()
    workspace_refresh_requested = Signal(str)
    stop_requested = Signal()
    workspace_requested = Signal(str)
    starred = Signal(str, str, bool)
    folded = Signal(str, bool)
    details_requested = Signal(object)
    sample_chosen = Signal(object, object)
    matrix_requested = Signal(object)
    manage_requested = Signal(object)
    action_requested = Signal(str, object)
    actions_requested = Signal(str, object)
    deploy_requested = Signal(str)
    package_requested = Signal()
    add_requested = Signal(str)
    edit_requested = Signal(object)
    duplicate_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = ServicesModel(self)
        self.obstacle: Callable[[Service, Action], Phrase] | None = None
        self.manageable: Callable[[Service], bool] = lambda _: False
        self.tree = ServicesView(self.model)
        self.search = SearchView()
        self.filter, self.refresh_button = self.search.filter, self.search.refresh_button
        self.details_button = self.search.details_button
        self.details = DetailsView()
        self.notices = NoticesView()
        self.problems = ProblemsView()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search)
        column.addWidget(self._progress_bar())
        column.addWidget(self.notices)
        column.addWidget(self.problems)
        column.addWidget(self._body(), 1)
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(_NEWS)
        self._news.timeout.connect(self._news_over)
        self._connect()
        self._say_counts()

    def fill(self, shelves: Shelves) -> None:
        """The kinds are there: details call them by their names."""
        self.details.fill(shelves)

    def set_obstacle(
        self, obstacle: Callable[[Service, Action], Phrase], manageable: Callable[[Service], bool]
    ) -> None:
        """How it is known what can be done with a service, and with which anything can."""
        self.obstacle, self.manageable = obstacle, manageable
        self.details.manageable = manageable

    def set_workspaces(self, workspaces: list[Workspace]) -> None:
        """Show these workspaces."""
        names = {workspace.name for workspace in workspaces}
        for gone in [name for name in self.problems.cards if name not in names]:
            self.problems.drop(gone)
        with self._kept():
            self.model.set_workspaces(workspaces)

    def set_marks(
        self, starred: list[tuple[str, str]], used: list[tuple[str, str]], folded: set[str] | None = None
    ) -> None:
        """Show these favourites, these as called last, and fold these sections."""
        with self._kept():
            self.model.set_marks(starred, used, folded)
        self.details.show_favourite(self.model.is_favourite)

    def show_known(self, workspace: str, services: list[Service], at: float) -> None:
        """Show what was known of a workspace, as such, until it is read."""
        with self._kept():
            self.model.set_services(workspace, services, since=at)

    def begin(self, workspace: str) -> None:
        """A refresh of a workspace began."""
        self._busy(workspace, True)
        self.problems.drop(workspace)
        self.model.mark_problem(workspace, None)

    def finish(self, workspace: str, services: list[Service]) -> None:
        """A refresh brought these."""
        self._busy(workspace, False)
        self.problems.drop(workspace)
        self.model.mark_problem(workspace, None)
        with self._kept():
            self.model.set_services(workspace, services)
        self._refresh_details()

    def fail(self, workspace: str, error: StreamscopeError) -> None:
        """A refresh failed; what was known stays, marked as that."""
        self._busy(workspace, False)
        self.model.mark_problem(workspace, error)
        self.problems.show_problem(workspace, error)

    def stopped(self, workspace: str) -> None:
        """A refresh was stopped; what was known stays."""
        self._busy(workspace, False)

    def show_changes(
        self, workspace: str, services: list[Service], changed: list[Service], gone: list[Service]
    ) -> None:
        """A look at the platform brought news: they are marked for a moment."""
        if gone:
            with self._kept():
                self.model.mark_gone(workspace, gone)
        self.model.fresh = {(workspace, service.id) for service in changed}
        self._news.start()
        self.finish(workspace, services)

    def choose(self, workspace: str, service: str) -> bool:
        """Choose a service by id or name; False where there is none."""
        found = self.model.known(workspace, service)
        if found is None:
            return False
        self._choose(found)
        index = self.model.find(workspace, found.id)
        if index.isValid():
            self.tree.show_row(index)
        return True

    def mark(self, workspace: str, service: str) -> None:
        """Show which service is in front, without choosing it."""
        before = self.model.chosen
        self.model.chosen = (workspace, service)
        if before != self.model.chosen and before[0]:
            self._leave_shadow(*before)
        index = self.model.find(workspace, service)
        if index.isValid():
            self._set_current(index)
        self.tree.viewport().update()

    def update_service(self, service: Service) -> None:
        """More is known of a service."""
        with self._kept():
            self.model.replace(service)
        self._refresh_details()

    def show_details(self, shown: bool = True) -> None:
        """Open or close the details below the tree."""
        self.details.setVisible(shown)
        self.details_button.setChecked(shown)
        if shown:
            self._show_current(self.tree.current())

    def toggle_details(self) -> None:
        """Open the details where they are closed, close them where they are open."""
        self.show_details(self.details.isHidden())

    def tell(self, error: StreamscopeError) -> None:
        """Say what went wrong, above the tree, until it is closed."""
        self.notices.tell(error)

    def offer_undo(self, text: str, undo: Callable[[], object]) -> None:
        """Say what was done, with a button that takes it back."""
        self.notices.offer_undo(text, undo)

    def focus_filter(self) -> None:
        """Go to the filter with all of it selected."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            language_changed()

    def _kept(self) -> Kept:
        return Kept(self.tree, self.model, self._say_counts)

    def _body(self) -> QSplitter:
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        self.empty = muted_label("", wrap=True)
        self.empty.setContentsMargins(14, 10, 14, 10)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        inside.addWidget(self.empty)
        inside.addWidget(self.tree, 1)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(holder)
        self.split.addWidget(self.details)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setChildrenCollapsible(False)
        self.details.hide()
        return self.split

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

    def _connect(self) -> None:
        search = self.search
        search.filter_changed.connect(self._filtered)
        search.entered.connect(self._entered)
        search.url_entered.connect(self.add_requested)
        search.left_downwards.connect(self._into_tree)
        search.add_button.clicked.connect(lambda: open_adding(self))
        search.details_button.clicked.connect(self.show_details)
        search.refresh_button.clicked.connect(self._refresh_clicked)
        self.problems.again_requested.connect(self.workspace_refresh_requested)
        self.problems.workspace_requested.connect(self.workspace_requested)
        tree, details = self.tree, self.details
        tree.activated_service.connect(self._choose)
        tree.current_changed.connect(self._show_current)
        tree.details_toggled.connect(self.toggle_details)
        tree.star_toggled.connect(self._star)
        tree.fold_toggled.connect(self._fold)
        tree.refresh_asked.connect(self._refresh_section)
        tree.edit_asked.connect(self.edit_requested)
        tree.remove_asked.connect(self._remove)
        tree.manage_asked.connect(self.manage_requested)
        tree.menu_asked.connect(lambda target, place: open_menu(self, target, place))
        tree.typed.connect(self._typed)
        details.sample_chosen.connect(self.sample_chosen)
        details.matrix_requested.connect(self.matrix_requested)
        details.manage_requested.connect(self.manage_requested)
        details.star_toggled.connect(self._star)
        details.closed.connect(lambda: self.show_details(False))

    def _busy(self, workspace: str, busy: bool) -> None:
        self.model.mark_busy(workspace, busy=busy)
        any_busy = any(branch.busy for branch in self.model.branches)
        self.progress.setVisible(any_busy)
        self.search.show_busy(any_busy)

    def _refresh_clicked(self) -> None:
        if any(branch.busy for branch in self.model.branches):
            self.stop_requested.emit()
        else:
            self.refresh_requested.emit()

    def _refresh_section(self, section: Section) -> None:
        if section.workspace is None:
            self.refresh_requested.emit()
        elif section.busy:
            self.stop_requested.emit()
        else:
            self.workspace_refresh_requested.emit(section.workspace.name)

    def _filtered(self, text: str) -> None:
        self.model.set_filter(text)
        self._say_counts()
        self._mark_one()

    def _mark_one(self) -> None:
        """While something is looked for, the row that Return would choose is the current one."""
        index = self.model.find(*self.model.chosen)
        if not index.isValid() and self.model.query:
            first = next((row for row in self.model.headings() if row + 1 < self.model.rowCount()), None)
            index = self.model.index(first + 1, 0) if first is not None else QModelIndex()
        self._set_current(index)
        if index.isValid():
            self.tree.scrollTo(index)
        else:
            self.tree.scrollToTop()

    def _entered(self) -> None:
        """Return in the filter chooses the current row."""
        current = self.tree.current()
        if isinstance(current, Service):
            self._choose(current)

    def _into_tree(self) -> None:
        self.tree.setFocus(Qt.FocusReason.TabFocusReason)
        if not isinstance(self.tree.current(), Service) and self.model.rowCount():
            rows = range(self.model.rowCount())
            first = next((row for row in rows if self.model.index(row, 0).data(SERVICE) is not None), 0)
            self.tree.show_row(self.model.index(first, 0))

    def _typed(self, text: str) -> None:
        """Typing in the tree goes on in the filter."""
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        self.filter.setCursorPosition(len(self.filter.text()))
        self.filter.insert(text)

    def _choose(self, service: Service) -> None:
        before = self.model.chosen
        self.model.chosen = (service.workspace, service.id)
        if before != self.model.chosen and before[0]:
            self._leave_shadow(*before)
        self.tree.viewport().update()
        self.chosen.emit(service)

    def _leave_shadow(self, workspace: str, service: str) -> None:
        """A service that is gone was shown only as long as it was chosen."""
        branch = self.model.branch(workspace)
        if branch is not None and service in branch.gone:
            with self._kept():
                branch.gone.discard(service)
                branch.fill([one for one in branch.services if one.id != service], self.model.query)
                self.model.rebuild()

    def _remove(self, service: Service) -> None:
        """A service by hand is taken away, one that is managed is deleted, after a question."""
        if self.manageable(service):
            self.action_requested.emit("delete", service)
        else:
            self.remove_requested.emit(service)

    def _star(self, service: Service) -> None:
        self.starred.emit(service.workspace, service.id, not self.model.is_favourite(service))

    def _fold(self, section: Section) -> None:
        if not self.model.query:
            folded = not self.model.folded(section)
            row = self.tree.currentIndex()
            on_heading = row.isValid() and self.model.section_at(row.row()) is section
            self.model.fold(section.key, folded=folded)
            if on_heading:
                at = next((start for start in self.model.headings() if self.model.section_at(start) is section), None)
                self._set_current(self.model.index(at, 0) if at is not None else QModelIndex())
            self.folded.emit(section.key, folded)

    def _show_current(self, current: object) -> None:
        if self.details.isHidden():
            return
        if isinstance(current, Service):
            self.details.show_service(current)
            self.details.show_favourite(self.model.is_favourite)
            self.details_requested.emit(current)
        elif self.details.service is None:
            known = self.model.known(*self.model.chosen)
            if known is not None:
                self._show_current(known)

    def _refresh_details(self) -> None:
        shown = self.details.service
        if shown is not None and not self.details.isHidden():
            known = self.model.known(shown.workspace, shown.id)
            if known is not None and known != shown:
                self.details.show_service(known)

    def _news_over(self) -> None:
        self.model.fresh = set()
        self.tree.viewport().update()

    def _set_current(self, index: QModelIndex) -> None:
        self.tree.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _say_counts(self) -> None:
        shown, every = self.model.counts()
        self.search.show_counts(shown, every, filtered=bool(self.model.query))
        say = ""
        if self.model.query and not shown:
            say = self.tr("Nothing matches. Name, id, status or tag are looked at; Esc shows all.")
        elif not every and self.model.branches and not any(branch.busy for branch in self.model.branches):
            say = self.tr("No services yet. Paste a URL above, or add a workspace to list a platform's services.")
        self.empty.setText(say)
        self.empty.setVisible(bool(say))
