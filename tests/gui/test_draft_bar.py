"""The strip of tabs: its one close button is on the tab in front, wherever that is."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from streamscope.gui.draft_bar import DraftBarView

pytestmark = pytest.mark.window


class CountingView(DraftBarView):
    """Counts how often its tabs were laid out and painted."""

    laid = 0
    painted = 0

    def tabLayoutChange(self) -> None:
        super().tabLayoutChange()
        self.laid += 1

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted += 1


@pytest.fixture
def bar(dressed: QApplication, qtbot: QtBot) -> CountingView:
    made = CountingView("Open requests", "Close")
    qtbot.addWidget(made)
    with made.filling():
        for number in range(60):
            made.addTab(f"Request {number}")
    made.resize(700, 34)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.painted > 0)
    return made


def in_front(bar: DraftBarView) -> bool:
    QApplication.processEvents()
    button, tab = bar.close_button.geometry(), bar.tabRect(bar.currentIndex())
    text = bar.fontMetrics().horizontalAdvance(bar.tabText(bar.currentIndex()))
    return tab.contains(button) and button.width() + text < tab.width()


def test_it_follows_the_tab_in_front(bar: CountingView) -> None:
    assert in_front(bar)
    for index in (5, 59, 0, 30):
        bar.setCurrentIndex(index)
        assert in_front(bar)
    bar.removeTab(3)
    assert in_front(bar)
    bar.insertTab(2, "One more")
    assert in_front(bar)
    bar.moveTab(bar.currentIndex(), 1)
    assert in_front(bar)
    for scroll in bar.findChildren(QToolButton)[::-1]:
        if scroll is not bar.close_button and scroll.isEnabled():
            QTest.mouseClick(scroll, Qt.MouseButton.LeftButton)
            assert in_front(bar)


def test_a_switch_lays_out_nothing_and_paints_once(bar: CountingView) -> None:
    QApplication.processEvents()
    laid, painted = bar.laid, bar.painted
    bar.setCurrentIndex(3)
    QApplication.processEvents()
    assert bar.laid == laid
    assert bar.painted <= painted + 1


def test_many_tabs_are_laid_out_once(bar: CountingView) -> None:
    QApplication.processEvents()
    laid = bar.laid
    with bar.filling():
        for number in range(100):
            bar.addTab(f"More {number}")
    QApplication.processEvents()
    assert bar.isVisible()
    assert bar.laid <= laid + 2


def test_the_middle_button_closes_what_is_under_it(bar: CountingView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.tab_closed) as told:
        QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(2).center())
    assert told.args == [2]


def test_while_a_tab_is_dragged_its_button_is_out_of_the_way(bar: CountingView) -> None:
    start = bar.tabRect(0).center()
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(bar, start + QPoint(60, 0))
    assert not bar.close_button.isVisible()
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    assert bar.close_button.isVisible()
