"""`streamscope connections`: ways from networks to services of the new generation, and their approval."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from streamscope.cli.asked import Asked, asking, confirm, moment, table, tell, yes_option
from streamscope.cli.keys import tell_outcomes
from streamscope.cli.main import go, opened, profile_option
from streamscope.engine import deploying
from streamscope.engine.core import Core
from streamscope.engine.waiting import found
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Connections
from streamscope.model.deployment import Connection
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase


@click.group("connections")
@click.option("--workspace", help="Which workspace; the settings' default otherwise.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
@click.pass_context
def command(ctx: click.Context, workspace: str | None, output: str, profile: Path | None) -> None:  # noqa: ARG001 - read by the commands
    """Connect networks (VPCs, resource pools) to services of the new generation.

    With --output json a connection has the keys id, status, state, scene, network, scope, service, urls, custom_urls,
    applicant, reason and created.
    """
    ctx.obj = profile or ctx.obj


@command.command("list")
@asking
def _list(asked: Asked) -> int:
    """List the connections that this account asked for."""
    return go(_print(asked, reviews=False))


@command.command("reviews")
@asking
def _reviews(asked: Asked) -> int:
    """List the connections that others ask this account for."""
    return go(_print(asked, reviews=True))


@command.command("create")
@click.argument("service")
@click.option("--vpc", default="", metavar="ID", help="The VPC's id; with --subnet.")
@click.option("--subnet", default="", metavar="ID", help="The subnet's id.")
@click.option("--pool", default="", metavar="ID", help="A dedicated resource pool's id, in place of a VPC.")
@click.option(
    "--scope", type=click.Choice(["service", "global"], case_sensitive=False), default="service", show_default=True,
    help="To this service alone, or to all that share its dispatcher.",
)  # fmt: skip
@asking
def _create(asked: Asked, service: str, vpc: str, subnet: str, pool: str, scope: str) -> int:
    """Ask for a connection to a service."""
    if bool(pool) == bool(vpc or subnet) or bool(vpc) != bool(subnet):
        raise UsageError(phrase("A connection is from a VPC and its subnet, or from a resource pool."))

    async def make() -> int:
        async with opened(asked.profile) as core:
            connections, site = await _connections(core, asked)
            meant = await found(core, asked.place(core), service)
            given = {"pool_id": pool} if pool else {"vpc_id": vpc, "subnet_id": subnet}
            made = await connections.create(site, meant.id, {**given, "scope": scope.upper()})
        _show(asked, [made], single=True)
        return 0

    return go(make())


@command.command("urls")
@click.argument("connection")
@click.argument("urls", nargs=-1, metavar="URL…")
@asking
def _urls(asked: Asked, connection: str, urls: tuple[str, ...]) -> int:
    """Give a connection URLs of one's own.

    They replace those that it has; none is left where none is given.
    """

    async def change() -> int:
        async with opened(asked.profile) as core:
            connections, site = await _connections(core, asked)
            await connections.change(site, connection, urls)
        return 0

    return go(change())


@command.command("approve")
@click.argument("connection")
@asking
def _approve(asked: Asked, connection: str) -> int:
    """Approve a connection that was asked for."""
    return go(_answer(asked, connection, "APPROVE"))


@command.command("reject")
@click.argument("connection")
@click.option("--reason", required=True, help="Why; the applicant reads it.")
@asking
def _reject(asked: Asked, connection: str, reason: str) -> int:
    """Reject a connection that was asked for."""
    return go(_answer(asked, connection, "REJECT", reason))


@command.command("cancel")
@click.argument("connection")
@asking
def _cancel(asked: Asked, connection: str) -> int:
    """Take one's own request back."""
    return go(_answer(asked, connection, "CANCEL"))


@command.command("retry")
@click.argument("connection")
@asking
def _retry(asked: Asked, connection: str) -> int:
    """Try a connection that failed once more."""
    return go(_answer(asked, connection, "RETRY"))


@command.command("delete")
@click.argument("connections", nargs=-1, required=True, metavar="CONNECTION…")
@yes_option
@asking
def _delete(asked: Asked, connections: tuple[str, ...], yes: bool) -> int:
    """Delete connections, by their ids. With --output json: a list with the keys id, done and note."""

    async def delete() -> int:
        async with opened(asked.profile) as core:
            platform, site = await _connections(core, asked)
            question = phrase("Delete the connection {ids}?", ids=", ".join(connections))
            if not confirm(question, phrase("Calls from its network find no way any more."), yes=yes):
                return 1
            outcomes = await platform.delete(site, connections)
        return tell_outcomes(asked, outcomes, {}, "deleted")

    return go(delete())


async def _connections(core: Core, asked: Asked) -> tuple[Connections, Site]:
    site = await deploying.place(core, asked.place(core).name)
    for generation in deploying.generations(site.workspace).values():
        if generation.connections is not None:
            return generation.connections, site
    raise UsageError(phrase("The platform of '{name}' has no connections to manage.", name=site.workspace.name))


async def _print(asked: Asked, *, reviews: bool) -> int:
    async with opened(asked.profile) as core:
        connections, site = await _connections(core, asked)
        known = await (connections.reviews(site) if reviews else connections.asked(site))
    _show(asked, known)
    return 0


async def _answer(asked: Asked, connection: str, action: str, reason: str = "") -> int:
    async with opened(asked.profile) as core:
        connections, site = await _connections(core, asked)
        await connections.answer(site, connection, action, reason)
    return 0


def _show(asked: Asked, known: Sequence[Connection], *, single: bool = False) -> None:
    if asked.as_json:
        rows = [_row(one) for one in known]
        tell(rows[0] if single else rows)
        return
    heads = ("ID", "STATUS", "FROM", "NETWORK", "TO", "URLS", "APPLICANT", "CREATED", "REASON")
    table(
        heads,
        [
            (
                one.id,
                one.status,
                one.scene,
                one.network,
                one.service or one.scope,
                " ".join((*one.urls, *one.custom_urls)),
                one.applicant,
                moment(one.created),
                one.reason,
            )
            for one in known
        ],
    )


def _row(one: Connection) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in Connection.__dataclass_fields__}
    return {**told, "urls": list(one.urls), "custom_urls": list(one.custom_urls), "created": moment(one.created)}
