"""Saved drafts: one request is one YAML file that reads and merges well."""

from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.store import files


def _yaml() -> YAML:
    return YAML(typ="rt")


def load(path: Path) -> Draft:
    """The draft in a file. Raises StoreError."""
    if not path.exists():
        raise StoreError(phrase("There is no file {path}.", path=path))
    try:
        read = _yaml().load(files.read(path))
        if not isinstance(read, dict):
            raise msgspec.ValidationError("not a mapping")
        values = {str(key): value for key, value in read.items() if key != "version"}
        return msgspec.convert(_plain(values), Draft)
    except (YAMLError, msgspec.ValidationError) as error:
        raise StoreError(
            phrase("{path} is not a saved draft: {reason}.", path=path, reason=error),
            phrase("A draft is a YAML file such as Streamscope writes it."),
            cause=str(error),
        ) from error


def _plain(value: Any) -> Any:
    """YAML's own types as Python's."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, str) else value
