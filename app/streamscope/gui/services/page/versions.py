"""The configurations that a service has or had, and going back to one."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.services.acting_words import WORDS
from streamscope.gui.services.names import one_line
from streamscope.gui.services.page.events import moment
from streamscope.gui.services.page.section import SectionView
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.deployment import Revision
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core


class VersionsView(SectionView):
    """A table of revisions, the newest first; `switch_requested(revision)`."""

    key = "versions"
    title = phrase("Versions")

    switch_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.revisions: list[Revision] = []
        self._why = Phrase("")
        self.table = QTreeWidget()
        self.table.setObjectName("parts")
        self.table.setProperty("plain", True)
        self.table.setAccessibleName(told(self.title))
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setHeaderLabels(
            [self.tr("Version"), self.tr("Portion"), self.tr("Time"), self.tr("Status"), self.tr("Note")]
        )
        header = self.table.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        wide = QFontMetrics(strong_font()).horizontalAdvance
        for column, sample in enumerate(("99.99.99", "m" * 10, "2026-12-30 23:59:59", f"{self.tr('now')} · RUNNING")):
            header.resizeSection(column, wide(sample) + 28)
        self.switch = QPushButton(told(WORDS["switch"]))
        self.switch.setAccessibleName(self.switch.text())
        self.switch.clicked.connect(self._switch)
        self.count = muted_label("")
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.switch)
        column_of = QVBoxLayout(self.body)
        column_of.setContentsMargins(0, 0, 0, 0)
        column_of.setSpacing(0)
        column_of.addWidget(self.table, 1)
        column_of.addLayout(foot)
        self.table.currentItemChanged.connect(lambda *_: self._judge())
        self._judge()

    async def read(self, core: "Core", service: Service) -> list[Revision]:
        """The revisions, the newest first."""
        from streamscope.engine import deploying

        generation, site = await deploying.managed(core, service)
        return await generation.revisions(site, service.id)

    def show_value(self, value: Any) -> None:
        """Show these revisions."""
        if value != self.revisions:
            chosen = self.chosen()
            self.revisions = value
            self.table.clear()
            for one in value:
                item = _row(one, self.tr("now"))
                self.table.addTopLevelItem(item)
                if chosen is not None and (one.id, one.portion) == (chosen.id, chosen.portion):
                    self.table.setCurrentItem(item)
        self.count.setText(f"{len(value):,}")
        if value:
            self.show_body()
        else:
            self.show_empty(self.tr("The platform tells of no versions."))
        self._judge()

    def show_actions(self, why: Phrase) -> None:
        """Whether it can be switched to another version, or why not."""
        self._why = why
        self._judge()

    def chosen(self) -> Revision | None:
        """The revision of the current row."""
        at = self.table.currentIndex().row()
        return self.revisions[at] if 0 <= at < len(self.revisions) else None

    def _judge(self) -> None:
        chosen, why = self.chosen(), told(self._why)
        if not why and chosen is None:
            why = self.tr("Choose a version in the table.")
        elif not why and chosen is not None and chosen.current:
            why = self.tr("This version is running now.")
        self.switch.setEnabled(not why)
        self.switch.setToolTip(why)

    def _switch(self) -> None:
        if (chosen := self.chosen()) is not None:
            self.switch_requested.emit(chosen)


def _row(revision: Revision, now: str) -> QTreeWidgetItem:
    version = one_line(revision.version or revision.id)
    texts = [version, one_line(revision.portion), moment(revision.at), one_line(revision.status), revision.note]
    if revision.current:
        texts[3] = f"{now} · {texts[3]}" if texts[3] else now
    item = QTreeWidgetItem([*texts[:4], one_line(texts[4])])
    for column, text in enumerate(texts):
        item.setToolTip(column, text)
        if revision.current:
            item.setFont(column, strong_font())
    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
    return item
