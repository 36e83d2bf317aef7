"""What every channel says of itself."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar, Literal

from streamscope.model.errors import UsageError
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Route, Service, Tls
from streamscope.model.url import parse_url


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of the road before a channel chooses: whose address, trust, proxy and resolved names."""

    service: Service | None
    fields: Mapping[str, str]
    audience: Literal["account", "app"] = "account"
    tls: Tls = Tls()
    proxy: str = ""
    resolve: tuple[str, ...] = ()


class Channel(ABC):
    """One way to reach a service."""

    key: ClassVar[str]
    label: ClassVar[Phrase]
    help: ClassVar[Phrase] = NOTHING
    fields: ClassVar[tuple[Field, ...]] = ()
    entry: ClassVar[str] = ""
    """The platforms' own word for this way in: PUBLIC, INTERNAL or HOST."""
    checked: ClassVar[bool] = True
    """Whether something on the way checks the authentication."""

    @abstractmethod
    def address(self, way: Way) -> str:
        """The URL at which the service is called on this way. Raises UsageError where there is none."""

    @asynccontextmanager
    async def route(self, way: Way) -> AsyncGenerator[Route, None]:
        """The road, for as long as it is needed. Raises UsageError."""
        yield self.road(way)

    def road(self, way: Way) -> Route:
        """Where the request goes, without opening anything."""
        url = parse_url(self.address(way))
        connect = resolved(way.resolve, url.host, url.actual_port)
        return Route(url, connect, way.tls, way.proxy, self.checked)


def offered(way: Way, channel: str, label: Phrase) -> str:
    """A service's own address on a channel, of the audience that is asked for."""
    if way.service is None:
        raise UsageError(
            phrase("The channel '{channel}' needs a service.", channel=label),
            phrase("Choose a service, or give a URL and the channel 'address'."),
        )
    addresses = way.service.addresses
    if way.audience == "app":
        addresses = {**addresses, **way.service.app_addresses}
    if channel not in addresses:
        raise UsageError(
            phrase("{service} has no address on the channel '{channel}'.", service=way.service.name, channel=label),
            phrase("It has: {channels}.", channels=", ".join(addresses) or "-"),
        )
    return addresses[channel]


def resolved(entries: tuple[str, ...], host: str, port: int) -> str:
    """The address that HOST:PORT:ADDRESS entries give for a name; '*' stands for any host or port."""
    for entry in entries:
        name, _, rest = entry.partition(":")
        named_port, _, address = rest.partition(":")
        if name.lower() in (host.lower(), "*") and named_port in (str(port), "*") and address:
            return address.strip("[]")
    return ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def check_resolve(entries: tuple[str, ...]) -> None:
    """Refuse entries that are not HOST:PORT:ADDRESS. Raises UsageError."""
    for entry in entries:
        parts = entry.split(":", 2)
        port = len(parts) == 3 and (parts[1].isdecimal() or parts[1] == "*")
        if not port or not parts[0] or not _is_address(parts[2]):
            raise UsageError(
                phrase("'{entry}' does not say how to resolve a name.", entry=entry),
                phrase("Write HOST:PORT:ADDRESS, for example infer.example:443:10.0.0.7."),
            )
