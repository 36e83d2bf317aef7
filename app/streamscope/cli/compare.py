"""`streamscope compare`: two recordings side by side."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from streamscope.cli import page, runs
from streamscope.cli.captured import capture, dialect_key
from streamscope.cli.main import profile_option
from streamscope.cli.terminal import clean
from streamscope.engine.compare import Comparison, Passage, compare
from streamscope.engine.report import Report, report, walk
from streamscope.engine.runs import Run, run_of
from streamscope.model.errors import UsageError
from streamscope.model.event import Finding
from streamscope.model.phrase import Phrase, phrase

_CONTEXT = 60
"""Characters of an equal passage that are shown on each side of a difference."""
_PASSAGES = 200


@click.command("compare")
@click.argument("files", nargs=-1, required=True, metavar="A B [C]...", type=click.Path(path_type=Path))
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--raw", "is_raw", is_flag=True, help="Both are bare bodies of answers.")
@click.option("--dialect", default="auto", show_default=True, metavar="auto|KEY|JSONPATH", help="How to read payloads.")
@profile_option
def command(
    files: tuple[Path, ...],
    output: str,
    is_raw: bool,
    dialect: str,
    profile: Path | None,  # noqa: ARG001 - goes with every command
) -> int:
    """Put A and B (all that 'inspect' reads) side by side: outcome, figures, text, findings.

    In the text, [-…-] is only in A and {+…+} only in B. More than two are runs of one request: a table of their
    figures, the median and from where to where most are (p10 to p90); what is far from the others has a star.

    Exit codes: 0 whether or not they differ, 2 for a file that cannot be read.
    """
    if len(files) > 2:
        runs.show([_run(file, is_raw, dialect) for file in files], output)
        return 0
    if len(files) < 2:
        raise UsageError(phrase("There is nothing to compare {file} with.", file=files[0].name))
    a, b = files
    found = compare(_read(a, is_raw, dialect), _read(b, is_raw, dialect))
    if output == "json":
        click.echo(msgspec.json.encode(_json(a, b, found)))
    else:
        _show(a, b, found)
    return 0


def _read(file: Path, is_raw: bool, dialect: str) -> Report:
    key = dialect_key(dialect)
    with capture(file, is_raw=is_raw, dialect=key) as found:
        return report(walk(found.exchange), key, timed=found.timed, with_pieces=True)


def _run(file: Path, is_raw: bool, dialect: str) -> Run:
    key = dialect_key(dialect)
    with capture(file, is_raw=is_raw, dialect=key) as found:
        return run_of(file.name, walk(found.exchange), dialect=key)


def _show(a: Path, b: Path, found: Comparison) -> None:
    for name, file, told in (("A", a, found.a), ("B", b, found.b)):
        asked = f"{told.request.method} {told.request.url}" if told.request is not None else ""
        click.echo(f"{click.style(name, bold=True)}  {clean(file.name)}  {click.style(clean(asked), dim=True)}")
    page.heading(phrase("Outcome"))
    _table([("", "A", "B"), *_outcomes(found)])
    page.heading(phrase("Timing"))
    rows: list[tuple[str, ...]] = [("", "A", "B", "B − A", "B / A")]
    rows += [_measured(row) for row in found.measures if _is_shown(row.key)]
    _table(rows)
    page.heading(phrase("Text"))
    _text(found)
    page.heading(phrase("Findings"))
    _findings(phrase("only in A"), found.only_a)
    _findings(phrase("only in B"), found.only_b)
    _findings(phrase("in both"), [first for first, _ in found.both])


def _is_shown(key: str) -> bool:
    """All figures, and of their details those that tell most: how gaps between messages are spread."""
    return "." not in key or key.startswith("itl.")


def _outcomes(found: Comparison) -> Iterable[tuple[str, ...]]:
    left, right = found.a, found.b
    yield str(phrase("outcome")), left.outcome.outcome, right.outcome.outcome
    yield str(phrase("status")), _or_unknown(left.outcome.status), _or_unknown(right.outcome.status)
    yield str(phrase("dialect")), left.dialect or page.UNKNOWN, right.dialect or page.UNKNOWN
    yield str(phrase("messages in")), f"{left.outcome.messages_in:,}", f"{right.outcome.messages_in:,}"
    yield str(phrase("characters")), f"{len(left.text):,}", f"{len(right.text):,}"
    ends = [report.outcome.closed or report.outcome.error or {} for report in (left, right)]
    yield str(phrase("end")), *(clean(str(end.get("by") or end.get("error") or page.UNKNOWN)) for end in ends)


def _measured(row: Any) -> tuple[str, ...]:
    label = f"{row.label} ({row.unit})" if row.unit else str(row.label)
    difference = page.UNKNOWN if row.difference is None else f"{'+' if row.difference > 0 else ''}"
    difference += "" if row.difference is None else page.number(row.difference)
    ratio = page.UNKNOWN if row.ratio is None else f"{row.ratio:.2f} ×"
    return label, page.number(row.a), page.number(row.b), difference, ratio


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    """Rows under a heading row; all columns but the first are aligned to the right."""
    columns = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [f"{cell:>{size}}" for cell, size in zip(row[1:], columns[1:], strict=True)]
        click.secho(f"  {row[0]:<{columns[0]}}  {'  '.join(cells)}".rstrip(), dim=number == 0)


def _text(found: Comparison) -> None:
    if found.same_text:
        told = phrase("the same, {size} characters", size=f"{len(found.a.text):,}")
        click.echo(f"  {told}")
        return
    shown = found.passages[:_PASSAGES]
    text = "".join(_marked(row, first=at == 0, last=at == len(found.passages) - 1) for at, row in enumerate(shown))
    click.echo("\n".join(f"  {line}" for line in text.splitlines()))
    if len(found.passages) > _PASSAGES:
        click.secho(f"  … {phrase('and more: --output json')}", dim=True)


def _marked(row: Passage, *, first: bool, last: bool) -> str:
    """A passage with its marks; of a long equal one only what is near the differences."""
    if row.change == "equal":
        text = row.a
        before = "" if first else text[:_CONTEXT]
        after = "" if last else text[-_CONTEXT:]
        whole = len(text) <= len(before) + len(after)
        return clean(text) if whole else clean(before) + click.style(" … ", dim=True) + clean(after)
    removed = click.style(f"[-{clean(row.a)}-]", fg="red") if row.a else ""
    added = click.style(f"{{+{clean(row.b)}+}}", fg="green") if row.b else ""
    return removed + added


def _findings(title: Phrase, rows: Sequence[Finding]) -> None:
    if rows:
        click.echo(f"  {title}:")
        page.findings(rows, lambda _: ())
    else:
        click.echo(f"  {title}: {phrase('none')}")


def _or_unknown(value: int | None) -> str:
    return page.UNKNOWN if value is None else str(value)


def _json(a: Path, b: Path, found: Comparison) -> dict[str, Any]:
    """What the page shows, for a script; numbers of events count as in `inspect --output events` without findings."""
    return {
        "a": {"file": str(a), "dialect": found.a.dialect, "summary": found.a.outcome},
        "b": {"file": str(b), "dialect": found.b.dialect, "summary": found.b.outcome},
        "same_text": found.same_text,
        "text": [
            {"change": row.change, "a": row.a, "b": row.b, "event_a": row.event_a, "event_b": row.event_b}
            for row in found.passages
        ],
        "timing": [
            {
                "key": row.key,
                "label": str(row.label),
                "unit": row.unit,
                "a": row.a,
                "b": row.b,
                "difference": row.difference,
                "ratio": row.ratio,
            }
            for row in found.measures
        ],
        "findings": {
            "only_a": found.only_a,
            "only_b": found.only_b,
            "both": [{"a": first, "b": second} for first, second in found.both],
        },
    }
