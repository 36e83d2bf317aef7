"""The head of the pane of services: its title with counts, its buttons, and the filter that takes URLs as well."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import dress, muted_label, tool_button
from streamscope.gui.theme import strong_font

_SCHEMES = ("http://", "https://", "ws://", "wss://")


class SearchView(QWidget):
    """What is typed is a filter; a URL is none, but offered as a service."""

    filter_changed = Signal(str)
    entered = Signal()
    url_entered = Signal(str)
    left_downwards = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Services"))
        title.setFont(strong_font())
        self.count = muted_label("")
        self.add_button = tool_button("plus", self.tr("Add a service by its URL…"), self)
        self.details_button = tool_button("details", self.tr("Details (F4)"), self)
        self.details_button.setCheckable(True)
        self.refresh_button = tool_button("refresh", self.tr("Refresh the services (F5)"), self)
        self.filter = self._line()
        self.offer = QPushButton(self.tr("Add as a service"))
        self.offer.setAccessibleName(self.tr("Add the URL as a service"))
        self.offer.setProperty("role", "primary")
        self.offer.hide()
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(title)
        row.addSpacing(6)
        row.addWidget(self.count, 1)
        for button in (self.add_button, self.details_button, self.refresh_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.filter)
        column.addWidget(self.offer)
        self.filter.installEventFilter(self)
        self.filter.textChanged.connect(self._changed)
        self.filter.returnPressed.connect(self._entered)
        self.offer.clicked.connect(self._entered)

    def show_counts(self, shown: int, every: int, *, filtered: bool) -> None:
        """How many services there are, and how many of them the filter leaves."""
        text = f"{every:,}" if every else ""
        if filtered:
            text = self.tr("{shown} of {all}").format(shown=f"{shown:,}", all=f"{every:,}")
        self.count.setText(text)
        self.count.setAccessibleName(text)

    def show_busy(self, busy: bool) -> None:
        """While services are read, the same button stops it."""
        dress(self.refresh_button, "stop" if busy else "refresh")
        text = self.tr("Stop reading the services") if busy else self.tr("Refresh the services (F5)")
        self.refresh_button.setToolTip(text)
        self.refresh_button.setAccessibleName(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: in the filter, Esc shows everything again, Down goes into the tree."""
        if watched is self.filter and isinstance(event, QKeyEvent):
            key, pressed = event.key(), event.type() == QEvent.Type.KeyPress
            if key == Qt.Key.Key_Escape and self.filter.text():
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()  # with nothing typed, Esc is the window's
                elif pressed:
                    self.filter.clear()
                return True
            if pressed and key == Qt.Key.Key_Down:
                self.left_downwards.emit()
                return True
        return super().eventFilter(watched, event)

    def _line(self) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(self.tr("Filter, or paste a URL"))
        line.setAccessibleName(self.tr("Filter the services"))
        line.setToolTip(self.tr("Name, id, status or tag; also status:running, auth:token, tag:blue"))
        line.setClearButtonEnabled(True)
        search = QAction(self)
        dress(search, "search")
        line.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        return line

    def _changed(self, text: str) -> None:
        url = text.strip().lower().startswith(_SCHEMES) and len(text.split()) == 1
        self.offer.setVisible(url)
        self.offer.setToolTip(text.strip() if url else "")
        self.filter_changed.emit("" if url else text)

    def _entered(self) -> None:
        if self.offer.isHidden():
            self.entered.emit()
        else:
            url = self.filter.text().strip()
            self.filter.clear()
            self.url_entered.emit(url)
