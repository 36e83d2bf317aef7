"""Server-Sent Events: one request, an answer that goes on (WHATWG HTML standard, section 9.2)."""

from collections.abc import AsyncGenerator

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.protocols.base import OutgoingQueue, Protocol
from streamscope.kinds.protocols.http import COMPRESSION, HTTP2, exchanged, uncompressed
from streamscope.model.event import Event
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


class Sse(Protocol):
    """Shows each event when it comes. It never reconnects by itself: a repeated POST would be a new, billed call."""

    key = "sse"
    label = phrase("Server-Sent Events")
    help = phrase("One request, then each event as it comes.")
    streams = True
    fields = (HTTP2, COMPRESSION)
    accepted_as = frozenset({"STREAM"})

    def prepare(self, request: Request) -> Request:
        """Asks for an event stream, uncached; no compression is asked for, since it would hold events back."""
        asked = request.with_default("Accept", "text/event-stream").with_default("Cache-Control", "no-store")
        return uncompressed(asked)

    def open(
        self,
        request: Request,
        outgoing: OutgoingQueue,  # noqa: ARG002 - nothing can be sent while it is open
        wire: Wire,
        net: Net,
    ) -> AsyncGenerator[list[Event], None]:
        """Head, the events, the end; an answer of another type comes as one message."""
        return exchanged(request, wire, net)
