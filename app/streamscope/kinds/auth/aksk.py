"""Access key and secret key: each request is signed (platform page "Accessing a service with AK/SK")."""

from streamscope.kinds.auth.base import Auth, Values
from streamscope.kinds.auth.signing import signed
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request


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
        return signed(request, values["access_key"].strip(), values["secret_key"].strip())
