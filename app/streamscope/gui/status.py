"""What the status line says: an icon and a few quiet words."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from streamscope.gui.marks import IconView, muted_label


class StatusView(QWidget):
    """One thing that is said; nothing is shown while there is nothing to say."""

    def __init__(self, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconView(icon_name, "muted", 14)
        self._words: QLabel = muted_label("")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._words)
        self._icon.hide()

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._words.setText(text)
        self._icon.setVisible(bool(text))

    def text(self) -> str:
        """What is said."""
        return self._words.text()
