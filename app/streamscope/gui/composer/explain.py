"""What the authentication does to a request: every line that it makes, and where that comes from."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.composer.preparing import Prepare, Preparing
from streamscope.gui.language import retold
from streamscope.gui.marks import muted_label
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font, colour, strong_font, theme
from streamscope.model.errors import StreamscopeError
from streamscope.model.request import Step

if TYPE_CHECKING:
    from streamscope.engine.preview import Prepared

_EMPTY = "⏎"
"""Shown for a line that is empty: it counts in a signature."""


class ExplainView(QWidget):
    """The steps in order, their lines beside their sources; a card above where something is missing or wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked = Preparing(self)
        self._asked.done.connect(self._show_prepared)
        self._asked.failed.connect(self._show_error)
        self._steps: tuple[Step, ...] = ()
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("What the authentication does, line by line"))
        self.tree.setObjectName("headers")
        self.tree.setProperty("plain", True)
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(14)
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.tree.header().setStretchLastSection(True)
        copy = QAction(self.tr("Copy"), self.tree)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        self.tree.addAction(copy)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(12, 8, 12, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._cards)
        column.addWidget(self.tree, 1)
        self.about = muted_label("", wrap=True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setContentsMargins(12, 6, 12, 6)
        self.about.hide()
        self.tree.currentItemChanged.connect(self._tell)
        column.addWidget(self.about)
        self._room = QWidget()
        self._room.hide()
        column.addWidget(self._room, 1)
        theme.changed.connect(self._redress)

    def set_prepare(self, prepare: Prepare | None) -> None:
        """Prepare with this from now on."""
        self._asked.set_prepare(prepare)

    def refresh(self, *, fetch: bool = False) -> None:
        """Look at what is composed now; `fetch`: a token may be fetched."""
        self._asked.ask(fetch=fetch)

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._asked.stop()

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show these steps."""
        self._steps = steps
        self.tree.setVisible(bool(steps))
        self._room.setVisible(not steps)
        self.tree.clear()
        for step in steps:
            top = QTreeWidgetItem([told(step.label)])
            top.setFont(0, strong_font())
            top.setSizeHint(0, QSize(0, 30))
            self.tree.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for line in step.lines:
                source = told(line.source)
                text = retold(line.text)  # what the authentication says of itself; headers and hashes stay as they are
                item = QTreeWidgetItem([text or _EMPTY, source])
                item.setFont(0, code_font())
                item.setToolTip(0, text[:4000])
                item.setToolTip(1, source)
                item.setForeground(1, colour("muted"))
                if not line.text:
                    item.setForeground(0, colour("muted"))
                item.setData(0, Qt.ItemDataRole.UserRole, line.text)
                top.addChild(item)
            top.setExpanded(True)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Both columns are given what they need, as far as there is room."""
        wanted = self.tree.sizeHintForColumn(0) + 24
        self.tree.header().resizeSection(0, max(160, min(wanted, self.tree.viewport().width() * 3 // 5)))

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        """The whole source of the current line, below: the column may be too narrow for it."""
        source = "" if item is None or item.parent() is None else item.text(1)
        self.about.setText(source)
        self.about.setVisible(bool(source))

    def _show_prepared(self, made: "Prepared") -> None:
        self._clear_cards()
        if made.lacking:
            card = MessageView(
                "info",
                self.tr("A token will be fetched when this is sent."),
                self.tr("Until then a placeholder stands for it here."),
            )
            self.fetch: QPushButton = card.offer(self.tr("Fetch it now"))
            self.fetch.clicked.connect(lambda: self.refresh(fetch=True))
            self._cards.addWidget(card)
        self.show_steps(made.steps)

    def _show_error(self, error: StreamscopeError) -> None:
        self._clear_cards()
        card = MessageView("error", error.message, error.hint, cause=error.cause)
        card.offer(self.tr("Look again")).clicked.connect(self._again)
        self._cards.addWidget(card)
        self.show_steps(())

    def _again(self) -> None:
        self.refresh()

    def _clear_cards(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _copy(self) -> None:
        lines: list[str] = []
        for item in self.tree.selectedItems():
            if item.parent() is None:  # a step's own line stands for all of it
                rows = [item.child(row) for row in range(item.childCount())]
                lines += [str(child.data(0, Qt.ItemDataRole.UserRole)) for child in rows if child is not None]
            else:
                lines.append(str(item.data(0, Qt.ItemDataRole.UserRole)))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _redress(self) -> None:
        self.show_steps(self._steps)


class ExplainDialog(QDialog):
    """The explanation in a window of its own; open it with `open()`."""

    def __init__(self, prepare: Prepare, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("What the authentication does"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 560)
        self.view = ExplainView()
        self.view.set_prepare(prepare)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.addWidget(self.view, 1)
        holder = QVBoxLayout()
        holder.setContentsMargins(12, 0, 12, 0)
        holder.addWidget(buttons)
        column.addLayout(holder)
        self.finished.connect(lambda _: self.view.stop())
        self.view.refresh()
