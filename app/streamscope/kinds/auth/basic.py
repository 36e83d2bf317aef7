"""A user name and a password with each request (RFC 7617)."""

import base64
from collections.abc import Mapping

from streamscope.kinds.auth.base import Auth, Values
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


class Basic(Auth):
    """Sends `Authorization: Basic <base64 of user:password>`."""

    key = "basic"
    label = phrase("Basic")
    help = phrase("Sends user name and password in the Authorization header.")
    fields = (
        Field("user", phrase("User"), required=True),
        Field("password", phrase("Password"), "secret"),
    )
    readable = True

    async def apply(self, request: Request, values: Values) -> Request:
        """The request with both in its Authorization header, as UTF-8."""
        joined = base64.b64encode(f"{values['user']}:{values['password']}".encode()).decode()
        return request.with_header("Authorization", f"Basic {joined}").with_secrets(values["password"], joined)

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """Its one header."""
        return ("Authorization",)
