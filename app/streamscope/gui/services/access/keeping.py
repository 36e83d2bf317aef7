"""Secret values that a platform gave become credentials: named, their values in the keyring."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from streamscope.model.credential import Credential
from streamscope.store.given_names import free_name
from streamscope.store.secrets import Kept

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk


def proposed(desk: "Desk", name: str) -> str:
    """A name that no credential has yet."""
    return free_name(name, [credential.name for credential in desk.bench.credentials.all()])


def keep(desk: "Desk", name: str, auth: str, values: Mapping[str, str]) -> dict[str, Kept]:
    """Make a credential of values by the keys of an authentication's fields; where each secret one is now.

    Blocks on the keyring. Raises UsageError for a name that cannot be one, StoreError, KeyringError.
    """
    kind = desk.shelves.auth[auth]
    secret = {field.key for field in kind.fields if field.kind == "secret"}
    readable = {key: value for key, value in values.items() if key not in secret}
    hidden = {key: value for key, value in values.items() if key in secret}
    return desk.bench.credentials.save(Credential(name, auth, readable), hidden)
