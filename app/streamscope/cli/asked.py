"""What commands about services share: where they look and how they print; questions; rows and tables."""

import functools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from streamscope.cli.main import profile_option
from streamscope.cli.terminal import line
from streamscope.engine.core import Core
from streamscope.model.errors import UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Workspace

_WIDEST = 60
yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask; for scripts.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The profile, the workspace's name where one was given, and the form of what is printed."""

    profile: Path | None
    workspace: str | None
    output: str

    @property
    def as_json(self) -> bool:
        """Whether JSON is printed."""
        return self.output == "json"

    def place(self, core: Core) -> Workspace:
        """The workspace that is meant: the one named, else the settings' default. Raises UsageError."""
        return core.bench.workspaces.get(self.workspace or core.bench.settings.get("workspace"))


def asking(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command that gets an `Asked` first; its options may also stand before the command's name."""

    @click.option("--workspace", help="Which workspace; the settings' default otherwise.")
    @click.option("--output", type=click.Choice(["table", "json"]), help="How to print.  [default: table]")
    @profile_option
    @click.pass_context
    @functools.wraps(function)
    def command(
        ctx: click.Context,
        /,
        *arguments: Any,
        workspace: str | None,
        output: str | None,
        profile: Path | None,
        **options: Any,
    ) -> Any:
        before = ctx.parent.params if ctx.parent is not None else {}
        asked = Asked(
            profile or ctx.obj, workspace or before.get("workspace"), output or before.get("output") or "table"
        )
        return function(asked, *arguments, **options)

    return command


def confirm(question: Phrase, loss: Phrase, *, yes: bool) -> bool:
    """Whether a person says yes. Raises UsageError where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            phrase("This wants a yes: {question}", question=question),
            phrase("{loss} Give --yes to do it without being asked.", loss=loss),
        )
    click.echo(str(loss), err=True)
    return click.confirm(str(question), default=False, err=True)


def moment(at: float) -> str:
    """Unix time as ISO 8601 in UTC; '' for 0."""
    if not at:
        return ""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def tell(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))


def note(text: Phrase) -> None:
    """Something to know beside the result, on the standard error stream."""
    click.echo(f"{click.style('note:', fg='yellow')} {text}", err=True)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print columns under their heads; a column that is empty everywhere is left out, numbers stand at the right."""
    cells = [[line("" if cell is None else cell) for cell in row] for row in rows]
    used = [place for place in range(len(heads)) if any(row[place] for row in cells)]
    if not cells:
        return
    widths = {place: min(max(len(heads[place]), *(len(row[place]) for row in cells)), _WIDEST) for place in used}
    right = {place for place in used if all(_number(row[place]) for row in cells)}
    click.echo(click.style(_row([heads[place] for place in used], used, widths, right), dim=True))
    for row in cells:
        click.echo(_row([row[place] for place in used], used, widths, right))


def _row(cells: Sequence[str], used: Sequence[int], widths: dict[int, int], right: set[int]) -> str:
    told = [
        cell.rjust(widths[place]) if place in right else cell.ljust(widths[place])
        for cell, place in zip(cells, used, strict=True)
    ]
    return "  ".join(told).rstrip()


def _number(cell: str) -> bool:
    return not cell or cell.replace(".", "", 1).replace("/", "", 1).replace(" ", "").rstrip("%").isdigit()
