"""The connection of an exchange as a person reads it in a terminal."""

from collections.abc import Sequence

import click

from streamscope.cli.page import heading, pairs
from streamscope.cli.terminal import clean
from streamscope.engine.connection import Row, sections
from streamscope.engine.waterfall import Attempt
from streamscope.model.phrase import Phrase, phrase

_COLOURS = {"error": "red", "warning": "yellow"}


def show(attempts: Sequence[Attempt]) -> None:
    """The connection of the last attempt, with the certificates; nothing where there was none."""
    if not attempts or not attempts[-1].bars:
        return
    last = attempts[-1]
    title: Phrase = phrase("Connection")
    if len(attempts) > 1:
        title = phrase("Connection of attempt {number} of {count}", number=len(attempts), count=len(attempts))
    heading(title)
    way, encryption, *certificates = sections(last)
    pairs([_row(row) for row in (*way.rows, *encryption.rows)])
    for number, section in enumerate(certificates):
        rows = section.rows if number == 0 else tuple(row for row in section.rows if row.tone)
        click.secho(f"  {section.title}: {clean(section.about)}" if section.about else f"  {section.title}", dim=True)
        pairs([_row(row) for row in rows])


def _row(row: Row) -> tuple[Phrase, str]:
    return row.name, _told(row.value, row.tone)


def _told(value: Phrase | str, tone: str) -> str:
    text = clean(str(value))
    return click.style(text, fg=_COLOURS[tone]) if tone in _COLOURS else text
