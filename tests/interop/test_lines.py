"""JSON lines read back: all that is whole, whatever else is in the file."""

import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import ALL, stream

from streamscope.interop import lines
from streamscope.interop.capture import opened
from streamscope.interop.lines import Problem
from streamscope.model.errors import StoreError
from streamscope.model.event import Event, Finding, Message, RequestSent, encode

FINDING = Finding(5, "rule", "info", [0], "text", "remedy")


def written(events: list[Event]) -> bytes:
    return b"".join(encode(event) + b"\n" for event in events)


def read(data: bytes) -> tuple[list[Event], list[Problem]]:
    found = list(lines.read(io.BytesIO(data)))
    return (
        [item for item in found if not isinstance(item, Problem)],
        [item for item in found if isinstance(item, Problem)],
    )


@pytest.mark.parametrize("name", ALL)
def test_what_was_written_comes_back_without_its_findings(name: str) -> None:
    events = ALL[name]
    assert read(written([*events[:-1], FINDING, events[-1]])) == (events, [])
    assert read(b"\xef\xbb\xbf" + written(events).replace(b"\n", b"\r\n\r\n")) == (events, [])


def test_cut_at_every_byte_it_gives_all_whole_lines(tmp_path: Path) -> None:
    events = stream(("ä",))
    data = written(events)
    whole = [len(written(events[:count])) for count in range(len(events) + 1)]
    for cut in range(len(data)):
        kept, problems = read(data[:cut])
        full = sum(1 for end in whole[1:] if end - 1 <= cut)
        assert kept == events[:full], cut
        assert len(problems) == (cut > whole[full] and bool(data[whole[full] : cut].strip())), cut
    for cut in range(0, len(data), 97):
        path = tmp_path / "cut"
        path.write_bytes(data[:cut])
        if cut <= whole[1] - 2:
            with pytest.raises(StoreError):
                opened(path)
            continue
        found = opened(path)
        assert len(found.exchange) == sum(1 for end in whole[1:] if end - 1 <= cut)
        found.exchange.close()


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[]",
        b"5",
        b"null",
        b'{"kind":"unheard","t":1}',
        b'{"kind":5,"t":1}',
        b'{"t":1}',
        b'{"kind":"read","t":"1","read":1,"bytes":1}',
        b'{"kind":"read","t":1.5,"read":1,"bytes":1}',
        b'{"kind":"read","t":-1,"read":1,"bytes":1}',
        b'{"kind":"read","t":9223372036854775808,"read":1,"bytes":1}',
        b'{"kind":"read","t":1,"read":99999999999999999999,"bytes":1}',
        b'{"kind":"read","t":1,"read":1,"bytes":1,"data_base64":"*"}',
        b'{"kind":"message","t":1,"direction":"in","reads":[1]}',
        b'{"kind":"message","t":1,"direction":"up","reads":[1,1]}',
        b'{"kind":"message","t":1,"direction":"in","reads":[1,99999999999999999999]}',
        b'{"kind":"message","t":1,"direction":"in","reads":[0,0],"data":"\xff"}',
        b'{"kind":"message","t":1,"direction":"in","reads":[0,0],"data":"\\ud800"}',
        b'{"kind":"control","t":1,"direction":"in","name":"x","detail":{"a":99999999999999999999999}}',
        b'{"kind":"control","t":1,"direction":"in","name":"x","detail":{"a":1e999}}',
        b'{"kind":"closed","t":1,"by":"server","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"kind":"closed","t":1,"by":"server","body":7}',
        b"\0" * 100,
    ],
)
def test_a_line_that_is_no_event_is_told_with_its_number(line: bytes) -> None:
    events = stream(("a",))
    kept, (problem,) = read(written(events[:3]) + line + b"\n" + written(events[3:]))
    assert kept == events
    assert problem.at == 4
    assert str(problem.reason)


def test_a_newer_version_is_refused_by_name() -> None:
    for more in ({}, {"auth": 5, "new": []}):
        line = json.loads(encode(stream()[0])) | {"version": 99} | more
        with pytest.raises(StoreError, match=r"newer version.*99"):
            read(json.dumps(line).encode() + b"\n")


def test_kinds_and_times_that_nobody_knows_are_replaced() -> None:
    line = json.loads(encode(stream()[0])) | {"auth": "magic", "protocol": "smoke", "started": "yesterday"}
    (event,), (problem,) = read(json.dumps(line).encode())
    assert isinstance(event, RequestSent)
    assert (event.auth, event.protocol, event.channel) == ("none", "https", "address")
    assert event.started.startswith("1970-01-01")
    assert "auth" in str(problem.reason)


def test_a_line_beyond_all_bounds_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 2000)
    events = stream(("a",))
    kept, problems = read(written(events[:2]) + b"x" * 50_000 + b"\n" + written(events[2:]))
    assert kept == events
    assert [problem.at for problem in problems] == [3]


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([encode(event) for event in stream(("a",))]))))
def test_any_lines_give_events_or_problems(pieces: list[bytes]) -> None:
    data = b"\n".join(pieces)
    kept, problems = read(data)
    assert len(kept) + len(problems) <= data.count(b"\n") + 1
    for event in kept:
        encode(event)


@pytest.mark.parametrize("megabytes", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_a_large_file_is_streamed(tmp_path: Path, megabytes: int) -> None:
    path = tmp_path / "large"
    line = encode(Message(1, "in", (1, 1), b"x" * 10_000, "event", "message")) + b"\n"
    with path.open("wb") as file:
        file.write(encode(stream()[0]) + b"\n")
        for _ in range(megabytes * 100):
            file.write(line)
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            count = sum(1 for _ in lines.read(file))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == megabytes * 100 + 1
    assert peak < 2 << 20
