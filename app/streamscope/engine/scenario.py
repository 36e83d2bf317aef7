"""A fault scenario for the sandbox out of what happened to an exchange: the same trouble again, at will. Pure.

The names are those of the sandbox's faults (`streamscope sandbox --faults` lists them): this floor only writes them.
"""

from collections.abc import Iterable

from streamscope.engine.gaps import percentile, stall_limit
from streamscope.engine.reading import Reading
from streamscope.engine.timing import SWITCHED
from streamscope.model.event import Finding

HEADER = "X-Sandbox-Fault"
_SLOW_MS = 1000.0
"""A first token that took longer is part of the scenario."""
_UNSAFE = str.maketrans({",": ";", "\r": " ", "\n": " "})
_SIMPLE = {
    "compressed_stream": "gzip",
    "content_type_mismatch": "content_type",
    "sse_in_other_type": "content_type",
    "error_instead_of_stream": "json_as_stream",
    "undefined_field": "raw_line",
    "bad_retry": "bad_retry",
    "nul_id": "nul_id",
    "bom": "bom",
    "cr_only": "cr",
    "mixed_line_ends": "mixed_ends",
    "utf8_split": "split_utf8",
    "unfinished_event": "unfinished",
    "invalid_json": "bad_json",
    "sequence_missing": "gap",
    "sequence_duplicate": "duplicate",
    "model_changed": "model",
    "buffering_proxy": "buffer",
    "clock_skew": "clock",
    "gateway_time_limit": "time_limit",
    "finish_without_end": "no_end",
    "missing_end": "no_end",
    "end_without_finish": "no_finish",
    "usage_missing": "no_usage",
    "stale_connection": "lost_connection",
}
_SOCKET = {
    "fragmented": "ws_fragments",
    "frame_split_64k": "ws_split",
    "oversize_message": "ws_oversize",
    "compressed_frames": "ws_deflate",
    "unanswered_ping": "ws_no_pong",
    "invalid_utf8": "ws_bad_utf8",
    "no_upgrade": "ws_refused",
    "invalid_json": "bad_json",
    "model_changed": "model",
    "sequence_missing": "gap",
    "sequence_duplicate": "duplicate",
}


def scenario(reading: Reading, findings: Iterable[Finding]) -> str:
    """The faults that make an exchange like this one, as the header's value: `slow_first:2.1,stall:3,cut:1200`.

    '' where nothing about it was unusual.
    """
    meter = reading.meter
    rules = {finding.rule for finding in findings}
    duplex = meter.status == SWITCHED
    faults: list[str] = []
    if meter.status is not None and meter.status >= 400:
        return f"status:{meter.status}" if "rate_limited" not in rules else "busy"
    faults += _times(reading, rules)
    table = _SOCKET if duplex else _SIMPLE
    faults += [fault for rule, fault in table.items() if rule in rules]
    if "invalid_utf8" in rules and not duplex:
        faults.append("bad_utf8")
    if "error_in_stream" in rules:
        told = next(iter(reading.transcript.errors), "")[:80].translate(_UNSAFE).strip()
        faults.append(f"error:{told}" if told.isascii() and told else "error")
    faults += _end(reading, rules, duplex=duplex)
    return ",".join(dict.fromkeys(faults))


def _times(reading: Reading, rules: set[str]) -> list[str]:
    meter = reading.meter
    pace, faults = meter.pace, []
    if (meter.ttft_ms or 0) > _SLOW_MS:
        faults.append(f"slow_first:{_seconds((meter.ttft_ms or 0) / 1000)}")
    gaps = sorted(pace.gaps.values())
    if gaps and gaps[-1] > stall_limit(percentile(gaps, 50)):
        faults.append(f"{'stall_alive' if meter.keep_alives else 'stall'}:{_seconds(gaps[-1] / 1000)}")
    if "periodic_coalescing" in rules and len(apart := sorted(pace.read_gaps.values())):
        faults.append(f"coalesce:{_seconds(percentile(apart, 50) / 1000)}")
    elif "bursts" in rules and pace.bursts:
        faults.append(f"burst:{max(2, round(pace.in_bursts / pace.bursts))}")
    elif "jitter" in rules and gaps:
        faults.append(f"jitter:{_seconds((percentile(gaps, 95) - percentile(gaps, 50)) / 1000)}")
    return faults


def _end(reading: Reading, rules: set[str], *, duplex: bool) -> list[str]:
    meter = reading.meter
    if duplex:
        if meter.failed is not None or (meter.closed is not None and meter.closed.by == "network"):
            return ["ws_lost"]
        if meter.closed is not None and "close_code" in rules and meter.closed.code is not None:
            reason = meter.closed.reason.translate(_UNSAFE)
            return [f"ws_close:{meter.closed.code}" + (f"/{reason}" if reason.isascii() and reason else "")]
        return []
    if "cut_body" in rules:
        carried = meter.carried
        wire = carried.wire if carried is not None else 0
        reset = meter.failed is not None and "reset" in meter.failed.message.lower()
        return [f"{'reset' if reset else 'cut'}:{max(1, wire or 1000)}"]
    return []


def _seconds(value: float) -> str:
    return f"{max(0.001, value):.3g}"
