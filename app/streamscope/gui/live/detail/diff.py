"""The difference of the chosen event to another: the one before of its kind, a marked one, the one looked at before."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from streamscope.gui.live.detail import facts
from streamscope.gui.live.detail.bytes_copies import as_hex
from streamscope.gui.live.detail.hostile import one_line
from streamscope.gui.live.detail.json_diff import Change, changes, words
from streamscope.gui.live.detail.json_spans import json_path
from streamscope.gui.live.detail.line_diff import runs, shortened
from streamscope.gui.live.detail.looked import Looked, looked
from streamscope.gui.live.detail.marked_text import MarkedText, Part
from streamscope.gui.marks import ElidedLabel
from streamscope.model.errors import StoreError
from streamscope.model.event import Message
from streamscope.store.rows import NAME_AT, OUT_AT, WORDS

_KIND = 15 | 1 << OUT_AT | 2047 << NAME_AT
_LOOKED_BACK, _STEP = 200_000, 4096
_LARGEST = 2_000_000
"""Bytes of a payload that is compared as JSON; of a larger one the beginning is compared as text."""
_TEXT = 100_000
_LONGEST = 2_000
_MOST = 400


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


def lines_of(one: Looked) -> list[str]:
    """An event as lines that can be compared."""
    if not isinstance(one.event, Message):
        lines = facts.laid_out(one.event).split("\n")
        return [*lines, "", *one.text[:_TEXT].split("\n")] if one.text else lines
    if one.text is not None:
        return one.text[:_TEXT].split("\n")
    return [as_hex(one.data[at : at + 16]) for at in range(0, min(len(one.data), _TEXT // 6), 16)]


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
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(self.base, 1)
        row.addWidget(self._said, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._text.view, 1)
        self.setFocusProxy(self.base)

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self._looked = looked
        self._fill(looked)
        self._compare()

    def seen(self) -> str:
        """What is shown."""
        return self._text.text()

    def search(self) -> None:
        """It is short."""

    def widget(self) -> QWidget:
        """Itself."""
        return self

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
        self._text.show_parts(self._parts(other, one))

    def _parts(self, old: Looked, new: Looked) -> Iterator[Part]:
        here, before = value_of(old)
        there, after = value_of(new)
        if here and there:
            try:
                found = changes(before, after)
            except RecursionError:
                found = None
            if found is not None:
                self._said.set_text(
                    self.tr("Changes: {count}").format(count=f"{len(found):,}") if found else self.tr("The same")
                )
                yield from self._structured(found)
                return
        lines = list(shortened(list(runs(lines_of(old), lines_of(new)))))
        changed = sum(run.op == "changed" for run in lines)
        self._said.set_text(
            self.tr("Changes: {count}").format(count=f"{changed:,}") if changed else self.tr("The same")
        )
        for run in lines:
            if run.op == "left out":
                yield self.tr("… lines alike: {count} …").format(count=f"{len(run.old):,}") + "\n", "muted", ""
            elif run.op == "equal":
                yield "".join(f"  {line}\n" for line in run.old), "muted", ""
            else:
                yield from _replaced(run.old, run.new)

    def _structured(self, found: list[Change]) -> Iterator[Part]:
        if not found:
            yield self.tr("Both say the same."), "muted", ""
        for change in found[:_MOST]:
            yield json_path(list(change.way)) + "\n", "code_key", ""
            if change.op == "changed":
                yield from _replaced((_shown(change.old),), (_shown(change.new),))
            elif change.op == "removed":
                yield f"− {_shown(change.old)}\n", "error", "error_soft"
            else:
                yield f"+ {_shown(change.new)}\n", "ok", "info_soft"
        if len(found) > _MOST:
            yield self.tr("… and more: {count}").format(count=f"{len(found) - _MOST:,}"), "muted", ""


def _replaced(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Part]:
    """Lines that replace others, the words that differ on a ground of their own."""
    paired = [list(words(one, other)) for one, other in zip(old, new, strict=False)]
    for place, line in enumerate(old):
        yield "− ", "error", ""
        for op, gone, _ in paired[place] if place < len(paired) else [("changed", line, "")]:
            yield gone, "error" if op == "changed" else "text", "error_soft" if op == "changed" else ""
        yield "\n", "text", ""
    for place, line in enumerate(new):
        yield "+ ", "ok", ""
        for op, _, come in paired[place] if place < len(paired) else [("changed", "", line)]:
            yield come, "ok" if op == "changed" else "text", "info_soft" if op == "changed" else ""
        yield "\n", "text", ""


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
