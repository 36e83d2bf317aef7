"""What of a strip stands still between two frames: ticks, reads, stalls, bursts, phases, axis; it is painted once.

The same painting makes the picture on the screen (`vector=False`: ticks as one picture of device pixels) and what is
exported as a drawing (`vector=True`: ticks as rectangles).
"""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter

from streamscope.engine.bins import Columns
from streamscope.gui.live.timeline import axis
from streamscope.gui.live.timeline.axis import Scale
from streamscope.gui.live.timeline.course import Course
from streamscope.gui.live.timeline.ticks import CAP, IN, OUT, READS, Lane, bars, picture, rectangles
from streamscope.gui.theme import colour, small_font

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PHASES = {
    "dns": "code_number",
    "connect": "ok",
    "proxy": "muted",
    "tls": "code_word",
    "send": "accent",
    "wait": "warn",
}
"""Phases of a connection and the tokens of their colours."""
_PAD = 4.0
_ALL = Qt.AlignmentFlag.AlignCenter


def phase_word(name: str) -> str:
    """What a phase is called."""
    translate = QCoreApplication.translate
    words = {
        "dns": translate("timeline", "lookup"),
        "connect": translate("timeline", "connect"),
        "proxy": translate("timeline", "proxy"),
        "tls": translate("timeline", "TLS"),
        "send": translate("timeline", "send"),
        "wait": translate("timeline", "wait"),
    }
    return words.get(name, name)


