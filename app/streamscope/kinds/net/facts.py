"""What is known of a connection, as it is recorded with the phases that made it.

The end of `dns`: asked, addresses (a list in one text), by (system, address, override).
The end of `connect`: address, port, family, local, local_port; number and of (which of the addresses), tried (the
others before it, and why not).
The end of `proxy`: proxy, proxy_by (route, settings, system), proxy_signed_in, target, status.
The end of `tls`: host, sni, version, cipher, bits, alpn, group, resumed, trust (system, file, fingerprint, skipped),
doubt (why the certificate was not trusted), chain (verified, shown, own).
The beginning of `send`: http; on a kept connection also reused, requests (sent on it before), idle_ms, and all of the
above, with the certificates; proxy, proxy_by, proxy_signed_in where a proxy is given the request itself.
The end of `send`: bytes. Any end: failed (why).
"""

import ipaddress
import os
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from streamscope.model.event import Detail


@dataclass(slots=True)
class Road:
    """One connection: its facts, and the certificates (DER) of the server at its end."""

    facts: Detail = field(default_factory=dict)
    certificates: list[bytes] = field(default_factory=list)


def ends(local: Any, peer: Any) -> Detail:
    """The two ends of a connection, from its socket addresses."""
    if not peer:
        return {}
    facts: Detail = {"address": str(peer[0]), "port": int(peer[1]), "family": "IPv6" if ":" in peer[0] else "IPv4"}
    if local:
        facts |= {"local": str(local[0]), "local_port": int(local[1])}
    return facts


def agreed(made: Any, name: str, trust: str, doubt: str = "") -> Road:
    """What a TLS handshake came to; `made` is the SSLObject, `name` the host that was asked for."""
    if made is None:
        return Road()
    cipher = made.cipher() or ("", "", 0)
    facts: Detail = {
        "host": name,
        "sni": "" if _is_address(name) else name,  # RFC 6066, section 3: an address is no server name
        "version": made.version() or "",
        "cipher": cipher[0],
        "bits": cipher[2],
        "alpn": made.selected_alpn_protocol() or "",
        "resumed": bool(made.session_reused),
        "trust": trust,
    }
    if doubt:
        facts["doubt"] = doubt
    if group := _group(made):
        facts["group"] = group
    certificates, facts["chain"] = chain(made, verified=made.context.verify_mode != ssl.CERT_NONE)
    return Road(facts, certificates)


def used(road: Road, more: Detail, requests: int, idle_since: float) -> Road:
    """A connection on which so many requests were sent before; `idle_since` is monotonic, in seconds."""
    facts = road.facts | more
    if requests:
        facts |= {"requests": requests, "idle_ms": round((time.monotonic() - idle_since) * 1000, 1)}
    return Road(facts, road.certificates)


def chain(made: Any, *, verified: bool) -> tuple[list[bytes], str]:
    """The server's certificates (DER), its own first, and which they are: verified, shown, or its own alone.

    Python has a public way to the chain since 3.13 only; before, it is there without being promised.
    """
    kind = "verified" if verified else "unverified"
    for holder in (made, getattr(made, "_sslobj", None)):
        with suppress(AttributeError, ssl.SSLError, ValueError, TypeError):
            found = [_der(one) for one in getattr(holder, f"get_{kind}_chain")() or ()]
            if found:
                return found, "verified" if verified else "shown"
    own = made.getpeercert(True)
    return ([own] if own else []), "own"


def _der(one: Any) -> bytes:
    if isinstance(one, bytes):
        return one
    import _ssl

    encoded: bytes = one.public_bytes(_ssl.ENCODING_DER)
    return encoded


def _group(made: Any) -> str:
    """The group of the key exchange, where Python tells it (3.15)."""
    asked = getattr(made, "group", None)
    return str(asked() or "") if callable(asked) else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def tried(failures: Sequence[tuple[str, Exception]]) -> str:
    """Addresses that were tried in vain, and why."""
    return ", ".join(f"{address} ({reason(error)})" for address, error in failures)


def reason(error: BaseException) -> str:
    """An error in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or str(error)
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    if isinstance(error, TimeoutError) and not str(error):
        return "timed out"
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(error) or type(error).__name__
