"""`streamscope matrix`: the grid of authentication × channel × protocol."""

import sys
from pathlib import Path

import click
import msgspec

from streamscope.cli.main import go, opened, profile_option
from streamscope.engine.matrix import Cell, run
from streamscope.kinds.catalog import PROTOCOLS


@click.command("matrix")
@click.option("--workspace", help="Which workspace; the settings' default otherwise.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
@click.pass_obj
def command(parent: Path | None, workspace: str | None, output: str, profile: Path | None) -> int:
    """Call every combination that a workspace offers. Exit code 1 if any offered one fails."""
    return go(_matrix(profile or parent, workspace, output))


async def _matrix(profile: Path | None, name: str | None, output: str) -> int:
    async with opened(profile) as core:
        workspace = core.bench.workspaces.get(name or core.bench.settings.get("workspace"))
        shows = output == "table" and sys.stderr.isatty()
        told = _Progress() if shows else None
        cells = await run(core, workspace, told if told is not None else _silent)
    if output == "json":
        click.echo(msgspec.json.encode({"cells": cells}).decode())
    else:
        _print(cells)
    return 1 if any(cell.offered and not cell.ok for cell in cells) else 0


def _silent(_: Cell) -> None:
    return None


class _Progress:
    """Counts the calls on the terminal."""

    def __init__(self) -> None:
        self._done = 0

    def __call__(self, cell: Cell) -> None:
        self._done += cell.offered
        click.echo(f"\r{self._done} calls", nl=False, err=True)


def _print(cells: list[Cell]) -> None:
    """A block for each service: rows authentication and channel, columns protocols."""
    keys = list(PROTOCOLS)
    for name in dict.fromkeys(cell.service for cell in cells):
        mine = [cell for cell in cells if cell.service == name]
        click.secho(f"\n{name} ({mine[0].generation})", bold=True)
        offered = [cell for cell in mine if cell.offered]
        if not offered:
            click.secho(f"  {mine[0].reason}", dim=True)
            continue
        click.secho(f"  {'':<26}" + "".join(f"{key:<18}" for key in keys), dim=True)
        refusals: dict[str, None] = {}
        for row in dict.fromkeys((cell.auth, cell.channel) for cell in mine):
            of_row = {cell.protocol: cell for cell in mine if (cell.auth, cell.channel) == row}
            if any(cell.offered for cell in of_row.values()):
                click.echo(f"  {row[0] + ' × ' + row[1]:<26}" + "".join(_told(of_row[key]) for key in keys))
            refusals |= dict.fromkeys(cell.reason or "" for cell in of_row.values() if not cell.offered)
        for reason in refusals:
            click.secho(f"  – {reason}", dim=True)
    offered = [cell for cell in cells if cell.offered]
    good = sum(bool(cell.ok) for cell in offered)
    click.secho(f"\n{good} of {len(offered)} offered combinations work", fg="green" if good == len(offered) else "red")


def _told(cell: Cell) -> str:
    if not cell.offered:
        return click.style(f"{'–':<18}", dim=True)
    word = f"{cell.status or '–'}" + (f" {cell.ttfb_ms:.0f} ms" if cell.ttfb_ms is not None else "")
    return click.style(f"{('✓ ' if cell.ok else '✕ ') + word:<18}", fg="green" if cell.ok else "red")
