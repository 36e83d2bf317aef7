"""`streamscope models`: what can be deployed, and packages for the sandbox registered."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from streamscope.cli.main import complain, go, opened, profile_option
from streamscope.cli.progress import progress
from streamscope.cli.terminal import clean
from streamscope.engine.deploying import generations, place
from streamscope.model.deployment import Model
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.model.service import Workspace
from streamscope.sandbox.packages import Package, Packages
from streamscope.store.bench import open_bench

_Row = dict[str, Any]

workspace_option = click.option("--workspace", help="Which workspace; the settings' default otherwise.")
output_option = click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)


@click.group("models", invoke_without_command=True)
@workspace_option
@output_option
@profile_option
@click.pass_context
def command(ctx: click.Context, workspace: str | None, output: str, profile: Path | None) -> int | None:
    """List what can be deployed in a workspace; register packages for the sandbox."""
    ctx.obj = profile or ctx.obj
    return None if ctx.invoked_subcommand is not None else _list(ctx.obj, workspace, output)


@command.command("list")
@workspace_option
@output_option
@profile_option
@click.pass_obj
def _list_command(parent: Path | None, /, workspace: str | None, output: str, profile: Path | None) -> int:
    """List what can be deployed: the sandbox's packages, or the models of a platform."""
    return _list(profile or parent, workspace, output)


@command.command("show")
@click.argument("name", metavar="NAME[:VERSION]")
@workspace_option
@output_option
@profile_option
@click.pass_obj
def _show(parent: Path | None, /, name: str, workspace: str | None, output: str, profile: Path | None) -> int:
    """Show everything of one; without VERSION of the newest."""
    row = _found(_rows(profile or parent, workspace), name)
    if output == "json":
        click.echo(json.dumps(row, ensure_ascii=False))
        return 0
    for key, value in row.items():
        text = _told(key, value)
        if text:
            click.echo(f"{click.style(f'{key:<14}', dim=True)}{clean(text)}")
    return 0


@command.command("add")
@click.argument("name")
@click.argument("words", nargs=-1, required=True, metavar="predict.py | -- COMMAND...")
@click.option("--health", default="", metavar="PATH", help="Ready once a GET of this path answers 2xx.")
@click.option(
    "--env",
    "environment",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable of its environment. It is kept readable: no secrets here; what the sandbox itself was started"
    " with is passed on.",
)
@click.option("--folder", default="", metavar="DIR", help="Where it starts; here, or where the Python file is.")
@click.option("--websocket", is_flag=True, help="It is to be called over WebSocket.")
@click.option("--api", "apis", multiple=True, metavar='"POST /path"', help="A path that it answers; any otherwise.")
@click.option("--ready-within", "seconds", type=float, default=60.0, show_default=True, metavar="SECONDS")
@click.option("--description", default="")
@output_option
@profile_option
@click.pass_obj
def _add(parent: Path | None, /, words: tuple[str, ...], output: str, profile: Path | None, **given: Any) -> int:
    """Register a package for the sandbox; one of that NAME gets its next version.

    A Python file has a function predict(inputs): plain, async, or one that yields. Its inputs are the value of the JSON
    body or WebSocket message; what it returns is the answer, what it yields an event or a message each.

    A command listens on 127.0.0.1, on the port that the environment variable PORT says, or its argument '$PORT' (in
    single quotes).
    """
    is_file = len(words) == 1 and words[0].lower().endswith(".py")
    package = Package(
        kind="python" if is_file else "command",
        file=words[0] if is_file else "",
        command=[] if is_file else list(words),
        environment=dict(_assigned(entry) for entry in given.pop("environment")),
        apis=list(given.pop("apis")),
        **given,
    )
    packages = _packages(profile or parent)
    added = packages.add(package)
    _tell_notices(packages)
    if output == "json":
        click.echo(json.dumps(_package_row(added, []), ensure_ascii=False))
    else:
        click.echo(added.key)
    if added.kind == "command" and not any("$PORT" in word or "${PORT}" in word for word in added.command):
        note = phrase("No argument says $PORT (in a shell: '$PORT'): it has to read PORT from its environment.")
        click.echo(f"{click.style('note:', fg='yellow')} {note}", err=True)
    return 0


