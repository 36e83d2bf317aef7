"""The whole window against the sandbox: real events on real widgets, real sockets beneath."""

import asyncio
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from tests.gui.conftest import Played
from tests.program import COMMAND, Sandbox, environment

from streamscope.gui import app, demo
from streamscope.gui.matrix.view import MatrixView
from streamscope.gui.window import Window

pytestmark = pytest.mark.window

CONTROL = Qt.KeyboardModifier.ControlModifier


KEYS = [
    (Qt.Key.Key_Return, CONTROL),
    (Qt.Key.Key_L, CONTROL),
    (Qt.Key.Key_M, CONTROL),
    (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
]


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition of the screen."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what is seen on the screen tells of itself by looking
            await asyncio.sleep(0.01)


async def ready(window: Window) -> None:
    """The first service is chosen and complete."""
    await until(lambda: window.composer.service is not None and window.composer.service.complete)
    await until(lambda: window.composer.address.resolved.full.startswith("https://"))


def test_first_start_needs_one_key(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        draft = window.composer.draft()
        assert window.composer.service.name == "chat"
        assert (draft.auth.kind, draft.channel.kind, draft.protocol.kind) == ("token", "public", "sse")
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: view.text.toPlainText())
        assert view.header.word() in ("Live", "Waiting")
        await until(lambda: not view.live)
        assert view.header.word() == "Complete"
        assert view.text.toPlainText() == view.feed.transcript.text
        assert view.findings.count() == 0

    played(sandbox.profile, script)


def test_the_keys_work_from_inside_of_every_editor(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        heard: list[str] = []
        for name, action in window.actions_by_name.items():
            action.triggered.disconnect()
            action.triggered.connect(lambda _checked, name=name: heard.append(name))
        editors = [
            window.composer.body.editor,
            window.composer.address.path,
            window.composer.auth.combo,
            window.services.filter,
            window.services.tree,
        ]
        for editor in editors:
            heard.clear()
            editor.setFocus()
            for key, modifier in KEYS:
                QTest.keyClick(editor, key, modifier)
            assert heard == ["send", "address", "matrix", "refresh", "stop"], type(editor).__name__

    played(sandbox.profile, script)


def test_what_the_window_keeps_is_its_owners_alone(played: Played, tmp_path: Path) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: not view.live)
        await until((tmp_path / "history.sqlite").exists)

    played(tmp_path, script)
    assert (tmp_path / "window.ini").stat().st_size
    assert [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077] == []


def test_stop_works_in_mid_stream(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: view.feed.meter.messages_in > 3)
        assert window.composer.address.stop.isEnabled()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await until(lambda: not view.live)
        assert view.header.word() == "Stopped"
        assert not window.composer.address.stop.isEnabled()

    played(sandbox.profile, script)


def test_closing_in_mid_stream_leaves_nothing(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        for _ in range(3):
            QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: view.feed.meter.messages_in > 3)
        QTest.keyClick(window, Qt.Key.Key_Q, CONTROL)

    played(sandbox.profile, script)


def test_closing_while_ten_streams_run_leaves_nothing(sandbox: Sandbox, played: Played) -> None:
    views = []

    async def script(window: Window) -> None:
        await ready(window)
        draft = replace(window.composer.draft(), headers=(("X-Sandbox-Fault", "stall:30"),))
        for _ in range(10):
            window.send(draft)
            views.append(window.live.current())
        await until(lambda: all(view.feed.meter.messages_in > 1 for view in views))
        assert all(view.live for view in views)
        window.close()

    played(sandbox.profile, script)
    assert len(views) == 10


def test_a_conversation_goes_both_ways(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        assert window.services.choose("sandbox", "chat-live")
        await until(lambda: window.composer.service.name == "chat-live" and window.composer.service.complete)
        window.composer.choose(auth="aksk", protocol="websocket")
        window.composer.address.path.setText("/echo")
        window.composer.messages.set_messages(("one", "two"))
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: view.feed.meter.messages_in == 2)
        QTest.keyClicks(view.outgoing.text, "three")
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: view.feed.meter.messages_in == 3)
        QTest.mouseClick(view.outgoing.close_button, Qt.MouseButton.LeftButton)
        await until(lambda: not view.live)
        assert view.header.word() == "Complete"
        assert view.feed.meter.messages_out == 3

    played(sandbox.profile, script)


def test_a_401_can_be_raised(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        window.composer.choose(auth="api_key")
        window.composer.auth_form.set_values({"api_key": "nonsense"})
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: not view.live)
        assert view.header.text_of("status") == "401"
        assert view.findings.count() >= 1

    played(sandbox.profile, script)


def test_the_matrix_can_be_stopped(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_M, CONTROL)
        view = window.live.tabs.currentWidget()
        assert isinstance(view, MatrixView)
        over = asyncio.Event()
        view.finished.connect(over.set)
        QTest.mouseClick(view.run_button, Qt.MouseButton.LeftButton)
        await until(lambda: view.model.counts()[0] > 0)
        QTest.mouseClick(view.run_button, Qt.MouseButton.LeftButton)
        async with asyncio.timeout(20):
            await over.wait()

    played(sandbox.profile, script)


def test_every_control_has_a_name(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        await until(lambda: not window.live.current().live)
        nameless = [widget for widget in window.findChildren(QWidget) if _wants_name(widget) and not _name(widget)]
        assert not nameless, [(type(one).__name__, type(one.parent()).__name__) for one in nameless]

    played(sandbox.profile, script)


def test_what_is_wrong_with_the_profile_is_told(played: Played, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("this is = = no TOML")

    async def script(window: Window) -> None:
        assert window.messages.isVisible()

    played(tmp_path, script)


def test_no_profile_at_all_is_an_exit_code(tmp_path: Path, dressed: object, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.toml").mkdir()
    assert app.run(tmp_path) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    command = [*COMMAND, "--profile", str(tmp_path / "profile"), "demo", "--out", str(tmp_path / "out")]
    told = environment({"PYTHONFAULTHANDLER": "1"})
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=told) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            while "──" not in process.stdout.readline().decode():
                assert process.poll() is None
            children = psutil.Process(process.pid).children(recursive=True)
            assert children, "the sandbox runs"
            process.send_signal(number)
            assert process.wait(timeout=30) == 130
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # it says where each of its threads is
            pytest.fail(process.stderr.read().decode())
        finally:
            process.kill()
        assert b"Traceback" not in process.stderr.read()  # Qt may say a word of a paint that the signal met
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    assert gone


@pytest.mark.slow
def test_the_guided_demo(sandbox: Sandbox, tmp_path: Path, dressed: object) -> None:
    told: list[str] = []
    assert demo.play(sandbox.profile, tmp_path / "out", told.append) == 0
    kept = {file.name for file in (tmp_path / "out").iterdir()}
    assert kept == {"transcript.txt", "events.jsonl", *(f"window{n}.png" for n in ("", "-2", "-3", "-4", "-5"))}
    text = (tmp_path / "out" / "transcript.txt").read_text()
    assert text.split("\n\n")[0] in "".join(told)


def _wants_name(widget: QWidget) -> bool:
    if not isinstance(widget, QAbstractButton | QAbstractItemView | QComboBox | QLineEdit | QPlainTextEdit):
        return False
    inner = widget.parent()
    if isinstance(inner, QComboBox | QAbstractScrollArea | QLineEdit) or isinstance(inner.parent(), QComboBox):
        return False  # a part of a control that has a name
    return type(inner).__name__ not in ("QTabBar", "QMenuBar") or widget.isVisible()


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
