"""A read-only text whose parts have their own tones: written in one go, following the theme."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from streamscope.gui.code import code_view
from streamscope.gui.live.detail.hostile import harmless
from streamscope.gui.live.text.breaking import broken
from streamscope.gui.theme import colour, theme

Part = tuple[str, str, str]
"""A text, the token of its colour, and that of its ground ('' for none)."""
_LARGEST, _MOST = 100_000, 2_500
"""Characters and lines that are shown."""


class MarkedText(QObject):
    """A view and the parts that it shows; it lives as long as the view."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        view: QPlainTextEdit = code_view(name, parent)
        super().__init__(view)
        self.view = view
        self.view.setProperty("plain", True)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._parts: list[Part] = []
        theme.changed.connect(self._write)

    def show_parts(self, parts: Iterable[Part]) -> None:
        """Show these instead; of very much only the beginning."""
        self._parts = []
        left, lines = _LARGEST, _MOST
        for text, tint, ground in parts:
            shown = broken(harmless(text[:left]))[0]
            if shown.count("\n") > lines:
                shown = "\n".join(shown.split("\n", lines + 1)[: lines + 1])
                left = 0
            self._parts.append((shown, tint, ground))
            left -= len(text)
            lines -= shown.count("\n")
            if left <= 0 or lines <= 0 or len(self._parts) >= 2 * _MOST:
                more = QCoreApplication.translate("detail", "There is more that is not shown.")
                self._parts.append((f"\n{more}", "muted", ""))
                break
        self._write()

    def text(self) -> str:
        """What is shown."""
        return "".join(text for text, _, _ in self._parts)

    def _write(self) -> None:
        self.view.clear()
        cursor = QTextCursor(self.view.document())
        cursor.beginEditBlock()
        for text, tint, ground in self._parts:
            shape = QTextCharFormat()
            shape.setForeground(colour(tint))
            if ground:
                shape.setBackground(colour(ground))
            cursor.insertText(text, shape)
        cursor.endEditBlock()
        self.view.moveCursor(QTextCursor.MoveOperation.Start)
