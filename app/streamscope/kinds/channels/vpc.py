"""The VPC access channel: the same platform through an endpoint in the user's VPC, under a private name.

Source: platform pages "VPC access channel" and "Intranet access". The private name keeps its place in TLS, Host and
signature; only the address that is connected to may be given by hand.
"""

from streamscope.kinds.channels.base import Channel, Way, offered
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Route


class Vpc(Channel):
    """Through a VPC endpoint, under a name that only the VPC's DNS knows."""

    key = "vpc"
    label = phrase("VPC")
    help = phrase("Through the endpoint in your VPC, under its private name.")
    entry = "INTERNAL"
    fields = (
        Field(
            "endpoint",
            phrase("Endpoint address"),
            help=phrase("IP of the VPC endpoint, where its private name does not resolve here."),
        ),
    )

    def address(self, way: Way) -> str:
        """The service's address under the private name."""
        return offered(way, self.key, self.label)

    def road(self, way: Way) -> Route:
        """The same URL, connected at the endpoint's own address where one is given."""
        route = super().road(way)
        endpoint = way.fields.get("endpoint", "").strip()
        return Route(route.url, endpoint or route.connect, route.tls, route.proxy, route.checked)
