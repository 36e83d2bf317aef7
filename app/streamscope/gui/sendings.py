"""What is being sent: each exchange in the core's thread, its tab in the live pane, its end."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from streamscope.gui.live.pane import LivePane
from streamscope.model.draft import Draft
from streamscope.model.environment import EVERYWHERE, Scope
from streamscope.model.event import RequestSent
from streamscope.model.service import Service
from streamscope.model.text import writable

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived
    from streamscope.engine.readers import Readers
    from streamscope.gui.desk import Desk
    from streamscope.gui.live.tab import ExchangeView
    from streamscope.kinds.protocols.base import OutgoingQueue, Send
    from streamscope.store.recordings import Exchange

HEAD_START = 0.012
"""Seconds that the core is given at most; a warm request is out sooner, and nobody sees a frame late by this."""
_OUT = 3
"""Events of an exchange once its request is on the wire: the request, and the phases of a kept connection."""

Start = Callable[[Coroutine[Any, Any, None], str], object]


@dataclass(frozen=True, slots=True)
class Sending:
    """What runs in the core for an exchange that is shown."""

    future: "Future[Any]"
    outgoing: "OutgoingQueue"


class Sendings(QObject):
    """Starts, follows and ends the exchanges of one window; `start` runs a coroutine and shows what goes wrong."""

    sent = Signal(object, object)
    ended = Signal(object)
    resend_requested = Signal(object)
    trust_requested = Signal(object, str)
    action_requested = Signal(str, object)

    def __init__(self, desk: "Desk", live: LivePane, start: Start, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live = live
        self._start = start
        self._running: dict[ExchangeView, Sending] = {}
        self._open: set[Exchange] = set()
        self._readers: Readers | None = None
        self._marking = asyncio.Lock()
        live.closed.connect(self._tab_closed)

    def send(
        self,
        draft: Draft,
        title: str,
        key: str = "",
        service: Service | None = None,
        scope: Scope = EVERYWHERE,
    ) -> "ExchangeView":
        """Send a draft and watch it in a tab of its own.

        `key` tells whose it is, `service` what is called, `scope` where variables get their values.
        """
        from streamscope.engine.send import transmit
        from streamscope.kinds.protocols.base import OutgoingQueue

        exchange = self._desk.bench.recordings.new(draft)
        self._open.add(exchange)
        outgoing = OutgoingQueue()
        derived = self._derived(exchange)
        derived.follow()
        runtime = self._desk.runtime
        future = runtime.run(transmit(exchange, runtime.core, outgoing, scope))
        _let_go(exchange)  # before its view, which takes longer to make
        view = self._viewed(derived, key, service)
        view.outgoing_requested.connect(lambda item: self._send_more(view, item, scope))
        view.feed.known_secrets = lambda: outgoing.secrets
        self._running[view] = Sending(future, outgoing)
        self._watch_for_bugs(self._running[view].future)
        self._live.add(view, title)
        self.sent.emit(view, draft)
        return view

    def reopen(
        self,
        exchange: "Exchange",
        title: str,
        key: str = "",
        instead: QWidget | None = None,
        marks: dict[int, str] | None = None,
    ) -> "ExchangeView":
        """Show a recording as it was when it was live, with its marks; `instead` of a view that stood for it."""
        self._open.add(exchange)
        view = self._viewed(self._derived(exchange), key, None)
        view.spotlight.marks.update(marks or {})
        self._live.add(view, title, instead)
        return view

    def replay(self, recorded: "Exchange", speed: float, title: str) -> "ExchangeView":
        """Play a recording into a new tab, so many times faster; nothing of it is kept."""
        from streamscope.engine.replay import play
        from streamscope.kinds.protocols.base import OutgoingQueue

        exchange = self._desk.bench.recordings.new(recorded.draft, keep=False)
        self._open.add(exchange)
        derived = self._derived(exchange)
        derived.follow()
        future = self._desk.runtime.run(play(recorded, exchange, speed))
        view = self._viewed(derived, "", None)
        self._running[view] = Sending(future, OutgoingQueue())
        self._watch_for_bugs(future)
        self._live.add(view, title)
        return view

    def running(self, key: str) -> "list[ExchangeView]":
        """The exchanges of a key that have not ended."""
        return [view for view in self._running if view.property("owner") == key and view.live]

    def stop(self, view: "ExchangeView") -> None:
        """Stop an exchange; what came stays."""
        if (sending := self._running.get(view)) is not None:
            self._desk.runtime.cancel(sending.future)

    def stop_all(self) -> None:
        """Stop everything and look no more."""
        for view in self._live.views():
            view.feed.end()
            self.stop(view)

    def release(self) -> None:
        """Close the recordings; nothing is written into them any more."""
        for exchange in self._open:
            exchange.close()
        self._open.clear()
        if self._readers is not None:
            self._readers.stop()

    def _derived(self, exchange: "Exchange") -> "Derived":
        from streamscope.gui.live.tab import derived_of

        return derived_of(exchange, self._desk.bench.dialects.all())

    def _viewed(self, derived: "Derived", key: str, service: Service | None) -> "ExchangeView":
        from streamscope.engine.readers import Readers
        from streamscope.gui.live.tab import ExchangeView

        if self._readers is None:
            self._readers = Readers()
        protocol = self._desk.shelves.protocols.get(spoken(derived.exchange))
        duplex = protocol is not None and protocol.duplex
        view = ExchangeView(derived, duplex=duplex, service=service, readers=self._readers)
        view.setProperty("owner", key)
        view.outgoing.belongs_to(key)
        view.resend_requested.connect(self.resend_requested)
        view.again_requested.connect(lambda: self.resend_requested.emit(view.exchange.draft))
        view.action_requested.connect(lambda name: self.action_requested.emit(name, view))
        view.trust_requested.connect(lambda fingerprint: self.trust_requested.emit(view.exchange.draft, fingerprint))
        view.feed.finished.connect(lambda: self._finished(view))
        if view.exchange.path is not None:
            view.spotlight.marks_changed.connect(lambda: self._start(self._keep_marks(view), "keep marks"))
        return view

    async def _keep_marks(self, view: "ExchangeView") -> None:
        """What a person marked stays with the recording; one writing after the other, so that the last one counts."""
        from streamscope.store import marks

        if (path := view.exchange.path) is not None:
            async with self._marking:
                await asyncio.to_thread(marks.save, path, dict(view.spotlight.marks))

    def _send_more(self, view: "ExchangeView", item: "Send", scope: Scope) -> None:
        if isinstance(item, str) and "{{" in item:
            self._start(self._fill_and_send(view, item, scope), "fill a message")
        elif (sending := self._running.get(view)) is not None:
            item = self._filled_each_time(item, scope)
            self._start(self._put(sending, item), "send a message")

    def _filled_each_time(self, item: "Send", scope: Scope) -> "Send":
        """A repeated message takes the values of its variables anew each time."""
        from streamscope.engine.variables import text_filled
        from streamscope.kinds.protocols.base import Repeat

        if isinstance(item, Repeat) and isinstance(item.item, str) and "{{" in item.item:
            return replace(item, fill=partial(text_filled, self._desk.runtime.core, item.item, scope))
        return item

    async def _put(self, sending: Sending, item: "Send") -> None:
        """Hand a message to its connection. Raises UsageError for a text that has no UTF-8."""
        self._desk.runtime.call(sending.outgoing.put, writable(item) if isinstance(item, str) else item)

    async def _fill_and_send(self, view: "ExchangeView", text: str, scope: Scope) -> None:
        """A message's variables get the values that they have at the moment of sending."""
        from streamscope.engine.variables import text_filled

        runtime, sending = self._desk.runtime, self._running.get(view)
        filled, secrets = await asyncio.wrap_future(runtime.run(text_filled(runtime.core, text, scope)))
        if sending is not None:
            sending.outgoing.secrets |= secrets
            runtime.call(sending.outgoing.put, writable(filled))

    def _finished(self, view: "ExchangeView") -> None:
        self._running.pop(view, None)
        if view.exchange.path is not None:  # it is opened again for a row that is looked at
            self._close_recording(view.exchange)
        self.ended.emit(view)

    def _tab_closed(self, view: "ExchangeView") -> None:
        self.stop(view)
        self._running.pop(view, None)
        if view.exchange.ended:
            self._close_recording(view.exchange)

    def _close_recording(self, exchange: "Exchange") -> None:
        exchange.close()
        self._open.discard(exchange)

    def _watch_for_bugs(self, future: "Future[Any]") -> None:
        """Send's own errors are events; anything else that ends it is a bug and belongs to the excepthook's row."""

        async def wait() -> None:
            await asyncio.wrap_future(future)

        self._start(wait(), "wait for an exchange")


def spoken(exchange: "Exchange") -> str:
    """The key of an exchange's protocol: a recording says it itself, since its draft is not kept with it."""
    first = exchange.event(0) if exchange.ended and len(exchange) else None
    return first.protocol if isinstance(first, RequestSent) else exchange.draft.protocol.kind


def _let_go(exchange: "Exchange") -> None:
    """Leave the interpreter to the core until the request is out: the window's own work would hold it up."""
    until = time.monotonic() + HEAD_START
    while len(exchange) < _OUT and not exchange.ended and time.monotonic() < until:
        time.sleep(0.0005)


def trusted(desk: "Desk", draft: Draft, fingerprint: str) -> bool:
    """Trust a certificate for the draft's workspace; False where there is no such workspace. Raises StoreError."""
    known = next((found for found in desk.bench.workspaces.all() if found.name == draft.workspace), None)
    if known is None:
        return False
    desk.bench.workspaces.save(replace(known, trusted=(*known.trusted, fingerprint)))
    return True
