"""`streamscope services deploy|update`: a configuration put together, sent, and followed until it runs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from streamscope.cli.asked import Asked, asking, note, tell
from streamscope.cli.configuration_files import read
from streamscope.cli.configuring import Wishes, begun, field_rows, refuse, wished, with_only_choices
from streamscope.cli.following import sandbox_ends
from streamscope.cli.main import go, opened
from streamscope.cli.services_acting import after, following
from streamscope.cli.services_listing import row, shown
from streamscope.cli.terminal import line
from streamscope.engine import deploying
from streamscope.engine.core import Core
from streamscope.engine.waiting import found
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Generation
from streamscope.model.deployment import Model, Page
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

_OPTIONS = (
    click.option(
        "--model", "models", multiple=True, metavar="NAME[:VERSION][=WEIGHT]",
        help="What is deployed; several share the calls by their weights.",
    ),
    click.option("--flavor", default="", help="The specification of an instance."),
    click.option("--instances", type=click.IntRange(1, 128), help="How many of them."),
    click.option("--env", multiple=True, metavar="VAR=VALUE", help="A variable of the container."),
    click.option("--env-file", type=click.Path(path_type=Path), help="Variables from a file of NAME=VALUE lines."),
    click.option("--websocket", is_flag=True, help="Serve WebSocket."),
    click.option("--auth", default="", metavar="WAY", help="v1: iam or app; v2: token, api-key or none."),
    click.option("--stop-after", default="", metavar="TIME", help="Stop by itself after 30m, 2h or 1d."),
    click.option("--description", help="What it is for."),
    click.option(
        "--set", "sets", multiple=True, metavar="FIELD=VALUE",
        help="Any field; 2.FIELD is that of the second model; FIELD=@- reads standard input.",
    ),
    click.option(
        "--from", "source", type=click.Path(path_type=Path, allow_dash=True),
        help="A configuration as `services show NAME --configuration` prints it.",
    ),
    click.option("--fields", "lists", is_flag=True, help="List all fields with help and choices, and do nothing."),
)  # fmt: skip


def _configuring(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("deploy")
@click.argument("name", required=False, default="")
@click.option("--generation", type=click.Choice(["v1", "v2"]), help="The newest that the workspace has otherwise.")
@click.option("--app", "apps", multiple=True, metavar="NAME", help="An application that may call it (v1).")
@_configuring
@following
@asking
def deploy_command(
    asked: Asked, name: str, generation: str | None, waits: bool, timeout: float, lists: bool, **options: Any
) -> int:
    """Deploy a service called NAME, and follow it until it runs.

    Ctrl+C leaves the deployment alone. With --output json: the service, as `services` prints it; with --fields: a list
    of pages with the keys key, label, repeated and fields.
    """
    return go(_deploy(asked, _wishes(name, options), generation, timeout if waits else None, lists=lists))


@click.command("update")
@click.argument("name")
@click.option("--unset-env", multiple=True, metavar="VAR", help="Take a variable away.")
@_configuring
@following
@asking
def update_command(asked: Asked, name: str, waits: bool, timeout: float, lists: bool, **options: Any) -> int:
    """Change the configuration of a service, by its name or id, and follow it until it runs.

    With --output json: the service, as `services` prints it.
    """
    return go(_update(asked, name, _wishes("", options), timeout if waits else None, lists=lists))


def _wishes(name: str, options: dict[str, Any]) -> Wishes:
    options["instances"] = options["instances"] or 0
    if (source := options.pop("source")) is not None:
        options["source"] = read(source)
    return Wishes(name, **options)


async def _deploy(asked: Asked, wishes: Wishes, generation: str | None, timeout: float | None, *, lists: bool) -> int:
    async with opened(asked.profile) as core:
        place = asked.place(core)
        if not (wishes.name or lists or wishes.source):
            raise UsageError(
                phrase("What is the service to be called?"), phrase("Write: services deploy NAME --model …")
            )
        maker, site, pages = await _pages(core, place.name, generation or _wanted(wishes))
        if lists:
            _print_fields(asked, pages)
            return 0
        draft = begun(pages)
        configuration = wished(draft, wishes, await _models(maker, site, wishes))
        with_only_choices(draft, first=place.platform == "sandbox")
        configuration = draft.configuration()
        refuse(maker.checked(pages, configuration))
        service = await deploying.deploy(core, place.name, maker.key, configuration)
        service = await after(core, service, timeout, ("running",))
        sandbox_ends(core)
    _print(asked, service)
    return 0


async def _update(asked: Asked, name: str, wishes: Wishes, timeout: float | None, *, lists: bool) -> int:
    async with opened(asked.profile) as core:
        service = await found(core, asked.place(core), name)
        generation, site = await deploying.managed(core, service)
        pages = await generation.pages(site, update=True)
        if lists:
            _print_fields(asked, pages)
            return 0
        reason = deploying.obstacle(site.workspace, service, "update")
        if str(reason):
            raise UsageError(phrase("'{name}': {reason}", name=service.name, reason=reason))
        before = await generation.configuration(site, service.id)
        configuration = wished(begun(pages, before), wishes, await _models(generation, site, wishes))
        if (configuration.values, configuration.portions) == (dict(before.values), tuple(map(dict, before.portions))):
            note(phrase("Nothing is other than before: '{name}' is left as it is.", name=service.name))
        else:
            refuse(generation.checked(pages, configuration))
            await deploying.act(core, service, "update", configuration=configuration)
            still = "stopped" if service.state == "stopped" else "running"
            service = await after(core, service, timeout, ("running", still))
            sandbox_ends(core)
    _print(asked, service)
    return 0


async def _models(generation: Generation, site: Site, wishes: Wishes) -> Sequence[Model]:
    return await generation.models(site) if wishes.models else ()


def _wanted(wishes: Wishes) -> str | None:
    """The generation that a file is of; None: the newest that the workspace has."""
    return str(wishes.source.get("generation") or "") or None if wishes.source is not None else None


async def _pages(core: Core, name: str, key: str | None) -> tuple[Generation, Site, tuple[Page, ...]]:
    """The generation of a key, else the newest that answers: a region may have only one of them."""
    site = await deploying.place(core, name)
    known = deploying.generations(site.workspace)
    if key is not None or not known:
        generation = deploying.generation_of(site.workspace, key or "")
        return generation, site, await generation.pages(site)
    ordered = [known[one] for one in sorted(known, reverse=True)]
    for generation in ordered[:-1]:
        if await generation.present(site):
            return generation, site, await generation.pages(site)
    return ordered[-1], site, await ordered[-1].pages(site)


def _print_fields(asked: Asked, pages: Sequence[Page]) -> None:
    if asked.as_json:
        tell(
            [
                {
                    "key": page.key,
                    "label": str(page.label),
                    "repeated": page.repeated,
                    "fields": [
                        {
                            "key": one.key,
                            "label": str(one.label),
                            "kind": one.kind,
                            "required": one.required,
                            "default": one.default,
                            "choices": [key for key, _ in one.choices],
                            "help": str(one.help),
                        }
                        for one in page.fields
                    ],
                }
                for page in pages
            ]
        )
        return
    for page in pages:
        heading = f"{page.label}{' (for each model)' if page.repeated else ''}"
        click.echo(click.style(heading, bold=True))
        for _, one in field_rows([page]):
            told = f"  {click.style(one.key, fg='cyan')}{'*' if one.required else ''}  {one.label}"
            told += f"  [{line(one.default)}]" if one.default else ""
            click.echo(f"{told}  {click.style(line(one.help), dim=True)}".rstrip())
            for key, label in one.choices:
                if key:
                    click.echo(click.style(f"      {line(key)}  {line(label)}", dim=True))


def _print(asked: Asked, service: Service) -> None:
    if asked.as_json:
        tell(row(service))
    else:
        click.echo(shown(service, 0))
