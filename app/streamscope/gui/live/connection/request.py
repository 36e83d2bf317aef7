"""The request exactly as it left, secrets masked, and what the authentication and the handshake made of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.engine.sent import as_request
from streamscope.gui.code import code_view
from streamscope.gui.composer.preview import USUAL, HeadHighlighter
from streamscope.gui.live.connection.following import Following
from streamscope.gui.live.connection.request_rows import rows_of
from streamscope.gui.live.connection.sheet import Row
from streamscope.gui.live.connection.sheet_view import SheetView
from streamscope.gui.live.connection.visible import line
from streamscope.gui.live.connection.written import Written, is_json, written
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.marks import ElidedLabel, dress, tool_button
from streamscope.gui.theme import colour, theme

if TYPE_CHECKING:
    from streamscope.engine.waterfall import Attempt
    from streamscope.model.request import Request

_ATTEMPTS = 500
"""Attempts that can be chosen; later ones are in the Events view."""


class RequestHighlighter(HeadHighlighter):
    """Leaves a body alone that is no JSON."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.json = True

    def highlightBlock(self, text: str) -> None:
        """Qt's."""
        if self.json or self.previousBlockState() != 1:
            super().highlightBlock(text)
        else:
            self.setCurrentBlockState(1)


class RequestView(QWidget):
    """One attempt's request as text, and below it where its lines come from; `copied` tells what was copied."""

    copied = Signal(str)

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spotlight = spotlight
        self._following = Following(feed)
        self._written = Written("")
        self._seen: tuple[int, int] = (-1, -1)
        self._by_hand = False
        self._lay_out()
        self.attempts.activated.connect(self._choose)
        self.pretty.toggled.connect(lambda _: self._show(again=True))
        self.sheet.row_chosen.connect(self._point)
        theme.changed.connect(self._redress)

    def follow(self) -> None:
        """Show what is new."""
        if self._following.follow():
            self._show()

    def attempt(self) -> "Attempt | None":
        """The attempt that is looked at."""
        found = self._following.attempts
        at = self.attempts.currentIndex()
        return found[at] if 0 <= at < len(found) else None

    def as_curl(self) -> str:
        """The request as a curl command, secrets masked."""
        from streamscope.interop.curl import command

        return self._made(lambda request: command(request, secrets="masked", shell=USUAL))

    def as_python(self) -> str:
        """The request as a Python program, secrets masked."""
        from streamscope.interop.python import program

        return self._made(program)

    def as_http(self) -> str:
        """The head and a body of text, as they left."""
        attempt = self.attempt()
        if attempt is None or attempt.request is None:
            return ""
        from streamscope.engine.sent import head_lines

        head = "\n".join(head_lines(attempt.request, attempt.head, attempt.facts))
        body = attempt.request.body
        return f"{head}\n\n{body if isinstance(body, str) else ''}"

    def _made(self, write: "Callable[[Request], str]") -> str:
        attempt = self.attempt()
        if attempt is None or attempt.request is None:
            return ""
        request = as_request(attempt.request, attempt.head, attempt.facts)
        return write(request) if request is not None else ""

    def _lay_out(self) -> None:
        self.attempts = QComboBox()
        self.attempts.setAccessibleName(self.tr("Attempt"))
        self.attempts.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.attempts.setMinimumContentsLength(12)
        self.attempts.hide()
        self.about = ElidedLabel("", "muted")
        self.pretty = tool_button("format", self.tr("Lay the JSON out; it left as it is shown without"), self)
        self.pretty.setCheckable(True)
        self.pretty.hide()
        self.copy = QToolButton()
        self.copy.setText(self.tr("Copy"))
        self.copy.setAccessibleName(self.tr("Copy the request"))
        self.copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.copy.setProperty("menu", True)
        dress(self.copy, "copy")
        self.copy.setMenu(self._menu())
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(6)
        bar.addWidget(self.attempts)
        bar.addWidget(self.about, 1)
        bar.addWidget(self.pretty)
        bar.addWidget(self.copy)
        self.code: QPlainTextEdit = code_view(self.tr("The request as it left"))
        self.code.setProperty("plain", True)
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.code.setPlaceholderText(self.tr("Nothing was sent so far."))
        self._colours = RequestHighlighter(self.code.document())
        self.sheet = SheetView(self.tr("Where the request's lines come from"), explained=True)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.code)
        self.splitter.addWidget(self.sheet)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.splitter, 1)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for words, made in (
            (self.tr("As cURL"), self.as_curl),
            (self.tr("As raw HTTP"), self.as_http),
            (self.tr("As a Python program"), self.as_python),
            (self.tr("What is shown"), self._plain),
            (self.tr("The list below"), self._list),
        ):
            menu.addAction(words).triggered.connect(lambda _=False, made=made: self._put(made()))
        return menu

    def _plain(self) -> str:
        return self.code.toPlainText()

    def _list(self) -> str:
        return self.sheet.text()

    def _put(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(self.tr("Copied; secrets are masked."))

    def _choose(self) -> None:
        self._by_hand = True
        self._show()
        attempt = self.attempt()
        if attempt is not None:
            self._spotlight.look_at(attempt.event)

    def _show(self, *, again: bool = False) -> None:
        found = self._following.attempts
        for at in range(min(self.attempts.count(), max(0, len(found) - 2)), min(len(found), _ATTEMPTS)):
            self._name(at, found[at])
        self.attempts.setVisible(len(found) > 1)
        if not self._by_hand and found:
            self.attempts.setCurrentIndex(min(len(found), _ATTEMPTS) - 1)
        attempt = self.attempt()
        if attempt is None or attempt.request is None:
            return
        at = self.attempts.currentIndex()
        seen = (at, (attempt.head is not None) + 2 * len(attempt.bars) + 1000 * (attempt.end is not None))
        if seen == self._seen and not again:
            return
        self._seen = seen
        self._fill(attempt)

    def _name(self, at: int, attempt: "Attempt") -> None:
        status = str(attempt.head.status) if attempt.head is not None else ""
        name = self.tr("Attempt {number}").format(number=at + 1)
        text = f"{name} · {status}" if status else name
        if at >= self.attempts.count():
            self.attempts.addItem(text)
        else:
            self.attempts.setItemText(at, text)

    def _fill(self, attempt: "Attempt") -> None:
        sent = attempt.request
        if sent is None:
            return
        sections = rows_of(attempt)
        self.about.set_text(" · ".join(line(row.value) for row in sections[0].rows if row.key in _KINDS))
        self.pretty.setVisible(is_json(sent))
        self._written = written(sent, attempt.head, attempt.facts, pretty=self.pretty.isChecked())
        self._colours.json = is_json(sent)
        if self._written.text != self.code.toPlainText():
            self.code.setPlainText(self._written.text)
        self.sheet.model.show_sections(sections)

    def _redress(self) -> None:
        self._point(None)

    def _point(self, row: Row | None) -> None:
        """Show in the text the line that a row was made of."""
        marks: list[QTextEdit.ExtraSelection] = []
        place = self._written.places.get(str(row.key).partition("#")[0]) if row is not None and row.key else None
        if place is not None:
            block = self.code.document().findBlockByNumber(place)
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(block)
            mark.format.setBackground(colour("selected"))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
            self.code.setTextCursor(QTextCursor(block))
            self.code.ensureCursorVisible()
        self.code.setExtraSelections(marks)


_KINDS = frozenset({"auth", "channel", "protocol"})
