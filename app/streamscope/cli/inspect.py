"""`streamscope inspect`: a recording, a HAR file or a captured body, looked at again."""

import re
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import UNSET

from streamscope.cli import connection, page
from streamscope.cli.captured import capture, dialect_key, entry_list, file_argument, opening_options, saved_dialects
from streamscope.cli.main import profile_option
from streamscope.cli.printing import printer, showing
from streamscope.engine.derived import Derived
from streamscope.engine.filter import EVERYTHING, Wanted, asks
from streamscope.engine.filter_reading import read
from streamscope.engine.filter_rows import matching
from streamscope.engine.reading import Reading
from streamscope.engine.report import Report, report, walk
from streamscope.engine.scenario import scenario
from streamscope.engine.slo import Verdict, holds, verdicts
from streamscope.interop import har
from streamscope.interop.capture import Capture
from streamscope.model.delta import Paths
from streamscope.model.errors import UsageError
from streamscope.model.event import (
    Closed,
    Control,
    Event,
    Failed,
    Finding,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
    encode_lines,
)
from streamscope.model.objective import objectives
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.store import marks
from streamscope.store.recordings import Exchange
from streamscope.store.search import Pattern, chosen, find, pattern

_OUTPUTS = ("summary", "timing", "findings", "text", "events", "har", "scenario")
_FORMATS: dict[str, Phrase] = {
    "recording": phrase("recording"),
    "lines": phrase("JSON lines"),
    "har": phrase("HAR"),
    "raw": phrase("captured body"),
}
NOT_MET = 4
"""The exit code where objectives are not met."""
_PIECES = 3
_TOGETHER = 256
_LARGE = 1 << 20
"""Events, and bytes of them, that are read at once."""
_KINDS = ("request", "trace", "read", "head", "message", "control", "closed", "failed")


@click.command("inspect")
@file_argument
@click.option("--output", type=click.Choice(_OUTPUTS), help="What to print; without it, a page for a person.")
@click.option(
    "--slo",
    metavar="PRESET|LIMITS",
    help="Hold the times against objectives: mlperf-llama2-70b-interactive, or ttft=500ms,tpot=40ms,itl_p99=100ms. "
    "Each is met, close (within 10 % of its limit) or missed; exit code 4 where one is missed or not known.",
)
@click.option("--find", "wanted", metavar="REGEX", help="Only events in whose payload or text this is found.")
@click.option("--ignore-case", is_flag=True, help="--find takes small letters and capitals alike.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Only events of this kind.")
@click.option("--direction", type=click.Choice(["in", "out"]), help="Only what was received, or sent.")
@click.option("--name", help="Only events of this type, or controls of this name.")
@click.option("--filter", "expression", metavar="EXPR", help="Only events that this expression wants; see below.")
@opening_options
@profile_option
@click.pass_obj
def command(
    parent: Path | None,
    file: Path,
    output: str | None,
    slo: str | None,
    is_raw: bool,
    dialect: str,
    entry: int | None,
    profile: Path | None,
    wanted: str | None,
    ignore_case: bool,
    kinds: tuple[str, ...],
    direction: str | None,
    name: str | None,
    expression: str | None,
) -> int:
    """Look at FILE: a recording, JSON lines of events, a HAR file, or with --raw a captured body.

    What it is, is told by its content. `summary` is one JSON object, as `send --output summary` prints it; `events`
    and `har` convert; `scenario` is the value of X-Sandbox-Fault with which the sandbox does the same. With --filter,
    --find, --kind, --direction or --name the events that fit are printed as JSON lines, or with --output text the text
    that they added.

    \b
    EXPR is what the filter of the window takes, too:
      error "two words" /time.?out/i        found in what an event holds; small
                                            letters find capitals, too
      kind:message,control dir:in           request trace read head message control
                                            finding closed failed; in, out
      name:delta name=ping name~"^resp"     a message's type, a control's name
      tone:reasoning,tool-call              what a message says: text, usage, error …
      size>1k t>2s t:2s..3.5s gap>200ms     bytes; since Send; since the one before
                                            of the same kind
      number:120 read:5 status>=400         number counts from 1
      form:event opcode:binary unfinished   how a message came
      marked comment:slow                   marked in the window, and with what words
      A B | A and B    A or B    -A | not A    ( … )

    Exit codes: 0, and 2 for a file that cannot be read or an expression that is none.
    """
    wanted_events = read(expression) if expression is not None else EVERYTHING
    looks = _pattern(wanted, ignore_case=ignore_case) if wanted is not None else None
    filters = bool(looks or kinds or direction or name or expression is not None)
    if filters and output not in (None, "events", "text"):
        raise UsageError(
            phrase("A part of the events is printed as events or as text."),
            phrase("Leave --output out, or name events or text."),
        )
    wished = objectives(slo) if slo is not None else None
    if wished is not None and (filters or output in ("events", "har", "scenario")):
        raise UsageError(
            phrase("--slo tells about the whole exchange."), phrase("Print a summary, timing, findings or text.")
        )
    saved = saved_dialects(profile or parent)
    key = dialect_key(dialect, saved)
    with capture(file, is_raw=is_raw, dialect=key, entry=entry) as found:
        if filters:
            numbers = _some(found.exchange, looks, frozenset(kinds), direction or "", name or "")
            derived = Derived(found.exchange, Reading(saved, key))
            _print_some(derived, _wanted(derived, numbers, wanted_events), as_text=output == "text")
        elif output == "events":
            _events(found.exchange, key, saved)
        elif output == "har":
            har.write([walk(found.exchange, whole=True)], sys.stdout.buffer)
        elif output == "scenario":
            click.echo(_scenario(found.exchange, key, saved))
        else:
            told = report(walk(found.exchange), key, timed=found.timed, saved=saved)
            judged = verdicts(wished, told.figures) if wished is not None else None
            _show(output, file, found, entry or 1, told, judged)
            return NOT_MET if judged is not None and not holds(judged) else 0
    return 0


