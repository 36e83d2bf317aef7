"""`streamscope services start|stop|scale|switch|restart|interrupt|delete|wait`."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any

import click

from streamscope.cli.asked import Asked, asking, confirm, tell, yes_option
from streamscope.cli.following import TIMEOUT, follow, follow_many, sandbox_ends
from streamscope.cli.main import complain, go, opened
from streamscope.cli.services_listing import row, shown
from streamscope.cli.terminal import line
from streamscope.engine import deploying, discover
from streamscope.engine.core import Core
from streamscope.engine.waiting import found, named, wait, wished
from streamscope.model.deployment import Action, Instance, Revision
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

_AT_ONCE = 8
"""Services that are acted on at the same time, and up to which each is followed by itself."""
_End = Service | StreamscopeError
LOSSES: dict[Action, Phrase] = {
    "stop": phrase("Calls to it are refused until it is started again."),
    "delete": phrase("Its address and its configuration are gone for good."),
    "interrupt": phrase("A deployment ends stopped; an update leaves what ran before."),
    "switch": phrase("Its instances are replaced by those of the other version."),
    "restart": phrase("Calls that the instance is answering may be cut."),
}
"""What is lost by the actions that are asked about."""


def following(command: Callable[..., Any]) -> Callable[..., Any]:
    """--wait/--no-wait and --timeout."""
    command = click.option(
        "--timeout", type=click.FloatRange(0, min_open=True), default=TIMEOUT, show_default=True, help="Seconds."
    )(command)
    return click.option(
        "--wait/--no-wait", "waits", default=True, show_default=True, help="Follow it until it is done."
    )(command)


@click.command("start")
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@following
@asking
def start_command(asked: Asked, names: tuple[str, ...], waits: bool, timeout: float) -> int:
    """Start services, by their names or ids. With --output json: the list of them, as `services` prints them."""
    return go(_several(asked, names, "start", ("running",), timeout if waits else None, yes=True))


@click.command("stop")
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@yes_option
@following
@asking
def stop_command(asked: Asked, names: tuple[str, ...], yes: bool, waits: bool, timeout: float) -> int:
    """Stop services, by their names or ids. With --output json: the list of them, as `services` prints them."""
    return go(_several(asked, names, "stop", ("stopped",), timeout if waits else None, yes=yes))


@click.command("scale")
@click.argument("name")
@click.argument("count", type=click.IntRange(1, 128))
@click.option("--portion", default="", help="Which model or deployment, where there are several.")
@following
@asking
def scale_command(asked: Asked, name: str, count: int, portion: str, waits: bool, timeout: float) -> int:
    """Let a service have COUNT instances. With --output json: the service, as `services` prints it."""

    async def more(core: Core, service: Service) -> dict[str, Any]:  # noqa: ARG001 - the outline
        return {"portion": portion, "count": count}

    return go(_one(asked, name, "scale", more, timeout if waits else None, yes=True))


@click.command("switch")
@click.argument("name")
@click.argument("version")
@click.option("--portion", default="", help="Of which deployment, where there are several.")
@yes_option
@following
@asking
def switch_command(asked: Asked, name: str, version: str, portion: str, yes: bool, waits: bool, timeout: float) -> int:
    """Go to another VERSION, one that `services revisions` lists, by its number or id."""

    async def more(core: Core, service: Service) -> dict[str, Any]:
        return {"revision": await _revision(core, service, version, portion)}

    return go(_one(asked, name, "switch", more, timeout if waits else None, yes=yes))


@click.command("restart")
@click.argument("name")
@click.argument("instance", required=False, default="")
@yes_option
@following
@asking
def restart_command(asked: Asked, name: str, instance: str, yes: bool, waits: bool, timeout: float) -> int:
    """Replace an INSTANCE, one that `services instances` lists, by a new one; where there is but one, that."""

    async def more(core: Core, service: Service) -> dict[str, Any]:
        return {"instance": await _instance(core, service, instance)}

    return go(_one(asked, name, "restart", more, timeout if waits else None, yes=yes))


@click.command("interrupt")
@click.argument("name")
@yes_option
@following
@asking
def interrupt_command(asked: Asked, name: str, yes: bool, waits: bool, timeout: float) -> int:
    """Break off what is being deployed: a deployment ends stopped, an update leaves what ran before."""
    return go(_one(asked, name, "interrupt", None, timeout if waits else None, yes=yes))


@click.command("delete")
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@yes_option
@following
@asking
def delete_command(asked: Asked, names: tuple[str, ...], yes: bool, waits: bool, timeout: float) -> int:
    """Delete services, by their names or ids.

    With --output json: a list with the keys id, name, done and note. Exit code 1 where one of them was not deleted.
    """
    return go(_delete(asked, names, timeout if waits else None, yes=yes))


@click.command("wait")
@click.argument("name")
@click.option(
    "--status", "statuses", multiple=True, default=("running",), show_default=True, metavar="STATUS",
    help="running, changing, concerning, stopped, failed, deleted, or a platform's own word; one of several is enough.",
)  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0), default=600.0, show_default=True, help="Seconds.")
@asking
def wait_command(asked: Asked, name: str, statuses: tuple[str, ...], timeout: float) -> int:
    """Wait until a service has a status.

    Exit code 1 when the time is over, and at once when the service failed or is gone. With --output json: the service,
    as `services` prints it.
    """
    wished(statuses)

    async def waiting() -> int:
        async with opened(asked.profile) as core:
            service = await wait(core, asked.place(core), name, statuses, timeout)
        _print(asked, service)
        return 0

    return go(waiting())


async def after(
    core: Core,
    service: Service,
    timeout: float | None,
    wanted: Collection[str],
    *,
    among: bool = False,
    undone: bool = False,
) -> Service:
    """A service once an action is done, as `follow` judges it; right after it was asked for where nobody waits."""
    if timeout is not None:
        service = await follow(core, service, wanted, timeout, among=among, undone=undone)
    else:
        service = core.services.get(service.workspace, {}).get(service.id, service)
    return await _whole(core, service)


async def _whole(core: Core, service: Service) -> Service:
    """A service that runs with its addresses, which a list's row may lack: whoever deployed it wants to call it."""
    if service.state == "running":
        with suppress(StreamscopeError):  # what was asked for is done all the same
            return await discover.complete(core, service)
    return service


