"""`streamscope services list`: what a workspace has, looked for, remembered and watched."""

from collections.abc import Iterable
from typing import Any

import click

from streamscope.cli.asked import Asked, asking, moment, note, tell
from streamscope.cli.main import complain, go, opened
from streamscope.cli.progress import progress
from streamscope.cli.terminal import line
from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.engine.watching import Watch, watched
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Happening, Service, Workspace

_COMPLETED = 200
"""Services of which each is asked for its addresses; more would take minutes."""
_SHAPES = {
    "running": ("●", "green"),
    "changing": ("◐", "yellow"),
    "concerning": ("▲", "yellow"),
    "failed": ("✕", "red"),
}


@click.command("list")
@click.option("--find", "words", help="Only those in whose name, id, status or tags every word is found.")
@click.option("--cached", is_flag=True, help="As they were known last, without asking the platform.")
@click.option("--watch", is_flag=True, help="Go on, and print each change as a line.")
@asking
def list_command(asked: Asked, words: str | None, cached: bool, watch: bool) -> int:
    """List the services of a workspace, with what each accepts."""
    return go(listed(asked, words, None, cached=cached, watch=watch))


async def listed(asked: Asked, words: str | None, details: str | None, *, cached: bool, watch: bool) -> int:
    """Print a workspace's services, one of them with all its details, or what becomes of them."""
    if sum((cached, watch, details is not None)) > 1:
        raise UsageError(phrase("--cached, --watch and --details are three different questions: ask one."))
    if details is not None:
        return await detailed(asked, details)
    return await (_watch(asked) if watch else _list(asked, words or "", cached=cached))


async def _list(asked: Asked, words: str, *, cached: bool) -> int:
    async with opened(asked.profile) as core:
        workspace = asked.place(core)
        if cached:
            found = [service for service in _known(core, workspace) if _matches(service, words)]
        else:
            async with progress(lambda: "idle"):
                found = await _read(core, workspace, words)
            if core.bench.writable and watched(workspace):
                core.bench.services.keep(workspace.name, list(core.services[workspace.name].values()))
    if asked.as_json:
        tell([announced(service) for service in found])
        return 0
    width = max((len(line(service.name)) for service in found), default=4)
    for service in found:
        click.echo(shown(service, min(width, 40)))
        for channel, address in service.addresses.items():
            click.echo(click.style(f"    {channel:<8}{address}", dim=True))
    return 0


async def _read(core: Core, workspace: Workspace, words: str) -> list[Service]:
    """The services that are looked for, complete where they are few enough to ask for each."""
    rows = [service for service in await discover.services(core, workspace) if _matches(service, words)]
    if len(rows) <= _COMPLETED:
        return await discover.completed(core, rows)
    note(phrase("{count} services: addresses are told for {most} at most. Look for some with --find.",
                count=f"{len(rows):,}", most=_COMPLETED))  # fmt: skip
    return rows


async def detailed(asked: Asked, name: str) -> int:
    """Print everything that is known of one service, with its events."""
    async with opened(asked.profile) as core, progress(lambda: "idle"):
        service = await discover.find(core, asked.place(core), name)
        events: list[Happening] = []
        refusal: PlatformRefusal | None = None
        try:
            events = await discover.happenings(core, service)
        except PlatformRefusal as error:  # events may be one permission, and the service another
            refusal = error
    if refusal is not None:
        note(refusal.message)
    if asked.as_json:
        tell({**row(service), **_more(service), "events": [event(one) for one in events]})
        return 0
    click.echo(shown(service, 0))
    lines = [("id", service.id), ("workspace", service.workspace), ("description", line(service.description))]
    lines += [("note", line(service.note)), ("tags", ", ".join(map(line, service.tags)))]
    lines += [(channel, url) for channel, url in service.addresses.items()]
    lines += [(f"{channel} (App)", url) for channel, url in service.app_addresses.items()]
    lines += [("body", f"{service.body_limit} bytes" if service.body_limit else "")]
    lines += [("time", f"{service.time_limit:g} s" if service.time_limit else ""), ("rate", service.rate_limit)]
    lines += [("api", f"{sample.method} {line(sample.path) or '/'}") for sample in service.apis]
    lines += [("event", f"{moment(one.at)}  {one.severity:<7} {line(one.text)}") for one in events]
    for label, text in lines:
        if text:
            click.echo(f"    {click.style(f'{label:<14}', dim=True)}{text}")
    return 0


