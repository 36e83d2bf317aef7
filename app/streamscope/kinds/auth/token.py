"""An IAM token: fetched with a password, valid for 24 hours, sent with each request.

Source: identity service API "Obtaining a user token through password authentication"; gateway error codes.
"""

import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from streamscope.kinds.auth.base import Answer, Auth, Lease, Values
from streamscope.kinds.auth.cache import Token
from streamscope.kinds.auth.identity import fetch, project
from streamscope.model.field import Field
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import MASK
from streamscope.model.request import Line, Note, Request, Step

# What gateway and dispatcher say of a token whose life is over (API Gateway and ModelArts error codes).
_WORN = (b"APIG.0307", b"APIGW.0307", b"ModelArts.0202", b"token must be updated", b"token has expired")


class IamToken(Auth):
    """Sends `X-Auth-Token`; one identity request serves all calls until shortly before the token's end."""

    key = "token"
    label = phrase("IAM token")
    help = phrase("Gets a token with the password, keeps it for its 24 hours, renews it once when it is refused.")
    fields = (
        Field("domain", phrase("Account"), required=True, help=phrase("The account's name (domain).")),
        Field("user", phrase("IAM user"), required=True),
        Field("password", phrase("Password"), "secret", required=True),
        Field("project", phrase("Project"), help=phrase("Name or id; the region's own where empty.")),
        Field("iam", phrase("IAM address"), help=phrase("Where the workspace does not know it.")),
    )
    readable = True
    leases = True
    accepted_as = frozenset({"IAM", "TOKEN"})

    async def apply(self, request: Request, values: Values) -> Request:
        """The request with a living token. Raises CredentialError where none can be had."""
        lease = self.lease(values)
        return _with(request, await values.cache.get(lease.name, lease.fetch, proof=lease.proof))

    def lease(self, values: Values) -> Lease:
        """The token of this account, user and project."""
        return Lease(_name(values), lambda: fetch(values), _proof(values))

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """Its one header."""
        return ("X-Auth-Token",)

    def steps(self, request: Request, values: Values) -> tuple[Step, ...]:  # noqa: ARG002 - the outline
        """Whose token it is, for which project, where it is from, and how long it lives."""
        token = values.cache.known(_name(values))
        who = phrase("The fields 'Account' and 'IAM user'.")
        iam = phrase("The field 'IAM address'.") if values["iam"] else phrase("The workspace.")
        lines = [
            Line(str(phrase("Sign-in: {domain} / {user}", domain=values["domain"], user=values["user"])), who),
            Line(str(phrase("Scope: project {project}", project=project(values) or "-")), _scope(values)),
            Line(str(phrase("Identity service: {iam}", iam=values["iam"] or values.account.iam or "-")), iam),
        ]
        if token is not None:
            lines.append(Line(MASK, _ORIGINS[token.origin]))
        if token is not None and token.origin != "later":
            expires = phrase("The token's end, as the identity service told it: {time}.", time=_iso(token.expires))
            lines.append(Line(str(_life(token)), expires))
        return (Step(phrase("Token"), tuple(lines)),)

    async def renew(self, request: Request, answer: Answer, values: Values) -> Request | None:
        """The request with a new token, where the old one was refused as worn out."""
        if answer.head.status != 401 or not any(sign in answer.body for sign in _WORN):
            return None
        worn = request.header("X-Auth-Token") or ""
        lease = self.lease(values)
        return _with(request, await values.cache.get(lease.name, lease.fetch, proof=lease.proof, worn=worn))


_ORIGINS = {
    "memory": phrase("kept from an earlier call"),
    "keyring": phrase("kept in the keyring"),
    "fetched": phrase("fetched with the password"),
    "renewed": phrase("renewed, since the old one was refused"),
    "later": phrase("will be fetched with the password when it is sent"),
}


def _with(request: Request, token: Token) -> Request:
    if token.origin == "later":
        told = request.with_header("X-Auth-Token", token.value).with_secrets(token.value)
        return told.with_notes(Note(phrase("Token"), str(_ORIGINS["later"])))
    return (
        request.with_header("X-Auth-Token", token.value)
        .with_secrets(token.value)
        .with_notes(Note(phrase("Token"), str(_life(token))), Note(phrase("Token expires"), _iso(token.expires)))
    )


def _life(token: Token) -> Phrase:
    left = max(0, int(token.expires - time.time()))
    return phrase("{hours} h {minutes} min left", hours=left // 3600, minutes=left % 3600 // 60)


_LATEST = 253_402_300_799.0
"""The end of the year 9999, the last that a date can be written in."""


def _iso(timestamp: float) -> str:
    return datetime.fromtimestamp(min(timestamp, _LATEST), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _name(values: Values) -> str:
    iam = values["iam"] or values.account.iam
    return "\n".join((values.account.workspace, iam, values["domain"], values["user"], project(values)))


def _proof(values: Values) -> str:
    return hashlib.sha256(values["password"].encode()).hexdigest()


def _scope(values: Values) -> Phrase:
    if values["project"]:
        return phrase("The field 'Project'.")
    if values.account.project:
        return phrase("The workspace's project.")
    return (
        phrase("The workspace's region: its own project.") if values.account.region else phrase("No project is known.")
    )
