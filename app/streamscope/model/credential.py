"""A named credential: which authentication it is for, and everything of it that is no secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credential:
    """Values of an authentication's fields under a name; `values` are the readable ones.

    `secrets` are the keys of the fields whose values are kept apart, in the keyring or in memory. Times are ISO 8601 in
    UTC; `used` is '' for one that never was.
    """

    name: str
    auth: str
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    created: str = ""
    changed: str = ""
    used: str = ""


def entry(name: str, key: str) -> str:
    """What a secret field of a credential is called in the keyring."""
    return f"credential/{name}/{key}"
