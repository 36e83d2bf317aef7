"""Benchmarks of the editor beside a bare QPlainTextEdit: a keystroke until it is painted, a large paste, a switch."""

import json
import os
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.counterpart import Row, compared, within

KEYS = 60
LARGE = 12_000_000


def laid_out(size: int) -> str:
    """JSON of about so many characters, two blanks a level."""
    message = {"role": "user", "content": "Clear water runs past the clock", "n": [1, 2.5, True, None]}
    one = len(json.dumps(message, indent=2)) + 34
    return json.dumps({"messages": [message] * (size // one)}, indent=2)


def keystroke() -> list[Row]:
    """A key in the middle of 1 MB of JSON, laid out and as one line, until it is painted (ms)."""
    text = laid_out(1_000_000)
    line = json.dumps(json.loads(text))
    rows = []
    for name, content, keys in (("key_1mb_json_ms", text, KEYS), ("key_1mb_line_ms", line, 12)):
        ours, bare = _both(content)
        _type(bare, keys // 3)
        _type(ours, keys // 3)
        floors, values = [], []
        for _ in range(3):  # by turns, so that a busy machine is busy for both
            floors += _type(bare, keys // 3)
            values += _type(ours, keys // 3)
        rows.append(compared(name, values, floors, 2.0))
        ours.hide()
        bare.hide()
    return rows


def paste() -> list[Row]:
    """12 MB pasted: the longest time for which the window does nothing else, and the whole (ms)."""
    from PySide6.QtCore import QMimeData

    text = laid_out(LARGE)
    ours, bare = _both("")
    data = QMimeData()
    data.setText(text)
    began = time.perf_counter()
    bare.insertPlainText(text)
    _settled()
    floor = (time.perf_counter() - began) * 1e3
    longest, began = 0.0, time.perf_counter()
    step = began
    ours.insertFromMimeData(data)
    while True:
        _settled()
        now = time.perf_counter()
        longest, step = max(longest, (now - step) * 1e3), now
        if not ours.code_document().busy:
            break
    whole = (time.perf_counter() - began) * 1e3
    assert ours.text() == text
    ours.hide()
    bare.hide()
    return [
        within("paste_12mb_stall_ms", [longest], [floor], 500, "ms"),
        compared("paste_12mb_whole_ms", [whole], [floor], 3.0),
    ]


def switch_document() -> list[Row]:
    """Another draft's text of 1 MB is shown and painted (ms)."""
    from streamscope.gui.code import CodeDocument

    ours, bare = _both("")
    documents = [CodeDocument(laid_out(1_000_000)) for _ in range(2)]
    for document in documents:
        document.finish()
    times: list[float] = []
    floors: list[float] = []
    for show, taken in ((bare.setDocument, floors), (ours.set_code_document, times)):
        edit = bare if taken is floors else ours
        for number in range(12):
            began = time.perf_counter()
            show(documents[number % 2])
            edit.repaint()
            taken.append((time.perf_counter() - began) * 1e3)
            _settled()
    ours.hide()
    bare.hide()
    return [within("switch_1mb_ms", times[2:], floors[2:], 30, "ms")]


def _both(text: str) -> tuple[Any, Any]:
    """Our editor and a bare one with the same text, font, size and style."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QPlainTextEdit

    from streamscope.gui.app import application
    from streamscope.gui.code import CodeEdit
    from streamscope.gui.theme import code_font

    application()
    ours, bare = CodeEdit("Body"), QPlainTextEdit()
    bare.setFont(code_font())
    for edit in (ours, bare):
        edit.resize(760, 560)
        edit.show()
    bare.setPlainText(text)
    ours.set_text(text)
    ours.code_document().finish()
    for edit in (ours, bare):
        cursor = edit.textCursor()
        cursor.setPosition(len(text) // 2)
        edit.setTextCursor(cursor)
        edit.centerCursor()
    _settled()
    return ours, bare


def _type(edit: Any, count: int) -> list[float]:
    """Milliseconds from each key until the viewport was painted."""
    from PySide6.QtCore import QEvent, QObject, Qt
    from PySide6.QtTest import QTest

    class Eye(QObject):
        painted = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                Eye.painted = True
            return False

    eye = Eye()
    edit.activateWindow()
    edit.setFocus()
    _settled()
    edit.viewport().installEventFilter(eye)
    times = []
    for _ in range(count):
        _settled()
        Eye.painted = False
        began = time.perf_counter()
        QTest.keyClick(edit, Qt.Key.Key_X)
        _until(lambda: Eye.painted)
        times.append((time.perf_counter() - began) * 1e3)
    edit.viewport().removeEventFilter(eye)
    return times


def _settled() -> None:
    from PySide6.QtWidgets import QApplication

    for _ in range(3):
        QApplication.processEvents()


def _until(true: Callable[[], bool]) -> None:
    from PySide6.QtWidgets import QApplication

    while not true():
        QApplication.processEvents()
