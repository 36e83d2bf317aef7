"""API keys of the new generation: made, bound to services, and checked when a call bears one.

Platform documentation, "Authentication by API key": a key of scope USER opens every service, one of scope SERVICE those
that it is bound to; a temporary key lives for 1 to 24 hours and opens every service. Values are told once and kept as
digests.
"""

import enum
import hashlib
import secrets
import string
import uuid
from collections.abc import Callable
from typing import Literal

from streamscope.sandbox.identity import Identity
from streamscope.sandbox.records import KeyRecord, State, now

MOST = 100
HOUR = 3_600_000
LENGTH = 86
LETTERS = string.ascii_letters + string.digits
OWN = ("sandbox", "sandbox-unbound")
"""The names of the keys that the sandbox's account has from the start."""


class Verdict(enum.Enum):
    """What a key is to a service."""

    OPEN = "open"
    UNBOUND = "unbound"
    UNKNOWN = "unknown"


class ApiKeys:
    """All keys of one account; a change is kept by `save`."""

    def __init__(self, state: State, identity: Identity, save: Callable[[], None]) -> None:
        self._state = state
        self._save = save
        self._seed(identity)

    def all(self) -> list[KeyRecord]:
        """The keys that are listed, the oldest first: all but the temporary ones."""
        return [key for key in self._state.keys if not key.expires]

    def get(self, number: str) -> KeyRecord | None:
        """A key by its id."""
        return next((key for key in self.all() if key.id == number), None)

    def named(self, name: str) -> KeyRecord | None:
        """A key by its name."""
        return next((key for key in self.all() if key.name == name), None)

    def create(self, name: str, scope: Literal["USER", "SERVICE"], description: str = "") -> tuple[KeyRecord, str]:
        """A new key and its value."""
        value = _value()
        key = KeyRecord(id=uuid.uuid4().hex, name=name, digest=_digest(value), scope=scope, description=description)
        self._state.keys.append(key)
        self._save()
        return key, value

    def temporary(self, hours: int) -> tuple[KeyRecord, str]:
        """A new temporary key and its value; those that are over are forgotten."""
        moment = now()
        value = _value()
        number = uuid.uuid4().hex
        key = KeyRecord(id=number, name="", digest=_digest(value), created=moment, expires=moment + hours * HOUR)
        self._state.keys[:] = [one for one in self._state.keys if not one.expires or one.expires > moment]
        self._state.keys.append(key)
        self._save()
        return key, value

    def delete(self, key: KeyRecord) -> None:
        """Take a key away; it opens nothing from now on."""
        self._state.keys.remove(key)
        self._save()

    def bind(self, key: KeyRecord, service: str) -> None:
        """Let a key open a service."""
        if service not in key.services:
            key.services.append(service)
            self._save()

    def unbind(self, key: KeyRecord, service: str) -> None:
        """Let a key open a service no more."""
        if service in key.services:
            key.services.remove(service)
            self._save()

    def forget(self, service: str) -> None:
        """Unbind every key from a service that is gone."""
        for key in self._state.keys:
            if service in key.services:
                key.services.remove(service)

    def check(self, value: str, service: str, *, temporary: bool = False) -> Verdict:
        """Whether a value opens a service. A digest of a long random value needs no slow comparison."""
        digest = _digest(value)
        moment = now()
        for key in self._state.keys:
            if key.digest != digest or bool(key.expires) != temporary:
                continue
            if key.expires:
                return Verdict.OPEN if key.expires > moment else Verdict.UNKNOWN
            return Verdict.OPEN if key.scope == "USER" or service in key.services else Verdict.UNBOUND
        return Verdict.UNKNOWN

    def _seed(self, identity: Identity) -> None:
        """The account's own two keys are there at every start: one that opens everything, one that opens nothing."""
        values: tuple[tuple[str, Literal["USER", "SERVICE"]], ...] = (
            (identity.api_key, "USER"),
            (identity.unbound_api_key, "SERVICE"),
        )
        known = {key.digest for key in self._state.keys}
        for name, (value, scope) in zip(OWN, values, strict=True):
            if _digest(value) not in known:
                number = uuid.uuid5(uuid.NAMESPACE_OID, f"{identity.project_id} {name}").hex
                key = KeyRecord(id=number, name=name, digest=_digest(value), scope=scope)
                self._state.keys.append(key)


def _value() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
