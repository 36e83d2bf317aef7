"""From a name to a connection, phase by phase: dns, connect, tls; each told and each with its own error."""

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore

from streamscope.kinds.net import tls as tls_contexts
from streamscope.kinds.net.facts import Road, agreed, ends, reason, tried
from streamscope.kinds.net.stream import StampedStream, dial
from streamscope.kinds.net.wire import WIRE
from streamscope.model.errors import (
    ConnectError,
    ConnectTimeout,
    NameNotResolved,
    Refused,
    StreamscopeError,
    Unreachable,
)
from streamscope.model.event import Detail
from streamscope.model.phrase import phrase
from streamscope.model.service import Tls

Address = tuple[int, tuple[Any, ...]]


class Backend(httpcore.AsyncNetworkBackend):
    """Opens connections for one route; `connect` replaces the address that a name would resolve to."""

    def __init__(self, tls: Tls, connect: str = "") -> None:
        self._tls = tls
        self._connect = connect

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """A connection whose reads are stamped. Raises the ConnectErrors."""
        wire = WIRE.get()
        if wire is not None:
            wire.connected = True
            wire.begin("dns", f"{host} is {self._connect}" if self._connect else host)
        asked = self._connect or host
        try:
            addresses = await resolve(asked, port, host)
        except NameNotResolved as error:
            if wire is not None:
                wire.end("dns", "", {"asked": host, "failed": error.cause})
            raise
        shown = ", ".join(address[0] for _, address in addresses)
        if wire is not None:
            by = "override" if self._connect else "address" if shown == asked else "system"
            wire.end("dns", shown, {"asked": host, "addresses": shown, "by": by})
            wire.begin("connect", f"{addresses[0][1][0]} port {port}")
        stream, road = await _first(addresses, host, port, timeout)
        if wire is not None:
            wire.end("connect", "", road.facts)
        peer = stream.transport.get_extra_info("peername")

        async def again() -> StampedStream:
            return await dial(socket.AF_INET6 if ":" in peer[0] else socket.AF_INET, peer, timeout)

        return TlsStream(stream, self._tls, host, again, road)

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore's retries ask."""
        await asyncio.sleep(seconds)


class TlsStream(StampedStream):
    """A connection on which TLS is started with this route's trust, and with errors that a person understands."""

    def __init__(
        self,
        stream: StampedStream,
        tls: Tls,
        host: str,
        again: Callable[[], Awaitable[StampedStream]],
        road: Road | None = None,
    ) -> None:
        super().__init__(stream.transport, stream.inbox)
        self.road = road or Road()
        self._tls = tls
        self._host = host
        self._again = again

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> StampedStream:
        """The encrypted connection. Raises UntrustedCertificate, TlsError."""
        wire = WIRE.get()
        if wire is not None:
            wire.begin("tls", server_hostname or "")
        doubt = ""
        try:
            await super().start_tls(ssl_context, server_hostname, timeout)
        except ssl.SSLCertVerificationError as error:
            doubt = reason(error)
            await self._judge(error, server_hostname, timeout)
        except (ssl.SSLError, OSError, TimeoutError) as error:
            self.transport.abort()
            self._broken(server_hostname or "", reason(error))
            raise tls_contexts.failed(self._host, error) from error
        made = self.transport.get_extra_info("ssl_object")
        trust = "fingerprint" if doubt else tls_contexts.trust(self._tls)
        agreed_on = agreed(made, server_hostname or "", trust, doubt)
        self.road = Road(self.road.facts | agreed_on.facts, agreed_on.certificates)
        if wire is not None:
            wire.end("tls", f"{made.version()} {made.cipher()[0]}", agreed_on.facts, agreed_on.certificates)
        return self

    def _broken(self, name: str, why: str, shown: Road | None = None) -> None:
        """Tell of a handshake that failed, and of the certificates that were shown."""
        wire = WIRE.get()
        if wire is not None:
            seen = shown or Road()
            wire.end("tls", "", seen.facts | {"host": name, "failed": why}, seen.certificates)

    async def _judge(self, error: ssl.SSLCertVerificationError, name: str | None, timeout: float | None) -> None:
        """See the refused certificate on a second connection, and go on with it where it is one that is trusted."""
        certificate, seen = b"", Road()
        try:
            again = await self._again()
            await StampedStream.start_tls(again, tls_contexts.context(Tls(insecure=True)), name, timeout)
            made = again.transport.get_extra_info("ssl_object")
            certificate = made.getpeercert(True) or b""
            seen = agreed(made, name or "", "", reason(error))
        except (OSError, ssl.SSLError, TimeoutError, ConnectError):
            certificate = b""
        if certificate and tls_contexts.fingerprint(certificate) in self._tls.trusted:
            self.transport, self.inbox, self.secure = again.transport, again.inbox, True
            return
        if certificate:
            await again.aclose()
        self._broken(name or "", reason(error), seen)
        raise tls_contexts.untrusted(self._host, error.verify_message or str(error), certificate) from error


