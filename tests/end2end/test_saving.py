"""`--save`: the same lines as `--output events`, HAR by its name, and a disk that is full."""

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.program import COMMAND, Result, environment
from tests.raw import Peer, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]

FULL = Path("/dev/full")


async def words(peer: Peer) -> None:
    await peer.request()
    chunk = b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
    await peer.stream(chunk % b"Hel", chunk % b"lo", b"data: [DONE]\n\n")


def test_lines_and_har_hold_the_same_messages(bare: Bare, serve: Serve, tmp_path: Path) -> None:
    for name in ("kept.jsonl", "kept.HAR"):
        path = tmp_path / name
        sent = bare("send", serve(words).http, "--save", path)
        assert (sent.code, sent.text) == (0, "Hello")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert bare("inspect", path, "--output", "text").text == "Hello"
    assert json.loads((tmp_path / "kept.HAR").read_bytes())["log"]["version"] == "1.2"


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("name", ["full.jsonl", "full.har"])
def test_a_full_disk_ends_the_file_and_not_the_call(bare: Bare, serve: Serve, tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to(FULL)
    sent = bare("send", serve(words).http, "--save", tmp_path / name)
    assert (sent.code, sent.text) == (0, "Hello")
    assert sent.err.count("cannot be written any further") == 1


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_standard_output_that_is_full_is_said(serve: Serve) -> None:
    with FULL.open("wb") as out:
        done = subprocess.run(
            [*COMMAND, "send", serve(words).http], stdout=out, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: What is printed cannot be written")
    assert b"Traceback" not in done.stderr
