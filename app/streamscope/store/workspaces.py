"""Workspaces: a TOML file of tables, names of credentials in it but never their values."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Workspace
from streamscope.store.settings import change, loaded

if TYPE_CHECKING:
    import tomlkit

SANDBOX = Workspace("sandbox", "sandbox")


class Workspaces:
    """The configured workspaces; the sandbox's is always among them, first."""

    def __init__(self, path: Path, notices: list[Phrase]) -> None:
        self._path = path
        self._tables: dict[str, Any] = loaded(path, notices).get("workspaces", {})

    def all(self) -> list[Workspace]:
        """Every workspace."""
        found = [_read(name, dict(table)) for name, table in self._tables.items()]
        return found if any(workspace.name == SANDBOX.name for workspace in found) else [SANDBOX, *found]

    def get(self, name: str) -> Workspace:
        """The workspace of a name. Raises UsageError with the nearest name."""
        for workspace in self.all():
            if workspace.name == name:
                return workspace
        raise unknown(phrase("There is no workspace '{name}'.", name=name), name, [found.name for found in self.all()])

    def save(self, workspace: Workspace) -> None:
        """Add a workspace or replace the one of its name. Raises StoreError."""
        table = _written(workspace)
        self._tables[workspace.name] = table

        def changed(document: "tomlkit.TOMLDocument") -> None:
            document.setdefault("workspaces", {})[workspace.name] = table

        change(self._path, changed)


def _written(workspace: Workspace) -> dict[str, Any]:
    """A workspace's table, without what is empty."""
    values = {
        "platform": workspace.platform,
        "ca": workspace.ca,
        "insecure": workspace.insecure,
        "proxy": workspace.proxy,
        "resolve": list(workspace.resolve),
        "trusted": list(workspace.trusted),
        "values": dict(workspace.values),
    }
    return {key: value for key, value in values.items() if value}


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
