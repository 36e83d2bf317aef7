"""The services of one window managed: their pages, what is done with them, and where an error has its place."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.gui.dialogs import Dialogs
from streamscope.gui.live.pane import state_icon
from streamscope.gui.services.acting import Acting
from streamscope.gui.services.names import shown_name, word
from streamscope.gui.services.page.samples import Samples, samples
from streamscope.gui.services.refreshing import Refreshing
from streamscope.model.deployment import Action
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service, Workspace

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.page.view import ServiceView
    from streamscope.gui.window import Window

Key = tuple[str, str]
_TITLE = 24


class Managing(QObject):
    """Opens a page for a service, keeps the pages up to date; figures that were sampled stay for the session."""

    matrix_requested = Signal(object)

    def __init__(self, window: "Window", desk: "Desk", refreshing: Refreshing, dialogs: Dialogs) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._live = window.live
        self._pane = window.services
        self._dialogs = dialogs
        self._refreshing = refreshing
        self.acting = Acting(desk, refreshing, window.start, self.streams, window)
        self.pages: dict[Key, ServiceView] = {}
        self._samples: dict[Key, Samples] = {}
        self._looking = True
        self.acting.failed.connect(self._failed)
        refreshing.refreshed.connect(self._refreshed)
        refreshing.completed.connect(self._shown)
        refreshing.shown.connect(self._shown)
        refreshing.left.connect(self._gone)
        pane = self._pane
        pane.set_obstacle(self.acting.obstacle, self.acting.manageable)
        pane.manage_requested.connect(self.manage)
        pane.action_requested.connect(self.act)
        pane.actions_requested.connect(self.acting.ask_all)
        pane.deploy_requested.connect(self.deploy)
        pane.package_requested.connect(self.package)
        self.acting.update_requested.connect(dialogs.update_service)
        dialogs.deployed.connect(self._deployed)
        dialogs.service_updated.connect(self._updated)
        dialogs.access_changed.connect(self._access_changed)

    def meant(self) -> Service | None:
        """The service that an action is about: of the page that is seen, else of the row where the keyboard is, else
        of the request in front."""
        tree, composer = self._pane.tree, self._window.composer
        current = tree.current()
        page = self.front()
        if tree.hasFocus() and isinstance(current, Service):
            return current
        if page is not None:
            return page.service
        if (chosen := composer.service) is not None:
            return self._pane.model.known(chosen.workspace, chosen.id) or chosen
        return current if isinstance(current, Service) else None

    def manage(self, service: Service | None = None) -> None:
        """Open a service's own page."""
        service = service or self.meant()
        if service is None:
            self._say(self.tr("Choose a service first."))
        elif not self.acting.manageable(service):
            self._say(self.tr("This service has no page: it is only known by its address."))
        else:
            self.open(service)

    def act(self, action: Action, service: Service | None = None) -> None:
        """Do an action with a service, as on its page."""
        service = service or self.meant()
        if service is None:
            self._say(self.tr("Choose a service first."))
        else:
            self.acting.ask(action, service)

    def deploy(self, workspace: str = "") -> None:
        """Ask what is to be deployed, in a workspace where one is meant."""
        self._dialogs.deploy(workspace or self._workspace())

    def package(self) -> None:
        """Ask for something that can be deployed."""
        self._dialogs.package()

    def apps(self) -> None:
        """Open the Apps of the workspace that is meant."""
        self._dialogs.apps(self._workspace())

    def keys(self) -> None:
        """Open the API keys of the workspace that is meant."""
        self._dialogs.keys(self._workspace())

    def open(self, service: Service) -> "ServiceView":
        """The page of a service, in front; made where there is none."""
        from streamscope.gui.services.page.view import ServiceView

        key = (service.workspace, service.id)
        if (page := self._page(key)) is None:
            kept = self._samples.setdefault(key, samples())
            page = ServiceView(self._desk, service, self.acting, self._window.start, kept)
            page.set_looking(self._looking)
            page.listed = self._pane.model.known(*key) is not None
            self.pages[key] = page
            page.destroyed.connect(partial(self._closed, key, page))
            page.learnt.connect(self._refreshing.learnt)
            page.gone.connect(self._refreshing.vanished)
            page.missed.connect(lambda one: self._window.start(self._refreshing.look(one), f"look at {one.name}"))
            page.matrix_requested.connect(self.matrix_requested)
            page.choose_requested.connect(lambda one: self._pane.choose(one.workspace, one.id))
            page.state_changed.connect(partial(self._mark, page))
            page.access.apps_requested.connect(self._dialogs.apps)
            page.access.keys_requested.connect(self._dialogs.keys)
            page.access.connections_requested.connect(lambda one: self._dialogs.connections(one.workspace, one))
            page.access.changed.connect(partial(self._address_changed, page))
            self._live.add_view(page, _title(service))
            self._mark(page)
        self._live.setCurrentWidget(self._live.tabs)
        self._live.tabs.setCurrentWidget(page)
        page.tabs.bar.setFocus()
        return page

    def front(self) -> "ServiceView | None":
        """The page in front, where one is."""
        front = self._live.tabs.currentWidget()
        return next((page for page in self.pages.values() if page is front), None)

    def streams(self, service: Service) -> int:
        """How many calls from this window to a service are running."""
        key = (service.workspace, service.id)
        return sum(
            view.live and (view.exchange.draft.workspace, view.exchange.draft.service) == key
            for view in self._live.views()
        )

    def set_looking(self, looking: bool) -> None:
        """Whether anybody sees the window."""
        self._looking = looking
        for page in self.pages.values():
            page.set_looking(looking)

    def close(self) -> None:
        """Ask for nothing any more."""
        for page in list(self.pages.values()):
            page.close_down()

    def _workspace(self) -> str:
        meant = self.meant()
        return meant.workspace if meant is not None else ""

    def _deployed(self, service: Service) -> None:
        """A service was made: its page follows what becomes of it; the tree has it soon."""
        self.open(service)
        self._refreshing.refresh_named(service.workspace)

    def _updated(self, service: Service) -> None:
        self.acting.ended.emit(service, "update")
        self._refreshing.start_task(self._refreshing.look(service), f"look at {service.name}")

    def _address_changed(self, page: "ServiceView") -> None:
        """Other callers are let in: the service may have other addresses."""
        service = replace(page.service, complete=False)
        self._refreshing.start_task(self._refreshing.complete(service), f"read {service.name}")

    def _access_changed(self, workspace: str) -> None:
        for key, page in self.pages.items():
            if key[0] == workspace or not workspace:
                page.access.look_again()

    def _say(self, text: str) -> None:
        """A word in the status line: nothing went wrong, but nothing was done either."""
        self._window.statusBar().showMessage(text, 6000)

    def _page(self, key: Key) -> "ServiceView | None":
        """An open page; one whose tab was just closed is none any more."""
        page = self.pages.get(key)
        if page is not None and self._live.tabs.indexOf(page) < 0:
            del self.pages[key]
            return None
        return page

    def _closed(self, key: Key, page: "ServiceView") -> None:
        if self.pages.get(key) is page:
            del self.pages[key]

    def _refreshed(self, workspace: Workspace, services: list[Service]) -> None:
        """A list was read: the pages of its workspace show what it says."""
        keys = [key for key in self.pages if key[0] == workspace.name]
        mine = {key[1]: page for key in keys if (page := self._page(key)) is not None}
        if not mine:
            return
        left = {one.id: one for one in services if one.id in mine}
        for number, page in mine.items():
            if number not in left:
                if page.listed:  # else the list was asked for before the service was made
                    page.show_gone()
                continue
            page.listed = True
            if (left[number] != page.service or page.deleted) and (workspace.name, number) not in self.acting.pending:
                page.show_service(left[number])

    def _shown(self, service: Service) -> None:
        key = (service.workspace, service.id)
        page = self._page(key)
        if page is not None and service != page.service and key not in self.acting.pending:
            page.show_service(service)

    def _gone(self, service: Service) -> None:
        if (page := self._page((service.workspace, service.id))) is not None:
            page.show_gone()

    def _failed(self, service: Service, _action: str, error: StreamscopeError) -> None:
        """What did not work is told on the service's page, where that is seen, else above the tree."""
        page = self._page((service.workspace, service.id))
        if page is None or not page.isVisible():
            self._pane.tell(error)

    def _mark(self, page: "ServiceView") -> None:
        tabs, service = self._live.tabs, page.service
        index = tabs.indexOf(page)
        if index >= 0:
            state = "unknown" if page.deleted else service.state
            if page.property("shown") != state:
                page.setProperty("shown", state)
                tabs.setTabIcon(index, state_icon(state))
            tabs.setTabText(index, _title(service))
            said = f"{shown_name(service)}: {word(service)}"
            tabs.setTabToolTip(index, said if len(said) <= 300 else f"{said[:299]}…")
            tabs.tabBar().setAccessibleTabName(index, said)


def _title(service: Service) -> str:
    name = shown_name(service)
    return name if len(name) <= _TITLE else f"{name[: _TITLE - 1]}…"
