"""The index of a record: what was written is read from the file again, and says the same."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.model.draft import Draft
from streamscope.model.event import Message, Trace
from streamscope.store import index
from streamscope.store.exchange import Exchange
from streamscope.store.rows import WORDS

HELD = 3 * WORDS


def _message(number: int) -> Message:
    return Message(number, "in", (number, number), b"%d" % number, "event", "message")


@given(
    batches=st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=12),
    start=st.integers(0, 60),
    size=st.integers(0, 60),
    word=st.integers(0, WORDS - 1),
)
def test_rows_are_the_same_wherever_they_lie(
    tmp_path_factory: pytest.TempPathFactory, batches: list[tuple[int, bool]], start: int, size: int, word: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index, "_HELD", HELD)
        patched.setattr(index, "_PIECE", 7)
        kept = Exchange(Draft(), tmp_path_factory.mktemp("record") / "kept")
        memory = Exchange(Draft())
        number = 0
        for count, flushed in batches:
            events = [_message(at) for at in range(number, number + count)]
            number += count
            kept.extend(events)
            memory.extend(events)
            if flushed:
                kept.flush()
        stop = min(start + size, number)
        assert len(kept) == len(memory) == number
        assert kept.rows(start, start + size) == memory.rows(start, start + size)
        assert kept.column(word, start, start + size) == memory.column(word, start, start + size)
        assert kept.column(word) == memory.column(word)
        assert [event.payload for event in kept.events(start, stop)] == [b"%d" % at for at in range(start, stop)]
        kept.close()
        assert kept.path is not None
        again = Exchange.opened(kept.path)
        assert again.rows() == kept.rows() == memory.rows()
        assert again.column(word) == memory.column(word)


def test_only_the_last_rows_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_HELD", HELD)
    exchange = Exchange(Draft(), tmp_path / "record")
    for number in range(100):
        exchange.append(_message(number))
        exchange.flush()
    assert len(exchange._index._held[1]) <= 2 * HELD
    assert exchange.column(0).tolist() == list(range(100))


def test_a_recording_that_is_removed_can_still_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_HELD", HELD)
    exchange = Exchange(Draft(), tmp_path / "record")
    exchange.extend([_message(number) for number in range(100)])
    exchange.close()
    for file in (tmp_path / "record").iterdir():
        file.unlink()
    assert [event.t for event in exchange.events(0, 100)] == list(range(100))


def test_an_index_that_is_cut_meanwhile_keeps_its_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_HELD", HELD)
    exchange = Exchange(Draft(), tmp_path / "record")
    exchange.extend([Trace(number, "dns", "begin") for number in range(100)])
    exchange.close()
    (tmp_path / "record" / "index").write_bytes(b"")
    assert len(exchange.events(0, 100)) == 100
    assert exchange.event(99).t == 99


def test_one_thread_appends_while_others_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_HELD", HELD)
    exchange = Exchange(Draft(), tmp_path / "record")
    wrong: list[object] = []

    def read() -> None:
        while (count := len(exchange)) < 3000:
            times = exchange.column(0, 0, count)
            if times.tolist() != list(range(count)):
                wrong.append((count, times))
            if count and exchange.event(count - 1).t != count - 1:
                wrong.append(count)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(0, 3000, 3):
        exchange.extend([_message(number), _message(number + 1), _message(number + 2)])
        if number % 60 == 0:
            exchange.flush()
    for reader in readers:
        reader.join()
    assert not wrong
