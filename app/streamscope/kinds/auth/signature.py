"""Request signing with a secret key (SDK-HMAC-SHA256): pure functions of what leaves.

The same algorithm signs with AK/SK and with AppKey/AppSecret. Source of the rules: the platform's "API request
signing guide" and the behaviour of its SDK core's signer.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "X-Sdk-Date"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
HASH_HEADER = "X-Sdk-Content-Sha256"
UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()

# Added or changed by libraries and proxies on the way, so a signature over them would break.
NEVER_SIGNED = frozenset({"authorization", "connection", "content-length", "transfer-encoding", "upgrade"})

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Signed:
    """What signing made: the two texts that were hashed, and the Authorization value."""

    canonical_request: str
    string_to_sign: str
    authorization: str


def sign(method: str, path: str, query: str, headers: Headers, body: bytes | str, access: str, secret: str) -> Signed:
    """Sign a request whose headers already hold Host and X-Sdk-Date.

    `path` and `query` are the raw ones of the request target, the query without its question mark; `body` may be the
    SHA-256 (hex) of one that is not empty.
    """
    names = signed_names(headers)
    date = header(headers, DATE_HEADER) or ""
    canonical = canonical_request(method, path, query, headers, names, payload_hash(headers, body))
    to_sign = string_to_sign(date, canonical)
    value = f"{ALGORITHM} Access={access}, SignedHeaders={';'.join(names)}, Signature={signature(secret, to_sign)}"
    return Signed(canonical, to_sign, value)


def canonical_request(
    method: str, path: str, query: str, headers: Headers, names: Sequence[str], hashed_payload: str
) -> str:
    """The six parts, joined by newlines, whose hash is signed; `names` are the signed headers, lower case, in order."""
    parts = (
        method.upper(),
        canonical_uri(path),
        canonical_query(query),
        canonical_headers(headers, names),
        ";".join(names),
        hashed_payload,
    )
    return "\n".join(parts)


def string_to_sign(date: str, canonical: str) -> str:
    """Algorithm, X-Sdk-Date and the canonical request's SHA-256, one a line."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode('utf-8', 'surrogateescape')).hexdigest()}"


def signature(secret: str, to_sign: str) -> str:
    """Hex HMAC-SHA256 of the string to sign."""
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def signed_names(headers: Headers) -> list[str]:
    """Lower-cased names of the headers that a signature covers, in byte order.

    Names with an underscore are left out, as the SDK core does: many gateways drop such headers.
    """
    names = {name.lower() for name, _ in headers if "_" not in name} - NEVER_SIGNED
    return sorted(name for name in names if not name.startswith("sec-websocket-"))


def canonical_uri(path: str) -> str:
    """The percent-decoded path, each segment encoded again, ending in a slash."""
    uri = b"/".join(_encode(segment) for segment in unquote_to_bytes(path).split(b"/")).decode()
    return uri if uri.endswith("/") else uri + "/"


def canonical_query(query: str) -> str:
    """The raw query as sorted, encoded pairs; a plus sign is a plus, not a space."""
    pairs = [piece.partition("=") for piece in query.split("&") if piece]
    decoded = sorted((unquote_to_bytes(key), unquote_to_bytes(value)) for key, _, value in pairs)
    return b"&".join(_encode(key) + b"=" + _encode(value) for key, value in decoded).decode()


def canonical_headers(headers: Headers, names: Iterable[str]) -> str:
    """`name:value` lines of the named headers, values stripped at both ends, inner blanks kept."""
    lines = []
    for name in names:
        values = ",".join(value.strip() for key, value in headers if key.lower() == name)
        lines.append(f"{name}:{values}\n")
    return "".join(lines)


def payload_hash(headers: Headers, body: bytes | str) -> str:
    """An empty body's hash is fixed whatever a header says; else the header's word, else the body's hash."""
    if not body:
        return EMPTY_HASH
    return header(headers, HASH_HEADER) or (body if isinstance(body, str) else hashlib.sha256(body).hexdigest())


def header(headers: Headers, wanted: str) -> str | None:
    """The first value of a header, whatever its letters' case."""
    return next((value for name, value in headers if name.lower() == wanted.lower()), None)


def _encode(piece: bytes) -> bytes:
    return quote(piece, safe="~").encode()
