"""Two exchanges side by side: what is the same is not told as a difference, and nothing that differs is left out."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import MS, recorded, stream

from streamscope.engine.compare import Bound, Measure, Passage, Stopped, compare, passages
from streamscope.engine.report import Piece, Report, report, walk
from streamscope.model.event import Control, Event, Failed, Head, Message
from streamscope.model.phrase import phrase


def pieces(*texts: str) -> list[Piece]:
    return [Piece(text, number) for number, text in enumerate(texts)]


def changes(found: list[Passage]) -> list[tuple[str, str, str]]:
    return [(row.change, row.a, row.b) for row in found]


def aligned(a: list[Piece], b: list[Piece]) -> list[tuple[str, str, str]]:
    return changes(list(passages(a, b)))


def test_tokens_are_aligned() -> None:
    a = pieces("The", " quick", " brown", " fox", " jumps")
    b = pieces("The", " slow", " brown", " fox", " jumps", " high")
    assert aligned(a, b) == [
        ("equal", "The", "The"),
        ("replace", " quick", " slow"),
        ("equal", " brown fox jumps", " brown fox jumps"),
        ("insert", "", " high"),
    ]
    second = list(passages(a, b))[1]
    assert (second.event_a, second.event_b) == (1, 1)
    assert aligned(b, a)[-1] == ("delete", " high", "")


def test_another_cut_of_the_same_text_is_no_difference() -> None:
    text = "Über allen Gipfeln ist Ruh, in allen Wipfeln 你好 spürest du kaum einen Hauch."
    for size in (1, 3, 7, 1000):
        cut = pieces(*(text[at : at + size] for at in range(0, len(text), size)))
        assert aligned(cut, pieces(text)) == [("equal", text, text)]
        other = aligned(cut, pieces(text.replace("Ruh", "Lärm")))
        assert ("replace", " Ruh", " Lärm") in other, other
        assert sum(change != "equal" for change, _, _ in other) == 1
    assert aligned(pieces("你好世界"), pieces("你好天界")) == [
        ("equal", "你好", "你好"), ("replace", "世", "天"), ("equal", "界", "界"),
    ]  # fmt: skip


def test_nothing_against_something() -> None:
    assert aligned([], []) == []
    assert aligned([], pieces("a", "b")) == [("insert", "", "ab")]
    assert aligned(pieces("a"), []) == [("delete", "a", "")]
    assert next(iter(passages([], pieces("a")))).event_a == -1


texts = st.lists(st.text(alphabet="ab ,.ä\n你", min_size=1, max_size=4), max_size=25)


@given(texts, texts)
def test_both_texts_can_be_put_together_again(a: list[str], b: list[str]) -> None:
    found = list(passages(pieces(*a), pieces(*b)))
    assert "".join(row.a for row in found) == "".join(a)
    assert "".join(row.b for row in found) == "".join(b)
    for row in found:
        assert (row.change == "equal") == (row.a == row.b), row
        assert (row.a or row.b) and {"delete": not row.b, "insert": not row.a}.get(row.change, True)
    if "".join(a) == "".join(b):
        assert len(found) <= 1


@pytest.mark.parametrize("words", [40, 3000])
def test_time_grows_about_as_the_texts_do(words: int) -> None:
    """A quadratic comparison would take 64 times as long for 8 times as much."""
    dice = random.Random(1)
    vocabulary = [f" w{number}" for number in range(words)]

    def spent(size: int) -> float:
        a = [dice.choice(vocabulary) for _ in range(size)]
        b = [word if dice.random() > 0.02 else " other" for word in a]
        left, right = pieces(*a), pieces(*b)
        begun = time.perf_counter()
        found = list(passages(left, right))
        lasted = time.perf_counter() - begun
        changed = sum(len(row.a) for row in found if row.change != "equal")
        assert changed < 0.1 * sum(map(len, a)), "an alignment that finds nothing is no alignment"
        return lasted

    spent(1000)
    assert spent(160_000) < 30 * spent(20_000)


@given(texts, texts, st.integers(0, 12))
def test_nothing_is_lost_where_time_is_up(a: list[str], b: list[str], asked: int) -> None:
    class Soon(Bound):
        left = asked

        def over(self) -> bool:
            self.left -= 1
            self.cut = self.cut or self.left < 0
            return self.cut

    found = list(passages(pieces(*a), pieces(*b), Soon()))
    assert "".join(row.a for row in found) == "".join(a)
    assert "".join(row.b for row in found) == "".join(b)
    assert all((row.change == "equal") == (row.a == row.b) for row in found)


def test_a_comparison_can_be_stopped_and_tells_how_far_it_is() -> None:
    a, b = pieces(*(f" w{n}" for n in range(500))), pieces(*(f" w{n + n % 7}" for n in range(500)))
    told: list[tuple[int, int]] = []
    bound = Bound(tell=lambda done, all_: told.append((done, all_)))
    assert list(passages(a, b, bound))
    assert not bound.cut
    assert told == sorted(told)
    assert told[-1][1] == 500
    with pytest.raises(Stopped):
        list(passages(a, b, Bound(stopped=lambda: True)))
    late = Bound(-1)
    assert list(passages(a, b, late))
    assert late.cut


@pytest.mark.parametrize(
    ("key", "unit", "a", "b", "better"),
    [
        ("ttft", "ms", 100.0, 50.0, "b"), ("ttft", "ms", 100.0, 101.0, ""), ("itl.p99", "ms", 10.0, 20.0, "a"),
        ("tokens_per_s", "tokens/s", 10.0, 20.0, "b"), ("tokens", "tokens", 10, 20, ""), ("stalls", "", 1, 3, "a"),
        ("warm", "", True, False, ""),
    ],
)  # fmt: skip
def test_which_is_better(key: str, unit: str, a: float, b: float, better: str) -> None:
    assert Measure(key, phrase("x"), unit, a, b, b - a, b / a).better == better


def told(events: list[Event]) -> Report:
    return report(events, with_pieces=True)


def test_figures_findings_and_text_side_by_side() -> None:
    a = told(stream(("Hello", " world"), gap=40 * MS))
    broken = stream(("Hello", " moon"), gap=80 * MS)
    broken = [event for event in broken if not (isinstance(event, Message) and event.payload == b"[DONE]")]
    broken.insert(-1, Control(broken[-1].t, "in", "field", "strange"))
    b = told(broken)
    found = compare(a, b)
    assert not found.same_text
    assert changes(list(found.passages)) == [("equal", "Hello", "Hello"), ("replace", " world", " moon")]
    (total,) = [row for row in found.measures if row.key == "ttft"]
    assert isinstance(total.a, float)
    assert isinstance(total.b, float)
    assert total.difference == pytest.approx(total.b - total.a)
    assert total.ratio == pytest.approx(total.b / total.a)
    assert {row.rule for row in found.only_b} >= {"undefined_field", "missing_end"}
    assert not {row.rule for row in found.only_a} & {row.rule for row in found.only_b}
    same = compare(b, b)
    assert same.same_text
    assert (same.only_a, same.only_b) == ((), ())
    assert {first.rule for first, _ in same.both} >= {"undefined_field", "missing_end"}


def test_a_report_tells_what_was_in_an_exchange() -> None:
    found = told(stream(("a", "b")))
    assert (found.text, found.outcome.outcome, found.exit_code) == ("ab", "complete", 0)
    assert found.events["message"] == 3
    assert found.request is not None
    assert isinstance(found.head, Head)
    assert [piece.text for piece in found.pieces] == ["a", "b"]
    assert found.dialect
    untimed = report(stream(("a",)), timed=False)
    assert untimed.outcome.timing.total_ms is None
    assert all(row.unit != "ms" for row in untimed.figures)
    pinned = report(stream(("a",)), "openai.chat")
    assert pinned.text == "a"
    assert report([]).outcome.outcome == "stopped"
    failed = told([*stream()[:1], Failed(1, "Refused", "m", "h")])
    assert (failed.outcome.outcome, failed.head) == ("no connection", None)


@pytest.mark.parametrize("size", [10, 200_000])
def test_events_are_walked_in_order_whatever_their_size(size: int) -> None:
    """Pages become smaller where events are large; none is lost or told twice."""
    exchange = recorded([Message(number, "in", (0, 0), b"x" * size, "line") for number in range(700)])
    assert [event.t for event in walk(exchange)] == list(range(700))
    exchange.close()
