"""Tokens and temporary keys that carry their own proof, so that every listener can check them alone."""

import base64
import binascii
import enum
import hashlib
import hmac
import secrets
import time

import msgspec

# A DER sequence with a two-byte length begins with these bytes; in Base64 that is the familiar "MII".
DER_SEQUENCE = b"\x30\x82"
HEAD_BYTES = 4
MAC_BYTES = 32
# Real tokens run to thousands of characters; a client must not be surprised by that here either.
PADDING_BYTES = 1400


class Problem(enum.Enum):
    """Why a token is not accepted."""

    MALFORMED = "malformed"
    FOREIGN = "foreign"
    EXPIRED = "expired"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says: whose it is, for which project (none: the whole account), from when until when."""

    kind: str
    project_id: str = ""
    issued_ns: int
    expires_ns: int
    access: str = ""
    padding: str = ""


class Mint:
    """Issues and checks tokens sealed with one key."""

    def __init__(self, seal_key: str) -> None:
        self._key = bytes.fromhex(seal_key)
        self._revoked_ns = 0

    def token(self, project_id: str, seconds: float) -> tuple[str, Grant]:
        """A user token for a project, or for the account where the project is empty."""
        padding = secrets.token_hex(PADDING_BYTES // 2)
        grant = self._grant("token", seconds, project_id=project_id, padding=padding)
        return self._seal(grant), grant

    def temporary_keys(self, seconds: float) -> tuple[str, Grant]:
        """A security token; its grant holds the temporary access key, which has a `secret`."""
        access = "HST" + secrets.token_hex(9).upper()[:17]
        grant = self._grant("temporary", seconds, access=access)
        return self._seal(grant), grant

    def check(self, text: str, kind: str = "token") -> Grant | Problem:
        """The grant that a token carries, or what is wrong with it."""
        grant = self._open(text)
        if isinstance(grant, Problem):
            return grant
        if grant.kind != kind:
            return Problem.FOREIGN
        if grant.issued_ns <= self._revoked_ns or grant.expires_ns <= time.time_ns():
            return Problem.EXPIRED
        return grant

    def secret(self, access: str) -> str:
        """A temporary access key's secret: made from the seal, so that nothing has to be remembered."""
        return self._mac(b"secret of " + access.encode()).hex()[:40]

    def revoke_all(self) -> None:
        """Every token issued so far must be updated."""
        self._revoked_ns = time.time_ns()

    def _grant(self, kind: str, seconds: float, **fields: str) -> Grant:
        now = time.time_ns()
        return Grant(kind=kind, issued_ns=now, expires_ns=now + int(seconds * 1e9), **fields)

    def _seal(self, grant: Grant) -> str:
        payload = msgspec.json.encode(grant)
        length = (len(payload) + MAC_BYTES).to_bytes(2, "big")
        return base64.b64encode(DER_SEQUENCE + length + payload + self._mac(payload), b"+-").decode()

    def _open(self, text: str) -> Grant | Problem:
        try:
            raw = base64.b64decode(text, b"+-", validate=True)
        except (binascii.Error, ValueError):
            return Problem.MALFORMED
        length = int.from_bytes(raw[2:HEAD_BYTES], "big")
        if raw[:2] != DER_SEQUENCE or len(raw) != HEAD_BYTES + length or length < MAC_BYTES:
            return Problem.MALFORMED
        payload, mac = raw[HEAD_BYTES:-MAC_BYTES], raw[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(payload)):
            return Problem.FOREIGN
        return msgspec.json.decode(payload, type=Grant)

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, hashlib.sha256)
