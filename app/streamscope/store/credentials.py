"""Credentials by name: a TOML file of what is no secret, and the secret values in the keyring.

version = 1

[credentials."work account"]
auth = "token"
secrets = ["password"]
created = "2026-01-31T09:00:00Z"

[credentials."work account".values]
user = "someone"
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streamscope.model.credential import Credential, entry
from streamscope.model.draft import Draft
from streamscope.model.errors import CredentialError, UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Workspace
from streamscope.store.given_names import check_name, free_name
from streamscope.store.secrets import Kept, Secrets
from streamscope.store.tables import Table, Tables

_KEYS = ("auth", "values", "secrets", "created", "changed", "used")
_USE_WRITTEN = 3600.0
"""Seconds after which a use is written into the file again: it is there for a person who tidies up."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A credential that was taken out, its secret values (in memory only), and where it stood."""

    credential: Credential
    secrets: Mapping[str, str]
    order: tuple[str, ...]


class Credentials:
    """The named credentials. What touches secret values may block on the keyring: see `tasks.aside`."""

    def __init__(self, path: Path, secrets: Secrets, notices: list[Phrase]) -> None:
        self._tables = Tables(path, "credentials", notices)
        self._secrets = secrets
        self._used: dict[str, str] = {}
        self._versions: dict[str, str] = {}

    def all(self) -> list[Credential]:
        """Every credential, in the file's order."""
        found = [of_table(name, table) for name, table in self._tables.all().items()]
        return [replace(one, used=max(one.used, self._used.get(one.name, ""))) for one in found]

    def find(self, name: str) -> Credential | None:
        """The credential of a name, or None."""
        return next((credential for credential in self.all() if credential.name == name), None)

    def get(self, name: str) -> Credential:
        """The credential of a name. Raises UsageError with the nearest name."""
        if (found := self.find(name)) is not None:
            return found
        told = phrase("There is no credential '{name}'.", name=name)
        raise unknown(told, name, [credential.name for credential in self.all()])

    def save(self, credential: Credential, secrets: Mapping[str, str] | None = None) -> dict[str, Kept]:
        """Add or replace one; `secrets` are the values to keep, '' removes one, those not named stay as they are.

        Tells where each value is now. Blocks. Raises UsageError, StoreError, KeyringError where one cannot be removed.
        """
        check_name(credential.name)
        before = self.find(credential.name)
        held = dict.fromkeys(before.secrets if before is not None else ())
        kept: dict[str, Kept] = {}
        for key, value in (secrets or {}).items():
            if value:
                kept[key] = self._secrets.keep(entry(credential.name, key), value)
                held[key] = None
            elif key in held:
                self._secrets.remove(entry(credential.name, key))
                del held[key]
        now = _now()
        made = replace(
            credential,
            secrets=tuple(held),
            created=credential.created or (before.created if before is not None else "") or now,
            changed=now,
        )
        self._versions[made.name] = made.changed
        self._put(made)
        return kept

    def secrets(self, name: str) -> dict[str, str]:
        """The secret values. Blocks. Raises UsageError, KeyringError, CredentialError where one is no more there."""
        credential = self.get(name)
        found = self._held(credential)
        if lost := [key for key in credential.secrets if key not in found]:
            raise CredentialError(
                phrase("The keyring has no value for {fields} of '{name}'.", fields=", ".join(lost), name=name),
                phrase(
                    "It was kept in memory only, or removed outside of Streamscope: type it again into the credential."
                ),
            )
        return found

    def rename(self, name: str, new: str) -> None:
        """Give one another name; its values move along. Blocks. Raises UsageError, StoreError, KeyringError."""
        if name == new:
            return
        check_name(new, [credential.name for credential in self.all()])
        values = self._held(self.get(name))
        for key, value in values.items():
            self._secrets.keep(entry(new, key), value)
        self._tables.rename(name, new)
        self._used[new] = self._used.pop(name, "")
        self._versions.pop(name, None)
        for key in values:
            self._secrets.remove(entry(name, key))

    def duplicate(self, name: str) -> Credential:
        """A copy under a free name. Blocks. Raises UsageError, StoreError, KeyringError."""
        names = [credential.name for credential in self.all()]
        copy = replace(self.get(name), name=free_name(name, names), created="", used="", secrets=())
        self.save(copy, self._held(self.get(name)))
        names.insert(names.index(name) + 1, copy.name)
        self._tables.arrange(names)
        return self.get(copy.name)

    def remove(self, name: str) -> Removed:
        """Take one out, also of the keyring; the answer can be restored. Blocks. Raises KeyringError, StoreError."""
        credential = self.get(name)
        order = tuple(known.name for known in self.all())
        values = self._held(credential)
        for key in credential.secrets:
            self._secrets.remove(entry(name, key))
        self._tables.remove(name)
        return Removed(credential, values, order)

    def restore(self, removed: Removed) -> None:
        """Bring back what was taken out, to its place. Blocks. Raises StoreError, UsageError for a taken name."""
        check_name(removed.credential.name, [known.name for known in self.all()])
        self.save(removed.credential, removed.secrets)
        self._tables.arrange(removed.order)

    def note_use(self, name: str) -> None:
        """It is being used now. Writes at most once an hour, and nothing where it cannot."""
        credential = self.find(name)
        if credential is None:
            return
        now = _now()
        self._used[name] = now
        written = str(self._tables.all()[name].get("used", ""))
        if not written or _seconds(now) - _seconds(written) > _USE_WRITTEN:
            self._put(replace(credential, used=now))

    def _held(self, credential: Credential) -> dict[str, str]:
        """The secret values that are still there. Blocks. Raises KeyringError."""
        name = credential.name
        if self._versions.setdefault(name, credential.changed) != credential.changed:  # by another program
            self._versions[name] = credential.changed
            for key in credential.secrets:
                self._secrets.forget(entry(name, key))
        asked = {key: self._secrets.ask(entry(name, key)) for key in credential.secrets}
        return {key: value for key, value in asked.items() if value is not None}

    def _put(self, credential: Credential) -> None:
        self._tables.put(credential.name, table_of(credential), _KEYS)


