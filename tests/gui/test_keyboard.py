"""The window without a mouse: every choice, pane and dialog is reached by key, has a name, and lets the focus go."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)
from tests.gui.conftest import Played
from tests.gui.test_window import CONTROL, ready, until
from tests.program import Sandbox

from streamscope.gui.matrix.view import MatrixView
from streamscope.gui.window import Window
from streamscope.store import library

pytestmark = pytest.mark.window

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QScrollArea, QTabBar,
)  # fmt: skip
DIALOGS = (
    "palette", "workspaces", "credentials", "settings", "environments", "help", "about", "add_service", "save_as",
)  # fmt: skip


async def front(window: Window) -> None:
    """Bring the window to the front, as a desktop does when a dialog or a menu closes."""
    window.activateWindow()
    await until(window.isActiveWindow)


def nameless(root: QWidget) -> list[str]:
    """The controls below a widget that a screen reader could not name."""
    shown = [one for one in root.findChildren(QWidget) if one.isVisible()]
    return [f"{type(one).__name__} in {type(one.parent()).__name__}" for one in shown if _bare(one)]


def _bare(widget: QWidget) -> bool:
    if not isinstance(widget, CONTROLS) or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return False
    inner = widget.parent()
    if isinstance(inner, QComboBox | QAbstractSpinBox | QAbstractScrollArea) or widget.objectName().startswith("qt_"):
        return False  # a part of a control that has a name
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return not (widget.accessibleName() or words)


def ring(root: QWidget) -> list[QWidget]:
    """What Tab reaches from what has the focus, until it comes round; editors that take Tab are left by F6."""
    seen: list[QWidget] = []
    for _ in range(200):
        focus = QApplication.focusWidget()
        if focus is None or focus in seen:
            return seen
        seen.append(focus)
        if isinstance(focus, QPlainTextEdit) and not focus.tabChangesFocus():
            return seen
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never comes round in {root}")


async def opened(window: Window, name: str) -> QDialog:
    """Trigger an action and wait for its dialog."""
    before = set(window.findChildren(QDialog))
    window.actions_by_name[name].trigger()

    def new() -> list[QDialog]:
        return [one for one in window.findChildren(QDialog) if one.isVisible() and one not in before]

    await until(new)
    return new()[0]


def test_every_choice_is_made_by_key(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        composer = window.composer
        body = composer.draft().body
        for key, view in zip((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3), composer.choices.all, strict=True):
            others = [one.key() for one in composer.choices.all if one is not view]
            for row in range(view.combo.count()):
                await front(window)
                composer.address.path.setFocus()
                QTest.keyClick(composer.address.path, key, ALT)
                await until(view.combo.view().isVisible)
                QTest.keyClick(view.combo.view(), Qt.Key.Key_Home)
                for _ in range(row):
                    QTest.keyClick(view.combo.view(), Qt.Key.Key_Down)
                QTest.keyClick(view.combo.view(), Qt.Key.Key_Return)
                await until(lambda row=row, view=view: view.combo.currentIndex() == row)
                assert [one.key() for one in composer.choices.all if one is not view] == others
                assert composer.draft().body == body

    played(sandbox.profile, script)


def test_save_close_reopen_and_resend(sandbox: Sandbox, played: Played, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()

    async def script(window: Window) -> None:
        await ready(window)
        await asyncio.to_thread(window.bench.collections.open, folder)
        composed = window.composer.draft()
        window.save()
        await until(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
        dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
        await until(lambda: dialog.save_button.isEnabled())
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        request = window.drafts.current()
        await until(lambda: request.path is not None and not request.dirty)
        assert library.load(request.path).body == composed.body
        await until(lambda: request.path.stem in [node.name for node in window.collections.model.requests()])
        await front(window)
        QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
        assert window.drafts.of_file(request.path) is None
        QTest.keyClick(window, Qt.Key.Key_T, CONTROL | SHIFT)
        assert window.drafts.current().path == request.path
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        await until(lambda: not window.live.current().live)
        assert window.live.current().header.word() == "Complete"
        await asyncio.to_thread(window.bench.collections.close, folder)

    played(sandbox.profile, script)


def test_the_matrix_from_the_keyboard_is_green(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_M, CONTROL)
        view = window.live.tabs.currentWidget()
        assert isinstance(view, MatrixView)
        over = asyncio.Event()
        view.finished.connect(over.set)
        assert view.run_button.hasFocus()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
        async with asyncio.timeout(60):
            await over.wait()
        worked, failed, _ = view.model.counts()
        assert worked > 50
        assert failed == 0

    played(sandbox.profile, script)


def test_panes_take_the_focus_where_keys_do_something(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        await until(lambda: not window.live.current().live)
        await until(lambda: window.history.model.rowCount() > 0)
        for name in ("services", "history"):
            window.actions_by_name[name].trigger()
            assert isinstance(QApplication.focusWidget(), QAbstractItemView), name
        window.actions_by_name["collections"].trigger()
        assert isinstance(QApplication.focusWidget(), QAbstractItemView | QAbstractButton)
        window.composer.address.path.setFocus()
        window.walk(1)
        assert QApplication.focusWidget() is window.composer.body.editor
        for by in (1, -1):
            seen = []
            for _ in range(4):
                window.walk(by)
                seen.append(QApplication.focusWidget())
            assert len(set(seen)) == 4

    played(sandbox.profile, script)


def test_tab_reaches_every_part_and_is_kept_nowhere(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        await front(window)
        composer = window.composer
        composer.auth.combo.setFocus()
        seen = ring(window)
        for wanted in (composer.auth.combo, composer.channel.combo, composer.protocol.combo, composer.address.method,
                       composer.address.path, composer.address.send, composer.sheets.tabBar()):  # fmt: skip
            assert wanted in seen, wanted.accessibleName()
        editor = composer.body.editor
        editor.setFocus()
        before = editor.toPlainText()
        QTest.keyClick(editor, Qt.Key.Key_F6)
        assert not editor.hasFocus()
        assert editor.toPlainText() == before

    played(sandbox.profile, script)


def test_every_dialog_has_names_and_goes_with_escape(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        for name in DIALOGS:
            dialog = await opened(window, name)
            assert dialog.windowTitle() or dialog.accessibleName(), name
            assert dialog.height() <= 800, name
            assert dialog.width() <= 1280, name
            await until(lambda dialog=dialog: dialog.isAncestorOf(QApplication.focusWidget()))
            assert not nameless(dialog), (name, nameless(dialog))
            assert all(dialog.isAncestorOf(one) for one in ring(dialog)), name
            QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Escape)
            await until(lambda dialog=dialog: dialog not in window.findChildren(QDialog) or not dialog.isVisible())
            await front(window)
        assert not nameless(window), nameless(window)

    played(sandbox.profile, script)


def test_the_focus_is_seen(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        await front(window)
        composer = window.composer
        for widget in (composer.auth.combo, composer.address.path, composer.address.send, composer.address.method,
                       window.services.tree, window.services.filter, composer.body.editor):  # fmt: skip
            window.drafts.bar.setFocus()
            without = widget.grab().toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            assert widget.hasFocus()
            assert widget.grab().toImage() != without, widget.accessibleName()

    played(sandbox.profile, script)
