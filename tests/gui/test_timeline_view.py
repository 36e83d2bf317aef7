"""The Timeline view: charts that come when they are wanted, their tables, their files, several exchanges at once."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QBoxLayout, QFileDialog
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story
from tests.gui.timelines import MS, begun, broken, chat, said, talk, token

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import ExchangeView, derived_of
from streamscope.gui.live.timeline.strip import StripView
from streamscope.gui.live.timeline.view import TimelineView
from streamscope.gui.theme import theme
from streamscope.model.event import Closed, Event

pytestmark = pytest.mark.window
Made = Callable[[list[Event]], TimelineView]


@pytest.fixture
def timeline(qtbot: QtBot, dressed: QApplication, story: Story) -> Iterator[Made]:
    """A Timeline of these events whose charts are there."""
    feeds: list[Feed] = []

    def make(events: list[Event]) -> TimelineView:
        feed = Feed(derived_of(story(*events)))
        feeds.append(feed)
        view = TimelineView(feed, Spotlight())
        qtbot.addWidget(view)
        view.resize(1000, 700)
        feed.advanced.connect(lambda _: view.follow())
        feed.begin()
        view.show()
        qtbot.waitUntil(lambda: view.gaps_card.held and settled(view))
        return view

    yield make
    for feed in feeds:
        feed.end()


def settled(view: TimelineView) -> bool:
    """Whether all that was recorded is in the charts."""
    here = view._seen is not None and view._seen.position == len(view._feed.exchange)
    return here and not view._look.busy and not view._second.isActive() and not view._making.isActive()


def test_the_charts_show_the_figures(timeline: Made) -> None:
    view = timeline(chat())
    assert view.curve is not None
    times, counts = view.curve._items[0].getData()
    assert (times[0], times[-1]) == (100 * MS, 2780 * MS)
    assert counts[-1] == 40
    assert view.curve_card.note._full == "40 in 2.680 s"
    assert view.gaps is not None
    assert view.gaps._found is not None
    told = view._feed.meter.pace.gaps.percentiles()
    assert told is not None
    assert view.gaps._found.quantiles[0][1] == pytest.approx(told.p50, abs=1e-3)
    shown = [label.toPlainText() for label in view.gaps._labels if label.isVisible()]
    assert [text.split()[0] for text in shown] == ["p50", "p90", "p95", "p99"]
    assert view.gaps_card.note._full == "39 gaps · 4 of no length: one read"
    assert view.legend.words()[:2] == ["text", "reasoning"]
    view.grab()


def test_each_measure(timeline: Made, qtbot: QtBot) -> None:
    view = timeline(chat())
    for place, most in ((1, 40), (2, 10 * 5 + 25 * 4 + 5 * 4), (3, 37)):
        view.curve_card.choice.setCurrentIndex(place)
        qtbot.waitUntil(lambda place=place: view._seen.measure == view.curve_card.key)  # type: ignore[union-attr]
        assert view._seen is not None
        assert view._seen.curve.counts[-1] == pytest.approx(most)
    view.gaps_card.choice.setCurrentIndex(2)
    qtbot.waitUntil(lambda: view._seen.between == "reads")  # type: ignore[union-attr]
    assert view._seen.gaps is not None
    assert view._seen.gaps.zeros == 0
    view.gaps_card.choice.setCurrentIndex(1)
    qtbot.waitUntil(lambda: view.gaps_card.note._full == "no gaps yet")
    view.strip_card.choice.setCurrentIndex(1)
    assert not view.strip.by_bytes


def test_it_goes_on_with_the_exchange(timeline: Made, qtbot: QtBot) -> None:
    view = timeline([*begun(), *token(100, 1, said("a"))])
    for number in range(2, 30):
        view._feed.exchange.extend(token(100 + 20 * number, number, said("b")))
    qtbot.waitUntil(lambda: settled(view))
    assert view._seen is not None
    assert view._seen.curve.counts[-1] == 29
    view.hide()
    view._feed.exchange.extend([*token(5000, 99, said("c")), Closed(5001 * MS, "server")])
    qtbot.waitUntil(lambda: view._feed.done)
    assert view._seen.curve.counts[-1] == 29  # nobody looked
    view.show()
    qtbot.waitUntil(lambda: settled(view))
    assert view._seen.curve.counts[-1] == 30


def test_every_chart_has_a_table_twin(timeline: Made) -> None:
    view = timeline(chat())
    for card in (view.strip_card, view.curve_card, view.gaps_card):
        card.twin.click()
        assert card.table.isVisible()
        assert card.table.rowCount() == len(card.table.sheet.rows) > 5
        card.table.copy()
        lines = QGuiApplication.clipboard().text().splitlines()
        assert len(lines) == card.table.rowCount() + 1
        card.table.selectRow(1)
        card.table.copy()
        assert len(QGuiApplication.clipboard().text().splitlines()) == 2
        view.grab()
    assert len(view.curve_card.table.sheet.rows) == 20
    assert sum(int(row[2]) for row in view.strip_card.table.sheet.rows) == 41
    counted = [int(row[3]) for row in view.gaps_card.table.sheet.rows if row[3] != ""]
    assert sum(counted) == 39
    view.strip.show_span(0, 1000 * MS)
    assert sum(int(row[2]) for row in view.strip_card.table.sheet.rows) == 35
    view.strip_card.twin.click()
    assert view.strip.isVisible()


def test_every_chart_is_saved_in_every_form(timeline: Made, tmp_path: Path) -> None:
    view = timeline(chat())
    for number, card in enumerate((view.strip_card, view.curve_card, view.gaps_card)):
        for form in ("png", "svg", "csv"):
            card.write(tmp_path / f"{number}.{form}", form)
        picture = QImage(str(tmp_path / f"{number}.png"))
        assert picture.width() >= 2 * 300
        drawing = (tmp_path / f"{number}.svg").read_bytes()
        assert QSvgRenderer(QByteArray(drawing)).isValid()
        assert len(drawing) < 2_000_000
        rows = list(csv.reader(io.StringIO((tmp_path / f"{number}.csv").read_text())))
        assert len(rows) > 5
        assert all(len(row) == len(rows[0]) for row in rows)
    card = view.strip_card
    card.write(tmp_path / "nowhere" / "x.png", "png")
    assert "cannot be written" in card.note._full
    assert not (tmp_path / "nowhere").exists()


def test_where_to_save_is_asked_without_waiting(timeline: Made, tmp_path: Path) -> None:
    view = timeline(chat())
    dialog = view.gaps_card.save("csv")
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "gaps.csv"))
    dialog.reject()
    assert (tmp_path / "gaps.csv").read_text().startswith("gaps,")


def test_charts_stand_beside_or_below_each_other(timeline: Made) -> None:
    view = timeline(talk())
    assert view._charts.direction() == QBoxLayout.Direction.LeftToRight
    view.resize(360, 700)
    QApplication.processEvents()
    assert view._charts.direction() == QBoxLayout.Direction.TopToBottom
    assert view.strip.width() <= 360
    for card in (view.strip_card, view.curve_card, view.gaps_card):
        assert card.export.mapTo(view, card.export.rect().topRight()).x() < 360
    view.grab()


def test_nothing_and_an_error_are_shown(timeline: Made, dressed: QApplication) -> None:
    for events in ([], begun(), broken()):
        view = timeline(events)
        view.grab()
        theme.wear(dressed, "dark")
        view.grab()
        theme.wear(dressed, "light")


def test_exchanges_laid_over_each_other(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    feed = Feed(derived_of(story(*chat())))
    feed.begin()
    view = TimelineView.overlay([("first", derived_of(story(*talk()))), ("second " * 60, feed)])
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitUntil(lambda: view.plot is not None and len(view._curves) == 2 and not view._timer.isActive())
    assert [curve.counts[-1] for curve in view._curves[1:]] == [40]
    assert view.plot is not None
    assert view.plot._items[2].getData()[0][0] == 100 * MS
    view.strips_card.choice.setCurrentIndex(1)
    assert view.plot._items[2].getData()[0][0] == 0
    assert view.strips.scale().start < 0
    view.grab()
    assert "<svg" in view.strips_card.data("svg").decode()
    rows = list(csv.reader(io.StringIO(view.curves_card.data("csv").decode())))
    assert [row[1] for row in rows[1:]] == ["30", "41"]
    for item in view.items:
        item.feed.end()


def test_it_is_a_view_of_an_exchange(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view = ExchangeView(derived_of(story(*chat())), duplex=False)
    qtbot.addWidget(view)
    view.resize(700, 600)
    view.show()
    view.begin()
    view.show_view("timeline")
    timeline = view.view("timeline")
    assert isinstance(timeline, TimelineView)
    qtbot.waitUntil(lambda: timeline.gaps_card.held and settled(timeline))
    view.feed.end()


def test_another_strip_may_have_taken_all_in(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    feed = Feed(derived_of(story(*chat())))
    view, above = TimelineView(feed, spotlight := Spotlight()), StripView(feed, spotlight, True)
    for widget in (view, above):
        qtbot.addWidget(widget)
        widget.show()
    feed.pull()
    qtbot.waitUntil(lambda: not above.course.follow())
    view.follow()
    assert "text" in view.legend.words()
    qtbot.waitUntil(lambda: view.gaps_card.held and settled(view))
    feed.end()
