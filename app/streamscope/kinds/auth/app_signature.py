"""AppKey and AppSecret of the API gateway (platform page "Accessing a service with App authentication")."""

from collections.abc import Mapping

from streamscope.kinds.auth.base import Auth, Values
from streamscope.kinds.auth.explained import explained
from streamscope.kinds.auth.signing import hashed, names, signed
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Note, Request, Step


class AppSignature(Auth):
    """Signs with an App's secret; with a key alone it is sent plainly as `apikey`, as gateways allow."""

    key = "app_signature"
    label = phrase("App signature")
    help = phrase("Signs with AppKey and AppSecret; with the key alone, sends it as 'apikey'.")
    fields = (
        Field("app_key", phrase("AppKey"), required=True),
        Field("app_secret", phrase("AppSecret"), "secret", help=phrase("Empty: the key alone is sent.")),
    )
    audience = "app"
    body_limit = 12 * 1024 * 1024
    dated = True
    accepted_as = frozenset({"APP"})

    async def apply(self, request: Request, values: Values) -> Request:
        """The signed request, or the one with the bare key."""
        app_key, secret = values["app_key"].strip(), values["app_secret"].strip()
        if secret:
            return signed(request, app_key, secret, await hashed(request))
        note = Note(
            phrase("AppKey alone"), str(phrase("No AppSecret was given: the key is sent unsigned, as 'apikey'."))
        )
        return request.with_header("apikey", app_key).with_secrets(app_key).with_notes(note)

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:
        """The signature's headers, or the bare key's."""
        if values.get("app_key", "").strip() and not values.get("app_secret", "").strip():
            return ("apikey",)
        return names(request)

    def steps(self, request: Request, values: Values) -> tuple[Step, ...]:
        """How the signature was made; a bare key needs no telling."""
        return explained(request, self.fields[1].label) if values["app_secret"].strip() else ()
