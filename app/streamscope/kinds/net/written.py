"""A request as its bytes leave on an HTTP/1.1 connection, written by the very library that writes it there."""

from collections.abc import Collection

import h11
import httpx

from streamscope.kinds.net.client import framed, proxy_for, tunnelled
from streamscope.kinds.net.connection import absolute
from streamscope.kinds.net.proxy import authorization, proxy_address
from streamscope.model.request import FileBody, Headers
from streamscope.model.service import Route


def written(
    route: Route, method: str, headers: Headers, body: bytes | FileBody, without: Collection[str] = ()
) -> tuple[bytes, bytes]:
    """The head and the body, framed as it is sent; b"" for a body that is read from disk meanwhile.

    Raises UsageError for a proxy that makes no sense, h11's errors.
    """
    url = route.url
    proxy = proxy_for(route)
    target = url.target.encode("ascii")
    more: tuple[tuple[bytes, bytes], ...] = ()
    if proxy and not tunnelled(url):
        origin = httpx.URL(f"http://{url.authority}/")
        target = absolute(origin.raw_host, origin.port, target)
        more = authorization(proxy_address(proxy))
    pairs = [(name.encode("ascii"), value.encode()) for name, value in framed(headers, url, method, body, without)]
    talk = h11.Connection(h11.CLIENT)
    head = talk.send(h11.Request(method=method, target=target, headers=[*httpx.Headers(pairs).raw, *more])) or b""
    if isinstance(body, FileBody):
        return head, b""
    framed_body = (talk.send(h11.Data(data=body)) or b"") if body else b""
    return head, framed_body + (talk.send(h11.EndOfMessage()) or b"")


def pseudo(
    route: Route, method: str, headers: Headers, body: bytes | FileBody, without: Collection[str] = ()
) -> Headers:
    """The header fields of the same request on HTTP/2 (RFC 9113, section 8.3.1), in order."""
    url = route.url
    fields = framed(headers, url, method, body, without)
    rest = ((name.lower(), value) for name, value in fields if name.lower() not in ("host", "transfer-encoding"))
    authority = next(value for name, value in fields if name.lower() == "host")
    scheme = "https" if url.secure else "http"
    return (
        (":method", method),
        (":authority", authority),
        (":scheme", scheme),
        (":path", url.target),
        *rest,
    )
