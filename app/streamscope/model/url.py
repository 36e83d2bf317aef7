"""A URL whose path and query keep the bytes that were typed (RFC 3986 names)."""

import ipaddress
from dataclasses import dataclass, replace
from urllib.parse import quote

from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
SECURE = {"https", "wss"}

# Everything printable in ASCII may stand as typed; only what HTTP cannot carry is percent-encoded.
_AS_TYPED = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "#")


@dataclass(frozen=True, slots=True)
class Url:
    """scheme, host, port (None where not written), path and query as they will be sent."""

    scheme: str
    host: str
    port: int | None = None
    path: str = "/"
    query: str | None = None

    @property
    def authority(self) -> str:
        """host[:port] as it was written, brackets around an IPv6 address: the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def actual_port(self) -> int:
        """The port that is connected to."""
        return self.port if self.port is not None else DEFAULT_PORTS[self.scheme]

    @property
    def target(self) -> str:
        """The request target: path and query (RFC 9112 origin-form)."""
        return self.path if self.query is None else f"{self.path}?{self.query}"

    @property
    def secure(self) -> bool:
        """Whether the scheme means TLS."""
        return self.scheme in SECURE

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    def with_path(self, more: str) -> "Url":
        """This address with a service's own path (and query) behind it, as typed; '' changes nothing."""
        path, mark, query = more.partition("#")[0].partition("?")
        joined = self.path
        if path:
            joined = self.path.rstrip("/") + ("" if path.startswith("/") else "/") + path
        queries = [part for part in (self.query, query if mark else None) if part is not None]
        return replace(self, path=encoded(joined), query=encoded("&".join(queries)) if queries else None)


def encoded(text: str) -> str:
    """Percent-encode only what a request line cannot carry: controls, blanks, what is not ASCII."""
    return quote(text, safe=_AS_TYPED)


def parse_url(text: str) -> Url:
    """Read an absolute URL. A missing scheme is https, or http for an address of this machine.

    Raises UsageError.
    """
    text = text.strip()
    scheme, mark, rest = text.partition("://")
    if not mark:
        local = text.startswith(("localhost", "127.", "[::1]"))
        scheme, rest = ("http" if local else "https"), text
    scheme = scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise UsageError(
            phrase("'{scheme}' is not a scheme that can be called.", scheme=scheme),
            phrase("Use http://, https://, ws:// or wss://."),
        )
    rest = rest.partition("#")[0]
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    _, mark, authority = rest[:cut].rpartition("@")
    if mark:
        raise UsageError(
            phrase("A user and a password do not belong into a URL: it is shown and kept."),
            phrase("Choose the authentication 'basic' and give them there."),
        )
    host, port = _host_port(authority, text)
    path, mark, query = rest[cut:].partition("?")
    return Url(scheme, host, port, encoded(path) or "/", encoded(query) if mark else None)


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).version == 6
    except ValueError:
        return False


def _host_port(authority: str, text: str) -> tuple[str, int | None]:
    host, port = authority, ""
    if authority.startswith("["):
        host, closed, port = authority[1:].partition("]")
        port = port.removeprefix(":")
        host = host if closed and _is_ipv6(host) else ""
    elif ":" in authority:
        host, _, port = authority.rpartition(":")
    if not host or " " in host or (port and not port.isdecimal()) or int(port or 0) > 65535:
        raise UsageError(
            phrase("'{text}' is not a URL that can be called.", text=text),
            phrase("A URL looks like https://host:port/path."),
        )
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        told = phrase("'{host}' is not a host name.", host=host)
        raise UsageError(told, phrase("A URL looks like https://host:port/path."), cause=str(error)) from error
    if " " in host or not host.isprintable():  # IDNA makes blanks of some characters
        raise UsageError(
            phrase("'{host}' is not a host name.", host=authority), phrase("A URL looks like https://host:port/path.")
        )
    return host, int(port) if port else None
