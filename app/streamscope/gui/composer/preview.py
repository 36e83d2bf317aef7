"""The preview: exactly what would leave, and the same as a curl command."""

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QShowEvent, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.code import JsonHighlighter, code_view
from streamscope.gui.composer.preparing import Prepare, Preparing
from streamscope.gui.marks import ElidedLabel, dress, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import size_text, told
from streamscope.model.errors import StreamscopeError

if TYPE_CHECKING:
    from streamscope.engine.preview import Prepared
    from streamscope.interop.curl.quoting import Shell

_REST = 250
"""Milliseconds without an edit after which the preview is made anew."""
USUAL: "Shell" = "powershell" if sys.platform == "win32" else "bash"
"""The shell that a command is copied for where none is chosen."""


class HeadHighlighter(JsonHighlighter):
    """Colours the names of a head's lines, then JSON behind the empty line."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._first = 0

    def highlightBlock(self, text: str) -> None:
        """Qt's."""
        if self.previousBlockState() == 1:
            self.setCurrentBlockState(1)
            super().highlightBlock(text)
            return
        self.setCurrentBlockState(0 if text else 1)
        name, mark, _ = text.partition(": ")
        if mark and self.currentBlock().blockNumber() > 0:
            self.setFormat(0, len(name), self._formats["key"])


class PreviewView(QWidget):
    """The sheet. It follows the edits while it is seen; `copied` tells in a sentence what went to the clipboard."""

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prepared: Prepared | None = None
        self._stale = True
        self._copying: Shell | None = None
        self._asked = Preparing(self)
        self._asked.begun.connect(self._begun)
        self._asked.done.connect(self._show_prepared)
        self._asked.failed.connect(self._show_error)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REST)
        self._soon.timeout.connect(self._again)
        self._lay_out()

    def set_prepare(self, prepare: Prepare | None) -> None:
        """Prepare with this from now on; None while nothing can be prepared."""
        self._asked.set_prepare(prepare)
        self.touch()

    def touch(self) -> None:
        """What is composed has changed: look again, when it is seen."""
        self._stale = True
        if self.isVisible():
            self._soon.start()

    def copy_curl(self, shell: "Shell | None" = None) -> None:
        """Copy what is composed now as a curl command; it is prepared first, also while this view is not seen.

        With secret values a token that is not kept is fetched: the command could not be sent without it.
        """
        self._copying = shell or USUAL
        self._asked.ask(fetch=self.with_values.isChecked())

    def refresh(self, *, fetch: bool = False) -> None:
        """Look again now; `fetch`: a token may be fetched."""
        self._soon.stop()
        self._stale = False
        self._asked.ask(fetch=fetch)

    def text(self) -> str:
        """What is shown."""
        return self.code.toPlainText()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        if self._stale:
            self._soon.start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self._soon.stop()
        if self._copying is None:
            self._asked.stop()

    def stop(self) -> None:
        """Wait for nothing any more: the window closes."""
        self._soon.stop()
        self._asked.stop()

    def _lay_out(self) -> None:
        self.copy = tool_button("copy", self.tr("Copy what is shown; secrets stay masked"), self)
        self.copy.clicked.connect(self._copy_text)
        self.again = tool_button("refresh", self.tr("Look again"), self)
        self.again.clicked.connect(self._again)
        self.curl = QToolButton()
        self.curl.setText(self.tr("Copy as cURL"))
        self.curl.setAccessibleName(self.curl.text())
        self.curl.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.curl.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.curl.setProperty("menu", True)
        dress(self.curl, "copy")
        self.curl.setMenu(self._menu())
        self.line = ElidedLabel("", "muted")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 8, 4)
        bar.setSpacing(4)
        bar.addWidget(self.line, 1)
        bar.addWidget(self.again)
        bar.addWidget(self.copy)
        bar.addWidget(self.curl)
        self.code: QPlainTextEdit = code_view(self.tr("What would be sent"))
        self.code.setProperty("plain", True)
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._colours = HeadHighlighter(self.code.document())
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(12, 0, 12, 4)
        self._cards.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(self._cards)
        column.addWidget(self.code, 1)
        self._room = QWidget()
        self._room.hide()
        column.addWidget(self._room, 1)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        shells: tuple[tuple[Shell, str], ...] = (
            ("bash", self.tr("For bash and POSIX shells")),
            ("cmd", self.tr("For cmd")),
            ("powershell", self.tr("For PowerShell")),
        )
        for shell, label in shells:
            action = menu.addAction(label)
            action.triggered.connect(lambda _=False, shell=shell: self.copy_curl(shell))
        menu.addSeparator()
        self.with_values = QAction(self.tr("With secret values"), self)
        self.with_values.setCheckable(True)
        self.with_values.setToolTip(self.tr("Otherwise the command takes them from variables of the environment"))
        menu.addAction(self.with_values)
        menu.setToolTipsVisible(True)
        return menu

    def _begun(self) -> None:
        if self._prepared is None:
            self.line.set_text(self.tr("Looking…"))

    def _show_prepared(self, made: "Prepared") -> None:
        from streamscope.engine.preview import shown

        self._stale = False
        self._prepared = made
        self._clear_cards()
        scroll = self.code.verticalScrollBar().value()
        text = shown(made, told)
        if text != self.code.toPlainText():
            self.code.setPlainText(text)
            self.code.verticalScrollBar().setValue(scroll)
        self._show_code(True)
        head, body = size_text(len(made.head)), size_text(len(made.request.body))
        size = self.tr("head {head}, body {body}").format(head=head, body=body)
        if not made.request.body:
            size = self.tr("head {head}, no body").format(head=head)
        self.line.set_text(" · ".join([size, *(told(note) for note in made.notes)]))
        if made.lacking:
            self._offer_token()
        if self._copying is not None:
            self._put_curl(made, self._copying)

    def _offer_token(self) -> None:
        card = MessageView(
            "info",
            self.tr("A token will be fetched when this is sent."),
            self.tr("Until then a placeholder stands for it here."),
        )
        self.fetch: QPushButton = card.offer(self.tr("Fetch it now"))
        self.fetch.clicked.connect(lambda: self.refresh(fetch=True))
        self._cards.addWidget(card)

    def _show_error(self, error: StreamscopeError) -> None:
        self._copying = None
        self._prepared = None
        self._clear_cards()
        card = MessageView("error", error.message, error.hint, cause=error.cause)
        card.offer(self.tr("Look again")).clicked.connect(self._again)
        self._cards.addWidget(card)
        self.line.set_text(self.tr("There is nothing to show yet."))
        self.code.clear()
        self._show_code(False)

    def _show_code(self, there: bool) -> None:
        self.code.setVisible(there)
        self._room.setVisible(not there)

    def _again(self) -> None:
        self.refresh()

    def _clear_cards(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self.copied.emit(self.tr("Copied; secrets are masked."))

    def _put_curl(self, made: "Prepared", shell: "Shell") -> None:
        from streamscope.interop.curl import command

        self._copying = None
        values = self.with_values.isChecked()
        text = command(made.request, secrets="values" if values else "variables", shell=shell, names=made.names)
        QGuiApplication.clipboard().setText(text)
        if values:
            self.copied.emit(self.tr("Copied as cURL, with secret values in it."))
        elif "STREAMSCOPE_" in text:
            self.copied.emit(self.tr("Copied as cURL. Its first line tells which variables to set for the secrets."))
        else:
            self.copied.emit(self.tr("Copied as cURL."))
