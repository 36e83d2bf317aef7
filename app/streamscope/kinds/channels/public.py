"""The public network: the platform's gateway (platform page "Public network access channel")."""

from streamscope.kinds.channels.base import Channel, Way, offered
from streamscope.model.phrase import phrase


class Public(Channel):
    """Through the gateway, from anywhere."""

    key = "public"
    label = phrase("Public network")
    help = phrase("Through the platform's gateway, from anywhere.")
    entry = "PUBLIC"

    def address(self, way: Way) -> str:
        """The service's address at the gateway."""
        return offered(way, self.key, self.label)
