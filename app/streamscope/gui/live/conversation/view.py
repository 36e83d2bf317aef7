"""A conversation as people read one: what came and what went, on two sides, with what the protocol did in between."""

import base64
from array import array
from bisect import bisect_left

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHelpEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QToolTip, QVBoxLayout, QWidget

from streamscope.gui.code.json_text import formatted, sound
from streamscope.gui.live.conversation.lines import GAP, RECEIVED, SENT, Lines, Measures
from streamscope.gui.live.conversation.log import LogView
from streamscope.gui.live.conversation.words import Said, gap, said, shown, whole
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.marks import muted_label
from streamscope.model.event import encode
from streamscope.model.redact import MASK

_OPENED = 65_536
"""Bytes of a message that are laid out in its place; all of it is in Events."""
_MOST = 60
"""Lines of it."""
_SENT_AGAIN = 1 << 24
"""Bytes of a message that can be sent again or edited."""


class ConversationView(QWidget):
    """The log of a WebSocket; `send_requested` asks to send a message again, `edit_requested` to put it in the box."""

    send_requested = Signal(object)
    edit_requested = Signal(object)

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self.lines = Lines(feed, Measures(20, 40, 16, 60))
        self.log = LogView(self.lines, self._said, self._laid_out)
        self.empty = muted_label("", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.newer = QPushButton(self)
        self.newer.setObjectName("newer")
        self.newer.setCursor(Qt.CursorShape.PointingHandCursor)
        self.newer.setAccessibleName(self.tr("Go to the newest message"))
        self.newer.clicked.connect(self.log.go_to_end)
        self.newer.hide()
        self._unseen = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.log, 1)
        self.newer.raise_()
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self.follow)
        self.empty.setParent(self.log)
        self.log.viewport().installEventFilter(self)
        self.log.chosen_changed.connect(self._chosen)
        self.log.following_changed.connect(self._followed)
        spotlight.chosen_changed.connect(self._look_at)
        spotlight.evidence_changed.connect(self._point_out)
        spotlight.span_changed.connect(lambda _: self._narrow())
        self._wanted = spotlight.chosen
        """An event that others look at and that is not here yet."""
        self.log.marked = frozenset(spotlight.evidence)
        self._narrow()
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.log)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_text)

    def follow(self) -> None:
        """Show what is new; of very much a part, and the rest soon."""
        before = self.lines.count
        messages = self.lines.extend()
        if self.lines.count != before:
            self.log.grow()
            if not self.log.following and before:
                self._unseen += messages
                self._tell_unseen()
        if self.lines.seen < self._feed.stop:
            self._next.start()
        if 0 <= self._wanted < self.lines.seen:
            self._look_at(self._wanted)
        self._tell_empty()

    def copy_text(self) -> None:
        """The chosen message as it is, or what the chosen line says."""
        index = self.log.chosen
        if index < 0:
            return
        content = self._whole(index)
        if content is None:
            QGuiApplication.clipboard().setText(self.log.text_of(index))
        else:
            QGuiApplication.clipboard().setText(content if isinstance(content, str) else content.hex(" "))

    def copy_json(self) -> None:
        """The chosen event as a line of JSON, as recordings are exported."""
        if self.log.chosen >= 0:
            event = self._feed.exchange.event(self._number(self.log.chosen))
            QGuiApplication.clipboard().setText(encode(event).decode())

    def copy_base64(self) -> None:
        """The chosen message's bytes as base64."""
        content = self._whole(self.log.chosen)
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            QGuiApplication.clipboard().setText(base64.b64encode(data).decode())

    def send_again(self) -> None:
        """Send the chosen message once more; one with a masked secret goes into the box instead."""
        content = self._whole(self.log.chosen)
        if content is None:
            return
        if isinstance(content, str) and MASK in content:
            self.edit_requested.emit(content)
        else:
            self.send_requested.emit(content)

    def edit(self) -> None:
        """Put the chosen message into the box."""
        if (content := self._whole(self.log.chosen)) is not None:
            self.edit_requested.emit(content)

    def menu(self) -> QMenu:
        """What can be done with the chosen line."""
        index, menu = self.log.chosen, QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        message = index >= 0 and self.lines.kind(index) in (RECEIVED, SENT)
        if message:
            opened = self.log.is_open(index)
            text = self.tr("Show the beginning only") if opened else self.tr("Show all of it")
            menu.addAction(text, lambda: self.log.toggle(index))
        if index >= 0:
            menu.addAction(self.tr("Show in Events"), lambda: self._spotlight.show_view("events"))
            menu.addSeparator()
            menu.addAction(self.tr("Copy"), self.copy_text)
        if message:
            menu.addAction(self.tr("Copy as base64"), self.copy_base64)
        if index >= 0 and self.lines.kind(index) != GAP:
            menu.addAction(self.tr("Copy as JSON"), self.copy_json)
        if message:
            menu.addSeparator()
            again = menu.addAction(self.tr("Send again"), self.send_again)
            held = self._feed.exchange.rows(self._number(index), self._number(index) + 1)[2] >> 24 <= _SENT_AGAIN
            again.setEnabled(self._feed.live and held and self.lines.kind(index) == SENT)
            edit = menu.addAction(self.tr("Edit and send…"), self.edit)
            edit.setEnabled(self._feed.live and held)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            place = self.log.viewport().mapFromGlobal(event.globalPos())
            self.log.choose(self.log.line_at(place), seen=False)
        if self.log.chosen >= 0:
            self.menu().popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is hovered says all of itself."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.log.line_at(event.pos())
            text = self.log.text_of(index)[:600] if index >= 0 else ""
            QToolTip.showText(event.globalPos(), f"<qt>{_escaped(text)}</qt>" if text else "", self.log.viewport())
            return True
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _number(self, index: int) -> int:
        return int(self.lines.numbers[index])

    def _said(self, index: int) -> Said:
        if self.lines.kind(index) == GAP:
            return Said(gap(self.lines.silence(index)))
        try:
            return said(self._feed.exchange, self._number(index))
        except OSError as error:  # the disk that the recording is on has gone
            return Said(self.tr("This cannot be read: {why}").format(why=error.strerror or error), tone="error")

    def _whole(self, index: int) -> str | bytes | None:
        if index < 0 or self.lines.kind(index) == GAP:
            return None
        return whole(self._feed.exchange, self._number(index), _SENT_AGAIN)

    def _laid_out(self, index: int) -> list[str]:
        """A message in lines: JSON laid out, anything else as it is, bytes as hex."""
        from streamscope.gui.composer.body_file import hex_lines

        number = self._number(index)
        payload = self._feed.exchange.payload(number, 0, _OPENED)
        size = int(self._feed.exchange.rows(number, number + 1)[2]) >> 24
        cut = size > len(payload)
        try:
            text = payload.decode(errors="strict" if not cut else "ignore")
            binary = False
        except UnicodeDecodeError:
            text, binary = "", True
        if binary or "\0" in text:
            lines = hex_lines(payload, 16 * _MOST).split("\n")
        else:
            looks = text.lstrip()[:1] in ("{", "[") and (cut or sound(text))
            lines = [shown(line) for line in (_formatted(text) if looks else text).split("\n", _MOST)]
        if len(lines) > _MOST or cut:
            lines = [*lines[:_MOST], self.tr("… all of it is in Events")]
        return self._wrapped(lines)

    def _wrapped(self, lines: list[str]) -> list[str]:
        """Long lines broken where they do not fit."""
        letters = max(16, self.log.measures().letters)
        out = [line[at : at + letters] for line in lines for at in range(0, max(1, len(line)), letters)]
        return out if len(out) <= 2 * _MOST else [*out[: 2 * _MOST], self.tr("… all of it is in Events")]

    def _chosen(self, index: int) -> None:
        if index >= 0:
            self._spotlight.look_at(self._number(index))

    def _look_at(self, event: int) -> None:
        self._wanted = event if event >= self.lines.seen else -1
        index = self.lines.of(event) if event >= 0 else -1
        chosen = self.log.chosen
        if index >= 0 and (chosen < 0 or self._number(chosen) != event):
            self.log.choose(index)

    def _point_out(self, events: "array[int]") -> None:
        self.log.marked = frozenset(events)
        first = min(self.log.marked, default=-1)
        if first >= 0 and (index := self.lines.of(first)) >= 0:
            self.log.choose(index)
        self.log.viewport().update()

    def _narrow(self) -> None:
        """Faint is what is outside of the span of time that was chosen."""
        span = self._spotlight.span
        self.log.span = None if span is None else (self._from(span[0]), self._from(span[1] + 1))
        self.log.viewport().update()

    def _from(self, t: int) -> int:
        """The number of the first event at a time or after it."""
        rows = self._feed.exchange.rows
        return bisect_left(range(self._feed.stop), t, key=lambda number: rows(number, number + 1)[0])

    def _followed(self, following: bool) -> None:
        if following and self._unseen:
            self._unseen = 0
            self._tell_unseen()

    def _tell_unseen(self) -> None:
        self.newer.setVisible(self._unseen > 0)
        if self._unseen:
            self.newer.setText(self.tr("%n new ↓", "", self._unseen))
            self._place()

    def _tell_empty(self) -> None:
        waits = self.tr("No message so far. What you send below, and what comes, stands here.")
        none = self.tr("No message went either way.")
        self.empty.setText(none if self._feed.done else waits)
        self.empty.setVisible(not self.lines.messages)
        self._place()

    def _place(self) -> None:
        self.newer.adjustSize()
        size = self.newer.size()
        self.newer.move((self.width() - size.width()) // 2, self.height() - size.height() - 14)
        room = self.log.viewport().rect()
        used = min(self.lines.height, room.height() // 2)
        self.empty.setGeometry(room.adjusted(24, used, -24, 0))


def _formatted(text: str) -> str:
    work = formatted(text)
    try:
        while True:
            next(work)
    except StopIteration as over:
        return str(over.value)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
