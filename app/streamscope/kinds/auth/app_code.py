"""An App code of the API gateway (platform page "Accessing a service with App authentication")."""

from collections.abc import Mapping

from streamscope.kinds.auth.base import Auth, Values
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


class AppCode(Auth):
    """Sends `X-Apig-AppCode`; the gateway checks only the code, nothing is signed."""

    key = "app_code"
    label = phrase("App code")
    help = phrase("Sends the code of an App in a header; it never expires by itself.")
    fields = (Field("app_code", phrase("App code"), "secret", required=True),)
    audience = "app"
    readable = True
    accepted_as = frozenset({"APP"})

    async def apply(self, request: Request, values: Values) -> Request:
        """The request with the code in its header."""
        code = values["app_code"].strip()
        return request.with_header("X-Apig-AppCode", code).with_secrets(code)

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """Its one header."""
        return ("X-Apig-AppCode",)
