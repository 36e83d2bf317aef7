"""Anything in any order: actions, keys, clicks at random; nothing of it may raise the row that tells of a bug."""

import asyncio
import random
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from tests.gui.conftest import Played
from tests.gui.test_window import ready

from streamscope.gui.window import Window

pytestmark = pytest.mark.window

STEPS = 250
TEXTS = ("{", "}", "{{x}}", "a", "中", '"', "http://", "/", "curl -X", "\n", "wss://x", "é😀", "-1", "\ud83d", "\0")
KEYS = tuple(
    getattr(Qt.Key, f"Key_{name}")
    for name in (
        "Return",
        "Escape",
        "Tab",
        "Backtab",
        "Up",
        "Down",
        "Left",
        "Right",
        "Delete",
        "Backspace",
        "F2",
        "Space",
        "Home",
        "End",
        "PageDown",
        "Menu",
    )
)
MODIFIERS = (
    *[Qt.KeyboardModifier.NoModifier] * 6,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Person:
    """Somebody who does not know what they are doing, the same each time for the same seed."""

    def __init__(self, window: Window, seed: int) -> None:
        self.window, self.chance, self.trail = window, random.Random(seed), list[object]()
        self.names = [name for name in window.actions_by_name if name not in ("quit", "close_window")]

    def act(self) -> None:
        """Do one thing."""
        windows = shown()
        if len(windows) > 2:
            next(one for one in windows if one is not self.window).close()
            return
        for dialog in self.window.findChildren(QFileDialog):  # Qt's own, with loops of its own
            dialog.close()
        window = self.chance.choice(windows)
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        what = self.chance.random()
        if what < 0.35 and QApplication.activePopupWidget() is None:  # a list that is open takes every key
            name = self.chance.choice(self.names)
            self.trail.append(name)
            window.actions_by_name[name].trigger()
        elif what < 0.8:
            self._type(over or window)
        else:
            self._click(over or window)

    def _type(self, root: QWidget) -> None:
        target = QApplication.focusWidget() or root
        takers = [one for one in root.findChildren(QWidget) if one.isVisible() and one.focusPolicy()]
        if takers and self.chance.random() < 0.4:
            target = self.chance.choice(takers)
            target.setFocus()
        if self.chance.random() < 0.5:
            text = self.chance.choice(TEXTS)
            self.trail.append((text, type(target).__name__))
            for char in text:
                key = Qt.Key.Key_Return if char == "\n" else Qt.Key.Key_unknown
                event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, char)
                QApplication.sendEvent(target, event)
        else:
            key, modifier = self.chance.choice(KEYS), self.chance.choice(MODIFIERS)
            self.trail.append((key, modifier, type(target).__name__))
            QTest.keyClick(target, key, modifier)

    def _click(self, root: QWidget) -> None:
        targets = [one for one in root.findChildren(QWidget) if one.isVisible() and one.width() > 3 < one.height()]
        if targets:
            target = self.chance.choice(targets)
            self.trail.append(("click", type(target).__name__, target.accessibleName()))
            button = self.chance.choice([*[Qt.MouseButton.LeftButton] * 4, Qt.MouseButton.RightButton])
            place = QPoint(self.chance.randrange(target.width()), self.chance.randrange(target.height()))
            QTest.mouseClick(target, button, pos=place)


def shown() -> list[Window]:
    """The windows that are open."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, Window) and one.isVisible()]


@pytest.mark.parametrize("seed", [22, 24])
def test_nothing_raises_a_bug(played: Played, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found: list[tuple[BaseException, list[object]]] = []

    async def script(window: Window) -> None:
        await ready(window)
        person = Person(window, seed)
        monkeypatch.setattr(Window, "tell_bug", lambda _, error: found.append((error, person.trail[-8:])))
        for _ in range(STEPS):
            person.act()
            if person.chance.random() < 0.4:
                await asyncio.sleep(0)
            if window.closing:
                break
        while (over := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
            over.close()
            await asyncio.sleep(0)
        for one in shown():
            one.close()

    played(tmp_path / "profile", script)  # its own: whoever does anything deletes services, too
    assert not found
