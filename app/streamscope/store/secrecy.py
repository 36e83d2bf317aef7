"""What of a draft must not be written into a file: the secrets that were typed into it."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

import msgspec

from streamscope.model.draft import Choice, Draft, Pair, Unsent
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import SECRET_HEADERS

SecretFields = Collection[tuple[str, str]]
"""Kind's key and field's key of every field that is a secret: `kinds.catalog.secret_fields()`."""

_REFERENCE = re.compile(r"\s*((Bearer|Basic|Token|Digest)\s+)?(\{\{[^{}]+\}\}\s*)+", re.IGNORECASE)
_PARAMETERS = frozenset({"access_token", "api-key", "api_key", "apikey", "auth_token", "x-api-key"})


def without_secrets(draft: Draft, secret: SecretFields) -> tuple[Draft, list[Phrase]]:
    """The draft as it may be kept, and what was left out of it.

    Left out are values of secret fields, of headers that carry credentials (they stay, switched off and empty), and
    passwords and keys in addresses. What is only {{variables}} is no secret and stays.
    """
    said: list[Phrase] = []
    choices = {name: _choice(getattr(draft, name), secret, said) for name in ("auth", "channel", "protocol")}
    headers, unsent = _headers(draft, said)
    unsent = tuple(_parameter(one, said) for one in unsent)
    kept = msgspec.structs.replace(
        draft,
        headers=headers,
        unsent=unsent,
        path=_address(draft.path, said),
        proxy=_address(draft.proxy, said),
        **choices,
    )
    return (kept, said) if said else (draft, said)


def plain_address(text: str) -> tuple[str, bool]:
    """An address without the password before its @ and without keys among its parameters; whether it had any."""
    said: list[Phrase] = []
    kept = _address(text, said)
    return kept, bool(said)


def _choice(choice: Choice, secret: SecretFields, said: list[Phrase]) -> Choice:
    kept = {}
    for key, value in choice.values.items():
        if (choice.kind, key) in secret and value and not _REFERENCE.fullmatch(value):
            said.append(
                phrase("The value of {field} is a secret and was not written: name a credential instead.", field=key)
            )
        else:
            kept[key] = _address(value, said)
    return choice if kept == choice.values else msgspec.structs.replace(choice, values=kept)


def _headers(draft: Draft, said: list[Phrase]) -> tuple[tuple[Pair, ...], tuple[Unsent, ...]]:
    """The headers that may be kept; the others are switched off at their place, without their value."""
    if not any(_credential(name, value) for name, value in draft.headers) and not any(
        one.place == "header" and _credential(one.name, one.value) for one in draft.unsent
    ):
        return draft.headers, draft.unsent
    others = [one for one in draft.unsent if one.place != "header"]
    off = [one for one in draft.unsent if one.place == "header"]
    taken = {one.at for one in off}
    kept: list[Pair] = []
    place = 0
    for name, value in draft.headers:
        while place in taken:
            place += 1
        if _credential(name, value):
            off.append(Unsent("header", place, name))
            said.append(phrase("The value of the header {name} is a secret and was not written.", name=name))
        else:
            kept.append((name, value))
        place += 1
    for number, one in enumerate(off):
        if _credential(one.name, one.value):
            off[number] = msgspec.structs.replace(one, value="")
            said.append(phrase("The value of the header {name} is a secret and was not written.", name=one.name))
    return tuple(kept), tuple(sorted(off, key=lambda one: one.at)) + tuple(others)


def _parameter(one: Unsent, said: list[Phrase]) -> Unsent:
    """A parameter that is switched off, without its value where that is a key."""
    if one.place != "query" or not _secret_parameter(one.name, one.value):
        return one
    said.append(phrase("The value of the parameter {name} is a secret and was not written.", name=one.name))
    return msgspec.structs.replace(one, value="")


def _secret_parameter(name: str, value: str) -> bool:
    return name.lower() in _PARAMETERS and bool(value) and not _REFERENCE.fullmatch(value)


def _credential(name: str, value: str) -> bool:
    return name.strip().lower() in SECRET_HEADERS and bool(value.strip()) and not _REFERENCE.fullmatch(value)


def _address(text: str, said: list[Phrase]) -> str:
    """An address without the password before its @ and without keys among its parameters."""
    kept = text
    if "://" in text and "@" in text:
        try:
            password = urlsplit(text).password
        except ValueError:
            password = None
        if password and not _REFERENCE.fullmatch(password):
            kept = kept.replace(f":{password}@", "@", 1)
            said.append(phrase("The password in an address is a secret and was not written."))
    head, mark, query = kept.partition("?")
    if not mark:
        return kept
    parts = query.split("&")
    for number, part in enumerate(parts):
        name, _, value = part.partition("=")
        if _secret_parameter(name, value):
            parts[number] = name + "="
            said.append(phrase("The value of the parameter {name} is a secret and was not written.", name=name))
    return f"{head}?{'&'.join(parts)}"
