"""The summary: figures as they come, objectives held against them, explained and copied."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.exchanges import MS, stream
from tests.gui.conftest import Story
from tests.gui.test_window import until

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.summary import view as views
from streamscope.gui.live.summary.chosen import NONE, OWN, ObjectivesModel
from streamscope.gui.live.summary.model import LABEL, MORE, VALUE, SummaryModel
from streamscope.gui.live.summary.rows import Row, value_text
from streamscope.gui.live.summary.view import SummaryView
from streamscope.gui.live.tab import derived_of
from streamscope.gui.theme import theme
from streamscope.model.errors import UsageError
from streamscope.model.event import Event, Message
from streamscope.store.settings import Settings

pytestmark = pytest.mark.window
WORDS = tuple("abcdefghijkl")


@pytest.fixture
def chosen() -> ObjectivesModel:
    return ObjectivesModel()


@pytest.fixture
def shown(qtbot: QtBot, dressed: QApplication, story: Story, chosen: ObjectivesModel) -> Iterator[object]:
    def show(*events: Event, width: int = 700) -> SummaryView:
        feed = Feed(derived_of(story(*events)))
        view = SummaryView(feed, Spotlight(), model=chosen)
        qtbot.addWidget(view)
        view.resize(width, 500)
        view.show()
        feed.advanced.connect(lambda _: view.follow())
        feed.finished.connect(view.follow)
        feed.begin()
        return view

    return show


def texts(view: SummaryView, column: int = VALUE) -> dict[str, str]:
    return {row.key: str(view.model.index(at, column).data()) for at, row in enumerate(view.model.rows)}


def test_all_figures_are_grouped_and_explained(shown, qtbot: QtBot) -> None:  # type: ignore[no-untyped-def]
    view = shown(*stream(WORDS, gap=40 * MS))
    qtbot.waitUntil(lambda: view._final)
    found = texts(view)
    assert found["ttft"] == "71 ms"
    assert found["itl"] == "p50 40 ms"
    assert found["tpot"] == "40 ms/chunk"
    groups = [row.key for row in view.model.rows if row.kind == "group"]
    assert groups == ["moments", "pace", "tokens", "flow", "connection"]
    assert "p99 40 ms" in texts(view, MORE)["itl"]
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert view.table.currentIndex().isValid()
    row = view.model.rows[view.table.currentIndex().row()]
    assert row.kind == "figure"
    assert "t(" in view.about.text()
    at = [row.key for row in view.model.rows].index("tpot")
    view.table.setCurrentIndex(view.model.index(at, LABEL))
    assert "Source:" in view.about.text()
    assert "No usage came" in view.about.text()
    assert view.model.index(at, VALUE).data(Qt.ItemDataRole.DecorationRole) is not None
    assert "No usage came" in view.model.index(at, LABEL).data(Qt.ItemDataRole.ToolTipRole)


def test_figures_follow_while_it_goes_on(shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """Percentiles of many gaps are computed aside and say of when they are."""
    monkeypatch.setattr(views, "_MANY", 2)
    monkeypatch.setattr(views, "_AGAIN", 0.0)
    monkeypatch.setattr(views, "_SELDOM", 0.0)
    events = stream(WORDS, gap=40 * MS)
    view = shown(*events[:18])
    qtbot.waitUntil(lambda: "itl" in texts(view) and not view._work.busy)
    monkeypatch.setattr(views, "_SELDOM", 1000.0)
    before = texts(view)
    assert view.bar.words() == "Figures"
    for event in events[18:-1]:
        view._feed.exchange.append(event)
    qtbot.waitUntil(lambda: texts(view)["messages"] != before["messages"])
    at = [row.key for row in view.model.rows].index("pace")
    qtbot.waitUntil(lambda: "as of" in view.model.rows[at].more)
    assert texts(view)["stalls"] == before["stalls"]
    view._feed.exchange.append(events[-1])
    qtbot.waitUntil(lambda: view._final and not view._work.busy)
    qtbot.waitUntil(lambda: not view.model.rows[at].more)
    assert texts(view)["total"]


def test_a_paused_view_stands_still(shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(views, "_AGAIN", 0.0)
    events = stream(WORDS)
    view = shown(*events[:18])
    qtbot.waitUntil(lambda: "ttft" in texts(view))
    view._feed.pause(True)
    before = texts(view)
    for event in events[18:]:
        view._feed.exchange.append(event)
    qtbot.waitUntil(lambda: view._feed.derived.done)
    view.follow()
    assert texts(view) == before
    view._feed.pause(False)
    qtbot.waitUntil(lambda: view._final)
    assert texts(view) != before


def test_objectives_are_told_in_word_shape_and_colour(shown, chosen: ObjectivesModel, qtbot: QtBot) -> None:  # type: ignore[no-untyped-def]
    chosen.choose("mlperf-llama2-70b-interactive")
    view = shown(*stream(WORDS, gap=37 * MS), width=380)
    qtbot.waitUntil(lambda: view._final)
    found = texts(view)
    assert found["slo_ttft"] == "68 ms of 450 ms · met"
    assert found["slo_tpot"] == "37 ms of 40 ms · close"
    assert view.bar.words() == "Meets 2 of 2, 1 close"
    assert "10 %" in "\n".join(view.model.rows[2].about)
    icons = [view.model.index(at, LABEL).data(Qt.ItemDataRole.DecorationRole) for at in (1, 2)]
    colours = [view.model.index(at, VALUE).data(Qt.ItemDataRole.ForegroundRole) for at in (1, 2)]
    assert icons[0].pixmap(16).toImage() != icons[1].pixmap(16).toImage()
    assert colours[0] != colours[1]
    view.resize(900, 500)
    assert texts(view)["slo_ttft"] == "68 ms of 450 ms"
    assert texts(view, MORE)["slo_tpot"] == "close"


def test_a_persons_own_begin_as_the_preset_and_are_edited_in_place(  # type: ignore[no-untyped-def]
    shown, chosen: ObjectivesModel, qtbot: QtBot
) -> None:
    view = shown(*stream(WORDS))
    qtbot.waitUntil(lambda: view._final)
    choice = view.bar.choice
    for key in ("mlperf-llama3.1-8b", OWN):
        choice.setCurrentIndex(choice.findData(key))
        choice.activated.emit(choice.currentIndex())
    assert view.bar.own.isVisible()
    assert view.bar.own.text() == "ttft=2000ms, tpot=100ms"
    view.bar.own.selectAll()
    QTest.keyClicks(view.bar.own, "ttft=1ms, stalls=0")
    QTest.keyClick(view.bar.own, Qt.Key.Key_Return)
    assert view.bar.words() == "Meets 1 of 2"
    QTest.keyClicks(view.bar.own, ", nonsense=2")
    QTest.keyClick(view.bar.own, Qt.Key.Key_Return)
    assert view.bar.own.property("invalid")
    assert "nonsense" in view.bar.own.accessibleDescription()
    assert view.bar.words() == "Meets 1 of 2"


def test_what_is_chosen_is_kept_in_the_settings(tmp_path: Path, chosen: ObjectivesModel, qtbot: QtBot) -> None:
    from streamscope.gui import loop
    from streamscope.gui.settings.model import SettingsModel

    path = tmp_path / "settings.toml"

    async def script() -> None:
        kept = SettingsModel(Settings(path, []))
        chosen.keep_in(kept)
        assert chosen.choice == NONE
        chosen.choose("mlperf-mixtral-8x7b")
        chosen.choose(OWN)
        chosen.write_own("ttft=1s")
        await until(lambda: not kept.busy)
        kept.set("slo", "mlperf-llama2-70b")
        await until(lambda: chosen.choice == "mlperf-llama2-70b")
        chosen.choose(OWN)
        await until(lambda: not kept.busy)
        gone: list[bool] = []
        kept.destroyed.connect(lambda: gone.append(True))
        kept.deleteLater()
        await until(lambda: bool(gone))
        chosen.choose(NONE)  # of this the file hears no more

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    loop.run(app, script())
    again = ObjectivesModel()
    settings = Settings(path, [])
    assert (settings.get("slo"), settings.get("slo_own")) == (OWN, "ttft=1s")
    with pytest.raises(UsageError):
        settings.set("slo_own", "ttft=soon")
    with pytest.raises(UsageError):
        settings.set("slo", "mlperf-none")
    assert again.now.limits == {}


def test_figures_are_copied_in_each_form(shown, chosen: ObjectivesModel, qtbot: QtBot) -> None:  # type: ignore[no-untyped-def]
    chosen.choose("mlperf-llama2-70b")
    view = shown(*stream(WORDS))
    qtbot.waitUntil(lambda: view._final)
    view.activateWindow()
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    at = [row.key for row in view.model.rows].index("ttft")
    view.table.setCurrentIndex(view.model.index(at, 0))
    QTest.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "First token\t71 ms\n"
    whole = json.loads(view.copied("json"))
    assert {row["key"] for row in whole["figures"]} >= {"ttft", "itl", "stalls"}
    assert [row["verdict"] for row in whole["objectives"]] == ["met", "met"]
    lines = view.copied("csv").splitlines()
    assert lines[0].startswith("key,label,value,unit")
    assert any(line.startswith("itl.p99,") for line in lines)
    assert "Moments since Send\nFirst byte\t30 ms" in view.copied("text")


def test_rows_come_and_go_by_qts_rules(dressed: QApplication, qtbot: QtBot) -> None:
    model = SummaryModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)

    def rows(keys: str) -> list[Row]:
        return [Row("figure", key, key, keys) for key in keys]

    for keys in ("", "ac", "abc", "bdc", "cbd", "x", "abcdef", "fa", ""):
        model.show_rows(rows(keys))
        assert "".join(row.key for row in model.rows) == keys
        assert model.rowCount(QModelIndex()) == len(keys)
    assert tester.model() is model


def test_an_exchange_that_brought_nothing(shown, chosen: ObjectivesModel, qtbot: QtBot) -> None:  # type: ignore[no-untyped-def]
    from tests.exchanges import ALL

    chosen.choose("mlperf-llama2-70b")
    view = shown(*ALL["refused"], width=380)
    qtbot.waitUntil(lambda: view._final)
    assert texts(view)["slo_ttft"] == "– of 2.000 s · unknown"
    assert view.bar.words() == "Meets 0 of 2, 2 unknown"
    assert not any(isinstance(event, Message) for event in ALL["refused"])


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (0.4321, "ms", "0.432 ms"), (4.321, "ms", "4.32 ms"), (43.21, "ms", "43.2 ms"), (432.1, "ms", "432 ms"),
        (4321.5, "ms", "4.322 s"), (43215.0, "ms", "43.22 s"), (True, "", "yes"), (12345, "tokens", "12,345 tokens"),
        (1500, "bytes", "1.5 kB"), (2.0, "", "2"),
    ],
)  # fmt: skip
def test_values_have_the_digits_that_count(value: float, unit: str, told: str) -> None:
    assert value_text(value, unit) == told


def test_a_closed_view_hears_no_more(
    dressed: QApplication, story: Story, chosen: ObjectivesModel, qtbot: QtBot
) -> None:
    feed = Feed(derived_of(story(*stream(WORDS))))
    view = SummaryView(feed, Spotlight(), model=chosen)
    view.show()
    feed.pull()
    view.follow()
    with qtbot.waitSignal(view.destroyed):
        view.deleteLater()
    theme.changed.emit()
    feed.ticked.emit()
    chosen.choose("mlperf-llama2-70b")
