"""Copying rows as they are seen; what else can be copied of events is the detail's."""

from collections.abc import Sequence
from itertools import chain, islice

from streamscope.gui.live.detail.copying import MOST, Column
from streamscope.gui.live.detail.masking import known_secrets
from streamscope.gui.live.events import columns
from streamscope.gui.live.events.heads import ColumnsView
from streamscope.gui.live.events.model import EventsModel
from streamscope.gui.live.feed import Feed
from streamscope.model.redact import masked


def as_seen(feed: Feed, shown: Sequence[Column], numbers: Sequence[int]) -> str:
    """Rows as the table shows them, tabs between the columns; known secret values masked."""
    rows = ("\t".join(said(number).replace("\t", " ") for _, said in shown) for number in numbers)
    return masked("\n".join(rows), known_secrets(feed))


def seen_columns(model: EventsModel, heads: ColumnsView) -> list[Column]:
    """The columns that are shown, from left to right: titles, and what they say of an event."""
    shown = [column for column in map(heads.logicalIndex, range(heads.count())) if not heads.isSectionHidden(column)]

    def said(column: int) -> Column:
        return columns.word(column, columns.kept.arrangement.clock), lambda number: model.told(number, column)

    return [said(column) for column in shown]


def at_most(runs: Sequence[Sequence[int]]) -> list[int]:
    """The numbers of a selection, as many as one copy takes."""
    return list(islice(chain.from_iterable(runs), MOST))
