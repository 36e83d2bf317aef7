"""What the access matrix is, while there is none yet."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from streamscope.gui.marks import IconView, muted_label
from streamscope.gui.theme import strong_font


class EmptyMatrixView(QWidget):
    """A sentence and the keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Which ways in are open?"))
        title.setFont(strong_font(3.0))
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        hint = muted_label(
            self.tr(
                "Each authentication over each channel and protocol: called once, side by side, with its status and "
                "the time to its first byte."
            ),
            wrap=True,
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        for row, (keys, text) in enumerate(
            (
                (self.tr("Ctrl+Return"), self.tr("call every combination")),
                (self.tr("Esc"), self.tr("stop; what came stays")),
                (self.tr("Return"), self.tr("open the exchange of a cell")),
            )
        ):
            key = QLabel(keys)
            key.setObjectName("key")
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(muted_label(text), row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(IconView("grid", "line_strong", 48), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title)
        column.addWidget(hint)
        column.addSpacing(12)
        box = QVBoxLayout()
        box.addLayout(grid)
        column.addLayout(box)
        column.setAlignment(box, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
