"""No authentication."""

from streamscope.kinds.auth.base import Auth, Values
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


class NoAuth(Auth):
    """Sends the request as it is."""

    key = "none"
    label = phrase("None")
    help = phrase("Nothing is added to the request.")
    accepted_as = frozenset({"NONE"})

    async def apply(self, request: Request, values: Values) -> Request:  # noqa: ARG002 - the outline
        """The request itself."""
        return request
