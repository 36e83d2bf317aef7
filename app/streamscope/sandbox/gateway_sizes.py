"""The gateway's own limits on what a request may weigh; platform documentation, "API Gateway restrictions"."""

from starlette.types import Receive

from streamscope.sandbox.inbound import Inbound, declared_length, read_body
from streamscope.sandbox.limits import ALL_HEADERS_BYTES, OLD_BODY_BYTES, ONE_HEADER_BYTES, URI_BYTES
from streamscope.sandbox.refusals import RefusalError, gateway


def check_head(inbound: Inbound) -> None:
    """Refuse a long URI with 414 and long headers with 494."""
    if len(inbound.path) + len(inbound.query) + 1 > URI_BYTES:
        raise gateway(414, "APIG.0201", "Request URI too large")
    sizes = [len(name) + len(value.encode("utf-8", "surrogateescape")) + 4 for name, value in inbound.headers]
    if max(sizes, default=0) > ONE_HEADER_BYTES or sum(sizes) > ALL_HEADERS_BYTES:
        raise gateway(494, "APIG.0201", "Request headers too large")


async def limited_body(inbound: Inbound, receive: Receive) -> bytes:
    """The body, or 413 where it is over twelve megabytes; what is announced is believed before it is read."""
    if declared_length(inbound) > OLD_BODY_BYTES:
        raise _too_large()
    body = await read_body(receive, OLD_BODY_BYTES)
    if body is None:
        raise _too_large()
    return body


def _too_large() -> RefusalError:
    return gateway(413, "APIG.0201", "Request entity too large")
