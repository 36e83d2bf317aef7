"""`streamscope collections`: the folders of saved requests that are open, and what is in them."""

import json
from pathlib import Path
from typing import Any

import click

from streamscope.cli.main import profile_option
from streamscope.cli.terminal import clean
from streamscope.model.phrase import phrase
from streamscope.store.bench import open_bench
from streamscope.store.collections import Folder

_output = click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)


@click.group("collections", invoke_without_command=True)
@profile_option
@click.pass_context
def command(ctx: click.Context, profile: Path | None) -> None:
    """Collections are folders of saved requests, one YAML file each; `send --draft FILE` sends one.

    Without a subcommand the open ones are listed.
    """
    ctx.obj = profile or ctx.obj
    if ctx.invoked_subcommand is None:
        ctx.invoke(listed)


@command.command("list")
@_output
@click.pass_obj
def listed(profile: Path | None, output: str = "table") -> int:
    """List the open collections."""
    collections = open_bench(profile).collections
    trees = [collections.tree(folder) for folder in collections.all()]
    if output == "json":
        rows = [{"path": str(tree.path), "name": tree.name, "requests": tree.count(),
                 "trouble": str(tree.trouble or "")} for tree in trees]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False))
        return 0
    for tree in trees:
        click.echo(f"{tree.count():>6,}  {click.style(clean(tree.name), bold=True)}  {clean(str(tree.path))}")
        if tree.trouble is not None:
            click.secho(f"        {tree.trouble}", fg="yellow")
    if not trees:
        click.echo(str(phrase("No collection is open: open a folder with `collections open FOLDER`.")), err=True)
    return 0


@command.command("open")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def opened(profile: Path | None, folder: Path) -> int:
    """Open FOLDER as a collection: the window shows it, too."""
    click.echo(str(open_bench(profile).collections.open(folder)))
    return 0


@command.command("close")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def closed(profile: Path | None, folder: Path) -> int:
    """Show FOLDER no more; it stays as it is."""
    open_bench(profile).collections.close(folder.expanduser().absolute())
    return 0


@command.command("tree")
@click.argument("folder", type=click.Path(path_type=Path))
@_output
@click.pass_obj
def tree(profile: Path | None, folder: Path, output: str) -> int:
    """Show the requests in FOLDER, whether it is open or not. Exit code 1 where one of them cannot be read."""
    found = open_bench(profile).collections.tree(folder.expanduser().absolute())
    if output == "json":
        click.echo(json.dumps(_rows(found), ensure_ascii=False))
    else:
        _print(found, 0)
    return 1 if _troubled(found) else 0


def _rows(folder: Folder) -> list[dict[str, Any]]:
    rows = [row for inner in folder.folders for row in _rows(inner)]
    return rows + [
        {"path": str(item.path), "name": item.name, "method": item.method, "trouble": str(item.trouble or "")}
        for item in folder.items
    ]


def _print(folder: Folder, depth: int) -> None:
    trouble = f"  {folder.trouble}" if folder.trouble is not None else ""
    click.echo("  " * depth + click.style(clean(folder.name), bold=True) + click.style(trouble, fg="yellow"))
    for inner in folder.folders:
        _print(inner, depth + 1)
    for item in folder.items:
        start = "  " * (depth + 1)
        if item.trouble is not None:
            click.echo(f"{start}{'!':<7} {clean(item.name)[:100]}  {click.style(str(item.trouble), fg='yellow')}")
        else:
            click.echo(f"{start}{item.method:<7} {clean(item.name)[:100]}")


def _troubled(folder: Folder) -> bool:
    own = folder.trouble is not None or any(item.trouble is not None for item in folder.items)
    return own or any(_troubled(inner) for inner in folder.folders)
