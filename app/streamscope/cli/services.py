"""`streamscope services`: what a workspace has, looked for, watched, and added by hand."""

import json
from pathlib import Path
from typing import Any

import click

from streamscope.cli.main import complain, go, opened, profile_option
from streamscope.cli.progress import progress
from streamscope.engine import byhand, discover
from streamscope.engine.core import Core
from streamscope.engine.watching import Watch, watched
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Happening, Service, Workspace

_SHAPES = {
    "running": ("●", "green"),
    "changing": ("◐", "yellow"),
    "concerning": ("▲", "yellow"),
    "failed": ("✕", "red"),
}
_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡", 0x85: "␤", 0x2028: "␤", 0x2029: "␤"}

workspace_option = click.option("--workspace", help="Which workspace; the settings' default otherwise.")


@click.group("services", invoke_without_command=True)
@workspace_option
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--find", "words", help="Only those in whose name, id, status or tags every word is found.")
@click.option("--details", metavar="NAME", help="Everything that is known of one service, with its events.")
@click.option("--cached", is_flag=True, help="As they were known last, without asking the platform.")
@click.option("--watch", is_flag=True, help="Go on, and print each change as a line.")
@profile_option
@click.pass_context
def command(
    ctx: click.Context,
    workspace: str | None,
    output: str,
    words: str | None,
    details: str | None,
    cached: bool,
    watch: bool,
    profile: Path | None,
) -> int | None:
    """List the services of a workspace, with what each accepts."""
    folder = profile or ctx.obj
    ctx.obj = folder
    if ctx.invoked_subcommand is not None:
        return None
    if sum((cached, watch, details is not None)) > 1:
        raise UsageError(phrase("--cached, --watch and --details are three different questions: ask one."))
    if details is not None:
        return go(_details(folder, workspace, details, output))
    return go(_watch(folder, workspace, output) if watch else _list(folder, workspace, output, words, cached=cached))


@command.command("add")
@click.argument("url")
@click.option("--name", default="", help="What to call it; the host otherwise.")
@click.option("--workspace", default="", help="A workspace by hand; the first one otherwise, made where none is.")
@profile_option
@click.pass_obj
def add(parent: Path | None, url: str, name: str, workspace: str, profile: Path | None) -> int:
    """Make a URL a service."""
    return go(_add(profile or parent, url, name, workspace))


@command.command("remove")
@click.argument("name")
@click.option("--workspace", default="", help="A workspace by hand; the first one otherwise.")
@profile_option
@click.pass_obj
def remove(parent: Path | None, name: str, workspace: str, profile: Path | None) -> int:
    """Take a service by hand away, by its name or URL."""
    return go(_remove(profile or parent, name, workspace))


async def _list(profile: Path | None, name: str | None, output: str, words: str | None, *, cached: bool) -> int:
    async with opened(profile) as core:
        workspace = _workspace(core, name)
        if cached:
            found = _known(core, workspace)
        else:
            async with progress(lambda: "idle"):
                found = await discover.everything(core, workspace)
            if core.bench.writable and watched(workspace):
                core.bench.services.keep(workspace.name, found)
    found = [service for service in found if _matches(service, words or "")]
    if output == "json":
        click.echo(json.dumps([row(service) for service in found], ensure_ascii=False))
        return 0
    width = max((len(_line(service.name)) for service in found), default=4)
    for service in found:
        click.echo(_shown(service, min(width, 40)))
        for channel, address in service.addresses.items():
            click.echo(click.style(f"    {channel:<8}{address}", dim=True))
    return 0


