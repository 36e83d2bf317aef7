"""Many runs of one request in a terminal: a line each, the middle of all below, what is far from it starred."""

from collections.abc import Sequence

import click
import msgspec

from streamscope.cli import page
from streamscope.cli.terminal import clean
from streamscope.engine.runs import Run, Spread, spread
from streamscope.model.phrase import Phrase, phrase

FIGURES: tuple[tuple[str, Phrase], ...] = (
    ("ttft", phrase("first token")),
    ("tpot", phrase("one token")),
    ("itl.p99", phrase("gap p99")),
    ("e2e", phrase("last token")),
    ("tokens_per_s", phrase("tokens/s")),
    ("tokens", phrase("tokens")),
    ("stalls", phrase("stalls")),
)
_LONGEST = 28


def show(runs: Sequence[Run], output: str) -> None:
    """Print them as "text" or "json"."""
    spreads = {key: spread([run.figures.get(key) for run in runs]) for key, _ in FIGURES}
    if output == "json":
        click.echo(msgspec.json.encode(_json(runs, spreads)))
    else:
        _table(runs, spreads)


def _table(runs: Sequence[Run], spreads: dict[str, Spread | None]) -> None:
    told = phrase("Runs: {count}; times in ms", count=f"{len(runs):,}")
    click.secho(str(told), bold=True)
    rows = [("", str(phrase("outcome")), *(str(label) for _, label in FIGURES))]
    for at, run in enumerate(runs):
        cells = []
        for key, _ in FIGURES:
            found = spreads[key]
            star = "*" if found is not None and at in found.outliers else " "
            cells.append(page.number(run.figures.get(key)) + star)
        rows.append((_short(clean(run.title)), run.outcome, *cells))
    for name, attribute in ((phrase("median"), "median"), (phrase("p10"), "p10"), (phrase("p90"), "p90")):
        cells = [page.number(getattr(found, attribute)) if (found := spreads[key]) else "" for key, _ in FIGURES]
        rows.append((str(name), "", *(f"{cell} " for cell in cells)))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for number, row in enumerate(rows):
        numbers = [f"{cell:>{size}}" for cell, size in zip(row[2:], widths[2:], strict=True)]
        line = f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {'  '.join(numbers)}".rstrip()
        starred = "*" in "".join(numbers)
        click.secho(line, dim=number == 0, fg="yellow" if starred else None, bold=number >= len(rows) - 3)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else title[: _LONGEST // 2] + "…" + title[-_LONGEST // 2 + 1 :]


def _json(runs: Sequence[Run], spreads: dict[str, Spread | None]) -> dict[str, object]:
    return {
        "runs": [
            {
                "file": run.title,
                "started": run.started,
                "outcome": run.outcome,
                "status": run.status,
                "figures": run.figures,
                "outlying": [key for key, found in spreads.items() if found is not None and at in found.outliers],
            }
            for at, run in enumerate(runs)
        ],
        "spread": {
            key: {"count": found.count, "min": found.least, "p10": found.p10, "median": found.median,
                  "p90": found.p90, "max": found.most}
            for key, found in spreads.items() if found is not None
        },
    }  # fmt: skip
