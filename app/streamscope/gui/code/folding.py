"""Brackets that belong together, and lines that are folded away between them."""

from collections.abc import Generator
from typing import NamedTuple

from PySide6.QtGui import QTextBlock

from streamscope.gui.code.colours import LONGEST_LINE
from streamscope.gui.code.document import CodeDocument
from streamscope.gui.code.json_text import brackets

_STEP = 200  # lines between two signs of life


class Spot(NamedTuple):
    """A character of a document: its line, and the place in it in characters."""

    block: QTextBlock
    column: int


def closing(start: Spot) -> Generator[None, None, Spot | None]:
    """The bracket that closes the one here."""
    depth, block, count = 0, start.block, 0
    while block.isValid():
        if block.length() <= LONGEST_LINE:
            for at, char in brackets(block.text()):
                if block == start.block and at < start.column:
                    continue
                depth += 1 if char in "{[" else -1
                if depth == 0:
                    return Spot(block, at)
        block = block.next()
        if (count := count + 1) % _STEP == 0:
            yield
    return None


def opening(start: Spot, depth: int = 0) -> Generator[None, None, Spot | None]:
    """The bracket that opens the one here; with a depth of 1 the one that is open before this place."""
    block, count = start.block, 0
    while block.isValid():
        if block.length() <= LONGEST_LINE:
            for at, char in reversed(list(brackets(block.text()))):
                if block == start.block and (at > start.column or (depth and at == start.column)):
                    continue
                depth += 1 if char in "}]" else -1
                if depth == 0:
                    return Spot(block, at)
        block = block.previous()
        if (count := count + 1) % _STEP == 0:
            yield
    return None


def foldable(block: QTextBlock) -> bool:
    """Whether a line ends by opening an object or an array."""
    return block.length() <= LONGEST_LINE and block.text().rstrip()[-1:] in ("{", "[") and block.next().isValid()


def folded(block: QTextBlock) -> bool:
    """Whether the lines after this one are folded away."""
    after = block.next()
    return block.isVisible() and after.isValid() and not after.isVisible()


def fold(document: CodeDocument, block: QTextBlock) -> bool:
    """Fold away what this line opens, up to the line that closes it."""
    if not foldable(block) or folded(block):
        return False
    at = max(block.text().rfind("{"), block.text().rfind("["))
    end = _finished(closing(Spot(block, at)))
    if end is None or end.block.blockNumber() <= block.blockNumber() + 1:
        return False
    _show(document, block.next(), end.block.blockNumber(), visible=False)
    document.folded += 1
    return True


def unfold(document: CodeDocument, block: QTextBlock) -> bool:
    """Show the lines that were folded away behind this one."""
    if not folded(block):
        return False
    end = block.next()
    while end.isValid() and not end.isVisible():
        end = end.next()
    _show(document, block.next(), end.blockNumber() if end.isValid() else document.blockCount(), visible=True)
    document.folded -= 1
    return True


def reveal(document: CodeDocument, block: QTextBlock) -> bool:
    """Unfold whatever hides this line."""
    if block.isVisible():
        return False
    while block.isValid() and not block.isVisible():
        block = block.previous()
    return unfold(document, block)


def unfold_all(document: CodeDocument) -> None:
    """Show every line."""
    _show(document, document.firstBlock(), document.blockCount(), visible=True)
    document.folded = 0


def around(block: QTextBlock) -> QTextBlock | None:
    """The line that opens what encloses this one."""
    found = _finished(opening(Spot(block, 0), 1))
    return found.block if found is not None else None


def _show(document: CodeDocument, block: QTextBlock, end: int, *, visible: bool) -> None:
    start = block.position()
    last = block
    while block.isValid() and block.blockNumber() < end:
        if block.isVisible() != visible:
            block.setVisible(visible)
            block.setLineCount(max(1, block.layout().lineCount()) if visible else 0)
        last, block = block, block.next()
    document.markContentsDirty(start, last.position() + last.length() - start)
    layout = document.documentLayout()
    layout.documentSizeChanged.emit(layout.documentSize())


def _finished(search: Generator[None, None, Spot | None]) -> Spot | None:
    try:
        while True:
            next(search)
    except StopIteration as end:
        found: Spot | None = end.value
        return found
