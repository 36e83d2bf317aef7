"""Workspaces that cannot be read: what happened, what to try, and the buttons that do it, in the pane itself."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.model.errors import StreamscopeError

_SHOWN = 2


class ProblemsView(QWidget):
    """A card for each workspace that is away, two at most; the rest are counted and marked in the tree."""

    again_requested = Signal(str)
    workspace_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, MessageView] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 8)
        self._column.setSpacing(6)
        self._more = muted_label("", wrap=True)
        self._column.addWidget(self._more)
        self._arrange()

    def show_problem(self, workspace: str, error: StreamscopeError) -> None:
        """Show a workspace's card, in the place of the one that it had."""
        self.drop(workspace)
        card = MessageView("error", f"{workspace}: {told(error.message)}", error.hint, cause=error.cause)
        again = card.offer(self.tr("Try again"))
        again.setAccessibleName(self.tr("Read {workspace} again").format(workspace=workspace))
        again.clicked.connect(lambda: self.again_requested.emit(workspace))
        settings = card.offer(self.tr("Settings"))
        settings.setToolTip(self.tr("Open the settings of {workspace}").format(workspace=workspace))
        settings.setAccessibleName(settings.toolTip())
        settings.clicked.connect(lambda: self.workspace_requested.emit(workspace))
        self.cards[workspace] = card
        self._column.insertWidget(self._column.count() - 1, card)
        self._arrange()

    def drop(self, workspace: str) -> None:
        """A workspace's card leaves."""
        card = self.cards.pop(workspace, None)
        if card is not None:
            card.hide()
            self._column.removeWidget(card)
            card.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        for number, card in enumerate(self.cards.values()):
            card.setVisible(number < _SHOWN)
        more = len(self.cards) - _SHOWN
        self._more.setText(self.tr("More workspaces are away: {count}").format(count=more))
        self._more.setVisible(more > 0)
        self.setVisible(bool(self.cards))
