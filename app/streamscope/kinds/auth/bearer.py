"""A bearer token (RFC 6750)."""

from collections.abc import Mapping

from streamscope.kinds.auth.base import Auth, Values
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


class Bearer(Auth):
    """Sends `Authorization: Bearer <token>`."""

    key = "bearer"
    label = phrase("Bearer token")
    help = phrase("Sends the token in the Authorization header.")
    fields = (Field("token", phrase("Token"), "secret", required=True),)
    readable = True

    async def apply(self, request: Request, values: Values) -> Request:
        """The request with the token in its Authorization header."""
        token = values["token"].strip()
        return request.with_header("Authorization", f"Bearer {token}").with_secrets(token)

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """Its one header."""
        return ("Authorization",)
