"""Credentials of a command as an authentication of the draft, where that sends exactly the same."""

import base64
import binascii
import re

from streamscope.kinds.catalog import AUTH
from streamscope.model.draft import Choice, Pair
from streamscope.model.phrase import Phrase, phrase

_OWN = re.compile(r"\{\{STREAMSCOPE_([A-Z]+(?:_[A-Z]+)*)\}\}")
# Field by kind and its variable's end: what the writer of commands writes for a secret.
_FIELDS = {
    "BEARER_TOKEN": ("bearer", "token"),
    "API_KEY_API_KEY": ("api_key", "api_key"),
    "APP_CODE_APP_CODE": ("app_code", "app_code"),
    "BASIC_PASSWORD": ("basic", "password"),
}


def authenticated(headers: list[Pair], user: str | None, bearer: str) -> tuple[Choice, list[Pair], list[Phrase]]:
    """The authentication, the headers that are left, and what to tell.

    A header that was typed wins over -u and --oauth2-bearer, as in curl. When in doubt a header stays as it is.
    """
    known = [(at, choice) for at, pair in enumerate(headers) if (choice := _of_header(*pair)) is not None]
    signing = [pair for pair in headers if pair[0].lower() == "authorization"]
    if len(known) == 1 and len(signing) <= 1 and (signing in ([], [headers[known[0][0]]])):
        at, choice = known[0]
        name = headers[at][0]
        told = phrase("The header {name} became the authentication '{kind}'.", name=name, kind=AUTH[choice.kind].label)
        return choice, headers[:at] + headers[at + 1 :], [told]
    if signing:
        return Choice("none"), headers, _signed(signing)
    if bearer:
        return _filled("bearer", token=bearer), headers, []
    if user is not None:
        name, _, password = user.partition(":")
        lacking = [] if ":" in user else [phrase("curl would ask for the password of -u: fill it in.")]
        return _filled("basic", user=name, password=password), headers, lacking
    return Choice("none"), headers, []


def _signed(signing: list[Pair]) -> list[Phrase]:
    if any("Signature=" in value for _, value in signing):
        return [
            phrase(
                "The Authorization header is a signature: it holds for this very request and for some minutes. "
                "Choose the authentication that signs to send it later."
            )
        ]
    return []


def _of_header(name: str, value: str) -> Choice | None:
    """The authentication that adds just this header."""
    if name.lower() == "x-apig-appcode" and value:
        return _filled("app_code", app_code=value)
    if name.lower() != "authorization":
        return None
    scheme, _, rest = value.partition(" ")
    if not rest or rest != rest.strip():
        return None
    if scheme == "Bearer":
        return _filled("bearer", token=rest)
    if scheme == "Basic":
        return _basic(rest)
    return None


def _basic(encoded: str) -> Choice | None:
    try:
        user, mark, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    again = base64.b64encode(f"{user}:{password}".encode()).decode()
    return Choice("basic", {"user": user, "password": password}) if mark and user and again == encoded else None


def _filled(kind: str, **values: str) -> Choice:
    """A choice; a variable that stands for a secret of ours is left to be filled from where it is kept."""
    for key, value in list(values.items()):
        match = _OWN.fullmatch(value)
        if match and match[1] in _FIELDS:
            own_kind, own_key = _FIELDS[match[1]]
            if own_key == key or own_kind == "api_key":
                kind = own_kind
                del values[key]
    return Choice(kind, {key: value for key, value in values.items() if value})
