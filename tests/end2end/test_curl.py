"""`streamscope curl` and `streamscope preview`, as they are called in a terminal."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.program import Result
from tests.raw import Peer, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]


async def answer(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"hello")


def test_a_command_is_printed_as_a_draft(bare: Bare, tmp_path: Path) -> None:
    file = tmp_path / "c.sh"
    file.write_text("curl https://h/x -H 'Authorization: Bearer s3cr3t' -H 'Cookie: a=s3cr3t' -d '{}' --frob")
    printed = bare("curl", file)
    assert printed.code == 0
    assert "auth: bearer" in printed.text
    assert "s3cr3t" not in printed.text + printed.err
    assert "--frob" in printed.err


def test_a_command_is_kept_and_sent_as_a_draft(bare: Bare, serve: Serve, tmp_path: Path) -> None:
    server = serve(answer)
    kept = tmp_path / "draft.yaml"
    line = f"curl {server.http}/x -H 'Authorization: Bearer s3cr3t' --json '{{\"a\":\n1}}'"
    assert bare("curl", "-", "--save", kept, given=line.encode()).code == 0
    assert "s3cr3t" not in kept.read_text()
    other = bare("curl", "-", "--save", kept, given=b"curl https://other.example/")
    assert other.code == 2, "a file that is there is not overwritten"
    assert "already" in other.err
    sent = bare("send", "--draft", kept, "--set", "token=again")
    assert (sent.code, sent.text) == (0, "hello")
    assert server.request.get("authorization") == "Bearer again"
    assert server.request.body == b'{"a":\n1}'


def test_a_command_is_sent(bare: Bare, serve: Serve) -> None:
    server = serve(answer)
    sent = bare("curl", "-", "--send", given=f"curl {server.http}/x -u me:pw -d a=1".encode())
    assert (sent.code, sent.text) == (0, "hello")
    assert server.request.body == b"a=1"


@pytest.mark.parametrize("content", [b"curl 'https://h", b"wget h", b"", b"curl \xff", b"curl h\x00"])
def test_what_is_no_command(bare: Bare, content: bytes) -> None:
    refused = bare("curl", "-", given=content)
    assert refused.code == 2
    assert "hint:" in refused.err
    assert "Traceback" not in refused.err


def test_a_preview(bare: Bare) -> None:
    options = ("https://h.example/p?b=1&a", "--auth", "aksk", "--set", "access_key=AK", "--set", "secret_key=s3cr3t")
    shown = bare("preview", *options, "-d", "{}", "--explain")
    assert shown.code == 0
    assert shown.text.startswith("POST /p?b=1&a HTTP/1.1\nHost: h.example\n")
    assert "Canonical request" in shown.err
    assert "s3cr3t" not in shown.text + shown.err


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_preview_as_curl_runs(bare: Bare, serve: Serve) -> None:
    server = serve(answer)
    options = (
        "preview",
        f"{server.http}/p",
        "--auth",
        "bearer",
        "--set",
        "token=s3cr3t",
        "-d",
        '{"a": "it\'s"}',
        "--curl",
    )
    written = bare(*options)
    assert "s3cr3t" not in written.text
    ran = subprocess.run(
        ["bash"],
        input=written.out,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "STREAMSCOPE_BEARER_TOKEN": "s3cr3t"},
        timeout=30,
        check=True,
    )
    assert ran.stdout == b"hello"
    assert server.request.get("authorization") == "Bearer s3cr3t"
    assert server.request.body == b'{"a": "it\'s"}'
    assert "curl.exe --%" in bare(*options, "--shell", "powershell").text