async def _one(
    asked: Asked,
    name: str,
    action: Action,
    more: Callable[[Core, Service], Any] | None,
    timeout: float | None,
    *,
    yes: bool,
) -> int:
    async with opened(asked.profile) as core:
        service = await found(core, asked.place(core), name)
        _check(asked, core, service, action)
        given = await more(core, service) if more is not None else {}
        if not _asked_about(action, [service], yes=yes):
            return 1
        await deploying.act(core, service, action, **given)
        wanted = ("running", "stopped") if action == "interrupt" else ("running", _still(service))
        service = await after(core, service, timeout, wanted, undone=action == "interrupt")
        sandbox_ends(core)
    _print(asked, service)
    return 0


async def _several(
    asked: Asked, names: Sequence[str], action: Action, wanted: Sequence[str], timeout: float | None, *, yes: bool
) -> int:
    """The same action on several services: what can be done is done, what cannot is told."""
    failure: StreamscopeError | None = None
    done: list[Service] = []
    async with opened(asked.profile) as core:
        services = await _all(core, asked, names)
        for service in services:
            _check(asked, core, service, action)
        if not _asked_about(action, services, yes=yes):
            return 1

        outcomes = await _asked_for(core, services, action)
        outcomes = await _followed(core, outcomes, wanted, timeout)
        for outcome in outcomes:
            if isinstance(outcome, StreamscopeError):
                failure = failure or outcome
                if len(services) > 1:
                    complain(outcome)
            else:
                done.append(outcome)
        if len(done) <= _AT_ONCE:
            done = list(await asyncio.gather(*(_whole(core, service) for service in done)))
        sandbox_ends(core)
    if asked.as_json and done:
        tell([row(service) for service in done])
    elif not asked.as_json:
        for service in done:
            click.echo(shown(service, 0))
    if failure is not None and len(names) == 1:
        raise failure
    return failure.exit_code if failure is not None else 0


