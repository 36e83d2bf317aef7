"""The bytes of an event as they are: text with escapes for what acts on its surroundings, or hex."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.live.detail.bytes_find import BytesFindView
from streamscope.gui.live.detail.bytes_view import BytesView
from streamscope.gui.live.detail.looked import Held, Looked


class PlainBytesView(QWidget):
    """A view of bytes with a bar that finds in them."""

    def __init__(self, *, hexadecimal: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = self.tr("The chosen event as hex") if hexadecimal else self.tr("The chosen event as it came")
        self.bytes = BytesView(name, Held(), hexadecimal=hexadecimal)
        self.bar = BytesFindView(self.bytes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.bytes, 1)
        self.setFocusProxy(self.bytes)

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self.bar.close_bar(focus=False)
        self.bytes.set_source(looked.source)

    def seen(self) -> str:
        """What is shown."""
        return self.bytes.shown_text()

    def search(self) -> None:
        """Open the bar that finds."""
        self.bar.open()

    def widget(self) -> QWidget:
        """Itself."""
        return self
