"""One exchange on the screen: header, findings, Text, Events, Headers, and the outgoing box of a conversation."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from streamscope.gui.language import retold
from streamscope.gui.live import remedies
from streamscope.gui.live.events import EventsView
from streamscope.gui.live.feed import Batch, Feed
from streamscope.gui.live.findings import FindingsView
from streamscope.gui.live.header import HeaderView
from streamscope.gui.live.headers import HeadersView
from streamscope.gui.live.outgoing import OutgoingView
from streamscope.gui.live.rows import detail
from streamscope.gui.live.text import TextView
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.model.delta import Paths
from streamscope.model.event import Failed, Message, RequestSent
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.store.recordings import Exchange

FIRST_ERROR = 400
"""The first status that is an error (RFC 9110, section 15.5)."""
_FINGERPRINT = re.compile(r"\b(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}\b")


class ExchangeView(QWidget):
    """Everything about one exchange; live, finished and reopened ones look the same."""

    outgoing_requested = Signal(object)
    resend_requested = Signal(object)
    trust_requested = Signal(str)
    action_requested = Signal(str)
    state_changed = Signal()

    def __init__(
        self,
        exchange: "Exchange",
        *,
        duplex: bool,
        saved: Iterable[Paths] = (),
        service: Service | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.exchange = exchange
        self.service = service
        self.feed = made_feed(exchange, self, saved)
        self.header = HeaderView(exchange.draft.limits.wait)
        self.findings = FindingsView()
        self.text = TextView(self.tr("Text of the answer"))
        self.text.setPlaceholderText(self.tr("The text of the answer appears here as it comes."))
        self.events = EventsView(self.feed)
        self.headers = HeadersView()
        self.outgoing = OutgoingView()
        self.outgoing.send_requested.connect(self.outgoing_requested)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Views of the exchange"))
        self.tabs.tabBar().setAccessibleName(self.tr("Views of the exchange"))
        for view, title in (
            (self.text, self.tr("Text")),
            (self.events, self.tr("Events")),
            (self.headers, self.tr("Headers")),
        ):
            self.tabs.addTab(view, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.findings)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.outgoing)
        self.outgoing.setVisible(duplex)  # only now: a widget without a parent would be shown as a window
        self.feed.advanced.connect(self._advanced)
        self.feed.ticked.connect(self._ticked)
        self.feed.finished.connect(self._finished)

    @property
    def live(self) -> bool:
        """Whether more is to come."""
        return not self.feed.done

    def begin(self) -> None:
        """Start to follow the exchange."""
        self.header.show_meter(self.feed.meter, done=False, now=True)
        self.feed.start()

    def _advanced(self, batch: Batch) -> None:
        if batch.text:
            self.text.append_text(batch.text, batch.pieces)
        self.events.announce(batch.stop)
        for head in batch.heads:
            if isinstance(head, RequestSent):
                self.headers.show_request(head)
            else:
                self.headers.show_head(head)
        if isinstance(batch.end, Failed):
            self._offer(batch.end)
        for finding in batch.findings:
            card = self.findings.tell(finding)
            if finding.rule == "refused":
                for remedy in remedies.of_refusal(self.feed.meter.status or 0, self.exchange.draft, self.service):
                    self._button(card, remedy)
                self.findings.fit()

    def _ticked(self) -> None:
        before = self.header.state
        self.header.show_meter(self.feed.meter, done=False)
        if self.header.state != before:
            self.state_changed.emit()

    def _finished(self) -> None:
        self.header.show_meter(self.feed.meter, done=True, now=True)
        self.outgoing.setEnabled(False)
        self.outgoing.hide()
        self.text.setPlaceholderText(self.tr("The answer brought no text. Events shows all that came."))
        self._show_refusal()
        self.state_changed.emit()

    def _show_refusal(self) -> None:
        """The body of a refusal where the text would be: it is what a person looks for first."""
        if self.feed.transcript.text or (self.feed.meter.status or 0) < FIRST_ERROR:
            return
        last = self.exchange.events(max(0, len(self.exchange) - 8), len(self.exchange))
        bodies = [event for event in last if isinstance(event, Message) and event.direction == "in"]
        if bodies:
            self.text.append_text(self.tr("The body of the refusal:") + "\n\n" + detail(bodies[-1]), 1)

    def _offer(self, failed: Failed) -> None:
        """The error, and where something can be done about it at once, a button that does it."""
        card = self.findings.show_message("error", retold(failed.message), retold(failed.hint))
        for remedy in remedies.of_failure(failed.error, self.exchange.draft, self.service):
            self._button(card, remedy)
        if failed.error == "UntrustedCertificate":
            self._offer_trust(card, f"{failed.message} {failed.hint}")
        self.findings.fit()

    def _button(self, card: MessageView, remedy: remedies.Remedy) -> None:
        button = card.offer(told(remedy.words))
        if (draft := remedy.draft) is not None:
            button.clicked.connect(lambda: self.resend_requested.emit(draft))
        else:
            button.clicked.connect(lambda: self.action_requested.emit(remedy.action))

    def _offer_trust(self, card: MessageView, told: str) -> None:
        found = _FINGERPRINT.search(told)
        if found is not None and self.exchange.draft.workspace:
            button = card.offer(self.tr("Trust this certificate for this workspace"))
            button.clicked.connect(lambda: self.trust_requested.emit(found.group()))


def made_feed(exchange: "Exchange", parent: QWidget, saved: Iterable[Paths] = ()) -> Feed:
    """A feed with the core's readers behind it; `saved` are the user's own dialects."""
    from streamscope.engine.reading import Reading

    return Feed(exchange, Reading(saved), parent)
