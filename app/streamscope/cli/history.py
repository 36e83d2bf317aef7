"""`streamscope history`: what was sent, by day."""

import json
from pathlib import Path

import click
import msgspec

from streamscope.cli.main import profile_option
from streamscope.cli.terminal import clean
from streamscope.model.phrase import phrase
from streamscope.store.bench import open_bench
from streamscope.store.past import Past


@click.command("history")
@click.option("--day", default="", metavar="YYYY-MM-DD", help="Only what was sent on that day.")
@click.option("--find", default="", metavar="TEXT", help="Only exchanges in which every word of TEXT occurs.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@profile_option
@click.pass_obj
def command(parent: Path | None, day: str, find: str, limit: int, as_json: bool, profile: Path | None) -> int:
    """List the exchanges that the window has recorded, the newest first.

    The path of each can be given to inspect, replay and compare.
    """
    bench = open_bench(profile or parent)
    try:
        bench.history.reconcile()
        rows = bench.history.page(day=day, find=find, limit=limit)
        if as_json:
            found = [
                {**msgspec.to_builtins(row), "started": row.when.isoformat(), "outcome": row.outcome,
                 "path": str(bench.history.path_of(row))} for row in rows
            ]  # fmt: skip
            click.echo(json.dumps(found, ensure_ascii=False))
            return 0
        last = ""
        for row in rows:
            if row.day.isoformat() != last:
                last = row.day.isoformat()
                click.secho(last, bold=True)
            _print(row, bench.history.path_of(row))
        if not rows:
            click.echo(str(phrase("Nothing was sent yet, or nothing matches.")), err=True)
        return 0
    finally:
        bench.close()


def _print(row: Past, path: Path) -> None:
    status = f"{row.status} " if row.status is not None else ""
    times = [f"{name} {value:,.0f} ms" for name, value in (("first token", row.ttft_ms), ("total", row.duration_ms))
             if value is not None]  # fmt: skip
    said = "  ".join(word for word in (f"{status}{row.outcome}", clean(row.service), *times) if word)
    tint = "red" if row.outcome in ("error", "no connection") else None
    click.echo(f"{row.when:%H:%M:%S}  {row.method:<7} {clean(row.name or row.url)[:100]}")
    click.echo(f"          {click.style(said, fg=tint)}  {click.style(str(path), dim=True)}")
