"""Reports as a person reads them in a terminal: aligned, at most 100 columns, coloured only on a terminal."""

import shutil
import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from http import HTTPStatus

import click

from streamscope.cli.terminal import clean
from streamscope.engine.figures import Figure, Value
from streamscope.engine.report import Report
from streamscope.engine.slo import WORDS, Verdict, tally
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS
from streamscope.model.event import Finding
from streamscope.model.phrase import Phrase, phrase

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
_OUTCOMES = {
    "complete": ("green", phrase("complete")),
    "error": ("red", phrase("an error")),
    "early": ("red", phrase("ended early")),
    "stopped": ("yellow", phrase("stopped by the user")),
    "no connection": ("red", phrase("no connection")),
}
_STATES = {"met": "green", "close": "yellow", "missed": "red", "unknown": "yellow"}
_SHAPES = {"met": "✓", "close": "△", "missed": "✗", "unknown": "?"}
_TEXT = 1200
"""Characters of the text that a summary shows."""
UNKNOWN = "–"
Evidence = Callable[[Finding], Iterable[str]]
"""Gives the lines that show a finding."""


def width() -> int:
    """Columns to fill: the terminal's, within reason; 80 where there is none."""
    return max(60, min(100, shutil.get_terminal_size((80, 24)).columns))


def heading(text: Phrase) -> None:
    """The title of a section."""
    click.secho(f"\n{text}", bold=True)


def pairs(rows: Sequence[tuple[Phrase, str]]) -> None:
    """Names and values, aligned; long values go on below themselves."""
    column = max((len(str(name)) for name, _ in rows), default=0) + 4
    for name, value in rows:
        lines = wrapped(value, width() - column) or [""]
        click.echo("  " + click.style(f"{name!s:<{column - 2}}", dim=True) + lines[0])
        for line in lines[1:]:
            click.echo(" " * column + line)


def summary(title: str, report: Report) -> None:
    """The page of an exchange."""
    request, outcome = report.request, report.outcome
    asked = f"{request.method} {clean(request.url)}" if request is not None else str(phrase("no request line"))
    for line in wrapped(asked, width()):
        click.secho(line, bold=True)
    click.secho(clean(title), dim=True)
    click.echo()
    pairs(_facts(report))
    heading(phrase("Timing"))
    shown = [figure for figure in report.figures if figure.value is not None and figure.unit == "ms"][:8]
    if shown:
        figures(shown, formulas=False)
    else:
        click.echo(f"  {phrase('unknown')}")
    if outcome.text:
        heading(phrase("Text"))
        text = clean(outcome.text[:_TEXT])
        for line in text.splitlines():
            click.echo("\n".join(f"  {part}" for part in (wrapped(line, width() - 2) or [""])))
        if len(outcome.text) > _TEXT:
            more = f"{len(outcome.text) - _TEXT:,}"
            click.secho(f"  … {phrase('{more} more characters: --output text', more=more)}", dim=True)
    heading(phrase("Findings"))
    findings(report.findings, lambda _: ())


def _facts(report: Report) -> list[tuple[Phrase, str]]:
    request, head, outcome = report.request, report.head, report.outcome
    colour, told = _OUTCOMES[outcome.outcome]
    rows = [(phrase("outcome"), click.style(str(told), fg=colour, bold=True) + _ended(report))]
    if head is not None:
        status = f"{head.status} {_status_text(head.status)}".strip()
        rows.append((phrase("answer"), ", ".join(filter(None, (status, head.http_version, clean(head.essence))))))
    if request is not None:
        kinds = (AUTH.get(request.auth), CHANNELS.get(request.channel), PROTOCOLS.get(request.protocol))
        rows.append((phrase("way"), ", ".join(str(found.label) for found in kinds if found is not None)))
        rows.append((phrase("started"), _moment(request.started)))
    if report.dialect:
        rows.append((phrase("dialect"), report.dialect))
    counts = ((phrase("in"), outcome.messages_in), (phrase("out"), outcome.messages_out))
    rows.append((phrase("messages"), ", ".join(f"{count:,} {name}" for name, count in counts)))
    if "read" in report.events:
        sizes = ((phrase("received"), outcome.bytes_in), (phrase("sent in messages"), outcome.bytes_out))
        rows.append((phrase("bytes"), ", ".join(f"{size:,} {name}" for name, size in sizes)))
    rows.append((phrase("events"), ", ".join(f"{count:,} {kind}" for kind, count in report.events.items())))
    if outcome.error is not None:
        rows.append((phrase("error"), clean(f"{outcome.error['message']} {outcome.error['hint']}".strip())))
    return rows


