"""What the colours of a strip mean: those that are to be seen in it, with a word each."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from streamscope.engine.bins import UNREAD
from streamscope.gui.live.timeline.course import Course
from streamscope.gui.live.timeline.ticks import IN, OUT, READS, Lane
from streamscope.gui.live.timeline.words import kind_word
from streamscope.gui.theme import colour, small_font, theme

_SWATCH, _BETWEEN, _PAD = 8, 6, 12


class LegendView(QWidget):
    """Swatches and words on as many lines as they need."""

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course = course
        self._shown: list[tuple[Lane, int, tuple[int, ...]]] = []
        self.setFont(small_font())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def follow(self) -> None:
        """Show what is there now."""
        if not self._course.ready or not self._course.bins.size:
            return
        counts = self._course.bins.columns(0, self._course.bins.last + 1, 1).counts[:, 0]
        shown = [
            (lane, group, here)
            for lane in (IN, OUT, READS)
            for group, classes in enumerate(lane.groups)
            if (here := tuple(one for one in classes if counts[one] and one != UNREAD))
        ]
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleName(self.tr("Kinds: {kinds}").format(kinds=", ".join(self.words())))
            self.updateGeometry()
            self.setFixedHeight(self.heightForWidth(self.width()))
            self.update()

    def words(self) -> list[str]:
        """What is named."""
        return [", ".join(map(kind_word, here)) for _, _, here in self._shown]

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def heightForWidth(self, width: int) -> int:
        """Qt's."""
        places = self._places(width)
        return int(places[-1].bottom()) + 6 if places else 0

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        self.setFixedHeight(self.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self)
        for (lane, group, _), word, rect in zip(self._shown, self.words(), self._places(self.width()), strict=True):
            swatch = QRectF(rect.left(), rect.center().y() - _SWATCH / 2, _SWATCH, _SWATCH)
            painter.fillRect(swatch, lane.colours()[group])
            painter.setPen(colour("muted"))
            painter.drawText(rect.adjusted(_SWATCH + _BETWEEN, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, word)
        painter.end()

    def _places(self, width: int) -> list[QRectF]:
        measure = QFontMetrics(self.font())
        x, y, high = float(_PAD), 4.0, float(measure.height())
        places = []
        for word in self.words():
            wide = _SWATCH + _BETWEEN + measure.horizontalAdvance(word) + 2.0
            if x > _PAD and x + wide > width - _PAD:
                x, y = float(_PAD), y + high + 2
            places.append(QRectF(x, y, wide, high))
            x += wide + _PAD
        return places
