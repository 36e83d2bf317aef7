"""The difference of the chosen event to another: the one before of its kind, a marked one, the one looked at before."""

from collections.abc import Iterator
from typing import Any

import msgspec
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from streamscope.gui.live.detail import facts
from streamscope.gui.live.detail.bytes_copies import as_hex
from streamscope.gui.live.detail.hostile import one_line
from streamscope.gui.live.detail.hunks import Hunk, Lines, of_changes, of_lines, plain
from streamscope.gui.live.detail.json_diff import changes
from streamscope.gui.live.detail.looked import Looked, looked
from streamscope.gui.live.detail.marked_text import MarkedText, Part
from streamscope.gui.live.detail.segment import SegmentView
from streamscope.gui.marks import ElidedLabel
from streamscope.model.errors import StoreError
from streamscope.model.event import Message
from streamscope.store.rows import NAME_AT, OUT_AT, WORDS

_KIND = 15 | 1 << OUT_AT | 2047 << NAME_AT
_LOOKED_BACK, _STEP = 200_000, 4096
_LARGEST = 2_000_000
"""Bytes of a payload that is compared as JSON; of a larger one the beginning is compared as text."""
_TEXT, _LINES = 100_000, 2_000
"""Characters and lines of a text that are compared."""
_SECONDS = 0.3
_WIDE = 560
"""Pixels from which on both are shown beside each other where that is asked for."""


def before_of_its_kind(one: Looked) -> int:
    """The number of the last event before of the same kind, direction and name; -1 where there is none."""
    exchange = one.feed.exchange
    wanted = exchange.rows(one.number, one.number + 1)[2] & _KIND
    for stop in range(one.number, max(0, one.number - _LOOKED_BACK), -_STEP):
        start = max(0, stop - _STEP)
        packed = exchange.rows(start, stop)[2::WORDS]
        for place in range(len(packed) - 1, -1, -1):
            if packed[place] & _KIND == wanted:
                return start + place
    return -1


def value_of(one: Looked) -> tuple[bool, Any]:
    """Whether the event is JSON that can be compared, and its value."""
    if not one.json or not one.whole or len(one.data) > _LARGEST:
        return False, None
    try:
        return True, msgspec.json.decode(one.data)
    except (ValueError, RecursionError):
        return False, None


def lines_of(one: Looked, start: int = 0) -> tuple[list[str], bool]:
    """An event as lines that can be compared, from a byte of its payload on; and whether these are all."""
    if not isinstance(one.event, Message):
        text = "\n".join([facts.laid_out(one.event), *([one.text] if one.text else [])])
    elif one.text is not None:
        text = one.data[start : start + 4 * _TEXT].decode(errors="ignore")
    else:
        rows = range(start, min(len(one.data), start + 16 * _LINES), 16)
        return [as_hex(one.data[at : at + 16]) for at in rows], rows.stop >= len(one.data)
    lines = text[:_TEXT].split("\n", _LINES)
    every = len(text) <= _TEXT and len(lines) <= _LINES and one.whole and len(one.data) - start <= 4 * _TEXT
    return lines[:_LINES], every