async def _details(profile: Path | None, workspace: str | None, name: str, output: str) -> int:
    async with opened(profile) as core, progress(lambda: "idle"):
        service = await discover.find(core, _workspace(core, workspace), name)
        events = await discover.happenings(core, service)
    if output == "json":
        told = {**row(service), **_more(service), "events": [_event(one) for one in events]}
        click.echo(json.dumps(told, ensure_ascii=False))
        return 0
    click.echo(_shown(service, 0))
    lines = [("id", service.id), ("workspace", service.workspace), ("description", _line(service.description))]
    lines += [("note", _line(service.note)), ("tags", ", ".join(map(_line, service.tags)))]
    lines += [(channel, url) for channel, url in service.addresses.items()]
    lines += [(f"{channel} (App)", url) for channel, url in service.app_addresses.items()]
    lines += [("body", f"{service.body_limit} bytes" if service.body_limit else "")]
    lines += [("time", f"{service.time_limit:g} s" if service.time_limit else ""), ("rate", service.rate_limit)]
    lines += [("api", f"{sample.method} {_line(sample.path) or '/'}") for sample in service.apis]
    lines += [("event", f"{_event(one)['at']}  {one.severity:<7} {_line(one.text)}") for one in events]
    for label, text in lines:
        if text:
            click.echo(f"    {click.style(f'{label:<14}', dim=True)}{text}")
    return 0


async def _watch(profile: Path | None, name: str | None, output: str) -> int:
    """The list, then each change as it is seen; ends with Ctrl+C."""
    async with opened(profile) as core:
        workspace = _workspace(core, name)
        if not watched(workspace):
            raise UsageError(
                phrase("The services of '{name}' are a list by hand: nothing changes by itself.", name=workspace.name)
            )
        async with progress(lambda: "idle"):
            found = await discover.services(core, workspace)
        _tell(found, "is", output)
        watch = Watch(core, workspace)
        watch.learnt(found)
        while True:
            report = await watch.next()
            if report.error is not None:
                complain(report.error)
            _tell(report.changed, "is", output)
            _tell(report.gone, "gone", output)


async def _add(profile: Path | None, url: str, name: str, workspace: str) -> int:
    async with opened(profile) as core:
        entry = byhand.entry(url, name)
        home = byhand.home(core.bench.workspaces, workspace)
        core.bench.workspaces.save(byhand.added(home, entry))
    click.echo(f"{home.name}: {entry.line}")
    return 0


async def _remove(profile: Path | None, name: str, workspace: str) -> int:
    async with opened(profile) as core:
        home = byhand.home(core.bench.workspaces, workspace)
        place = byhand.place_of(home, name)
        if place is None:
            raise discover.nothing_named(name, home.name, [one.name or one.url for one in byhand.entries(home)])
        core.bench.workspaces.save(byhand.removed(home, place))
    return 0


def row(service: Service) -> dict[str, Any]:
    """A service as the sandbox announces its own."""
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


def _event(happening: Happening) -> dict[str, Any]:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(happening.at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"at": at, "severity": happening.severity, "text": happening.text}


def _tell(services: Any, word: str, output: str) -> None:
    for service in services:
        if output == "json":
            click.echo(json.dumps({"change": word, **row(service)}, ensure_ascii=False))
        else:
            click.echo(_shown(service, 24) if word == "is" else f"- {_line(service.name)}  gone")


def _shown(service: Service, width: int) -> str:
    shape, colour = _SHAPES.get(service.state, ("○", "white"))
    return (
        f"{click.style(shape, fg=colour)} {_line(service.name):<{width}}  {_line(service.status):<10} "
        f"{service.generation:<3} {' '.join(service.protocols):<12} {click.style(' '.join(service.auth), dim=True)}"
    )


def _line(text: str) -> str:
    """On one line, and nothing in it that a terminal would obey."""
    return text.translate(_CONTROLS)


def _matches(service: Service, words: str) -> bool:
    hay = "\n".join((service.name, service.id, service.status, service.state, *service.tags)).casefold()
    return all(word in hay for word in words.casefold().split())


def _workspace(core: Core, name: str | None) -> Workspace:
    return core.bench.workspaces.get(name or core.bench.settings.get("workspace"))


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
    click.echo(f"{click.style('note:', fg='yellow')} known as of {when}", err=True)
    return known.services
