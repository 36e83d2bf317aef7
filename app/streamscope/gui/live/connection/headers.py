"""What left and what came back, header by header, and what the authentication did."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from streamscope.gui.language import retold
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.theme import code_font, colour, strong_font, theme
from streamscope.model.event import Head, RequestSent


class HeadersView(QTreeWidget):
    """Sections of names and values: each request, what was done to it, each answer."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:  # noqa: ARG002 - a view's outline
        super().__init__(parent)
        self._feed = feed
        self._shown = 0
        self.setAccessibleName(self.tr("Headers of request and answer"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setObjectName("headers")
        self.setProperty("plain", True)
        self.setIndentation(14)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.header().resizeSection(0, 210)
        self.header().setStretchLastSection(True)
        copy = QAction(self.tr("Copy"), self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.changed.connect(self._redress)

    def follow(self) -> None:
        """Show what is new."""
        heads = self._feed.derived.heads
        for head in heads[self._shown :]:
            if isinstance(head, RequestSent):
                self.show_request(head)
            else:
                self.show_head(head)
            self._shown += 1

    def show_request(self, request: RequestSent) -> None:
        """Add what left."""
        title = self.tr("Request") if request.attempt == 1 else self.tr("Request, attempt %n", "", request.attempt)
        self._section(title, f"{request.method} {request.url}", request.headers)
        if request.notes:
            notes = [(retold(label), retold(text)) for label, text in request.notes]
            self._section(self.tr("What the authentication did"), "", notes)

    def show_head(self, head: Head) -> None:
        """Add what came back."""
        self._section(self.tr("Answer"), f"{head.http_version} {head.status}", head.headers)

    def _section(self, title: str, line: str, pairs: list[tuple[str, str]]) -> None:
        top = QTreeWidgetItem([title, line])
        top.setFont(0, strong_font())
        top.setFont(1, code_font())
        top.setToolTip(1, line)
        self.addTopLevelItem(top)
        for name, value in pairs:
            lines = value.split("\n")
            for number, text in enumerate(lines):
                item = QTreeWidgetItem([name if number == 0 else "", text])
                item.setFont(1, code_font())
                item.setForeground(0, colour("muted"))
                item.setToolTip(1, value if len(value) < 4000 else value[:4000])
                top.addChild(item)
        top.setExpanded(True)

    def _redress(self) -> None:
        for at in range(self.topLevelItemCount()):
            top = self.topLevelItem(at)
            for row in range(top.childCount() if top is not None else 0):
                if top is not None and (child := top.child(row)) is not None:
                    child.setForeground(0, colour("muted"))

    def _copy(self) -> None:
        lines = [": ".join(part for part in (item.text(0), item.text(1)) if part) for item in self.selectedItems()]
        QGuiApplication.clipboard().setText("\n".join(lines))
