"""`streamscope matrix`: the grid of authentication × channel × protocol."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from streamscope.cli.main import go, opened, profile_option
from streamscope.engine.core import Core
from streamscope.engine.matrix import Cell, Round
from streamscope.engine.matrix_changes import Change, changes, merged, told
from streamscope.engine.matrix_tables import FORMATS
from streamscope.kinds.catalog import PROTOCOLS
from streamscope.model.errors import StoreError
from streamscope.model.matrix import Key
from streamscope.model.service import Workspace
from streamscope.store.matrix import results

Found = dict[Key, Change]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options."""

    workspace: str | None
    service: str
    output: str
    compare: bool
    only: str | None


@click.command("matrix")
@click.option("--workspace", help="Which workspace; the settings' default otherwise.")
@click.option("--service", default="", help="Only this service, by its name or id.")
@click.option("--only", type=click.Choice(["failed"]), help="Only what failed when it was called last.")
@click.option("--compare", is_flag=True, help="Tell what changed since each combination was called last.")
@click.option("--output", type=click.Choice(["table", *FORMATS]), default="table", show_default=True)
@profile_option
@click.pass_obj
def command(
    parent: Path | None,
    workspace: str | None,
    service: str,
    only: str | None,
    compare: bool,
    output: str,
    profile: Path | None,
) -> int:
    """Call every combination that a workspace offers. Exit code 1 if any offered one fails."""
    return go(_matrix(profile or parent, _Asked(workspace, service, output, compare, only)))


async def _matrix(profile: Path | None, asked: _Asked) -> int:
    async with opened(profile) as core:
        workspace = core.bench.workspaces.get(asked.workspace or core.bench.settings.get("workspace"))
        kept = results(core.bench.profile, writable=core.bench.writable)
        before = await asyncio.to_thread(kept.load, workspace.name)
        cells = await _called(core, workspace, asked, before)
        found = changes(before, cells) if asked.compare else {}
        try:
            await asyncio.to_thread(kept.save, workspace.name, _kept(before, cells, whole=_whole(asked)))
        except StoreError as error:
            click.echo(f"{click.style('note:', fg='yellow')} {error.message}", err=True)
    if asked.output == "table":
        _print(cells, found)
    else:
        click.echo(FORMATS[asked.output](cells, found), nl=False)
    if asked.compare:
        _summary(found, compared=any(cell.ok is not None for cell in before), to_stderr=asked.output != "table")
    return 1 if any(cell.offered and not cell.ok for cell in cells) else 0


async def _called(core: Core, workspace: Workspace, asked: _Asked, before: list[Cell]) -> list[Cell]:
    told = _Progress() if asked.output == "table" and sys.stderr.isatty() else None
    wanted: frozenset[Key] | None = None
    if asked.only is not None:
        failed = [cell for cell in before if cell.ok is False and asked.service in ("", cell.id, cell.service)]
        wanted = frozenset(cell.key for cell in failed)
        if not wanted:
            return []
    return await Round(core, workspace, told or _silent, service=asked.service, wanted=wanted).play()


def _whole(asked: _Asked) -> bool:
    return not asked.service and asked.only is None


def _kept(before: list[Cell], cells: list[Cell], *, whole: bool) -> list[Cell]:
    """What to keep: of a run over everything nothing older, as services may be gone."""
    return [cell for cell in (cells if whole else merged(before, cells)) if cell.offered]


def _silent(_: Cell) -> None:
    return None


class _Progress:
    """Counts the calls on the terminal."""

    def __init__(self) -> None:
        self._done = 0

    def __call__(self, cell: Cell) -> None:
        self._done += cell.offered
        click.echo(f"\r{self._done} calls", nl=False, err=True)


def _print(cells: list[Cell], found: Found) -> None:
    """A block for each service: rows authentication and channel, columns protocols."""
    keys = list(PROTOCOLS)
    for service in dict.fromkeys(cell.id for cell in cells):
        mine = [cell for cell in cells if cell.id == service]
        click.secho(f"\n{mine[0].service} ({mine[0].generation})", bold=True)
        if not any(cell.offered for cell in mine):
            click.secho(f"  {mine[0].reason}", dim=True)
            continue
        click.secho(f"  {'':<26}" + "".join(f"{key:<18}" for key in keys), dim=True)
        refusals: dict[str, None] = {}
        for row in dict.fromkeys((cell.auth, cell.channel) for cell in mine):
            of_row = {cell.protocol: cell for cell in mine if (cell.auth, cell.channel) == row}
            if any(cell.offered for cell in of_row.values()):
                told = "".join(_told(of_row[key], found) if key in of_row else " " * 18 for key in keys)
                click.echo(f"  {row[0] + ' × ' + row[1]:<26}{told}".rstrip())
            refusals |= dict.fromkeys(cell.reason or "" for cell in of_row.values() if not cell.offered)
        for reason in refusals:
            click.secho(f"  – {reason}", dim=True)
    offered = [cell for cell in cells if cell.offered]
    if not cells:
        click.echo("nothing failed when it was called last")
        return
    for cell in offered:
        if not cell.ok:
            click.echo(f"\n{cell.service}, {cell.auth} × {cell.channel} × {cell.protocol}: {cell.reason}")
    good = sum(bool(cell.ok) for cell in offered)
    click.secho(f"\n{good} of {len(offered)} offered combinations work", fg="green" if good == len(offered) else "red")


_SHORT = {"newly failing": " new", "newly working": " new"}


def _told(cell: Cell, found: Found) -> str:
    if not cell.offered:
        return click.style(f"{'–':<18}", dim=True)
    word = f"{cell.status or '–'}" + (f" {cell.ttfb_ms:.0f} ms" if cell.ttfb_ms is not None else "")
    if (one := found.get(cell.key)) is not None:
        word += _SHORT.get(one.kind, f" ×{one.ratio:.1f}")
    return click.style(f"{('✓ ' if cell.ok else '✕ ') + word:<18}", fg="green" if cell.ok else "red")


def _summary(found: Found, *, compared: bool, to_stderr: bool) -> None:
    """What changed, in a line."""
    if not compared:
        click.echo("nothing to compare with: this is the first run", err=to_stderr)
        return
    click.echo("since the last run: " + (", ".join(map(str, told(found))) or "nothing changed"), err=to_stderr)
