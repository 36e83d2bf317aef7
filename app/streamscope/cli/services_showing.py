"""`streamscope services show|events|instances|revisions`."""

from typing import Any

import click

from streamscope.cli.asked import Asked, asking, moment, table, tell
from streamscope.cli.main import go, opened
from streamscope.cli.progress import progress
from streamscope.cli.services_listing import detailed, event
from streamscope.cli.terminal import line
from streamscope.engine import deploying, discover
from streamscope.engine.core import Core
from streamscope.engine.waiting import found
from streamscope.model.deployment import Instance, Pod, Revision
from streamscope.model.service import Service


@click.command("show")
@click.argument("name")
@click.option(
    "--configuration", is_flag=True, help="Its configuration, as `services deploy --from FILE` and `update` read it."
)
@asking
def show_command(asked: Asked, name: str, configuration: bool) -> int:
    """Everything that is known of a service, or its configuration.

    With --output json: the keys of `services`, and workspace, description, note, tags, body_limit, time_limit,
    rate_limit, apis and events. A configuration has generation, values and portions.
    """
    if not configuration:
        return go(detailed(asked, name))
    return go(_configuration(asked, name))


@click.command("events")
@click.argument("name")
@asking
def events_command(asked: Asked, name: str) -> int:
    """What happened to a service, the oldest first. With --output json: a list with the keys at, severity and text."""

    async def read() -> int:
        async with opened(asked.profile) as core:
            service = await found(core, asked.place(core), name)
            async with progress(lambda: "idle"):
                told = await discover.happenings(core, service)
        told.reverse()
        if asked.as_json:
            tell([event(one) for one in told])
            return 0
        for one in told:
            colour = {"error": "red", "warning": "yellow"}.get(one.severity)
            text = click.style(line(one.text), fg=colour) if colour else line(one.text)
            click.echo(f"{click.style(moment(one.at), dim=True)}  {text}")
        return 0

    return go(read())


@click.command("instances")
@click.argument("name")
@asking
def instances_command(asked: Asked, name: str) -> int:
    """The instances of a service.

    With --output json: a list with the keys name, portion, status, state, address, restarts, since, note and pods.
    """

    async def read() -> int:
        async with opened(asked.profile) as core:
            service = await found(core, asked.place(core), name)
            generation, site = await deploying.managed(core, service)
            instances = await generation.instances(site, service.id)
        if asked.as_json:
            tell(
                [
                    {**_piece(one), "portion": one.portion, "pods": [_piece(pod) for pod in one.pods]}
                    for one in instances
                ]
            )
            return 0
        heads = ("INSTANCE", "PORTION", "STATUS", "ADDRESS", "RESTARTS", "SINCE", "NOTE")
        table(heads, [row for one in instances for row in _rows(one)])
        return 0

    return go(read())


@click.command("revisions")
@click.argument("name")
@asking
def revisions_command(asked: Asked, name: str) -> int:
    """The versions of a service, or its updates and how they ended; the newest first.

    With --output json: a list with the keys id, version, portion, at, status, current and note.
    """

    async def read() -> int:
        async with opened(asked.profile) as core:
            service = await found(core, asked.place(core), name)
            print_revisions(asked, await revisions(core, service))
        return 0

    return go(read())


async def revisions(core: Core, service: Service) -> list[Revision]:
    """The revisions of a service, the newest first. Raises the tree of errors."""
    generation, site = await deploying.managed(core, service)
    return await generation.revisions(site, service.id)


def print_revisions(asked: Asked, known: list[Revision]) -> None:
    """Revisions as a table or as JSON."""
    if asked.as_json:
        tell([revision_row(one) for one in known])
        return
    heads = ("", "VERSION", "PORTION", "AT", "STATUS", "ID", "NOTE")
    table(
        heads,
        [
            ("*" if one.current else "", one.version, one.portion, moment(one.at), one.status, one.id, one.note)
            for one in known
        ],
    )


def revision_row(one: Revision) -> dict[str, Any]:
    """A revision as JSON."""
    return {
        "id": one.id,
        "version": one.version,
        "portion": one.portion,
        "at": moment(one.at),
        "status": one.status,
        "current": one.current,
        "note": one.note,
    }


async def _configuration(asked: Asked, name: str) -> int:
    from streamscope.cli.configuration_files import written

    async with opened(asked.profile) as core:
        service = await found(core, asked.place(core), name)
        configuration = await deploying.configuration(core, service)
    click.echo(written(service.generation, configuration, as_json=asked.as_json), nl=False)
    return 0


def _piece(one: Instance | Pod) -> dict[str, Any]:
    return {
        "name": one.name,
        "status": one.status,
        "state": one.state,
        "address": one.address,
        "restarts": one.restarts,
        "since": moment(one.since),
        "note": one.note,
    }


def _rows(one: Instance) -> list[tuple[object, ...]]:
    """An instance, and its pods where they say more."""
    rows: list[tuple[object, ...]] = [
        (one.name, one.portion, one.status, one.address, one.restarts, moment(one.since), one.note)
    ]
    if len(one.pods) > 1:
        rows += [
            (f"  {pod.name}", "", pod.status, pod.address, pod.restarts, moment(pod.since), pod.note)
            for pod in one.pods
        ]
    return rows
