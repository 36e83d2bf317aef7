"""The options of commands that are given a file, and opening it: notices go to standard error."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from streamscope.cli.terminal import clean
from streamscope.engine.dialects import dialect_named
from streamscope.interop.capture import Capture, opened
from streamscope.model.delta import Paths
from streamscope.model.phrase import Phrase, phrase
from streamscope.store.dialects import SavedDialects
from streamscope.store.files import default_profile

_C = TypeVar("_C", bound=Callable[..., Any])
_SHOWN = 5
_LISTED = 200
file_argument = click.argument("file", type=click.Path(path_type=Path))
_OPTIONS = (
    click.option("--raw", "is_raw", is_flag=True, help="It is the bare body of an answer, as 'curl -N' shows it."),
    click.option(
        "--dialect", default="auto", show_default=True, metavar="auto|KEY|JSONPATH", help="How to read payloads."
    ),
    click.option("--entry", type=click.IntRange(1), help="Which entry of a HAR file; the first otherwise."),
)


def opening_options(command: _C) -> _C:
    """--raw, --dialect and --entry."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def dialect_key(given: str, saved: Iterable[Paths] = ()) -> str:
    """The key of a dialect or a JSONPath of the text, '' for auto. Raises UsageError with the nearest key."""
    if given == "auto":
        return ""
    dialect_named(given, saved)
    return given


def saved_dialects(profile: Path | None) -> tuple[Paths, ...]:
    """The user's own dialects in a profile; nothing is made there."""
    folder = (profile or default_profile()).expanduser()
    notices: list[Phrase] = []
    saved = SavedDialects(folder / "dialects.toml", notices).all()
    for notice in notices:
        note(notice)
    return saved


@contextmanager
def capture(file: Path, *, is_raw: bool = False, dialect: str = "", entry: int | None = None) -> Iterator[Capture]:
    """The opened file, closed at the end; what could not be taken over is told. Raises StoreError, UsageError."""
    found = opened(file, is_raw=is_raw, dialect=dialect, entry=entry or 1)
    try:
        _tell(found, entry)
        yield found
    finally:
        found.exchange.close()


def entry_list(found: Capture) -> list[str]:
    """The numbered entries of a HAR file, a line each."""
    lines = [
        f"{row.number:>4}  {row.status or '-':>3}  {row.method:<6} {clean(row.url)[:60]}"
        + (f"  ({row.messages} messages)" if row.messages else "")
        for row in found.entries[:_LISTED]
    ]
    more = len(found.entries) - _LISTED
    return [*lines, f"      and {more:,} more"] if more > 0 else lines


def _tell(found: Capture, entry: int | None) -> None:
    if found.problem_count:
        unit = "line" if found.format == "lines" else "entry"
        count = f"{found.problem_count:,}"
        note(
            phrase("What could be read of the file is shown; {count} problems:", count=count)
            if found.problem_count > 1
            else phrase("What could be read of the file is shown; a problem:")
        )
        for problem in found.problems[:_SHOWN]:
            click.echo(f"  {unit} {problem.at}: {clean(str(problem.reason))[:200]}", err=True)
        if found.problem_count > _SHOWN:
            click.echo("  …", err=True)
    if len(found.entries) > 1 and entry is None:
        note(
            phrase(
                "The file has {count} entries; this is the first. --entry N picks another.", count=len(found.entries)
            )
        )
    if not found.timed:
        note(phrase("A captured body has no times: timing is unknown."))


def note(text: Phrase) -> None:
    """A notice on standard error."""
    click.echo(f"{click.style('note:', fg='yellow')} {text}", err=True)
