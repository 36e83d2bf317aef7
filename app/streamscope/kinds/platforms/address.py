"""Services listed by hand: any URL at all."""

from streamscope.kinds.platforms.base import Listed, Platform, Site
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.url import parse_url


class ByHand(Platform):
    """One URL a line, with a name before it where one is wanted."""

    key = "address"
    label = phrase("Addresses by hand")
    help = phrase("Any URL is a service: an OpenAI-compatible server, a container, a gateway.")
    fields = (Field("urls", phrase("Services"), "lines", help=phrase("One a line: NAME URL, or just the URL.")),)

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
