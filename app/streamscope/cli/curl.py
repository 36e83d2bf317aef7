"""`streamscope curl`: a curl command as a draft."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.send import shown
from streamscope.interop.curl import read
from streamscope.kinds.catalog import AUTH
from streamscope.kinds.protocols.base import OutgoingQueue
from streamscope.model.draft import Draft
from streamscope.model.environment import EVERYWHERE
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files, library
from streamscope.store.draft_tree import tree_of
from streamscope.store.secrecy import without_secrets
from streamscope.store.yaml_writing import written

_SECRET = frozenset((auth.key, field.key) for auth in AUTH.values() for field in auth.fields if field.kind == "secret")


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
    dropped: Iterable[Phrase] = ()
    if save is not None:
        dropped = _kept(save, pasted.draft)
    elif not send:
        safe, dropped = without_secrets(pasted.draft, _SECRET)
        click.echo(written(tree_of(safe, safe.name)), nl=False)
    for note in dropped:
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


def _kept(path: Path, draft: Draft) -> tuple[Phrase, ...]:
    """Keep it in a new file, and tell what was left out. Raises StoreError where there is one already."""
    found = library.save(path, draft, secret=_SECRET)
    if isinstance(found, library.Conflict):
        raise StoreError(
            phrase("There is a file {path} already, with another draft.", path=path),
            phrase("Give another name, or remove that file first."),
        )
    return found.dropped
