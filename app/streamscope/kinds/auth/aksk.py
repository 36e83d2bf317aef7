"""Access key and secret key: each request is signed (platform page "Accessing a service with AK/SK")."""

from collections.abc import Mapping

from streamscope.kinds.auth.base import Auth, Values
from streamscope.kinds.auth.explained import explained
from streamscope.kinds.auth.signing import hashed, names, signed
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request, Step


class AkSk(Auth):
    """Signs with an access key; a temporary key brings its security token along, which is signed too."""

    key = "aksk"
    label = phrase("AK/SK signature")
    help = phrase("Signs method, host, path, query, headers and body; bodies up to 12 MB.")
    fields = (
        Field("access_key", phrase("Access key (AK)"), required=True),
        Field("secret_key", phrase("Secret key (SK)"), "secret", required=True),
        Field("security_token", phrase("Security token"), "secret", help=phrase("Only with a temporary key.")),
    )
    body_limit = 12 * 1024 * 1024
    dated = True
    accepted_as = frozenset({"IAM"})

    async def apply(self, request: Request, values: Values) -> Request:
        """The signed request."""
        token = values["security_token"].strip()
        if token:
            request = request.with_default("X-Security-Token", token).with_secrets(token)
        digest = await hashed(request)
        return signed(request, values["access_key"].strip(), values["secret_key"].strip(), digest)

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:
        """The security token where there is one, then the signature's headers."""
        return (*(("X-Security-Token",) if values.get("security_token", "").strip() else ()), *names(request))

    def steps(self, request: Request, values: Values) -> tuple[Step, ...]:  # noqa: ARG002 - the outline
        """How the signature was made."""
        return explained(request, self.fields[1].label)
