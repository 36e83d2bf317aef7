"""Signing in at the identity service: a password, an MFA device's code where one is wanted, and a token for a project.

Source: identity service API "Obtaining a user token through password authentication", and through virtual MFA.
"""

import json
import re
from datetime import datetime
from typing import Any

from streamscope.kinds.auth.base import Question, Values
from streamscope.kinds.auth.cache import Token
from streamscope.kinds.net import Reply
from streamscope.model.errors import CredentialError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import masked
from streamscope.model.service import Route
from streamscope.model.url import Url, parse_url


def project(values: Values) -> str:
    """The project that a token is for, by name or id: the field's, else the workspace's, else the region's own."""
    return values["project"] or values.account.project or values.account.region


def body(values: Values, code: str = "") -> dict[str, Any]:
    """The identity request: password method and, with a code, an MFA device's; project scope (32 hexadecimal digits are
    an id, anything else a name)."""
    scope = project(values)
    is_id = len(scope) == 32 and all(digit in "0123456789abcdef" for digit in scope)
    user = {"name": values["user"], "password": values["password"], "domain": {"name": values["domain"]}}
    identity: dict[str, Any] = {"methods": ["password"], "password": {"user": user}}
    if code:
        who = (
            {"id": values.account.user_id}
            if values.account.user_id
            else {"name": user["name"], "domain": user["domain"]}
        )
        identity |= {"methods": ["password", "totp"], "totp": {"user": {**who, "passcode": code}}}
    auth: dict[str, Any] = {"identity": identity}
    if scope:
        auth["scope"] = {"project": {"id" if is_id else "name": scope}}
    return {"auth": auth}


async def fetch(values: Values) -> Token:
    """A new token. Raises CredentialError, and the ConnectErrors of the way to the identity service."""
    iam = values["iam"] or values.account.iam
    if not iam or values.net is None:
        raise CredentialError(
            phrase("There is no address of an identity service to get a token from."),
            phrase("Give one in the field 'iam', or choose a workspace that knows it."),
        )
    code = await _code(values) if values.account.mfa else ""
    reply = await _signed_in(values, iam, code)
    if not code and _wants_code(reply):
        reply = await _signed_in(values, iam, await _code(values))
    if reply.status != 201:
        raise _refused(reply.status, reply.body, values)
    value = reply.header("X-Subject-Token")
    try:
        ends = datetime.fromisoformat(json.loads(reply.body)["token"]["expires_at"]).timestamp()
    except (ValueError, KeyError, TypeError) as error:
        raise CredentialError(phrase("The identity service's answer is no token."), cause=str(error)) from error
    return Token(value, ends)


async def _signed_in(values: Values, iam: str, code: str) -> Reply:
    if values.net is None:
        raise CredentialError(phrase("There is no network to get a token through."))
    url = parse_url(iam).with_path("/v3/auth/tokens?nocatalog=true")
    headers = (("Content-Type", "application/json;charset=utf8"),)
    return await values.net.call("POST", _way(values, url), headers, json.dumps(body(values, code)).encode())


# The identity service's documentation names the method, not the words of the refusal.
_MFA = re.compile(rb"\b(mfa|totp|multi-?factor|two-?factor|passcode|verification code)\b", re.IGNORECASE)


def _wants_code(reply: Reply) -> bool:
    """Whether a sign-in with the password alone was refused because a code is wanted, too."""
    return reply.status in (400, 401, 403) and _MFA.search(reply.body) is not None


async def _code(values: Values) -> str:
    """The code of the person's MFA device. Raises CredentialError where none is given."""
    about = phrase("{user} of {domain} signs in with MFA.", user=values["user"], domain=values["domain"])
    code = "" if values.ask is None else await values.ask(Question(phrase("MFA code"), about))
    if not code.strip():
        raise CredentialError(
            phrase("{about} No code was given.", about=about),
            phrase("Sign in again and type the six digits that the MFA device shows."),
        )
    return "".join(code.split())


def _way(values: Values, url: Url) -> Route:
    if values.way is None:
        return Route(url)
    return Route(url, values.way.connect, tls=values.way.tls, proxy=values.way.proxy)


def _refused(status: int, answer: bytes, values: Values) -> CredentialError:
    try:
        said = json.loads(answer)
        message = str(said.get("error", said).get("message") or said.get("error_msg", ""))
    except (ValueError, AttributeError):
        message = answer[:200].decode(errors="replace")
    message = masked(message, [values["password"]])
    told = phrase("The identity service refused the sign-in ({status}): {message}", status=status, message=message)
    return CredentialError(told, _remedy(status, message, values), cause=f"HTTP {status}")


def _remedy(status: int, message: str, values: Values) -> Phrase:
    if _MFA.search(message.encode()):
        return phrase("Type the code that the MFA device shows now; each is good once, for half a minute.")
    if status != 401:
        return phrase("Check the project '{project}' and the identity service's address.", project=project(values))
    if values["user"] == values["domain"]:
        return phrase(
            "'{user}' is the account itself. The password of a HUAWEI ID never gets a token: create an IAM user in the "
            "IAM console (Users, with programmatic access and a password), and sign in with its name and password.",
            user=values["user"],
        )
    return phrase(
        "Check account '{domain}', user '{user}' and the password; a HUAWEI ID and federated users need an IAM user of "
        "their own.",
        domain=values["domain"],
        user=values["user"],
    )
