"""A service's own page, a tab among the exchanges: how it is, what can be done with it, and all that is told of it."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from streamscope.gui.live.view_tabs import ViewTabs
from streamscope.gui.messages import MessageView
from streamscope.gui.services.acting import Acting
from streamscope.gui.services.acting_words import WORDS
from streamscope.gui.services.page.access import AccessSectionView
from streamscope.gui.services.page.configuration import ConfigurationView
from streamscope.gui.services.page.events import EventsView
from streamscope.gui.services.page.following import Following
from streamscope.gui.services.page.head import PageHeadView
from streamscope.gui.services.page.instances import InstancesView
from streamscope.gui.services.page.looking import Looking
from streamscope.gui.services.page.monitor import MonitorView
from streamscope.gui.services.page.overview import GONE, OverviewView
from streamscope.gui.services.page.progress import ProgressView
from streamscope.gui.services.page.samples import Samples
from streamscope.gui.services.page.section import SectionView
from streamscope.gui.services.page.versions import VersionsView
from streamscope.gui.texts import told
from streamscope.model.deployment import Action
from streamscope.model.errors import StreamscopeError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.deploying import Progress
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.refreshing import Start

_ILL = ("failed", "concerning")
_GONE = phrase("The service is not there any more.")


class ServiceView(QWidget):
    """One service. Only what is seen is asked for: the section in front, and the progress of what changes.

    `learnt` carries the service where more is known of it, `gone` that it is no more, `missed` that it may be;
    `matrix_requested`, `choose_requested` and `state_changed` are the window's business.
    """

    learnt = Signal(object)
    gone = Signal(object)
    missed = Signal(object)
    choose_requested = Signal(object)
    matrix_requested = Signal(object)
    state_changed = Signal()

    def __init__(
        self,
        desk: "Desk",
        service: Service,
        acting: Acting,
        start: "Start",
        kept: Samples,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.service = service
        self.deleted = False
        self.listed = False
        """Whether a list told of it: only then its missing in one means that it is gone."""
        self._acting = acting
        self._looking_allowed = True
        self._version = ""
        self._examined = ""
        """The status of which it was asked what is wrong."""
        self.head = PageHeadView()
        self.progress = ProgressView()
        self.following = Following(desk, start, self)
        self.looking = Looking(desk, start, self)
        self.card: MessageView | None = None
        self.overview = OverviewView(desk.shelves)
        self.instances = InstancesView()
        self.events = EventsView()
        self.monitor = MonitorView(kept)
        self.configuration = ConfigurationView()
        self.versions = VersionsView()
        self.access = AccessSectionView(desk)
        self.sections: tuple[SectionView, ...] = (
            self.overview,
            self.instances,
            self.events,
            self.monitor,
            self.configuration,
            self.versions,
            self.access,
        )
        self.tabs = ViewTabs(self.tr("Parts of the service's page"))
        for number, section in enumerate(self.sections):
            self.tabs.add(told(section.title))
            self.tabs.hold(number, section)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(12, 0, 12, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addLayout(self._cards)
        column.addWidget(self.progress)
        column.addWidget(self.tabs, 1)
        self._connect()
        self.show_service(service)

    def show_service(self, service: Service) -> None:
        """The service as it is known now; what changes is followed while the page is seen."""
        self.service = service
        self.deleted = False
        for section in self.sections:
            section.show_service(service)
        self._tell()
        self._follow()

    def show_gone(self) -> None:
        """The service is no more: what is known of it stays, nothing is asked for."""
        if self.deleted:
            return
        self.deleted = True
        self.following.stop()
        self.looking.stop()
        self.progress.end()
        self.progress.drop_trouble()
        self.front().calm()
        self._show_card(
            "warning",
            self.tr("The service was deleted."),
            self.tr("Its platform does not know it any more. Requests for it stay, but cannot be sent."),
        )
        self._tell()
        self.gone.emit(self.service)

    def show_error(self, error: StreamscopeError) -> None:
        """What was asked for did not work: a card below the head."""
        self._show_card("error", error.message, error.hint, error.cause)

    def set_looking(self, looking: bool) -> None:
        """Whether anybody sees the window."""
        if looking != self._looking_allowed:
            self._looking_allowed = looking
            self._settle()

    def close_down(self) -> None:
        """Ask for nothing any more."""
        self._looking_allowed = False
        self.following.stop()
        self.looking.stop()

    def show_section(self, key: str) -> None:
        """Bring a section to the front."""
        number = next(at for at, section in enumerate(self.sections) if section.key == key)
        self.tabs.setCurrentIndex(number)

    def front(self) -> SectionView:
        """The section in front."""
        return self.sections[self.tabs.currentIndex()]

    def open_find(self) -> None:
        """Find in this page: in its events."""
        self.show_section("events")
        self.events.open_find()

    def refresh_actions(self) -> None:
        """What can be done may have changed."""
        self.head.show_actions(self._obstacle)
        self.progress.show_interrupt(self._obstacle("interrupt"), pending=self._pending())
        self.instances.show_actions(self._obstacle("restart"), self._obstacle("scale"))
        self.configuration.show_actions(self._obstacle("update"))
        self.versions.show_actions(self._obstacle("switch"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: progress takes no more than its share of a low window."""
        super().resizeEvent(event)
        self.progress.set_room((self.height() - self.head.sizeHint().height()) * 2 // 5)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self._settle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's: nothing is asked for what nobody sees."""
        super().hideEvent(event)
        self._settle()

    def _connect(self) -> None:
        self.head.action_requested.connect(self.ask)
        self.head.menu_requested.connect(self._menu)
        self.head.use_requested.connect(lambda: self.choose_requested.emit(self.service))
        self.progress.action_requested.connect(self.ask)
        self.progress.give_up_requested.connect(lambda: self._acting.give_up(self.service))
        self.progress.events_requested.connect(lambda: self.show_section("events"))
        self.instances.restart_requested.connect(lambda one: self.ask("restart", instance=one))
        self.instances.scale_requested.connect(lambda: self.ask("scale"))
        self.configuration.update_requested.connect(lambda: self.ask("update"))
        self.versions.switch_requested.connect(lambda one: self.ask("switch", revision=one))
        self.following.advanced.connect(self._advanced)
        self.following.ended.connect(self._settled)
        self.following.failed.connect(self.progress.show_problem)
        self.following.gone.connect(self.show_gone)
        self.looking.looked.connect(self._looked)
        self.looking.failed.connect(self._look_failed)
        self.tabs.turned.connect(lambda _: self._settle())
        for section in self.sections:
            section.again_requested.connect(self._look)
            section.stop_requested.connect(self._stop_reading)
        self._acting.began.connect(self._began)
        self._acting.ended.connect(self._ended)
        self._acting.failed.connect(self._failed)

    def ask(self, action: Action, **more: Any) -> None:
        """Ask for an action with this service."""
        self._drop_card()
        self._acting.ask(action, self.service, **more)

    def _pending(self) -> bool:
        """Whether something was asked of the service that the platform did not answer yet."""
        return (self.service.workspace, self.service.id) in self._acting.pending

    def _mine(self, service: Service) -> bool:
        return (service.workspace, service.id) == (self.service.workspace, self.service.id)

    def _began(self, service: Service, _action: str) -> None:
        if self._mine(service):
            self._drop_card()
            self.progress.drop_trouble()
            self.show_service(service)

    def _ended(self, service: Service, action: str) -> None:
        """The platform took it: from now on what it says counts."""
        if self._mine(service):
            self.following.stop()
            if action != "restart":
                self._follow(whatever=True)
            self._look()

    def _failed(self, service: Service, _action: str, error: StreamscopeError) -> None:
        if self._mine(service):
            self.following.stop()
            self.show_service(service)
            self.show_error(error)

    def _advanced(self, progress: "Progress") -> None:
        if progress.service.state == "changing" and self.progress.box.isHidden():
            self.progress.begin(progress.service)
        self.progress.show_progress(progress)
        self.events.add(progress.happenings)
        if not progress.gone and progress.service != self.service:
            self._take(progress.service)

    def _take(self, service: Service) -> None:
        before = self.service
        self.service = service
        for section in self.sections:
            section.show_service(service)
        if service.state in _ILL:
            self._examined = service.status
        elif service.state != "changing":
            self.progress.drop_trouble()
        self._tell()
        self.learnt.emit(service)
        if service.state != before.state and service.state != "changing":
            self._look()

    def _settled(self) -> None:
        self.progress.end()
        self.refresh_actions()

    def _follow(self, *, whatever: bool = False) -> None:
        """Follow the service while it changes and somebody sees it."""
        changing = self.service.state == "changing" or whatever
        if self.service.state not in _ILL:
            self._examined = ""
            self.progress.drop_trouble()
        elif self._examined != self.service.status and self._seen():
            self._examined, changing = self.service.status, True  # what is wrong is told by following, too
        if not changing or self.deleted:
            if not self.following.going:
                self.progress.end()
            return
        if self.service.state == "changing":
            self.progress.begin(self.service)
            self.progress.show_interrupt(self._obstacle("interrupt"), pending=self._pending())
        if self._seen() and not self._pending():
            self.following.begin(self.service)

    def _settle(self) -> None:
        """Seen or not, and which section: ask for what is seen, for nothing else."""
        if not self._seen():
            self.following.stop()
            self.looking.stop()
            return
        self._follow()
        if self.looking.section is not self.front():
            self._look()

    def _seen(self) -> bool:
        return self.isVisible() and self._looking_allowed and not self.deleted

    def _look(self) -> None:
        if self._seen():
            self.looking.begin(self.front())

    def _stop_reading(self) -> None:
        section = self.front()
        self.looking.stop()
        section.show_stopped()

    def _looked(self, section: SectionView, value: Any) -> None:
        if section is self.overview and not self.deleted:
            if value.configuration is not None:
                self._version = value.configuration.values.get("version", self._version)
            self._take_whole(value.service)
        elif section is self.versions:
            self._version = next((one.version for one in value if one.current and one.version), self._version)
            self._tell()

    def _take_whole(self, service: Service) -> None:
        """The overview read the service anew: its addresses, and its status where nothing else is under way."""
        self._tell()
        if service != self.service and not self.following.going and not self._pending():
            self.service = service
            self._tell()
            self.learnt.emit(service)
            self._follow()

    def _look_failed(self, section: SectionView, error: StreamscopeError) -> None:
        """What is not found may be the service itself: it is looked for."""
        if getattr(error, "status", 0) == GONE and section is self.front():
            self.missed.emit(self.service)

    def _obstacle(self, action: Action) -> Phrase:
        return _GONE if self.deleted else self._acting.obstacle(self.service, action)

    def _tell(self) -> None:
        self.head.show_service(self.service, self._version, gone=self.deleted)
        self.refresh_actions()
        self.state_changed.emit()

    def _show_card(self, severity: str, message: Phrase | str, hint: Phrase | str, cause: str = "") -> None:
        self._drop_card()
        self.card = MessageView(severity, message, hint, cause=cause, closable=True)
        self.card.dismissed.connect(self._drop_card)
        self._cards.addWidget(self.card)
        self._cards.setContentsMargins(12, 2, 12, 8)

    def _drop_card(self) -> None:
        if self.card is not None:
            card, self.card = self.card, None
            card.hide()
            card.deleteLater()
            self._cards.setContentsMargins(12, 0, 12, 0)

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        self.fill_menu(menu)
        menu.popup(place)

    def fill_menu(self, menu: QMenu) -> None:
        """All that can be done with the service."""
        actions: tuple[Action, ...] = ("start", "stop", "update", "scale", "interrupt", "delete")
        for action in actions:
            entry = menu.addAction(told(WORDS[action]))
            why = self._obstacle(action)
            entry.setEnabled(not str(why))
            entry.setToolTip(told(why))
            entry.triggered.connect(lambda _=False, one=action: self.ask(one))
        menu.addSeparator()
        for text, section in (
            (self.tr("Restart an instance…"), "instances"),
            (self.tr("Switch to another version…"), "versions"),
        ):
            menu.addAction(text).triggered.connect(lambda _=False, one=section: self.show_section(one))
        menu.addSeparator()
        menu.addAction(self.tr("Use it in a request")).triggered.connect(
            lambda: self.choose_requested.emit(self.service)
        )
        menu.addAction(self.tr("Access matrix")).triggered.connect(lambda: self.matrix_requested.emit(self.service))
        copy = QGuiApplication.clipboard()
        menu.addAction(self.tr("Copy the id")).triggered.connect(lambda: copy.setText(self.service.id))
