"""Who may call a service: Apps, API keys, connections. What shows them is made when somebody first looks."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.services.page.section import SectionView
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core
    from streamscope.gui.desk import Desk


class AccessSectionView(SectionView):
    """Holds the view of access, which asks for what it shows by itself."""

    key = "access"
    title = phrase("Access")

    def __init__(self, desk: "Desk", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._held: QWidget | None = None
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)

    async def read(self, core: "Core", service: Service) -> None:
        """Nothing: the view asks by itself."""

    def show_value(self, value: Any) -> None:  # noqa: ARG002 - the outline
        """Make the view."""
        if self._held is None and self.service is not None:
            self._held = self._made(self.service)
        if self._held is None:
            self.show_empty(self.tr("Access to this service cannot be managed from here."))
        else:
            self.show_body()

    def _made(self, service: Service) -> QWidget | None:
        return None  # replaced when the view of access is there
