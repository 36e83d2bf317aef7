"""One exchange on the screen: its header, what went wrong, its views, and the outgoing box of a conversation."""

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.language import retold
from streamscope.gui.live import remedies
from streamscope.gui.live.cards import CardsView
from streamscope.gui.live.conversation.outgoing import OutgoingView
from streamscope.gui.live.events.rows import detail
from streamscope.gui.live.feed import Batch, Feed
from streamscope.gui.live.header import HeaderView
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.timeline.strip import StripView
from streamscope.gui.live.view_tabs import ViewTabs
from streamscope.gui.live.views import VIEWS, View
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.model.delta import Paths
from streamscope.model.event import Failed, Finding, Message
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived
    from streamscope.engine.readers import Readers
    from streamscope.gui.live.connection.headers import HeadersView
    from streamscope.gui.live.conversation.view import ConversationView
    from streamscope.gui.live.events.view import EventsView
    from streamscope.gui.live.text.view import SaidView
    from streamscope.store.recordings import Exchange

FIRST_ERROR = 400
"""The first status that is an error (RFC 9110, section 15.5)."""
_RATED_EVERY = 1.0
"""Seconds over which a rate is told."""
_FINGERPRINT = re.compile(r"\b(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}\b")


class ExchangeView(QWidget):
    """Everything about one exchange; live, finished and reopened ones look the same."""

    outgoing_requested = Signal(object)
    resend_requested = Signal(object)
    trust_requested = Signal(str)
    action_requested = Signal(str)
    state_changed = Signal()
    menu_requested = Signal(QPoint)
    again_requested = Signal()

    def __init__(
        self,
        derived: "Derived",
        *,
        duplex: bool,
        service: Service | None = None,
        readers: "Readers | None" = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.exchange = exchange = derived.exchange
        self.service = service
        self.feed = Feed(derived, readers, self)
        self.spotlight = Spotlight(self)
        self.header = HeaderView(exchange.draft.limits.wait)
        self.findings = CardsView()
        self.overview = StripView(self.feed, self.spotlight, compact=True)
        self.outgoing = OutgoingView(exchange.draft)
        self.outgoing.send_requested.connect(self.outgoing_requested)
        self.tabs = ViewTabs(self.tr("Views of the exchange"))
        self.kinds = [kind for kind in VIEWS if duplex or not kind.duplex]
        self._views: dict[str, QWidget] = {}
        self._rules: dict[str, str] = {}
        for kind in self.kinds:
            self.tabs.add(told(kind.title))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.findings)
        column.addWidget(self.overview)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.outgoing)
        self.outgoing.setVisible(duplex)  # only now: a widget without a parent would be shown as a window
        self.view(self.kinds[0].key)
        self.tabs.turned.connect(self._turned)
        self.spotlight.view_requested.connect(self.show_view)
        self.rate = 0
        """Messages a second, while live."""
        self._rated = (time.monotonic(), 0)
        self.header.pause_requested.connect(self.feed.pause)
        self.header.menu_requested.connect(self.menu_requested)
        self.header.again_requested.connect(self.again_requested)
        self.feed.paused_changed.connect(self._paused)
        self.feed.advanced.connect(self._advanced)
        self.feed.ticked.connect(self._ticked)
        self.feed.finished.connect(self._finished)

    @property
    def live(self) -> bool:
        """Whether more is to come."""
        return not self.feed.done

    @property
    def text(self) -> "SaidView":
        """The view of the text."""
        return cast("SaidView", self.view("text"))

    @property
    def events(self) -> "EventsView":
        """The view of the events."""
        return cast("EventsView", self.view("events"))

    @property
    def headers(self) -> "HeadersView":
        """The view of the headers."""
        return cast("HeadersView", self.view("headers"))

    def begin(self) -> None:
        """Start to follow the exchange."""
        self.header.show_meter(self.feed.meter, done=False, now=True)
        self.feed.begin()

    def view(self, key: str) -> QWidget:
        """A view, up to date; made where nobody looked at it before. Raises KeyError."""
        found = self._views.get(key)
        if found is None:
            place = {kind.key: number for number, kind in enumerate(self.kinds)}[key]
            found = self._views[key] = self.kinds[place].made(self.feed, self.spotlight)
            self.tabs.hold(place, found)
            if key == "conversation":
                cast("ConversationView", found).send_requested.connect(self.outgoing_requested)
                cast("ConversationView", found).edit_requested.connect(self.outgoing.edit)
        cast("View", found).follow()
        return found

    def show_view(self, key: str) -> None:
        """Bring a view to the front; one that this exchange does not have is none."""
        for place, kind in enumerate(self.kinds):
            if kind.key == key:
                self.tabs.setCurrentIndex(place)

    def follow(self) -> None:
        """Bring the view in front up to date."""
        place = self.tabs.currentIndex()
        self.view(self.kinds[place].key)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: what came while nobody looked is shown now."""
        super().showEvent(event)
        self.overview.follow()
        self.follow()

    def _turned(self, place: int) -> None:
        self.overview.setVisible(self.kinds[place].key != "timeline")  # which has a larger one of its own
        self.follow()

    def _advanced(self, batch: Batch) -> None:
        if self.isVisible():
            self.overview.follow()
            self.follow()
        if isinstance(batch.end, Failed):
            self._offer(batch.end)
        for finding in batch.findings:
            self._found(finding)

    def _found(self, finding: Finding) -> None:
        """Count it on its tab; what went wrong stands above all views, too."""
        self._rules[finding.rule] = finding.severity
        place = next(number for number, kind in enumerate(self.kinds) if kind.key == "findings")
        self.tabs.set_title(place, f"{told(self.kinds[place].title)} {len(self._rules)}")
        if finding.severity != "error":
            return
        card = self.findings.tell(finding)
        if finding.rule == "refused":
            for remedy in remedies.of_refusal(self.feed.meter.status or 0, self.exchange.draft, self.service):
                self._button(card, remedy)
            self.findings.fit()

    def pause(self) -> None:
        """Let the views stand still, or go on."""
        if self.live:
            self.feed.pause(not self.feed.paused)

    def _paused(self, paused: bool) -> None:
        self.header.show_paused(paused, self.feed.behind())
        if not paused:
            self.header.show_meter(self.feed.meter, done=False, now=True)
        self.state_changed.emit()

    def _ticked(self) -> None:
        if self.feed.paused:
            self.header.show_paused(True, self.feed.behind())
            return
        before = self.header.state, self.rate
        self.header.show_meter(self.feed.meter, done=False)
        self._rate()
        if (self.header.state, self.rate) != before:
            self.state_changed.emit()

    def _rate(self) -> None:
        now, (since, count) = time.monotonic(), self._rated
        if now - since >= _RATED_EVERY:
            messages = self.feed.meter.messages_in
            self.rate = round((messages - count) / (now - since))
            self._rated = (now, messages)

    def _finished(self) -> None:
        self.rate = 0
        self.header.show_meter(self.feed.meter, done=True, now=True)
        self.outgoing.setEnabled(False)
        self.outgoing.hide()
        if self.isVisible():
            self.overview.follow()
            self.follow()
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


def derived_of(exchange: "Exchange", saved: Iterable[Paths] = ()) -> "Derived":
    """What the core derives from an exchange; `saved` are the user's own dialects."""
    from streamscope.engine.derived import Derived
    from streamscope.engine.reading import Reading

    return Derived(exchange, Reading(saved))
