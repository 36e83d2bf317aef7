"""Markdown, rendered on demand: at most ten times a second, and never so much that the window would stand still."""

import time
from collections.abc import Callable

from PySide6.QtCore import QMimeData, QTimer, QUrl, Signal
from PySide6.QtGui import QImage, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from streamscope.gui.live.text.lane_view import LaneView
from streamscope.gui.live.text.markdown_document import MarkdownDocument, rendered
from streamscope.gui.live.text.paged_view import newer_text, pill
from streamscope.gui.theme import theme

LARGEST = 1_000_000
"""Bytes of text that are rendered, once; what is longer is shown as it is."""
LIVE = 250_000
"""The same while the text grows: rendered again and again, the window has to stay quick."""
SOONEST = 100
"""Milliseconds between two renderings."""
_SHARE = 8
"""A rendering that took long is repeated after so many times as long."""


class MarkdownView(QWidget):
    """A text rendered as Markdown, kept up with while it is seen."""

    link_pointed = Signal(str)

    def __init__(self, source: LaneView, live: Callable[[], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source, self._live = source, live
        self.browser = _Browser()
        self.browser.setAccessibleName(self.tr("Text, rendered as Markdown"))
        self.browser.highlighted.connect(lambda url: self.link_pointed.emit(url.toDisplayString()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.browser, 1)
        self.renderings = 0
        """How often it was rendered."""
        self._shown = -1
        self._following = True
        self._rendering = False
        self._pieces = 0
        self.newer = pill(self, self.tr("Go to the newest text"), "newer")
        self.newer.clicked.connect(self.go_to_end)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SOONEST)
        self._timer.timeout.connect(self.follow)
        self.browser.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.browser.verticalScrollBar().rangeChanged.connect(self._grown)
        theme.changed.connect(self._again)

    @property
    def too_long(self) -> bool:
        """Whether the text is longer than what is rendered."""
        return self._source.shown > (LIVE if self._live() else LARGEST)

    def follow(self) -> None:
        """Render what is new, at most ten times a second; not while something is selected or the reader is elsewhere
        in it than at its end."""
        if self.too_long or self._source.shown == self._shown or self._timer.isActive() or not self.isVisible():
            return
        if self.browser.textCursor().hasSelection() and self._shown >= 0:
            self._timer.start(SOONEST)
            return
        self._render()

    def go_to_end(self) -> None:
        """Go to the end and stay there."""
        bar = self.browser.verticalScrollBar()
        bar.setValue(bar.maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._tell_newer()

    def _tell_newer(self) -> None:
        """How much came since the reader left the end."""
        if self._following:
            self._pieces = self._source.pieces
        count = self._source.pieces - self._pieces
        self.newer.setVisible(count > 0)
        if count:
            self.newer.setText(newer_text(count))
            self.newer.adjustSize()
            size = self.newer.size()
            self.newer.move((self.width() - size.width()) // 2, self.height() - size.height() - 14)

    def _render(self) -> None:
        begun = time.perf_counter()
        self._shown = self._source.shown
        bar = self.browser.verticalScrollBar()
        value = bar.value()
        self._rendering = True
        self.browser.show_document(rendered(self._source.text()))
        bar.setValue(bar.maximum() if self._following else value)
        self._rendering = False
        self.renderings += 1
        self._tell_newer()
        spent = (time.perf_counter() - begun) * 1000
        self._timer.start(max(SOONEST, round(_SHARE * spent)))

    def _again(self) -> None:
        self._shown = -1
        self.follow()

    def _scrolled(self, value: int) -> None:
        if not self._rendering:
            self._following = value >= self.browser.verticalScrollBar().maximum() - 1
            self._tell_newer()

    def _grown(self, _least: int, most: int) -> None:
        if self._following:
            self.browser.verticalScrollBar().setValue(most)


class _Browser(QTextBrowser):
    """Shows a document; follows no link, loads nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("plain", True)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self._document = MarkdownDocument()
        self.setDocument(self._document)

    def show_document(self, document: MarkdownDocument) -> None:
        """Another document in the place of this one."""
        self.setDocument(document)
        self._document = document

    def loadResource(self, _type: int, _name: QUrl | str) -> object:
        """Qt's: nothing, from nowhere."""
        return QImage()

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is seen, as text: no HTML that would be fetched where it is pasted."""
        data = QMimeData()
        data.setText(self.textCursor().selection().toPlainText())
        return data

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's, without its zooming."""
        if event.modifiers():
            event.ignore()
        else:
            super().wheelEvent(event)
