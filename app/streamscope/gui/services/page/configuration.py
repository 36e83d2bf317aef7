"""What a service is, by the labels of its generation's fields: to be read here, changed in the wizard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.services.acting_words import WORDS
from streamscope.gui.services.names import one_line
from streamscope.gui.services.page.section import SectionView
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.deployment import Configuration, Page
from streamscope.model.errors import StreamscopeError
from streamscope.model.field import Field
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core

_HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Known:
    """A configuration, and the pages that say what its values are called."""

    configuration: Configuration
    pages: tuple[Page, ...]


class ConfigurationView(SectionView):
    """A tree that is only read: pages, then their fields. `update_requested` asks for the wizard."""

    key = "configuration"
    title = phrase("Configuration")

    update_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = QTreeWidget()
        self.tree.setObjectName("parts")
        self.tree.setProperty("plain", True)
        self.tree.setAccessibleName(told(self.title))
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.tree.header().resizeSection(0, 220)
        self.tree.header().setStretchLastSection(True)
        self.update_button = QPushButton(told(WORDS["update"]))
        self.update_button.setAccessibleName(self.update_button.text())
        self.update_button.clicked.connect(self.update_requested)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        foot.addWidget(muted_label(self.tr("What no field knows stays as it is when a service is updated.")), 1)
        foot.addWidget(self.update_button)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tree, 1)
        column.addLayout(foot)

    async def read(self, core: "Core", service: Service) -> Known:
        """The configuration and what its values are called."""
        from streamscope.engine import deploying

        found = await deploying.configuration(core, service)
        try:
            return Known(found, await deploying.pages(core, service.workspace, service.generation))
        except StreamscopeError:  # a permission for models or specifications may be missing: the values are there
            return Known(found, ())

    def show_value(self, value: Any) -> None:
        """Show a configuration."""
        self.tree.clear()
        if not value.pages:
            self._add_plain(self.tr("Service"), value.configuration.values)
            for number, portion in enumerate(value.configuration.portions):
                self._add_plain(self.tr("Portion {number}").format(number=number + 1), portion)
        for page in value.pages:
            portions = value.configuration.portions if page.repeated else (value.configuration.values,)
            for number, values in enumerate(portions):
                title = told(page.label)
                if page.repeated and len(portions) > 1:
                    title = f"{title} {number + 1}"
                self._add(title, page.fields, values)
        self.tree.expandAll()
        self.show_body()

    def show_actions(self, why: Phrase) -> None:
        """Whether it can be changed, or why not."""
        self.update_button.setEnabled(not str(why))
        self.update_button.setToolTip(told(why))

    def _add_plain(self, title: str, values: Mapping[str, str]) -> None:
        """Values by their keys: what they are called could not be read."""
        self._add(title, tuple(Field(key, Phrase(key)) for key in values), values)

    def _add(self, title: str, fields: tuple[Field, ...], values: Mapping[str, str]) -> None:
        top = QTreeWidgetItem([title])
        top.setFont(0, strong_font())
        for field in fields:
            value = values.get(field.key, "")
            if not value or not _shown(field, values):
                continue
            item = QTreeWidgetItem([told(field.label), ""])
            lines = [line for line in value.splitlines() if line] if field.kind in ("lines", "pairs") else []
            if len(lines) > 1:
                item.setText(1, self.tr("{count} lines").format(count=len(lines)))
                for line in lines:
                    below = QTreeWidgetItem(["", one_line(line)])
                    below.setToolTip(1, line)
                    item.addChild(below)
            else:
                item.setText(1, one_line(_said(field, value)))
            item.setToolTip(0, told(field.help))
            item.setToolTip(1, _said(field, value))
            top.addChild(item)
        if top.childCount():
            self.tree.addTopLevelItem(top)


def _shown(field: Field, values: Mapping[str, str]) -> bool:
    return field.shown_when is None or values.get(field.shown_when[0]) == field.shown_when[1]


def _said(field: Field, value: str) -> str:
    if field.kind == "secret":
        return _HIDDEN
    return next((told(text) for key, text in field.choices if key == value and str(text)), value)
