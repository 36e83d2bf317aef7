"""All of one value, however long."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from streamscope.gui.live.detail.bytes_find import BytesFindView
from streamscope.gui.live.detail.bytes_view import BytesView
from streamscope.gui.live.detail.hostile import one_line
from streamscope.gui.live.detail.json_spans import structured
from streamscope.gui.live.detail.looked import Held
from streamscope.gui.live.detail.tree import JsonTreeView
from streamscope.gui.marks import ElidedLabel


class ValueDialog(QDialog):
    """A value as text, or the JSON in it as a tree; to be read, searched and copied."""

    def __init__(self, title: str, data: bytes, parent: QWidget | None = None, *, tree: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(one_line(title, 120))
        self.shown = self._tree(data) if tree else self._text(data)
        self.bar = BytesFindView(self.shown)
        self.bar.hex.setHidden(tree)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        path = ElidedLabel(one_line(title, 300), "muted")
        path.setContentsMargins(12, 0, 12, 0)
        column.addWidget(path)
        column.addWidget(self.bar)
        column.addWidget(self.shown, 1)
        column.addWidget(buttons)
        column.setAlignment(buttons, Qt.AlignmentFlag.AlignRight)
        buttons.setContentsMargins(0, 0, 12, 0)
        self.resize(640, 420)

    def _text(self, data: bytes) -> BytesView:
        view = BytesView(self.tr("All of the value"), Held(data))
        view.grown()
        return view

    def _tree(self, data: bytes) -> JsonTreeView:
        view = JsonTreeView()
        search = structured(data)
        try:
            while True:
                next(search)
        except StopIteration as over:
            view.show_json(data, over.value)
        return view
