"""Checking a signed request; platform documentation, "API request signing guide", seen from the other side."""

import datetime
import hashlib
import hmac
import re
from dataclasses import dataclass

from streamscope.kinds.auth.signature import (
    ALGORITHM,
    DATE_FORMAT,
    DATE_HEADER,
    EMPTY_HASH,
    HASH_HEADER,
    canonical_request,
    signature,
    string_to_sign,
)
from streamscope.sandbox.inbound import Inbound
from streamscope.sandbox.limits import CLOCK_SKEW_SECONDS

FORM = re.compile(rf"{ALGORITHM} Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-fA-F]+)")
REQUIRED = {"host", "x-sdk-date"}


@dataclass(frozen=True, slots=True)
class Claim:
    """What an Authorization header says: which key, which headers, which signature."""

    access: str
    names: list[str]
    signature: str


def read_claim(inbound: Inbound) -> Claim | None:
    """The request's claim, or None where it bears no signature of a known form."""
    found = FORM.fullmatch((inbound.header("authorization") or "").strip())
    if found is None:
        return None
    return Claim(found[1], found[2].split(";"), found[3].lower())


def date_problem(inbound: Inbound) -> str | None:
    """The gateway's words for a date that is missing or more than fifteen minutes off."""
    text = inbound.header(DATE_HEADER) or ""
    now = datetime.datetime.now(datetime.UTC)
    try:
        signed = datetime.datetime.strptime(text, DATE_FORMAT).replace(tzinfo=datetime.UTC)
    except ValueError:
        return f"signature expired, signature time:{text},server time:{now.strftime(DATE_FORMAT)}"
    if abs((now - signed).total_seconds()) <= CLOCK_SKEW_SECONDS:
        return None
    return f"signature expired, signature time:{text},server time:{now.strftime(DATE_FORMAT)}"


def mismatch(inbound: Inbound, body: bytes, claim: Claim, secret: str) -> str | None:
    """None where the signature is right, else the gateway's canonical request with `|` for newlines."""
    canonicals = [
        canonical_request(inbound.method, inbound.path, inbound.query, inbound.headers, claim.names, payload)
        for payload in _payload_hashes(inbound, body, claim.names)
    ]
    date = inbound.header(DATE_HEADER) or ""
    right = [signature(secret, string_to_sign(date, canonical)) for canonical in canonicals]
    if set(claim.names) >= REQUIRED and any(hmac.compare_digest(claim.signature, one) for one in right):
        return None
    return canonicals[0].replace("\n", "|")


def _payload_hashes(inbound: Inbound, body: bytes, names: list[str]) -> list[str]:
    """The hashes that signers use: a signed header's word counts; over an empty body they do it both ways."""
    word = inbound.header(HASH_HEADER) if HASH_HEADER.lower() in names else None
    hashes = [word] if word is not None else [hashlib.sha256(body).hexdigest()]
    if not body and word is not None:
        hashes.append(EMPTY_HASH)
    return hashes