async def _watch(asked: Asked) -> int:
    """The list, then each change as it is seen; ends with Ctrl+C."""
    async with opened(asked.profile) as core:
        workspace = asked.place(core)
        if not watched(workspace):
            raise UsageError(
                phrase("The services of '{name}' are a list by hand: nothing changes by itself.", name=workspace.name)
            )
        async with progress(lambda: "idle"):
            found = await discover.services(core, workspace)
        _tell(found, "is", asked)
        watch = Watch(core, workspace)
        watch.learnt(found)
        while True:
            report = await watch.next()
            if report.error is not None:
                complain(report.error)
            _tell(report.changed, "is", asked)
            _tell(report.gone, "gone", asked)


def announced(service: Service) -> dict[str, Any]:
    """A service as the sandbox announces its own: what a list prints for scripts."""
    return {
        "id": service.id,
        "name": service.name,
        "generation": service.generation,
        "status": service.status,
        "auth": list(service.auth),
        "protocols": list(service.protocols),
        "addresses": dict(service.addresses),
        "app_addresses": dict(service.app_addresses),
    }


def row(service: Service) -> dict[str, Any]:
    """The same with its state, a word that every platform has, and the percent of its deployment, None while there is
    none or it is not told."""
    return {**announced(service), "state": service.state, "progress": service.progress}


def event(happening: Happening) -> dict[str, Any]:
    """What happened, as JSON."""
    return {"at": moment(happening.at), "severity": happening.severity, "text": happening.text}


def shown(service: Service, width: int) -> str:
    """A service on one line."""
    shape, colour = _SHAPES.get(service.state, ("○", "white"))
    status = line(service.status) + ("" if service.progress is None else f" {service.progress} %")
    return (
        f"{click.style(shape, fg=colour)} {line(service.name):<{width}}  {status:<10} "
        f"{service.generation:<3} {' '.join(service.protocols):<12} {click.style(' '.join(service.auth), dim=True)}"
    )


def _more(service: Service) -> dict[str, Any]:
    return {
        "workspace": service.workspace,
        "description": service.description,
        "note": service.note,
        "tags": list(service.tags),
        "body_limit": service.body_limit,
        "time_limit": service.time_limit,
        "rate_limit": service.rate_limit,
        "apis": [{"method": one.method, "path": one.path, "body": one.body} for one in service.apis],
    }


def _tell(services: Iterable[Service], word: str, asked: Asked) -> None:
    for service in services:
        if asked.as_json:
            tell({"change": word, **row(service)})
        else:
            click.echo(shown(service, 24) if word == "is" else f"- {line(service.name)}  gone")


def _matches(service: Service, words: str) -> bool:
    hay = "\n".join((service.name, service.id, service.status, service.state, *service.tags)).casefold()
    return all(word in hay for word in words.casefold().split())


def _known(core: Core, workspace: Workspace) -> list[Service]:
    """The list as it was kept last. Raises UsageError where none was."""
    from datetime import datetime

    known = core.bench.services.last_known(workspace.name)
    if known is None:
        raise UsageError(
            phrase("Nothing is known of the services of '{name}' yet.", name=workspace.name),
            phrase("Leave --cached out once."),
        )
    when = datetime.fromtimestamp(known.at).astimezone().isoformat(" ", "seconds")
    note(phrase("known as of {when}", when=when))
    return known.services
