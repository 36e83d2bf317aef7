"""`streamscope keys`: API keys of the new generation, their values kept at once in the keyring."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from streamscope.cli import keeping
from streamscope.cli.asked import Asked, asking, confirm, moment, table, tell, yes_option
from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.terminal import line
from streamscope.engine import deploying
from streamscope.engine.core import Core
from streamscope.engine.waiting import found
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Keys
from streamscope.model.deployment import ApiKey, Outcome
from streamscope.model.errors import CredentialError, StreamscopeError, UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

_AUTH = "api_key"
print_option = click.option("--print", "printed", is_flag=True, help="Print the secret value, too.")
credential_option = click.option(
    "--credential", default="", metavar="NAME", help="The credential to keep it as.  [default: the key's name]"
)


@click.group("keys")
@click.option("--workspace", help="Which workspace; the settings' default otherwise.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
@click.pass_context
def command(ctx: click.Context, workspace: str | None, output: str, profile: Path | None) -> None:  # noqa: ARG001 - read by the commands
    """Make and bind API keys, with which services of the new generation are called.

    The platform tells a key's value only once: it is kept at once in the system's keyring, as a credential.
    """
    ctx.obj = profile or ctx.obj


@command.command("list")
@click.option("--service", default="", metavar="NAME", help="Only those that this service accepts.")
@asking
def _list(asked: Asked, service: str) -> int:
    """List the keys; no value is known any more.

    With --output json: a list with the keys id, name, scope, description, created, expires and services.
    """

    async def read() -> int:
        async with opened(asked.profile) as core:
            keys, site = await _keys(core, asked)
            of = (await found(core, asked.place(core), service)).id if service else ""
            known = await keys.all(site, of)
        if asked.as_json:
            tell([_row(one) for one in known])
            return 0
        heads = ("NAME", "SCOPE", "SERVICES", "CREATED", "EXPIRES", "ID", "DESCRIPTION")
        rows = [
            (one.name, one.scope, _services(one), moment(one.created), moment(one.expires), one.id, one.description)
            for one in known
        ]
        table(heads, rows)
        return 0

    return go(read())


@command.command("create")
@click.argument("name")
@click.option(
    "--scope", type=click.Choice(["user", "service"], case_sensitive=False), default="user", show_default=True,
    help="For all services of the account, or for those that it is bound to.",
)  # fmt: skip
@click.option("--description", default="")
@click.option("--service", "services", multiple=True, metavar="NAME", help="Bind it to this service, too.")
@credential_option
@print_option
@asking
def _create(
    asked: Asked, name: str, scope: str, description: str, services: tuple[str, ...], credential: str, printed: bool
) -> int:
    """Make a key and keep its value in the keyring.

    With --output json: the keys of `list`, and credential ('' where it is not kept); value only with --print.
    """

    async def make() -> int:
        async with opened(asked.profile) as core:
            keys, site = await _keys(core, asked)
            bound = [await found(core, asked.place(core), one) for one in services]
            kept = await keeping.check(core, credential or name, _AUTH, printed=printed)
            made = await keys.create(site, name, "SERVICE" if bound else scope.upper(), description)
            if kept:
                await _keep(core, keys, site, made, credential or name)
            _tell(asked, made, (credential or name) if kept else "", printed=printed)
            return await _bind_all(keys, site, bound, made)

    return go(make())


@command.command("temporary")
@click.option("--hours", type=click.IntRange(1, 24), default=24, show_default=True, help="How long it lives.")
@credential_option
@print_option
@asking
def _temporary(asked: Asked, hours: int, credential: str, printed: bool) -> int:
    """Make a key that ends by itself.

    With --output json: as `create`.
    """

    async def make() -> int:
        async with opened(asked.profile) as core:
            keys, site = await _keys(core, asked)
            name = credential or "temporary key"
            kept = await keeping.check(core, name, _AUTH, printed=printed, fresh=False)
            made = await keys.temporary(site, hours)
            if kept:
                await keeping.keep(core, name, _AUTH, _values(made))
            _tell(asked, made, name if kept else "", printed=printed)
        return 0

    return go(make())


@command.command("bind")
@click.argument("service")
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@asking
def _bind(asked: Asked, service: str, keys: tuple[str, ...]) -> int:
    """Let keys call a service; by their names or ids, of scope service.

    With --output json: a list with the keys id, done and note. Exit code 1 where one was not bound.
    """
    return go(_binding(asked, service, keys, bind=True))


@command.command("unbind")
@click.argument("service")
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@asking
def _unbind(asked: Asked, service: str, keys: tuple[str, ...]) -> int:
    """Let keys call a service no more. With --output json: as `bind`."""
    return go(_binding(asked, service, keys, bind=False))


@command.command("delete")
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@yes_option
@asking
def _delete(asked: Asked, keys: tuple[str, ...], yes: bool) -> int:
    """Delete keys, by their names or ids.

    Credentials that hold them stay.
    """

    async def delete() -> int:
        async with opened(asked.profile) as core:
            platform, site = await _keys(core, asked)
            known = await platform.all(site)
            meant = [_named(known, one) for one in keys]
            names = ", ".join(f"'{line(one.name)}'" for one in meant)
            loss = phrase("Calls with it are refused from now on. This cannot be undone.")
            if not confirm(phrase("Delete the API key {names}?", names=names), loss, yes=yes):
                return 1
            for one in meant:
                await platform.delete(site, one.id)
        return 0

    return go(delete())


async def _keys(core: Core, asked: Asked) -> tuple[Keys, Site]:
    site = await deploying.place(core, asked.place(core).name)
    for generation in deploying.generations(site.workspace).values():
        if generation.keys is not None:
            return generation.keys, site
    raise UsageError(phrase("The platform of '{name}' has no API keys to manage.", name=site.workspace.name))


async def _keep(core: Core, keys: Keys, site: Site, made: ApiKey, name: str) -> None:
    """Keep a new key; one that cannot be kept is deleted again, since nobody could ever use it."""
    try:
        await keeping.keep(core, name, _AUTH, _values(made))
    except StreamscopeError as error:
        with suppress(StreamscopeError):
            await keys.delete(site, made.id)
            error.hint = phrase("The new key was deleted again, since nobody could ever use it. Give --print instead.")
        raise


def _values(made: ApiKey) -> dict[str, str]:
    if not made.value:
        raise CredentialError(phrase("The platform made the key '{name}' but did not tell its value.", name=made.name))
    return {"api_key": made.value, "type": "temp" if made.expires else ""}


async def _bind_all(keys: Keys, site: Site, services: Sequence[Service], made: ApiKey) -> int:
    failed = 0
    for service in services:
        for outcome in await keys.bind(site, service.id, [made.id]):
            if not outcome.done:
                failed = 1
                told = phrase("It was not bound to '{name}': {note}", name=service.name, note=outcome.note or "-")
                click.echo(str(told), err=True)
    return failed


async def _binding(asked: Asked, name: str, given: Sequence[str], *, bind: bool) -> int:
    async with opened(asked.profile) as core:
        keys, site = await _keys(core, asked)
        service = await found(core, asked.place(core), name)
        known = await keys.all(site)
        ids = [_named(known, one).id for one in given]
        outcomes = await (keys.bind if bind else keys.unbind)(site, service.id, ids)
    return tell_outcomes(asked, outcomes, {one.id: one.name for one in known}, "bound" if bind else "unbound")


def tell_outcomes(asked: Asked, outcomes: Sequence[Outcome], names: dict[str, str], word: str) -> int:
    """What became of several; 1 where one of them was not done."""
    if asked.as_json:
        tell([{"id": one.id, "done": one.done, "note": one.note} for one in outcomes])
    else:
        for one in outcomes:
            sign = click.style("✓", fg="green") if one.done else click.style("✕", fg="red")
            click.echo(f"{sign} {line(names.get(one.id, one.id))}  {word if one.done else line(one.note)}")
    return 0 if all(one.done for one in outcomes) else 1


def _named(known: Sequence[ApiKey], name: str) -> ApiKey:
    for one in known:
        if name in (one.id, one.name):
            return one
    raise unknown(phrase("There is no API key '{name}'.", name=name), name, [one.name for one in known])


def _tell(asked: Asked, made: ApiKey, credential: str, *, printed: bool) -> None:
    if asked.as_json:
        tell({**_row(made), "credential": credential, **({"value": made.value} if printed else {})})
    else:
        click.echo(made.value if printed else f"{line(made.name)}  {made.id}".rstrip())


def _services(one: ApiKey) -> str:
    return "all" if one.scope == "USER" else ", ".join(name or number for number, name in one.services) or "-"


def _row(one: ApiKey) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "scope": one.scope,
        "description": one.description,
        "created": moment(one.created),
        "expires": moment(one.expires),
        "services": [{"id": number, "name": name} for number, name in one.services],
    }
