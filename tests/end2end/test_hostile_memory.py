"""Much data and little memory: bodies, bombs and events of hundreds of megabytes, watched from outside."""

import gzip
import json
import subprocess
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.program import COMMAND, PATIENCE, environment
from tests.raw import Peer, Script, Served

Serve = Callable[..., Served]
MEGABYTE = 1 << 20
ROOM = 200 * MEGABYTE
"""How much more than at its start the program may take."""


def watched(folder: Path, *arguments: str) -> tuple[bytes, int]:
    """Run the program to its end; its output, and the memory that it took at most."""
    process = subprocess.Popen(
        [*COMMAND, "--profile", str(folder), *arguments], stdout=subprocess.PIPE, env=environment()
    )
    most, over = 0, threading.Event()

    def look() -> None:
        nonlocal most
        while not over.wait(0.01):
            try:
                most = max(most, psutil.Process(process.pid).memory_info().rss)
            except psutil.Error:
                return

    watch = threading.Thread(target=look)
    watch.start()
    try:
        out, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        over.set()
        watch.join()
    return out, most


def sending(head: bytes, piece: bytes, times: int, tail: bytes = b"") -> Script:
    async def script(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(head)
        for _ in range(times):
            peer.writer.write(piece)
            await peer.writer.drain()
        await peer.send(tail)

    return script


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> int:
    """What the program takes for next to nothing."""
    started = time.monotonic()
    folder = tmp_path_factory.mktemp("floor")
    (folder / "empty").write_bytes(b"")
    most = watched(folder, "inspect", "--raw", str(folder / "empty"))[1]
    assert time.monotonic() > started
    return max(most, 30 * MEGABYTE)


SIZE = 300 * MEGABYTE
PIECE = bytes(range(256)) * 4096
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\n\r\n"
LENGTH = b"Content-Length: %d"
STEADY = b"x" * MEGABYTE


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = b"Transfer-Encoding: chunked"
BODIES: dict[str, tuple[Script, str, int]] = {
    "a body": (sending(HEAD % (b"application/octet-stream", LENGTH % SIZE), PIECE, 300), "body", SIZE),
    "a body in chunks": (
        sending(HEAD % (b"application/octet-stream", CHUNKED), chunk(PIECE), 300, b"0\r\n\r\n"), "body", SIZE,
    ),
    "one line of an event": (
        sending(HEAD % (b"text/event-stream", CHUNKED) + chunk(b"data: "), chunk(STEADY), 120,
                chunk(b"\n\n") + b"0\r\n\r\n"), "event", 120 * MEGABYTE,
    ),
    "one JSON line": (
        sending(HEAD % (b"application/x-ndjson", CHUNKED) + chunk(b'"'), chunk(STEADY), 120,
                chunk(b'"\n') + b"0\r\n\r\n"), "line", 120 * MEGABYTE + 2,
    ),
    "one element": (
        sending(HEAD % (b"application/json", CHUNKED) + chunk(b'["'), chunk(STEADY), 120,
                chunk(b'"]') + b"0\r\n\r\n"), "element", 120 * MEGABYTE + 2,
    ),
    "many lines of an event": (
        sending(HEAD % (b"text/event-stream", CHUNKED), chunk(b"data:abc\n" * 100_000), 50,
                chunk(b"\n") + b"0\r\n\r\n"), "event", 100_000 * 4 * 50 - 1,
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_300_mb_are_recorded_in_bounded_memory(serve: Serve, tmp_path: Path, floor: int, name: str) -> None:
    script, form, size = BODIES[name]
    out, most = watched(
        tmp_path / "p", "send", serve(script).http, "--output", "summary", "--save", str(tmp_path / "s")
    )
    assert json.loads(out)["outcome"] == "complete"
    assert json.loads(out)["messages_in"] == 1
    assert most - floor < ROOM, f"{most >> 20} MB"
    with (tmp_path / "s").open("rb") as saved:
        (message,) = (json.loads(line) for line in saved if line.startswith(b'{"kind":"message"'))
    assert (message["form"], message["size"]) == (form, size)


@pytest.mark.slow
def test_a_bomb_is_recorded_in_bounded_memory(serve: Serve, tmp_path: Path, floor: int) -> None:
    """A gigabyte of zeros in a megabyte."""
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(b"0" * MEGABYTE) for _ in range(1024)) + packer.flush()
    head = HEAD % (b"application/octet-stream", b"Content-Encoding: gzip\r\n" + LENGTH % len(packed))
    out, most = watched(tmp_path / "p", "send", serve(sending(head, packed, 1)).http, "--output", "summary")
    told = json.loads(out)
    assert (told["outcome"], told["messages_in"]) == ("complete", 1)
    assert told["bytes_in"] < 2 * MEGABYTE
    assert most - floor < ROOM, f"{most >> 20} MB"


@pytest.mark.parametrize("where", ["event", "line", "body"])
def test_deep_and_huge_json_from_a_server(serve: Serve, tmp_path: Path, where: str) -> None:
    """A hundred thousand levels, then 50 MB (10 MB of lines and bodies): it comes to its end, and all is told."""
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    huge = b'{"choices":[' + b"[{}]," * ((10 if where == "event" else 2) * MEGABYTE) + b"0]}"
    bodies = {
        "event": (b"text/event-stream", b"data: %s\n\ndata: %s\n\n" % (deep, huge), 2),
        "line": (b"application/x-ndjson", deep + b"\n" + huge + b"\n", 2),
        "body": (b"application/json", huge, 1),
    }
    kind, body, count = bodies[where]
    packed = gzip.compress(body, 1)
    head = HEAD % (kind, b"Content-Encoding: gzip\r\n" + LENGTH % len(packed))
    out, _ = watched(tmp_path / "p", "send", serve(sending(head + packed, b"", 0)).http, "--output", "summary")
    told = json.loads(out)
    assert (told["messages_in"], told["outcome"]) == (count, "complete")
