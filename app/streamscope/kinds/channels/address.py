"""An address typed by hand."""

from streamscope.kinds.channels.base import Channel, Way
from streamscope.model.errors import UsageError
from streamscope.model.field import Field
from streamscope.model.phrase import phrase


class Address(Channel):
    """Calls the URL that was typed, whatever service is chosen."""

    key = "address"
    label = phrase("Address")
    help = phrase("Calls the URL that you type.")
    fields = (Field("url", phrase("URL"), required=True, help=phrase("https://host:port/path")),)

    def address(self, way: Way) -> str:
        """The typed URL; without one, the address of a service that was entered by hand."""
        typed = way.fields.get("url", "").strip()
        if not typed and way.service is not None:
            typed = way.service.addresses.get(self.key, "")
        if not typed:
            raise UsageError(phrase("There is no URL to call."), phrase("Type one, such as https://host:port/path."))
        return typed