def first_difference(old: bytes, new: bytes) -> int:
    """Where two payloads begin to differ; the shorter one's length where it is how the other begins."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def start_of(old: Looked, new: Looked) -> int:
    """From where on two payloads are compared: a little before they begin to differ, on a line's or a row's start."""
    if max(len(old.data), len(new.data)) <= _TEXT:
        return 0
    first = first_difference(old.data, new.data)
    if old.text is None or new.text is None:
        return max(0, first // 16 - 4) * 16
    near = max(0, first - 400)
    return old.data.find(b"\n", near, first) + 1 or (near if near == 0 or old.data[near] & 0xC0 != 0x80 else near + 4)


class DiffView(QWidget):
    """The difference, and a choice of what to compare with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looked: Looked | None = None
        self._base = "kind"
        self.base = QComboBox()
        self.base.setAccessibleName(self.tr("Compare with"))
        self.base.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.base.setMinimumContentsLength(14)
        self.base.activated.connect(self._chosen)
        self._said = ElidedLabel("", "muted")
        self._text = MarkedText(self.tr("The difference"))
        self._hunks: list[Hunk] = []
        self._part = False
        """Whether only a part of them was compared."""
        self._old = MarkedText(self.tr("The other event"))
        self._new = MarkedText(self.tr("The chosen event"))
        self._both = QWidget()
        pair = QHBoxLayout(self._both)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(1)
        for one, other in ((self._old, self._new), (self._new, self._old)):
            one.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            one.view.verticalScrollBar().valueChanged.connect(other.view.verticalScrollBar().setValue)
            one.view.horizontalScrollBar().valueChanged.connect(other.view.horizontalScrollBar().setValue)
            pair.addWidget(one.view, 1)
        self.beside = SegmentView(self.tr("Side by side"), self.tr("Show both beside each other"))
        self.beside.toggled.connect(lambda _: self._show())
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(self.base, 1)
        row.addWidget(self._said, 1)
        row.addWidget(self.beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._text.view, 1)
        column.addWidget(self._both, 1)
        self._both.hide()
        self.setFocusProxy(self.base)

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self._looked = looked
        self._fill(looked)
        self._compare()

    def seen(self) -> str:
        """What is shown."""
        if self._text.view.isVisibleTo(self):
            return self._text.text()
        return f"{self._old.text()}\n{self._new.text()}"

    def search(self) -> None:
        """It is short."""

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: side by side where there is room."""
        super().resizeEvent(event)
        if self.beside.isHidden() != (self.width() < _WIDE):
            self.beside.setVisible(self.width() >= _WIDE)
            if self.beside.isChecked() and self._hunks:
                self._show()

    def _fill(self, one: Looked) -> None:
        self.base.clear()
        before = before_of_its_kind(one)
        rows = [("kind", before, self.tr("The one before of its kind"))] if before >= 0 else []
        if one.before >= 0 and one.before != one.number:
            rows.append(("before", one.before, self.tr("The one looked at before")))
        for number, said in sorted(one.spotlight.marks.items()):
            if number != one.number:
                rows.append(
                    (f"mark {number}", number, self.tr("Marked: {words}").format(words=one_line(said, 60) or "–"))
                )
        for key, number, said in rows:
            self.base.addItem(f"#{number + 1:,}  {said}", (key, number))
        keys = [key for key, _, _ in rows]
        self.base.setCurrentIndex(keys.index(self._base) if self._base in keys else 0)
        self.base.setEnabled(bool(rows))

    def _chosen(self) -> None:
        self._base = self.base.currentData()[0]
        self._compare()

    def _compare(self) -> None:
        one = self._looked
        self._hunks = []
        self._text.view.show()
        self._both.hide()
        if one is None or self.base.currentIndex() < 0:
            self._said.set_text("")
            self._text.show_parts([(self.tr("There is nothing to compare it with: mark another event."), "muted", "")])
            return
        try:
            other = looked(one.feed, one.spotlight, self.base.currentData()[1])
        except (OSError, StoreError, IndexError) as error:
            self._text.show_parts(
                [(self.tr("The other event cannot be read any more: {reason}").format(reason=error), "error", "")]
            )
            return
        self._hunks = self._found(other, one)
        self._show()

    def _found(self, old: Looked, new: Looked) -> list[Hunk]:
        """The difference: of JSON by its values, of anything else by its lines."""
        self._part = False
        if isinstance(old.event, Message) and isinstance(new.event, Message) and old.whole and old.data == new.data:
            return []
        here, before = value_of(old)
        there, after = value_of(new)
        if here and there:
            try:
                return of_changes(changes(before, after, _SECONDS))
            except RecursionError:
                pass
        start = start_of(old, new)
        (one, all_of_one), (other, all_of_other) = lines_of(old, start), lines_of(new, start)
        self._part = start > 0 or not (all_of_one and all_of_other)
        return of_lines(one, other)

    def _show(self) -> None:
        hunks = self._hunks
        changed = sum(hunk.op == "changed" for hunk in hunks)
        said = self.tr("Changes: {count}").format(count=f"{changed:,}") if changed else self.tr("The same")
        same = self.tr("Both say the same.")
        if self._part:
            said = self.tr("Changes in a part: {count}").format(count=f"{changed:,}")
            same = self.tr("What was compared of them is the same; they are too long to be compared as a whole.")
        self._said.set_text(said)
        beside = self.beside.isChecked() and self.beside.isVisibleTo(self)
        self._text.view.setVisible(not beside)
        self._both.setVisible(beside)
        if not hunks or not changed:
            self._text.show_parts([(same, "muted", "")])
            self._old.show_parts([])
            self._new.show_parts([])
        elif beside:
            self._old.show_parts(self._one_side(hunks, old=True))
            self._new.show_parts(self._one_side(hunks, old=False))
        else:
            self._text.show_parts(self._inline(hunks))

    def _inline(self, hunks: list[Hunk]) -> Iterator[Part]:
        for hunk in hunks:
            if hunk.op in ("way", "left out", "more"):
                yield from self._between(hunk)
            elif hunk.op == "equal":
                for line in hunk.old:
                    yield f"  {plain(line)}\n", "muted", ""
            else:
                yield from _lines("− ", hunk.old, "error", "error_soft")
                yield from _lines("+ ", hunk.new, "ok", "info_soft")

    def _one_side(self, hunks: list[Hunk], *, old: bool) -> Iterator[Part]:
        """One of both, each line at the height of its fellow."""
        for hunk in hunks:
            lines = hunk.old if old else hunk.new
            if hunk.op in ("way", "left out", "more"):
                yield from self._between(hunk)
            elif hunk.op == "equal":
                for line in lines:
                    yield f"{plain(line)}\n", "muted", ""
            else:
                yield from _lines("", lines, "error" if old else "ok", "error_soft" if old else "info_soft")
                yield "\n" * (max(len(hunk.old), len(hunk.new)) - len(lines)), "text", ""

    def _between(self, hunk: Hunk) -> Iterator[Part]:
        if hunk.op == "way":
            yield f"{hunk.way}\n", "code_key", ""
        elif hunk.op == "more":
            yield self.tr("… and more that differ: {count} …").format(count=f"{hunk.count:,}") + "\n", "muted", ""
        else:
            yield self.tr("… lines alike: {count} …").format(count=f"{hunk.count:,}") + "\n", "muted", ""


def _lines(sign: str, lines: Lines, tint: str, ground: str) -> Iterator[Part]:
    """Lines that are gone or have come, the words that differ on a ground of their own."""
    for line in lines:
        if sign:
            yield sign, tint, ""
        for text, differs in line:
            yield text, tint if differs else "text", ground if differs else ""
        yield "\n", "text", ""
