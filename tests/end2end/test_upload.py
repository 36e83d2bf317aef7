"""Files that are sent from disk: any size, no memory, and an error where they change meanwhile."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.conftest import Calling
from tests.program import Result, environment
from tests.raw import Peer, Served

from streamscope.kinds.auth import signature
from streamscope.kinds.net import upload
from streamscope.model.draft import Body, Choice, Part
from streamscope.model.event import Failed, RequestSent

Serve = Callable[..., Served]
MB = 1 << 20


LARGE = os.urandom(6 * MB)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that is larger than what is held."""
    path = tmp_path / "large file ä.bin"
    path.write_bytes(LARGE)
    return path


def sparse(path: Path, size: int) -> Path:
    """A file of nothing but zeros."""
    with path.open("wb") as file:
        file.truncate(size)
    return path


def swallowing(digests: list[tuple[int, str]]) -> Callable[[Peer], Awaitable[None]]:
    """A server that reads bodies without keeping them."""

    async def script(peer: Peer) -> None:
        head = (await peer.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        left = size = int(head.partition("content-length: ")[2].partition("\r")[0])
        digest = hashlib.sha256()
        while left:
            data = await peer.reader.read(min(left, MB))
            if not data:
                return
            digest.update(data)
            left -= len(data)
        digests.append((size, digest.hexdigest()))
        await peer.answer(b"ok")

    return script


async def test_a_file_arrives_whole(call: Calling, serve: Serve, large: Path) -> None:
    served = serve(swallowing(seen := []))
    events, outcome = await call(served.http, body=Body("file", file=str(large)))
    assert outcome.status == 200
    assert seen == [(6 * MB, hashlib.sha256(LARGE).hexdigest())]
    sent = events[0]
    assert isinstance(sent, RequestSent)
    assert ("Content-Length", str(6 * MB)) in sent.headers
    assert ("Sent from disk", f"{large.name} ({6 * MB:,} bytes)") in sent.notes
    assert sent.content == b""


async def test_a_form_with_a_large_file(call: Calling, serve: Serve, large: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.txt"
    small.write_text("small")

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"ok")

    served = serve(script)
    parts = (
        Part("a", "1"),
        Part("f", file=str(large)),
        Part("g", file=str(small)),
        Part("h", file="/nowhere", on=False),
    )
    await call(served.http, body=Body("multipart", parts=parts))
    body = served.request.body
    assert LARGE in body
    assert b'name="g"; filename="small.txt"' in body
    assert b"small\r\n--" in body
    assert b"nowhere" not in body


async def test_small_files_are_recorded_as_before(call: Calling, serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text('{"a": 1}')
    served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    events, _ = await call(served.http, body=Body("file", file=str(path)))
    assert isinstance(events[0], RequestSent)
    assert events[0].content == b'{"a": 1}'
    assert served.request.get("content-type") == "application/json"


def alter(path: Path, change: str) -> None:
    """What another program does to the file."""
    if change == "written":
        os.utime(path, ns=(1, 1))
        return
    with path.open("r+b") as file:
        file.truncate(MB if change == "shorter" else 65 * MB)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("change", ["shorter", "longer", "written"])
async def test_a_file_that_changes_meanwhile(call: Calling, serve: Serve, tmp_path: Path, change: str) -> None:
    path = sparse(tmp_path / "large.bin", 64 * MB)

    async def script(peer: Peer) -> None:
        await peer.reader.readexactly(MB)
        alter(path, change)
        await peer.rest()

    served = serve(script)
    events, _ = await call(served.http, body=Body("file", file=str(path)))
    end = events[-1]
    assert isinstance(end, Failed)
    assert end.error == "StoreError"
    assert "large.bin was changed" in end.message
    assert end.hint


async def test_a_file_that_is_not_there(call: Calling, serve: Serve, tmp_path: Path) -> None:
    served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    for body in (Body("file", file=str(tmp_path / "none")), Body("multipart", parts=(Part("a", file=str(tmp_path)),))):
        events, _ = await call(served.http, body=body)
        assert isinstance(events[-1], Failed)
        assert events[-1].error == "StoreError"
    assert not served.requests


async def test_a_pipe_without_end_is_given_up(call: Calling) -> None:
    events, _ = await call("http://127.0.0.1:1/", body=Body("file", file="/dev/zero"))
    assert isinstance(events[-1], Failed)
    assert "may never end" in events[-1].message


async def test_the_limit_of_signed_calls_is_said_before_sending(call: Calling, serve: Serve, tmp_path: Path) -> None:
    path = sparse(tmp_path / "large.json", 13 * MB)
    served = serve(swallowing(seen := []))
    auth = Choice("aksk", {"access_key": "AK", "secret_key": "SK"})
    body = Body("file", file=str(path))
    events, _ = await call(served.http, auth=auth, body=body)
    assert isinstance(events[-1], Failed)
    assert events[-1].error == "BodyTooLarge"
    assert not served.peers
    events, _ = await call(served.http, auth=auth, body=body, allow_large_body=True)
    digest = hashlib.sha256(bytes(13 * MB)).hexdigest()
    assert seen == [(13 * MB, digest)]
    assert isinstance(events[0], RequestSent)
    assert digest in dict(events[0].notes)["Canonical request"]


async def test_a_signed_form_says_that_its_payload_is_unsigned(call: Calling, serve: Serve, large: Path) -> None:
    served = serve(swallowing([]))
    auth = Choice("aksk", {"access_key": "AK", "secret_key": "SK"})
    events, _ = await call(served.http, auth=auth, body=Body("multipart", parts=(Part("f", file=str(large)),)))
    assert isinstance(events[0], RequestSent)
    assert events[0].header(signature.HASH_HEADER) == signature.UNSIGNED
    assert dict(events[0].notes)["Canonical request"].endswith(signature.UNSIGNED)


async def test_a_server_that_answers_early_is_heard(
    call: Calling, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sparse(tmp_path / "large.bin", 512 * MB)

    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.answer(b"too much", "413 Content Too Large")
        await asyncio.Event().wait()  # it reads no more, and does not go away

    taken: list[int] = []
    read = upload._read
    monkeypatch.setattr(upload, "_read", lambda *of: taken.append(of[2]) or read(*of))
    served = serve(script)
    _, outcome = await call(served.http, body=Body("file", file=str(path)))
    assert sum(taken) < 64 * MB, "the rest is not read only to be piled up"
    assert outcome.status == 413
    assert outcome.messages_in == 1


PROGRAM = """
import asyncio, json, re, sys
from pathlib import Path
from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.model.draft import Body, Choice, Draft, Part
from streamscope.store.bench import open_bench

async def main(url, path, profile):
    core = Core(open_bench(Path(profile)))
    bodies = (Body("text", text="warm"), Body("file", file=path), Body("multipart", parts=(Part("f", file=path),)))
    peaks = []
    for body in bodies:
        exchange = core.bench.recordings.new(Draft(channel=Choice("address", {"url": url}), body=body))
        outcome = await send(exchange, core)
        exchange.close()
        peaks.append(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]))
        assert outcome.status == 200, outcome
    await core.aclose()
    print(json.dumps(peaks))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak of memory as Linux tells it")
def test_a_gigabyte_takes_no_memory(serve: Serve, tmp_path: Path) -> None:
    path = sparse(tmp_path / "giga.bin", 1 << 30)
    seen: list[tuple[int, str]] = []
    served = serve(counting(seen))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, served.http, str(path), str(tmp_path / "profile")],
        capture_output=True, env=environment(), timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    warm, plain, form = json.loads(done.stdout)
    print(f"growth: file {(plain - warm) / 1024:.1f} MB, form {(form - warm) / 1024:.1f} MB")
    assert form - warm < 64 * 1024  # kilobytes
    assert [size for size, _ in seen][1] == 1 << 30


def counting(seen: list[tuple[int, str]]) -> Callable[[Peer], Awaitable[None]]:
    """A server that only counts."""

    async def script(peer: Peer) -> None:
        while True:
            head = (await peer.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            left = size = int(head.partition("content-length: ")[2].partition("\r")[0])
            while left:
                data = await peer.reader.read(min(left, 8 * MB))
                if not data:
                    return
                left -= len(data)
            seen.append((size, ""))
            await peer.answer(b"ok")

    return script


def test_from_the_command_line(bare: Callable[..., Result], serve: Serve, large: Path) -> None:
    served = serve(swallowing(seen := []))
    digest = hashlib.sha256(LARGE).hexdigest()
    assert bare("send", served.http, "-d", f"@{large}").code == 0
    assert bare("send", served.http, "-F", f"f=@{large}").code == 0
    assert seen[0] == (6 * MB, digest)
    assert seen[1][0] > 6 * MB
