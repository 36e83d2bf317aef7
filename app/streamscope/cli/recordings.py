"""`streamscope recordings`: what the window has recorded in a profile, and pruning it."""

import json
from pathlib import Path
from typing import Any

import click

from streamscope.cli.main import profile_option
from streamscope.cli.terminal import clean
from streamscope.model.errors import StoreError
from streamscope.model.event import Closed, Failed, RequestSent
from streamscope.model.phrase import phrase
from streamscope.store.bench import open_bench
from streamscope.store.pruning import quota
from streamscope.store.recordings import Exchange, is_recording, opened


@click.command("recordings")
@click.option("--prune", "prunes", is_flag=True, help="Remove what the settings no longer allow.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@profile_option
@click.pass_obj
def command(parent: Path | None, prunes: bool, output: str, profile: Path | None) -> int:
    """List the recordings of a profile, the newest first; each can be given to inspect, replay and compare.

    How long and how much is kept, the settings say: recordings_days (30) and recordings_megabytes (4000); 0 means
    without limit. One that is open anywhere is never removed.
    """
    bench = open_bench(profile or parent)
    if prunes:
        gone = bench.recordings.prune(quota(bench.settings))
        click.echo(str(phrase("{count} recordings removed", count=len(gone))), err=True)
    folder = bench.recordings.folder
    found = sorted(folder.iterdir(), reverse=True) if folder is not None and folder.is_dir() else []
    rows = [_row(path) for path in found if path.is_dir() and is_recording(path)]
    if output == "json":
        click.echo(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        click.echo(f"{row['started']}  {row['events']:>8,} events {row['bytes'] / 1000:>10,.1f} kB  {row['end']}")
        click.secho(f"  {clean(row['request'])[:100]}", bold=True)
        click.secho(f"  {row['path']}", dim=True)
    if not rows:
        click.echo(str(phrase("There are no recordings yet.")), err=True)
    return 0


def _row(path: Path) -> dict[str, Any]:
    """A recording in a line; one that cannot be read says so."""
    size = sum(file.stat().st_size for file in path.iterdir())
    try:
        exchange = opened(path)
    except StoreError as error:
        return {"path": str(path), "started": "", "events": 0, "bytes": size, "request": "", "end": str(error.message)}
    first = exchange.event(0) if len(exchange) else None
    request = f"{first.method} {first.url}" if isinstance(first, RequestSent) else ""
    started = f"{exchange.started:%Y-%m-%d %H:%M:%S}"
    return {
        "path": str(path), "started": started, "events": len(exchange), "bytes": size, "request": request,
        "end": _end(exchange),
    }  # fmt: skip


def _end(exchange: Exchange) -> str:
    last = exchange.event(len(exchange) - 1) if len(exchange) else None
    if isinstance(last, Closed):
        return str(phrase("closed by {who}", who=last.by))
    return last.error if isinstance(last, Failed) else str(phrase("without an end"))
