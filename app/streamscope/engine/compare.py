"""Two exchanges side by side: outcome, text, figures and findings. Pure."""

import re
import time
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from streamscope.engine.figures import Figure, Value
from streamscope.engine.report import Piece, Report
from streamscope.model.event import Finding
from streamscope.model.phrase import Phrase, phrase

Change = Literal["equal", "replace", "delete", "insert"]

_MOST = 250_000
"""Pairs of tokens that are compared with each other at once; a longer run without any landmark is one change."""
_WINDOW = 6
"""Tokens of a landmark where none stands alone: long texts repeat words, but hardly six in a row."""
_ALIKE = 0.02
"""A figure that differs by less than this share is no better and no worse."""
_HIGHER = frozenset({"tokens_per_s", "tokens_per_s_e2e"})
_LOWER = frozenset({"stalls", "bursts", "coalescing", "wire_per_text"})
_SCRIPT = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Scripts that are written without blanks: there each character is a word."""
_WORD = re.compile(rf"\s*+(?:[^\W{_SCRIPT}]+|\S)|\s++")
"""Blanks and the word or the sign behind them: every character of a text is in one."""


class Stopped(Exception):
    """Nobody waits for the comparison any more."""


class Bound:
    """How long texts are aligned: after so many seconds the rest is told as one change, and `cut` says so.

    `stopped` is asked now and then; where it says yes, Stopped is raised. `tell` hears how much of the first text is
    done.
    """

    def __init__(
        self,
        seconds: float = float("inf"),
        stopped: Callable[[], bool] = lambda: False,
        tell: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> None:
        self._until = time.monotonic() + seconds
        self._stopped, self.tell = stopped, tell
        self.cut = False

    def over(self) -> bool:
        """Whether time is up."""
        if self._stopped():
            raise Stopped
        self.cut = self.cut or time.monotonic() > self._until
        return self.cut


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of both texts, and the numbers of the events that brought its beginning (-1: there is none)."""

    change: Change
    a: str
    b: str
    event_a: int
    event_b: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of both; `difference` is b − a, `ratio` b / a, None where one is unknown or nothing to divide by."""

    key: str
    label: Phrase
    unit: str
    a: Value | None
    b: Value | None
    difference: float | None
    ratio: float | None

    @property
    def better(self) -> Literal["a", "b", ""]:
        """Which is better, where one can be: shorter times, fewer stalls, higher speeds; '' below two per cent."""
        if self.ratio is None or isinstance(self.a, bool) or abs(self.ratio - 1) < _ALIKE:
            return ""
        root = self.key.partition(".")[0]
        if root in _HIGHER:
            return "b" if self.ratio > 1 else "a"
        if self.unit.startswith("ms") or root in _LOWER:
            return "a" if self.ratio > 1 else "b"
        return ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs. Findings are the same where their rule is."""

    a: Report
    b: Report
    passages: tuple[Passage, ...]
    measures: tuple[Measure, ...]
    only_a: tuple[Finding, ...]
    only_b: tuple[Finding, ...]
    both: tuple[tuple[Finding, Finding], ...]

    @property
    def same_text(self) -> bool:
        """Whether the visible texts are equal, however they were cut."""
        return self.a.text == self.b.text


def compare(a: Report, b: Report, bound: Bound | None = None) -> Comparison:
    """Both side by side; the reports are made with their pieces. Raises Stopped."""
    rules_a, rules_b = {row.rule: row for row in a.findings}, {row.rule: row for row in b.findings}
    return Comparison(
        a,
        b,
        tuple(passages(a.pieces, b.pieces, bound)),
        tuple(_measures(a.figures, b.figures)),
        tuple(row for row in a.findings if row.rule not in rules_b),
        tuple(row for row in b.findings if row.rule not in rules_a),
        tuple((row, rules_b[rule]) for rule, row in rules_a.items() if rule in rules_b),
    )


def passages(a: Sequence[Piece], b: Sequence[Piece], bound: Bound | None = None) -> Iterator[Passage]:
    """Both texts aligned piece by piece; where pieces differ, word by word, so that another cut is no difference.

    Time is about linear in the number of pieces: they are compared between landmarks, what both texts have just once.
    Raises Stopped.
    """
    made: list[Passage] = []
    bound = bound or Bound()
    blocks = list(_blocks([p.text for p in a], [p.text for p in b], bound))
    kept = sum(to_a - at_a for change, at_a, to_a, _, _ in blocks if change == "equal")
    if 2 * kept < min(len(a), len(b)):  # cut differently: pieces that are equal by chance would mislead
        blocks = [("replace", 0, len(a), 0, len(b))]
    for change, at_a, to_a, at_b, to_b in blocks:
        bound.tell(at_a, len(a))
        if change == "equal" or bound.over():
            _add(made, change, a[at_a:to_a], b[at_b:to_b])
            continue
        words_a, words_b = list(_words(a[at_a:to_a])), list(_words(b[at_b:to_b]))
        texts_a, texts_b = [w.text for w in words_a], [w.text for w in words_b]
        for inner, from_a, end_a, from_b, end_b in _blocks(texts_a, texts_b, bound):
            _add(made, inner, words_a[from_a:end_a], words_b[from_b:end_b])
    yield from made


_Block = tuple[Change, int, int, int, int]
_Stretch = tuple[int, int]


