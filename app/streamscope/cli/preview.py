"""`streamscope preview`: what `send` with the same options would send."""

from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import click

from streamscope.cli import send
from streamscope.cli.drafting import Options, drafted, scope, standard_input
from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.progress import progress
from streamscope.engine.preview import Prepared, prepared, shown
from streamscope.interop.curl import command as curl_command
from streamscope.interop.curl.quoting import Shell
from streamscope.interop.curl.writing import Secrets
from streamscope.model.phrase import phrase

_DRAFTING = {field.name for field in fields(Options)}


@click.command("preview", params=[param for param in send.command.params if param.name in _DRAFTING])
@click.option("--curl", is_flag=True, help="As a curl command; secrets come from the environment.")
@click.option("--shell", type=click.Choice(["bash", "cmd", "powershell"]), default="bash", show_default=True)
@click.option(
    "--secrets",
    type=click.Choice(["variables", "values", "masked"]),
    default="variables",
    show_default=True,
    help="How secrets stand in a curl command.",
)
@click.option("--fetch", is_flag=True, help="Fetch a token where none is kept, instead of a placeholder for it.")
@click.option("--explain", is_flag=True, help="Tell on standard error what the authentication did, line by line.")
@profile_option
@click.pass_obj
def command(
    parent: Path | None,
    /,
    profile: Path | None,
    curl: bool,
    shell: str,
    secrets: str,
    fetch: bool,
    explain: bool,
    **given: Any,
) -> int:
    """Show what `send` with these options would send; nothing is sent.

    Secrets are masked. With --curl it is a command to be pasted into a shell.
    """
    options = Options(**given)
    made = go(_prepared(profile or parent, options, standard_input(options), fetch))
    if explain:
        _explain(made)
    if curl:
        text = curl_command(
            made.request, secrets=cast("Secrets", secrets), shell=cast("Shell", shell), names=made.names
        )
        click.echo(text)
        return 0
    click.echo(shown(made))
    fetched = phrase("A token will be fetched first; a placeholder stands for it here. --fetch fetches it now.")
    for note in (*made.notes, *((fetched,) if made.lacking else ())):
        click.echo(f"{click.style('note:', fg='yellow')} {note}", err=True)
    return 0


async def _prepared(profile: Path | None, options: Options, given: bytes, fetch: bool) -> Prepared:
    async with opened(profile) as core, progress(lambda: "idle"):
        draft = await drafted(core, options, given)
        return await prepared(core, draft, fetch=fetch, scope=scope(core, options))


def _explain(made: Prepared) -> None:
    for step in made.steps:
        click.secho(str(step.label), bold=True, err=True)
        width = min(60, max((len(line.text) for line in step.lines), default=0))
        for line in step.lines:
            click.echo(f"  {line.text:<{width}}  {click.style(str(line.source), dim=True)}", err=True)
        click.echo(err=True)
