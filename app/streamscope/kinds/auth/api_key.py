"""An API key of the new generation of services (platform page "Calling a service with an API key")."""

from collections.abc import Mapping

from streamscope.kinds.auth.base import Auth, Values
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request

TEMPORARY = "temp"
"""The type of a key that ends by itself, in the platform's own word."""


class ApiKey(Auth):
    """Sends `Authorization: Bearer <API key>`; a temporary key goes without a scheme, and a header says what it is."""

    key = "api_key"
    label = phrase("API key")
    help = phrase("Sends the key as a bearer in the Authorization header.")
    fields = (
        Field("api_key", phrase("API key"), "secret", required=True),
        Field(
            "type",
            phrase("Lives"),
            "choice",
            choices=(("", phrase("until it is deleted")), (TEMPORARY, phrase("for some hours"))),
            help=phrase("A temporary key is sent in another way."),
        ),
    )
    readable = True
    accepted_as = frozenset({"API_KEY"})

    async def apply(self, request: Request, values: Values) -> Request:
        """The request with the key in its Authorization header."""
        api_key = values["api_key"].strip()
        if values["type"] == TEMPORARY:
            request = request.with_header("Authorization", api_key).with_header("X-Api-Key-Type", TEMPORARY)
            return request.with_secrets(api_key)
        return request.with_header("Authorization", f"Bearer {api_key}").with_secrets(api_key)

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """Its header, and the one that tells the type of a temporary key."""
        return ("Authorization", "X-Api-Key-Type") if values.get("type") == TEMPORARY else ("Authorization",)
