"""Figures held against objectives: met, close, missed, and by how much. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from streamscope.engine.figures import Figure
from streamscope.model.objective import METRICS, Metric, Objectives
from streamscope.model.phrase import Phrase, phrase

State = Literal["met", "close", "missed", "unknown"]
CLOSE = 0.1
"""Within this share of its limit a figure that meets it is close."""
WORDS: dict[State, Phrase] = {
    "met": phrase("met"),
    "close": phrase("close"),
    "missed": phrase("missed"),
    "unknown": phrase("unknown"),
}
_SINCE_SEND = frozenset({"ttfb", "ttft", "ttfo", "e2e", "total"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit and what came of it. `value` is None where it is not known; where it is not `final`, more may come.

    `figure` is where the value is from, with its formula and its warnings.
    """

    metric: Metric
    limit: float
    value: float | None
    state: State
    final: bool
    figure: Figure | None

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "key": self.metric.key,
            "label": str(self.metric.label),
            "unit": self.metric.unit,
            "limit": self.limit,
            "at_least": self.metric.least,
            "value": self.value,
            "verdict": self.state,
        }


def verdicts(wanted: Objectives, figures: Iterable[Figure], waited: float | None = None) -> list[Verdict]:
    """Each limit against its figure. `waited` is how long an exchange has been going on that is still live, in ms.

    A time since Send that is not known and has waited longer than its limit is missed already.
    """
    by_key = {figure.key: figure for figure in figures}
    found = []
    for key, limit in wanted.limits.items():
        metric = METRICS[key]
        figure = by_key.get(metric.figure)
        value = _value(metric, figure)
        over = waited is not None and value is None and key in _SINCE_SEND and waited > limit
        shown = waited if over else value
        final = waited is None or not metric.grows
        found.append(Verdict(metric, limit, shown, _state(metric, limit, shown), final and not over, figure))
    return found


def _value(metric: Metric, figure: Figure | None) -> float | None:
    if figure is None:
        return None
    value = figure.details.get(metric.detail) if metric.detail else figure.value
    return float(value) if isinstance(value, int | float) else None


def _state(metric: Metric, limit: float, value: float | None) -> State:
    if value is None:
        return "unknown"
    if metric.least:
        return "missed" if value < limit else "close" if value < limit * (1 + CLOSE) and limit else "met"
    return "missed" if value > limit else "close" if value > limit * (1 - CLOSE) else "met"


def holds(found: Sequence[Verdict]) -> bool:
    """Whether all are met; what is not known is not."""
    return all(row.state in ("met", "close") for row in found)


def worst(found: Sequence[Verdict]) -> State:
    """The worst of them, 'unknown' of none."""
    states = {row.state for row in found}
    order: tuple[State, ...] = ("missed", "unknown", "close", "met")
    return next((state for state in order if state in states), "unknown")


def tally(found: Sequence[Verdict]) -> Phrase:
    """All in one line: Meets 3 of 4."""
    met = sum(row.state in ("met", "close") for row in found)
    close = sum(row.state == "close" for row in found)
    unknown = sum(row.state == "unknown" for row in found)
    if unknown:
        return phrase("Meets {met} of {all}, {unknown} unknown", met=met, all=len(found), unknown=unknown)
    if close:
        return phrase("Meets {met} of {all}, {close} close", met=met, all=len(found), close=close)
    return phrase("Meets {met} of {all}", met=met, all=len(found))
