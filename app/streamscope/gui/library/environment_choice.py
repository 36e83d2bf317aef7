"""The environment in force, to be chosen in the window's corner."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget


class EnvironmentChoice(QComboBox):
    """The environment in force, in the window's corner; its last entry opens the dialog."""

    chosen = Signal(str)
    edit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = ""
        self._shown: tuple[list[str], str] | None = None
        self._before: QWidget | None = None
        self.setObjectName("environment")
        self.setAccessibleName(self.tr("Environment"))
        self.setToolTip(self.tr("Environment: where {{variables}} get their values from"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(14)
        self.setMaximumWidth(220)
        self.view().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.activated.connect(self._activated)
        self.show_environments([], "")

    def show_environments(self, names: list[str], current: str) -> None:
        """Show what can be chosen and what is; one that is not there any more is shown all the same."""
        if (list(names), current) == self._shown and self._current == current:
            return  # the list may be open: it is not pulled away under the pointer
        self._shown = (list(names), current)
        self._current = current
        self.clear()
        self.addItem(self.tr("No environment"), "")
        for name in [*names, *([current] if current and current not in names else [])]:
            self.addItem(" ".join(name.split()) or name, name)
            self.setItemData(self.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
        self.insertSeparator(self.count())
        self.addItem(self.tr("Edit environments…"), None)
        self.setCurrentIndex(max(0, self.findData(current)))

    def current(self) -> str:
        """The chosen environment's name, '' for none."""
        return self._current

    def switch(self) -> None:
        """Open the list, for the keyboard; the focus goes back to where it was."""
        self._before = self.window().focusWidget()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.showPopup()

    def hidePopup(self) -> None:
        """Qt's."""
        super().hidePopup()
        before, self._before = self._before, None
        if before is not None and before is not self:
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _activated(self, index: int) -> None:
        name = self.itemData(index)
        if name is None:
            self.setCurrentIndex(max(0, self.findData(self._current)))
            self.edit_requested.emit()
        elif name != self._current:
            self._current = str(name)
            self.chosen.emit(self._current)
