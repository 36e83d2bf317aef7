"""A call on its way from a gateway to a service's own program."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from streamscope.sandbox.faults.spec import HEADER, without_parameter
from streamscope.sandbox.fleet import Fleet, NoneReadyError, Passage
from streamscope.sandbox.inbound import Headers, Inbound
from streamscope.sandbox.records import Record
from streamscope.sandbox.refusals import RefusalError, dispatcher, request_id

# RFC 9110, section 7.6.1: these belong to one connection and are not forwarded.
HOP_BY_HOP = frozenset(
    {
        "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
# The gateway sets these itself.
REPLACED = frozenset({"host", "content-length", "x-request-id", HEADER})
# The gateway speaks for itself in these.
OWN_ANSWER_HEADERS = frozenset({b"server", b"date", b"x-request-id"})

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Call:
    """Where a request goes, what it bears, and how its lateness is told."""

    method: str
    passage: Passage
    target: str
    headers: RawHeaders
    number: str
    late: Callable[[], RefusalError]

    @property
    def port(self) -> int:
        """Where the program listens."""
        return self.passage.port

    @property
    def answer_headers(self) -> RawHeaders:
        """What marks an answer as forwarded."""
        return [(b"server", b"ModelArts"), (b"x-request-id", self.number.encode())]


@contextlib.asynccontextmanager
async def served(fleet: Fleet, service: Record) -> AsyncIterator[Passage]:
    """A call's way to a program of a service; platform documentation, "Error codes", where there is none.

    What runs again after the sandbox's own restart is waited for: to a caller the platform never was away.
    """
    await fleet.resumed(service.id)
    try:
        with fleet.calling(service.id) as passage:
            yield passage
    except NoneReadyError as error:
        raise dispatcher(503, "ModelArts.4302", "Backend service is not available, please retry later.") from error


def call(
    inbound: Inbound, path: str, passage: Passage, consumed: frozenset[str], late: Callable[[], RefusalError]
) -> Call:
    """The call that a request becomes, without the credentials that the platform consumed."""
    number = request_id()
    dropped = HOP_BY_HOP | REPLACED | consumed
    query = without_parameter(inbound.query)
    kept: Headers = [(name, value) for name, value in inbound.headers if name.lower() not in dropped]
    return Call(
        method=inbound.method,
        passage=passage,
        target=path + (f"?{query}" if query else ""),
        headers=_encoded([*kept, ("x-request-id", number), (HEADER, "none")]),
        number=number,
        late=late,
    )


def end_to_end(headers: RawHeaders, *also_dropped: bytes) -> RawHeaders:
    """A program's headers that are for the caller."""
    dropped = {name.encode() for name in HOP_BY_HOP} | OWN_ANSWER_HEADERS | set(also_dropped)
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def _encoded(headers: Headers) -> RawHeaders:
    """Headers as bytes, the way they came."""
    return [(name.encode("latin-1"), value.encode("utf-8", "surrogateescape")) for name, value in headers]
