"""`streamscope kinds`: everything that can be chosen, with its fields."""

import json
from pathlib import Path
from typing import Any

import click

from streamscope.cli.main import profile_option
from streamscope.kinds.catalog import SHELVES
from streamscope.model.field import Field


@click.command("kinds")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
def command(output: str, profile: Path | None) -> int:  # noqa: ARG001 - goes with every command
    """List every kind on every shelf, with its fields."""
    shelves = {name: [_row(kind) for kind in shelf.values()] for name, shelf in SHELVES.items()}
    if output == "json":
        click.echo(json.dumps(shelves, ensure_ascii=False))
        return 0
    for name, rows in shelves.items():
        click.secho(name, bold=True)
        width = max(len(row["key"]) for row in rows)
        for row in rows:
            fields = " ".join(field["key"] + ("*" if field["required"] else "") for field in row["fields"])
            click.echo(f"  {row['key']:<{width}}  {row['label']:<32} {click.style(fields, dim=True)}")
    return 0


def _row(kind: Any) -> dict[str, Any]:
    fields = [_field(field) for field in getattr(kind, "fields", ())]
    return {"key": kind.key, "label": str(kind.label), "help": str(getattr(kind, "help", "")), "fields": fields}


def _field(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": str(field.label),
        "kind": field.kind,
        "required": field.required,
        "default": field.default,
        "help": str(field.help),
        "choices": [[key, str(label)] for key, label in field.choices],
    }
