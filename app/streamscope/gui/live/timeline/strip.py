"""The strip of an exchange: what came when, as ticks in time, for looking closely and for narrowing the other views."""

import html
import time
from array import array

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Span, Spotlight
from streamscope.gui.live.timeline import overlays, words
from streamscope.gui.live.timeline.axis import Scale
from streamscope.gui.live.timeline.course import one
from streamscope.gui.live.timeline.drawing import Drawing, figures_font
from streamscope.gui.live.timeline.seeing import SeenView
from streamscope.gui.theme import theme

COMPACT = 44
"""Pixels that a compact strip is high."""
LOW, HIGH = 152, 168
"""The same of a large one: at least, and gladly."""
_NEAR = 8
"""Pixels within which a tick is meant."""
_EDGE = 5
"""Pixels within which the edge of a span is meant."""
_ZOOM = 1.25
_STEP = 0.1
"""Of what is seen: how far an arrow key moves."""
_BRUSH = 0.02
_TOLD = 1.0
"""Seconds between two descriptions for who does not see it."""
_IDLE = 250
"""Milliseconds between two looks at the clock while nothing comes."""


class StripView(SeenView):
    """Ticks in time. The compact one always shows the whole stream; the other zooms and pans.

    It follows the live end until a person moves it away; what is brushed narrows the other views (`spotlight.narrow`).
    """

    taken_in = Signal()

    def __init__(self, feed: Feed, spotlight: Spotlight, compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(feed, spotlight, compact=compact, parent=parent)
        self.by_bytes = True
        self._drawn: QPixmap | None = None
        self._drawn_of: tuple[object, ...] = ((), ())
        self._drawn_at = 0.0
        self._every = 0.09 if compact else 0.06
        """Seconds between two paintings of what is new: an eye sees no more, and each costs milliseconds."""
        self._drawing: Drawing | None = None
        self._hover: float | None = None
        self._pressed: QPointF | None = None
        self._brush: tuple[int, int] | None = None
        self._pan: tuple[float, Scale] | None = None
        self._space = False
        self._told_at = self._painted = 0.0
        self._version = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Overview of the stream") if compact else self.tr("Strip of the stream"))
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed if compact else QSizePolicy.Policy.MinimumExpanding
        )
        if compact:
            self.setFixedHeight(COMPACT)
        else:
            self.setMinimumHeight(LOW)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.follow)
        spotlight.chosen_changed.connect(self._chosen)
        spotlight.evidence_changed.connect(self._pointed)
        spotlight.span_changed.connect(self.update)
        spotlight.marks_changed.connect(self.update)
        feed.ticked.connect(self._ticked)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(480, COMPACT if self.compact else HIGH)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(1, COMPACT if self.compact else LOW)

    def follow(self) -> None:
        """Take in what is new, a bounded piece; what is left comes a little later, if it is seen."""
        more = self.course.follow()
        moment = time.monotonic()
        if more:
            self._later.start(20)
        if not self._feed.live or moment - self._painted >= self._every:
            self._painted = moment
            self.update()
        elif not self._later.isActive():
            self._later.start(round(1000 * (self._every - moment + self._painted)) + 1)
        if moment - self._told_at > _TOLD or not (more or self._feed.live):
            self._describe()
        if self.course.version != self._version:  # another strip may have taken it in
            self._version = self.course.version
            self.taken_in.emit()

    def drawing(self, ratio: float) -> Drawing:
        """What is seen, to be painted elsewhere, too."""
        return Drawing(
            self.course, self.scale(), float(self.height()), ratio, compact=self.compact, by_bytes=self.by_bytes
        )

    def rest(self) -> None:
        """Something else paints in this frame: what is new is painted in the next but one."""
        self._painted = time.monotonic()

    def measure(self, *, by_bytes: bool) -> None:
        """Let heights be bytes, or numbers of messages."""
        self.by_bytes = by_bytes
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self)
        painter.setFont(figures_font())
        if not self.course.ready or not self.course.bins.size:
            overlays.empty(painter, self.rect(), self._feed)
        else:
            painter.drawPixmap(0, 0, self._picture())
            drawing = self._drawing
            if drawing is not None:
                overlays.marks(painter, drawing, self._spotlight)
                overlays.span(painter, drawing, self._brush or self._spotlight.span, self._counted)
                overlays.chosen(painter, drawing, self._spotlight.chosen)
                if self._hover is not None and self._brush is None:
                    overlays.hover(painter, drawing, self._hover)
        if self.hasFocus():
            overlays.focus(painter, self.rect())
        painter.end()

    def _picture(self) -> QPixmap:
        """The painting as it is; while it goes on, what is merely new waits its time, whoever has this painted."""
        ratio, scale, moment = self.devicePixelRatioF(), self.scale(), time.monotonic()
        asked = (self.mode, self._free, self.size(), ratio, theme.tokens, self.by_bytes, self.course.end)
        new = (scale, self.course.version, round(scale.x(self.course.now()) * ratio))
        due = not self._feed.live or moment - self._drawn_at >= self._every
        if self._drawn is None or asked != self._drawn_of[0] or (due and new != self._drawn_of[1]):
            self._drawn_of, self._drawn_at = (asked, new), moment
            self._drawing = self.drawing(ratio)
            self._drawn = QPixmap(self.size() * ratio)
            self._drawn.setDevicePixelRatio(ratio)
            painter = QPainter(self._drawn)
            self._drawing.paint(painter)
            painter.end()
        return self._drawn

    def _counted(self, start: int, stop: int) -> str:
        return words.of_span(start, stop, self.course.bins.columns(start, max(stop, start + 1), 1))

    def _chosen(self, event: int) -> None:
        if self.mode == "free" and self.course.ready and 0 <= event < self.course.bins.size:
            self.reveal(int(self.course.bins.times(one(event))[0]))
        if self.isVisible():
            self._describe()
        self.update()

    def _pointed(self, events: "array[int]") -> None:
        if self.mode == "free" and self.course.ready and len(events):
            self.reveal(int(self.course.bins.times(events[:1])[0]) if events[0] < self.course.bins.size else 0)
        self.update()

    def _ticked(self) -> None:
        """While nothing comes the clock still goes on: a stall is seen to grow."""
        if self.isVisible() and self._feed.live and not self._feed.paused and not self._later.isActive():
            self._later.start(_IDLE)

    def _describe(self) -> None:
        if self.course.ready and self.course.bins.size:
            self._told_at = time.monotonic()
            scale = self.scale()
            self.setAccessibleDescription(
                words.of_stream(
                    self._feed, self.course, (scale.start, scale.stop), self._spotlight.span, self._spotlight.chosen
                )
            )

    # What a person does.

    def event(self, event: QEvent) -> bool:
        """Qt's: a pinch comes here."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom(1 + event.value(), event.position().x())
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's: with Ctrl it zooms, else it pans; a compact strip leaves it to what is around it."""
        delta = event.angleDelta()
        if self.compact or (not delta.x() and not delta.y()):
            event.ignore()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(_ZOOM ** (delta.y() / 120), event.position().x())
        elif self.mode == "fit":
            event.ignore()
        else:
            self.pan(-(delta.x() or delta.y()) / 120 * _STEP)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        left = event.button() == Qt.MouseButton.LeftButton
        if not self.course.ready or not self.course.bins.size:
            return
        if not self.compact and (event.button() == Qt.MouseButton.MiddleButton or (left and self._space)):
            self._pan = (event.position().x(), self.scale())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left:
            self._pressed = event.position()
            held = self._held(event.position().x())
            if held is not None:
                self._brush = held

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        x = event.position().x()
        if self._pan is not None:
            begun, scale = self._pan
            self._look(scale.panned(scale.t(begun) - scale.t(x), self.whole()))
            return
        if self._pressed is not None:
            if self._brush is not None or abs(x - self._pressed.x()) > 3:
                start = self._brush[0] if self._brush is not None else self.scale().t(self._pressed.x())
                self._brush = (start, self.scale().t(max(0.0, min(x, float(self.width())))))
        else:
            self._hover = x
            self.setCursor(Qt.CursorShape.SizeHorCursor if self._held(x) is not None else Qt.CursorShape.ArrowCursor)
            self._tell(event.globalPosition().toPoint(), event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if self._pan is not None:
            self._pan = None
            self.unsetCursor()
        elif self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            brush, self._brush, self._pressed = self._brush, None, None
            if brush is not None:
                self._narrow(*brush)
            else:
                self._choose(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's: into the span that is narrowed to; a compact strip widens again."""
        span = self._spotlight.span
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self.compact:
            self._spotlight.narrow(None)
        elif span is not None and span[0] <= self.scale().t(event.position().x()) < span[1]:
            self.show_span(*span)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        self._hover = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: all that the pointer can do."""
        key, held = event.key(), event.modifiers()
        shift, ctrl = bool(held & Qt.KeyboardModifier.ShiftModifier), bool(held & Qt.KeyboardModifier.ControlModifier)
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        if not self.course.ready or not self.course.bins.size:
            event.ignore()
        elif way and shift:
            self._grow(way)
        elif way and (ctrl or self.compact):
            self.step(way)
        elif way:
            self.pan(way * _STEP)
        elif key == Qt.Key.Key_Escape and (self._brush is not None or self._spotlight.span is not None):
            self._brush = self._pressed = None
            self._spotlight.narrow(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.compact:
            scale = self.scale()
            self._narrow(scale.start, scale.stop)
        elif key == Qt.Key.Key_Space and not self.compact:
            self._space = True
        elif not self._zoom_key(key):
            event.ignore()
            return
        self.update()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's."""
        menu = self.menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self, parent: QWidget) -> QMenu:
        """What can be done, with the keys for it."""
        menu = QMenu(parent)
        if not self.compact:
            menu.addAction(self.tr("Zoom in") + "\t+", lambda: self.zoom(2))
            menu.addAction(self.tr("Zoom out") + "\t−", lambda: self.zoom(0.5))
            menu.addAction(self.tr("Fit") + "\t0", self.fit)
            menu.addAction(self.tr("Go to the end") + "\tEnd", self.to_end)
            menu.addSeparator()
            start, stop = self._spotlight.span or (0, 0)
            closer = menu.addAction(self.tr("Zoom to the narrowed time"), lambda: self.show_span(start, stop))
            closer.setEnabled(self._spotlight.span is not None)
            menu.addAction(
                self.tr("Narrow all views to what is seen") + "\tEnter",
                lambda: self._narrow(self.scale().start, self.scale().stop),
            )
        widen = menu.addAction(self.tr("Show all of the time again") + "\tEsc", lambda: self._spotlight.narrow(None))
        widen.setEnabled(self._spotlight.span is not None)
        return menu

    def _zoom_key(self, key: int) -> bool:
        if self.compact:
            return False
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(2)
        elif key == Qt.Key.Key_Minus:
            self.zoom(0.5)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Home and self.mode != "fit":
            self._look(self.scale().panned(-self.whole().span, self.whole()))
        elif key == Qt.Key.Key_End:
            self.to_end()
        else:
            return False
        return True

    def _held(self, x: float) -> Span | None:
        """The span whose edge is under the pointer, that edge last."""
        span, scale = self._spotlight.span, self.scale()
        if span is None:
            return None
        if abs(scale.x(span[0]) - x) <= _EDGE:
            return span[1], span[0]
        return span if abs(scale.x(span[1]) - x) <= _EDGE else None

    def _narrow(self, start: int, stop: int) -> None:
        start, stop = max(0, min(start, stop)), max(start, stop)
        self._spotlight.narrow((start, max(stop, start + 1)))
        self._describe()

    def _grow(self, way: int) -> None:
        """Move the far edge of the span by the keyboard; it begins at the chosen event, or in the middle."""
        scale, span = self.scale(), self._spotlight.span
        step = max(1, round(scale.span * _BRUSH)) * way
        if span is None:
            begin = scale.t(self.anchor(scale))
            self._narrow(begin, begin + step)
        else:
            self._narrow(span[0], max(span[0] + 1, span[1] + step))

    def _place(self, position: QPointF) -> int:
        """The place of the event that is meant, -1 for none."""
        if not self.course.ready or not self.course.bins.size:
            return -1
        scale, bins = self.scale(), self.course.bins
        x, near = position.x(), scale.span * _NEAR / scale.width
        t = scale.t(x)
        lanes = overlays.lanes_at(self._drawing, position.y())
        for classes in (lanes, words.ANYTHING):
            place = bins.nearest(t, classes)
            if place >= 0 and abs(bins.time(place) - t) <= near:
                return place
        return -1

    def _choose(self, position: QPointF) -> None:
        place = self._place(position)
        if place >= 0:
            self._spotlight.look_at(self.course.bins.number(place))

    def _tell(self, where: QPoint, position: QPointF) -> None:
        place = self._place(position)
        if place < 0:
            QToolTip.hideText()
            return
        lines = words.of_event(self._feed, self.course, place)
        QToolTip.showText(where, "<br>".join(html.escape(line) for line in lines), self)
