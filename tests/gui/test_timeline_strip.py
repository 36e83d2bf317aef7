"""The strip under a person's hands: brushed, zoomed, panned, clicked, by pointer and keyboard; and what it draws."""

import time
from array import array
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story
from tests.gui.timelines import MS, begun, broken, chat, lost, said, talk, token

from streamscope.engine.bins import Bins
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.gui.live.timeline import words
from streamscope.gui.live.timeline.course import Course, course_of
from streamscope.gui.live.timeline.drawing import Drawing
from streamscope.gui.live.timeline.strip import COMPACT, StripView
from streamscope.gui.live.timeline.ticks import IN, bars, picture, rectangles
from streamscope.gui.theme import colour, theme
from streamscope.model.event import Closed, Event, Message
from streamscope.store.rows import MESSAGE

pytestmark = pytest.mark.window
Made = Callable[..., StripView]
LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton


@pytest.fixture
def strip(qtbot: QtBot, dressed: QApplication, story: Story) -> Iterator[Made]:
    """A strip of these events, all of them taken in."""
    feeds: list[Feed] = []

    def make(events: list[Event], *, compact: bool = False, width: int = 800) -> StripView:
        feed = Feed(derived_of(story(*events)))
        feeds.append(feed)
        view = StripView(feed, Spotlight(), compact)
        qtbot.addWidget(view)
        view.resize(width, COMPACT if compact else 168)
        view.show()
        followed(view)
        return view

    yield make
    for feed in feeds:
        feed.end()


def followed(view: StripView) -> None:
    """Let it come to where the record is."""
    view._feed.pull()
    while view.course.follow():
        time.sleep(0)
    view.follow()
    view.grab()


