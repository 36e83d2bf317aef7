"""An API key of the new generation of services (platform page "Calling a service with an API key")."""

from collections.abc import Mapping

from streamscope.kinds.auth.base import Auth, Values
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


class ApiKey(Auth):
    """Sends `Authorization: Bearer <API key>`."""

    key = "api_key"
    label = phrase("API key")
    help = phrase("Sends the key as a bearer in the Authorization header.")
    fields = (Field("api_key", phrase("API key"), "secret", required=True),)
    readable = True
    accepted_as = frozenset({"API_KEY"})

    async def apply(self, request: Request, values: Values) -> Request:
        """The request with the key in its Authorization header."""
        api_key = values["api_key"].strip()
        return request.with_header("Authorization", f"Bearer {api_key}").with_secrets(api_key)

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """Its one header."""
        return ("Authorization",)
