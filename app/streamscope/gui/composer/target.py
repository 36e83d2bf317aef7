"""What a text in the address means: a path, a whole URL, or a cURL command."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from streamscope.model.draft import Draft

CURL = re.compile(r"\s*(?:[$>%#]\s+)?(?=curl(?:\.exe)?\s)", re.IGNORECASE)
_URL = re.compile(r"(https?|wss?)://([^/?#\s]+)(\S*)", re.IGNORECASE)


class Target(NamedTuple):
    """A whole URL cut where its path begins; each part as it was typed."""

    scheme: str
    base: str
    path: str


def target(text: str) -> Target | None:
    """The parts of a whole URL; None where the text is none."""
    if (found := _URL.fullmatch(text.strip())) is None:
        return None
    scheme, host, path = found.groups()
    return Target(scheme.lower(), f"{scheme}://{host}", path)


def behind(text: str, addresses: Mapping[str, str], first: str) -> tuple[str, str] | None:
    """The channel whose address the URL begins with, and what stands behind it; `first` is tried before the others."""
    whole = _plain(text.strip())
    for channel in sorted(addresses, key=lambda channel: channel != first):
        address = _plain(addresses[channel]).rstrip("/")
        rest = whole[len(address) :]
        if address and whole.startswith(address) and rest[:1] in ("", "/", "?", "#"):
            return channel, text.strip()[len(text.strip()) - len(rest) :] if rest else ""
    return None


def _plain(url: str) -> str:
    """A URL whose scheme says only whether it is secure."""
    scheme, mark, rest = url.partition("://")
    return {"ws": "http", "wss": "https"}.get(scheme.lower(), scheme.lower()) + mark + rest


def curl(text: str) -> str:
    """The cURL command that a text is, without the prompt before it; '' where it is none."""
    found = CURL.match(text)
    return text[found.end() :] if found is not None else ""


def split(draft: Draft) -> Draft:
    """A draft whose channel holds a whole URL, with the path where paths are edited."""
    found = None if draft.path else target(draft.channel.values.get("url", ""))
    if found is None or found.path in ("", "/"):
        return draft
    channel = replace(draft.channel, values={**draft.channel.values, "url": found.base})
    return replace(draft, channel=channel, path=found.path)
