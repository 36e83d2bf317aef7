"""Where a service of the new generation is called, in whatever form the platform tells it. Pure.

Source: "Accessing a service": `{protocol}://{address}/v2/infer/{service id}`, or the user's own domain and path;
`predict_url` of a service's details. The answers found in the field name bare addresses, too, without scheme or path.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from streamscope.model.errors import UsageError
from streamscope.model.url import DEFAULT_PORTS, SECURE, parse_url

_ENTRIES = ("PUBLIC", "INTERNAL")
"""The ways in that can be called; CONSOLE is a page of the platform's own."""
_SCHEMES = {"HTTP": "http", "HTTPS": "https", "WS": "ws", "WSS": "wss"}
_BARE = {"/v2/infer", "/v2/infers"}
"""A path that still wants the service's id; one page of the manual spells it with an s."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URL of each way in; `further` are those that the platform tells besides.

    `assumed` are addresses as they were told, where scheme or path had to be filled in or changed.
    """

    entries: Mapping[str, str] = field(default_factory=dict)
    further: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


def addresses(told: Any, protocol: str, service: str, custom: Any = None) -> Addresses:
    """All addresses of a service: `told` is its predict_url, `custom` its custom URLs."""
    entries: dict[str, str] = {}
    further: list[str] = []
    assumed: list[str] = []
    pairs = [*_pairs(told), *(("", text) for text in _texts(custom))]
    for entry, text in pairs:
        url = completed(text, protocol, service)
        if not url:
            continue
        if url != text.strip() and text.strip() not in assumed:
            assumed.append(text.strip())
        if entry and entry not in entries:
            entries[entry] = url
        elif url not in further and url not in entries.values():
            further.append(url)
    if not entries and further:  # only the user's own URLs are told
        entries["PUBLIC"] = further.pop(0)
    return Addresses(entries, tuple(further), tuple(assumed))


def completed(told: str, protocol: str, service: str) -> str:
    """One address as a URL that can be called; '' for one that is none.

    The service's protocol decides the scheme, since the platform refuses the other one (ModelArts.8910); a default port
    of the other one is left out then. A path of the user's own is kept.
    """
    scheme, mark, rest = told.strip().partition("://")
    scheme, rest = (scheme.lower(), rest) if mark else ("", told.strip().removeprefix("//"))
    cut = min((at for at in (rest.find("/"), rest.find("?"), rest.find("#")) if at >= 0), default=len(rest))
    authority, path = _bracketed(rest[:cut]), rest[cut:]
    if not authority or (scheme and scheme not in DEFAULT_PORTS):
        return ""
    try:
        url = parse_url(f"{scheme or 'https'}://{authority}{path}")
    except UsageError:
        return ""
    wanted = _SCHEMES.get(protocol.upper(), "")
    said = scheme or {80: "http", 443: "https"}.get(url.port or 0, "")
    final = wanted or said or "https"
    other = bool(said) and (said in SECURE) != (final in SECURE)
    port = None if other and url.port == DEFAULT_PORTS[said] else url.port
    whole = url.path
    if whole.rstrip("/") in _BARE:
        whole = f"{whole.rstrip('/')}/{quote(service, safe='')}"
    elif whole == "/":
        whole = f"/v2/infer/{quote(service, safe='')}"
    return str(replace(url, scheme=final, port=port, path=whole))


def _bracketed(authority: str) -> str:
    """An IPv6 address that was written without brackets gets them."""
    try:
        return f"[{authority}]" if ipaddress.ip_address(authority.partition("%")[0]).version == 6 else authority
    except ValueError:
        return authority


def _pairs(told: Any) -> Iterable[tuple[str, str]]:
    """Way in and address; of a plain list of addresses, or a single one, nothing but the public network is known."""
    for row in told if isinstance(told, list) else [told]:
        if isinstance(row, dict):
            entry = str(row.get("type") or "PUBLIC").upper()
            if entry in _ENTRIES:
                yield from ((entry, text) for text in _texts(row.get("urls")))
        else:
            yield from (("PUBLIC", text) for text in _texts(row))


def _texts(told: Any) -> list[str]:
    found = told if isinstance(told, list) else [told]
    return [text for text in found if isinstance(text, str) and text.strip()]
