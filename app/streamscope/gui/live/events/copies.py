"""Copying events: rows as they are seen, as JSON, and their payloads."""

from collections.abc import Sequence
from itertools import chain, islice

from PySide6.QtCore import QModelIndex

from streamscope.gui.live.events.columns import DIRECTION
from streamscope.gui.live.events.heads import ColumnsView
from streamscope.gui.live.events.model import EventsModel
from streamscope.model.event import LARGEST_PAYLOAD, Message, encode
from streamscope.store.exchange import Exchange

MOST_ROWS = 20_000
"""Rows that are copied at most, so that the window does not stand still."""
MOST_BYTES = 64 << 20


def as_seen(model: EventsModel, heads: ColumnsView, runs: Sequence[tuple[int, int]]) -> str:
    """Rows as the table shows them, in runs: its columns from left to right, tabs between them."""
    shown = [column for place in range(heads.count()) if not heads.isSectionHidden(column := heads.logicalIndex(place))]
    lines = []
    for row in islice(chain.from_iterable(range(*run) for run in runs), MOST_ROWS):
        cells = []
        for column in shown:
            index = model.index(row, column, QModelIndex())
            text = model.data(index)
            if column == DIRECTION:
                text = {"in": "in", "out": "out"}.get(model.direction(row), "")
            cells.append(str(text or "").replace("\t", " "))
        lines.append("\t".join(cells))
    return "\n".join(lines)


def as_json(exchange: Exchange, runs: Sequence[Sequence[int]]) -> str:
    """Events as the lines of JSON that recordings hold. Raises OSError, StoreError."""
    lines: list[str] = []
    size = 0
    for number in islice(chain.from_iterable(runs), MOST_ROWS):
        line = encode(exchange.event(number)).decode(errors="replace")
        size += len(line)
        if size > MOST_BYTES and lines:
            break
        lines.append(line)
    return "\n".join(lines)


def payloads(exchange: Exchange, runs: Sequence[Sequence[int]]) -> str:
    """What events hold, a line each where there are several; bytes that are no text as hexadecimal. Raises OSError."""
    parts: list[str] = []
    size = 0
    for number in islice(chain.from_iterable(runs), MOST_ROWS):
        event = exchange.event(number)
        data = exchange.payload(number, 0, LARGEST_PAYLOAD) if isinstance(event, Message) else encode(event)
        size += len(data)
        if size > MOST_BYTES and parts:
            break
        try:
            parts.append(data.decode())
        except UnicodeDecodeError:
            parts.append(data.hex(" "))
    return "\n".join(parts)
