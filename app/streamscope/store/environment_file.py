"""An environment as YAML: read, and written back with its comments, its order and all lines that did not change."""

import io
from pathlib import Path
from typing import Any

import msgspec

from streamscope.model.environment import Environment, Variable
from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.store import files

VERSION = 1
_LARGEST = 4 << 20
"""Bytes of a file that is read: one that has more is no environment."""


def read(path: Path, size: int) -> Environment:
    """The environment in a file; its name is the file's where none is written. Raises StoreError."""
    if size > _LARGEST:
        raise StoreError(phrase("{path} is too large for an environment ({size:,} bytes).", path=path, size=size))
    return _environment(_document(files.read(path), path), path)


def written(text: str, environment: Environment, path: Path) -> str:
    """A file's text with the environment in place of what it held; values of secrets are left out. Raises StoreError
    where what is there is no environment: it is never overwritten."""
    document = _document(text, path)
    if document:
        _environment(document, path)
    if document.get("name", path.stem) != environment.name:
        _set(document, "name", environment.name)
    rows = document.get("variables")
    if rows is None:
        document["variables"] = rows = _yaml_types().CommentedSeq()
    _into(rows, environment.variables)
    stream = io.StringIO()
    _yaml().dump(document, stream)
    return stream.getvalue()


def _into(rows: Any, variables: tuple[Variable, ...]) -> None:
    """Make the rows these variables: those that stay keep their place in the text."""
    names = [variable.name for variable in variables]
    at = 0
    for variable in variables:
        while at < len(rows) and rows[at].get("name") != variable.name and rows[at].get("name") not in names:
            del rows[at]
        if at == len(rows) or rows[at].get("name") != variable.name:
            rows.insert(at, _yaml_types().CommentedMap(name=""))
        _change(rows[at], variable)
        at += 1
    while len(rows) > at:
        del rows[-1]


def _change(row: Any, variable: Variable) -> None:
    wanted: dict[str, Any] = {"name": variable.name}
    if variable.secret:
        wanted["secret"] = True
    else:
        wanted["value"] = variable.value
    if not variable.on:
        wanted["on"] = False
    for key in [key for key in row if key not in wanted]:
        del row[key]
    for key, value in wanted.items():
        if row.get(key) != value or isinstance(row[key], bool) != isinstance(value, bool):
            _set(row, key, value)


def _set(row: Any, key: str, value: Any) -> None:
    """Set a value; one with line ends or controls is quoted, since a block would lose some of them."""
    if isinstance(value, str) and any(not char.isprintable() for char in value):
        from ruamel.yaml.scalarstring import DoubleQuotedScalarString

        value = DoubleQuotedScalarString(value)
    row[key] = value


def _document(text: str, path: Path) -> Any:
    from ruamel.yaml.error import YAMLError

    try:
        document = _yaml().load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise _no_environment(path, str(error)) from error
    if document is None:
        return _yaml_types().CommentedMap(version=VERSION)
    if not isinstance(document, dict):
        raise _no_environment(path, "no mapping")
    return document


def _environment(document: Any, path: Path) -> Environment:
    version = document.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise StoreError(
            phrase(
                "{path} was written by a newer version of this program (format {version}).", path=path, version=version
            ),
            phrase("Update the program; the file is left as it is."),
        )
    rows = document.get("variables") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _no_environment(path, "'variables' is a list of names and values")
    try:
        found = tuple(
            msgspec.convert({str(key): _plain(value) for key, value in row.items()}, Variable, strict=False)
            for row in rows
        )
    except msgspec.ValidationError as error:
        raise _no_environment(path, str(error)) from error
    return Environment(str(document.get("name") or path.stem), found)


def _plain(value: Any) -> Any:
    """A number or the like that was written without quotes is meant as its text."""
    return value if isinstance(value, bool) else "" if value is None else str(value)


def _no_environment(path: Path, reason: str) -> StoreError:
    return StoreError(
        phrase("{path} is no environment: {reason}.", path=path, reason=" ".join(reason.split())[:200]),
        phrase("It is left as it is; mend it in a text editor, or give the environment another name."),
        cause=reason,
    )


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 1 << 30
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _yaml_types() -> Any:
    from ruamel.yaml import comments

    return comments
