"""`streamscope credentials`: named credentials, their secret values in the system's keyring."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from streamscope.cli.fields import assigned, prompted
from streamscope.cli.main import profile_option
from streamscope.engine.credentials import parted, variable
from streamscope.kinds.catalog import AUTH, kind
from streamscope.model.credential import Credential
from streamscope.model.errors import CredentialError, UsageError
from streamscope.model.field import missing
from streamscope.model.phrase import phrase
from streamscope.store.bench import Bench, open_bench
from streamscope.store.credentials import used_by

_SET = click.option(
    "--set", "sets", multiple=True, metavar="FIELD=VALUE", help="A field; FIELD=@- reads it from standard input."
)


@click.group("credentials")
@profile_option
@click.pass_context
def command(ctx: click.Context, profile: Path | None) -> None:
    """Keep credentials by name; secret values go into the system's keyring and nowhere else."""
    ctx.obj = profile or ctx.obj


@command.command("list")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def _list(profile: Path | None, output: str) -> int:
    """List the credentials; no secret value is shown."""
    bench = _bench(profile)
    found = bench.credentials.all()
    if output == "json":
        click.echo(json.dumps([_row(bench, one) for one in found], ensure_ascii=False))
        return 0
    width = max((len(one.name) for one in found), default=4)
    for one in found:
        workspaces, _ = used_by(one.name, bench.workspaces.all(), ())
        users = ", ".join(workspaces) or "-"
        click.echo(
            f"{one.name:<{width}}  {one.auth:<14} {phrase('workspaces: {names}', names=users)}  "
            + click.style(str(phrase("last used: {used}", used=one.used[:10] or "-")), dim=True)
        )
    return 0


@command.command("show")
@click.argument("name")
@click.pass_obj
def _show(profile: Path | None, name: str) -> int:
    """Show everything of a credential but its secret values, as JSON."""
    bench = _bench(profile)
    click.echo(json.dumps(_row(bench, bench.credentials.get(name)), ensure_ascii=False, indent=2))
    return 0


@command.command("add")
@click.argument("name")
@click.option("--auth", required=True, help="Which authentication it is for: see `streamscope kinds`.")
@_SET
@click.pass_obj
def _add(profile: Path | None, name: str, auth: str, sets: tuple[str, ...]) -> int:
    """Add a credential; missing values are asked for on a terminal."""
    bench = _bench(profile)
    if bench.credentials.find(name) is not None:
        raise UsageError(phrase("There is one called '{name}' already.", name=name), phrase("Use `credentials edit`."))
    fields = kind("auth", AUTH, auth).fields
    if not fields:
        raise UsageError(phrase("The authentication '{auth}' has nothing to keep.", auth=auth))
    given = prompted(fields, assigned(sets, fields))
    if lacking := missing(fields, given):
        names = ", ".join(field.key for field in lacking)
        raise UsageError(
            phrase("The authentication '{auth}' lacks: {fields}.", auth=auth, fields=names),
            phrase("Use --set FIELD=VALUE; a secret is piped in with --set FIELD=@-, or asked for on a terminal."),
        )
    _save(bench, Credential(name, auth), given, fresh=True)
    return 0


@command.command("edit")
@click.argument("name")
@click.option("--name", "new", metavar="NAME", help="Another name.")
@_SET
@click.pass_obj
def _edit(profile: Path | None, name: str, new: str | None, sets: tuple[str, ...]) -> int:
    """Change values or the name; --set FIELD= empties a field."""
    bench = _bench(profile)
    known = bench.credentials.get(name)
    fields = kind("auth", AUTH, known.auth).fields
    if sets:
        _save(bench, known, assigned(sets, fields))
    if new is not None and new != name:
        bench.credentials.rename(name, new)
        bench.workspaces.credential_renamed(name, new)
    return 0


@command.command("duplicate")
@click.argument("name")
@click.pass_obj
def _duplicate(profile: Path | None, name: str) -> int:
    """Copy a credential, its secret values too."""
    click.echo(_bench(profile).credentials.duplicate(name).name)
    return 0


@command.command("remove")
@click.argument("name")
@click.pass_obj
def _remove(profile: Path | None, name: str) -> int:
    """Remove a credential, its secret values from the keyring too."""
    bench = _bench(profile)
    workspaces, _ = used_by(name, bench.workspaces.all(), ())
    bench.credentials.remove(name)
    if workspaces:
        names = ", ".join(workspaces)
        click.echo(str(phrase("These workspaces still name it: {names}", names=names)), err=True)
    return 0


def _save(bench: Bench, credential: Credential, given: dict[str, str], *, fresh: bool = False) -> None:
    """Save it; what stays in memory only would be gone with this command. Raises CredentialError."""
    plain, secret = parted(AUTH[credential.auth].fields, given)
    kept = bench.credentials.save(replace(credential, values={**credential.values, **plain}), secret)
    lost = next(((key, one.why) for key, one in kept.items() if not one.lasting), None)
    if lost is None:
        return
    if fresh:
        bench.credentials.remove(credential.name)
    variable_name = variable(credential.auth, lost[0])
    raise CredentialError(
        phrase("'{field}' cannot be kept beyond this command. {why}", field=lost[0], why=lost[1]),
        phrase("Give it in the variable {variable} instead, or in the window.", variable=variable_name),
    )


def _row(bench: Bench, credential: Credential) -> dict[str, Any]:
    workspaces, _ = used_by(credential.name, bench.workspaces.all(), ())
    return {
        "name": credential.name,
        "auth": credential.auth,
        "values": dict(credential.values),
        "secrets": list(credential.secrets),
        "created": credential.created,
        "used": credential.used,
        "workspaces": workspaces,
    }


def _bench(profile: Path | None) -> Bench:
    bench = open_bench(profile)
    for notice in bench.notices:
        click.echo(f"{click.style('note:', fg='yellow')} {notice}", err=True)
    return bench
