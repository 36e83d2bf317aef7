"""`streamscope apps`: applications that may call services of the old generation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from streamscope.cli import keeping
from streamscope.cli.asked import Asked, asking, confirm, moment, table, tell, yes_option
from streamscope.cli.keys import print_option, tell_outcomes
from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.terminal import line
from streamscope.engine import deploying
from streamscope.engine.core import Core
from streamscope.engine.waiting import found
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Apps
from streamscope.model.deployment import App
from streamscope.model.errors import UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase

_MASK = "••••••"
_CODE = "app_code"
_SIGNATURE = "app_signature"
_credential_option = click.option(
    "--credential", default="", metavar="NAME", help="Keep it in the keyring as the credential of this name."
)
_auth_option = click.option(
    "--auth", type=click.Choice([_SIGNATURE, _CODE]), default=_SIGNATURE, show_default=True,
    help="What is kept of it: AppKey and AppSecret, or an App code.",
)  # fmt: skip


@click.group("apps")
@click.option("--workspace", help="Which workspace; the settings' default otherwise.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
@click.pass_context
def command(ctx: click.Context, workspace: str | None, output: str, profile: Path | None) -> None:  # noqa: ARG001 - read by the commands
    """Make applications and let them call services of the old generation.

    With --output json an application has the keys id, name, key, description, created, services and code_count; with
    --print also secret and codes. A code is named by its number in `apps show`, never by its value.
    """
    ctx.obj = profile or ctx.obj


@command.command("list")
@click.option("--service", default="", metavar="NAME", help="Only those that may call this service.")
@asking
def _list(asked: Asked, service: str) -> int:
    """List the applications."""

    async def read() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            if service:
                known = await apps.authorised(site, (await found(core, asked.place(core), service)).id)
            else:
                known = await apps.all(site)
        if asked.as_json:
            tell([_row(one, printed=False) for one in known])
            return 0
        heads = ("NAME", "APPKEY", "CODES", "SERVICES", "CREATED", "ID", "DESCRIPTION")
        rows = [
            (one.name, one.key, len(one.codes), one.services, moment(one.created), one.id, one.description)
            for one in known
        ]
        table(heads, rows)
        return 0

    return go(read())


@command.command("show")
@click.argument("name")
@_credential_option
@_auth_option
@print_option
@asking
def _show(asked: Asked, name: str, credential: str, auth: str, printed: bool) -> int:
    """Show an application.

    Its secret and its codes are shown only with --print.
    """

    async def read() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            await _kept(core, _named(await apps.all(site), name), credential, auth, asked, printed=printed)
        return 0

    return go(read())


@command.command("create")
@click.argument("name")
@click.option("--description", default="")
@_credential_option
@_auth_option
@print_option
@asking
def _create(asked: Asked, name: str, description: str, credential: str, auth: str, printed: bool) -> int:
    """Make an application, with its key and secret."""

    async def make() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            if credential:
                await keeping.check(core, credential, auth, printed=printed)
            made = await apps.create(site, name, description)
            if credential and auth == _CODE and not made.codes:
                made = await apps.add_code(site, made.id)
            await _kept(core, made, credential, auth, asked, printed=printed)
        return 0

    return go(make())


@command.command("delete")
@click.argument("name")
@yes_option
@asking
def _delete(asked: Asked, name: str, yes: bool) -> int:
    """Delete an application."""
    loss = phrase("Calls with its codes, its key and its secret are refused from now on.")

    async def delete() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            one = _named(await apps.all(site), name)
            if not confirm(phrase("Delete the application '{name}'?", name=line(one.name)), loss, yes=yes):
                return 1
            await apps.delete(site, one.id)
        return 0

    return go(delete())


@command.command("add-code")
@click.argument("name")
@_credential_option
@print_option
@asking
def _add_code(asked: Asked, name: str, credential: str, printed: bool) -> int:
    """Give an application one more App code."""

    async def add() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            one = _named(await apps.all(site), name)
            if credential:
                await keeping.check(core, credential, _CODE, printed=printed, fresh=False)
            await _kept(core, await apps.add_code(site, one.id), credential, _CODE, asked, printed=printed, before=one)
        return 0

    return go(add())


@command.command("reset-code")
@click.argument("name")
@click.argument("number", type=click.IntRange(1), default=1)
@_credential_option
@print_option
@yes_option
@asking
def _reset_code(asked: Asked, name: str, number: int, credential: str, printed: bool, yes: bool) -> int:
    """Replace an App code.

    NUMBER is the one that `apps show` tells.
    """
    loss = phrase("Calls with the old code are refused from now on.")

    async def reset() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            one = _named(await apps.all(site), name)
            code = _code(one, number)
            if not confirm(_question(phrase("Reset"), one, number), loss, yes=yes):
                return 1
            if credential:
                await keeping.check(core, credential, _CODE, printed=printed, fresh=False)
            made = await apps.reset_code(site, one.id, code)
            await _kept(core, made, credential, _CODE, asked, printed=printed, before=one)
        return 0

    return go(reset())


@command.command("delete-code")
@click.argument("name")
@click.argument("number", type=click.IntRange(1), default=1)
@yes_option
@asking
def _delete_code(asked: Asked, name: str, number: int, yes: bool) -> int:
    """Take an App code away.

    NUMBER is the one that `apps show` tells.
    """
    loss = phrase("Calls with this code are refused from now on.")

    async def delete() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            one = _named(await apps.all(site), name)
            code = _code(one, number)
            if not confirm(_question(phrase("Delete"), one, number), loss, yes=yes):
                return 1
            await apps.delete_code(site, one.id, code)
        return 0

    return go(delete())


@command.command("reset-secret")
@click.argument("name")
@_credential_option
@print_option
@yes_option
@asking
def _reset_secret(asked: Asked, name: str, credential: str, printed: bool, yes: bool) -> int:
    """Give an application another secret."""
    loss = phrase("Calls that are signed with the old secret are refused from now on.")

    async def reset() -> int:
        async with opened(asked.profile) as core:
            apps, site = await _apps(core, asked)
            one = _named(await apps.all(site), name)
            if not confirm(phrase("Reset the secret of '{name}'?", name=line(one.name)), loss, yes=yes):
                return 1
            if credential:
                await keeping.check(core, credential, _SIGNATURE, printed=printed, fresh=False)
            await _kept(core, await apps.reset_secret(site, one.id), credential, _SIGNATURE, asked, printed=printed)
        return 0

    return go(reset())


@command.command("authorise")
@click.argument("service")
@click.argument("apps", nargs=-1, required=True, metavar="APP…")
@asking
def _authorise(asked: Asked, service: str, apps: tuple[str, ...]) -> int:
    """Let applications call a service.

    With --output json: a list with the keys id, done and note. Exit code 1 where one was refused.
    """
    return go(_authorising(asked, service, apps, allow=True))


@command.command("revoke")
@click.argument("service")
@click.argument("apps", nargs=-1, required=True, metavar="APP…")
@asking
def _revoke(asked: Asked, service: str, apps: tuple[str, ...]) -> int:
    """Let applications call a service no more. With --output json: as `authorise`."""
    return go(_authorising(asked, service, apps, allow=False))


async def _apps(core: Core, asked: Asked) -> tuple[Apps, Site]:
    site = await deploying.place(core, asked.place(core).name)
    for generation in deploying.generations(site.workspace).values():
        if generation.apps is not None:
            return generation.apps, site
    raise UsageError(phrase("The platform of '{name}' has no applications to manage.", name=site.workspace.name))


async def _authorising(asked: Asked, name: str, given: Sequence[str], *, allow: bool) -> int:
    async with opened(asked.profile) as core:
        apps, site = await _apps(core, asked)
        service = await found(core, asked.place(core), name)
        known = await apps.all(site)
        ids = [_named(known, one).id for one in given]
        outcomes = await (apps.authorise if allow else apps.revoke)(site, service.id, ids)
    return tell_outcomes(asked, outcomes, {one.id: one.name for one in known}, "authorised" if allow else "revoked")


async def _kept(
    core: Core, one: App, credential: str, auth: str, asked: Asked, *, printed: bool, before: App | None = None
) -> None:
    """Keep what is wanted of an application, and show it."""
    if credential:
        known = core.bench.credentials.find(credential)
        if known is not None and known.auth != auth:
            await keeping.check(core, credential, auth, printed=printed, fresh=False)
        if auth == _CODE:
            old = before.codes if before is not None else ()
            fresh = [code for code in one.codes if code not in old] or list(one.codes)
            if not fresh:
                raise UsageError(phrase("'{name}' has no App code.", name=one.name), phrase("Make one: apps add-code."))
            await keeping.keep(core, credential, _CODE, {"app_code": fresh[-1]})
        else:
            await keeping.keep(core, credential, _SIGNATURE, {"app_key": one.key, "app_secret": one.secret})
    if asked.as_json:
        tell(_row(one, printed=printed))
        return
    lines = [("name", one.name), ("id", one.id), ("AppKey", one.key)]
    lines += [("AppSecret", one.secret if printed else _MASK)]
    lines += [(f"App code {n}", code if printed else _MASK) for n, code in enumerate(one.codes, 1)]
    lines += [("services", str(one.services)), ("created", moment(one.created)), ("description", one.description)]
    for label, text in lines:
        if text:
            click.echo(f"{click.style(f'{label:<12}', dim=True)}{line(text)}")


def _named(known: Sequence[App], name: str) -> App:
    for one in known:
        if name in (one.id, one.name):
            return one
    raise unknown(phrase("There is no application '{name}'.", name=name), name, [one.name for one in known])


def _code(one: App, number: int) -> str:
    if number > len(one.codes):
        raise UsageError(
            phrase("'{name}' has {count} App codes.", name=one.name, count=len(one.codes)),
            phrase("Their numbers are in `apps show`."),
        )
    return one.codes[number - 1]


def _question(deed: Phrase, one: App, number: int) -> Phrase:
    return phrase("{deed} App code {number} of '{name}'?", deed=deed, number=number, name=line(one.name))


def _row(one: App, *, printed: bool) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "key": one.key,
        "description": one.description,
        "created": moment(one.created),
        "services": one.services,
        "code_count": len(one.codes),
        **({"secret": one.secret, "codes": list(one.codes)} if printed else {}),
    }
