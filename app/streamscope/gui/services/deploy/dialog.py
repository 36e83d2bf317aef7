"""Deploying a service, or changing one: what its generation asks for, checked while one types."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.services.asking import AskingView
from streamscope.gui.services.deploy.cards import lacks_models, offer_instead, say_nothing_to_deploy, say_unsure
from streamscope.gui.services.deploy.command import as_json, command_line
from streamscope.gui.services.deploy.foot import FootView, rule
from streamscope.gui.services.deploy.pages import PagesView
from streamscope.gui.services.deploy.place import PlaceView
from streamscope.gui.services.deploy.protocol import fit_protocol, live_packages
from streamscope.gui.services.deploy.sentence import (
    changes,
    choice_of,
    fields_named,
    merged,
    name_key,
    sentence,
    suggested,
    with_only_choices,
)
from streamscope.gui.services.listing import fit, step
from streamscope.gui.texts import told
from streamscope.model.deployment import Configuration, Page
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service
from streamscope.store.workspaces import SANDBOX

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.kinds.platforms.generation import Generation

_CHECK = 120
"""Milliseconds after a key until everything is checked anew."""


class DeployDialog(QDialog):
    """Not modal: `open()` it. What was typed stays in it when it is closed, until it has been deployed.

    `deployed` and `updated` carry the service as the platform's list tells it right after. `package_requested` wants
    the model packages to be shown.
    """

    deployed = Signal(object)
    updated = Signal(object)
    package_requested = Signal()

    def __init__(
        self, desk: "Desk", parent: QWidget | None = None, *, workspace: str = "", service: Service | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.service = service
        self._before: Configuration | None = None
        self._problems: dict[str, str] = {}
        self._everything = self._typed = self._acting = False
        self._known: Configuration | None = None
        self._live: frozenset[str] = frozenset()
        self._package = self._name = ""
        self._shown: tuple[str, str] = ("", "")
        title = self.tr("Deploy a service") if service is None else self.tr("Update {name}")
        self.setWindowTitle(title.format(name=service.name if service is not None else ""))
        self.place = PlaceView(desk, workspace, service)
        self.asking = AskingView(desk)
        self.pages = PagesView()
        self.empty = QLabel()
        self.foot = FootView(new=service is None)
        self.says, self.deploy_button = self.foot.says, self.foot.deploy_button
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK)
        self._timer.timeout.connect(self.check)
        self._connect()
        self.read()

    def read(self) -> None:
        """Ask for the pages, and for an update for what the service is; what was typed stays."""
        from streamscope.engine import deploying, discover

        core, key, workspace = self._desk.runtime.core, self.place.generation(), self.place.workspace()
        if self._acting:
            return
        if not key:
            self._show_nothing()
            return
        service, on_sandbox = self.service, self._on_sandbox(workspace)

        async def both() -> tuple[tuple[Page, ...], Configuration]:
            if service is None:
                pages = await deploying.pages(core, workspace, key)
                if workspace not in core.services:  # which names are taken
                    with suppress(StreamscopeError):
                        await discover.services(core, core.bench.workspaces.get(workspace))
                if on_sandbox:
                    self._live = await asyncio.to_thread(live_packages, core.bench.profile)
                return pages, Configuration()
            pages = await deploying.pages(core, workspace, key, update=True)
            return pages, await deploying.configuration(core, service)

        words = self.tr("Reading what can be chosen…")
        self.asking.ask(both, words, lambda found: self._take(*found), stopped=self._unread)

    def open(self) -> None:
        """Qt's would block the window below: this one lies beside it."""
        if self.isHidden() and not self.asking.asking:
            self.read()  # there may be more to choose from by now
        self.show()
        self.activateWindow()

    def check(self) -> None:
        """Find out what is wrong, say what will be made."""
        self._timer.stop()
        generation = self._generation()
        if not self.pages.pages or generation is None:
            return
        made = self.pages.configuration()
        found = generation.checked(self.pages.pages, made)
        self._problems = self.pages.problems({key: told(text) for key, text in found.items()})
        self.pages.tell(self._problems, everything=self._everything)
        if self._before is None:
            self.foot.say(sentence(self.pages.pages, made, self.place.workspace()))
        else:
            other = changes(self.pages.pages, self._before, made)
            nothing = self.tr("Nothing is changed yet.")
            said = self.tr("Changes: {changes}").format(changes="; ".join(other))
            self.foot.say(said if other else nothing)
        self._show_buttons()

    def deploy(self) -> None:
        """Deploy or update; where something is open yet, go there."""
        from streamscope.engine import deploying

        self.check()
        if self._acting or not self.pages.pages or self._shown != (self.place.workspace(), self.place.generation()):
            return
        if self._problems:
            self._everything = True
            self.pages.tell(self._problems, everything=True)
            if self.pages.focus(next(iter(self._problems))) is None:
                self.asking.say("error", "\n".join(self._problems.values()))
            return
        core, workspace, made = self._desk.runtime.core, self.place.workspace(), self.pages.configuration()
        key, service = self.place.generation(), self.service

        async def done() -> Service:
            if service is None:
                return await deploying.deploy(core, workspace, key, made)
            await deploying.act(core, service, "update", configuration=made)
            return core.services.get(service.workspace, {}).get(service.id, service)

        self._typed = self._acting = True
        words = self.tr("Deploying…") if service is None else self.tr("Updating…")
        self.asking.ask(done, words, self._done, failed=self._refused, stopped=self._stopped)

    def command(self) -> str:
        """The command line that does the same."""
        made = self.pages.configuration()
        return command_line(
            self.pages.pages, made, self.place.workspace(), self.place.generation(), self.service, self._before
        )

    def json(self) -> str:
        """The configuration as JSON: what `streamscope services deploy --from FILE` takes."""
        return as_json(self.place.generation(), self.pages.configuration())

    def choose(self, workspace: str = "", package: str = "") -> None:
        """Go to a workspace, and deploy a package there; where something was typed already, it stays until one says."""
        if self._typed:
            if package and not self._acting:
                self._offer_instead(workspace, package)
            return
        self._package = package or self._package
        before = self.place.workspace()
        self.place.choose(workspace)
        if self.place.workspace() == before and self.pages.pages:
            self._choose_package()

    def _offer_instead(self, workspace: str, package: str) -> None:
        def put_away() -> None:
            self._package = package
            self.start_afresh()
            self.place.choose(workspace)

        offer_instead(self.asking, package, put_away)

    def start_afresh(self) -> None:
        """Forget what was typed."""
        if self._acting:
            return
        self._typed = self._everything = False
        self._name = ""
        self._known = None
        self.asking.clear()
        self.pages.show_pages((), Configuration())
        self.read()

    @property
    def typed(self) -> bool:
        """Whether somebody typed something that is not deployed yet."""
        return self._typed

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt's, whose order is the one in which things were made: cards come later than what stands below them."""
        stops = [*self.place.stops(), *self.asking.stops(), *self.pages.stops(), *self.foot.stops()]
        return step(self, stops, forward=forward) or super().focusNextPrevChild(forward)

    def done(self, result: int) -> None:
        """Qt's. What is only read is read no more; what is being deployed goes on, and what was typed stays."""
        if not self._acting:
            self.asking.stop()
        super().done(result)

    def _take(self, pages: tuple[Page, ...], configuration: Configuration) -> None:
        """The pages are there: fill them with what was typed before, or with what the service is."""
        place = (self.place.workspace(), self.place.generation())
        typed = self.pages.configuration() if self._typed and self.pages.pages and place == self._shown else None
        if typed is not None and pages == self.pages.pages and configuration == self._known:
            return  # nothing is other than before: whoever is typing is left alone
        focus = self.focusWidget()
        first = not self._shown[0]
        lost = first or focus in (None, self.foot.close_button) or self.pages.isAncestorOf(focus)
        self._shown, self._known = place, configuration
        self._note_name()
        if self.service is None:
            configuration = with_only_choices(pages, first=self._on_sandbox(self._shown[0]))
        self.pages.show_pages(pages, configuration)
        if self.service is not None:
            self._before = replace(self.pages.configuration(), origin=configuration.origin)
        if typed is not None:
            self.pages.show_pages(pages, merged(configuration, typed))
        else:
            self._choose_package()
        self._suggest()
        self._show_nothing() if not pages else self.empty.hide()
        self._area.setVisible(bool(pages))
        if lacks_models(pages):
            say_nothing_to_deploy(self.asking, self.package_requested.emit if self._on_sandbox(place[0]) else None)
        self.check()
        if pages and lost:
            self.pages.focus_first()

    def _edited(self, key: str) -> None:
        self._typed = True
        if self.service is None and key.partition(".")[0].isdecimal():
            self._suggest()
            fit_protocol(self.pages, self._live)
        self._timer.start()

    def _choose_package(self) -> None:
        """Choose the package that was asked for, where it is offered: by its name and version."""
        package, self._package = self._package, ""
        portions = self.pages.portions
        if portions is None or not package:
            return
        section = portions.cards[0].section
        if (found := choice_of(section.form.fields, package)) is not None:
            section.set_value(*found)
            self._suggest()
            fit_protocol(self.pages, self._live)
            self.check()

    def _note_name(self) -> None:
        """A name that somebody typed stays, also for other pages."""
        key = name_key(self.pages.pages)
        section = self.pages.section_of(key) if key else None
        if section is not None and section.touched(key):
            self._name = section.values()[key]

    def _suggest(self) -> None:
        """Propose a free name as long as nobody typed one."""
        key = name_key(self.pages.pages)
        section = self.pages.section_of(key) if key else None
        if section is None or self.service is not None or section.touched(key):
            return
        if self._name:
            section.take(key, self._name)
            return
        rows = self._desk.runtime.core.services.get(self.place.workspace(), {})
        taken = {service.name for service in list(rows.values())}
        section.set_value(key, suggested(self.pages.pages, self.pages.configuration(), taken))

    def _done(self, service: Service) -> None:
        was = self.service
        self._typed = self._everything = False
        self.done(QDialog.DialogCode.Accepted)
        if was is None:
            self.place.remember()
            self.deployed.emit(service)
        else:
            self.updated.emit(service)

    def _unread(self) -> None:
        if not self.pages.pages:
            self.asking.say_stopped(self.read)

    def _stopped(self) -> None:
        say_unsure(self.asking)

    def _refused(self, error: StreamscopeError) -> bool:
        """A refusal is told above, and at the field that it names."""
        self.asking.tell(error, self.deploy)
        self.show()  # it may have been closed meanwhile
        named = fields_named(error, self.pages.configuration())
        if named:
            self.pages.tell({**self._problems, **named}, everything=True)
            self.pages.focus(next(iter(named)))
        return True

    def _generation(self) -> "Generation | None":
        """Whose pages are shown; None where the workspace is gone meanwhile."""
        from streamscope.engine import deploying

        workspace = self._desk.bench.workspaces.find(self._shown[0])
        return deploying.generations(workspace).get(self._shown[1]) if workspace is not None else None

    def _on_sandbox(self, name: str) -> bool:
        workspace = self._desk.bench.workspaces.find(name)
        return workspace is not None and workspace.platform == SANDBOX.platform

    def _place_chosen(self) -> None:
        """Another place asks for other things: what was typed for this one is gone, but the name."""
        self._note_name()
        self._typed = self._everything = False
        self.pages.show_pages((), Configuration())
        self._area.hide()
        self.says.clear()
        self._show_buttons()
        self.read()

    def _show_nothing(self) -> None:
        self.empty.setText(self.tr("No workspace here deploys services: add one of a platform that does."))
        self.empty.setVisible(not self.place.generation())
        self._show_buttons()

    def _busy(self, busy: bool) -> None:
        """While it is deployed everything rests; while there is only something to be read, one can go on typing."""
        self._acting = self._acting and busy
        self.pages.setEnabled(not self._acting)
        self.place.setEnabled(not self._acting)
        self._show_buttons()

    def _show_buttons(self) -> None:
        there = bool(self.pages.pages)
        changed = self.service is None or (self._before is not None and self.pages.configuration() != self._before)
        self.foot.show_state(
            list(self._problems.values()), there=there, changed=changed, acting=self._acting, typed=self._typed
        )

    def _connect(self) -> None:
        self.place.chosen.connect(self._place_chosen)
        self.pages.edited.connect(self._edited)
        self.asking.busy.connect(self._busy)
        foot = self.foot
        foot.deploy_button.clicked.connect(self.deploy)
        foot.close_button.clicked.connect(self.reject)
        foot.afresh_button.clicked.connect(self.start_afresh)
        foot.refresh_button.clicked.connect(self.read)
        foot.command_button.clicked.connect(lambda: foot.copy(self.command(), self.tr("The command line is copied.")))
        foot.json_button.clicked.connect(lambda: foot.copy(self.json(), self.tr("The JSON is copied.")))
        for keys, slot in (("Ctrl+Return", self.deploy), ("Ctrl+Enter", self.deploy), ("F5", self.read)):
            QShortcut(keys, self, slot)

    def _lay_out(self) -> None:
        self.empty.setWordWrap(True)
        self.empty.hide()
        self._area = QScrollArea()
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the focus, and is scrolled to
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.pages)
        self._area.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(12)
        column.addWidget(self.place)
        if self.service is None:
            column.addWidget(rule())
        column.addWidget(self.asking)
        column.addWidget(self.empty)
        column.addWidget(self._area, 1)
        column.addStretch(0)
        column.addWidget(self.foot)
        fit(self, 820, 660)
