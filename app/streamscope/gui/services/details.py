"""All that is known of one service, below the tree: addresses, what it accepts, limits, APIs, tags, events."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.marks import ElidedLabel, StateView, dress, muted_label, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.services.facts import ApiButton, CopyLine, HappeningLine, caption, wrapped
from streamscope.gui.services.names import badges, note, one_line, shown_name, word
from streamscope.gui.texts import size_text, told
from streamscope.gui.theme import strong_font
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Happening, Sample, Service

_CALM = 40
"""Milliseconds in which rows may pass by before one is shown."""


class DetailsView(QWidget):
    """Shows a service; what it lacks is asked for by whoever shows it."""

    sample_chosen = Signal(object, object)
    matrix_requested = Signal(object)
    manage_requested = Signal(object)
    star_toggled = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.service: Service | None = None
        self.happenings: dict[tuple[str, str], list[Happening] | StreamscopeError] = {}
        self._shelves: Shelves | None = None
        self._name = ElidedLabel()
        self._name.setFont(strong_font())
        self._star = tool_button("star", self.tr("Add to the favourites (*)"), self)
        self._star.clicked.connect(lambda: self.star_toggled.emit(self.service))
        self.manageable: Callable[[Service], bool] = lambda _: False
        self.manage = tool_button("pulse", self.tr("Manage the service"), self)
        self.manage.clicked.connect(lambda: self.manage_requested.emit(self.service))
        self._matrix = tool_button("grid", self.tr("Open the access matrix of its workspace"), self)
        self._matrix.clicked.connect(lambda: self.matrix_requested.emit(self.service))
        close = tool_button("close", self.tr("Close the details (F4)"), self)
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 8, 2)
        head.setSpacing(2)
        head.addWidget(self._name, 1)
        for button in (self.manage, self._star, self._matrix, close):
            head.addWidget(button)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(self.tr("Details of the service"))
        self.area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_CALM)
        self._soon.timeout.connect(self._build)

    def fill(self, shelves: Shelves) -> None:
        """The kinds are there: they are called by their names."""
        self._shelves = shelves
        self._soon.start()

    def show_service(self, service: Service) -> None:
        """Show a service, soon."""
        self.service = service
        self._soon.start()

    def show_happenings(self, service: Service, found: list[Happening] | StreamscopeError) -> None:
        """What happened to a service, or why that cannot be told."""
        self.happenings = {(service.workspace, service.id): found}
        if self.service is not None and self.service.id == service.id:
            self._soon.start()

    def show_favourite(self, is_favourite: Callable[[Service], bool]) -> None:
        """Say whether the service is starred."""
        starred = self.service is not None and is_favourite(self.service)
        dress(self._star, "star-full" if starred else "star", "accent" if starred else "muted")
        text = self.tr("Remove from the favourites (*)") if starred else self.tr("Add to the favourites (*)")
        self._star.setToolTip(text)
        self._star.setAccessibleName(text)

    def _build(self) -> None:
        service = self.service
        if service is None:
            return
        self._name.set_text(shown_name(service))
        self.manage.setVisible(self.manageable(service))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 6, 12, 12)
        column.setSpacing(3)
        self._state(column, service)
        if service.note:
            severity = "error" if service.state == "failed" else "warning"
            column.addWidget(MessageView(severity, note(service)))
        if service.description:
            column.addWidget(wrapped(service.description))
        self._addresses(column, service)
        self._accepted(column, service)
        self._limits(column, service)
        self._apis(column, service)
        if service.tags:
            self._section(column, self.tr("Tags"), wrapped(" · ".join(map(one_line, service.tags))))
        self._section(column, self.tr("Id"), CopyLine("", service.id, self.tr("Copy the id")))
        self._events(column, service)
        column.addStretch(1)
        at = self.area.verticalScrollBar().value() if self.area.property("shows") == service.id else 0
        self.area.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.area.setProperty("shows", service.id)
        self.area.verticalScrollBar().setValue(at)

    def _state(self, column: QVBoxLayout, service: Service) -> None:
        row = QHBoxLayout()
        row.setSpacing(7)
        mark = StateView(size=12)
        mark.show_state(service.state)
        row.addWidget(mark)
        parts = (word(service), one_line(service.generation), one_line(service.workspace))
        row.addWidget(ElidedLabel(" · ".join(part for part in parts if part), "muted"), 1)
        column.addLayout(row)

    def _addresses(self, column: QVBoxLayout, service: Service) -> None:
        lines: list[QWidget] = []
        channels = self._shelves.channels if self._shelves is not None else {}
        for addresses, audience in ((service.addresses, ""), (service.app_addresses, self.tr("for Apps"))):
            for key, url in addresses.items():
                label = " ".join(part for part in (self._label(channels, key), audience) if part)
                lines.append(CopyLine(label, url, self.tr("Copy the address {channel}").format(channel=label)))
        if not lines:
            reading = self.tr("Being read…") if not service.complete else self.tr("None")
            lines.append(muted_label(reading))
        self._section(column, self.tr("Addresses"), *lines)

    def _accepted(self, column: QVBoxLayout, service: Service) -> None:
        shelves = self._shelves
        for title, keys, shelf in (
            (self.tr("Authentication"), service.auth, shelves.auth if shelves is not None else {}),
            (self.tr("Protocols"), service.protocols, shelves.protocols if shelves is not None else {}),
        ):
            if keys:
                every = len(keys) > 1 and len(keys) == len(shelf)
                text = self.tr("any") if every else ", ".join(self._label(shelf, key) for key in keys)
                self._section(column, title, wrapped(text))

    def _limits(self, column: QVBoxLayout, service: Service) -> None:
        parts = []
        if service.body_limit:
            parts.append(self.tr("Body: {size}").format(size=limit_text(service.body_limit)))
        if service.time_limit:
            parts.append(self.tr("Time: {seconds} s").format(seconds=f"{service.time_limit:g}"))
        if service.rate_limit:
            parts.append(self.tr("Rate: {rate}").format(rate=service.rate_limit))
        if parts:
            self._section(column, self.tr("Limits"), wrapped(" · ".join(parts)))

    def _apis(self, column: QVBoxLayout, service: Service) -> None:
        samples = service.apis or tuple(service.samples.values())
        buttons: list[QWidget] = []
        for sample in samples:
            button = ApiButton(sample)
            button.clicked.connect(lambda _=False, one=sample: self._take(service, one))
            buttons.append(button)
        if buttons:
            self._section(column, self.tr("APIs"), *buttons)

    def _events(self, column: QVBoxLayout, service: Service) -> None:
        found = self.happenings.get((service.workspace, service.id))
        if isinstance(found, StreamscopeError):
            self._section(column, self.tr("Events"), wrapped(told(found.message)))
        elif found:
            self._section(column, self.tr("Events"), *(HappeningLine(one) for one in found))

    def _take(self, service: Service, sample: Sample) -> None:
        self.sample_chosen.emit(service, sample)

    def _section(self, column: QVBoxLayout, title: str, *widgets: QWidget) -> None:
        column.addSpacing(7)
        column.addWidget(caption(title))
        for widget in widgets:
            column.addWidget(widget)

    def _label(self, shelf: Mapping[str, object], key: str) -> str:
        kind = shelf.get(key)
        return told(kind.label) if kind is not None and hasattr(kind, "label") else badges((key,))[0]


def limit_text(count: int) -> str:
    """A limit as the platforms write it: their MB are 1024 × 1024 bytes."""
    whole, rest = divmod(count, 1024 * 1024)
    return f"{whole} MB" if whole and not rest else size_text(count)
