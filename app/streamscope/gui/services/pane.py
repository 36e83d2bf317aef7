"""The pane of services: a filter, the tree, details below it, and what went wrong while reading."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.marks import dress, muted_label, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.services.details import DetailsView
from streamscope.gui.services.menu import fill_menu
from streamscope.gui.services.model import SERVICE, ServicesModel
from streamscope.gui.services.problems import ProblemsView
from streamscope.gui.services.sections import Section
from streamscope.gui.services.view import ServicesView
from streamscope.gui.theme import strong_font
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service, Workspace

_NEWS = 1800
"""Milliseconds that a changed service is marked."""
_UNDO = 12_000
"""Milliseconds in which what was done can be undone."""
_SCHEMES = ("http://", "https://", "ws://", "wss://")


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
    add_requested = Signal(str)
    edit_requested = Signal(object)
    duplicate_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = ServicesModel(self)
        self.tree = ServicesView(self.model)
        self.details = DetailsView()
        self.problems = ProblemsView()
        self._top: tuple[str, str, int] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self._progress_bar())
        self.notices = QVBoxLayout()
        self.notices.setContentsMargins(8, 0, 8, 0)
        column.addLayout(self.notices)
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

    def set_workspaces(self, workspaces: list[Workspace]) -> None:
        """Show these workspaces."""
        names = {workspace.name for workspace in workspaces}
        for gone in [name for name in self.problems.cards if name not in names]:
            self.problems.drop(gone)
        with _Kept(self):
            self.model.set_workspaces(workspaces)

    def set_marks(
        self, starred: list[tuple[str, str]], used: list[tuple[str, str]], folded: set[str] | None = None
    ) -> None:
        """Show these favourites, these as called last, and fold these sections."""
        with _Kept(self):
            self.model.set_marks(starred, used, folded)
        self.details.show_favourite(self.model.is_favourite)

    def show_known(self, workspace: str, services: list[Service], at: float) -> None:
        """Show what was known of a workspace, as such, until it is read."""
        with _Kept(self):
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
        with _Kept(self):
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
            with _Kept(self):
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
        self._chosen = (workspace, service)
        self._mark(self.model.find(workspace, service))

    def update_service(self, service: Service) -> None:
        """More is known of a service."""
        with _Kept(self):
            self.model.replace(service)
        self._refresh_details()

    def show_details(self, shown: bool = True) -> None:
        """Open or close the details below the tree."""
        self.details.setVisible(shown)
        self.details_button.setChecked(shown)
        if shown:
            self._show_current(self.tree.current())

    def tell(self, error: StreamscopeError) -> None:
        """Say what went wrong, above the tree, until it is closed."""
        card = MessageView("error", error.message, error.hint, cause=error.cause, closable=True)
        self._notice(card)

    def offer_undo(self, text: str, undo: Callable[[], object]) -> None:
        """Say what was done, with a button that takes it back; it leaves by itself."""
        card = MessageView("info", text, closable=True)
        button = card.offer(self.tr("Undo"))
        button.clicked.connect(undo)
        button.clicked.connect(card.dismissed)
        button.clicked.connect(card.deleteLater)
        leave = QTimer(card)
        leave.setSingleShot(True)
        leave.timeout.connect(card.dismissed)
        leave.timeout.connect(card.deleteLater)
        leave.start(_UNDO)
        self._notice(card)

    def focus_filter(self) -> None:
        """Go to the filter with all of it selected."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: Esc, Down and Return in the filter."""
        if watched is self.filter and isinstance(event, QKeyEvent):
            key = event.key()
            if key == Qt.Key.Key_Escape and self.filter.text():
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()
                elif event.type() == QEvent.Type.KeyPress:
                    self.filter.clear()
                return True
            if event.type() == QEvent.Type.KeyPress and key == Qt.Key.Key_Down:
                self._into_tree()
                return True
        return super().eventFilter(watched, event)

    def _head(self) -> QVBoxLayout:
        title = QLabel(self.tr("Services"))
        title.setFont(strong_font())
        self.count = muted_label("")
        self.add_button = tool_button("plus", self.tr("Add a service by its URL…"), self)
        self.add_button.clicked.connect(lambda: self.add_requested.emit(""))
        self.details_button = tool_button("details", self.tr("Details (F4)"), self)
        self.details_button.setCheckable(True)
        self.details_button.clicked.connect(self.show_details)
        self.refresh_button = tool_button("refresh", self.tr("Refresh the services (F5)"), self)
        self.refresh_button.clicked.connect(self._refresh_clicked)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(title)
        row.addSpacing(6)
        row.addWidget(self.count, 1)
        for button in (self.add_button, self.details_button, self.refresh_button):
            row.addWidget(button)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter, or paste a URL"))
        self.filter.setAccessibleName(self.tr("Filter the services"))
        self.filter.setToolTip(self.tr("Name, id, status or tag; also status:running, auth:token, tag:blue"))
        self.filter.setClearButtonEnabled(True)
        self.filter.installEventFilter(self)
        search = QAction(self)
        dress(search, "search")
        self.filter.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        self.offer = QPushButton(self.tr("Add as a service"))
        self.offer.setAccessibleName(self.tr("Add the URL as a service"))
        self.offer.setProperty("role", "primary")
        self.offer.hide()
        column = QVBoxLayout()
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.filter)
        column.addWidget(self.offer)
        return column

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
        self.filter.textChanged.connect(self._filtered)
        self.filter.returnPressed.connect(self._entered)
        self.offer.clicked.connect(self._entered)
        self.problems.again_requested.connect(self.workspace_refresh_requested)
        self.problems.workspace_requested.connect(self.workspace_requested)
        tree, details = self.tree, self.details
        tree.activated_service.connect(self._choose)
        tree.current_changed.connect(self._show_current)
        tree.details_toggled.connect(lambda: self.show_details(self.details.isHidden()))
        tree.star_toggled.connect(self._star)
        tree.fold_toggled.connect(self._fold)
        tree.refresh_asked.connect(self._refresh_section)
        tree.edit_asked.connect(self.edit_requested)
        tree.remove_asked.connect(self.remove_requested)
        tree.menu_asked.connect(self._menu)
        tree.typed.connect(self._typed)
        details.sample_chosen.connect(self.sample_chosen)
        details.matrix_requested.connect(self.matrix_requested)
        details.star_toggled.connect(self._star)
        details.closed.connect(lambda: self.show_details(False))

    def _notice(self, card: MessageView) -> None:
        def rearrange() -> None:
            some = self.notices.count() > 1
            self.notices.setContentsMargins(8, 4 if some else 0, 8, 8 if some else 0)

        card.dismissed.connect(rearrange)
        self.notices.addWidget(card)
        self.notices.setContentsMargins(8, 4, 8, 8)

    def _busy(self, workspace: str, busy: bool) -> None:
        self.model.mark_busy(workspace, busy=busy)
        any_busy = any(branch.busy for branch in self.model.branches)
        self.progress.setVisible(any_busy)
        dress(self.refresh_button, "stop" if any_busy else "refresh")
        text = self.tr("Stop reading the services") if any_busy else self.tr("Refresh the services (F5)")
        self.refresh_button.setToolTip(text)
        self.refresh_button.setAccessibleName(text)

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
        url = text.strip().lower().startswith(_SCHEMES) and len(text.split()) == 1
        self.offer.setVisible(url)
        if url:
            self.offer.setToolTip(text.strip())
        self.model.set_filter("" if url else text)
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
        if not self.offer.isHidden():
            self.add_requested.emit(self.filter.text().strip())
            self.filter.clear()
            return
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
            with _Kept(self):
                branch.gone.discard(service)
                branch.fill([one for one in branch.services if one.id != service], self.model.query)
                self.model.rebuild()

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

    def _menu(self, target: object, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill_menu(menu, self, target)
        menu.popup(place)

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
        if self.model.query:
            text = self.tr("{shown} of {all}").format(shown=f"{shown:,}", all=f"{every:,}")
        else:
            text = f"{every:,}" if every else ""
        self.count.setText(text)
        self.count.setAccessibleName(text)
        say = ""
        if self.model.query and not shown:
            say = self.tr("Nothing matches. Name, id, status or tag are looked at; Esc shows all.")
        elif not every and self.model.branches and not any(branch.busy for branch in self.model.branches):
            say = self.tr("No services yet. Paste a URL above, or add a workspace to list a platform's services.")
        self.empty.setText(say)
        self.empty.setVisible(bool(say))


class _Kept:
    """Around a change of rows: the same row stays current, the same row stays on top."""

    def __init__(self, pane: ServicesPane) -> None:
        self._pane = pane

    def __enter__(self) -> None:
        tree, model = self._pane.tree, self._pane.model
        self._value = tree.verticalScrollBar().value()
        top = tree.indexAt(QPoint(2, 1))
        service = top.data(SERVICE) if top.isValid() else None
        self._top = (service.workspace, service.id) if isinstance(service, Service) else None
        self._offset = tree.visualRect(top).top() if top.isValid() else 0
        current = tree.currentIndex()
        self._current = tree.current()
        self._section = model.section_at(current.row()).key if current.isValid() else ""

    def __exit__(self, *_: object) -> None:
        pane, tree, model = self._pane, self._pane.tree, self._pane.model
        index = self._found()
        if index.isValid() and index != tree.currentIndex():
            pane._set_current(index)  # noqa: SLF001 - a part of the pane
        top = model.find(*self._top) if self._top is not None else QModelIndex()
        tree.verticalScrollBar().setValue(
            tree.rowViewportPosition(top.row()) + tree.verticalScrollBar().value() - self._offset
            if top.isValid() and self._value
            else self._value
        )
        pane._say_counts()  # noqa: SLF001 - a part of the pane

    def _found(self) -> QModelIndex:
        model = self._pane.model
        if isinstance(self._current, Section):
            keys = [model.section_at(row).key for row in model.headings()]
            return model.index(model.headings()[keys.index(self._current.key)], 0) if self._section in keys else _NONE
        if not isinstance(self._current, Service):
            return _NONE
        wanted = self._current
        for row in model.headings():
            section = model.section_at(row)
            if section.key == self._section and not model.folded(section):
                for at, service in enumerate(section.shown):
                    if (service.workspace, service.id) == (wanted.workspace, wanted.id):
                        return model.index(row + 1 + at, 0)
        return model.find(wanted.workspace, wanted.id)


_NONE = QModelIndex()
