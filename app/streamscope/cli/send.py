"""`streamscope send`: one call, shown as it happens."""

import asyncio
import math
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from streamscope.cli.drafting import Options, drafted, scope, standard_input
from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.printing import printer, showing
from streamscope.cli.progress import progress
from streamscope.cli.saving import savers
from streamscope.engine.core import Core
from streamscope.engine.reading import Reading
from streamscope.engine.send import send
from streamscope.engine.variables import text_filled
from streamscope.kinds.protocols.base import OutgoingQueue, Ping, Repeat, Rhythm
from streamscope.model.draft import Draft
from streamscope.model.environment import Scope
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase


class Seconds(click.FloatRange):
    """A number of seconds; 0 means no limit."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; one that is not finite is refused, too."""
        read = super().convert(value, param, ctx)
        if not math.isfinite(read):
            self.fail(f"{value} is not a number of seconds.", param, ctx)
        return read


@click.command("send")
@click.argument("url", required=False, default="")
@click.option("--workspace", help="The workspace of the service; its credentials are used.")
@click.option("--service", help="A service of the workspace, by id or name.")
@click.option("--channel", help="Which way: address, public, vpc, direct.")
@click.option("--auth", help="How to authenticate: none, token, aksk, app_code, app_signature, api_key, bearer, basic.")
@click.option("--credential", metavar="NAME", help="A kept credential: see `streamscope credentials`.")
@click.option("--protocol", help="How to exchange: https, sse, websocket.")
@click.option("--path", help="The service's own path, behind its address.")
@click.option("-X", "--method", help="The method; POST with a body, else GET.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header, sent as given.")
@click.option("-d", "--data", metavar="DATA|@FILE|-", help="The body.")
@click.option("-F", "--form", "forms", multiple=True, metavar="NAME=VALUE|NAME=@FILE", help="A part of a form.")
@click.option("-m", "--message", "messages", multiple=True, metavar="TEXT|@FILE|-", help="A WebSocket message.")
@click.option("--ping", "pings", multiple=True, metavar="PAYLOAD", help="Send a WebSocket ping; its round trip shows.")
@click.option("--every", type=Seconds(min=0.001), help="Send the last message again and again, so many seconds apart.")
@click.option(
    "--times", type=click.IntRange(0), default=0, help="With --every: so often, and then no more; 0 for without end."
)
@click.option(
    "--auto-pong", type=click.Choice(["on", "off"]), help="Answer a server's pings; on unless said otherwise."
)
@click.option(
    "--reconnect",
    type=click.Choice(["off", "fixed", "exponential"]),
    help="Open a lost WebSocket again; --set reconnect_after=S and reconnect_tries=N say when and how often.",
)
@click.option("--binary", is_flag=True, help="Send the messages as binary ones.")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="A field of a kind; @- reads standard input.")
@click.option("--output", type=click.Choice(["text", "events", "body", "summary"]), default="text", show_default=True)
@click.option("--timeout", type=Seconds(min=0), help="Seconds for the whole call.")
@click.option("--max-messages", type=click.IntRange(1), help="Close after so many incoming messages.")
@click.option("--close-after", type=Seconds(min=0), help="Close so many seconds after the handshake.")
@click.option("--between", type=Seconds(min=0), help="Seconds between two reads; as long as for the answer otherwise.")
@click.option("-L", "follow", is_flag=True, help="Follow redirects, 10 at most.")
@click.option("--redirects", type=click.IntRange(0), default=0, help="Follow so many redirects at most.")
@click.option("--cookies", is_flag=True, help="Send the cookies that the host set during this call.")
@click.option("--environment", metavar="NAME", help="Take the values of {{variables}} from this environment.")
@click.option("--variable", "variables", multiple=True, metavar="NAME=VALUE", help="The value of a {{variable}}.")
@click.option("--insecure", is_flag=True, help="Do not check certificates.")
@click.option("--ca", type=click.Path(), help="Trust this file of certificates only.")
@click.option("--resolve", "resolves", multiple=True, metavar="HOST:PORT:ADDR", help="Connect to this address instead.")
@click.option("--proxy", help="An HTTP proxy, or 'none'.")
@click.option("--dialect", metavar="KEY|$PATH", help="How to read payloads: a dialect, or a JSONPath of the text.")
@click.option("--save", type=click.Path(path_type=Path), help="Write the events to this file, too; as HAR if *.har.")
@click.option("--draft", type=click.Path(path_type=Path), help="A saved draft to begin with.")
@click.option("--allow-plain-credentials", is_flag=True, help="Send a credential readable on the wire.")
@click.option("--allow-large-body", is_flag=True, help="Send a body that the platform will refuse.")
@click.option("--explain", is_flag=True, help="Tell on standard error what the authentication did.")
@profile_option
@click.pass_obj
def command(
    parent: Path | None, /, profile: Path | None, output: str, save: Path | None, explain: bool, **given: Any
) -> int:
    """Call URL, or a service of a workspace.

    Secrets come from the keyring, from STREAMSCOPE_<AUTH>_<FIELD>, or from --set FIELD=@- (standard input).
    Where --environment or any variable is given, {{name}} is filled in every text: from --variable, then from
    STREAMSCOPE_VARIABLE_<NAME>, then from the environment, the draft's collection, the environment 'globals'.
    Exit codes: 0 complete, 1 an error or an early end, 2 usage, 3 no connection or no credential, 130 stopped.
    """
    options = Options(**given)
    return go(_send(profile or parent, options, standard_input(options), output, save, explain))


