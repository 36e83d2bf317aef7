"""Finding in bytes, of any number: text or hex, with a count, progress and a way to stop."""

import re
from bisect import bisect_left
from collections.abc import Generator, Sequence
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from streamscope.gui.code.document import Slices
from streamscope.gui.live.detail.keys import OPEN, SearchKeys
from streamscope.gui.live.detail.text_rows import Source
from streamscope.gui.marks import muted_label, retone, tool_button
from streamscope.gui.theme import code_font
from streamscope.model.errors import StoreError

MOST = 50_000
"""Hits that are kept and marked."""
_CHUNK = 1 << 18
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


def wanted_bytes(text: str, *, hexadecimal: bool, case: bool) -> re.Pattern[bytes] | None:
    """The pattern of what is looked for, in small letters where these count as large ones; None where it is no hex."""
    if hexadecimal:
        digits = re.sub(r"0x|[\s,:]", "", text)
        return re.compile(re.escape(bytes.fromhex(digits)), re.DOTALL) if _HEX.fullmatch(digits) else None
    data = text.encode(errors="surrogatepass")
    return re.compile(re.escape(data if case else data.lower()), re.DOTALL)


def hits(
    source: Source,
    wanted: re.Pattern[bytes],
    longest: int,
    found: list[tuple[int, int]],
    *,
    small: bool = False,
    most: int = MOST,
) -> Generator[float, None, bool]:
    """Look through all bytes, some at a time; gives how far it is (0 to 1), returns whether all hits were found.

    `longest` is the length of a hit in bytes; `small`: in small letters (of ASCII), which is quicker than a pattern
    that takes both. Raises OSError or StoreError where the bytes are gone.
    """
    at, past = 0, 0
    while at < (size := source.size()):
        data = source.read(at, _CHUNK + longest - 1)
        if not data:
            break
        for hit in wanted.finditer(data.lower() if small else data, max(0, past - at)):
            if hit.start() >= _CHUNK and at + _CHUNK < size:
                break
            found.append((at + hit.start(), at + hit.end()))
            past = at + hit.end()
            if len(found) >= most:
                return False
        at += _CHUNK
        yield min(1.0, at / size)
    return True


class Searched(Protocol):
    """A widget whose bytes are searched: it marks `hits` and brings one into view."""

    hits: Sequence[tuple[int, int]]

    @property
    def source(self) -> Source:
        """The bytes."""

    def go_to(self, byte: int, end: int) -> None:
        """Bring a hit into view, and choose it."""

    def selection(self) -> tuple[int, int]:
        """What is chosen."""

    def viewport(self) -> QWidget:
        """What is to be painted anew."""