def _scenario(exchange: Exchange, dialect: str, saved: tuple[Paths, ...]) -> str:
    """The faults that make an exchange like this one; `none` where nothing was unusual."""
    reading, findings = Reading(saved, dialect), []
    for event in walk(exchange):
        reading.feed(event)
        findings += reading.findings
    return scenario(reading, findings) or "none"


def _show(
    output: str | None, file: Path, found: Capture, entry: int, told: Report, judged: list[Verdict] | None
) -> None:
    if output == "summary":
        whole: dict[str, Any] = msgspec.to_builtins(told.outcome)
        if judged is not None:
            whole["objectives"] = [verdict.plain() for verdict in judged]
        click.echo(msgspec.json.encode(told.outcome if judged is None else whole))
    elif output == "text":
        text = told.text.encode(errors="surrogateescape")
        click.echo(text, nl=sys.stdout.isatty() and not text.endswith(b"\n"))
    elif output == "timing":
        page.figures(told.figures)
    elif output == "findings":
        page.findings(told.findings, lambda finding: _evidence(found.exchange, finding))
    else:
        _page(file, found, entry, told)
    if judged is not None and output in (None, "timing"):
        page.verdicts(judged)


def _page(file: Path, found: Capture, entry: int, told: Report) -> None:
    title = f"{file.name} ({_FORMATS[found.format]})"
    if len(found.entries) > 1:
        click.secho(str(phrase("Entries")), bold=True)
        for number, line in enumerate(entry_list(found), 1):
            click.secho(line, bold=number == entry)
        click.echo()
        title = f"{file.name} ({_FORMATS[found.format]}, {phrase('entry {number}', number=entry)})"
    page.summary(title, told)
    connection.show(told.attempts)


def _events(exchange: Exchange, dialect: str, saved: tuple[Paths, ...]) -> None:
    """Every event as a line of JSON, findings before the end, as `send` prints them."""
    listen = showing(Reading(saved, dialect), printer("events", sys.stdout.buffer))
    for event in walk(exchange):
        listen((event,))


def _pattern(wanted: str, *, ignore_case: bool) -> Pattern:
    try:
        return pattern(wanted, case=not ignore_case)
    except re.error as error:
        at = phrase(", at character {n}", n=error.pos + 1) if error.pos is not None else NOTHING
        raise UsageError(
            phrase("'{text}' is not a regular expression: {reason}{at}.", text=wanted, reason=error.msg, at=at),
            phrase("A backslash in front takes a sign as it is."),
        ) from error


