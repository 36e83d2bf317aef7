"""Events of every kind, made by hypothesis and by hand."""

from hypothesis import strategies as st

from streamscope.model.event import (
    Carried,
    Closed,
    Control,
    Event,
    Failed,
    Finding,
    Frame,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
)

T = st.integers(0, 1 << 60)
TEXT = st.text(max_size=12)
REQUEST = RequestSent(
    0, "2026-01-02T03:04:05.000006Z", "POST", "http://127.0.0.1/x", [("Host", "127.0.0.1")], "none", "address", "sse",
    body='{"stream": true}', secrets=["token.password"],
)  # fmt: skip
FRAME = st.builds(Frame, st.booleans(), st.integers(0, 7), st.integers(0, 15), st.booleans(), T, st.integers(-1, 9))
MESSAGE = st.builds(
    Message,
    T,
    st.sampled_from(["in", "out"]),
    st.tuples(st.integers(0, 1 << 31), st.integers(0, 1 << 31)),
    st.binary(max_size=40),
    st.sampled_from(["event", "message", "line", "element", "frame", "chunk", "body"]),
    st.one_of(st.sampled_from(["", "message", "ping"]), TEXT),
    TEXT,
    st.sampled_from([None, "text", "binary"]),
    st.one_of(st.none(), st.integers(0, 1 << 50)),
    st.booleans(),
    frames=st.lists(FRAME, max_size=3).map(tuple),
)
READ = st.builds(
    lambda t, number, data: Read(t, number, len(data), data), T, st.integers(1, 1 << 31), st.binary(max_size=40)
)
OTHER = st.sampled_from(
    [
        REQUEST,
        Trace(1, "dns", "begin", "host"),
        Trace(2, "dns", "end"),
        Trace(2, "tls", "end", "TLSv1.3 X", {"bits": 256, "resumed": False, "alpn": None}, [b"\x30\xff", b""]),
        Head(3, 200, "HTTP/1.1", [("Content-Type", "text/event-stream")]),
        Control(4, "in", "comment", "hello\n\u2028"),
        Control(5, "in", "ping", "\ufffd", b"\xff", {"rtt_ns": 5, "name": None, "fin": True}),
        Finding(6, "stall", "warning", [1, 2], "It stalled.", "Wait."),
        Closed(7, "server", 1000, "bye"),
        Closed(8, "server", body=Carried("chunked", "gzip", 10, 20, 3, True)),
        Failed(9, "Cut", "It was cut.", "Try again."),
    ]
)
EVENTS: st.SearchStrategy[list[Event]] = st.lists(st.one_of(MESSAGE, READ, OTHER), min_size=1, max_size=25)
