"""Requests in tabs: opened, filled by services, edited, duplicated, closed, reopened; nothing typed is lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.gui.conftest import Played
from tests.gui.test_window import CONTROL, ready, until
from tests.program import Sandbox

from streamscope.gui.window import Window

pytestmark = pytest.mark.window

SHIFT = Qt.KeyboardModifier.ShiftModifier


async def service(window: Window, name: str) -> None:
    assert window.services.choose("sandbox", name)
    await until(lambda: window.composer.service is not None and window.composer.service.name == name)
    await until(lambda: window.composer.service.complete)


def test_an_untouched_request_gives_way_to_the_next_service(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        count = len(window.drafts.requests)
        await service(window, "ticks")
        assert len(window.drafts.requests) == count
        window.composer.body.editor.selectAll()
        QTest.keyClicks(window.composer.body.editor, "mine")
        await service(window, "classify")
        assert len(window.drafts.requests) == count + 1
        await service(window, "ticks")
        assert len(window.drafts.requests) == count + 1
        assert window.composer.draft().body.text == "mine"

    played(sandbox.profile, script)


def test_a_request_that_was_sent_stays(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        await service(window, "classify")
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        first = window.live.current()
        await until(lambda: not first.live)
        here = window.drafts.current()
        await service(window, "ticks")
        assert window.drafts.current() is not here
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        assert window.live.current() is not first
        window.drafts.show_request(here)
        assert window.live.current() is first

    played(sandbox.profile, script)


def test_the_browsers_keys_work_on_tabs(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        drafts = window.drafts
        first = drafts.current()
        QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
        second = drafts.current()
        assert second is not first
        window.composer.body.choose_kind("text")
        QTest.keyClicks(window.composer.body.editor, "kept words")
        QTest.keyClick(window, Qt.Key.Key_D, CONTROL)
        third = drafts.current()
        assert third.draft == second.draft
        assert third.draft.body.text == "kept words"
        QTest.keyClick(window, Qt.Key.Key_1, CONTROL)
        assert drafts.current() is drafts.requests[0]
        QTest.keyClick(window, Qt.Key.Key_9, CONTROL)
        assert drafts.current() is drafts.requests[-1]
        QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
        assert third not in drafts.requests
        QTest.keyClick(window, Qt.Key.Key_T, CONTROL | SHIFT)
        assert drafts.current().draft == third.draft
        assert window.composer.draft() == third.draft

    played(sandbox.profile, script)


def test_send_pressed_ten_times_leaves_one_running(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        for _ in range(10):
            QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        views = window.live.views()
        assert len(views) == 10
        await until(lambda: sum(view.live for view in views) <= 1)
        await until(lambda: not any(view.live for view in views))
        words = [view.header.word() for view in views]
        assert words[:-1] == ["Stopped"] * 9
        assert words[-1] == "Complete"

    played(sandbox.profile, script)


def test_several_windows_live_side_by_side(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        from PySide6.QtWidgets import QApplication

        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_N, CONTROL | SHIFT)
        windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, Window) and one.isVisible()]
        assert len(windows) == 2
        other = next(one for one in windows if one is not window)
        await ready(other)
        other.close()
        assert not window.closing
        window.activateWindow()
        await until(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: not view.live)
        assert view.header.word() == "Complete"

    played(sandbox.profile, script)


def test_f6_walks_the_panes_and_the_sides_swap(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        from PySide6.QtWidgets import QApplication

        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)  # an answer, for its pane to be entered
        window.composer.address.path.setFocus()
        seen = []
        for _ in range(4):
            QTest.keyClick(window, Qt.Key.Key_F6)
            focus = QApplication.focusWidget()
            panes = {
                "sheets": window.composer.sheets,
                "live": window.live,
                "side": window.sidebar,
                "head": window.composer.head,
            }
            seen.append(next(name for name, pane in panes.items() if pane is focus or pane.isAncestorOf(focus)))
        assert seen == ["sheets", "live", "side", "head"]
        before = window.composer.split.orientation()
        QTest.keyClick(window, Qt.Key.Key_J, CONTROL)
        assert window.composer.split.orientation() != before
        QTest.keyClick(window, Qt.Key.Key_B, CONTROL)
        assert window.sidebar.isHidden()
        QTest.keyClick(window, Qt.Key.Key_F, CONTROL)
        assert window.sidebar.isVisible()

    played(sandbox.profile, script)
