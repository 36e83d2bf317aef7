"""`streamscope services add|remove`: services that are a list of URLs by hand."""

from pathlib import Path

import click

from streamscope.cli.main import go, opened, profile_option
from streamscope.engine import byhand, discover


@click.command("add")
@click.argument("url")
@click.option("--name", default="", help="What to call it; the host otherwise.")
@click.option("--workspace", default="", help="A workspace by hand; the first one otherwise, made where none is.")
@profile_option
@click.pass_obj
def add_command(parent: Path | None, url: str, name: str, workspace: str, profile: Path | None) -> int:
    """Make a URL a service."""
    return go(_add(profile or parent, url, name, workspace))


@click.command("remove")
@click.argument("name")
@click.option("--workspace", default="", help="A workspace by hand; the first one otherwise.")
@profile_option
@click.pass_obj
def remove_command(parent: Path | None, name: str, workspace: str, profile: Path | None) -> int:
    """Take a service by hand away, by its name or URL."""
    return go(_remove(profile or parent, name, workspace))


async def _add(profile: Path | None, url: str, name: str, workspace: str) -> int:
    async with opened(profile) as core:
        entry = byhand.entry(url, name)
        home = byhand.home(core.bench.workspaces, workspace)
        core.bench.workspaces.save(byhand.added(home, entry))
    click.echo(f"{home.name}: {entry.line}")
    return 0


async def _remove(profile: Path | None, name: str, workspace: str) -> int:
    async with opened(profile) as core:
        home = byhand.home(core.bench.workspaces, workspace)
        place = byhand.place_of(home, name)
        if place is None:
            raise discover.nothing_named(name, home.name, [one.name or one.url for one in byhand.entries(home)])
        core.bench.workspaces.save(byhand.removed(home, place))
    return 0
