"""The table of events: a hundred thousand rows, and only those that are looked at are made."""

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story, opening, token

from streamscope.gui.live.events.model import CACHED
from streamscope.gui.live.events.view import PREVIEW, EventsModel, EventsView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.model.event import Closed

pytestmark = pytest.mark.window

MANY = 100_000


def test_many_rows_stay_bounded(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening(), *(token(number, "x") for number in range(MANY)), Closed(1, "server"))
    view = EventsView(feed := Feed(derived_of(exchange)), Spotlight())
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    feed.advanced.connect(lambda _: view.follow())
    feed.begin()
    qtbot.waitUntil(lambda: feed.done, timeout=60_000)
    assert view.model.rowCount() == MANY + 3
    for row in range(0, MANY, 997):
        assert view.model.index(row + 2, PREVIEW).data().startswith('{"id"')
    assert len(view.model._cache) <= CACHED
    assert len(feed.text_of(5_000)) == 1
    view.table.scrollToTop()
    view.grab()
    assert len(view.model._cache) <= CACHED


def test_the_model_keeps_qts_rules(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    feed = Feed(derived_of(story(*opening(), token(0, "a"), Closed(1, "server"))))
    model = EventsModel(feed)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    feed.advanced.connect(lambda batch: model.announce(batch.stop))
    feed.pull()
    assert model.rowCount(QModelIndex()) == 4
    model.show_kinds(frozenset({0}))
    assert model.rowCount() == 1
    assert tester.model() is model
    feed.end()
