"""One connection, a step at a time, for a person who wants to know which step breaks."""

from dataclasses import dataclass

import httpcore

from streamscope.kinds.net import tls as tls_contexts
from streamscope.kinds.net.backend import Backend, resolve
from streamscope.kinds.net.client import proxy_for
from streamscope.kinds.net.proxy import Tunnel, proxy_address
from streamscope.kinds.net.stream import StampedStream
from streamscope.model.errors import StreamscopeError, UntrustedCertificate
from streamscope.model.service import Route, Tls

PATIENCE = 10.0
"""Seconds for each step."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """How TLS was agreed upon, and the server's certificate (DER); `doubt` is why it is not trusted, if so."""

    version: str
    cipher: str
    certificate: bytes
    doubt: StreamscopeError | None = None


class Probe:
    """The way to a host; each step raises the ConnectErrors. `proxy` is the host:port of the proxy, '' without one."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self._proxy = proxy_for(route)
        self._stream: httpcore.AsyncNetworkStream | None = None

    @property
    def proxy(self) -> str:
        """The proxy on the way."""
        if not self._proxy:
            return ""
        address = proxy_address(self._proxy)
        return f"{address.host}:{address.port or (443 if address.scheme == 'https' else 80)}"

    async def name(self) -> list[str]:
        """The addresses of the host, or of the proxy that will look it up. Raises NameNotResolved, UsageError."""
        if self._proxy:
            host, _, port = self.proxy.rpartition(":")
            found = await resolve(host, int(port), host)
        else:
            url = self.route.url
            found = await resolve(self.route.connect or url.host, url.actual_port, url.host)
        return list(dict.fromkeys(str(address[0]) for _, address in found))

    async def connect(self) -> str:
        """Open the connection, through the proxy's tunnel where there is one; tells to which address."""
        url, address = self.route.url, proxy_address(self._proxy) if self._proxy else None
        if address is None:
            backend, host, port = Backend(self.route.tls, self.route.connect), url.host, url.actual_port
        elif url.secure:
            backend, host, port = Tunnel(self.route.tls, self.route.connect, address), url.host, url.actual_port
        else:
            backend, host, port = Backend(Tls()), address.host, address.port or 80
        stream = await backend.connect_tcp(host, port, PATIENCE)
        self._stream = stream
        peer = stream.transport.get_extra_info("peername") if isinstance(stream, StampedStream) else None
        return f"{peer[0]}:{peer[1]}" if peer else f"{host}:{port}"

    async def secure(self) -> Handshake:
        """Start TLS, and look at the certificate also where it is not trusted. Raises TlsError."""
        try:
            return await self._shaken(self.route.tls)
        except UntrustedCertificate as error:
            await self.close()
            await self.connect()
            seen = await self._shaken(Tls(insecure=True))
            return Handshake(seen.version, seen.cipher, seen.certificate, error)

    async def close(self) -> None:
        """Close the connection."""
        if self._stream is not None:
            await self._stream.aclose()
            self._stream = None

    async def _shaken(self, tls: Tls) -> Handshake:
        assert self._stream is not None  # noqa: S101 - connect comes before
        await self._stream.start_tls(tls_contexts.context(tls), self.route.url.host, PATIENCE)
        assert isinstance(self._stream, StampedStream)  # noqa: S101 - what the backends give
        made = self._stream.transport.get_extra_info("ssl_object")
        return Handshake(made.version(), made.cipher()[0], made.getpeercert(True) or b"")