def _add(made: list[Passage], change: Change, a: Sequence[Piece], b: Sequence[Piece]) -> None:
    """One more passage, joined with the one before where both are of a kind."""
    text_a, text_b = "".join(p.text for p in a), "".join(p.text for p in b)
    event_a, event_b = (a[0].event if a else -1), (b[0].event if b else -1)
    if text_a == text_b:
        change = "equal"
    if made and change == "equal" == made[-1].change:
        before = made.pop()
        text_a, text_b = before.a + text_a, before.b + text_b
        event_a, event_b = before.event_a, before.event_b
    made.append(Passage(change, text_a, text_b, event_a, event_b))


def _words(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The words of the joined text, each with the event that brought its first character."""
    text = "".join(piece.text for piece in pieces)
    ends: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        at += len(piece.text)
        ends.append((at, piece.event))
    now = 0
    for found in _WORD.finditer(text):
        while ends[now][0] <= found.start():
            now += 1
        yield Piece(found[0], ends[now][1])


def _blocks(a: Sequence[str], b: Sequence[str], bound: Bound) -> Iterator[_Block]:
    """What difflib calls opcodes, computed between landmarks."""
    return _split(a, b, (0, len(a)), (0, len(b)), 1, bound)


def _split(
    a: Sequence[str], b: Sequence[str], of_a: _Stretch, of_b: _Stretch, size: int, bound: Bound
) -> Iterator[_Block]:
    """The blocks of two stretches between landmarks of so many tokens."""
    (at_a, to_a), (at_b, to_b) = of_a, of_b
    marks = _landmarks(_windows(a, of_a, size), _windows(b, of_b, size))
    for mark_a, mark_b in (*((at_a + i, at_b + j) for i, j in marks), (to_a, to_b)):
        yield from _between(a, b, (at_a, mark_a), (at_b, mark_b), size, bound)
        if mark_a < to_a:
            yield "equal", mark_a, mark_a + 1, mark_b, mark_b + 1
        at_a, at_b = mark_a + 1, mark_b + 1


def _windows(tokens: Sequence[str], of: _Stretch, size: int) -> Sequence[Hashable]:
    """Each token of a stretch, with those behind it."""
    if size == 1:
        return tokens[of[0] : of[1]]
    return [tuple(tokens[at : at + size]) for at in range(of[0], of[1] - size + 1)]


def _landmarks(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of positions of what both have exactly once, as many as are in the same order (patience diff)."""
    once_a, once_b = _once(a), _once(b)
    pairs = [(at, once_b[token]) for token, at in once_a.items() if token in once_b]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, at_b) in enumerate(pairs):
        place = bisect_left(tails, at_b)
        before.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(at_b)
            ends.append(number)
        else:
            tails[place], ends[place] = at_b, number
    found: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _once(tokens: Sequence[Hashable]) -> dict[Hashable, int]:
    """What occurs once, with their positions, in order."""
    places: dict[Hashable, int] = {}
    for at, token in enumerate(tokens):
        places[token] = -1 if token in places else at
    return {token: at for token, at in places.items() if at >= 0}


def _between(
    a: Sequence[str], b: Sequence[str], of_a: _Stretch, of_b: _Stretch, size: int, bound: Bound
) -> Iterator[_Block]:
    """The blocks of two stretches: equal ends first, then the middle where it is small enough."""
    (at_a, to_a), (at_b, to_b) = of_a, of_b
    begin_a, begin_b, end_a, end_b = at_a, at_b, to_a, to_b
    while begin_a < end_a and begin_b < end_b and a[begin_a] == b[begin_b]:
        begin_a, begin_b = begin_a + 1, begin_b + 1
    while begin_a < end_a and begin_b < end_b and a[end_a - 1] == b[end_b - 1]:
        end_a, end_b = end_a - 1, end_b - 1
    if begin_a > at_a:
        yield "equal", at_a, begin_a, at_b, begin_b
    if (begin_a < end_a and begin_b < end_b) and bound.over():
        yield "replace", begin_a, end_a, begin_b, end_b
    elif (end_a - begin_a) * (end_b - begin_b) > _MOST:
        if size == 1:
            yield from _split(a, b, (begin_a, end_a), (begin_b, end_b), _WINDOW, bound)
        else:
            yield "replace", begin_a, end_a, begin_b, end_b
    elif begin_a < end_a or begin_b < end_b:
        matcher = SequenceMatcher(None, a[begin_a:end_a], b[begin_b:end_b], autojunk=False)
        for change, i, j, k, m in matcher.get_opcodes():
            yield change, begin_a + i, begin_a + j, begin_b + k, begin_b + m
    if end_a < to_a:
        yield "equal", end_a, to_a, end_b, to_b


def _each(rows: Sequence[Figure]) -> Iterator[Figure]:
    """Figures and their details (percentiles and the like), each as one of its own."""
    for row in rows:
        yield row
        for name, value in row.details.items():
            if name == "count":
                continue  # it has another unit than its figure, and other figures tell it
            label = phrase("{figure}, {detail}", figure=row.label, detail=name)
            yield Figure(f"{row.key}.{name}", label, value, row.unit, row.formula)


def _measures(a: Sequence[Figure], b: Sequence[Figure]) -> Iterator[Measure]:
    """Figures by key, in the order of the first, then what only the second has."""
    ours, theirs = {row.key: row for row in _each(a)}, {row.key: row for row in _each(b)}
    for key, row in (ours | {key: row for key, row in theirs.items() if key not in ours}).items():
        left = ours[key].value if key in ours else None
        right = theirs[key].value if key in theirs else None
        difference = ratio = None
        if isinstance(left, int | float) and isinstance(right, int | float):
            difference = right - left
            ratio = right / left if left else None
        yield Measure(key, row.label, row.unit, left, right, difference, ratio)