def _ended(report: Report) -> str:
    closed = report.outcome.closed
    if closed is None:
        return ""
    code = f", {closed['code']} {clean(closed['reason'])}".rstrip() if closed["code"] is not None else ""
    return f", {phrase('closed by {by}', by=closed['by'])}{code}"


def figures(rows: Iterable[Figure], *, formulas: bool = True) -> None:
    """A table of name, value, unit and formula, percentiles below; what they stand on is told once, at the end."""
    rows = list(rows)
    names = max((len(str(row.label)) for row in rows), default=0)
    values = max((len(number(row.value)) for row in rows), default=0)
    units = max((len(row.unit) for row in rows), default=0)
    column = names + values + units + 7
    for row in rows:
        line = f"  {row.label!s:<{names}}  {number(row.value):>{values}} {row.unit:<{units}}"
        formula = str(row.formula) if formulas else ""
        fits = len(formula) <= width() - column
        click.echo((line + ("  " + click.style(formula, dim=True) if fits and formula else "")).rstrip())
        more = [] if fits else wrapped(formula, width() - 6)
        details = "  ".join(f"{name} {number(value)}" for name, value in row.details.items()) if formulas else ""
        for text in (*more, *wrapped(details, width() - 6)):
            click.secho(f"      {text}", dim=True)
    sources = {str(phrase("n counts {source}", source=row.source)): "cyan" for row in rows if row.source}
    warnings = {str(warning): "yellow" for row in rows for warning in row.warnings}
    for told, colour in (sources | warnings).items():
        first, *rest = wrapped(told, width() - 4)
        click.secho("\n".join([f"* {first}", *(f"  {text}" for text in rest)]), fg=colour)


def verdicts(rows: Sequence[Verdict]) -> None:
    """Each objective: met, close or missed, and how far its figure is from the limit."""
    heading(tally(rows))
    names = max((len(str(row.metric.label)) for row in rows), default=0)
    words = max((len(str(WORDS[row.state])) for row in rows), default=0)
    for row in rows:
        unit = f" {row.metric.unit}" if row.metric.unit else ""
        limit = phrase("at least {limit}", limit=number(row.limit)) if row.metric.least else number(row.limit)
        distance = phrase("{value} of {limit}", value=number(row.value), limit=limit)
        word = click.style(f"{WORDS[row.state]!s:<{words}}", fg=_STATES[row.state], bold=True)
        click.echo(f"  {_SHAPES[row.state]} {word}  {row.metric.label!s:<{names}}  {distance}{unit}")


def findings(rows: Iterable[Finding], evidence: Evidence) -> None:
    """Each finding: severity, what, the remedy, and the events that show it."""
    none = True
    for row in rows:
        none = False
        first, *rest = wrapped(clean(row.text), width() - 12) or [""]
        click.echo("  " + click.style(f"{row.severity:<9}", fg=_COLOURS[row.severity], bold=True) + first)
        for line in rest:
            click.echo(" " * 11 + line)
        for line in wrapped(clean(row.remedy), width() - 12):
            click.echo(" " * 11 + click.style(line, fg="cyan"))
        for line in evidence(row):
            click.echo(" " * 11 + click.style(clean(line)[: width() - 12], dim=True))
    if none:
        click.echo(f"  {phrase('none')}")


def number(value: Value | None) -> str:
    """A value of a figure: whole numbers with separators, others with three digits that count."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str | bool):
        return str(value)
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    digits = 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3
    return f"{value:,.{digits}f}"


def wrapped(text: str, columns: int) -> list[str]:
    """A text's lines; a word that is longer than a line is broken."""
    return textwrap.wrap(text, max(20, columns), break_on_hyphens=False)


def _moment(started: str) -> str:
    try:
        return f"{datetime.fromisoformat(started):%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return started


def _status_text(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
