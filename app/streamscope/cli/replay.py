"""`streamscope replay`: a recording with its own timing, as an exchange or as a server."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from streamscope.cli.captured import capture, dialect_key, file_argument, opening_options, saved_dialects
from streamscope.cli.main import go, profile_option
from streamscope.cli.printing import printer, showing
from streamscope.cli.send import Seconds
from streamscope.cli.terminal import clean
from streamscope.engine.reading import Reading
from streamscope.engine.replay import play
from streamscope.engine.replay_server import Call, serving
from streamscope.engine.replay_steps import script
from streamscope.engine.timing import SWITCHED
from streamscope.kinds.protocols.written import BodyWriter
from streamscope.model.draft import Draft
from streamscope.model.event import End, Event, Head
from streamscope.model.phrase import phrase
from streamscope.store.recordings import Exchange, Recordings


class Speed(Seconds):
    """How many times faster; 0 waits for nothing."""

    name = "factor"


@click.command("replay")
@file_argument
@click.option(
    "--serve", "port", type=click.IntRange(0, 65535), metavar="PORT", help="Serve it there; 0: any free port."
)
@click.option("--speed", type=Speed(min=0), default=1.0, show_default=True, help="So many times faster; 0: at once.")
@click.option("--output", type=click.Choice(["text", "events", "body", "summary"]), default="text", show_default=True)
@opening_options
@profile_option
@click.pass_obj
def command(
    parent: Path | None,
    file: Path,
    port: int | None,
    speed: float,
    output: str,
    is_raw: bool,
    dialect: str,
    entry: int | None,
    profile: Path | None,
) -> int:
    """Play FILE (all that 'inspect' reads) with its own timing, as if it were sent again; nothing is sent.

    With --serve it answers on 127.0.0.1 to any client and any path, each from the beginning: with the very bytes that
    were received, at their times, cut and closed as they were. Ctrl+C ends it.

    Exit codes: 0 played, 2 a file that cannot be read, 3 no such port, 130 stopped.
    """
    saved = saved_dialects(profile or parent)
    key = dialect_key(dialect, saved)
    with capture(file, is_raw=is_raw, dialect=key, entry=entry) as found:
        if port is not None:
            return go(_serve(found.exchange, port, speed))
        return go(_play(found.exchange, Reading(saved, key), output, speed))


async def _serve(exchange: Exchange, port: int, speed: float) -> int:
    plan = script(exchange)
    async with serving(plan, port, speed=speed, on_call=_told) as served:
        click.echo(served.url(plan))
        await asyncio.Event().wait()
    return 0


def _told(call: Call) -> None:
    frames = phrase(", {frames} frames of the client", frames=call.frames) if call.frames else ""
    how = phrase("to the end") if call.whole else phrase("broken off")
    click.echo(f"{call.number}  {clean(call.line)[:60]}  {call.sent:,} bytes{frames}, {how}", err=True)


async def _play(recorded: Exchange, reading: Reading, output: str, speed: float) -> int:
    show = printer(output, sys.stdout.buffer)
    told = showing(reading, show)
    writer = BodyWriter()
    duplex = False

    def listen(events: Sequence[Event]) -> None:
        nonlocal duplex
        for event in events:
            duplex = event.status == SWITCHED if isinstance(event, Head) else duplex
            body = b"" if duplex else _body(writer, event)
            if body:
                show.body(body)
        told(events)

    exchange = Recordings(None).new(Draft(), keep=False)
    exchange.listeners.append(listen)
    try:
        await play(recorded, exchange, speed)
        return 0
    finally:
        exchange.close()
        show.end(reading.outcome())


def _body(writer: BodyWriter, event: Event) -> bytes:
    """The event's part of the body, written again; what closes it comes before the end."""
    return writer.finish() if isinstance(event, End) else writer.feed(event)
