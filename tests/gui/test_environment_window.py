"""An environment in the real window: chosen by keyboard, seen in the address, filled when it is sent."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.gui.conftest import Played
from tests.gui.test_window import ready, until
from tests.program import Sandbox
from tests.raw import Served

from streamscope.gui.library.environments import EnvironmentsDialog
from streamscope.gui.variables import VariableMarks
from streamscope.gui.window import Window
from streamscope.model.draft import Choice, Draft
from streamscope.model.environment import Environment, Variable
from streamscope.store.bench import open_bench

pytestmark = pytest.mark.window
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_from_the_key_to_the_wire(played: Played, sandbox: Sandbox, serve: Callable[..., Served]) -> None:
    served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    bench = open_bench(sandbox.profile)
    bench.environments.save(Environment("dev", (Variable("base", served.http), Variable("what", "chat"))))
    bench.close()

    async def script(window: Window) -> None:
        choice = window.environments.choice
        await ready(window)
        await until(lambda: choice.findData("dev") >= 0)
        window.compose(Draft(channel=Choice("address", {"url": "{{base}}/"}), path="/{{what}}/{{nope}}"))
        path = window.composer.address.path
        path.setFocus()
        QTest.keyClick(window, Qt.Key.Key_E, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: choice.view().isVisible())
        QTest.keyClick(choice.view(), Qt.Key.Key_Down)
        QTest.keyClick(choice.view(), Qt.Key.Key_Return)
        await until(lambda: "what" in window.environments.variables.variables.known)
        marks = path.findChild(VariableMarks)
        await until(lambda: [hole.name for hole in marks._marked] == ["what", "nope"])
        assert "no value" in marks.told("nope")
        assert window.focusWidget() is path, "where the person was before"
        window.activateWindow()
        await until(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        await until(lambda: window.live.current() is not None and not window.live.current().live)
        assert not served.requests, "what has no value is not sent"
        window.compose(Draft(channel=Choice("address", {"url": "{{base}}/"}), path="/{{what}}"))
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        await until(lambda: served.requests)
        assert served.requests[0].target == "/chat"
        QTest.keyClick(window, Qt.Key.Key_E, CONTROL)
        await until(lambda: window.findChildren(EnvironmentsDialog))
        (dialog,) = window.findChildren(EnvironmentsDialog)
        await until(lambda: dialog.form.name.text() == "dev")
        dialog.close()
        await until(lambda: not window.findChildren(EnvironmentsDialog))
        await asyncio.sleep(0)

    played(sandbox.profile, script)
    kept = open_bench(sandbox.profile)
    assert kept.settings.get("environment") == "dev"
    kept.settings.set("environment", "")
    kept.environments.remove("dev")
    kept.close()
