"""A tool call as a card: the function's name, its arguments as they join up, and what they are so far."""

import math
import re
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from streamscope.gui.live.text.display import visible
from streamscope.gui.live.text.lane_view import LaneView
from streamscope.gui.live.text.places import reached
from streamscope.gui.marks import ElidedLabel, IconView, muted_label, retone, tool_button
from streamscope.gui.texts import size_text
from streamscope.gui.theme import code_font, strong_font

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane
    from streamscope.gui.live.feed import Feed

_CHECKED = 1 << 15
"""Bytes of arguments that are checked in one frame."""
_PRETTY = 1 << 16
"""Larger arguments are shown as they came."""
_DEEPEST = 64
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_LINES = 14
"""Lines that a card takes at most; what is longer is scrolled."""


class CallCard(QFrame):
    """One tool call of a choice."""

    def __init__(self, feed: "Feed", lane: "Lane", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from streamscope.engine.derived import Lane
        from streamscope.kinds.dialects.json_prefix import JsonPrefix

        self._feed, self._lane = feed, lane
        self._check = JsonPrefix()
        self._checked = self._told = -1
        self._pretty: Lane = Lane(lane.key)
        self.state = ""
        """Whether the arguments are whole JSON, the beginning of some, or neither."""
        self.setObjectName("card")
        self.name = ElidedLabel()
        self.name.setFont(strong_font())
        self._state_mark = IconView("clock", "muted", 14)
        self._state_words = muted_label("")
        self._copy = tool_button("copy", self.tr("Copy the arguments"), self)
        self._copy.clicked.connect(self.copy)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(IconView("route", "accent", 16))
        head.addWidget(self.name, 1)
        head.addWidget(self._state_mark)
        head.addWidget(self._state_words)
        head.addWidget(self._copy)
        self.text = LaneView(self.tr("Arguments of the tool call"))
        self.text.setFont(code_font())
        self.text.document().setDocumentMargin(4)
        self.text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.text.show_lane(lane)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 6, 6)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.text)
        self._fit_soon = QTimer(self)
        self._fit_soon.setSingleShot(True)
        self._fit_soon.setInterval(0)
        self._fit_soon.timeout.connect(self._fit)
        self.text.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit_soon.start())

    @property
    def lane(self) -> "Lane":
        """The arguments as they came."""
        return self._lane

    @property
    def behind(self) -> bool:
        """Whether there is more to check or to lay out."""
        return self._checked < self.text.shown or self.text.behind

    def follow(self) -> None:
        """Show what is new, check a bounded part of it."""
        pieces, size = reached(self._lane, self._feed.read)
        if self.text.lane is self._lane:
            self.text.follow(self._feed.read)
        if self._checked == size and self._told == pieces:
            return
        start = max(0, self._checked)
        end = min(size, start + _CHECKED)
        while end < size and self._lane.text[end] & 0b1100_0000 == 0b1000_0000:
            end += 1
        state = self._check.feed(bytes(self._lane.text[start:end]).decode(errors="replace"))
        self._checked, self._told = end, pieces
        self.name.set_text(visible(self._lane.name, 200) or self.tr("(a call without a name)"))
        self._tell(state if end == size else "partial", size)

    def copy(self) -> None:
        """Copy the arguments as they came."""
        QGuiApplication.clipboard().setText(self.text.text() if self.text.lane is self._lane else self._raw())

    def _raw(self) -> str:
        return bytes(self._lane.text[: self._checked]).decode(errors="replace")

    def _tell(self, state: str, size: int) -> None:
        self.state = state if size else "none"
        icon, tint, words = {
            "whole": ("check", "ok", self.tr("whole JSON")),
            "partial": ("clock", "muted", self.tr("beginning of JSON")),
            "broken": ("error", "error", self.tr("broken JSON")),
            "none": ("clock", "muted", self.tr("no arguments yet")),
        }[self.state]
        if self._feed.done and self.state == "partial":
            icon, tint = "warning", "warn"
        self._state_mark.show_icon(icon, tint)
        self._state_words.setText(words if size < 1000 else f"{words} · {size_text(size)}")
        retone(self._state_words, tint)
        raw = bytes(self._lane.text[:size]) if size <= _PRETTY else b""
        pretty = formatted(raw) if self.state == "whole" and raw else None
        if pretty is not None:
            self._show_pretty(pretty)
        elif self.text.lane is not self._lane:
            self._show(self._lane)

    def _show_pretty(self, pretty: bytes) -> None:
        if self.text.lane is not self._pretty or bytes(self._pretty.text) != pretty:
            self._pretty.text[:] = pretty
            self._show(self._pretty)

    def _show(self, lane: "Lane") -> None:
        """Another text in its place, from its beginning: a card is read from above."""
        self.text.show_lane(lane)
        self.text.follow(self._feed.read)
        if lane is self._pretty:
            self.text.go_to_start()

    def _fit(self) -> None:
        """As high as the text, up to some lines."""
        most = _LINES * QFontMetrics(self.text.font()).lineSpacing()
        tall, block = 0.0, self.text.document().begin()
        while block.isValid() and tall < most:  # a line with letters of another font is higher than others
            tall += self.text.blockBoundingRect(block).height()
            block = block.next()
        margin = round(2 * self.text.document().documentMargin())
        height = math.ceil(min(tall, most)) + margin + self.text.height() - self.text.viewport().height() + 1
        if self._lane.text and height != self.text.height():
            self.text.setFixedHeight(height)
        self.text.setVisible(bool(self._lane.text))


def formatted(text: bytes) -> bytes | None:
    """JSON laid out over lines; None where it is none or nested so deep that indents would outgrow it."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        mark = found.group()
        depth += (mark in b"[{") - (mark in b"]}") if len(mark) == 1 else 0
        if depth > _DEEPEST:
            return None
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
