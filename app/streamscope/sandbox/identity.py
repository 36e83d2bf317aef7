"""Who the sandbox's one account is: names, keys and ids, random for each profile and kept in it."""

import secrets
import string
import uuid
from pathlib import Path

import msgspec

from streamscope.sandbox.files import read_private, write_private
from streamscope.sandbox.tokens import Mint

CAPITALS = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
LETTERS = string.ascii_letters + string.digits


def _word(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _hex_id() -> str:
    return uuid.uuid4().hex


class Identity(msgspec.Struct, kw_only=True):
    """The account, its user, project and application, with every secret; lengths as on the real platform."""

    region: str = "sandbox-1"
    domain: str = "sandbox"
    user: str = "developer"
    app_name: str = "app_sandbox"
    domain_id: str = msgspec.field(default_factory=_hex_id)
    user_id: str = msgspec.field(default_factory=_hex_id)
    project_id: str = msgspec.field(default_factory=_hex_id)
    app_id: str = msgspec.field(default_factory=_hex_id)
    password: str = msgspec.field(default_factory=lambda: _word(LETTERS, 20))
    ak: str = msgspec.field(default_factory=lambda: _word(CAPITALS, 20))
    sk: str = msgspec.field(default_factory=lambda: _word(LETTERS, 40))
    app_key: str = msgspec.field(default_factory=_hex_id)
    app_secret: str = msgspec.field(default_factory=_hex_id)
    app_code: str = msgspec.field(default_factory=lambda: _word(LETTERS, 64))
    api_key: str = msgspec.field(default_factory=lambda: _word(LETTERS, 86))
    unbound_api_key: str = msgspec.field(default_factory=lambda: _word(LETTERS, 86))
    mfa_secret: str = msgspec.field(default_factory=lambda: _word(BASE32, 32))
    seal_key: str = msgspec.field(default_factory=lambda: secrets.token_hex(32))
    services: dict[str, str] = msgspec.field(default_factory=dict)

    def service_id(self, name: str) -> str:
        """The id of a service, made when it is first asked for and stable from then on."""
        return self.services.setdefault(name, str(uuid.uuid4()))


def load(path: Path, names: list[str]) -> Identity:
    """The identity kept in a profile, or a new one; every named service has an id when it is written back."""
    kept = read_private(path)
    identity = _decoded(path, kept) if kept is not None else Identity()
    for name in names:
        identity.service_id(name)
    text = msgspec.json.format(msgspec.json.encode(identity), indent=2)
    if text != kept:
        write_private(path, text)
    return identity


def _decoded(path: Path, kept: bytes) -> Identity:
    """A file that is no identity is set aside, never overwritten."""
    try:
        return msgspec.json.decode(kept, type=Identity)
    except (msgspec.DecodeError, UnicodeDecodeError):
        path.replace(path.with_suffix(".unreadable"))
        return Identity()


def mint(identity: Identity) -> Mint:
    """The mint of this identity's tokens."""
    return Mint(identity.seal_key)
