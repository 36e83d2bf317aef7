"""`streamscope environments`: named sets of variables."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from msgspec.structs import replace

from streamscope.cli.main import profile_option
from streamscope.model.environment import Environment, Variable, check_name, from_lines
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.store import files
from streamscope.store.bench import open_bench
from streamscope.store.environments import GLOBALS, Environments

MASK = "••••••"


@dataclass(frozen=True, slots=True)
class Place:
    """Where environments are looked for and written."""

    store: Environments
    collection: Path | None
    output: str


@click.command("environments")
@click.argument("action", type=click.Choice(["list", "show", "set", "unset", "remove"]), default="list")
@click.argument("name", required=False, default="")
@click.argument("variables", nargs=-1)
@click.option("--secret", "secrets", multiple=True, metavar="VAR", help="Keep this variable's value in the keyring.")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), help="Take variables from a file of NAME=VALUE lines."
)
@click.option("--collection", type=click.Path(path_type=Path), help="The environments of this folder of drafts.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
@click.pass_obj
def command(
    parent: Path | None,
    /,
    action: str,
    name: str,
    variables: tuple[str, ...],
    secrets: tuple[str, ...],
    source: Path | None,
    collection: Path | None,
    output: str,
    profile: Path | None,
) -> int:
    """List environments, or show, set, unset or remove the one called NAME.

    `set NAME VAR=VALUE` makes the environment where there is none; `VAR=@-` reads the value from standard input.
    The environment 'globals' is always in force.
    """
    bench = open_bench(profile or parent)
    place = Place(bench.environments, collection.absolute() if collection is not None else None, output)
    if action == "list":
        _list(place)
    elif not name:
        raise UsageError(
            phrase("Which environment?"), phrase("Write: streamscope environments {action} NAME.", action=action)
        )
    elif action == "show":
        _show(place, name)
    elif action == "remove":
        place.store.remove(name, place.collection)
    elif action == "unset":
        found = place.store.get(name, place.collection)
        kept = tuple(one for one in found.variables if one.name not in variables)
        place.store.save(Environment(name, kept), place.collection)
    else:
        lines = from_lines(files.content(str(source)).decode(errors="replace")) if source is not None else ()
        _set(place, name, (*lines, *(_assigned(entry, secrets) for entry in variables)), secrets)
    for notice in bench.environments.notices.values():
        click.echo(f"{click.style('note:', fg='yellow')} {notice}", err=True)
    return 0


def _list(place: Place) -> None:
    found = [place.store.get(GLOBALS), *place.store.all(place.collection)]
    if place.output == "json":
        click.echo(
            json.dumps([{"name": one.name, "variables": len(one.variables)} for one in found], ensure_ascii=False)
        )
        return
    for one in found:
        click.echo(f"{one.name}  {click.style(' '.join(variable.name for variable in one.variables), dim=True)}")


def _show(place: Place, name: str) -> None:
    found = place.store.get(name, place.collection)
    if place.output == "json":
        rows = [{"name": one.name, "value": one.value, "secret": one.secret, "on": one.on} for one in found.variables]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for one in found.variables:
        line = f"{one.name}={MASK if one.secret else one.value}"
        click.echo(line if one.on else click.style(f"# {line}", dim=True))


def _assigned(entry: str, secrets: tuple[str, ...]) -> Variable:
    name, mark, value = entry.partition("=")
    if not mark:
        raise UsageError(phrase("'{entry}' sets no variable.", entry=entry), phrase("Write VAR=VALUE."))
    check_name(name)
    if value == "@-":
        value = sys.stdin.read().rstrip("\r\n")
    return Variable(name, value, secret=name in secrets)


def _set(place: Place, name: str, given: tuple[Variable, ...], secrets: tuple[str, ...]) -> None:
    """Change or add these variables; one that is secret already stays it."""
    try:
        before = place.store.get(name, place.collection)
    except UsageError:
        before = Environment(name)
    after = [replace(one, secret=one.secret or one.name in secrets) for one in before.variables]
    for one in given:
        at = next((number for number, old in enumerate(after) if old.name == one.name), None)
        if at is None:
            after.append(one)
        else:
            after[at] = replace(after[at], value=one.value, secret=after[at].secret or one.secret)
    if not place.store.save(Environment(name, tuple(after)), place.collection):
        click.echo(str(phrase("There is no keyring here: the secret's value is gone with this call.")), err=True)
