"""The VPC high-speed channel: straight to an instance's own address (platform page "VPC high-speed channel")."""

from streamscope.kinds.channels.base import Channel, Way, offered
from streamscope.model.phrase import phrase
from streamscope.model.service import NO_PROXY, Route


class Direct(Channel):
    """Past the platform: no check of authentication, no limits, no balancing."""

    key = "direct"
    label = phrase("VPC high-speed")
    help = phrase("Straight to the instance, past the platform: nothing checks the authentication.")
    entry = "HOST"
    checked = False

    def address(self, way: Way) -> str:
        """The instance's own address and the container's own path."""
        return offered(way, self.key, self.label)

    def road(self, way: Way) -> Route:
        """Never through a proxy of the system: instances are reached by peering."""
        route = super().road(way)
        return Route(route.url, route.connect, route.tls, way.proxy or NO_PROXY, self.checked)