class BytesFindView(QFrame):
    """The bar: what to find, as text or hex, how many there are, which one is in view."""

    def __init__(self, view: Searched, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._hits: list[tuple[int, int]] = []
        self._all = True
        self._wrong = False
        self._part = 0.0
        self._went = False
        self._search = Slices(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self.look)
        self._told = QTimer(self)
        self._told.setInterval(60)
        self._told.timeout.connect(self._tell)
        self.setObjectName("find")
        self.sought = QLineEdit()
        self.sought.setPlaceholderText(self.tr("Find"))
        self.sought.setAccessibleName(self.tr("Find"))
        self.sought.setFont(code_font())
        self.sought.textChanged.connect(self._soon.start)
        self.sought.returnPressed.connect(lambda: self.go(1))
        self.hex = self._switch("0x", self.tr("Bytes as hex: 0d 0a"))
        self.case = self._switch("Aa", self.tr("Match case"))
        self.count = muted_label("")
        self.halt = tool_button("stop", self.tr("Stop looking"), self)
        self.halt.clicked.connect(self.stop)
        up = tool_button("arrow-up", self.tr("Previous (Shift+F3)"), self)
        up.clicked.connect(lambda: self.go(-1))
        down = tool_button("arrow-down", self.tr("Next (F3)"), self)
        down.clicked.connect(lambda: self.go(1))
        close = tool_button("close", self.tr("Close (Esc)"), self)
        close.clicked.connect(lambda _=False: self.close_bar())
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(4)
        for widget in (self.sought, self.hex, self.case, self.count, self.halt, up, down, close):
            row.addWidget(widget, 1 if widget is self.sought else 0)
        self.halt.hide()
        self.hide()
        self._keys = SearchKeys(self._asked, self)
        for watched in (self.sought, view):
            if isinstance(watched, QWidget):
                watched.installEventFilter(self._keys)

    def open(self) -> None:
        """Show the bar and go into it."""
        self.show()
        self.sought.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sought.selectAll()
        if self.sought.text() and not self._hits:
            self.look()

    def close_bar(self, *, focus: bool = True) -> None:
        """Hide the bar and its marks."""
        self.stop()
        self._soon.stop()
        self._hits = []
        self._view.hits = ()
        self._view.viewport().update()
        self._tell()
        self.hide()
        if focus and isinstance(self._view, QWidget):
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def look(self) -> None:
        """Look for all there are."""
        self.stop()
        self._soon.stop()
        self._hits = self._view.hits = []
        self._went = False
        text = self.sought.text()
        wanted = wanted_bytes(text, hexadecimal=self.hex.isChecked(), case=self.case.isChecked()) if text else None
        self._wrong = bool(text) and wanted is None
        self._all = True
        if wanted is not None:
            longest = max(1, len(text.encode(errors="surrogatepass")))
            self._told.start()
            small = not self.case.isChecked() and not self.hex.isChecked()
            search = hits(self._view.source, wanted, longest, self._hits, small=small)
            self._search.start(self._followed(search), self._found)
        self._tell()
        self._view.viewport().update()

    def go(self, step: int) -> None:
        """Choose the next hit or the one before, around the end."""
        if self.isHidden():
            self.open()
        found = self._hits
        if not found:
            return
        start, end = self._view.selection()
        if step > 0:
            place = bisect_left(found, (end if (start, end) in self._chosen() else start, -1)) % len(found)
        else:
            place = bisect_left(found, (start, -1)) - 1
        self._view.go_to(*found[place])
        self._tell()

    def stop(self) -> None:
        """Look no further; what was found stays."""
        if self._search.busy:
            self._search.stop()
            self._all = False
        self._told.stop()
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc closes the bar."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def _asked(self, step: int) -> None:
        if step == OPEN:
            self.open()
        else:
            self.go(step)

    def _followed(self, search: Generator[float, None, bool]) -> Generator[object, None, bool]:
        """The search, with what it says of itself; bytes that are gone end it."""
        try:
            while True:
                self._part = next(search)
                if not self._went and self._hits and self._hits[-1][0] >= self._view.selection()[0]:
                    self._arrive()
                yield None
        except StopIteration as over:
            return bool(over.value)
        except (OSError, StoreError):
            return False

    def _found(self, everything: object) -> None:
        self._told.stop()
        self._all = bool(everything)
        if not self._went and self._hits:
            self._arrive()
        self._tell()
        self._view.viewport().update()

    def _arrive(self) -> None:
        """Choose the first hit from where one is, around the end."""
        self._went = True
        place = bisect_left(self._hits, (self._view.selection()[0], -1)) % len(self._hits)
        self._view.go_to(*self._hits[place])

    def _chosen(self) -> list[tuple[int, int]]:
        """The hit that is selected, as a list of it."""
        start, end = self._view.selection()
        place = bisect_left(self._hits, (start, end))
        return [(start, end)] if self._hits[place : place + 1] == [(start, end)] else []

    def _tell(self) -> None:
        busy = self._search.busy
        self.halt.setVisible(busy)
        if self._wrong:
            said = self.tr("No hex")
        elif not self.sought.text():
            said = ""
        elif not self._hits:
            said = self.tr("{percent} %").format(percent=round(100 * self._part)) if busy else self.tr("None")
        else:
            count = f"{len(self._hits):,}" + ("" if self._all and not busy else "+")
            chosen = self._chosen()
            number = f"{bisect_left(self._hits, chosen[0]) + 1:,}" if chosen else "–"
            said = self.tr("{number} of {count}").format(number=number, count=count)
        self.count.setText(said)
        retone(self.count, "error" if self._wrong or (said and not self._hits and not busy) else "muted")

    def _switch(self, text: str, said: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setProperty("segment", True)
        button.setToolTip(said)
        button.setAccessibleName(said)
        button.toggled.connect(lambda _: self.look())
        return button
