"""How the server was reached: phases in time, and below them what is known of the way, TLS and the certificates."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.engine.connection import Section as Told
from streamscope.engine.connection import sections
from streamscope.gui.language import retold
from streamscope.gui.live.connection.following import Following
from streamscope.gui.live.connection.lines import Line, Lines, summary
from streamscope.gui.live.connection.phase_table import PhaseTableModel
from streamscope.gui.live.connection.sheet import Row, Section
from streamscope.gui.live.connection.sheet_view import SheetView
from streamscope.gui.live.connection.waterfall_view import WaterfallView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.texts import told
from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase
from streamscope.store.files import write_shared

if TYPE_CHECKING:
    from streamscope.engine.waterfall import Attempt

_TICK = 100
"""Milliseconds between two looks at a phase that goes on in silence."""
_LOW = 200
"""Pixels of height below which there is nothing to share out yet."""
_WIDE = 1200
"""Pixels of a saved picture."""


class ConnectionView(QWidget):
    """The waterfall or its table, one line about what is looked at, and the connection of that attempt."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self._following = Following(feed)
        self._lines = Lines()
        self._present = 0
        self._seen = (-1, -1)
        self._roomy, self._moved = -1, False
        self._by_hand = False
        """Whether a person chose what is looked at; until then it is the last attempt."""
        self.waterfall = WaterfallView()
        self.phases = PhaseTableModel(self)
        self.table = _table(self.phases, self.tr("Phases of the connection as a table"))
        self.about = ElidedLabel("", "muted")
        self.sheet = SheetView(self.tr("What is known of the connection"))
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tick)
        self._lay_out()
        self.waterfall.chosen.connect(self._chosen)
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)
        spotlight.chosen_changed.connect(self._pointed)

    def follow(self) -> None:
        """Show what is new."""
        if self._following.follow() or not self.waterfall.lines:
            self._show()
        going_on = bool(self._following.attempts) and self._following.attempts[-1].end is None
        if going_on and self._feed.live:
            self._timer.start()
        else:
            self._timer.stop()

    def save(self, path: Path) -> None:
        """Write the waterfall to a file: a picture (.png, .svg) or a table (.csv). Raises StoreError."""
        kind = path.suffix.lower()
        if kind == ".csv":
            content = self._table_text().encode()
        else:
            held = QBuffer()
            held.open(QIODevice.OpenModeFlag.WriteOnly)
            if kind == ".svg":
                self._draw_svg(held)
            else:
                self.waterfall.image(_WIDE).save(held, "PNG")  # type: ignore[call-overload]  # a device is taken, too
            content = bytes(held.data().data())
        write_shared(path, content)

    def _lay_out(self) -> None:
        self.as_chart = _segment(self.tr("Waterfall"), on=True)
        self.as_table = _segment(self.tr("Table"))
        group = QButtonGroup(self)
        group.addButton(self.as_chart)
        group.addButton(self.as_table)
        self.opening = _segment(self.tr("Until the answer"))
        self.opening.setToolTip(self.tr("Leave out how long the body took, so that the short phases are seen"))
        self.copy = tool_button("copy", self.tr("Copy or save"), self)
        self.copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.copy.setMenu(self._menu())
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(4)
        bar.addWidget(self.as_chart)
        bar.addWidget(self.as_table)
        bar.addStretch(1)
        bar.addWidget(self.opening)
        bar.addWidget(self.copy)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.waterfall)
        self.stack.addWidget(self.table)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.stack, 1)
        line = QHBoxLayout()
        line.setContentsMargins(10, 4, 10, 6)
        line.addWidget(self.about)
        column.addLayout(line)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self.sheet)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.splitterMoved.connect(self._border_moved)
        self.splitter.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)
        self.as_table.toggled.connect(self._turn)
        self.opening.toggled.connect(self._zoom)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Copy the table")).triggered.connect(lambda: _put(self._table_text("\t")))
        menu.addAction(self.tr("Copy what is known")).triggered.connect(lambda: _put(self.sheet.text()))
        menu.addAction(self.tr("Copy the picture")).triggered.connect(
            lambda: QGuiApplication.clipboard().setImage(self.waterfall.image(_WIDE))
        )
        menu.addSeparator()
        menu.addAction(self.tr("Save as PNG, SVG or CSV…")).triggered.connect(self._ask)
        return menu

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the waterfall"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["PNG (*.png)", "SVG (*.svg)", "CSV (*.csv)"])
        dialog.setDefaultSuffix("png")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen[-4:-1]))
        dialog.fileSelected.connect(self._save)
        dialog.open()

    def _save(self, name: str) -> None:
        try:
            self.save(Path(name))
        except StoreError as error:
            self.about.set_text(told(error.message))

    def _draw_svg(self, into: QBuffer) -> None:
        from PySide6.QtSvg import QSvgGenerator

        size = QSize(_WIDE, self.waterfall.height_of_all())
        made = QSvgGenerator()
        made.setOutputDevice(into)
        made.setSize(size)
        made.setViewBox(QRect(QPoint(), size))
        painter = QPainter(made)
        self.waterfall.picture(painter, _WIDE)
        painter.end()

    def _turn(self, on: bool) -> None:
        self._fill_table()
        self.stack.setCurrentIndex(int(on))
        self.opening.setEnabled(not on)

    def _border_moved(self) -> None:
        self._moved = True

    def _zoom(self, on: bool) -> None:
        self.waterfall.opening_only = on
        self._show()

    def _tick(self) -> None:
        if not self.isVisible():
            self._timer.stop()
        elif not self._feed.paused:
            self._show()

    def _now(self) -> int:
        """The end of what goes on: the present, unless the view stands still or the record is further."""
        if not self._feed.paused and self._feed.live:
            self._present = time.perf_counter_ns() - self._feed.exchange.start
        elif not self._feed.live:
            self._present = 0
        return max(self._following.waterfall.end, self._present)

    def _show(self) -> None:
        attempts = self._following.attempts
        lines = self._lines.of(attempts, self._now())
        self.waterfall.show_lines(lines)
        if self.as_table.isChecked():
            self._fill_table()
        self._give_room(len(lines))
        if not self._by_hand and lines:
            self.waterfall.look_at((lines[-1].attempt, -1), following=True)
        current = self.waterfall.current()
        told = summary(current, self.waterfall.total).replace("\n", " · ") if current else ""
        if self._following.cut:
            told = self.tr("There is more than is shown here. {told}").format(told=told)
        self.about.set_text(told)
        if attempts:
            at = current.attempt if current is not None else len(attempts) - 1
            seen = (at, _weight(attempts[at]))
            if seen != self._seen:
                self._seen = seen
                self.sheet.model.show_sections([_section(one) for one in sections(attempts[at])])

    def _fill_table(self) -> None:
        self.phases.show_lines(self.waterfall.lines, self.waterfall.total)

    def _table_text(self, separator: str = ",") -> str:
        self._fill_table()
        return self.phases.text(separator)

    def _give_room(self, lines: int) -> None:
        """The waterfall gets what its lines need, half of all at most, until a person moves the border."""
        if lines == self._roomy or self._moved or self.height() < _LOW:
            return
        self._roomy = lines
        wanted = self.waterfall.height_of_all() + self.height_of_bars()
        self.splitter.setSizes([min(wanted, self.height() // 2), self.height() - min(wanted, self.height() // 2)])

    def height_of_bars(self) -> int:
        """Pixels of what is above and below the waterfall."""
        return self.copy.sizeHint().height() + self.about.sizeHint().height() + 20

    def _chosen(self, line: Line) -> None:
        self._by_hand = True
        self._show()
        bars = self._following.attempts[line.attempt].bars
        event = self._following.attempts[line.attempt].event
        if line.bar >= 0:
            bar = bars[line.bar]
            event = bar.ended_by if bar.ended_by >= 0 else bar.begun_by
        self._spotlight.look_at(event)

    def _row_chosen(self) -> None:
        at = self.table.currentIndex().row()
        if 0 <= at < len(self.phases.lines):
            self.waterfall.look_at(self.phases.lines[at].key)
            current = self.waterfall.current()
            if current is not None:
                self._chosen(current)

    def _pointed(self, event: int) -> None:
        """Another view looks at an event: where it tells of a phase, so is it here."""
        for at, attempt in enumerate(self._following.attempts):
            for number, bar in enumerate(attempt.bars):
                if event in (bar.begun_by, bar.ended_by) and event >= 0:
                    self._by_hand = True
                    self.waterfall.look_at((at, number))
                    self._show()
                    return


def _weight(attempt: "Attempt") -> int:
    """Grows when more is known of an attempt."""
    facts = sum(len(bar.facts) + len(bar.certificates) for bar in attempt.bars)
    return (
        facts
        + len(attempt.bars)
        + 1000 * (attempt.head is not None)
        + 2000 * (attempt.end is not None)
        + 4000 * bool(attempt.lost)
    )


def _section(found: Told) -> Section:
    rows = tuple(Row(told(row.name), _value(row.value), row.tone) for row in found.rows)
    return Section(told(found.title), found.about, rows, found.tone)


def _value(value: Phrase | str) -> str:
    return told(value) if isinstance(value, Phrase) else retold(value)


def _segment(text: str, *, on: bool = False) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(text)
    button.setCheckable(True)
    button.setChecked(on)
    button.setProperty("segment", True)
    return button


def _put(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


class PhaseTableView(QTableView):
    """The table; its rows are copied with tabs between."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: it would copy the text of one cell."""
        model = self.model()
        if event.matches(QKeySequence.StandardKey.Copy) and isinstance(model, PhaseTableModel):
            rows = sorted(one.row() for one in self.selectionModel().selectedRows())
            _put("\n".join("\t".join(model.cells(row)) for row in rows))
            return
        super().keyPressEvent(event)


def _table(model: PhaseTableModel, name: str) -> QTableView:
    table = PhaseTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(22)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setHighlightSections(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    for column, width in enumerate((60, 88, 76, 76, 76, 64)):
        table.setColumnWidth(column, width)
    return table
