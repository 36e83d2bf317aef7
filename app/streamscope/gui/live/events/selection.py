"""What a selection comes to, in words."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from streamscope.gui.live.events.figures import figures
from streamscope.gui.texts import size_text, time_text
from streamscope.store.exchange import Exchange


def told_figures(exchange: Exchange, runs: Sequence[Sequence[int]]) -> str:
    """Number, bytes, span of time and rates of the events with these numbers, in one line. Raises OSError."""
    translate = QCoreApplication.translate
    told = figures(exchange, runs)
    parts = [
        translate("events", "{count} events").format(count=f"{told.count:,}"),
        size_text(told.size),
        time_text(told.span / 1e6),
    ]
    if (rate := told.rate()) is not None:
        parts.append(translate("events", "{rate} events/s").format(rate=_rate(rate)))
    if (rate := told.bytes_rate()) is not None:
        parts.append(translate("events", "{size}/s").format(size=size_text(round(rate))))
    return " · ".join(parts)


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