def mouse(view: StripView, kind: QEvent.Type, x: float, button: Qt.MouseButton = LEFT, y: float = 80) -> None:
    """An event of the mouse at a place."""
    where = QPointF(x, min(y, view.height() - 2))
    held = NONE if kind in (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseMove) and button == NONE else button
    event = QMouseEvent(kind, where, view.mapToGlobal(where), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def drag(view: StripView, start: float, stop: float, button: Qt.MouseButton = LEFT) -> None:
    """Press, move, release."""
    mouse(view, QEvent.Type.MouseButtonPress, start, button)
    for part in (0.5, 1.0):
        mouse(view, QEvent.Type.MouseMove, start + (stop - start) * part, button)
    mouse(view, QEvent.Type.MouseButtonRelease, stop, button)


def wheel(view: StripView, x: float, delta: int, *, ctrl: bool = False) -> bool:
    """A turn of the wheel; whether it was taken."""
    where = QPointF(x, 60)
    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        where, view.mapToGlobal(where), QPoint(), QPoint(0, delta), NONE, held, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(view, event)
    return event.isAccepted()


def key(view: StripView, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
    """A key; whether it was taken."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, held)
    QApplication.sendEvent(view, event)
    return event.isAccepted()


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize("compact", [False, True])
def test_brushing_narrows_and_escape_widens(strip: Made, compact: bool) -> None:
    view = strip(chat(), compact=compact)
    scale = view.scale()
    told: list[object] = []
    view._spotlight.span_changed.connect(told.append)
    drag(view, 200, 500)
    assert view._spotlight.span == (scale.t(200), scale.t(500))
    drag(view, 500, 600)  # the edge of the span goes along
    assert view._spotlight.span == (scale.t(200), scale.t(600))
    drag(view, 200, 100)
    assert view._spotlight.span == (scale.t(100), scale.t(600))
    drag(view, 700, 650)  # backwards is the same
    assert view._spotlight.span == (scale.t(650), scale.t(700))
    view.grab()
    assert key(view, Qt.Key.Key_Escape)
    assert view._spotlight.span is None
    assert not key(view, Qt.Key.Key_Escape)  # it is for who is around it now
    assert len(told) == 5


def test_a_click_chooses_the_event_that_is_there(strip: Made) -> None:
    view = strip(chat())
    x = view.scale().x(320 * MS)
    drag(view, x, x)
    event = view._feed.exchange.event(view._spotlight.chosen)
    assert isinstance(event, Message)
    assert event.t == 320 * MS
    assert view._spotlight.span is None
    chosen = view._spotlight.chosen
    x = view.scale().x(2000 * MS) + 40
    drag(view, view.width() - 40, view.width() - 40)
    assert view._spotlight.chosen == chosen  # nothing is there


def test_the_wheel_zooms_where_it_is_and_pans(strip: Made) -> None:
    view = strip(chat())
    assert not wheel(view, 300, 120)  # all is seen: what is around it may scroll
    before = view.scale()
    moment = before.t(300)
    assert wheel(view, 300, 480, ctrl=True)
    closer = view.scale()
    assert closer.span < before.span
    assert abs(closer.x(moment) - 300) < 1
    assert wheel(view, 300, -120)
    assert view.scale().start > closer.start
    assert view.scale().span == closer.span
    for _ in range(200):
        wheel(view, 300, 120, ctrl=True)
    assert view.scale().span >= 10_000
    view.grab()
    for _ in range(300):
        wheel(view, 300, -120, ctrl=True)
    assert view.mode == "fit"
    assert view.scale() == before


def test_it_is_dragged_with_the_middle_button_or_space(strip: Made) -> None:
    view = strip(chat())
    view.show_span(1000 * MS, 2000 * MS)
    drag(view, 400, 300, MIDDLE)
    assert abs(view.scale().start - 1125 * MS) <= MS
    key(view, Qt.Key.Key_Space)
    drag(view, 300, 400)
    assert abs(view.scale().start - 1000 * MS) <= MS
    assert view._spotlight.span is None
    QApplication.sendEvent(view, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier))
    drag(view, 300, 400)
    assert view._spotlight.span is not None


def test_everything_by_the_keyboard(strip: Made) -> None:
    view = strip(chat())
    whole = view.scale()
    key(view, Qt.Key.Key_Plus)
    closer = view.scale()
    assert closer.span == pytest.approx(whole.span / 2, rel=1e-3)
    key(view, Qt.Key.Key_Home)
    assert view.scale().start == whole.start
    key(view, Qt.Key.Key_Right)
    assert view.scale().start > whole.start
    key(view, Qt.Key.Key_Left)
    assert view.scale().start == whole.start
    key(view, Qt.Key.Key_End)
    assert view.scale().stop == whole.stop
    key(view, Qt.Key.Key_Return)
    assert view._spotlight.span == (view.scale().start, view.scale().stop)
    key(view, Qt.Key.Key_Minus)
    key(view, Qt.Key.Key_0)
    assert view.scale() == whole
    key(view, Qt.Key.Key_Escape)
    key(view, Qt.Key.Key_Right, CTRL)
    first = view._spotlight.chosen
    assert isinstance(view._feed.exchange.event(first), Message)
    key(view, Qt.Key.Key_Right, CTRL)
    assert view._spotlight.chosen == first + 2  # its read lies between
    key(view, Qt.Key.Key_Left, CTRL)
    assert view._spotlight.chosen == first
    key(view, Qt.Key.Key_Right, SHIFT)
    span = view._spotlight.span
    assert span is not None
    key(view, Qt.Key.Key_Right, SHIFT)
    grown = view._spotlight.span
    assert grown is not None
    assert (grown[0], grown[1] > span[1]) == (span[0], True)
    assert not key(view, Qt.Key.Key_F5)


def test_a_compact_one_shows_the_whole_and_steps(strip: Made) -> None:
    view = strip(chat(), compact=True)
    whole = view.scale()
    for one in (Qt.Key.Key_Plus, Qt.Key.Key_0, Qt.Key.Key_Home):
        assert not key(view, one)
    assert not wheel(view, 100, 120, ctrl=True)
    assert view.scale() == whole
    assert key(view, Qt.Key.Key_Right)
    assert view._spotlight.chosen >= 0
    drag(view, 100, 200)
    mouse(view, QEvent.Type.MouseButtonDblClick, 150)
    assert view._spotlight.span is None
    assert view.height() == COMPACT


def test_it_follows_the_end_until_it_is_moved(strip: Made) -> None:
    view = strip([*begun(), *token(100, 1, said("a"))])
    exchange = view._feed.exchange
    assert view.mode == "fit"
    assert view.scale().stop > 100 * MS
    exchange.extend(token(60_000, 2, said("b")))
    followed(view)
    assert view.scale().stop >= 60_000 * MS
    view.zoom(8)
    assert view.mode == "tail"
    span = view.scale().span
    exchange.extend(token(90_000, 3, said("c")))
    followed(view)
    assert view.scale().stop >= 90_000 * MS
    assert view.scale().span == span
    key(view, Qt.Key.Key_Left)
    assert view.mode == "free"
    put = view.scale()
    exchange.extend(token(120_000, 4, said("d")))
    followed(view)
    assert view.scale() == put
    key(view, Qt.Key.Key_End)
    assert view.mode == "tail"
    assert view.scale().stop >= 120_000 * MS
    exchange.append(Closed(130_000 * MS, "server"))
    followed(view)
    view.fit()
    assert 130_000 * MS < view.scale().stop < 132_000 * MS


def test_a_pause_lets_it_stand_still(strip: Made) -> None:
    view = strip([*begun(), *token(100, 1, said("a"))])
    view._feed.pause(paused=True)
    followed(view)
    before, size = view.scale(), view.course.bins.size
    view._feed.exchange.extend(token(5000, 2, said("b")))
    followed(view)
    assert (view.scale(), view.course.bins.size) == (before, size)
    view._feed.pause(paused=False)
    followed(view)
    assert view.course.bins.size == size + 2


def test_a_stall_grows_while_nothing_comes(strip: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    view = strip([*begun(), *token(100, 1, said("a"))])
    monkeypatch.setattr(Course, "_clock", lambda _: 900 * MS)
    view.course._judged = 0.0
    assert view.course.stalls() == []
    monkeypatch.setattr(Course, "_clock", lambda _: 4000 * MS)
    assert view.course.stalls() == [(100 * MS, 4000 * MS)]
    view.grab()


def test_a_replays_time_goes_at_its_own_speed(strip: Made) -> None:
    view = strip([*begun(), *token(100, 1, said("a"))])
    view._feed.exchange.start -= 50_000 * MS
    assert view.course.now() > 50_000 * MS
    view._feed.exchange.speed = 0.1
    assert 5_000 * MS < view.course.now() < 50_000 * MS
    view._feed.exchange.speed = 0.0
    assert view.course.now() == 100 * MS
    assert view.course.stalls() == []


def test_what_it_knows_of_a_stream(strip: Made) -> None:
    view = strip(chat())
    course = view.course
    assert course.stalls() == [(780 * MS, 2780 * MS)]
    assert list(course.rhythm.bursts) == [2780 * MS]
    assert [(phase.name, phase.start // MS, phase.stop // MS) for phase in course.phases] == [
        ("connect", 0, 10),
        ("wait", 10, 40),
    ]
    assert course.heads == [(40 * MS, 200)]
    assert course.end == (3000 * MS, "")
    told = view.accessibleDescription()
    for part in ("41 messages received in 3.000 s", "First token at 100.0 ms", "Stalls: 1, the longest 2.000 s"):
        assert part in told
    view._spotlight.point_out(array("I", [7, 9, 10_000]))
    view._spotlight.mark(8, "look")
    view._spotlight.look_at(9)
    assert "Chosen: #10 · socket read · 140.0 ms, 20.0 ms after the one before" in view.accessibleDescription()
    view.grab()
    conversation = strip(talk())
    assert conversation.course.duplex
    assert conversation.course.end == (1601 * MS, "1000")
    assert "3 sent." in conversation.accessibleDescription()
    cut = strip(broken())
    assert cut.course.failed
    assert cut.course.end == (3000 * MS, "Cut")


def test_a_gap_of_the_connection_is_shown_as_one(strip: Made) -> None:
    view = strip(lost())
    assert [(gap.start // MS, gap.stop // MS) for gap in view.course.lost] == [(600, 1000)]
    assert view.course.attempts == [800 * MS]
    assert "Reconnected: 1." in view.accessibleDescription()
    image = view.grab().toImage()
    inside = {image.pixelColor(round(view.scale().x(700 * MS)) + at, 40).name() for at in range(8)}
    assert colour("error_soft").name() in inside


def test_strips_of_an_exchange_share_what_they_know(strip: Made) -> None:
    view = strip(chat())
    other = StripView(view._feed, view._spotlight, True, view)
    assert other.course is view.course is course_of(view._feed)


def test_what_the_pointer_is_told(strip: Made) -> None:
    view = strip(chat())
    place = view._place(QPointF(view.scale().x(320 * MS), 80))
    lines = words.of_event(view._feed, view.course, place)
    assert lines[0].startswith("#")
    assert lines[0].endswith("text")
    assert "320.0 ms, 20.0 ms after the one before" in lines[1]
    assert lines[2] == "word"
    mouse(view, QEvent.Type.MouseMove, view.scale().x(320 * MS), NONE)
    view.grab()
    reads = view._place(QPointF(view.scale().x(320 * MS), view._drawing.layout.body[1] - 4 if view._drawing else 0))
    assert words.of_event(view._feed, view.course, reads)[0].endswith("socket read")
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view._hover is None


ODD: dict[str, list[Event]] = {
    "none": [],
    "one": begun()[:1],
    "at one instant": [*begun(), *token(50, 1, said("x"), 3000)],
    "out of order": [*begun(), *token(500, 1, said("b")), *token(100, 2, said("a")), *token(300, 3, said("c"))],
    "hours": [*begun(), *token(100, 1, said("a")), *token(36_000_000, 2, said("b"))],
    "empty messages": [*begun(), *(Message(50 * MS, "in", (1, 1), b"", "event") for _ in range(500))],
    "strange times": [*begun(), Message(1 << 62, "in", (1, 1), b"x", "event"), Closed(1, "server")],
    "bidi and nul": [*begun(), *token(50, 1, said("\u202e\0<img src=x>\x1b[31m"))],
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("width", [1, 380])
def test_odd_streams_are_drawn(strip: Made, name: str, width: int) -> None:
    view = strip(ODD[name], width=width)
    view.grab()
    for factor in (4, 1000, 0.5):
        view.zoom(factor)
        view.grab()
    drag(view, 0, width)
    view._spotlight.look_at(0)
    view.step(1)
    mouse(view, QEvent.Type.MouseMove, width / 2, NONE)
    view.grab()
    followed(view)


def thick(count: int) -> Bins:
    """Bins of so many messages, of sizes and tones that differ."""
    bins = Bins()
    packed = np.zeros((count, 5), np.uint64)
    packed[:, 0] = np.sort(np.random.default_rng(1).integers(0, 1000, count))
    packed[:, 2] = np.uint64(MESSAGE) | (np.arange(count, dtype=np.uint64) % np.uint64(90) << np.uint64(24))
    bins.extend(array("Q", packed.tobytes()))
    bins.tell(bytes(number % 10 for number in range(count)))
    return bins


@pytest.mark.parametrize("count", [12, 900])
@pytest.mark.parametrize("upward", [True, False])
def test_the_drawing_and_the_picture_are_the_same(dressed: QApplication, count: int, upward: bool) -> None:
    columns = thick(count).columns(0, 1000, 200)
    made = bars(columns, IN, 60, by_bytes=True)
    shown = picture(made, 1, 1.0, upward=upward)
    drawn = QImage(200, 60, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    parts = list(rectangles(made, 1.0, 1.0, 60.0 if upward else 0.0, upward=upward))
    for rect, tint in parts:
        painter.fillRect(rect, tint)
    painter.end()
    assert shown.copy(0, 0, 200, 60) == drawn
    assert len(parts) <= 200 * len(IN.groups)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_lines_are_crisp_on_every_display(strip: Made, ratio: float) -> None:
    view = strip(chat(), width=380)
    drawing = view.drawing(ratio)
    made = bars(drawing.columns, IN, 80, by_bytes=True)
    image = picture(made, drawing.pitch, ratio, upward=True)
    allowed = {tint.rgba() for tint in IN.colours()} | {0}
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(0, image.height(), 7)}
    assert seen <= allowed
    assert image.width() >= 380 * ratio
    tall = made.tops[-1] > 0
    assert tall.any()
    first = int(np.flatnonzero(tall)[0])
    column = {QColor(image.pixel(first * drawing.pitch + at, 79)).rgba() for at in range(drawing.pitch)}
    assert len(column) == 1  # the whole of a column is one colour


def test_one_error_among_thousands_is_seen(dressed: QApplication) -> None:
    bins = Bins()
    packed = np.zeros((5000, 5), np.uint64)
    packed[:, 2] = MESSAGE | 100 << 24
    bins.extend(array("Q", packed.tobytes()))
    bins.tell(bytes(7 if number == 2500 else 1 for number in range(5000)))
    made = bars(bins.columns(0, 10, 1), IN, 60, by_bytes=True)
    assert made.tops[0, 0] >= 3
    assert made.tops[-1, 0] == 60


def test_it_wears_the_theme(strip: Made, dressed: QApplication) -> None:
    view = strip(chat())
    light = view.grab().toImage()
    theme.wear(dressed, "dark")
    try:
        assert view.grab().toImage() != light
    finally:
        theme.wear(dressed, "light")
    assert view.grab().toImage() == light


def test_an_unseen_one_does_nothing(strip: Made) -> None:
    view = strip([*begun(), *token(100, 1, said("a"))])
    view.hide()
    view._later.stop()
    view._feed.pull()
    assert not view._later.isActive()


def test_painting_again_without_news_paints_nothing(strip: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    view = strip(chat())
    painted: list[int] = []
    before = Drawing.paint
    monkeypatch.setattr(Drawing, "paint", lambda self, painter, **more: (painted.append(1), before(self, painter))[1])
    for x in range(10):
        mouse(view, QEvent.Type.MouseMove, 100 + x, NONE)
        view.grab()
    assert not painted
    view.zoom(2)
    view.grab()
    assert len(painted) == 1
