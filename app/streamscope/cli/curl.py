"""`streamscope curl`: a curl command as a draft."""

import io
import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.send import shown
from streamscope.interop.curl import read
from streamscope.kinds.catalog import AUTH
from streamscope.kinds.protocols.base import OutgoingQueue
from streamscope.model.draft import Choice, Draft
from streamscope.model.environment import EVERYWHERE
from streamscope.model.errors import UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import SECRET_HEADERS
from streamscope.store import files


@click.command("curl")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--save", type=click.Path(path_type=Path), help="Keep it as a draft in this file, without secrets.")
@click.option("--send", is_flag=True, help="Send it, and show what comes.")
@click.option("--output", type=click.Choice(["text", "events", "body", "summary"]), default="text", show_default=True)
@profile_option
@click.pass_obj
def command(
    parent: Path | None, /, profile: Path | None, file: Path, save: Path | None, send: bool, output: str
) -> int:
    """Read the curl command in FILE (- for standard input) and print it as a draft; nothing is sent without --send.

    What has no counterpart is told on standard error. Secrets are neither printed nor kept.
    """
    pasted = read(_text(file))
    for note in pasted.notes:
        click.echo(f"{click.style('note:', fg='yellow')} {note}", err=True)
    safe, notes = without_secrets(pasted.draft)
    if save is not None:
        files.write(save, yaml(safe))
    if not send and save is None:
        click.echo(yaml(safe), nl=False)
    if not send or save is not None:
        for note in notes:
            click.echo(f"{click.style('note:', fg='yellow')} {note}", err=True)
    return go(_send(profile or parent, pasted.draft, output)) if send else 0


def _text(file: Path) -> str:
    content = sys.stdin.buffer.read() if str(file) == "-" else files.content(str(file))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            phrase("{file} is not UTF-8 text.", file=file), phrase("Save it as UTF-8."), cause=str(error)
        ) from error


async def _send(profile: Path | None, draft: Draft, output: str) -> int:
    async with opened(profile) as core:
        return await shown(core, draft, EVERYWHERE, OutgoingQueue(), output)


def without_secrets(draft: Draft) -> tuple[Draft, list[Phrase]]:
    """The draft as it may be kept: secret fields are empty, and headers that hold a credential take a variable."""
    notes: list[Phrase] = []
    secret = {field.key for field in AUTH[draft.auth.kind].fields if field.kind == "secret"}
    left = sorted(secret & draft.auth.values.keys())
    if left:
        told = phrase("Left out of the draft, since it is a secret: {fields}.", fields=", ".join(left))
        notes.append(told)
    values = {key: value for key, value in draft.auth.values.items() if key not in secret}
    headers = []
    for name, value in draft.headers:
        if name.lower() in SECRET_HEADERS and "{{" not in value:
            variable = name.upper().replace("-", "_")
            notes.append(phrase("The value of {name} became {{{{{variable}}}}}.", name=name, variable=variable))
            value = "{{" + variable + "}}"
        headers.append((name, value))
    return msgspec.structs.replace(draft, auth=Choice(draft.auth.kind, values), headers=tuple(headers)), notes


def yaml(draft: Draft) -> str:
    """The draft as a file holds it; long texts as blocks."""
    out = io.StringIO()
    writer = YAML(typ="rt")
    writer.width = 4096
    writer.dump({"version": 1, **_blocks(msgspec.to_builtins(draft))}, out)
    return out.getvalue()


def _blocks(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _blocks(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_blocks(inner) for inner in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value
