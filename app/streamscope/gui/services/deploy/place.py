"""Where a service is deployed: a workspace, and a generation of its platform."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from streamscope.gui.marks import ElidedLabel
from streamscope.gui.texts import told
from streamscope.gui.workspaces.sections import LABELS
from streamscope.model.errors import StoreError
from streamscope.model.service import Service
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_WORKSPACE, _GENERATION = "deploy_workspace", "deploy_generation"
"""Under which settings the last choice is remembered."""


class PlaceView(QWidget):
    """Two choices with a sentence each; for a service that is there, only said. `chosen` tells that they are others."""

    chosen = Signal()

    def __init__(
        self, desk: "Desk", workspace: str = "", service: Service | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._service = service
        self._workspace = QComboBox()
        self._generation = QComboBox()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._sentences = ElidedLabel("", "muted"), ElidedLabel("", "muted")
        for row, (text, combo) in enumerate(
            ((self.tr("Workspace"), self._workspace), (self.tr("Generation"), self._generation))
        ):
            label = QLabel(text)
            label.setProperty("tone", "muted")
            label.setMinimumWidth(LABELS)
            label.setBuddy(combo)
            combo.setAccessibleName(text)
            combo.setMinimumWidth(200)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(18)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(combo, row, 1)
            self._grid.addWidget(self._sentences[row], row, 2)
        self._fill(workspace)
        self._workspace.activated.connect(lambda _: self._workspace_chosen())
        self._generation.activated.connect(lambda _: self._say_and_tell())
        self.setHidden(service is not None)

    def stops(self) -> list[QWidget]:
        """Where the focus goes on its way through."""
        return [self._workspace, self._generation]

    def workspace(self) -> str:
        """The workspace's name; '' where none deploys."""
        return self._service.workspace if self._service is not None else str(self._workspace.currentData() or "")

    def generation(self) -> str:
        """The generation's key; '' where none deploys."""
        return self._service.generation if self._service is not None else str(self._generation.currentData() or "")

    def choose(self, workspace: str, generation: str = "") -> None:
        """Choose a place, where there is one of that name."""
        at = self._workspace.findData(workspace)
        if at < 0 or (workspace == self.workspace() and generation in ("", self.generation())):
            return
        self._workspace.setCurrentIndex(at)
        self._fill_generations(generation or self.generation())
        self.chosen.emit()

    def refresh(self) -> None:
        """Workspaces may have changed elsewhere."""
        before = self.workspace(), self.generation()
        self._fill(before[0], before[1])
        if (self.workspace(), self.generation()) != before:
            self.chosen.emit()

    def remember(self) -> None:
        """It is the one that is proposed the next time."""
        settings, values = self._desk.bench.settings, ((_WORKSPACE, self.workspace()), (_GENERATION, self.generation()))

        def keep() -> None:
            for key, value in values:
                with suppress(StoreError):
                    settings.set(key, value)

        spawn(asyncio.to_thread(keep), name="remember where services are deployed")

    def _fill(self, workspace: str, generation: str = "") -> None:
        from streamscope.engine import deploying

        settings = self._desk.bench.settings
        self._workspace.clear()
        for one in self._desk.bench.workspaces.all():
            if deploying.generations(one):
                self._workspace.addItem(one.name, one.name)
        for wanted in (workspace, settings.get(_WORKSPACE), settings.get("workspace")):
            if wanted and (at := self._workspace.findData(wanted)) >= 0:
                self._workspace.setCurrentIndex(at)
                break
        self._fill_generations(generation or settings.get(_GENERATION))

    def _fill_generations(self, wanted: str) -> None:
        from streamscope.engine import deploying

        self._generation.clear()
        workspace = self._desk.bench.workspaces.find(self.workspace())
        found = deploying.generations(workspace) if workspace is not None else {}
        for key, generation in found.items():
            label = told(generation.label)
            self._generation.addItem(label[:1].upper() + label[1:], key)
        self._generation.setCurrentIndex(max(0, self._generation.findData(wanted)))
        self._say()

    def _workspace_chosen(self) -> None:
        self._fill_generations(self.generation())
        self.chosen.emit()

    def _say_and_tell(self) -> None:
        self._say()
        self.chosen.emit()

    def _say(self) -> None:
        from streamscope.engine import deploying
        from streamscope.kinds.catalog import PLATFORMS

        workspace = self._desk.bench.workspaces.find(self.workspace())
        if workspace is None:
            for label in self._sentences:
                label.set_text("")
            return
        platform = PLATFORMS.get(workspace.platform)
        region = workspace.values.get("region", "")
        parts = (region, told(platform.help) if platform is not None else "")
        self._sentences[0].set_text(" · ".join(part for part in parts if part))
        generation = deploying.generations(workspace).get(self.generation())
        self._sentences[1].set_text(told(generation.help) if generation is not None else "")
        self._generation.setEnabled(self._generation.count() > 1)