def used_by(
    name: str, workspaces: Iterable[Workspace], drafts: Iterable[tuple[str, Draft]]
) -> tuple[list[str], list[str]]:
    """The names of the workspaces that sign in with a credential, and the titles of the drafts that name it."""
    return (
        [workspace.name for workspace in workspaces if workspace.credential == name],
        [title for title, draft in drafts if draft.auth.credential == name],
    )


def check_kind(credential: Credential, auth: str) -> None:
    """Refuse a credential of another authentication. Raises UsageError."""
    if credential.auth != auth:
        raise UsageError(
            phrase(
                "The credential '{name}' is for the authentication '{kind}', not for '{auth}'.",
                name=credential.name,
                kind=credential.auth,
                auth=auth,
            ),
            phrase("Choose another credential, or another authentication."),
        )


def table_of(credential: Credential) -> Table:
    """A credential's table, without what is empty; no secret value is in it."""
    values: Table = {
        "auth": credential.auth,
        "secrets": list(credential.secrets),
        "created": credential.created,
        "changed": credential.changed,
        "used": credential.used,
        "values": {key: value for key, value in credential.values.items() if value},
    }
    return {key: value for key, value in values.items() if value}


def of_table(name: str, table: Table) -> Credential:
    """The credential that a table describes."""
    values, secrets = table.get("values", {}), table.get("secrets", [])
    return Credential(
        name,
        str(table.get("auth", "")),
        {key: str(value) for key, value in values.items()} if isinstance(values, dict) else {},
        tuple(str(key) for key in secrets) if isinstance(secrets, list) else (),
        _moment(table.get("created")),
        _moment(table.get("changed")),
        _moment(table.get("used")),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
