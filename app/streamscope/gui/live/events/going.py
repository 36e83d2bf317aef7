"""Going to an event by its number or by a time, which a person writes as `120,000` or `2.5 s`."""

import re

from streamscope.engine.filter import TIME
from streamscope.gui.live.events.order import Order
from streamscope.store.exchange import Exchange

_NUMBER = re.compile(r"#?\s*(\d[\d,_ ]*)")
_TIME = re.compile(r"(\d[\d,_]*(?:\.\d+)?|\.\d+)\s*([a-zµμ]+)", re.IGNORECASE)


def target(text: str) -> tuple[str, int] | None:
    """("number", from 0) or ("time", ns since Send); None where it is neither."""
    text = text.strip()
    if (found := _NUMBER.fullmatch(text)) is not None:
        return "number", max(0, int(re.sub(r"\D", "", found.group(1))[:18]) - 1)
    if (found := _TIME.fullmatch(text)) is not None:
        unit = TIME.get(found.group(2).lower().replace("μ", "µ"))
        if unit is not None:
            return "time", round(float(re.sub("[,_]", "", found.group(1))) * unit)
    return None


def place(exchange: Exchange, order: Order, wanted: tuple[str, int]) -> int:
    """The row of the first event shown that has this number or this time, or a later one; the last where none has; -1
    where no event is shown."""
    kind, value = wanted
    if kind == "number":
        found = order.place(value)
    else:
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            number = order.number(middle)
            if exchange.rows(number, number + 1)[0] < value:
                low = middle + 1
            else:
                high = middle
        found = low
    return min(found, len(order) - 1)
