"""The editor for payloads: exact text, line numbers, JSON in colours, folded and judged; and a plain reader."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from streamscope.gui.code.colours import JsonHighlighter
from streamscope.gui.code.document import CodeDocument
from streamscope.gui.code.edit import CodeEdit
from streamscope.gui.code.json_text import mistake_in, place
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font

__all__ = ["CodeDocument", "CodeEdit", "JsonHighlighter", "code_view", "json_mistake"]


def json_mistake(text: str) -> tuple[int, int, str] | None:
    """Line, column and message of the first mistake; None where there is none or where it is no JSON at all."""
    if text[:10_000].lstrip()[:1] not in ("{", "["):
        return None
    found = mistake_in(text)
    return None if found is None else (*place(text, found.at), told(found.what))


def code_view(name: str, parent: QWidget | None = None) -> QPlainTextEdit:
    """A read-only view for payloads."""
    view = QPlainTextEdit(parent)
    view.setAccessibleName(name)
    view.setReadOnly(True)
    view.setUndoRedoEnabled(False)
    view.setFont(code_font())
    view.document().setDocumentMargin(8)
    view.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return view
