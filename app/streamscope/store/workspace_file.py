"""Workspaces in a file that can be handed on: their tables and those of their credentials, without any secret."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from streamscope.model.credential import Credential
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Workspace
from streamscope.store import credentials as kept_credentials
from streamscope.store import workspaces as kept_workspaces
from streamscope.store.given_names import check_name
from streamscope.store.secrecy import SecretFields, plain_address

FORMAT = "streamscope-workspaces"
VERSION = 1
_HEAD = "Workspaces of Streamscope and the credentials that they name. Secret values are never in such a file."


@dataclass(frozen=True, slots=True)
class Handed:
    """What such a file holds; the credentials want their secret values typed in."""

    workspaces: tuple[Workspace, ...]
    credentials: tuple[Credential, ...] = ()


def written(
    workspaces: Sequence[Workspace], credentials: Sequence[Credential], secret: SecretFields
) -> tuple[str, list[Phrase]]:
    """The file's text (TOML), and what was left out of it because it is secret. `credentials` that none of the
    workspaces names stay out, too."""
    import tomlkit

    said: list[Phrase] = []
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEAD))
    document["format"], document["version"] = FORMAT, VERSION
    document["workspaces"] = {one.name: kept_workspaces.table_of(_plain(one, secret, said)) for one in workspaces}
    named = {one.credential for one in workspaces}
    tables = {}
    for one in credentials:
        if one.name in named:
            readable = {key: value for key, value in one.values.items() if (one.auth, key) not in secret}
            table = kept_credentials.table_of(replace(one, values=readable, created="", changed="", used=""))
            tables[one.name] = table
    if tables:
        document["credentials"] = tables
    return tomlkit.dumps(document), said


def read(text: str) -> Handed:
    """What a file holds. Raises StoreError for one that is none, is newer, or names what cannot be a name."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text).unwrap()
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise StoreError(phrase("This is no TOML file."), cause=str(error)) from error
    if document.get("format") != FORMAT:
        raise StoreError(
            phrase("These are no workspaces of Streamscope."),
            phrase("Such a file is made with Export in the window, or with: streamscope workspaces export."),
        )
    if document.get("version") != VERSION:
        raise StoreError(
            phrase(
                "The file is of version {version}; this program reads {known}.",
                version=document.get("version"),
                known=VERSION,
            ),
            phrase("Use a newer Streamscope."),
        )
    try:
        workspaces = tuple(kept_workspaces.of_table(*one) for one in _tables(document, "workspaces"))
        found = tuple(kept_credentials.of_table(*one) for one in _tables(document, "credentials"))
    except UsageError as error:
        raise StoreError(error.message, error.hint) from error
    return Handed(workspaces, tuple(replace(one, secrets=()) for one in found))


def renamed(handed: Handed, names: Mapping[str, str], credentials: Mapping[str, str]) -> Handed:
    """The same with other names, which the workspaces then name, too."""
    return Handed(
        tuple(
            replace(one, name=names.get(one.name, one.name), credential=credentials.get(one.credential, one.credential))
            for one in handed.workspaces
        ),
        tuple(replace(one, name=credentials.get(one.name, one.name)) for one in handed.credentials),
    )


def _tables(document: Mapping[str, Any], heading: str) -> list[tuple[str, dict[str, Any]]]:
    found = document.get(heading, {})
    rows = (
        [(name, table) for name, table in found.items() if isinstance(table, dict)] if isinstance(found, dict) else []
    )
    for name, _ in rows:
        check_name(name)
    return rows


def _plain(workspace: Workspace, secret: SecretFields, said: list[Phrase]) -> Workspace:
    """Without passwords and keys in addresses, and without values that an authentication calls secret."""
    values = {}
    for key, value in workspace.values.items():
        if _is_secret(key, secret):
            said.append(
                phrase(
                    "{workspace}: the value of {field} is a secret and was left out.",
                    workspace=workspace.name,
                    field=key,
                )
            )
            continue
        lines = [_without(line, workspace.name, said) for line in value.split("\n")]
        values[key] = "\n".join(lines)
    return replace(workspace, values=values, proxy=_without(workspace.proxy, workspace.name, said))


def _is_secret(key: str, secret: Collection[tuple[str, str]]) -> bool:
    auth, _, field = key.partition(".")
    return (auth, field) in secret


def _without(text: str, workspace: str, said: list[Phrase]) -> str:
    """A line may hold a name before its address: each word is looked at."""
    found = [plain_address(word) for word in re.split(r"(\s+)", text)]
    kept = "".join(word for word, _ in found)
    if any(secret for _, secret in found):
        said.append(phrase("{workspace}: a password or key in an address was left out.", workspace=workspace))
    return kept
