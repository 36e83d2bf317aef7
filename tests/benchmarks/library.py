"""Benchmarks of what is kept: saving a request, reading a large collection, opening a long history."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from tests.benchmarks.counterpart import Row, compared, within

from streamscope.model.draft import Body, Choice, Draft
from streamscope.store import library
from streamscope.store.bench import open_bench
from streamscope.store.collections import Collections
from streamscope.store.library import Saved
from streamscope.store.past import Past

ROUNDS = 60
REQUESTS = 3000
EXCHANGES = 10_000
BODY = '{\n  "model": "chat",\n  "messages": [\n    {"role": "user", "content": "Tell me about the harbour."}\n  ]\n}'
DRAFT = Draft(
    Choice("token", credential="mine"), Choice("public"), Choice("sse"), "sandbox", "chat", "POST",
    "/v1/chat/completions", (("Accept", "text/event-stream"), ("X-Trace", "1")), Body("json", text=BODY), name="x",
)  # fmt: skip


def save_request() -> list[Row]:
    """One header changed and saved (ms), beside writing the same bytes and fsync: a file of ours, and one that a
    person has commented."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            _saved("save_request_ms", Path(folder) / "x.yaml", ""),
            _saved("save_by_hand_ms", Path(folder) / "y.yaml", "# by hand\n"),
        ]


def _saved(name: str, path: Path, comment: str) -> Row:
    ours, bare = [], []
    draft = msgspec.structs.replace(DRAFT, name=path.stem)
    assert isinstance(library.save(path, draft), Saved)
    path.write_text(comment + path.read_text())
    stamp = library.opened(path).stamp
    for number in range(ROUNDS):
        draft = msgspec.structs.replace(draft, headers=(draft.headers[0], ("X-Trace", f"{number}")))
        began = time.perf_counter()
        saved = library.save(path, draft, base=stamp)
        ours.append((time.perf_counter() - began) * 1e3)
        assert isinstance(saved, Saved)
        stamp = saved.stamp
        content = path.read_bytes()
        bare.append(_ms(lambda content=content: _written(path.with_suffix(".bare"), content)))
    return compared(name, ours, bare, 3 if not comment else 12)


def _written(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(descriptor, content)
    os.fsync(descriptor)
    os.close(descriptor)


def open_collection() -> list[Row]:
    """The tree of 3,000 saved requests, first and again (ms), beside a stat of each file; a look at what changed."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "requests"
        text = None
        for number in range(REQUESTS):
            path = folder / f"folder {number % 30}" / f"request {number}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                library.save(path, msgspec.structs.replace(DRAFT, name=path.stem))
                text = path.read_text()
            path.write_text(text)
        bare = [_ms(lambda: [path.stat() for path in folder.rglob("*")]) for _ in range(5)]
        first, again, looks = [], [], []
        for number in range(5):
            collections = open_bench(Path(place) / f"profile{number}").collections
            collections.open(folder)
            first.append(_ms(lambda collections=collections: _count(collections, folder)))
            again.append(_ms(lambda collections=collections: _count(collections, folder)))
            collections.look()
            looks.append(_ms(collections.look))
        return [
            within("collection_first_ms", first, bare, 500, "ms"),
            within("collection_again_ms", again, bare, 100, "ms"),
            within("collection_look_ms", looks, bare, 10, "ms"),
        ]


def _count(collections: Collections, folder: Path) -> None:
    assert collections.tree(folder).count() == REQUESTS


def open_history() -> list[Row]:
    """The first page of 10,000 exchanges, from opening the file (ms); a search through all of them; adding one row."""
    with tempfile.TemporaryDirectory() as place:
        bench = open_bench(Path(place))
        rows = [
            Past(f"r{number}", 1e9 + number * 600, "POST", f"https://host/v1/{number}", service="chat", status=200)
            for number in range(EXCHANGES)
        ]
        bench.history._list(rows)
        bench.close()
        first, search, added, floor = [], [], [], []
        for number in range(9):
            fresh = open_bench(Path(place)).history
            first.append(_ms(lambda fresh=fresh: _is(len(fresh.page()), 100)))
            search.append(_ms(lambda fresh=fresh: _is(len(fresh.search("1234")), 1)))
            row = Past(f"new{number}", 2e9 + number)
            added.append(_ms(lambda fresh=fresh, row=row: fresh._list([row])))
            fresh.close()
            floor.append(_ms(lambda: _written(Path(place) / "bare", b"x" * 200)))
        return [
            within("history_page_ms", first, floor, 50, "ms"),
            within("history_search_ms", search, floor, 50, "ms"),
            within("history_add_ms", added, floor, 10, "ms"),
        ]


def _is(value: int, wanted: int) -> None:
    assert value == wanted, (value, wanted)


def _ms(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return (time.perf_counter() - began) * 1e3
