"""`streamscope services logs`: updates and how they ended, and on the sandbox what the processes printed."""

import asyncio
from contextlib import suppress

import click

from streamscope.cli.asked import Asked, asking, tell
from streamscope.cli.main import go, opened
from streamscope.cli.services_showing import print_revisions, revision_row, revisions
from streamscope.cli.terminal import line
from streamscope.engine.core import Core
from streamscope.engine.logs import Tail, has_logs
from streamscope.engine.waiting import found
from streamscope.model.deployment import Revision
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

_EVERY = 0.5


@click.command("logs")
@click.argument("name")
@click.option("--lines", type=click.IntRange(1), default=200, show_default=True, help="Of what the processes printed.")
@click.option("--instance", default="", help="Only what this instance printed.")
@click.option("--follow", is_flag=True, help="Go on with what the processes print; ends with Ctrl+C.")
@asking
def logs_command(asked: Asked, name: str, lines: int, instance: str, follow: bool) -> int:
    """A service's updates and how they ended; on the sandbox what its processes printed.

    With --output json: the keys updates (as `services revisions` prints them) and lines; with --follow a line of JSON
    with the keys instance and text for each line.
    """

    async def read() -> int:
        async with opened(asked.profile) as core:
            service = await found(core, asked.place(core), name)
            if not has_logs(core, service):
                if follow or instance:
                    raise UsageError(
                        phrase("The platform tells no output of processes: it goes to its log service (LTS)."),
                        phrase("Leave --follow and --instance out to see the updates."),
                    )
                known = await revisions(core, service)
                if asked.as_json:
                    tell({"updates": [revision_row(one) for one in known], "lines": []})
                else:
                    print_revisions(asked, known)
                return 0
            return await _processes(asked, core, service, lines, instance, follow=follow)

    return go(read())


async def _processes(asked: Asked, core: Core, service: Service, lines: int, instance: str, *, follow: bool) -> int:
    tail = Tail(core, service, instance)
    printed = await asyncio.to_thread(tail.last, lines)
    if instance and not printed and instance not in (known := await asyncio.to_thread(tail.names)):
        raise unknown(phrase("There is no instance '{name}' with a log.", name=instance), instance, known)
    if not follow:
        updates: list[Revision] = []
        with suppress(StreamscopeError):
            updates = [] if instance else await revisions(core, service)
        if asked.as_json:
            told = [{"instance": where, "text": text} for where, text in printed]
            tell({"updates": [revision_row(one) for one in updates], "lines": told})
            return 0
        print_revisions(asked, updates)
    while True:
        for where, text in printed:
            if asked.as_json:
                tell({"instance": where, "text": text})
            else:
                click.echo(f"{click.style(where, dim=True)}  {line(text)}")
        if not follow:
            return 0
        await asyncio.sleep(_EVERY)
        printed = await asyncio.to_thread(tail.more)
