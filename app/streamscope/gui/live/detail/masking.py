"""What must not leave with a copy: the secret values that are known of an exchange."""

import re
from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import quote, quote_plus, urlsplit

import msgspec

from streamscope.gui.live.feed import Feed
from streamscope.model.draft import Draft
from streamscope.model.event import Event, Head, RequestSent
from streamscope.model.redact import MASK, SECRET_HEADERS, masked_header

_E = TypeVar("_E", bound=Event)
_REFERENCE = re.compile(r"\{\{[^{}]*\}\}")
_SCHEME = re.compile(r"^(?:Bearer|Basic|Token|Digest)\s+", re.IGNORECASE)


def known_secrets(feed: Feed) -> frozenset[str]:
    """The secret values that were typed into the exchange's draft, and those that its window told in `feed.secrets`.

    What lies in the keyring and what was fetched by itself never reaches a recording's request; the window that sent
    it may still know these and name them.
    """
    told: Iterable[str] = getattr(feed, "secrets", ())
    values = {value for value in (*told, *_typed(feed.exchange.draft)) if len(value) >= 4 and MASK not in value}
    return frozenset(form for value in values for form in (value, quote(value, safe=""), quote_plus(value)))


def _typed(draft: Draft) -> Iterable[str]:
    from streamscope.kinds import catalog

    fields = catalog.secret_fields()
    for choice in (draft.auth, draft.channel, draft.protocol):
        for key, value in choice.values.items():
            if (choice.kind, key) in fields and not _REFERENCE.search(value):
                yield value
    for name, value in draft.headers:
        if name.strip().lower() in SECRET_HEADERS and not _REFERENCE.search(value):
            yield _SCHEME.sub("", value.strip())
    for text in (draft.path, draft.proxy, *draft.channel.values.values()):
        try:
            yield urlsplit(text).password or ""
        except ValueError:
            continue


def without_secrets(event: _E, secrets: Iterable[str]) -> _E:
    """An event with what its headers carry of credentials masked; its text is masked once it is written."""
    if isinstance(event, RequestSent | Head):
        pairs = [
            (name, _cookie(value) if _sets(name) else masked_header(name, value, secrets))
            for name, value in event.headers
        ]
        return msgspec.structs.replace(event, headers=pairs)
    return event


def _sets(name: str) -> bool:
    return name.lower() == "set-cookie"


def _cookie(value: str) -> str:
    """A Set-Cookie header with its name and attributes, without its value (as in an exported HAR)."""
    pair, semicolon, attributes = value.partition(";")
    return f"{pair.partition('=')[0]}={MASK}{semicolon}{attributes}"
