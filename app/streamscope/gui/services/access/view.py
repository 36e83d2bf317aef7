"""What lets callers into one service: Apps that are authorised, keys that are bound, connections from networks."""

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedLabel, StateView, muted_label, retone
from streamscope.gui.services.access.looking import Access, insist, looked
from streamscope.gui.services.asking import AskingView
from streamscope.gui.texts import told
from streamscope.gui.workspaces.sections import caption
from streamscope.model.deployment import ApiKey, App, Connection, Outcome
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.kinds.platforms.base import Site

_KIND = "api_key"
Deed = Callable[[Any, "Site"], Coroutine[Any, Any, Sequence[Outcome]]]
"""What is done in a generation of a platform."""


class AccessView(QWidget):
    """Asks when it is first seen. `changed` tells that other callers are let in: the service may have other addresses.

    `apps_requested` and `keys_requested` carry the workspace's name, `connections_requested` the service.
    """

    changed = Signal()
    apps_requested = Signal(str)
    keys_requested = Signal(str)
    connections_requested = Signal(object)

    def __init__(self, desk: "Desk", service: Service, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.service = service
        self._asked = False
        self.choices: dict[str, QComboBox] = {}
        """What can be added, by what is done with it."""
        self.asking = AskingView(desk)
        self._groups = QWidget()
        self.asking.busy.connect(self._groups.setDisabled)
        self._column = QVBoxLayout(self._groups)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.asking)
        column.addWidget(self._groups)
        column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: at first the platform is asked."""
        super().showEvent(event)
        if not self._asked:
            self.read()

    def show_service(self, service: Service) -> None:
        """The service is another, or known better; another one is asked about when it is seen."""
        other = (service.workspace, service.id) != (self.service.workspace, self.service.id)
        self.service = service
        if other:
            self._asked = False
            self.show_access(Access())
            if self.isVisible():
                self.read()

    def read(self) -> None:
        """Ask for all that lets callers in."""
        self._asked = True
        core, service = self._desk.runtime.core, self.service

        async def look() -> Access:
            from streamscope.engine import deploying

            generation, site = await deploying.managed(core, service)
            return await looked(generation, site, service)

        self.asking.ask(look, self.tr("Reading who may call it…"), self.show_access, stopped=self._unread)

    def _unread(self) -> None:
        if not self._column.count():
            self.asking.say_stopped(self.read)

    def show_access(self, access: Access) -> None:
        """Show what there is, and what can be added."""
        self.choices.clear()
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if access.apps is not None:
            self._show_apps(access.apps)
        if access.keys is not None:
            self._show_keys(access.keys)
        if access.connections is not None:
            self._show_connections(access.connections)

    def _show_apps(self, found: tuple[list[App], list[App]] | StreamscopeError) -> None:
        group = self._group(self.tr("Apps"), self.tr("Apps…"), lambda: self.apps_requested.emit(self.service.workspace))
        if isinstance(found, StreamscopeError):
            group.complain(found)
            return
        authorised, apps = found
        for app in authorised:
            count = self.tr("App codes: {count}").format(count=len(app.codes))
            group.add(
                app.name,
                count,
                self.tr("Revoke"),
                partial(self._revoke, app),
            )
        if not authorised:
            group.say(self.tr("No App may call it yet: callers with App codes or App signatures are refused."))
        known = {app.id for app in authorised}
        others = [(app.id, app.name) for app in apps if app.id not in known]
        self._offer(
            group,
            others,
            self.tr("Authorise"),
            self.tr("There are no other Apps: create one first."),
            lambda app, name: self._do(
                lambda generation, site: generation.apps.authorise(site, self.service.id, [app]),
                self.tr("Authorising {name}…").format(name=name),
            ),
        )

    def _show_keys(self, found: tuple[list[ApiKey], list[ApiKey]] | StreamscopeError) -> None:
        group = self._group(
            self.tr("API keys"), self.tr("API keys…"), lambda: self.keys_requested.emit(self.service.workspace)
        )
        if isinstance(found, StreamscopeError):
            group.complain(found)
            return
        accepted, keys = found
        if self.service.auth and _KIND not in self.service.auth:
            group.say(self.tr("Its callers prove who they are in another way: no key is asked for."))
            return
        bound = [key for key in accepted if key.scope == "SERVICE"]
        everyone = [key.name for key in accepted if key.scope == "USER"]
        for key in bound:
            group.add(
                key.name,
                key.description,
                self.tr("Unbind"),
                partial(self._unbind, key),
            )
        if everyone:
            said = self.tr("These let into every service of the account: {names}.")
            group.say(said.format(names=", ".join(everyone)))
        elif not bound:
            group.say(self.tr("No key lets into it yet."))
        known = {key.id for key in bound}
        others = [(key.id, key.name) for key in keys if key.scope == "SERVICE" and key.id not in known]
        self._offer(
            group,
            others,
            self.tr("Bind"),
            self.tr("There is no other key that could be bound: create one first."),
            lambda key, name: self._do(
                lambda generation, site: generation.keys.bind(site, self.service.id, [key]),
                self.tr("Binding {name}…").format(name=name),
            ),
        )

    def _show_connections(self, connections: list[Connection] | StreamscopeError) -> None:
        group = self._group(
            self.tr("Intranet connections"),
            self.tr("Connections…"),
            lambda: self.connections_requested.emit(self.service),
        )
        if isinstance(connections, StreamscopeError):
            group.complain(connections)
            return
        for one in connections:
            group.add(one.network or one.id, one.status, "", lambda: None, state=one.state)
        if not connections:
            group.say(self.tr("No network is connected to it."))

    def _offer(
        self,
        group: "GroupView",
        others: Sequence[tuple[str, str]],
        verb: str,
        none: str,
        do: Callable[[str, str], object],
    ) -> None:
        choice = group.offer(others, verb, none, do)
        if choice is not None:
            self.choices[verb] = choice

    def _revoke(self, app: App) -> None:
        self._do(
            lambda generation, site: generation.apps.revoke(site, self.service.id, [app.id]),
            self.tr("Revoking {name}…").format(name=app.name),
        )

    def _unbind(self, key: ApiKey) -> None:
        self._do(
            lambda generation, site: generation.keys.unbind(site, self.service.id, [key.id]),
            self.tr("Unbinding {name}…").format(name=key.name),
        )

    def _group(self, title: str, more: str, do: Callable[[], object]) -> "GroupView":
        group = GroupView(title, more, do)
        self._column.addWidget(group)
        return group

    def _do(self, deed: Deed, words: str) -> None:
        core, service = self._desk.runtime.core, self.service

        async def done() -> Access:
            from streamscope.engine import deploying

            generation, site = await deploying.managed(core, service)
            insist(await deed(generation, site))
            return await looked(generation, site, service)

        def then(access: Access) -> None:
            self.show_access(access)
            self.changed.emit()

        self.asking.ask(done, words, then)


class GroupView(QWidget):
    """One kind of caller: a title, a row for each, and what can be added."""

    def __init__(self, title: str, more: str, do: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(caption(title), 1)
        button = QPushButton(more)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: do())
        head.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(4)
        self._column.addLayout(head)

    def add(self, name: str, second: str, verb: str, do: Callable[[], object], *, state: str = "") -> None:
        """A row: what it is, what more there is to say, and the button that takes it away."""
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if state:
            mark = StateView(size=10)
            mark.show_state(state)
            row.addWidget(mark)
        row.addWidget(ElidedLabel(name), 3)
        row.addWidget(ElidedLabel(second, "muted"), 2)
        if verb:
            button = QPushButton(verb)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{verb} {name}")
            button.clicked.connect(lambda _=False: do())
            row.addWidget(button)
        self._column.addLayout(row)

    def complain(self, error: StreamscopeError) -> None:
        """Why its rows cannot be shown; the others can."""
        words = muted_label(" ".join(part for part in (told(error.message), told(error.hint)) if part), wrap=True)
        retone(words, "error")
        words.setToolTip(error.cause)
        self._column.addWidget(words)

    def say(self, words: str) -> None:
        """A sentence where there are no rows, or about all of them."""
        self._column.addWidget(muted_label(words, wrap=True))

    def offer(
        self, others: Sequence[tuple[str, str]], verb: str, none: str, do: Callable[[str, str], object]
    ) -> QComboBox | None:
        """A choice of what can be added; a sentence where there is nothing."""
        if not others:
            self.say(none)
            return None
        choice = QComboBox()
        choice.setAccessibleName(f"{self.title}: {verb}")
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setMinimumContentsLength(16)
        for key, name in others:
            choice.addItem(name, key)
        button = QPushButton(verb)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: do(str(choice.currentData()), choice.currentText()))
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(choice)
        row.addWidget(button)
        row.addStretch(1)
        self._column.addLayout(row)
        return choice
