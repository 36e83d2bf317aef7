"""The composer: three independent choices, the address, and what is sent. It is read once, into a Draft."""

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from streamscope.gui import defaults
from streamscope.gui.composer.address import AddressView
from streamscope.gui.composer.auth import AuthForm
from streamscope.gui.composer.body import BodyView
from streamscope.gui.composer.channel import ChannelForm
from streamscope.gui.composer.choices import ChoicesView
from streamscope.gui.composer.forms import ChoiceForms
from streamscope.gui.composer.headers import HeadersForm
from streamscope.gui.composer.messages import MessagesView
from streamscope.gui.composer.parameters import ParametersView
from streamscope.gui.composer.settings import SettingsForm
from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.composer.state import ComposerState
from streamscope.gui.composer.target import target
from streamscope.gui.texts import told
from streamscope.gui.walking import enter
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Sample, Service

LATER = 150
"""Milliseconds of rest before the automatic headers are looked up, for which the whole draft is read."""


class ComposerPane(QWidget):
    """Bar above, sheets below; the sheets share a splitter with whatever the window puts beside them.

    `edited`: the draft may have changed. `curl_pasted` tells a cURL command that is to become the draft. `auth_shown`
    tells workspace and kind of the authentication whose form is shown.
    """

    send_requested = Signal(object)
    stop_requested = Signal()
    auth_shown = Signal(str, str)
    edited = Signal()
    curl_pasted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shelves: Shelves | None = None
        self.service: Service | None = None
        self.limits = Limits()
        self._base = Draft()
        self._showing = False
        self._body_edited = self._messages_edited = False
        self._gone = False
        self._sample: Draft | None = None
        self.choices = ChoicesView()
        self.auth, self.channel, self.protocol = self.choices.all
        self.channel_form = ChannelForm()
        self.address = AddressView()
        self.sheets = QTabWidget()
        self.parameters = ParametersView()
        self.body = BodyView()
        self.messages = MessagesView()
        self.headers = HeadersForm()
        self.auth_form = AuthForm()
        self.settings = SettingsForm()
        self._forms = ChoiceForms(self.choices, self.auth_form, self.channel_form, self.settings, self.auth_shown.emit)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._soon = QTimer(self)  # many changes of one moment are judged once
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.judge)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER)
        self._later.timeout.connect(self._show_automatic)
        self._connect()

    @property
    def workspace(self) -> str:
        """The workspace of what is composed."""
        return self._base.workspace

    def fill(self, shelves: Shelves) -> None:
        """The kinds are there: fill the three dropdowns."""
        self.shelves = shelves
        self.choices.fill(shelves)
        self._forms.fill(shelves)
        self.settings.set_dialects(tuple((key, dialect.label) for key, dialect in shelves.dialects.items()))
        self.address.send.setEnabled(True)
        self._show(ComposerState(self._base))
        self.judge()

    def draft(self) -> Draft:
        """What is composed, read once from the widgets; what no widget shows or nobody touched is as it was given."""
        if self.shelves is None:
            return self._base
        head = self._head()
        body = self.body.body() if self._body_edited else self._base.body
        messages = self.messages.messages() if self._messages_edited else self._base.messages
        return replace(head, body=body, messages=messages)

    def _head(self) -> Draft:
        """The draft without what is sent: all that decides where it goes, and nothing that may be large."""
        auth, channel, protocol = self._forms.choices()
        query, headers = self.parameters.unsent(), self.headers.unsent()
        given = self._base.unsent
        if (query, headers) != tuple(tuple(one for one in given if one.place == place) for place in _PLACES):
            given = (*query, *headers)
        head = replace(
            self._base,
            auth=auth,
            channel=channel,
            protocol=protocol,
            method=self.address.method_text(),
            path=self.address.path.path(),
            headers=self.headers.headers(),
            unsent=given,
            without=self.headers.without(),
            body=Body(),
            messages=(),
        )
        return self.settings.applied(head)

    def choose(self, *, auth: str = "", channel: str = "", protocol: str = "") -> None:
        """Make choices; what is not named stays, and so does everything else."""
        for view, key in zip(self.choices.all, (auth, channel, protocol), strict=True):
            if key:
                view.choose(key)
        self._turned()

    @property
    def touched(self) -> bool:
        """Whether anything was composed since the service filled the sheets."""
        return self.shelves is not None and self.draft() != self._sample

    def set_service(self, service: Service, sample_protocol: str, *, auth: str, channel: str) -> None:
        """A service was chosen: a request that it understands."""
        self.service, self._gone = service, False
        samples = service.samples
        plain = samples.get(sample_protocol) or next(iter(samples.values()), Sample(method=""))
        duplex = next((sample.messages for sample in samples.values() if sample.messages), ())
        kind = "json" if plain.body.lstrip()[:1] in ("{", "[") else "text"
        draft = Draft(
            auth=Choice(auth or self._base.auth.kind),
            channel=Choice(channel or self._base.channel.kind),
            protocol=Choice(sample_protocol or self._base.protocol.kind),
            workspace=service.workspace,
            service=service.id,
            method="" if plain.messages else plain.method,
            path=plain.path,
            body=Body(kind, plain.body) if plain.body else Body(),  # type: ignore[arg-type]  # kind is one of two
            messages=tuple(Outgoing(message) for message in duplex),
            limits=self.limits,
        )
        self._show(ComposerState(draft), recall=True)
        self._sample = self.draft()

    def show_draft(self, draft: Draft) -> None:
        """Fill every widget from a draft: the other way of `draft()`."""
        self._show(ComposerState(draft))

    def take_state(self) -> ComposerState:
        """All that is composed, to be shown again later; the documents go along, others take their place."""
        pasts = (self.parameters.model.past(), self.headers.model.past())
        return ComposerState(self.draft(), self._forms.others(), self.body.document(), self.messages.document(), pasts)

    def show_state(self, state: object) -> None:
        """Show again what was composed."""
        assert isinstance(state, ComposerState)  # noqa: S101 - what take_state gave
        self._show(state)

    def set_service_of(self, service: Service | None, workspace: str) -> None:
        """The service that the draft is about which is shown next, where it is known."""
        self.service, self._gone = service, False
        self._base = replace(self._base, workspace=workspace, service=service.id if service else self._base.service)

    def update_service(self, service: Service) -> None:
        """More is known of the chosen service; what is composed stays."""
        self.service, self._gone = service, False
        self._soon.start()

    def service_gone(self, workspace: str, service: str) -> None:
        """A service is no longer there: what is composed for it stays, and says so."""
        if (workspace, service) == (self._base.workspace, self._base.service):
            self._gone = True
            self._soon.start()

    def add_sheet(self, widget: QWidget, title: str) -> None:
        """One more sheet, behind the others."""
        self.sheets.addTab(widget, title)

    def show_sheet(self, widget: QWidget) -> None:
        """Bring a sheet to the front and go into it."""
        shown = self._content if widget in (self.body, self.messages) else widget
        self.sheets.setCurrentWidget(shown)
        enter(widget)

    def focus_address(self) -> None:
        """The channel's own address field where it has one, else the path."""
        if self.channel_form.wants_address:
            self.channel_form.focus_first()
        else:
            self.address.path.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.address.path.selectAll()

    def request_send(self) -> None:
        """Send what is composed."""
        self.address.path.settle()
        if self.shelves is not None:
            self.send_requested.emit(self.draft())

    def judge(self) -> None:
        """Mark what the service does not offer, and resolve the URL."""
        if self.shelves is None:
            return
        gone = (self.service.name if self.service is not None else self._base.service) if self._gone else ""
        self.choices.judge(self.shelves, self.service, gone)
        try:
            head = self._head()
            if (whole := target(head.path)) is not None:
                head = replace(head, path=whole.path, channel=Choice(defaults.BY_HAND, {"url": whole.base}))
            self.address.resolved.set_text(self.shelves.resolved(head, self.service))
        except StreamscopeError as error:
            self.address.resolved.set_text(told(error.message), wrong=True)
        except UnicodeError:
            self.address.resolved.set_text(self.tr("The path holds half a character: it cannot be sent."), wrong=True)
        self._count()
        self._later.start()

    def _show(self, state: ComposerState, *, recall: bool = False) -> None:
        draft = state.draft
        if self.service is not None and (self.service.workspace, self.service.id) != (draft.workspace, draft.service):
            self.service = None
        self._base = draft
        if self.shelves is None:
            return
        self._showing = True
        try:
            self._forms.show(draft, state.others, recall=recall)
            self.address.choose_method(draft.method)
            self.address.path.show_path(draft.path)
            unsent = [tuple(one for one in draft.unsent if one.place == place) for place in _PLACES]
            self.parameters.show_parameters(draft.path, unsent[0])
            self.headers.show_headers(draft.headers, unsent[1], draft.without)
            self.settings.show_settings(draft)
            self._show_content(state)
            for model, past in zip((self.parameters.model, self.headers.model), state.pasts, strict=False):
                if past != model.past():
                    model.set_past(past)
            self._show_side()
        finally:
            self._showing = False
        self._soon.start()

    def _show_content(self, state: ComposerState) -> None:
        """Body and messages, each in the document that belongs to this draft."""
        if state.body is None:
            self.body.set_body(state.draft.body)
        else:
            self.body.set_document(state.body)
        if state.messages is None:
            self.messages.set_messages(state.draft.messages)
        else:
            self.messages.set_document(state.messages)
        self._body_edited = self._messages_edited = False

    def _lay_out(self) -> None:
        self.address.send.setEnabled(False)
        self.head = bar = QWidget()
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(bar)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.choices)
        column.addWidget(self.channel_form)
        column.addWidget(self.address)
        self._lay_out_sheets()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(bar)
        whole.addWidget(self.split, 1)
        self.setTabOrder(self.protocol.combo, self.address.method)
        self.setTabOrder(self.address.copy, self.sheets.tabBar())

    def _lay_out_sheets(self) -> None:
        self.sheets.setObjectName("request")
        self.sheets.setAccessibleName(self.tr("What is sent"))
        self.sheets.tabBar().setObjectName("sheets")
        self.sheets.tabBar().setAccessibleName(self.tr("What is sent"))
        self._content = QStackedWidget()  # body and messages are two sides of one thing
        self._content.addWidget(self.body)
        self._content.addWidget(self.messages)
        for widget, title in (
            (self.parameters, self.tr("Params")),
            (self._content, self.tr("Body")),
            (self.headers, self.tr("Headers")),
            (self.auth_form, self.tr("Auth")),
            (self.settings, self.tr("Settings")),
        ):
            self.sheets.addTab(widget, title)
        self.sheets.setCurrentWidget(self._content)
        self.split.addWidget(self.sheets)
        self.split.setChildrenCollapsible(False)

    def _connect(self) -> None:
        self.choices.turned.connect(self._turned)
        self.body.changed.connect(self._body_changed)
        self.messages.changed.connect(self._messages_changed)
        for part in (self.address, self.parameters, self.headers, self.auth_form, self.channel_form, self.settings):
            part.changed.connect(self._edited)
        self.address.path.textChanged.connect(lambda _: self._follow_path())
        self.parameters.rewritten.connect(lambda path: self.address.path.show_path(path, undoable=True))
        self.address.path.url_given.connect(self._take_url)
        self.address.path.curl_pasted.connect(self.curl_pasted)
        self.channel_form.curl_pasted.connect(self.curl_pasted)
        self.channel_form.url_given.connect(self._split_url)
        self.channel_form.made.connect(self._order)
        self.address.send_requested.connect(self.request_send)
        self.address.stop_requested.connect(self.stop_requested)
        self.sheets.currentChanged.connect(lambda _: self._later.start())

    def _edited(self) -> None:
        if not self._showing:
            self._soon.start()
            self.edited.emit()

    def _body_changed(self) -> None:
        if not self._showing:  # nothing of what is judged is in a body: each key that is pressed would pay for it
            self._body_edited = True
            self._later.start()
            self.edited.emit()

    def _messages_changed(self) -> None:
        if not self._showing:
            self._messages_edited = True
            self._later.start()
            self.edited.emit()

    def _follow_path(self) -> None:
        if not self._showing:
            self.parameters.follow(self.address.path.path())

    def _order(self, first: QWidget, last: QWidget) -> None:
        """The focus walks through the channel's fields on its way from the choices to the address."""
        self.setTabOrder(self.protocol.combo, first)
        self.setTabOrder(last, self.address.method)

    def _turned(self) -> None:
        """A dropdown was turned: its form follows, everything else stays."""
        if self.shelves is not None and self._forms.turn():
            self._show_side()
            self._edited()

    def _take_url(self, text: str) -> None:
        """A whole URL stands for channel and path, and says by its scheme whether it is a conversation."""
        if (path := self._forms.go(text, self.service)) is not None:
            self._show_path(path)

    def _split_url(self, text: str) -> None:
        """A URL in the channel's own field: its path goes where paths are edited, while there is none."""
        if (path := self._forms.split(text, movable=not self.address.path.text())) is not None:
            self._show_path(path)
        self._show_side()
        self._edited()

    def _show_path(self, path: str) -> None:
        self.address.path.show_path(path, undoable=True)
        self._follow_path()
        self._show_side()
        self._edited()

    def _show_side(self) -> None:
        """Body and messages are two sides of one thing: the one that the protocol sends is shown."""
        kind = self.shelves.protocols.get(self.protocol.key()) if self.shelves is not None else None
        self._content.setCurrentIndex(1 if kind is not None and kind.duplex else 0)

    def _show_automatic(self) -> None:
        self._count()
        if self.shelves is not None and self.headers.isVisible():
            self.headers.set_automatic(self.shelves.automatic(self.draft(), self.service))

    def _count(self) -> None:
        duplex = self._content.currentIndex() == 1
        for widget, title, count in (
            (self.parameters, self.tr("Params"), self.parameters.count()),
            (self._content, self.tr("Messages"), len(self.messages.messages()))
            if duplex
            else (self._content, self.tr("Body"), 0),
            (self.headers, self.tr("Headers"), len(self.headers.headers())),
            (self.settings, self.tr("Settings"), self.settings.count()),
        ):
            text = f"{title} {count}" if count else title
            index = self.sheets.indexOf(widget)
            if self.sheets.tabText(index) != text:
                self.sheets.setTabText(index, text)


_PLACES = ("query", "header")
