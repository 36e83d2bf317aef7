"""The connection of an exchange as a person reads it in a terminal."""

from collections.abc import Sequence

import click

from streamscope.cli.captured import clean
from streamscope.cli.page import heading, pairs
from streamscope.engine.connection import sections
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
    for number, section in enumerate(sections(last)):
        if number > 1:
            click.secho(f"  {section.title}", dim=True)
        rows = [(row.name, _told(row.value, row.tone)) for row in section.rows]
        pairs(rows)


def _told(value: Phrase | str, tone: str) -> str:
    text = clean(str(value))
    return click.style(text, fg=_COLOURS[tone]) if tone in _COLOURS else text
