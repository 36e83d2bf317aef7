"""The waterfall's lines: for each attempt one that names it, then one for each phase; and how long each took."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from streamscope.engine.connection import told as told_of
from streamscope.gui.language import retold
from streamscope.gui.live.connection.visible import line
from streamscope.gui.texts import time_text, told
from streamscope.model.phrase import Phrase, phrase

if TYPE_CHECKING:
    from streamscope.engine.waterfall import Attempt, Bar

PHASES: dict[str, Phrase] = {
    "dns": phrase("Name lookup"),
    "connect": phrase("Connect"),
    "proxy": phrase("Proxy"),
    "tls": phrase("TLS"),
    "send": phrase("Send"),
    "wait": phrase("Wait"),
    "receive": phrase("Receive"),
}
COLOURS = {
    "dns": "code_word",
    "connect": "code_number",
    "proxy": "warn",
    "tls": "code_text",
    "send": "accent",
    "wait": "muted",
    "receive": "ok",
}
GAP = 1_000_000
"""Nanoseconds from which on a pause between two phases is worth a word."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: of an attempt (by its place), and of a phase of it (by its place; -1 is the attempt itself).

    Times in ns since Send; `open`: it still goes on. `gap` is the pause before it.
    """

    attempt: int
    bar: int
    name: str
    begin: int
    end: int
    open: bool = False
    gap: int = 0
    failed: bool = False
    text: str = ""

    @property
    def key(self) -> tuple[int, int]:
        """What stays the same while it grows."""
        return self.attempt, self.bar


class Lines:
    """All lines in order; those of attempts that are over are made once."""

    def __init__(self) -> None:
        self._done: list[Line] = []
        self._over = 0
        self._several = False

    def of(self, attempts: "list[Attempt]", now: int) -> list[Line]:
        """The lines as they are now: what goes on ends now."""
        if self._several != (len(attempts) > 1):
            self._several, self._done, self._over = not self._several, [], 0
        over = len(attempts) - 1
        for at in range(self._over, over):
            self._done += self._lines(at, attempts, now)
        self._over = max(self._over, over)
        return self._done + (self._lines(over, attempts, now) if attempts else [])

    def _lines(self, at: int, attempts: "list[Attempt]", now: int) -> list[Line]:
        attempt = attempts[at]
        end = now if attempt.end is None else attempt.end
        gap = max(0, attempt.begin - (attempts[at - 1].end or 0)) if at else 0
        title = _title(at, attempt, len(attempts))
        failed = attempt.failed is not None or bool(attempt.lost)
        found = [Line(at, -1, title, min(attempt.begin, end), end, attempt.end is None, gap, failed)]
        until = attempt.begin
        for number, bar in enumerate(attempt.bars):
            over = max(bar.begin, now if bar.end is None else bar.end)
            gap = max(0, bar.begin - until)
            goes_on, said = bar.end is None, _said(bar)
            found.append(Line(at, number, bar.name, bar.begin, over, goes_on, gap, bool(bar.failed), said))
            until = max(until, over)
        return found


def took(nanoseconds: int) -> str:
    """A span of time; what is shorter than a millisecond in microseconds."""
    return (
        time_text(nanoseconds / 1e6) if nanoseconds >= 1_000_000 or not nanoseconds else f"{nanoseconds / 1000:.0f} µs"
    )


def word(name: str) -> str:
    """What a phase is called."""
    return told(PHASES[name]) if name in PHASES else line(name)


def summary(one: Line, whole: int) -> str:
    """Begin, end, duration and share of a line, and what it came to."""
    translate = QCoreApplication.translate
    lasted = one.end - one.begin
    share = 100 * lasted / whole if whole > 0 else 0.0
    text = translate("waterfall", "{name}: from {begin} to {end}, {lasted}, {share} % of all").format(
        name=translate("waterfall", "The whole attempt") if one.bar < 0 else word(one.name),
        begin=took(one.begin),
        end=translate("waterfall", "now") if one.open else took(one.end),
        lasted=took(lasted),
        share=f"{share:.0f}" if share >= 1 or lasted == 0 else f"{share:.1f}",
    )
    if one.gap >= GAP:
        pause = translate("waterfall", "{gap} of nothing before it").format(gap=took(one.gap))
        text = f"{text}; {pause}"
    return f"{text}\n{one.text}" if one.text else text


def _title(at: int, attempt: "Attempt", count: int) -> str:
    sent, head = attempt.request, attempt.head
    method = line(sent.method)[:20] if sent is not None else ""
    url = line(sent.url.partition("://")[2].partition("?")[0])[:200] if sent is not None else ""
    status = str(head.status) if head is not None else ""
    name = QCoreApplication.translate("waterfall", "Attempt {number}").format(number=at + 1) if count > 1 else ""
    return " · ".join(part for part in (name, status, f"{method} {url}".strip()) if part)


def _said(bar: "Bar") -> str:
    said = told_of(bar)
    return line(told(said) if isinstance(said, Phrase) else retold(said))
