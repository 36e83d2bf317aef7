"""Two exchanges side by side: their texts, their timing, every figure, and what was found in only one of them."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.language import retold
from streamscope.gui.live.compare.overlay import SHARES, OverlayView, time_at
from streamscope.gui.live.compare.sides import NAMES, Compared, moment, side_colour
from streamscope.gui.live.compare.table import Cell, CellsView, measure_rows
from streamscope.gui.live.compare.text import DiffView
from streamscope.gui.live.summary.findings_model import severity_word
from streamscope.gui.live.summary.rows import value_text
from streamscope.gui.live.summary.work import Progress, Work
from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font, strong_font, theme
from streamscope.model.errors import StreamscopeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamscope.engine.compare import Passage
    from streamscope.engine.derived import Derived, LaneKey
    from streamscope.model.event import Finding

Side = tuple[str, "Derived"]
"""What it is called, and what is derived from it. It is compared as far as it was read."""
_SECONDS = 8.0
"""For so long texts are aligned; the rest of longer ones is told as one difference."""
_POINTS = 1500
_SEVERITIES = {"error": ("error", "error"), "warning": ("warn", "concerning"), "info": ("info", "idle")}


class CompareView(QWidget):
    """Begins to compare when it is made; what takes long is done aside and can be stopped."""

    def __init__(self, first: Side, second: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sides = (first, second)
        self.compared: Compared | None = None
        self._work = Work("streamscope compare", self)
        self._work.finished.connect(self._came)
        self._work.failed.connect(self._failed)
        self._work.progressed.connect(self._progressed)
        self.lane = QComboBox()
        self.lane.setAccessibleName(self.tr("Which text is compared"))
        self.lane.activated.connect(lambda _: self.compare())
        self._told = ElidedLabel("", "muted")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.clicked.connect(self._stop)
        self.text = DiffView()
        self.text.stood_at.connect(self._stood_at)
        self.overlay = OverlayView()
        self.moments = CellsView(self.tr("When how much had come"), (4,))
        self.figures = CellsView(self.tr("Figures of A and B"), (3, 4, 5))
        self.figures.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # labels differ at their ends
        self.findings = CellsView(self.tr("Findings of A and B"))
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Parts of the comparison"))
        self.tabs.tabBar().setAccessibleName(self.tr("Parts of the comparison"))
        self._lay_out()
        self.setFocusProxy(self.tabs)
        self.compare()

    def compare(self) -> None:
        """Compare what is there now; an exchange that goes on may have more."""
        self._offer_lanes()
        key = self.lane.currentData() or (0, "text", "")
        self._progress.setRange(0, 0)
        self._progress.show()
        self.stop.show()
        self._told.set_text(self.tr("Comparing…"))
        self._work.start(partial(_compared, self._sides[0][1], self._sides[1][1], key))

    @property
    def busy(self) -> bool:
        """Whether it is still being compared."""
        return self._work.busy

    def words(self) -> str:
        """What is told above."""
        return self._told.accessibleName()

    def _stop(self) -> None:
        self._work.stop()
        self._rest(self.tr("Stopped. What differs is not known."))

    def _rest(self, told: str) -> None:
        self._progress.hide()
        self.stop.hide()
        self._told.set_text(told)

    def _progressed(self, done: int, all_: int) -> None:
        self._progress.setRange(0, max(1, all_))
        self._progress.setValue(done)

    def _failed(self, error: Exception) -> None:
        reason = told(error.message) if isinstance(error, StreamscopeError) else str(error)
        self._rest(self.tr("It could not be compared: {error}").format(error=reason))

    def _came(self, compared: Compared) -> None:
        self.compared = compared
        found = compared.found
        self.text.show_passages(found.passages)
        count = self.text.count
        size = sum(len(piece.text) for piece in found.a.pieces)
        if count == 0:
            told = self.tr("The same text, {size} characters").format(size=f"{size:,}")
        elif compared.cut:
            told = self.tr("Aligning took too long: differences at the end are told as one. So far: {count}")
            told = told.format(count=f"{count:,}")
        else:
            told = self.tr("Differences in the text: {count}").format(count=f"{count:,}")
        self._rest(told)
        self.overlay.show_curves(compared.curves)
        self._show_moments(compared)
        titles, rows = measure_rows(found.measures)
        self.figures.show_rows(titles, rows, (0, 5))
        self._show_findings(compared)

    def _show_moments(self, compared: Compared) -> None:
        rows = []
        for share in SHARES:
            a, b = (time_at(curve, share) for curve in compared.curves)
            name = self.tr("First") if not share else self.tr("{share} % had come").format(share=f"{share * 100:.0f}")
            cells = [Cell(name), *(Cell("–" if t is None else value_text(t, "ms")) for t in (a, b))]
            if a is None or b is None:
                cells += [Cell("–"), Cell("")]
            else:
                sign = "+" if b > a else "−" if b < a else ""
                later = self.tr("B is later") if b > a else self.tr("B is earlier") if b < a else self.tr("the same")
                cells += [Cell(f"{sign}{value_text(abs(b - a), 'ms')}"), Cell(later, "muted")]
            rows.append(tuple(cells))
        titles = (self.tr("Messages with content"), "A", "B", "B − A", self.tr("In words"))
        self.moments.show_rows(titles, rows, (0, 4))

    def _show_findings(self, compared: Compared) -> None:
        found = compared.found
        groups: list[tuple[str, list[Finding]]] = [
            (self.tr("only A"), list(found.only_a)),
            (self.tr("only B"), list(found.only_b)),
            (self.tr("both"), [second for _, second in found.both]),
        ]
        rows = []
        for where, findings in groups:
            for finding in findings:
                tone, mark = _SEVERITIES[finding.severity]
                word = Cell(severity_word(finding.severity), tone, mark)
                rows.append((Cell(where), word, Cell(retold(finding.text))))
        if not rows:
            rows = [(Cell("–"), Cell(""), Cell(self.tr("Nothing unusual in either."), "muted"))]
        titles = (self.tr("In"), self.tr("Severity"), self.tr("Finding"))
        self.findings.show_rows(titles, rows, (0, 1, 2), 2)

    def _stood_at(self, row: "Passage") -> None:
        parts = []
        for side, event in enumerate((row.event_a, row.event_b)):
            t = moment(self._sides[side][1], event)
            if t is not None:
                parts.append(f"{NAMES[side]} #{event + 1:,}, {value_text(t, 'ms')}")
        self.text.tell(" · ".join(parts))

    def _offer_lanes(self) -> None:
        """All texts that either has, the first answer's first; the chosen one stays."""
        chosen: LaneKey = self.lane.currentData() or (0, "text", "")
        keys = {key: lane.name for _, derived in self._sides for key, lane in list(derived.lanes.items())}
        words = {
            "text": self.tr("Text"), "reasoning": self.tr("Reasoning"), "tool_call": self.tr("Tool call"),
            "refusal": self.tr("Refusal"),
        }  # fmt: skip
        self.lane.clear()
        for key in sorted({(0, "text", ""), *keys}, key=lambda key: (key[0], key[1] != "text", key)):
            name = " ".join(part for part in (words.get(key[1], key[1]), keys.get(key, "")) if part)
            if key[0]:
                name = self.tr("{text} of choice {number}").format(text=name, number=key[0] + 1)
            self.lane.addItem(name, key)
        self.lane.setCurrentIndex(max(0, self.lane.findData(chosen)))
        self.lane.setVisible(self.lane.count() > 1)

    def _lay_out(self) -> None:
        heads = QVBoxLayout()
        heads.setSpacing(2)
        self._names = []
        for side, (title, _) in enumerate(self._sides):
            line = QHBoxLayout()
            line.setSpacing(8)
            name = QLabel(NAMES[side])
            name.setFont(strong_font())
            self._names.append(name)
            line.addWidget(name)
            line.addWidget(ElidedLabel(title), 1)
            if side == 0:
                again = tool_button("refresh", self.tr("Compare again"), self)
                again.clicked.connect(self.compare)
                line.addWidget(again)
            heads.addLayout(line)
        state = QHBoxLayout()
        state.setSpacing(8)
        state.addWidget(self._told, 1)
        state.addWidget(self.lane)
        state.addWidget(self.stop)
        heads.addSpacing(4)
        heads.addLayout(state)
        heads.setContentsMargins(12, 8, 12, 8)
        timing = QSplitter(Qt.Orientation.Vertical)
        timing.setChildrenCollapsible(False)
        timing.addWidget(self.overlay)
        timing.addWidget(self.moments)
        timing.setSizes([260, 200])
        self.tabs.addTab(self.text, self.tr("Text"))
        self.tabs.addTab(timing, self.tr("Timing"))
        self.tabs.addTab(self.figures, self.tr("Figures"))
        self.tabs.addTab(self.findings, self.tr("Findings"))
        self._told.setFont(QFont(small_font()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(heads)
        column.addWidget(self._progress)
        column.addWidget(self.tabs, 1)
        theme.changed.connect(self._redress)
        self._redress()

    def _redress(self) -> None:
        for side, name in enumerate(self._names):
            name.setStyleSheet(f"color: {side_colour(side).name()};")


def _compared(a: "Derived", b: "Derived", lane: "LaneKey", progress: Progress) -> Compared:
    """Everything, in a thread. Raises Stopped."""
    from streamscope.engine.compare import Bound, compare
    from streamscope.engine.report import report_of
    from streamscope.engine.runs import content_times, curve_of

    bound = Bound(_SECONDS, lambda: progress.stopped, _seldom(progress))
    found = compare(report_of(a, lane), report_of(b, lane), bound)
    curves = (curve_of(content_times(a), _POINTS), curve_of(content_times(b), _POINTS))
    return Compared(found, curves, bound.cut)


def _seldom(progress: Progress) -> "Callable[[int, int], None]":
    """Tell each hundredth part only."""
    last = -1

    def tell(done: int, all_: int) -> None:
        nonlocal last
        part = done * 100 // max(1, all_)
        if part != last:
            last = part
            progress.tell(part, 100)

    return tell
