"""The access matrix in the window: run, stopped, run in part, walked, opened, taken elsewhere."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from tests.gui.conftest import Played
from tests.gui.test_window import ready, until
from tests.program import Sandbox

from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.matrix.grid import MatrixGridView
from streamscope.gui.matrix.menu import cell_menu, column_menu
from streamscope.gui.matrix.model import LEADING, LOOK, Look, MatrixModel
from streamscope.gui.matrix.view import MatrixView
from streamscope.gui.window import Window
from streamscope.model.matrix import Cell
from streamscope.store.exchange import Exchange

pytestmark = pytest.mark.window

CONTROL = Qt.KeyboardModifier.ControlModifier
WORKS = {"ok": True, "status": 200, "ttfb_ms": 5.0}
FAILED = {"ok": False, "status": 403, "reason": "not you"}


def cell(service: str, auth: str, protocol: str = "https", *, offered: bool = True, **known: object) -> Cell:
    return Cell(service, "v1", auth, "public", protocol, offered, id=f"id-{service}", **known)


@pytest.fixture
def grid(dressed: object, shelves: Shelves) -> Iterator[MatrixGridView]:
    model = MatrixModel(shelves)
    view = MatrixGridView(model)
    model.setParent(view)
    view.resize(620, 300)
    view.show()
    yield view
    view.close()


def model_of(grid: MatrixGridView) -> MatrixModel:
    model = grid.model()
    assert isinstance(model, MatrixModel)
    return model


SERVICES = [
    cell(name, auth, protocol)
    for name in ("one", "two", "three")
    for auth in ("token", "aksk", "app_code")
    for protocol in ("https", "sse")
] + [
    cell("one", "api_key", offered=False, reason="one accepts: IAM token."),
    cell("two", "token", "websocket", offered=False, reason="two speaks HTTPS."),
    cell("shut", "token", offered=False, reason="shut is stopped."),
]


def test_cells_fill_while_they_are_called(grid: MatrixGridView) -> None:
    model = model_of(grid)
    model.compare_with([cell("one", "token", **WORKS | {"ttfb_ms": 400.0}), cell("one", "aksk", **WORKS)])
    model.lay_out(SERVICES)
    offered = [one for one in SERVICES if one.offered]
    model.begin(one.key for one in offered)
    told: list[int] = []
    model.dataChanged.connect(lambda first, last: told.append(first.row()))
    index = model.index_of(offered[0].key)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "one · IAM token · Public network · HTTPS: Waiting"
    model.take([], [offered[0].key])
    assert index.data() == "Running"
    assert model.waiting() == len(offered)
    told.clear()
    model.take([cell("one", "token", **WORKS), cell("one", "aksk", **FAILED)], [])
    assert len(told) == 4, "two cells and their service's line twice; nothing else is painted again"
    assert index.data() == "Works 200, first byte after 5.0 ms, faster, before: 200 400 ms"
    failed = model.index_of(cell("one", "aksk").key)
    assert failed.data() == "Failed 403, not you, newly failing, before: 200 5.0 ms"
    assert model.counts() == (1, 1, 3)
    assert model.waiting() == len(offered) - 2
    model.end()
    assert model.waiting() == 0
    assert model.index(0, 0).data() == "one v1: 1 of 6 work"


def test_what_is_not_offered_says_why(grid: MatrixGridView) -> None:
    model = model_of(grid)
    model.lay_out(SERVICES)
    index = model.index_of(cell("two", "token", "websocket").key)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Not offered, two speaks HTTPS."
    assert not model.index_of(cell("one", "api_key").key).isValid(), "a row in which nothing is offered"
    assert model.index(3, 0).data() == "shut v1: shut is stopped."
    model.show_rows("all")
    assert model.index_of(cell("one", "api_key").key).data() == "Not offered, one accepts: IAM token."
    assert model.rowCount(model.index(3, 0)) == 1


def test_rows_can_be_chosen(grid: MatrixGridView) -> None:
    model = model_of(grid)
    model.compare_with([cell("two", "aksk", **WORKS)])
    model.lay_out(SERVICES)
    model.take([cell("one", "token", **WORKS), cell("two", "aksk", **FAILED), cell("three", "token", **FAILED)], [])
    model.show_rows("failed")
    assert [band.name for band in model.bands] == ["two", "three"]
    assert model.row_at(model.index(0, 0, model.index(0, 0))) == ("id-two", "aksk", "public")
    model.take([cell("two", "aksk", **WORKS)], [])
    assert model.counts()[:2] == (2, 1), "rows that are not shown are counted all the same"
    model.take([cell("two", "aksk", **FAILED)], [])
    model.show_rows("changed")
    assert [band.name for band in model.bands] == ["two"]
    model.show_rows("offered")
    assert [band.name for band in model.bands] == ["one", "two", "three", "shut"]


def test_the_grid_is_walked_with_the_arrow_keys(grid: MatrixGridView) -> None:
    model = model_of(grid)
    model.lay_out(SERVICES)
    opened: list[Cell] = []
    grid.cell_activated.connect(opened.append)
    grid.choose_first()
    here = lambda: (model.row_at(grid.currentIndex()), grid.currentIndex().column())  # noqa: E731
    assert here() == (("id-one", "token", "public"), LEADING)
    for key, place in (
        (Qt.Key.Key_Right, (("id-one", "token", "public"), LEADING + 1)),
        (Qt.Key.Key_Down, (("id-one", "aksk", "public"), LEADING + 1)),
        (Qt.Key.Key_Left, (("id-one", "aksk", "public"), LEADING)),
        (Qt.Key.Key_Left, (("id-one", "aksk", "public"), 1)),
        (Qt.Key.Key_Left, (("id-one", "aksk", "public"), 0)),
        (Qt.Key.Key_Left, (None, 0)),
    ):
        QTest.keyClick(grid, key)
        assert here() == place
    band = model.index(0, 0)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert not grid.isExpanded(band)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert grid.isExpanded(band)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert not opened, "a leading column has nothing to open"
    for _ in range(2):
        QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert [one.key for one in opened] == [cell("one", "token").key]


def test_a_closed_service_stays_closed_and_the_one_at_the_top_in_sight(grid: MatrixGridView) -> None:
    model = model_of(grid)
    model.lay_out([cell(f"s{number}", auth) for number in range(40) for auth in ("token", "aksk", "app_code")])
    grid.fold(model.index(1, 0))
    model.show_rows("all")
    assert [grid.isExpanded(model.index(row, 0)) for row in range(3)] == [True, False, True]
    assert not grid.sticky.isVisible()
    grid.scrollTo(model.index(1, 0, model.index(20, 0)), grid.ScrollHint.PositionAtTop)
    assert grid.sticky.isVisible()
    assert model.band_at(grid.indexAt(QPoint(5, 0))).name == "s20"
    QTest.mouseClick(grid.sticky, Qt.MouseButton.LeftButton)
    assert grid.visualRect(model.index(20, 0)).top() == 0
    assert not grid.sticky.isVisible()
    grid.fold_all(folded=True)
    assert not any(grid.isExpanded(model.index(row, 0)) for row in range(40))


async def matrix_of(window: Window) -> MatrixView:
    """The window is ready, and its matrix opened by its key."""
    await ready(window)
    QTest.keyClick(window, Qt.Key.Key_M, CONTROL)
    view = window.live.tabs.currentWidget()
    assert isinstance(view, MatrixView)
    return view


def over(view: MatrixView) -> Callable[[], bool]:
    """Whether the run ended and was kept."""
    ends: list[bool] = []
    view.finished.connect(lambda: ends.append(True))
    return lambda: bool(ends) and not view.going


def test_one_key_runs_all_and_all_is_green(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        view = await matrix_of(window)
        done = over(view)
        QTest.keyClick(view.run_button, Qt.Key.Key_Return, CONTROL)
        assert view.going
        assert not window.session.sendings.running(window.drafts.current().key), (
            "the key is the matrix's own while it has the focus"
        )
        await until(done)
        works, failed, missing = view.model.counts()
        assert (works > 60, failed) == (True, 0)
        assert missing > 0
        assert view.head.state.accessibleName() == f"All {works} work"
        looks = [view.model.index_of(one.key).data(LOOK) for one in view.model.cells() if one.offered]
        assert all(isinstance(look, Look) and look.cell.ok and look.cell.ttfb_ms for look in looks)

    played(sandbox.profile, script)


def test_a_cell_opens_its_exchange_and_is_composed(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        view = MatrixView(window.desk, window.bench.workspaces.get("sandbox"), window.composer.service)
        view.started.connect(lambda task: window.start(task, "matrix"))
        asked: list[tuple[Exchange, str]] = []
        view.exchange_requested.connect(lambda exchange, title: asked.append((exchange, title)))
        view.exchange_requested.connect(window.session.sendings.reopen)
        view.compose_requested.connect(window.drafts.open_draft)
        window.live.add_view(view, "matrix")
        await until(lambda: view.model.cells())
        assert {one.service for one in view.model.cells()} == {"chat"}
        done = over(view)
        QTest.keyClick(view.grid, Qt.Key.Key_F9)
        await until(done)
        view.grid.setFocus()
        QTest.keyClick(view.grid, Qt.Key.Key_Right)
        QTest.keyClick(view.grid, Qt.Key.Key_C, CONTROL)
        assert "IAM token · Public network · Server-Sent Events: Works 200" in QGuiApplication.clipboard().text()
        QTest.keyClick(view.grid, Qt.Key.Key_Return)
        await until(lambda: asked)
        exchange, title = asked[0]
        assert title == "chat · IAM token · Public network · Server-Sent Events"
        assert exchange.draft.protocol.kind == "sse"
        shown = window.live.current()
        assert shown is not None
        await until(lambda: not shown.live)
        assert shown.header.text_of("status") == "200"
        assert shown.text.toPlainText()
        act(cell_menu(view, view.grid.currentIndex()), "Compose this combination")
        await until(lambda: window.composer.draft().protocol.kind == "sse" and window.composer.body.text())
        assert json.loads(window.composer.body.text())["max_tokens"] > 8, "the sample as it is, not the short one"

    played(sandbox.profile, script)


def test_stop_keeps_what_came_and_the_rest_is_run_later(
    sandbox: Sandbox, played: Played, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def script(window: Window) -> None:
        view = await matrix_of(window)
        done = over(view)
        view.run()
        await until(lambda: view.model.counts()[0] > 3)
        view.grid.setFocus()
        QTest.keyClick(view.grid, Qt.Key.Key_Escape)
        await until(done)
        states = {one.state for one in view.model.cells()}
        assert states >= {"works", "stopped"}
        assert "waiting" not in states
        assert view.head.state.accessibleName().startswith("Stopped")
        before = view.model.counts()[0]
        stopped = [one for one in view.model.cells() if one.state == "stopped"]

        index = view.model.index_of(stopped[-1].key)
        done = over(view)
        act(cell_menu(view, index), "Run this cell")
        await until(done)
        assert view.model.counts()[0] == before + 1

        monkeypatch.setenv("STREAMSCOPE_AKSK_ACCESS_KEY", "wrong")
        done = over(view)
        act(column_menu(view, index.column()), "Run the column")
        await until(done)
        failed = [one for one in view.model.cells() if one.state == "failed"]
        assert {(one.auth, one.protocol) for one in failed} == {("aksk", stopped[-1].protocol)}
        changed = [view.model.found[one.key].kind for one in failed if one.key in view.model.found]
        assert set(changed) <= {"newly failing"}, "what was stopped before is compared with nothing"
        monkeypatch.delenv("STREAMSCOPE_AKSK_ACCESS_KEY")
        done = over(view)
        QTest.mouseClick(view.head.failed_button, Qt.MouseButton.LeftButton)
        await until(done)
        assert view.model.counts()[1] == 0
        assert not [one for one in view.model.cells() if one.state == "stopped"]

        view.head.copy_button.menu().actions()[0].trigger()
        assert "| auth | channel | https | sse | websocket |" in QGuiApplication.clipboard().text()
        view.save_to(tmp_path / "grid.json", "json")
        await until((tmp_path / "grid.json").exists)
        assert len(json.loads((tmp_path / "grid.json").read_text())["cells"]) == len(view.model.cells())
        view.save_to(tmp_path / "grid.json" / "no folder", "csv")
        await until(lambda: view._cards.count())

    played(sandbox.profile, script)


def test_the_last_results_are_there_again(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        view = await matrix_of(window)
        await until(lambda: view.model.counts()[0])
        works = view.model.counts()[0]
        assert f"{works} work" in view.head.more.accessibleName()
        done = over(view)
        view.run()
        await until(done)
        assert view.model.counts()[0] >= works

    async def first(window: Window) -> None:
        view = await matrix_of(window)
        done = over(view)
        view.run()
        await until(done)

    played(sandbox.profile, first)
    played(sandbox.profile, script)


def test_a_matrix_that_is_closed_while_it_runs_stops(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        view = await matrix_of(window)
        view.run()
        await until(lambda: view.runs.running())
        future = view.runs._future
        window.live.close_view(view)
        await until(future.done)

    played(sandbox.profile, script)


def test_the_window_closes_while_the_matrix_runs(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        view = await matrix_of(window)
        view.run()
        await until(lambda: view.runs.running())

    played(sandbox.profile, script)


def act(menu: QMenu, text: str) -> None:
    """Choose from a menu."""
    action = next(one for one in menu.actions() if one.text().startswith(text))
    assert action.isEnabled(), text
    action.trigger()
    menu.deleteLater()
