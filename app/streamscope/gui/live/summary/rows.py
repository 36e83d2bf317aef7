"""The rows of the summary: figures grouped as a person asks, verdicts above them, and their text, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication

from streamscope.gui.language import retold
from streamscope.gui.texts import size_text, told

if TYPE_CHECKING:
    from streamscope.engine.figures import Figure, Value
    from streamscope.engine.slo import Verdict

Kind = Literal["group", "verdict", "figure"]
_MOMENTS = frozenset({"ttfb", "ttfe", "ttft", "ttft_sent", "ttfo", "e2e", "tail", "total"})
_ORDER = ("tpot", "tokens_per_s", "tokens_per_s_e2e", "itl", "itl_token", "content_reads_gap", "reads_gap", "stalls",
          "bursts", "coalescing")  # fmt: skip
"""Pace: what is asked for most comes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is called, its value, further numbers; `state` of a verdict; `about` explains it in lines."""

    kind: Kind
    key: str
    label: str
    value: str = ""
    more: str = ""
    state: str = ""
    about: tuple[str, ...] = ()
    warned: bool = False


def rows_of(figures: Iterable["Figure"], verdicts: Sequence["Verdict"] = (), as_of: str = "") -> list[Row]:
    """All rows; `as_of` says when the costly ones were computed, where that is a while ago."""
    groups: dict[str, list[Row]] = {key: [] for key in ("moments", "pace", "tokens", "flow", "connection", "server")}
    for figure in figures:
        groups[_group(figure.key)].append(_figure(figure))
    groups["pace"].sort(key=lambda row: _ORDER.index(row.key))
    titles = _titles()
    made = []
    if verdicts:
        made.append(Row("group", "objectives", titles["objectives"]))
        made += [_verdict(one) for one in verdicts]
    for key, rows in groups.items():
        if rows:
            made.append(Row("group", key, titles[key], "", as_of if key == "pace" else ""))
            made += rows
    return made


def _titles() -> dict[str, str]:
    translate = QCoreApplication.translate
    return {
        "objectives": translate("summary", "Objectives"),
        "moments": translate("summary", "Moments since Send"),
        "pace": translate("summary", "Pace"),
        "tokens": translate("summary", "Tokens"),
        "flow": translate("summary", "Flow"),
        "connection": translate("summary", "Connection"),
        "server": translate("summary", "Server"),
    }


def _group(key: str) -> str:
    if key in _MOMENTS:
        return "moments"
    if key in _ORDER:
        return "pace"
    if key.startswith("phase_") or key in ("warm", "send_lag", "ping"):
        return "connection"
    return "tokens" if key == "tokens" else "server" if key.startswith("server_") else "flow"


def _figure(figure: "Figure") -> Row:
    details = [f"{retold(name)} {value_text(value, '' if name == 'count' else figure.unit)}" for name, value in
               figure.details.items()]  # fmt: skip
    shown = [text for text, name in zip(details, figure.details, strict=True) if name not in ("p50", "count")]
    value = value_text(figure.value, figure.unit)
    if "p50" in figure.details:
        value = f"p50 {value}"
    translate = QCoreApplication.translate
    about = [f"{told(figure.label)} = {told(figure.formula)}"]
    if details:
        about.append(" · ".join(details))
    if figure.source:
        about.append(translate("summary", "Source: {source}").format(source=retold(figure.source)))
    about += [translate("summary", "Mind: {warning}").format(warning=told(warning)) for warning in figure.warnings]
    warned = bool(figure.warnings)
    return Row("figure", figure.key, told(figure.label), value, " · ".join(shown), "", tuple(about), warned)


def _verdict(one: "Verdict") -> Row:
    translate, metric = QCoreApplication.translate, one.metric
    limit = value_text(one.limit, metric.unit)
    value = "–" if one.value is None else value_text(one.value, metric.unit)
    if metric.least:
        value = value.removesuffix(f" {retold(metric.unit)}")
        distance = translate("summary", "{value} of at least {limit}").format(value=value, limit=limit)
    else:
        distance = translate("summary", "{value} of {limit}").format(value=value, limit=limit)
    word = state_word(one.state)
    if not one.final and one.state != "unknown":
        word = translate("summary", "{verdict} so far").format(verdict=word)
    about = [f"{told(metric.label)}: {distance}, {word}. {_rule(least=metric.least)}"]
    if one.figure is not None:
        about.append(f"{told(one.figure.label)} = {told(one.figure.formula)}")
        mind = translate("summary", "Mind: {warning}")
        about += [mind.format(warning=told(warning)) for warning in one.figure.warnings]
    warned = one.figure is not None and bool(one.figure.warnings)
    return Row("verdict", f"slo_{metric.key}", told(metric.label), distance, word, one.state, tuple(about), warned)


def _rule(*, least: bool) -> str:
    translate = QCoreApplication.translate
    if least:
        return translate("summary", "Close: less than 10 % above the limit.")
    return translate("summary", "Close: less than 10 % below the limit.")


def state_word(state: str) -> str:
    """A verdict in a word."""
    from streamscope.engine.slo import WORDS

    return told(WORDS[state])  # type: ignore[index]  # it is one of them


def value_text(value: "Value", unit: str) -> str:
    """A figure with the digits that count."""
    if isinstance(value, bool):
        translate = QCoreApplication.translate
        return translate("summary", "yes") if value else translate("summary", "no")
    if isinstance(value, str):
        return retold(value)
    if unit == "ms":
        return _time(value)
    if unit == "bytes":
        return size_text(int(value))
    number = f"{value:,}" if isinstance(value, int) else _digits(value)
    return f"{number} {retold(unit)}".rstrip()


def _time(value: float) -> str:
    if abs(value) < 1000:
        return f"{_digits(value)} ms"
    return f"{value / 1000:,.3f} s" if abs(value) < 10_000 else f"{value / 1000:,.2f} s"


def _digits(value: float) -> str:
    size = abs(value)
    digits = 0 if size >= 100 or size == int(size) else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


def as_text(rows: Iterable[Row]) -> str:
    """Lines as they are seen: a name, its value, further numbers."""
    lines: list[str] = []
    for row in rows:
        if row.kind == "group":
            lines += ["", row.label] if lines else [row.label]
        else:
            lines.append("\t".join(part for part in (row.label, row.value, row.more) if part))
    return "\n".join(lines) + "\n"


def as_csv(figures: Iterable["Figure"]) -> str:
    """A line for each figure and each of its details, numbers as they are."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(("key", "label", "value", "unit", "source", "formula"))
    for figure in figures:
        lines.writerow((figure.key, figure.label, figure.value, figure.unit, figure.source, figure.formula))
        for name, value in figure.details.items():
            lines.writerow((f"{figure.key}.{name}", f"{figure.label}, {name}", value, figure.unit, "", ""))
    return out.getvalue()


def as_json(figures: Iterable["Figure"], verdicts: Iterable["Verdict"] = ()) -> str:
    """All figures, and the verdicts where there are any."""
    value = {"figures": [figure.plain() for figure in figures]}
    if found := [verdict.plain() for verdict in verdicts]:
        value["objectives"] = found
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
