"""`streamscope services`: what a workspace has."""

import json
from pathlib import Path
from typing import Any

import click

from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.progress import progress
from streamscope.engine import discover
from streamscope.model.service import Service

_SHAPES = {
    "running": ("●", "green"),
    "changing": ("◐", "yellow"),
    "concerning": ("▲", "yellow"),
    "failed": ("✕", "red"),
}


@click.command("services")
@click.option("--workspace", help="Which workspace; the settings' default otherwise.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
@click.pass_obj
def command(parent: Path | None, workspace: str | None, output: str, profile: Path | None) -> int:
    """List the services of a workspace, with what each accepts."""
    return go(_list(profile or parent, workspace, output))


async def _list(profile: Path | None, name: str | None, output: str) -> int:
    async with opened(profile) as core:
        workspace = core.bench.workspaces.get(name or core.bench.settings.get("workspace"))
        async with progress(lambda: "idle"):
            found = await discover.everything(core, workspace)
    if output == "json":
        click.echo(json.dumps([row(service) for service in found], ensure_ascii=False))
        return 0
    width = max((len(service.name) for service in found), default=4)
    for service in found:
        shape, colour = _SHAPES.get(service.state, ("○", "white"))
        click.echo(
            f"{click.style(shape, fg=colour)} {service.name:<{width}}  {service.status:<10} {service.generation:<3} "
            f"{' '.join(service.protocols):<12} {click.style(' '.join(service.auth), dim=True)}"
        )
        for channel, address in service.addresses.items():
            click.echo(click.style(f"    {channel:<8}{address}", dim=True))
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
