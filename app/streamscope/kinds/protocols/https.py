"""HTTPS: one request, one answer (RFC 9110)."""

from collections.abc import AsyncGenerator

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.protocols.base import OutgoingQueue, Protocol
from streamscope.kinds.protocols.content_coding import ACCEPTED
from streamscope.kinds.protocols.http import COMPRESSION, HTTP2, exchanged, uncompressed
from streamscope.model.event import Event
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


class Https(Protocol):
    """Waits for the whole answer; one that turns out to be a stream is shown as a stream."""

    key = "https"
    label = phrase("HTTPS")
    help = phrase("One request, one whole answer.")
    fields = (HTTP2, COMPRESSION)
    accepted_as = frozenset({"HTTP"})

    def prepare(self, request: Request) -> Request:
        """Any content type is welcome, compressed or not."""
        return uncompressed(request.with_default("Accept", "*/*")).with_default("Accept-Encoding", ACCEPTED)

    def open(
        self,
        request: Request,
        outgoing: OutgoingQueue,  # noqa: ARG002 - nothing can be sent while it is open
        wire: Wire,
        net: Net,
    ) -> AsyncGenerator[list[Event], None]:
        """Head, the body's messages, the end."""
        return exchanged(request, wire, net)
