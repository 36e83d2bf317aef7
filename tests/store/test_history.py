"""History: listed, found, opened again, removed and brought back; the list can always be made anew."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streamscope.model.draft import Body, Choice, Draft
from streamscope.model.errors import StoreError
from streamscope.model.event import Closed, Failed, Head, Message, RequestSent
from streamscope.model.exchange import Outcome, Timing
from streamscope.store.bench import Bench, open_bench
from streamscope.store.past import Past

DONE = Outcome("complete", 200, 3, 0, 1200, 10, "text", Timing(ttft_ms=12.5, total_ms=80.0))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return open_bench(tmp_path / "profile")


def sent(bench: Bench, path: str = "/v1", ago: timedelta = timedelta(), **fields: object) -> Past:
    """An exchange that has ended, in history."""
    draft = Draft(channel=Choice("address", {"url": f"https://host{path}"}), name=f"name of {path}", **fields)
    exchange = bench.recordings.new(draft)
    exchange.started = NOW - ago
    exchange.append(
        RequestSent(
            0, exchange.started.isoformat(), "POST", f"https://host{path}", [("Host", "host"), ("A", "1")],
            "none", "address", "https", body='{"a": 1}',
        )
    )  # fmt: skip
    exchange.append(Head(1, 200, "HTTP/1.1", []))
    exchange.append(Message(2, "in", (1, 1), b"x"))
    exchange.append(Closed(3_000_000, "server"))
    exchange.close()
    row = bench.history.add(exchange, DONE, service="chat", secret={("basic", "password")})
    assert row is not None
    return row


def test_an_exchange_is_listed_and_its_draft_is_there(bench: Bench) -> None:
    row = sent(bench, auth=Choice("basic", {"user": "me", "password": "hush"}), workspace="w", service="id-1")
    (found,) = bench.history.page()
    assert found == row
    assert (found.method, found.url, found.status, found.outcome) == ("POST", "https://host/v1", 200, "complete")
    assert (found.service, found.duration_ms, found.ttft_ms, found.bytes_in) == ("chat", 80.0, 12.5, 1200)
    draft = bench.history.draft_of(found)
    assert draft.auth.values == {"user": "me"}
    assert draft.name == "name of /v1"
    for path in bench.history.path_of(found).iterdir():
        assert b"hush" not in path.read_bytes()
    bench.close()


def test_pages_go_back_in_time_and_days_are_counted(bench: Bench) -> None:
    rows = [sent(bench, f"/{number}", timedelta(hours=12 * number)) for number in range(7)]
    first = bench.history.page(limit=3)
    second = bench.history.page(first[-1], limit=3)
    third = bench.history.page(second[-1], limit=3)
    assert first + second + third == rows
    days = bench.history.days()
    assert sum(count for _, count in days) == 7
    assert [day for day, _ in days] == sorted({row.day.isoformat() for row in rows}, reverse=True)
    day, count = days[1]
    assert len(bench.history.page(day=day)) == count
    assert bench.history.count() == 7
    bench.close()


def test_words_are_found(bench: Bench) -> None:
    for path in ("/alpha", "/beta", "/50%_off"):
        sent(bench, path)
    assert [row.url for row in bench.history.search("BETA chat 200")] == ["https://host/beta"]
    assert [row.url for row in bench.history.search("50%_")] == ["https://host/50%_off"]
    assert bench.history.search("nothing") == []
    assert sum(count for _, count in bench.history.days(find="alpha")) == 1
    bench.close()


def test_removed_ones_come_back_and_pruned_ones_vanish(bench: Bench) -> None:
    first, second = sent(bench, "/1"), sent(bench, "/2", timedelta(days=1))
    gone = bench.history.remove(first)
    assert bench.history.page() == [second]
    assert bench.history.restore(gone) == first
    assert bench.history.page() == [first, second]
    bench.history.remove(second)
    bench.history.path_of(first).rename(bench.profile / "elsewhere")
    with pytest.raises(StoreError) as caught:
        bench.history.draft_of(first)
    assert "gone" in str(caught.value.message)
    assert bench.history.page() == []
    bench.close()


def test_a_missing_or_older_list_is_made_anew(tmp_path: Path, bench: Bench) -> None:
    rows = [sent(bench, f"/{number}", timedelta(minutes=number)) for number in range(3)]
    bench.close()
    index = bench.profile / "history.sqlite"
    with sqlite3.connect(index) as base:
        base.execute("DROP TABLE past")
        base.execute("CREATE TABLE past (old)")
        base.execute("PRAGMA user_version = 99")
    base.close()
    again = open_bench(bench.profile)
    assert again.history.reconcile() == (3, 0)
    assert again.history.page() == rows
    again.close()
    for path in bench.profile.glob("history.sqlite*"):
        path.unlink()
    fresh = open_bench(bench.profile)
    assert fresh.history.reconcile() == (3, 0)
    assert fresh.history.reconcile() == (0, 0)
    fresh.close()


def test_a_broken_list_is_set_aside_and_made_anew(bench: Bench) -> None:
    row = sent(bench)
    bench.close()
    index = bench.profile / "history.sqlite"
    index.write_bytes(b"no database at all" * 100)
    again = open_bench(bench.profile)
    assert again.history.page() == [row]
    assert (bench.profile / "history.sqlite.unreadable-1").exists()
    assert "set aside" in str(again.notices[-1])
    again.close()


def test_what_a_killed_program_left_is_listed_from_its_events(bench: Bench) -> None:
    draft = Draft(headers=(("X", "1"),))
    exchange = bench.recordings.new(draft)
    exchange.append(
        RequestSent(
            0, "2026-01-01T00:00:00Z", "PUT", "https://host/x", [("Host", "h"), ("X", "1"), ("Cookie", "••••••")],
            "bearer", "public", "sse", body="hello", dialect="raw",
        )
    )  # fmt: skip
    exchange.append(Head(1, 500, "HTTP/1.1", []))
    exchange.flush()
    assert bench.history.reconcile() == (0, 0)  # it is still open
    exchange.append(Failed(5_000_000, "Cut", "It was cut.", ""))
    exchange.close()
    name = exchange.path
    del exchange
    assert bench.history.reconcile() == (1, 0)
    (row,) = bench.history.page()
    assert (row.recording, row.status, row.outcome, row.error) == (name.name, 500, "error", "It was cut.")  # type: ignore[union-attr]
    assert bench.history.draft_of(row) == Draft(
        Choice("bearer"), Choice("address", {"url": "https://host/x"}), Choice("sse"), method="PUT",
        headers=(("X", "1"),), body=Body("text", text="hello"), dialect="raw",
    )  # fmt: skip
    bench.close()


def test_without_a_profile_nothing_is_listed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bench = open_bench(tmp_path / "file" / "profile")
    exchange = bench.recordings.new(Draft())
    exchange.append(Closed(1, "server"))
    assert bench.history.add(exchange, DONE) is None
    assert (bench.history.page(), bench.history.days(), bench.history.reconcile()) == ([], [], (0, 0))
    exchange.close()
    bench.close()
