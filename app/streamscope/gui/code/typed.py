"""What typing does beyond inserting a character: pairs, indents, and leaving with Tab."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

PAIRS = {"{": "}", "[": "]", '"': '"'}
INDENT = "  "
MEANT = frozenset('{}[]"')
"""Characters that may mean more than themselves."""
_Move, _Mode = QTextCursor.MoveOperation, QTextCursor.MoveMode


def typed(cursor: QTextCursor, event: QKeyEvent) -> bool:
    """Do what a key means beyond itself; False where it means no more than it says."""
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier):
        return False
    key, text = event.key(), event.text()
    if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return _new_line(cursor)
    if key == Qt.Key.Key_Backspace:
        return _back(cursor)
    if text in PAIRS and _selects_all(cursor):  # who types over everything begins anew
        cursor.insertText(text + PAIRS[text])
        cursor.movePosition(_Move.PreviousCharacter)
        return True
    if text in PAIRS and cursor.hasSelection() and cursor.selectionEnd() - cursor.selectionStart() < 100_000:
        return _surround(cursor, text)
    if cursor.hasSelection() or not text:
        return False
    before, after = around(cursor)
    if text in PAIRS.values() and after[:1] == text and (text != '"' or _closes_text(before)):
        cursor.movePosition(_Move.NextCharacter)
        return True
    if text in PAIRS and _pair_fits(text, before, after):
        cursor.insertText(text + PAIRS[text])
        cursor.movePosition(_Move.PreviousCharacter)
        return True
    if text in ("}", "]") and before and not before.strip(" ") and before.endswith(INDENT):
        cursor.beginEditBlock()
        _take(cursor, len(INDENT))
        cursor.insertText(text)
        cursor.endEditBlock()
        return True
    return False


def indents(cursor: QTextCursor, *, back: bool) -> bool:
    """Whether Tab is for the text here: lines are selected, or there are only blanks before the cursor."""
    document = cursor.document()
    if document.isEmpty():
        return False
    if cursor.hasSelection():
        return document.findBlock(cursor.selectionStart()) != document.findBlock(cursor.selectionEnd())
    before, after = around(cursor)
    if before.strip(" \t"):
        return False
    return bool(before) if back else bool(before or after)


def indent(cursor: QTextCursor, *, back: bool) -> None:
    """Move the selected lines, or the cursor's, by two blanks."""
    document = cursor.document()
    block = document.findBlock(cursor.selectionStart())
    last = document.findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1))
    selected = cursor.hasSelection()
    end = last.blockNumber()
    cursor.beginEditBlock()
    editing = QTextCursor(document)
    while block.isValid() and block.blockNumber() <= end:
        editing.setPosition(block.position())
        text = block.text()
        if back:
            count = 1 if text.startswith("\t") else min(len(INDENT), len(text) - len(text.lstrip(" ")))
            editing.movePosition(_Move.NextCharacter, _Mode.KeepAnchor, count)
            editing.removeSelectedText()
        elif not selected:
            cursor.insertText(INDENT)
        elif text:
            editing.insertText(INDENT)
        block = block.next()
    cursor.endEditBlock()


def around(cursor: QTextCursor) -> tuple[str, str]:
    """The line before the cursor and after it; of a very long one only what is near."""
    block, place = cursor.block(), cursor.positionInBlock()
    if block.length() > 20_000:
        return "x", ""
    text = block.text()
    if text.isascii():
        return text[:place], text[place:]
    wide = text.encode("utf-16-le", "surrogatepass")
    return (
        wide[: 2 * place].decode("utf-16-le", "surrogatepass"),
        wide[2 * place :].decode("utf-16-le", "surrogatepass"),
    )


def _selects_all(cursor: QTextCursor) -> bool:
    selected = cursor.selectionEnd() - cursor.selectionStart()
    return cursor.hasSelection() and selected == cursor.document().characterCount() - 1


def _inside_text(before: str) -> bool:
    return before.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1


def _closes_text(before: str) -> bool:
    escapes = len(before) - len(before.rstrip("\\"))
    return _inside_text(before) and escapes % 2 == 0


def _pair_fits(text: str, before: str, after: str) -> bool:
    if after[:1] not in ("", " ", ",", "}", "]", ":", "\t"):
        return False
    if text == '"':
        return not _inside_text(before) and not (before[-1:].isalnum() or before[-1:] in ('"', "\\"))
    return before.endswith("{") or not _inside_text(before)


def _surround(cursor: QTextCursor, text: str) -> bool:
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    cursor.beginEditBlock()
    edge = QTextCursor(cursor)
    edge.setPosition(end)
    edge.insertText(PAIRS[text])
    edge.setPosition(start)
    edge.insertText(text)
    cursor.endEditBlock()
    cursor.setPosition(start + 1)
    cursor.setPosition(end + 1, _Mode.KeepAnchor)
    return True


def _new_line(cursor: QTextCursor) -> bool:
    before, after = around(cursor)
    blanks = before[: len(before) - len(before.lstrip(" \t"))]
    opens = before.rstrip()[-1:] in ("{", "[") and not _inside_text(before)
    if not blanks and not opens:
        return False
    closes = opens and after[:1] == PAIRS[before.rstrip()[-1:]]
    cursor.beginEditBlock()
    cursor.removeSelectedText()
    cursor.insertText("\n" + blanks + (INDENT if opens else ""))
    place = cursor.position()
    if closes:
        cursor.insertText("\n" + blanks)
    cursor.endEditBlock()
    cursor.setPosition(place)
    return True


def _back(cursor: QTextCursor) -> bool:
    if cursor.hasSelection():
        return False
    before, after = around(cursor)
    if before[-1:] in PAIRS and after[:1] == PAIRS[before[-1:]]:
        cursor.beginEditBlock()
        cursor.deleteChar()
        cursor.deletePreviousChar()
        cursor.endEditBlock()
        return True
    if before and not before.strip(" ") and len(before) % len(INDENT) == 0:
        _take(cursor, len(INDENT))
        return True
    return False


def _take(cursor: QTextCursor, count: int) -> None:
    cursor.movePosition(_Move.PreviousCharacter, _Mode.KeepAnchor, count)
    cursor.removeSelectedText()
