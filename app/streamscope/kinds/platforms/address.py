"""Services listed by hand: any URL at all."""

from streamscope.kinds.platforms.base import Listed, Platform, Site
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Workspace
from streamscope.model.url import parse_url


class ByHand(Platform):
    """One URL a line, with a name before it where one is wanted."""

    key = "address"
    label = phrase("Addresses by hand")
    help = phrase("Any URL is a service: an OpenAI-compatible server, a container, a gateway.")
    fields = (Field("urls", phrase("Services"), "lines", help=phrase("One a line: NAME URL, or just the URL.")),)

    def addresses(self, workspace: Workspace) -> tuple[str, ...]:
        """One URL for each host that is listed."""
        urls = (line.strip().rpartition(" ")[2] for line in workspace.values.get("urls", "").splitlines())
        return tuple({parse_url(url).authority: url for url in urls if url}.values())

    async def services(self, site: Site) -> list[Listed]:
        """The lines, each a service that accepts whatever is chosen."""
        found = []
        for line in site.workspace.values.get("urls", "").splitlines():
            name, _, url = line.strip().rpartition(" ")
            if url:
                address = parse_url(url)
                words = ("WS",) if address.scheme in ("ws", "wss") else ("HTTP", "STREAM")
                found.append(
                    Listed(url, name.strip() or address.authority, protocols=words, entries={"": url}, auth=("ANY",))
                )
        return found