@command.command("remove")
@click.argument("name", metavar="NAME[:VERSION]")
@click.option("--force", is_flag=True, help="Also where a service was deployed from it.")
@profile_option
@click.pass_obj
def _remove(parent: Path | None, /, name: str, force: bool, profile: Path | None) -> int:
    """Take a package of the sandbox out; without VERSION all of them."""
    packages = _packages(profile or parent)
    name, _, version = name.partition(":")
    there = packages.get(name, version)
    used = packages.users(name, version) if there is None or there.kind != "built-in" else []
    if used and not force:
        raise UsageError(
            phrase("'{name}' is what these services run: {services}.", name=name, services=", ".join(used)),
            phrase("Delete or update them first, or say --force: they go on running, but cannot be started again."),
        )
    packages.remove(name, version)
    _tell_notices(packages)
    return 0


def _packages(profile: Path | None) -> Packages:
    return Packages(open_bench(profile).profile / "sandbox")


def _tell_notices(packages: Packages) -> None:
    for notice in packages.notices:
        click.echo(f"{click.style('note:', fg='yellow')} {notice}", err=True)


def _assigned(entry: str) -> tuple[str, str]:
    name, mark, value = entry.partition("=")
    if not mark:
        raise UsageError(phrase("'{entry}' sets nothing.", entry=entry), phrase("Write --env NAME=VALUE."))
    return name, value


def _list(profile: Path | None, workspace: str | None, output: str) -> int:
    rows = _rows(profile, workspace)
    if output == "json":
        click.echo(json.dumps(rows, ensure_ascii=False))
        return 0
    width = min(40, max((len(_key(row)) for row in rows), default=0))
    for row in rows:
        kind = row.get("kind") or f"{row['generation']} {row['status']}"
        what = shlex.join(row.get("command") or ()) or row.get("file") or row["description"]
        click.echo(f"{clean(_key(row)):<{width}}  {kind:<10} {click.style(clean(what), dim=True)}".rstrip())
    return 0


def _rows(profile: Path | None, name: str | None) -> list[_Row]:
    """Of the sandbox from its file, whether it runs or not; of any other platform what that tells."""
    bench = open_bench(profile)
    workspace = bench.workspaces.get(name or bench.settings.get("workspace"))
    if workspace.platform != "sandbox":
        return go(_asked(profile, workspace))
    packages = Packages(bench.profile / "sandbox")
    rows = [_package_row(package, packages.users(package.name, package.version)) for package in packages.all()]
    _tell_notices(packages)
    return rows


async def _asked(profile: Path | None, workspace: Workspace) -> list[_Row]:
    """The models of every generation that has them. Raises what was refused where nothing came, else tells it."""
    found: list[_Row] = []
    failures: list[StreamscopeError] = []
    async with opened(profile) as core, progress(lambda: "idle"):
        known = generations(workspace)
        if not known:
            raise UsageError(
                phrase("Nothing can be deployed in '{name}' from here.", name=workspace.name),
                phrase("Choose a workspace of a platform that deploys services."),
            )
        site = await place(core, workspace.name)
        for key, generation in known.items():
            try:
                found += [_model_row(model, key) for model in await generation.models(site)]
            except StreamscopeError as error:
                failures.append(error)
    if failures and not found:
        raise failures[0]
    for failure in failures:
        complain(failure)
    return found


def _package_row(package: Package, services: Sequence[str]) -> _Row:
    row: _Row = msgspec.to_builtins(package)
    return {**row, "created": package.created / 1000, "services": list(services)}


def _model_row(model: Model, generation: str) -> _Row:
    return {**asdict(model), "generation": generation}


def _key(row: _Row) -> str:
    return f"{row['name']}:{row['version']}" if row["version"] else str(row["name"])


def _found(rows: list[_Row], wanted: str) -> _Row:
    """The row of an id, of NAME:VERSION, or the newest of a name. Raises UsageError with the nearest."""
    exact = [row for row in rows if wanted in (row.get("id"), _key(row))]
    named = exact or [row for row in rows if row["name"] == wanted]
    if not named:
        raise unknown(phrase("There is nothing called '{name}' to deploy.", name=wanted), wanted, map(_key, rows))
    return max(named, key=lambda row: row["created"])


def _told(key: str, value: Any) -> str:
    if key == "created" and value:
        return datetime.fromtimestamp(value).astimezone().isoformat(" ", "seconds")
    if key == "command":
        return shlex.join(value)
    if isinstance(value, dict):
        return " ".join(f"{name}={one}" for name, one in value.items())
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:g}" if isinstance(value, float) and value else str(value or "")