async def resolve(name: str, port: int, host: str) -> list[Address]:
    """The socket addresses of a name, asked of the system off the loop. Raises NameNotResolved."""
    try:
        literal = ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        family = socket.AF_INET6 if literal.version == 6 else socket.AF_INET
        return [(family, (name, port))]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameNotResolved(
            phrase("The name {host} does not resolve to an address.", host=host),
            phrase(
                "A name of a VPC is known only inside it: name the endpoint's address in the workspace, or with "
                "--resolve {host}:{port}:ADDRESS. Otherwise check the spelling and the network.",
                host=host,
                port=port,
            ),
            cause=str(error),
        ) from error
    return [(family, address) for family, _, _, _, address in found]


async def _first(addresses: list[Address], host: str, port: int, timeout: float | None) -> tuple[StampedStream, Road]:
    """A connection to the first address that takes one, and what is known of it."""
    failures: list[tuple[str, Exception]] = []
    for number, (family, address) in enumerate(addresses, 1):
        try:
            stream = await dial(family, address, timeout)
        except (OSError, TimeoutError) as failure:
            failures.append((address[0], failure))
            continue
        facts = ends(*(stream.transport.get_extra_info(which) for which in ("sockname", "peername")))
        facts |= {"number": number, "of": len(addresses)}
        if failures:
            facts["tried"] = tried(failures)
        return stream, Road(facts)
    error = failures[-1][1] if failures else OSError("no address")
    if (wire := WIRE.get()) is not None:
        failed: Detail = {"address": addresses[0][1][0] if addresses else "", "port": port, "failed": reason(error)}
        wire.end("connect", "", failed | ({"tried": tried(failures)} if len(failures) > 1 else {}))
    raise _refusal(error, host, port) from error


def _refusal(error: Exception, host: str, port: int) -> StreamscopeError:
    cause = f"{type(error).__name__}: {error}"
    place = f"{host}:{port}"
    if isinstance(error, ConnectionRefusedError):
        return Refused(
            phrase("Nothing listens at {place}: the connection was refused.", place=place),
            phrase("Check host and port, and whether the service is running."),
            cause,
        )
    if isinstance(error, TimeoutError) or getattr(error, "errno", None) == errno.ETIMEDOUT:
        return ConnectTimeout(
            phrase("{place} did not answer the connection in time.", place=place),
            phrase("A firewall or a missing route may swallow it: from outside a VPC its addresses cannot be reached."),
            cause,
        )
    if getattr(error, "errno", None) in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return Unreachable(
            phrase("No route leads to {place}.", place=place),
            phrase("Check the network; addresses of a VPC can be reached only from inside it."),
            cause,
        )
    return ConnectError(
        phrase("No connection to {place}: {reason}.", place=place, reason=str(error)),
        phrase("Check host, port and network."),
        cause,
    )
