"""The composer: three independent choices, the address, and what is sent. It is read once, into a Draft."""

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from streamscope.gui.composer.address import AddressView
from streamscope.gui.composer.auth import AuthForm
from streamscope.gui.composer.body import BodyView, MessagesEdit
from streamscope.gui.composer.choice import ChoiceView
from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.form import Form
from streamscope.gui.marks import ElidedLabel, IconView
from streamscope.gui.pairs import PairsEditor
from streamscope.gui.texts import told
from streamscope.model.draft import Body, Choice, Draft, Outgoing
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Sample, Service


class ComposerPane(QWidget):
    """Bar above, sheets below; the sheets share a splitter with whatever the window puts beside them."""

    send_requested = Signal(object)
    stop_requested = Signal()
    auth_shown = Signal(str, str)
    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shelves: Shelves | None = None
        self.service: Service | None = None
        self.workspace = ""
        self._channel_form: Form | None = None
        self._channel_values: dict[str, dict[str, str]] = {}
        self.auth = ChoiceView(self.tr("Authentication"), "key")
        self.channel = ChoiceView(self.tr("Channel"), "route")
        self.protocol = ChoiceView(self.tr("Protocol"), "wave")
        self.address = AddressView()
        self.sheets = QTabWidget()
        self.body = BodyView()
        self.messages = MessagesEdit()
        self.headers = PairsEditor(self.tr("Headers"))
        self.auth_form = AuthForm()
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._soon = QTimer(self)  # many changes of one moment are judged once
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.judge)
        self._connect()

    def fill(self, shelves: Shelves) -> None:
        """The kinds are there: fill the three dropdowns."""
        self.shelves = shelves
        self.auth.fill(shelves.auth)
        self.channel.fill(shelves.channels)
        self.protocol.fill(shelves.protocols)
        self._show_channel_form()
        self._show_auth_form()
        self.address.send.setEnabled(True)
        self.judge()

    def draft(self) -> Draft:
        """What is composed, read once from the widgets."""
        text = self.body.text()
        return replace(
            self._head(),
            body=Body("text", text) if text else Body(),
            messages=tuple(Outgoing(message) for message in self.messages.messages()),
        )

    def _head(self) -> Draft:
        """The draft without what is sent: all that decides where it goes, and nothing that may be large."""
        return Draft(
            auth=Choice(self.auth.key(), self.auth_form.values()),
            channel=Choice(self.channel.key(), self._channel_form.values() if self._channel_form else {}),
            protocol=Choice(self.protocol.key()),
            workspace=self.workspace,
            service=self.service.id if self.service else "",
            method=str(self.address.method.currentData()),
            path=self.address.path.text().strip(),
            headers=tuple(self.headers.pairs()),
        )

    def choose(self, *, auth: str = "", channel: str = "", protocol: str = "") -> None:
        """Make choices; what is not named stays, and so does everything else."""
        for view, key in ((self.auth, auth), (self.channel, channel), (self.protocol, protocol)):
            if key:
                view.choose(key)
        self._show_channel_form()
        self._show_auth_form()
        self._show_sheet()
        self._soon.start()

    def set_service(self, service: Service, sample_protocol: str, *, auth: str, channel: str) -> None:
        """A service was chosen: a request that it understands."""
        self._fill_sample(service, sample_protocol, auth=auth, channel=channel)

    def show_draft(self, draft: Draft) -> None:
        """Fill every widget from a draft: the other way of `draft()`."""
        self._channel_values[draft.channel.kind] = dict(draft.channel.values)
        self.choose(auth=draft.auth.kind, channel=draft.channel.kind, protocol=draft.protocol.kind)
        if self._channel_form is not None:
            self._channel_form.set_values(draft.channel.values)
        self.auth_form.set_values(draft.auth.values)
        self.address.choose_method(draft.method)
        self.address.path.setText(draft.path)
        self.headers.set_pairs(draft.headers)
        self.body.set_text(draft.body.text)
        self.messages.set_messages(tuple(message.text for message in draft.messages))
        self._show_sheet()
        self._soon.start()

    def take_state(self) -> object:
        """All that is composed, to be shown again later."""
        return self.draft()

    def show_state(self, state: object) -> None:
        """Show again what was composed."""
        assert isinstance(state, Draft)  # noqa: S101 - what take_state gave
        self.show_draft(state)

    def set_service_of(self, service: Service | None, workspace: str) -> None:
        """The service that the shown draft is about, where it is known."""
        self.service, self.workspace = service, workspace

    def _fill_sample(self, service: Service, sample_protocol: str, *, auth: str, channel: str) -> None:
        self.service = service
        self.workspace = service.workspace
        self.choose(auth=auth, channel=channel, protocol=sample_protocol)
        duplex = self._duplex_samples(service)
        plain = service.samples.get(sample_protocol) or next(iter(service.samples.values()), Sample(method=""))
        self.address.choose_method("" if plain.messages else plain.method)
        self.address.path.setText(plain.path)
        self.body.set_text(plain.body)
        self.messages.set_messages(duplex)
        self._show_sheet()
        self._soon.start()

    def update_service(self, service: Service) -> None:
        """More is known of the chosen service; what is composed stays."""
        self.service = service
        self._soon.start()

    def focus_address(self) -> None:
        """The channel's own address field where it has one, else the path."""
        if self._channel_form is not None and any(field.required for field in self._channel_form.fields):
            self._channel_form.focus_first()
        else:
            self.address.path.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.address.path.selectAll()

    def request_send(self) -> None:
        """Send what is composed."""
        if self.shelves is not None:
            self.send_requested.emit(self.draft())

    def judge(self) -> None:
        """Mark what the service does not offer, and resolve the URL."""
        if self.shelves is None:
            return
        service, reason = self.service, self.shelves.reason
        auth, channel, protocol = self.auth.key(), self.channel.key(), self.protocol.key()
        marks = self.shelves.marks(service, auth, channel, protocol)
        for view, found in zip((self.auth, self.channel, self.protocol), marks, strict=True):
            view.mark(found)
        why = reason(service, auth, channel, protocol)
        self._why.setVisible(why is not None)
        if why is not None:
            text = self.tr("{reason} It can be sent all the same.")
            self._why_text.set_text(text.format(reason=told(why)))
        try:
            self.address.resolved.set_text(self.shelves.resolved(self._head(), service))
        except StreamscopeError as error:
            self.address.resolved.set_text(told(error.message), wrong=True)
        self._count()

    def _lay_out(self) -> None:
        self.address.send.setEnabled(False)
        self.head = bar = QWidget()
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        choices = QHBoxLayout()
        choices.setSpacing(10)
        for view in (self.auth, self.channel, self.protocol):
            choices.addWidget(view, 1)
        self._why = QWidget()
        self._why_text = ElidedLabel("", "warn")
        line = QHBoxLayout(self._why)
        line.setContentsMargins(2, 0, 2, 0)
        line.setSpacing(7)
        line.addWidget(IconView("warning", "warn", 14))
        line.addWidget(self._why_text, 1)
        self._why.hide()
        self._bar = QVBoxLayout(bar)
        self._bar.setContentsMargins(12, 10, 12, 6)
        self._bar.setSpacing(8)
        self._bar.addLayout(choices)
        self._bar.addWidget(self._why)
        self._bar.addWidget(self.address)
        self.sheets.setAccessibleName(self.tr("What is sent"))
        self.sheets.tabBar().setAccessibleName(self.tr("What is sent"))
        head = QWidget()
        inside = QVBoxLayout(head)
        inside.setContentsMargins(12, 10, 12, 10)
        inside.addWidget(self.headers)
        for widget, title in (
            (self.body, self.tr("Body")),
            (self.messages, self.tr("Messages")),
            (head, self.tr("Headers")),
            (self.auth_form, self.tr("Auth")),
        ):
            self.sheets.addTab(widget, title)
        self.split.addWidget(self.sheets)
        self.split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.split, 1)

    def _connect(self) -> None:
        self.auth.changed.connect(lambda _: self._show_auth_form())
        self.channel.changed.connect(lambda _: self._show_channel_form())
        self.protocol.changed.connect(lambda _: self._show_sheet())
        for view in (self.auth, self.channel, self.protocol):
            view.changed.connect(lambda _: self._soon.start())
            view.changed.connect(lambda _: self.edited.emit())
        for part in (self.address, self.body, self.messages, self.headers, self.auth_form):
            part.changed.connect(self._soon.start)
            part.changed.connect(self.edited)
        self.address.send_requested.connect(self.request_send)
        self.address.stop_requested.connect(self.stop_requested)

    def _show_channel_form(self) -> None:
        if self.shelves is None:
            return
        key = self.channel.key()
        if self._channel_form is not None:
            if self._channel_form.property("channel") == key:
                return
            self._channel_values[str(self._channel_form.property("channel"))] = self._channel_form.values()
            self._bar.removeWidget(self._channel_form)
            self._channel_form.deleteLater()
            self._channel_form = None
        fields = self.shelves.channels[key].fields
        if fields:
            self._channel_form = Form(fields)
            self._channel_form.setProperty("channel", key)
            self._channel_form.set_values(self._channel_values.get(key, {}))
            self._channel_form.changed.connect(self._soon.start)
            self._bar.insertWidget(self._bar.indexOf(self.address), self._channel_form)

    def _show_auth_form(self) -> None:
        if self.shelves is not None:
            self.auth_form.show_auth(self.workspace, self.shelves.auth[self.auth.key()])
            self.auth_shown.emit(self.workspace, self.auth.key())

    def _show_sheet(self) -> None:
        """Body and Messages are two sides of one thing: show the one that the protocol sends."""
        if self.shelves is None or self.sheets.currentIndex() > 1:
            return
        self.sheets.setCurrentIndex(1 if self.shelves.protocols[self.protocol.key()].duplex else 0)

    def _duplex_samples(self, service: Service) -> tuple[str, ...]:
        return next((sample.messages for sample in service.samples.values() if sample.messages), ())

    def _count(self) -> None:
        counts = {1: len(self.messages.messages()), 2: len(self.headers.pairs())}
        names = {1: self.tr("Messages"), 2: self.tr("Headers")}
        for index, count in counts.items():
            self.sheets.setTabText(index, f"{names[index]} {count}" if count else names[index])
