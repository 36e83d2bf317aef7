"""The pane of history: by day, in pages, opened, sent again, deleted and brought back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.running import runner

from streamscope.gui.library.history import PAGE, HistoryPane
from streamscope.gui.library.past import Day
from streamscope.model.draft import Choice, Draft
from streamscope.model.event import Closed, Head, RequestSent
from streamscope.model.exchange import Outcome, Timing
from streamscope.store.bench import Bench, open_bench
from streamscope.store.past import Past

DONE = Outcome("complete", 200, 3, 0, 1200, 10, "text", Timing(ttft_ms=12.5, total_ms=80.0))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path / "profile")
    yield made
    made.close()


def sent(bench: Bench, path: str, ago: timedelta = timedelta(), outcome: Outcome = DONE) -> Past:
    """An exchange that has ended, in history."""
    exchange = bench.recordings.new(Draft(channel=Choice("address", {"url": f"https://host{path}"})))
    exchange.started = datetime.now(UTC) - ago
    exchange.append(RequestSent(0, "", "POST", f"https://host{path}", [], "none", "address", "https"))
    exchange.append(Head(1, 200, "HTTP/1.1", []))
    exchange.append(Closed(3_000_000, "server"))
    exchange.close()
    row = bench.history.add(exchange, outcome, service="chat")
    assert row is not None
    return row


@pytest.fixture
def pane(dressed: QApplication, qtbot: QtBot) -> HistoryPane:
    made = HistoryPane()
    qtbot.addWidget(made)
    made.started.connect(runner())
    made.resize(260, 600)
    made.show()
    made.activateWindow()
    return made


def shown(pane: HistoryPane) -> list[str]:
    """The rows."""
    return [str(pane.model.index(row, 0).data()) for row in range(pane.model.rowCount())]


def test_days_are_headings(pane: HistoryPane, bench: Bench) -> None:
    sent(bench, "/old", timedelta(days=30))
    sent(bench, "/yesterday", timedelta(days=1))
    sent(bench, "/now")
    pane.settle(bench.history)
    rows = shown(pane)
    assert rows[:4] == ["Today", "/now", "Yesterday", "/yesterday"]
    assert rows[5] == "/old"
    spoken = pane.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("POST, /now, 200 complete, TTFT 12 ms, 80 ms, chat")


def test_what_has_just_ended_is_on_top(pane: HistoryPane, bench: Bench) -> None:
    pane.settle(bench.history)
    assert not pane.list.isVisible()
    pane.add(sent(bench, "/first"))
    slow = sent(bench, "/slow", timedelta(seconds=30))
    pane.add(sent(bench, "/second"))
    pane.add(slow)
    pane.add(None)
    assert shown(pane) == ["Today", "/second", "/first", "/slow"] or "Yesterday" in shown(pane)
    pane.add(sent(bench, "/older", timedelta(days=3)))
    assert shown(pane)[-1] == "/older"
    assert isinstance(pane.model.rows[-2], Day)
    model, now = pane.model, datetime.now(UTC).timestamp()
    pane.add(Past("late", now - 3 * 86_400 + 1, url="https://h/late"))
    pane.add(Past("between", now - 2 * 86_400, url="https://h/between"))
    assert [row.day for row in model.rows] == sorted((row.day for row in model.rows), reverse=True)
    assert len({row.day for row in model.rows if isinstance(row, Day)}) == sum(isinstance(r, Day) for r in model.rows)
    assert pane.list.isVisible()


def test_pages_come_as_one_scrolls(pane: HistoryPane, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    row = sent(bench, "/x")
    rows = [Past(f"r{number}", row.started - number, url=f"https://h/{number}") for number in range(3 * PAGE)]
    monkeypatch.setattr(bench.history, "reconcile", lambda: (0, 0))
    bench.history._list(rows)
    pane.settle(bench.history)
    assert 0 < len(shown(pane)) <= PAGE + 3
    for _ in range(5):
        pane.list.scrollToBottom()
        QApplication.processEvents()
    assert sum(isinstance(one, Past) for one in pane.model.rows) == 3 * PAGE + 1


def test_keys_open_send_compose_delete_and_undo(pane: HistoryPane, bench: Bench) -> None:
    row, other = sent(bench, "/a"), sent(bench, "/b", timedelta(days=2))
    pane.settle(bench.history)
    opened: list[Path] = []
    drafts: list[tuple[str, Draft]] = []
    pane.open_requested.connect(opened.append)
    pane.resend_requested.connect(lambda draft: drafts.append(("send", draft)))
    pane.compose_requested.connect(lambda draft: drafts.append(("compose", draft)))
    pane.list.setFocus()
    pane.list.setCurrentIndex(pane.model.index(1, 0))
    QTest.keyClick(pane.list, Qt.Key.Key_Return)
    QTest.keyClick(pane.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(pane.list, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert opened == [bench.history.path_of(row)]
    assert [name for name, _ in drafts] == ["send", "compose"]
    assert drafts[0][1].channel.values == {"url": "https://host/a"}
    QTest.keyClick(pane.list, Qt.Key.Key_Delete)
    assert shown(pane)[1:] == ["/b"]
    assert not bench.history.path_of(row).exists()
    QTest.mouseClick(pane.undo.button, Qt.MouseButton.LeftButton)
    assert shown(pane)[:2] == ["Today", "/a"]
    assert bench.history.page() == [row, other]


def test_the_filter_asks_the_store(pane: HistoryPane, bench: Bench) -> None:
    sent(bench, "/alpha")
    sent(bench, "/beta")
    pane.settle(bench.history)
    QTest.keyClicks(pane.filter, "beta")
    QTest.keyClick(pane.filter, Qt.Key.Key_Return)
    assert shown(pane)[1:] == ["/beta"]
    pane.add(sent(bench, "/gamma"))
    assert shown(pane)[1:] == ["/beta"]
    pane.filter.setText("nothing like it")
    QTest.keyClick(pane.filter, Qt.Key.Key_Return)
    assert shown(pane) == []
    assert pane._nothing.isVisible()


def test_a_recording_that_is_gone_is_a_card(pane: HistoryPane, bench: Bench) -> None:
    row = sent(bench, "/a")
    pane.settle(bench.history)
    bench.history.path_of(row).rename(bench.profile / "elsewhere")
    pane.list.setCurrentIndex(pane.model.index(1, 0))
    pane.compose()
    assert pane._cards.count() == 1
    assert shown(pane) == []