def figures_font() -> QFont:
    """Small, with figures of one width."""
    font = small_font()
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@dataclass(frozen=True, slots=True)
class Row:
    """A lane's place: its base line at `base`, growing up or down by at most `height`."""

    lane: Lane
    base: float
    height: float
    upward: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of a strip is, in pixels from its top."""

    phases: tuple[float, float]
    body: tuple[float, float]
    axis: tuple[float, float]
    rows: tuple[Row, ...]


def layout(height: float, *, compact: bool, duplex: bool, text: float) -> Layout:
    """The layout of a strip so high, for texts so high; 0 for none."""
    top = 5.0 if compact else text + 6
    foot = text if compact else text + 8
    reads = 0.0 if compact else max(6.0, min(22.0, (height - top - foot) * 0.16))
    begin, end = top + 1, max(top + 12, height - foot)
    room = end - begin
    rows: tuple[Row, ...]
    if duplex:
        middle = round(begin + (room - reads) * 0.45)
        rows = (
            Row(OUT, middle, middle - begin - 1, upward=True),
            Row(IN, middle + 1, end - reads - middle - 3, upward=False),
            Row(READS, end, reads, upward=True),
        )
    else:
        base = round(end - reads - 1)
        rows = (Row(IN, base, base - begin - 1, upward=True), Row(READS, base + 1, reads, upward=False))
    rows = rows[:-1] if compact else rows
    return Layout((0, top), (begin - 1, end), (end, height), rows)


class Drawing:
    """One painting of a strip: of this course, this part of time, these sizes; a `bare` one has no axis."""

    def __init__(
        self,
        course: Course,
        scale: Scale,
        height: float,
        ratio: float,
        *,
        compact: bool,
        by_bytes: bool,
        bare: bool = False,
    ) -> None:
        self.course, self.scale, self.height, self.ratio = course, scale, height, ratio
        self.compact, self.by_bytes, self.bare = compact, by_bytes, bare
        self.font = figures_font()
        self._measure = QFontMetricsF(self.font)
        self.layout = layout(
            height, compact=compact, duplex=course.duplex, text=2 if bare else ceil(self._measure.height())
        )
        self.pitch = max(1, round(ratio))
        device = max(1, round(scale.width * ratio))
        count = -(-device // self.pitch)
        self.column = self.pitch / ratio
        self.columns: Columns = course.bins.columns(
            scale.start, scale.start + max(1, scale.span * count * self.pitch // device), count
        )

    def paint(self, painter: QPainter, *, vector: bool = False) -> None:
        """All of it, from behind to the front."""
        width = self.scale.width
        painter.setFont(self.font)
        painter.fillRect(QRectF(0, 0, width, self.height), colour("surface"))
        self._beyond(painter)
        self._bursts(painter)
        marks = [] if self.compact else axis.marks(self.scale, self._measure.horizontalAdvance)
        for t, _ in marks:
            self.line(painter, self.scale.x(t), *self.layout.body, "line")
        self._stalls(painter)
        self._lanes(painter, vector=vector)
        self._phases(painter)
        self._moments(painter)
        self._axis(painter, marks)

    def snapped(self, x: float) -> float:
        """A place moved onto the grid of the device's pixels."""
        return round(x * self.ratio) / self.ratio

    def line(self, painter: QPainter, x: float, top: float, bottom: float, token: str) -> None:
        """An upright line of one pixel."""
        if -1 <= x <= self.scale.width + 1:
            x = min(self.snapped(x), self.scale.width - self.column)
            painter.fillRect(QRectF(x, top, self.column, bottom - top), colour(token))

    def _beyond(self, painter: QPainter) -> None:
        """What is not yet is another ground than what is."""
        top, bottom = self.layout.body
        for begin, end in ((0.0, self.scale.x(0)), (self.scale.x(self.course.now()), self.scale.width)):
            begin, end = max(0.0, self.snapped(begin)), min(self.scale.width, end)
            if end > begin:
                painter.fillRect(QRectF(begin, top, end - begin, bottom - top), colour("window"))

    def _bursts(self, painter: QPainter) -> None:
        import numpy as np

        times = np.array(self.course.rhythm.bursts, np.int64)
        if not len(times):
            return
        if (times[1:] < times[:-1]).any():
            times = np.sort(times)
        some = np.diff(np.searchsorted(times, self.columns.edges)) > 0
        wide = some.copy()
        wide[1:] |= some[:-1]
        wide[:-1] |= some[1:]
        top, bottom = self.layout.body
        for start, stop in _runs(wide):
            rect = QRectF(start * self.column, top, (stop - start) * self.column, bottom - top)
            painter.fillRect(rect, colour("info_soft"))

    def _stalls(self, painter: QPainter) -> None:
        """When it stood still, and when it was not connected."""
        template = QCoreApplication.translate("timeline", "stall {time}")
        self._bands(painter, self.course.stalls(), "warn", template)
        now = self.course.now()
        lost = [(gap.start, gap.stop if gap.stop >= 0 else now) for gap in self.course.lost]
        self._bands(painter, lost, "error", QCoreApplication.translate("timeline", "not connected {time}"))

    def _bands(self, painter: QPainter, spans: list[tuple[int, int]], token: str, template: str) -> None:
        """Hatched parts of time in a token's soft colours, with how long they are where there is room for it."""
        import numpy as np

        if not spans:
            return
        top, bottom = self.layout.body
        moments = np.array(spans, np.float64)
        places = np.clip((moments - self.scale.start) * self.scale.width / self.scale.span, -1, self.scale.width + 1)
        seen = (places[:, 1] >= 0) & (places[:, 0] <= self.scale.width)
        reached = -2.0
        soft, hatch = colour(f"{token}_soft"), QBrush(_soft(colour(f"{token}_line"), 120), Qt.BrushStyle.BDiagPattern)
        for (begin, end), (t0, t1) in zip(places[seen].tolist(), moments[seen].tolist(), strict=True):
            if end < reached + 1:
                continue  # it is drawn already: many share a pixel
            begin, end = self.snapped(max(begin, reached)), self.snapped(max(end, begin + 1))
            reached = end
            rect = QRectF(begin, top, end - begin, bottom - top)
            painter.fillRect(rect, soft)
            painter.fillRect(rect, hatch)
            told = template.format(time=axis.moment(t1 - t0))
            wide = self._measure.horizontalAdvance(told)
            if end - begin > wide + 4 * _PAD:
                where = QRectF(0, 0, wide + 2 * _PAD, self._measure.height())
                high = rect.center().y() if self.compact else top + (bottom - top) * 0.28  # clear of base lines
                where.moveCenter(QPointF(rect.center().x(), high))
                painter.fillRect(where, soft)
                painter.setPen(colour(token))
                painter.drawText(where, _ALL, told)

    def _lanes(self, painter: QPainter, *, vector: bool) -> None:
        for row in self.layout.rows:
            if row.lane is OUT and not self.course.duplex:
                continue
            made = bars(
                self.columns,
                row.lane,
                max(1, round(row.height * self.ratio)),
                by_bytes=self.by_bytes,
                least=round((2 if row.lane is READS else 3) * self.ratio),
                cap=4.0 if self.compact else CAP,
            )
            base = self.snapped(row.base)
            if vector:
                for rect, tint in rectangles(made, self.column, self.ratio, base, upward=row.upward):
                    painter.fillRect(rect, tint)
            else:
                image = picture(made, self.pitch, self.ratio, upward=row.upward)
                top = base - made.height / self.ratio if row.upward else base
                painter.drawImage(QPointF(0, top), image)
            if row.lane is not READS or self.course.duplex:
                painter.fillRect(QRectF(0, base, self.scale.width, self.column), colour("line_strong"))

    def _phases(self, painter: QPainter) -> None:
        top, height = self.layout.phases
        now = self.course.now()
        for phase in self.course.phases:
            end = phase.stop if phase.stop >= 0 else now
            begin, stop = self.scale.x(phase.start), self.scale.x(end)
            if stop < 0 or begin > self.scale.width or end <= phase.start:
                continue
            begin, stop = self.snapped(max(begin, 0)), min(stop, self.scale.width)
            wide = max(self.column, self.snapped(stop) - begin)
            tint = colour(PHASES.get(phase.name, "muted"))
            if self.compact:
                painter.fillRect(QRectF(begin, top + 1, wide, 3), tint)
                continue
            painter.fillRect(QRectF(begin, top + 2, wide, height - 4), _soft(tint))
            painter.fillRect(QRectF(begin, height - 4, wide, 2), tint)
            word = phase_word(phase.name)
            long = f"{word}  {axis.moment(end - phase.start)}"
            for told in (long, word):
                if self._measure.horizontalAdvance(told) + 2 * _PAD <= wide:
                    painter.setPen(colour("text"))
                    painter.drawText(QRectF(begin, top + 1, wide, height - 4), _ALL, told)
                    break

    def _moments(self, painter: QPainter) -> None:
        """Further attempts, the first token, the end."""
        top, bottom = self.layout.body
        first, end = self.course.rhythm.first, self.course.end
        taken = 0.0
        for t in self.course.attempts:
            self.line(painter, self.scale.x(t), top, bottom, "line_strong")
        if first >= 0:
            x = self.scale.x(first)
            for y in range(round(top), round(bottom), 5):  # dashed: it is no tick
                self.line(painter, x, y, min(y + 3, bottom), "accent")
            told = QCoreApplication.translate("timeline", "first token {time}").format(time=axis.moment(first))
            taken = self._flag(painter, x, told, "accent", 0.0)
        if end is not None:
            x = self.scale.x(end[0])
            token = "error" if self.course.failed else "muted"
            self.line(painter, x, top, bottom, token)
            side = 5.0
            if 0 <= x <= self.scale.width:
                painter.fillRect(QRectF(self.snapped(min(x, self.scale.width - side)), top, side, side), colour(token))
            self._flag(painter, x, end[1], token, taken)

    def _flag(self, painter: QPainter, x: float, told: str, token: str, taken: float) -> float:
        """A text beside a line, in the row of the phases; where it ends, or `taken` where there is no room."""
        if self.compact or not told or not 0 <= x <= self.scale.width:
            return taken
        wide, (top, height) = self._measure.horizontalAdvance(told), self.layout.phases
        left = x + _PAD if x + wide + 2 * _PAD <= self.scale.width else x - wide - _PAD
        if left < taken:
            return taken
        painter.setPen(colour(token))
        painter.drawText(QRectF(left, top + 1, wide + 1, height - 4), _ALL, told)
        return left + wide + 2 * _PAD

    def _axis(self, painter: QPainter, marks: list[tuple[int, str]]) -> None:
        top, bottom = self.layout.axis
        painter.setPen(colour("muted"))
        if self.bare:
            return
        if self.compact:
            rect = QRectF(_PAD, top, self.scale.width - 2 * _PAD, bottom - top)
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "0")
            last = axis.moment(self.course.now())
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, last)
            return
        painter.fillRect(QRectF(0, top, self.scale.width, bottom - top), colour("window"))
        painter.fillRect(QRectF(0, top, self.scale.width, self.column), colour("line"))
        painter.setPen(colour("muted"))
        for t, told in marks:
            x, wide = self.scale.x(t), self._measure.horizontalAdvance(told)
            self.line(painter, x, top, top + 4, "line_strong")
            left = min(max(x - wide / 2, _PAD), self.scale.width - wide - _PAD)
            painter.drawText(QRectF(left, top + 3, wide + 1, bottom - top - 3), _ALL, told)


def _soft(tint: QColor, alpha: int = 40) -> QColor:
    """The same, but quieter: a ground for text."""
    soft = QColor(tint)
    soft.setAlpha(alpha)
    return soft


def _runs(some: "NDArray[np.bool_]") -> list[tuple[int, int]]:
    """Where a row of yes and no says yes: from, to."""
    import numpy as np

    changes = np.flatnonzero(np.diff(np.concatenate(([0], some.view(np.int8), [0]))))
    return [(int(start), int(stop)) for start, stop in changes.reshape(-1, 2)]
