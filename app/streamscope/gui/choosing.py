"""What a chosen service does to the open requests: its own comes to the front, or one is filled for it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.gui import defaults
from streamscope.gui.drafts import with_sample
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Sample, Service, Workspace

if TYPE_CHECKING:
    from streamscope.gui.services.refreshing import Refreshing
    from streamscope.gui.window import Window


class Choosing(QObject):
    """Between the browser of services and the requests of one window; `ready` tells that the first one was filled."""

    ready = Signal()
    sandbox_said = Signal(str)

    def __init__(self, window: "Window", refreshing: "Refreshing", parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._ready = False
        refreshing.chosen.connect(self._chosen)
        refreshing.completed.connect(self._completed)
        refreshing.refreshed.connect(self._refreshed)
        refreshing.failed.connect(self._failed)
        refreshing.gone.connect(lambda service: window.composer.service_gone(service.workspace, service.id))
        window.services.sample_chosen.connect(self._sample_chosen)

    def _chosen(self, service: Service) -> None:
        """A service was chosen: its open request comes to the front, else a new one that it understands."""
        self._window.drafts.read()
        if (known := self._window.drafts.of_service(service)) is not None:
            self._window.drafts.show_request(known)
        else:
            front = self._window.drafts.current()
            if front is None or not front.untouched:
                self._window.new_draft()
            self._fill(service)
        if not self._ready:
            self._ready = True
            self.ready.emit()

    def _fill(self, service: Service) -> None:
        def filling() -> None:
            self._window.composer.set_service(
                service,
                defaults.protocol_for(service),
                auth=defaults.auth_for(service),
                channel=defaults.channel_for(service),
            )

        self._window.drafts.fill(filling)

    def _completed(self, service: Service) -> None:
        """More is known of a service: what is composed for it stays, an untouched request is filled again."""
        self._window.drafts.know([service])
        front = self._window.drafts.current()
        if front is None or (front.draft.workspace, front.draft.service) != (service.workspace, service.id):
            return
        self._window.drafts.read()
        if front.untouched:
            self._fill(service)
        else:  # whoever was quicker than the platform keeps what was typed
            self._window.composer.update_service(service)

    def _refreshed(self, workspace: Workspace, services: list[Service]) -> None:
        self._window.drafts.know(services)
        if workspace.platform == defaults.OWN_PLATFORM:
            self.sandbox_said.emit(self.tr("Sandbox: running, services: {count}").format(count=len(services)))

    def _failed(self, workspace: Workspace, _error: StreamscopeError) -> None:
        if workspace.platform == defaults.OWN_PLATFORM:
            self.sandbox_said.emit(self.tr("Sandbox: not running"))

    def _sample_chosen(self, _service: Service, sample: Sample) -> None:
        """A sample of the service's description was chosen: path, method and what is sent become its."""
        self._window.drafts.read()
        front = self._window.drafts.current()
        if front is not None:
            self._window.drafts.change(front, with_sample(front.draft, sample))
