"""The findings: the worst first, one of each rule, their evidence a click or a key away, nothing jumps."""

from array import array

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.summary.findings import FindingsView
from streamscope.gui.live.summary.findings_model import FINDING, FindingsModel, counted, evidence_text
from streamscope.gui.live.tab import derived_of
from streamscope.model.event import Event, Finding, Severity

pytestmark = pytest.mark.window


def finding(rule: str, severity: Severity = "info", *events: int, text: str = "") -> Finding:
    return Finding(1, rule, severity, list(events), text or f"About {rule}.", "Try it again.")


@pytest.fixture
def view(qtbot: QtBot, dressed: QApplication, story: Story, chat: list[Event]) -> FindingsView:
    feed = Feed(derived_of(story(*chat)))
    made = FindingsView(feed, Spotlight())
    qtbot.addWidget(made)
    made.resize(380, 300)
    made.show()
    made.follow()
    feed.begin()
    qtbot.waitUntil(lambda: feed.done)
    feed.derived.findings.clear()
    made.follow()
    return made


def told(view: FindingsView, *found: Finding) -> None:
    view._feed.derived.findings += found
    view.follow()


def rules(view: FindingsView) -> list[str]:
    return [row.rule for row in view.model.findings]


def test_the_worst_first_and_one_of_each_rule(view: FindingsView) -> None:
    heard: list[tuple[int, str]] = []
    view.count_changed.connect(lambda count, worst: heard.append((count, worst)))
    assert view._stack.currentIndex() == 0
    assert "rules watched" in view._empty.text()
    told(view, finding("jitter"), finding("stall", "warning", 3))
    assert rules(view) == ["stall", "jitter"]
    told(view, finding("cut_body", "error"), finding("jitter", "info", text="Jitter, 12 times."))
    assert rules(view) == ["cut_body", "stall", "jitter"]
    assert view.model.findings[2].text == "Jitter, 12 times."
    told(view, finding("jitter", "error"))
    assert rules(view) == ["jitter", "cut_body", "stall"]
    assert heard == [(2, "warning"), (3, "error")]
    assert (view.count, view.worst) == (3, "error")
    assert counted(view._feed.derived.findings) == (3, "error")
    assert counted([]) == (0, "")


def test_evidence_is_a_key_or_a_click_away(view: FindingsView) -> None:
    asked: list[str] = []
    view._spotlight.view_requested.connect(asked.append)
    told(view, finding("stall", "warning", 5, 2, 2), finding("jitter"), finding("bom", "info", 10**6))
    view.list.setFocus()
    view.list.setCurrentIndex(view.model.index(0))
    QTest.keyClick(view.list, Qt.Key.Key_Return)
    assert view._spotlight.evidence == array("I", [2, 5])
    assert (view._spotlight.chosen, asked) == (2, ["events"])
    view._spotlight.point_out(array("I"))
    option = QStyleOptionViewItem()
    view.list.initViewItemOption(option)
    option.rect = view.list.visualRect(view.model.index(0))
    link = view.list._delegate.evidence(option, view.model.index(0))
    assert link.isValid()
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=link.center())
    assert view._spotlight.evidence == array("I", [2, 5])
    assert asked == ["events", "events"]
    for row in (1, 2):  # none, and one that is not there
        view.list.setCurrentIndex(view.model.index(row))
        QTest.keyClick(view.list, Qt.Key.Key_Space)
    assert asked == ["events", "events"]
    assert evidence_text(view.model.findings[1]) == ""
    assert evidence_text(finding("x", "info", *range(345, 357))) == "Show 12 events, first #346"


def test_nothing_jumps_under_the_readers_eye(view: FindingsView) -> None:
    told(view, *(finding(f"rule {number}", "warning", number) for number in range(12)))
    bar = view.list.verticalScrollBar()
    assert bar.maximum() > 100
    bar.setValue(90)
    view.list.setCurrentIndex(view.list.indexAt(QPoint(4, 1)))
    bar.setValue(bar.value() + 7)
    at = view.list.indexAt(QPoint(4, 1))
    rule, top = at.data(FINDING).rule, view.list.visualRect(at).top()
    told(view, *(finding(f"error {number}", "error", text="long " * 60) for number in range(3)))
    now = view.list.indexAt(QPoint(4, 1))
    assert (now.data(FINDING).rule, view.list.visualRect(now).top()) == (rule, top)
    assert view.list.currentIndex().data(FINDING).rule == rule
    bar.setValue(0)
    told(view, finding("worse", "error"))
    assert bar.value() == 0


def test_findings_are_copied_as_text(view: FindingsView) -> None:
    told(view, finding("stall", "warning", 5), finding("cut_body", "error"))
    view.list.setFocus()
    view.list.selectAll()
    QTest.keyClick(view.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    whole = QGuiApplication.clipboard().text()
    assert whole == (
        "Error (cut_body): About cut_body.\nTry it again.\n\nWarning (stall): About stall.\nTry it again.\n#6\n"
    )
    QGuiApplication.clipboard().clear()
    view.copy.click()
    assert QGuiApplication.clipboard().text() == whole


def test_rows_move_by_qts_rules(dressed: QApplication) -> None:
    model = FindingsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    grades: tuple[Severity, ...] = ("info", "warning", "error")
    for number in range(60):
        model.tell([finding(f"rule {number * 7 % 11}", grades[number * 5 % 3])])
    order = [grades.index(row.severity) for row in model.findings]
    assert order == sorted(order, reverse=True)
    assert tester.model() is model
    assert model.rowCount() == 11
