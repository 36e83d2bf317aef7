"""`streamscope sandbox`: the embedded platform in the foreground."""

from pathlib import Path

import click

from streamscope.cli.main import profile_option
from streamscope.store.files import default_profile


@click.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The gateway's port; any free one otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when ready.")
@click.option("--while-stdin", is_flag=True, help="End when standard input ends.")
@click.option("--time-limit", type=float, default=40.0, show_default=True, help="Seconds for one prediction.")
@click.option("--fault", default="", metavar="SPEC", help="Do this to every call, e.g. stall:2.5 or model,cut:1000.")
@click.option("--faults", is_flag=True, help="List the faults that a call can ask for, and end.")
@click.option("--realistic", is_flag=True, help="Take as long as the real platform to deploy, start and stop.")
@click.option("--quirk", "asked", multiple=True, metavar="NAME", help="Be awkward, as the real platform can be.")
@click.option("--quirks", is_flag=True, help="List the quirks, and end.")
@profile_option
@click.pass_obj
def command(
    parent: Path | None,
    profile: Path | None,
    port: int,
    as_json: bool,
    while_stdin: bool,
    time_limit: float,
    fault: str,
    faults: bool,
    realistic: bool,
    asked: tuple[str, ...],
    quirks: bool,
) -> int:
    """Run a platform on this machine that behaves like the real one, until Ctrl+C."""
    if faults:
        from streamscope.sandbox.faults.table import lines

        click.echo("\n".join(lines()))
        return 0
    if quirks:
        from streamscope.sandbox.quirks import lines as quirk_lines

        click.echo("\n".join(quirk_lines()))
        return 0
    from streamscope.sandbox.platform import run

    folder = (profile or parent or default_profile()).expanduser().absolute()
    return run(
        folder, port=port, as_json=as_json, while_stdin=while_stdin, time_limit=time_limit, fault=fault,
        realistic=realistic, quirks=asked,
    )  # fmt: skip
