"""Workspaces: a TOML file of tables, names of credentials in it but never their values."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from streamscope.model.errors import UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Workspace
from streamscope.store.given_names import check_name, free_name
from streamscope.store.tables import Table, Tables

SANDBOX = Workspace("sandbox", "sandbox")
_KEYS = ("platform", "credential", "ca", "insecure", "proxy", "resolve", "trusted", "values")


class Workspaces:
    """The configured workspaces; the sandbox's is always among them, first unless the order says otherwise."""

    def __init__(self, path: Path, notices: list[Phrase]) -> None:
        self._tables = Tables(path, "workspaces", notices)

    def all(self) -> list[Workspace]:
        """Every workspace."""
        found = [of_table(name, table) for name, table in self._tables.all().items()]
        return found if any(workspace.name == SANDBOX.name for workspace in found) else [SANDBOX, *found]

    def get(self, name: str) -> Workspace:
        """The workspace of a name. Raises UsageError with the nearest name."""
        if (found := self.find(name)) is not None:
            return found
        raise unknown(phrase("There is no workspace '{name}'.", name=name), name, self.names())

    def find(self, name: str) -> Workspace | None:
        """The workspace of a name, or None."""
        return next((workspace for workspace in self.all() if workspace.name == name), None)

    def names(self) -> list[str]:
        """All names, in order."""
        return [workspace.name for workspace in self.all()]

    def save(self, workspace: Workspace) -> None:
        """Add a workspace or replace the one of its name. Raises UsageError for a name that is none, StoreError."""
        check_name(workspace.name)
        self._tables.put(workspace.name, table_of(workspace), _KEYS)

    def rename(self, name: str, new: str) -> None:
        """Give a workspace another name, at its place. Raises UsageError, StoreError."""
        if name == new:
            return
        check_name(new, self.names())
        if name == SANDBOX.name:
            raise _fixed()
        self.get(name)
        self._tables.rename(name, new)

    def duplicate(self, name: str) -> Workspace:
        """A copy under a free name, behind the first. Raises UsageError, StoreError."""
        names = self.names()
        copy = replace(self.get(name), name=free_name(name, names))
        self.save(copy)
        names.insert(names.index(name) + 1, copy.name)
        self.arrange(names)
        return copy

    def remove(self, name: str) -> None:
        """Take a workspace out. Raises UsageError, StoreError."""
        self.get(name)
        if name == SANDBOX.name:
            raise _fixed()
        self._tables.remove(name)

    def arrange(self, names: Sequence[str]) -> None:
        """Bring the workspaces into this order. Raises StoreError."""
        if SANDBOX.name in names and names[0] != SANDBOX.name and SANDBOX.name not in self._tables.all():
            self.save(SANDBOX)
        self._tables.arrange(names)

    def credential_renamed(self, name: str, new: str) -> None:
        """Let every workspace that signs in with a credential name it by its new name. Raises StoreError."""
        for workspace in self.all():
            if workspace.credential == name:
                self.save(replace(workspace, credential=new))


def _fixed() -> UsageError:
    return UsageError(
        phrase("The sandbox's workspace stays as it is called."),
        phrase("Duplicate it, or add a workspace of your own."),
    )


def table_of(workspace: Workspace) -> Table:
    """A workspace's table, without what is empty."""
    values: Table = {
        "platform": workspace.platform,
        "credential": workspace.credential,
        "ca": workspace.ca,
        "insecure": workspace.insecure,
        "proxy": workspace.proxy,
        "resolve": list(workspace.resolve),
        "trusted": list(workspace.trusted),
        "values": {key: value for key, value in workspace.values.items() if value},
    }
    return {key: value for key, value in values.items() if value}


def of_table(name: str, table: Table) -> Workspace:
    """The workspace that a table describes; what it does not say is empty."""
    values = table.get("values", {})
    return Workspace(
        name,
        str(table.get("platform", "address")),
        {key: str(value) for key, value in values.items()} if isinstance(values, dict) else {},
        ca=str(table.get("ca", "")),
        insecure=table.get("insecure", False) is True,
        proxy=str(table.get("proxy", "")),
        resolve=_texts(table.get("resolve", ())),
        trusted=_texts(table.get("trusted", ())),
        credential=str(table.get("credential", "")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(entry) for entry in value) if isinstance(value, list | tuple) else ()
