"""Services listed by hand: any URL at all."""

from typing import ClassVar

from streamscope.kinds.platforms.base import Api, Listed, Platform, Site
from streamscope.model.errors import StreamscopeError
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Workspace
from streamscope.model.url import parse_url

SOCKET = ("ws", "wss")
_OPENAI = ("/chat/completions", "/completions", "/embeddings", "/models")


class ByHand(Platform):
    """One URL a line, with a name before it where one is wanted."""

    key = "address"
    label = phrase("Addresses by hand")
    help = phrase("Any URL is a service: an OpenAI-compatible server, a container, a gateway.")
    lives: ClassVar[bool] = False
    fields: ClassVar[tuple[Field, ...]] = (
        Field("urls", phrase("Services"), "lines", help=phrase("One a line: NAME URL, or just the URL.")),
    )

    def addresses(self, workspace: Workspace) -> tuple[str, ...]:
        """One URL for each host that is listed."""
        urls = (line.strip().rpartition(" ")[2] for line in workspace.values.get("urls", "").splitlines())
        return tuple({parse_url(url).authority: url for url in urls if url}.values())

    async def services(self, site: Site) -> list[Listed]:
        """The lines, each a service that accepts whatever is chosen."""
        found: dict[str, Listed] = {}
        for line in site.workspace.values.get("urls", "").splitlines():
            listed = listed_line(line)
            if listed is not None:
                number = f"{listed.id} {listed.name}" if listed.id in found else listed.id
                while number in found:
                    number += "'"
                found[number] = listed if number == listed.id else _numbered(listed, number)
        return list(found.values())


def listed_line(line: str) -> Listed | None:
    """The service of a line "NAME URL"; None where it is blank. A URL that cannot be called is a failed service."""
    name, _, url = line.strip().rpartition(" ")
    if not url:
        return None
    try:
        address = parse_url(url)
    except StreamscopeError as error:
        return Listed(url, name.strip() or url, state="failed", status="failed", note=str(error.message), auth=("ANY",))
    live = address.scheme in SOCKET
    words = ("WS",) if live else ("HTTP", "STREAM")
    return Listed(
        url,
        name.strip() or address.authority,
        protocols=words,
        entries={"": url},
        apis=_apis(address.path, live),
        auth=("ANY",),
    )


def _numbered(listed: Listed, number: str) -> Listed:
    """The same service under an id of its own, where one URL stands on several lines."""
    return Listed(
        number, listed.name, protocols=listed.protocols, entries=listed.entries, apis=listed.apis, auth=listed.auth
    )


def _apis(path: str, live: bool) -> tuple[Api, ...]:
    """What may be called behind a typed URL: the URL itself, or what an OpenAI-compatible root has below it."""
    if live:
        return (Api("", "GET", "WS"),)
    if path.rstrip("/").endswith("/v1"):
        return tuple(Api(tail, "GET" if tail == "/models" else "POST") for tail in _OPENAI)
    return (Api("", ""),)
