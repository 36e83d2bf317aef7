"""A service's configuration as a file: JSON or YAML with generation, values and portions."""

import io
import json
import sys
from pathlib import Path
from typing import Any

from streamscope.model.deployment import Configuration
from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.store import files


def read(path: Path) -> dict[str, Any]:
    """A configuration's file, JSON or YAML; '-' is standard input. Raises UsageError, StoreError."""
    from streamscope.store import yaml_reading

    text = sys.stdin.read() if str(path) == "-" else files.content(str(path)).decode(errors="replace")
    try:
        return yaml_reading.read(text).tree
    except yaml_reading.Unreadable as error:
        raise StoreError(phrase("{path} is no configuration: {why}.", path=path, why=error.why), error.hint) from error


def written(generation: str, configuration: Configuration, *, as_json: bool) -> str:
    """A configuration as a file holds it: generation, values and portions."""
    tree = {
        "generation": generation,
        "values": {key: value for key, value in configuration.values.items() if value},
        "portions": [{key: value for key, value in one.items() if value} for one in configuration.portions],
    }
    if as_json:
        return json.dumps(tree, ensure_ascii=False) + "\n"
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import LiteralScalarString

    def blocks(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: blocks(one) for key, one in value.items()}
        if isinstance(value, list):
            return [blocks(one) for one in value]
        return LiteralScalarString(value) if "\n" in value else value

    out = io.StringIO()
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(blocks(tree), out)
    return out.getvalue()