async def _send(
    profile: Path | None, options: Options, given: bytes, output: str, save: Path | None, explain: bool
) -> int:
    async with opened(profile) as core:
        async with progress(lambda: "idle"):
            draft = await drafted(core, options, given)
            known = scope(core, options)
        outgoing = OutgoingQueue()
        for payload in options.pings:
            outgoing.put(Ping(payload.encode()))
        rhythm = Rhythm()
        if options.every is not None:
            draft, repeat = _repeated(core, draft, known, options, rhythm)
            outgoing.put(repeat)
        code = await shown(core, draft, known, outgoing, output, save, explain=explain)
        if rhythm.failure is not None:
            raise rhythm.failure
        return code


def _repeated(core: Core, draft: Draft, known: Scope, options: Options, rhythm: Rhythm) -> tuple[Draft, Repeat]:
    """The draft without its last message, which is sent in steps of time instead. Raises UsageError."""
    if not draft.messages:
        raise UsageError(phrase("There is no message to repeat."), phrase("Give one with -m."))
    *others, last = draft.messages
    payload = last.payload
    fill = None
    if isinstance(payload, str) and "{{" in payload:
        fill = partial(text_filled, core, payload, known)
    repeat = Repeat(payload, options.every or 1.0, options.times, rhythm, fill)
    return msgspec.structs.replace(draft, messages=tuple(others)), repeat


async def shown(
    core: Core,
    draft: Draft,
    known: Scope,
    outgoing: OutgoingQueue,
    output: str,
    save: Path | None = None,
    *,
    explain: bool = False,
) -> int:
    """Send a draft and show what comes; the exit code."""
    reading = Reading(core.bench.dialects.all())
    exchange = core.bench.recordings.new(draft, keep=False)
    show = printer(output, sys.stdout.buffer, explain=explain)
    kept = savers(save)
    exchange.listeners.append(showing(reading, show, *kept))
    exchange.on_body = show.body
    try:
        async with progress(lambda: reading.meter.phase):
            outcome = await send(exchange, core, outgoing, reading, known)
        show.end(outcome)
        return reading.meter.exit_code()
    except asyncio.CancelledError:
        show.end(reading.outcome())
        raise
    finally:
        exchange.close()
        for saver in kept:
            saver.close(exchange)