async def _asked_for(core: Core, services: Sequence[Service], action: Action) -> list[_End]:
    """Each service once an action is asked for, or why it was refused; some at a time, so that no throttle closes."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(service: Service) -> _End:
        async with gate:
            try:
                await deploying.act(core, service, action)
            except StreamscopeError as error:
                return error
            return service

    return list(await asyncio.gather(*map(one, services)))


async def _followed(core: Core, begun: Sequence[_End], wanted: Collection[str], timeout: float | None) -> list[_End]:
    """The same once each is done: each with its events where they are few, by the list where they are many."""
    services = [one for one in begun if isinstance(one, Service)]
    if timeout is not None and len(services) > _AT_ONCE:
        ended = await follow_many(core, services, wanted, timeout)
        return [ended[one.id] if isinstance(one, Service) else one for one in begun]

    async def one(service: _End) -> _End:
        if isinstance(service, StreamscopeError):
            return service
        try:
            return await after(core, service, timeout, wanted, among=len(begun) > 1)
        except StreamscopeError as error:
            return error

    return list(await asyncio.gather(*map(one, begun)))


async def _delete(asked: Asked, names: Sequence[str], timeout: float | None, *, yes: bool) -> int:
    async with opened(asked.profile) as core:
        services = await _all(core, asked, names)
        if len(services) == 1:
            _check(asked, core, services[0], "delete")
        if not _asked_about("delete", services, yes=yes):
            return 1
        outcomes = await deploying.delete(core, services)
        if timeout is not None:
            gone = [one for one, outcome in zip(services, outcomes, strict=True) if outcome.done]
            for end in await _followed(core, gone, ("deleted",), timeout):
                if isinstance(end, StreamscopeError):
                    raise end
        sandbox_ends(core)
    rows = list(zip(services, outcomes, strict=True))
    if asked.as_json:
        tell([{"id": one.id, "name": one.name, "done": how.done, "note": how.note} for one, how in rows])
    else:
        for one, how in rows:
            sign = click.style("–", fg="green") if how.done else click.style("✕", fg="red")
            click.echo(f"{sign} {line(one.name)}  {'deleted' if how.done else line(how.note)}")
    return 0 if all(outcome.done for outcome in outcomes) else 1


async def _all(core: Core, asked: Asked, names: Sequence[str]) -> list[Service]:
    """The services of all these names, each once. Raises UsageError for the first that is none."""
    place = asked.place(core)
    services = [await found(core, place, names[0])]
    rows = list(core.services[place.name].values())
    services += [named(rows, place.name, name) for name in names[1:]]
    return list({service.id: service for service in services}.values())


def _check(asked: Asked, core: Core, service: Service, action: Action) -> None:
    """Say why an action makes no sense before anything is asked. Raises UsageError."""
    reason = deploying.obstacle(asked.place(core), service, action)
    if str(reason):
        raise UsageError(phrase("'{name}': {reason}", name=service.name, reason=reason))


def _asked_about(action: Action, services: Sequence[Service], *, yes: bool) -> bool:
    if action not in LOSSES:
        return True
    names = ", ".join(f"'{line(service.name)}'" for service in services)
    question = phrase("{action} {names}?", action=deploying.ACTIONS[action], names=names)
    return confirm(question, LOSSES[action], yes=yes)


def _still(service: Service) -> str:
    """What a service may be after a change, besides running: one that is stopped is changed without being started."""
    return "stopped" if service.state == "stopped" else "running"


async def _revision(core: Core, service: Service, version: str, portion: str) -> Revision:
    generation, site = await deploying.managed(core, service)
    known = [one for one in await generation.revisions(site, service.id) if not portion or one.portion == portion]
    fitting = [one for one in known if version in (one.id, one.version)]
    if len(fitting) > 1:
        raise UsageError(
            phrase("Several deployments have a version '{version}'.", version=version),
            phrase("Choose one with --portion: {names}.", names=", ".join(one.portion for one in fitting)),
        )
    if not fitting:
        told = phrase("'{name}' has no version '{version}'.", name=service.name, version=version)
        raise unknown(told, version, [one.version or one.id for one in known])
    return fitting[0]


async def _instance(core: Core, service: Service, name: str) -> Instance:
    generation, site = await deploying.managed(core, service)
    known = await generation.instances(site, service.id)
    if not name and len(known) == 1:
        return known[0]
    for one in known:
        if one.name == name:
            return one
    if not name:
        raise UsageError(
            phrase("'{name}' has {count} instances: which?", name=service.name, count=len(known)),
            phrase("Known are: {words}.", words=", ".join(one.name for one in known) or "-"),
        )
    told = phrase("'{name}' has no instance '{instance}'.", name=service.name, instance=name)
    raise unknown(told, name, [one.name for one in known])


def _print(asked: Asked, service: Service) -> None:
    if asked.as_json:
        tell(row(service))
    else:
        click.echo(shown(service, 0))
