"""The headers of a draft: one's own with switches, and below them those that are added by themselves, in grey."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from streamscope.gui.composer.header_words import suggested
from streamscope.gui.composer.query import unsent_of, with_unsent
from streamscope.gui.composer.shelves import Automatic
from streamscope.gui.pairs import PairsEditor, PairsModel
from streamscope.gui.switched_rows import Past, Row
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font, colour, small_font, theme
from streamscope.model.draft import Pair, Unsent
from streamscope.model.errors import UsageError
from streamscope.model.phrase import Phrase

_ROW, _MOST = 24, 9


class HeadersForm(QWidget):
    """The sheet. Its automatic headers are looked up by whoever shows it, when `wanted` says that they may differ."""

    changed = Signal()
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        hints = (self.tr("name"), self.tr("value"))
        self.model = PairsModel((self.tr("Header"), self.tr("Value")), hints)
        self.model.fault = fault
        self.table = PairsEditor(self.tr("Headers"), model=self.model, switched=True, suggest=suggested)
        self.caption = QLabel()
        self.caption.setProperty("tone", "muted")
        self.automatic = AutomaticView()
        self._given: tuple[tuple[Pair, ...], tuple[Unsent, ...]] = ((), ())
        self._shown: tuple[Row, ...] = ()
        self._without: tuple[str, ...] = ()
        self.model.changed.connect(self.changed)
        self.automatic.switched.connect(self._switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.table, 1)
        column.addWidget(self.caption)
        column.addWidget(self.automatic)
        self.set_automatic(())

    def show_headers(self, headers: tuple[Pair, ...], unsent: tuple[Unsent, ...], without: tuple[str, ...]) -> None:
        """Show another draft's headers: the sent ones, the others, and which automatic ones are left out."""
        self._given, self._without = (headers, unsent), without
        rows = with_unsent((Row(True, pair) for pair in headers), unsent)
        if rows != self.model.past().rows:
            self.model.set_past(Past(rows))
        self._shown = self.model.rows()

    def headers(self) -> tuple[Pair, ...]:
        """The headers that are sent."""
        return tuple((row.cells[0], row.cells[1]) for row in self.model.rows() if row.on)

    def unsent(self) -> tuple[Unsent, ...]:
        """Those that are switched off."""
        rows = self.model.rows()
        return self._given[1] if rows == self._shown else unsent_of(rows, "header")

    def without(self) -> tuple[str, ...]:
        """The automatic headers that are left out, in lower case."""
        return self._without

    def set_pairs(self, pairs: Sequence[Pair]) -> None:
        """Replace all headers, as one step that can be undone."""
        self.table.set_pairs(pairs)

    def pairs(self) -> list[Pair]:
        """The headers that are sent."""
        return self.table.pairs()

    def set_automatic(self, rows: Sequence[Automatic]) -> None:
        """Show what is added by itself."""
        self.automatic.show_rows(rows)
        self.caption.setVisible(bool(rows))
        self.automatic.setVisible(bool(rows))
        sent = sum(not row.off for row in rows)
        self.caption.setText(self.tr("Added by itself: {count}").format(count=sent))

    def _switch(self, name: str, on: bool) -> None:
        others = tuple(kept for kept in self._without if kept.lower() != name.lower())
        self._without = others if on else (*others, name.lower())
        self.changed.emit()


class AutomaticView(QTreeWidget):
    """Name, value and origin of each automatic header; `switched` tells one that a person switched."""

    switched = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Automatic, ...] = ()
        self.setObjectName("automatic")
        self.setAccessibleName(self.tr("Headers that are added by themselves"))
        self.setColumnCount(4)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setStretchLastSection(True)
        self.header().setMinimumSectionSize(24)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header().resizeSection(0, 30)
        self.itemChanged.connect(self._changed)
        theme.changed.connect(self._redress)

    def show_rows(self, rows: Sequence[Automatic]) -> None:
        """Show other headers, if they are others."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._fill(self._rows)

    def _redress(self) -> None:
        self._fill(self._rows)

    def _fill(self, rows: Sequence[Automatic]) -> None:
        blocked = self.blockSignals(True)
        self.clear()
        high = max(_ROW, self.fontMetrics().height() + 10)
        for row in rows:
            value = told(row.value) if isinstance(row.value, Phrase) else row.value
            item = QTreeWidgetItem(["", row.name, value[:400], told(row.source)])
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            if row.switchable:
                flags |= Qt.ItemFlag.ItemIsUserCheckable
                item.setCheckState(0, Qt.CheckState.Unchecked if row.off else Qt.CheckState.Checked)
                said = self.tr("left out") if row.off else self.tr("sent")
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{row.name}: {said}")
            item.setFlags(flags)
            item.setSizeHint(0, QSize(0, high))
            for column, font in ((1, code_font()), (2, code_font()), (3, small_font())):
                font.setStrikeOut(row.off and column < 3)
                item.setFont(column, font)
                item.setForeground(column, colour("muted"))
                item.setToolTip(column, f"{row.name}: {value}\n{told(row.source)}")
            self.addTopLevelItem(item)
        self.blockSignals(blocked)
        self.setFixedHeight(high * min(max(len(rows), 1), _MOST) + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        name = (self.viewport().width() - 58) * 2 // 5  # as wide as in the table above
        self.header().resizeSection(1, name)
        self.header().resizeSection(2, (self.viewport().width() - 30 - name) // 2)

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            self.switched.emit(item.text(1), item.checkState(0) == Qt.CheckState.Checked)


def fault(row: Row) -> str:
    """What HTTP would refuse in a header, '' where nothing; a name with a variable in it is not known yet."""
    from streamscope.engine.compose import check_headers  # the core is imported after the first paint

    name, value = row.cells
    if "{{" in name:
        name = "x"
    try:
        check_headers([(name.strip(), value.strip())])
    except UsageError as error:
        return told(error.message)
    return ""
