"""Limits that an answer's times are held against (service level objectives): names, presets, text form. Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from streamscope.model.errors import UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Metric:
    """What a limit can be set for: a figure by its key, or one of its details (`p99`).

    `unit` is that of the limit: ms, tokens/s, or '' for a count. Most limits are the most that is allowed; `least`
    ones are the least that is wanted. What `grows` while an answer comes is only known at its end.
    """

    key: str
    label: Phrase
    figure: str
    detail: str = ""
    unit: str = "ms"
    least: bool = False
    grows: bool = False


_ROWS = (
    Metric("ttfb", phrase("First byte"), "ttfb"),
    Metric("ttft", phrase("First token (TTFT)"), "ttft"),
    Metric("ttfo", phrase("First visible text"), "ttfo"),
    Metric("tpot", phrase("Time for one token (TPOT)"), "tpot"),
    Metric("itl_p50", phrase("Between messages (ITL), p50"), "itl", "p50"),
    Metric("itl_p90", phrase("Between messages (ITL), p90"), "itl", "p90"),
    Metric("itl_p95", phrase("Between messages (ITL), p95"), "itl", "p95"),
    Metric("itl_p99", phrase("Between messages (ITL), p99"), "itl", "p99"),
    Metric("itl_max", phrase("Longest gap between messages"), "itl", "max", grows=True),
    Metric("e2e", phrase("Last token (E2E)"), "e2e", grows=True),
    Metric("total", phrase("Total"), "total", grows=True),
    Metric("tokens_per_s", phrase("Speed for one user"), "tokens_per_s", unit="tokens/s", least=True),
    Metric("tokens_per_s_e2e", phrase("Speed end to end"), "tokens_per_s_e2e", unit="tokens/s", least=True),
    Metric("stalls", phrase("Stalls"), "stalls", unit="", grows=True),
)
METRICS = {row.key: row for row in _ROWS}
_ALIASES = {"e2el": "e2e", "latency": "e2e"}
"""What other tools call them (vLLM's --goodput)."""


@dataclass(frozen=True, slots=True)
class Objectives:
    """Limits by the keys of METRICS, in ms, tokens/s or as a count."""

    limits: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return ",".join(
            f"{key}={_number(limit)}{_UNITS.get(METRICS[key].unit, '')}" for key, limit in self.limits.items()
        )


@dataclass(frozen=True, slots=True)
class Preset:
    """Objectives that others set, and by what name."""

    key: str
    label: Phrase
    objectives: Objectives


_MLPERF = {
    "llama2-70b": (2000, 200),
    "llama2-70b-interactive": (450, 40),
    "llama3.1-405b": (6000, 175),
    "llama3.1-405b-interactive": (4500, 80),
    "llama3.1-8b": (2000, 100),
    "llama3.1-8b-interactive": (500, 30),
    "deepseek-r1": (2000, 80),
    "deepseek-r1-interactive": (1500, 15),
    "gpt-oss-120b": (3000, 80),
    "gpt-oss-120b-interactive": (2000, 15),
    "mixtral-8x7b": (2000, 200),
}
"""MLPerf Inference, server scenario (mlperf.conf): limits of the p99 of TTFT and TPOT over all queries, in ms."""

PRESETS = {
    f"mlperf-{name}": Preset(
        f"mlperf-{name}", Phrase(f"MLPerf {name}"), Objectives({"ttft": float(ttft), "tpot": float(tpot)})
    )
    for name, (ttft, tpot) in _MLPERF.items()
}

_UNITS = {"ms": "ms"}
_TIMES = {"": 1.0, "us": 0.001, "µs": 0.001, "ms": 1.0, "s": 1000.0, "min": 60_000.0}
_SPEEDS = {"", "/s", "tok/s", "tokens/s", "t/s"}
_LIMIT = re.compile(r"([\w.-]+)\s*[=:<>≤≥]+\s*(\d+(?:\.\d*)?(?:e[+-]?\d+)?)\s*([a-zµ/]*)", re.IGNORECASE)
_MOST = 1e12


def objectives(text: str) -> Objectives:
    """Read limits: `ttft=500ms, tpot=40ms, e2e=10s`, or the key of a preset. Times without a unit are ms.

    Raises UsageError that says which part it is, with the nearest name.
    """
    given = text.strip()
    if given in PRESETS:
        return PRESETS[given].objectives
    limits: dict[str, float] = {}
    for part in re.split(r"[,;\n]|(?<=[\w/])\s+(?=[a-zA-Z]\w*\s*[=:])", given):
        if part.strip():
            key, limit = _limit(part.strip())
            limits[key] = limit
    return Objectives(limits)


def _limit(part: str) -> tuple[str, float]:
    found = _LIMIT.fullmatch(part)
    if found is None:
        if part[:1].isalpha() and not re.search(r"[=:<>]", part) and part.lower() not in METRICS:
            raise unknown(phrase("There are no objectives '{name}'.", name=part), part, [*PRESETS, *METRICS])
        raise UsageError(
            phrase("'{part}' is no limit.", part=part), phrase("Write a name and a number: ttft=500ms, tpot=40ms.")
        )
    name, number, unit = found[1].lower().replace("-", "_"), float(found[2]), found[3].lower()
    metric = METRICS.get(_ALIASES.get(name, name))
    if metric is None:
        raise unknown(phrase("There is no figure '{name}' to set a limit for.", name=found[1]), name, METRICS)
    if metric.unit == "ms" and unit in _TIMES:
        number *= _TIMES[unit]
    elif not (unit in _SPEEDS if metric.unit else not unit):
        raise UsageError(
            phrase("'{unit}' is no unit for {name}.", unit=found[3], name=metric.key),
            phrase("Use {unit}.", unit=metric.unit or "1"),
        )
    if not math.isfinite(number) or number > _MOST:
        raise UsageError(phrase("{number} is too large.", number=found[2]))
    return metric.key, number


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and value < 1e15 else repr(value)
