"""The figures of an exchange as a person reads them: value, unit, formula, source, and what is wrong with it. Pure.

Formulas: t0 is Send; c1 … cm are the messages with content, t(c) the socket read that completed one, n the number of
tokens, n1 those of the first message. Other tools define the same words differently, so each formula is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streamscope.engine.gaps import Gaps, stall_limit
from streamscope.engine.pace import BURST
from streamscope.model.exchange import TokenSource
from streamscope.model.phrase import Phrase, phrase

if TYPE_CHECKING:
    from streamscope.engine.timing import Meter

Value = float | int | str | bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    `details` are further numbers of the same unit, by name (percentiles, the client's side of a server's figure);
    `source` says where a count comes from, '' where it is the clock; `warnings` say which premise does not hold.
    """

    key: str
    label: Phrase
    value: Value
    unit: str
    formula: Phrase
    source: str = ""
    details: dict[str, float] = field(default_factory=dict)
    warnings: tuple[Phrase, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON: texts in English, empty things left out."""
        told: dict[str, Any] = {"key": self.key, "label": str(self.label), "value": self.value, "unit": self.unit}
        told["formula"] = str(self.formula)
        if self.source:
            told["source"] = self.source
        if self.details:
            told["details"] = self.details
        if self.warnings:
            told["warnings"] = [str(warning) for warning in self.warnings]
        return told


SOURCES: dict[TokenSource, Phrase] = {
    "ids": phrase("the ids of the tokens in each payload"),
    "usage in each payload": phrase("the usage in each payload"),
    "final usage": phrase("the usage at the end"),
    "chunks": phrase("messages with content: no payload tells a number of tokens"),
}
_ONE_READ = phrase("All content came in one read: the times say when it arrived, not when it was made.")
_CHUNKS = phrase("No usage came: messages with content are counted, and one may hold several tokens or a part of one.")
_HIDDEN = phrase("Reasoning was counted but not shown: the time for one token is smaller than a reader sees.")
_CHOICES = phrase("Tokens of several choices are counted together.")


@dataclass(frozen=True, slots=True)
class Spreads:
    """Copies of all gaps, so that what looks at each of them can be computed while more come."""

    messages: Gaps
    tokens: Gaps
    reads: Gaps
    pings: Gaps
    one: bool
    """Whether all content came in one read."""
    shared: bool
    """Whether most content shares its read with other."""


def spreads(meter: "Meter") -> Spreads:
    """What `spread_figures` needs: about a millisecond for a million events."""
    pace = meter.pace
    return Spreads(
        messages=pace.gaps.copy(),
        tokens=meter.token_gaps.copy(),
        reads=meter.reads_gap.copy(),
        pings=meter.pings.copy(),
        one=_is_one(meter),
        shared=bool(pace.reads and pace.messages > 2 * pace.reads),
    )


def figures(meter: "Meter") -> list[Figure]:
    """All that can be told of an exchange so far, in the order in which a person asks."""
    held = spreads(meter)
    told = [*_moments(meter), *_gaps(held), *_tokens(meter), *_stalls(held)]
    return [*told, *_flow(meter), *_connection(meter), *_pings(held), *_served(meter)]


def quick_figures(meter: "Meter") -> list[Figure]:
    """Those that cost no look at every gap: they can be asked for as often as one likes."""
    return [*_moments(meter), *_tokens(meter), *_flow(meter), *_connection(meter), *_served(meter)]


def spread_figures(held: Spreads) -> list[Figure]:
    """The others: percentiles of gaps, and stalls."""
    return [*_gaps(held), *_stalls(held), *_pings(held)]


def _is_one(meter: "Meter") -> bool:
    return meter.pace.reads == 1 and meter.pace.messages > 1


def _moments(meter: "Meter") -> Iterator[Figure]:
    pace, timing = meter.pace, (meter.ttfb_ms, meter.ttfe_ms, meter.ttft_ms, meter.ttfo_ms)
    e2e = pace.last / 1e6 if pace.messages else None
    tail = meter.total_ms - e2e if meter.total_ms is not None and e2e is not None else None
    one = (_ONE_READ,) if _is_one(meter) else ()
    rows = (
        ("ttfb", phrase("First byte"), timing[0], phrase("t(headers of the answer) − t0")),
        ("ttfe", phrase("First event"), timing[1], phrase("t(first message, of whatever kind) − t0")),
        ("ttft", phrase("First token"), timing[2], phrase("t(first non-empty text, reasoning or tool call) − t0")),
        ("ttfo", phrase("First visible text"), timing[3], phrase("t(first text that is no reasoning) − t0")),
        ("e2e", phrase("Last token"), e2e, phrase("t(cm) − t0")),
        ("tail", phrase("After the last token"), tail, phrase("t(end of the exchange) − t(cm)")),
        ("total", phrase("Total"), meter.total_ms, phrase("t(end of the exchange) − t0")),
    )
    for key, label, value, formula in rows:
        if value is not None:
            yield Figure(key, label, value, "ms", formula, warnings=one if key in ("ttft", "ttfo") else ())
    sent = meter.phases.sent
    if meter.ttft_ms is not None and sent is not None:
        value = meter.ttft_ms - sent / 1e6
        told = phrase("t(first token) − t(last byte of the request handed to the socket)")
        yield Figure("ttft_sent", phrase("First token since the request was out"), value, "ms", told, warnings=one)


def _gaps(held: Spreads) -> Iterator[Figure]:
    one = (_ONE_READ,) if held.one else ()
    shared = (
        (phrase("Most content shares its read with other: look at the gaps between reads."),) if held.shared else ()
    )
    per_message = phrase("gaps between messages with content, t(c[i]) − t(c[i−1]); per message, not per token")
    yield from _spread("itl", phrase("Between messages"), held.messages, per_message, one or shared)
    per_token = phrase("(t(c[i]) − t(c[i−1])) ÷ tokens in c[i]")
    yield from _spread("itl_token", phrase("Between tokens"), held.tokens, per_token, one)
    told = phrase("gaps between reads that brought content")
    yield from _spread("content_reads_gap", phrase("Between reads with content"), held.messages.apart(), told)
    told = phrase("gaps between socket reads, of whatever kind")
    yield from _spread("reads_gap", phrase("Between reads"), held.reads, told)


def _stalls(held: Spreads) -> Iterator[Figure]:
    if len(held.messages):
        limit = stall_limit(held.messages.median())
        told = phrase("gaps between messages with content > max(1 s, 10 × median) = {limit} ms", limit=f"{limit:.0f}")
        one = (_ONE_READ,) if held.one else ()
        yield Figure("stalls", phrase("Stalls"), held.messages.over(limit), "", told, warnings=one)


def _pings(held: Spreads) -> Iterator[Figure]:
    yield from _spread("ping", phrase("Ping round trip"), held.pings, phrase("t(pong) − t(ping that it answers)"))


def _spread(
    key: str, label: Phrase, gaps: Gaps, formula: Phrase, warnings: tuple[Phrase, ...] = ()
) -> Iterator[Figure]:
    spread = gaps.percentiles()
    if spread is not None:
        details = {"p50": spread.p50, "p90": spread.p90, "p95": spread.p95, "p99": spread.p99, "max": spread.max}
        yield Figure(
            key, label, spread.p50, "ms", formula, details=details | {"count": spread.count}, warnings=warnings
        )


def _tokens(meter: "Meter") -> Iterator[Figure]:
    counted = meter.counted()
    if counted is None:
        return
    count, source = counted
    told, chunks = str(SOURCES[source]), source == "chunks"
    warnings = tuple(_token_warnings(meter, source))
    unit = "chunks" if chunks else "tokens"
    yield Figure("tokens", phrase("Output"), count, unit, phrase("n"), told, warnings=warnings)
    one = (_ONE_READ,) if _is_one(meter) else ()
    tpot = meter.tpot_ms()
    if tpot is not None:
        first = max(meter.pace.runs, meter.first_tokens)
        label = phrase("Time for one chunk") if chunks else phrase("Time for one token")
        formula = phrase("(t(cm) − t(c1)) ÷ (n − n1), n = {n}, n1 = {first}", n=count, first=first)
        yield Figure("tpot", label, tpot, f"ms/{unit[:-1]}", formula, told, warnings=(*warnings, *one))
        formula = phrase("1 ÷ time for one token")
        yield Figure(
            "tokens_per_s", phrase("Speed for one user"), 1000 / tpot, f"{unit}/s", formula, told, {}, warnings
        )
    if meter.pace.last > 0:
        speed = count * 1e9 / meter.pace.last
        label, formula = phrase("Speed end to end"), phrase("n ÷ (t(cm) − t0)")
        yield Figure("tokens_per_s_e2e", label, speed, f"{unit}/s", formula, told, {}, warnings)


def _token_warnings(meter: "Meter", source: TokenSource) -> Iterator[Phrase]:
    if source == "chunks":
        yield _CHUNKS
    if meter.hidden_reasoning() and source in ("final usage", "usage in each payload"):
        yield _HIDDEN
    if meter.choices() > 1:
        yield _CHOICES


def _flow(meter: "Meter") -> Iterator[Figure]:
    pace = meter.pace
    if (coalescing := pace.coalescing()) is not None:
        told = phrase("reads that brought at least {n} messages with content", n=BURST)
        yield Figure("bursts", phrase("Bursts"), pace.bursts, "", told)
        told = phrase("messages with content ÷ reads that brought any")
        yield Figure("coalescing", phrase("Messages in one read"), coalescing, "", told)
    if meter.text_bytes:
        told = phrase("bytes received, headers included ÷ bytes of text (UTF-8), reasoning and tool calls included")
        value = meter.bytes_in / meter.text_bytes
        yield Figure("wire_per_text", phrase("Bytes received for one of text"), value, "", told)
    for key, label, value in (
        ("bytes_in", phrase("Bytes received"), meter.bytes_in),
        ("reads", phrase("Socket reads"), meter.reads),
        ("messages", phrase("Messages"), meter.messages_in),
        ("content_messages", phrase("Messages with content"), pace.messages),
        ("keep_alives", phrase("Keep-alives"), meter.keep_alives),
    ):
        yield Figure(key, label, value, "bytes" if key == "bytes_in" else "", phrase("counted"))
    yield from _unfolded(meter)


def _unfolded(meter: "Meter") -> Iterator[Figure]:
    """Sizes on the wire and after decoding, where something was compressed."""
    carried = meter.carried
    if carried is not None and carried.coding and carried.wire:
        told = phrase("bytes after decoding {coding} ÷ bytes of the body on the wire", coding=carried.coding)
        sizes = {"wire": float(carried.wire), "decoded": float(carried.decoded)}
        yield Figure(
            "compression", phrase("Compression"), carried.decoded / carried.wire, "", told, carried.coding, sizes
        )
    wire, inflated = meter.unfolded
    if wire and inflated != wire:
        told = phrase("bytes of messages after inflating ÷ bytes of their frames' payloads")
        sizes = {"wire": float(wire), "decoded": float(inflated)}
        yield Figure("frame_compression", phrase("Compression of frames"), inflated / wire, "", told, "", sizes)


def _connection(meter: "Meter") -> Iterator[Figure]:
    phases = meter.phases
    names = {
        "dns": phrase("Name lookup"),
        "connect": phrase("Connecting"),
        "proxy": phrase("Proxy"),
        "tls": phrase("TLS"),
        "send": phrase("Sending"),
        "wait": phrase("Waiting"),
    }
    told = phrase("t(end of the phase) − t(its beginning)")
    for name, spent in phases.spent().items():
        yield Figure(f"phase_{name}", names.get(name, phrase("{name}", name=name)), spent, "ms", told)
    if phases.warm is not None:
        told = phrase("whether the connection was kept from an earlier call")
        yield Figure("warm", phrase("Kept connection"), phases.warm, "", told)
    if phases.lag_ms is not None:
        told = phrase("t(first byte sent) − t0 − name lookup − connecting − proxy − TLS")
        yield Figure("send_lag", phrase("Delay before sending"), phases.lag_ms, "ms", told)


def _served(meter: "Meter") -> Iterator[Figure]:
    """The server's own times beside the client's; what is left between them is network and queue."""
    labels = {
        "total": phrase("Server: total"),
        "load": phrase("Server: loading the model"),
        "queue": phrase("Server: queue"),
        "prefill": phrase("Server: reading the prompt"),
        "decode": phrase("Server: writing"),
    }
    for name, value in meter.server.items():
        client = _client(meter, name)
        details = {} if client is None else {"client": client, "network and queue": client - value}
        yield Figure(f"server_{name}", labels[name], value, "ms", _CLIENT.get(name, _TOLD), str(_BY_SERVER), details)


_TOLD = phrase("as the server tells it")
_BY_SERVER = phrase("the server's own clock")
_CLIENT = {
    "total": phrase("as the server tells it; client: t(cm) − t(request sent); the difference is network and queue"),
    "prefill": phrase("as the server tells it; client: t(c1) − t(request sent); the difference is network and queue"),
    "decode": phrase("as the server tells it; client: t(cm) − t(c1); the difference is network and queue"),
}


def _client(meter: "Meter", name: str) -> float | None:
    """The client's side of a server's time, in ms; a whole answer has one moment for all its content."""
    pace = meter.pace
    sent = (meter.phases.sent if meter.phases.sent is not None else meter.started) / 1e6
    if not pace.messages:
        return None
    if name == "total":
        return pace.last / 1e6 - sent
    if name == "prefill" and pace.messages > 1 and meter.ttft_ms is not None:
        return meter.ttft_ms - sent
    return pace.spent / 1e6 if name == "decode" and pace.messages > 1 else None
