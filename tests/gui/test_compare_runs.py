"""Hundreds of runs in one table: read aside, sorted with the middle at the top, outliers marked, two compared."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.exchanges import MS, stream
from tests.gui.conftest import Story

from streamscope.engine.compare import Stopped
from streamscope.engine.runs import Run, run_of
from streamscope.gui.live.compare import runs as views
from streamscope.gui.live.compare.runs import RunsView
from streamscope.gui.live.compare.runs_model import CURVE, FIGURES, HEAD, OUTCOME, TITLE, Read, RunsModel
from streamscope.gui.live.summary.work import Progress
from streamscope.gui.live.tab import derived_of
from streamscope.model.draft import Draft
from streamscope.store.recordings import Recordings

pytestmark = pytest.mark.window
TTFT = 3


def many(count: int = 12) -> list[tuple[str, Run]]:
    made = [(f"run {number}", run_of("", stream(gap=(30 + number % 3) * MS))) for number in range(count)]
    return [*made, ("slow", run_of("", stream(gap=400 * MS)))]


@pytest.fixture
def view(qtbot: QtBot, dressed: QApplication) -> RunsView:
    made = RunsView(many())
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: not made.busy and not made._timer.isActive())
    return made


def column(view: RunsView, at: int) -> list[str]:
    return [str(view.model.index(row, at).data()) for row in range(view.model.rowCount())]


def test_the_middle_stays_at_the_top_however_it_is_sorted(view: RunsView) -> None:
    assert view.words() == "Runs: 13 · far from the others: 1"
    assert column(view, TITLE)[:3] == ["Median", "p10 – p90", "run 0"]
    assert column(view, TTFT)[:3] == ["62 ms", "61 – 63 ms", "61 ms"]
    view.table.selectRow(2)
    view.table.sortByColumn(TTFT, Qt.SortOrder.DescendingOrder)
    assert column(view, TITLE)[:3] == ["Median", "p10 – p90", "slow"]
    assert [run.title for run in view.chosen()] == ["run 0"]
    slow = view.model.index(HEAD, TTFT)
    assert slow.data(Qt.ItemDataRole.DecorationRole) is not None
    assert "Far from the median of 62 ms" in slow.data(Qt.ItemDataRole.ToolTipRole)
    assert view.model.index(HEAD + 1, TTFT).data(Qt.ItemDataRole.DecorationRole) is None
    view.grab()


def test_two_are_compared_and_one_is_opened(view: RunsView) -> None:
    opened: list[object] = []
    asked: list[tuple[object, object]] = []
    view.open_requested.connect(opened.append)
    view.compare_requested.connect(lambda a, b: asked.append((a, b)))
    view.table.selectRow(HEAD + 4)
    assert not view.compare.isEnabled()
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert opened == [view._runs[4][1]]
    QTest.keyClick(view.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.compare.isEnabled()
    view.compare.click()
    assert asked == [(view._runs[4], view._runs[5])]
    view.table.selectRow(0)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert len(opened) == 1


def test_recordings_are_read_from_disk_and_a_missing_one_is_told(
    qtbot: QtBot, dressed: QApplication, story: Story, tmp_path: Path
) -> None:
    exchange = Recordings(tmp_path).new(Draft())
    for event in stream():
        exchange.append(event)
    exchange.close()
    assert exchange.path is not None
    view = RunsView([("disk", exchange.path), ("gone", tmp_path / "gone"), ("open", derived_of(story(*stream())))])
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: not view.busy)
    assert column(view, TTFT) == ["71 ms", "71 – 71 ms", "71 ms", "–", "71 ms"]
    assert column(view, OUTCOME)[2] == "Complete"
    assert len(column(view, OUTCOME)[3]) > 3
    view.grab()


def test_reading_can_be_stopped(qtbot: QtBot, dressed: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    go, real = threading.Event(), views._run

    def slowly(title: str, *arguments: object) -> object:
        if title == "run 5":
            go.wait(20)
        return real(title, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "_run", slowly)
    view = RunsView(many())
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.words() == "Read 5 of 13 runs")
    view.stop.click()
    go.set()
    assert view.words() == "5 of 13 runs, stopped"
    assert not view.stop.isVisible()


def test_all_are_copied_as_csv(view: RunsView) -> None:
    view._copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "run,started,outcome,status,ttft,tpot,itl.p99,e2e,total,tokens_per_s,tokens,stalls"
    assert lines[1].startswith("run 0,2026-11-24T08:30:00.123456Z,complete,200,61.0,30.0,")
    assert len(lines) == 14


def test_rows_keep_qts_rules(dressed: QApplication) -> None:
    model = RunsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    runs = [Read(number, title, run) for number, (title, run) in enumerate(many())]
    model.add([])
    assert model.rowCount() == 0
    model.add(runs[:1])
    model.add([*runs[1:], Read(13, "gone", None, "Not there.")])
    for at in range(len(FIGURES) + 3):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            model.sort(at, order)
            assert model.index(0, TITLE).data() == "Median"
            if at not in (TITLE, OUTCOME):
                assert model.index(model.rowCount() - 1, TITLE).data() == "gone"
    assert model.index(2, CURVE).data() == ""
    assert tester.model() is model


def test_nobody_reads_on_for_a_view_that_is_closed(
    qtbot: QtBot, dressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Progress] = []
    begun, go = threading.Event(), threading.Event()

    def waiting(_title: str, _source: object, _saved: object, progress: Progress) -> Run:
        held.append(progress)
        begun.set()
        go.wait(20)
        raise Stopped

    monkeypatch.setattr(views, "_run", waiting)
    view = RunsView(many(2))
    assert begun.wait(20)
    with qtbot.waitSignal(view.destroyed):
        view.deleteLater()
    assert held[0].stopped
    go.set()
