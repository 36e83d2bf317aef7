"""Workspaces: a TOML file of tables, names of credentials in it but never their values."""

from pathlib import Path
from typing import Any

import tomlkit

from streamscope.model.errors import UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Workspace
from streamscope.store import files
from streamscope.store.settings import VERSION, loaded

SANDBOX = Workspace("sandbox", "sandbox")


class Workspaces:
    """The configured workspaces; the sandbox's is always among them, first."""

    def __init__(self, path: Path, notices: list[Phrase]) -> None:
        self._path = path
        self._document = loaded(path, notices)

    def all(self) -> list[Workspace]:
        """Every workspace."""
        found = [_read(name, dict(table)) for name, table in self._tables().items()]
        return found if any(workspace.name == SANDBOX.name for workspace in found) else [SANDBOX, *found]

    def get(self, name: str) -> Workspace:
        """The workspace of a name. Raises UsageError with the nearest name."""
        for workspace in self.all():
            if workspace.name == name:
                return workspace
        raise unknown(phrase("There is no workspace '{name}'.", name=name), name, [found.name for found in self.all()])

    def save(self, workspace: Workspace) -> None:
        """Add a workspace or replace the one of its name. Raises StoreError."""
        table = tomlkit.table()
        table["platform"] = workspace.platform
        for key in ("ca", "proxy"):
            if getattr(workspace, key):
                table[key] = getattr(workspace, key)
        if workspace.insecure:
            table["insecure"] = True
        for key in ("resolve", "trusted"):
            if getattr(workspace, key):
                table[key] = list(getattr(workspace, key))
        if workspace.values:
            table["values"] = dict(workspace.values)
        self._document.setdefault("version", VERSION)
        if "workspaces" not in self._document:
            self._document["workspaces"] = tomlkit.table()
        self._tables()[workspace.name] = table
        files.write(self._path, tomlkit.dumps(self._document))

    def _tables(self) -> Any:
        tables = self._document.get("workspaces", {})
        if not hasattr(tables, "items"):
            raise UsageError(phrase("'workspaces' in {path} is not a table.", path=self._path))
        return tables


def _read(name: str, table: dict[str, Any]) -> Workspace:
    return Workspace(
        name,
        str(table.get("platform", "address")),
        {key: str(value) for key, value in dict(table.get("values", {})).items()},
        ca=str(table.get("ca", "")),
        insecure=bool(table.get("insecure", False)),
        proxy=str(table.get("proxy", "")),
        resolve=tuple(str(entry) for entry in table.get("resolve", ())),
        trusted=tuple(str(entry) for entry in table.get("trusted", ())),
    )