def _some(exchange: Exchange, wanted: Pattern | None, kinds: frozenset[str], direction: str, name: str) -> "array[int]":
    """The numbers of the events that fit."""
    if not (wanted or kinds or direction or name):
        return array("L", range(len(exchange)))
    numbers = chosen(exchange, kinds, direction, name)
    if wanted is not None:
        hits = set(find(exchange, wanted))
        numbers = array("L", (number for number in numbers if number in hits))
    return numbers


def _wanted(derived: Derived, numbers: "array[int]", wanted: Wanted) -> "array[int]":
    """Those of the numbers that the expression wants."""
    if wanted == EVERYTHING:
        return numbers
    if "tone" in asks(wanted):
        _read_all(derived)
    marked = marks.load(derived.exchange.path) if derived.exchange.path is not None else {}
    hits = array("L", matching(derived.exchange, wanted, lambda start, stop: bytes(derived.tones[start:stop]), marked))
    if len(numbers) == len(derived.exchange):
        return hits
    fitting = set(numbers)
    return array("L", (number for number in hits if number in fitting))


def _print_some(derived: Derived, numbers: "array[int]", *, as_text: bool) -> None:
    """The events of these numbers, a line of JSON each, or the text that they added."""
    exchange, out = derived.exchange, sys.stdout.buffer
    if as_text:
        _read_all(derived)
        text = "".join(map(derived.of, numbers))
        out.write(text.encode(errors="surrogateescape") + b"\n" * (sys.stdout.isatty() and not text.endswith("\n")))
    else:
        for events in _events_of(exchange, numbers):
            out.write(encode_lines(events))
    click.echo(str(phrase("{count} of {all} events", count=f"{len(numbers):,}", all=f"{len(exchange):,}")), err=True)


def _events_of(exchange: Exchange, numbers: "array[int]") -> Iterator[list[Event]]:
    """The events of these numbers, in order; those that are near each other and not large are read together."""
    at = 0
    while at < len(numbers):
        first, size = numbers[at], 0
        sizes = exchange.column(2, first, first + _TOGETHER)
        stop, count = first + 1, 1
        for number in numbers[at + 1 : at + _TOGETHER]:
            size += sum(packed >> 24 for packed in sizes[stop - first : number + 1 - first])
            if number - first >= min(_TOGETHER, 4 * (count + 1)) or size > _LARGE:
                break
            stop, count = number + 1, count + 1
        events = exchange.events(first, stop)
        yield [events[number - first] for number in numbers[at : at + count]]
        at += count


def _read_all(derived: Derived) -> None:
    while derived.position < len(derived.exchange):
        derived.advance(1.0)


def _evidence(exchange: Exchange, finding: Finding) -> list[str]:
    """The beginnings of the events that a finding points at."""
    lines: list[str] = []
    for number in finding.events[:_PIECES]:
        if 0 <= number < len(exchange):
            event = exchange.event(number)
            lines.append(f"#{number} {event.t / 1e6:,.1f} ms {_glimpse(event)}")
    if len(finding.events) > _PIECES:
        lines.append(str(phrase("and {count} more events", count=len(finding.events) - _PIECES)))
    return lines


def _glimpse(event: Event) -> str:
    """An event in a line: its kind and the beginning of what it holds."""
    match event:
        case Message():
            return f"{event.form} {event.direction}: {event.payload[:200].decode(errors='replace')}"
        case Control():
            return f"{event.name} {event.direction}: {'' if event.data is UNSET else event.data}"
        case Head():
            return f"head: {event.status} {event.essence}"
        case Closed():
            code = "" if event.code is None else f", {event.code} {event.reason}"
            return f"closed by {event.by}{code}"
        case Failed():
            return f"failed: {event.error}"
        case Read():
            return f"read {event.read}: {event.size:,} bytes"
        case RequestSent():
            return f"request: {event.method} {event.url}"
        case Trace():
            return f"{event.name} {event.phase}"
        case Finding():
            return event.rule
