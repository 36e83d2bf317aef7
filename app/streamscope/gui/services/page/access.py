"""Who may call a service: Apps, API keys, connections. What shows them is made when somebody first looks."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.services.page.section import SectionView
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.access.view import AccessView


class AccessSectionView(SectionView):
    """Holds the view of access, which asks for what it shows by itself; its signals are those of that view."""

    key = "access"
    title = phrase("Access")

    changed = Signal()
    apps_requested = Signal(str)
    keys_requested = Signal(str)
    connections_requested = Signal(object)

    def __init__(self, desk: "Desk", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.held: AccessView | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(self.tr("Who may call the service"))
        self._area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)

    async def read(self, core: "Core", service: Service) -> None:
        """Nothing: the view asks by itself."""

    def show_value(self, value: Any) -> None:  # noqa: ARG002 - the outline
        """Make the view, where it is not there yet."""
        if self.held is None and self.service is not None:
            self._make(self.service)
        self.show_body()

    def show_service(self, service: Service) -> None:
        """The service as it is known now."""
        super().show_service(service)
        if self.held is not None:
            self.held.show_service(service)

    def look_again(self) -> None:
        """Apps, keys or connections were changed elsewhere."""
        if self.held is not None and self.isVisible():
            self.held.read()
        elif self.held is not None:  # asked for anew when it is seen
            self._area.takeWidget()
            self.held.deleteLater()
            self.held, self.known = None, False

    def _make(self, service: Service) -> None:
        from streamscope.gui.services.access.view import AccessView

        self.held = held = AccessView(self._desk, service)
        held.changed.connect(self.changed)
        held.apps_requested.connect(self.apps_requested)
        held.keys_requested.connect(self.keys_requested)
        held.connections_requested.connect(self.connections_requested)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 10, 12, 12)
        column.addWidget(held)
        column.addStretch(1)
        self._area.setWidget(inner)
        inner.setAutoFillBackground(False)
