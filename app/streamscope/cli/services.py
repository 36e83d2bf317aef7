"""`streamscope services`: what a workspace has, deployed, watched, changed and deleted; the services by hand."""

from pathlib import Path

import click

from streamscope.cli.lazy import LazyGroup
from streamscope.cli.main import go, profile_option


class Services(LazyGroup):
    """The commands on services."""

    table = {  # noqa: RUF012 - the outline
        "list": ("services_listing", "List the services, with what each accepts."),
        "show": ("services_showing", "Everything that is known of a service, or its configuration."),
        "deploy": ("services_deploying", "Deploy a service, and follow it until it runs."),
        "update": ("services_deploying", "Change a service's configuration."),
        "start": ("services_acting", "Start services."),
        "stop": ("services_acting", "Stop services."),
        "scale": ("services_acting", "Let a service have so many instances."),
        "switch": ("services_acting", "Go to another version."),
        "restart": ("services_acting", "Replace an instance by a new one."),
        "interrupt": ("services_acting", "Break off what is being deployed."),
        "delete": ("services_acting", "Delete services."),
        "wait": ("services_acting", "Wait until a service has a status."),
        "events": ("services_showing", "What happened to a service."),
        "logs": ("services_logs", "Updates and how they ended, and what the processes printed."),
        "monitor": ("services_monitor", "Calls, and what the instances use."),
        "instances": ("services_showing", "The instances of a service."),
        "revisions": ("services_showing", "The versions of a service."),
        "add": ("services_by_hand", "Make a URL a service."),
        "remove": ("services_by_hand", "Take a service by hand away."),
    }


@click.group("services", cls=Services, invoke_without_command=True)
@click.option("--workspace", help="Which workspace; the settings' default otherwise.")
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
    """List the services of a workspace, with what each accepts; deploy, watch, change and delete them.

    With --output json a service has the keys id, name, generation, status, auth, protocols, addresses and
    app_addresses; where one is shown, followed or changed also state and progress. Exit codes: 0 done, 1 failed or too
    late, 2 asked for what makes no sense, 3 no credential or no connection.
    """
    ctx.obj = profile or ctx.obj
    if ctx.invoked_subcommand is not None:
        return None
    from streamscope.cli.asked import Asked
    from streamscope.cli.services_listing import listed

    asked = Asked(ctx.obj, workspace, output)
    return go(listed(asked, words, details, cached=cached, watch=watch))
