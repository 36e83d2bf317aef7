"""What goes wrong between here and a model: the right exit code, a clear sentence, a hint that helps, nothing hung."""

import asyncio
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import program
from tests.program import Result, Sandbox, refused
from tests.raw import Peer, Served, close

Cli = Callable[..., Result]
Serve = Callable[..., Served]
BODY = ("-d", '{"data":{"req_data":[{"text":"fine"}]}}')
LARGE = 12 * 1024 * 1024


def no_connection(result: Result, error: str, *words: str) -> None:
    """There was no connection: exit 3, and what to try."""
    assert result.code == 3, result.err
    (end,) = [event for event in result.events if event["kind"] == "failed"]
    assert end["error"] == error
    assert end["hint"]
    for word in words:
        assert word in end["message"] + end["hint"], end


# --- bodies


@pytest.mark.parametrize("auth", ["aksk", "app_signature"])
def test_a_body_over_12_mb_is_refused_before_it_is_signed(cli: Cli, tmp_path: Path, auth: str) -> None:
    (tmp_path / "large").write_bytes(b"x" * (LARGE + 1))
    large = ("send", "--service", "classify", "--auth", auth, "-d", f"@{tmp_path / 'large'}")
    result = cli(*large)
    assert result.code == 2
    assert "12,582,913 bytes" in result.err
    assert "token" in result.err
    assert "--allow-large-body" in result.err
    refused(cli(*large, "--allow-large-body"), 413, "12 MB")


# --- services and paths


@pytest.mark.parametrize(("service", "word"), [("archive", "stopped"), ("vision", "failed")])
def test_a_service_that_does_not_run(cli: Cli, sandbox: Sandbox, service: str, word: str) -> None:
    assert sandbox.service(service)["status"] == word
    result = cli("send", "--service", service, "--auth", "token", *BODY)
    assert result.code != 0
    assert "hint:" in result.err
    path = "/v1/chat/completions" if service == "archive" else ""
    by_url = cli("send", sandbox.url(service) + path, "--workspace", "sandbox", "--auth", "token", *BODY)
    refused(by_url, 400, "not running", "dispatcher", "Start the service")


def test_a_service_that_is_unknown_to_the_gateway(cli: Cli, sandbox: Sandbox) -> None:
    url = f"{sandbox.facts['gateway']}/v1/infers/00000000-0000-0000-0000-000000000000"
    refused(cli("send", url, "--workspace", "sandbox", "--auth", "token", *BODY), 404, "path", "slash", "row", "method")


@pytest.mark.parametrize("path", ["/v1/chat/completion", "/v1/chat/completions/"])
def test_a_wrong_path(cli: Cli, path: str) -> None:
    result = cli("send", "--service", "chat", "--auth", "token", "--path", path, "-d", "{}")
    assert result.code == 1
    assert "404" in result.err
    assert "path" in result.err


def test_a_wrong_method(cli: Cli) -> None:
    result = cli("send", "--service", "chat", "--auth", "token", "--path", "/v1/chat/completions", "-X", "GET")
    assert result.code == 1
    assert "method" in result.err.lower()


def test_a_websocket_to_a_service_that_speaks_http_and_the_reverse(cli: Cli) -> None:
    live = cli("send", "--service", "chat", "--auth", "token", "--protocol", "websocket", "--path", "/v1/chat")
    assert live.code == 1
    assert "hint:" in live.err
    plain = cli("send", "--service", "chat-live", "--auth", "token", "--protocol", "https", "--path", "/v1/chat")
    assert plain.code == 1
    assert "hint:" in plain.err


def test_a_websocket_that_is_refused_tells_why(cli: Cli) -> None:
    result = cli("send", "--service", "chat-live", "--auth", "none", "--path", "/echo", "-m", "x", "--output", "events")
    assert result.code == 1
    assert result.of("head")[0]["status"] == 401
    (message,) = result.of("message")
    assert (message["direction"], "error_code" in json.loads(message["data"])) == ("in", True)
    assert result.of("finding", rule="refused")[0]["remedy"]


# --- connections


def test_http_against_https(cli: Cli, sandbox: Sandbox) -> None:
    for scheme in ("http", "ws"):
        url = sandbox.facts["gateway"].replace("https", scheme)
        no_connection(cli("send", url, "--output", "events"), "NoAnswer", "https://")


def test_https_against_http(bare: Cli, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    server = serve(script)
    for scheme in ("https", "wss"):
        result = bare("send", f"{scheme}://127.0.0.1:{server.port}", "--output", "events")
        no_connection(result, "TlsError", "http://", "does not speak TLS")


def test_a_refused_connection(bare: Cli, closed_port: int) -> None:
    for scheme in ("http", "https", "ws", "wss"):
        result = bare("send", f"{scheme}://127.0.0.1:{closed_port}", "--output", "events")
        no_connection(result, "Refused", f"127.0.0.1:{closed_port}", "port")


@pytest.mark.parametrize("scheme", ["http", "ws"])
def test_a_connection_that_is_reset_or_closed_before_an_answer(bare: Cli, serve: Serve, scheme: str) -> None:
    async def reset(peer: Peer) -> None:
        await peer.request()
        peer.writer.transport.abort()

    async def closed(peer: Peer) -> None:
        await peer.request()

    for script in (reset, closed):
        result = bare("send", f"{scheme}://127.0.0.1:{serve(script).port}", "--output", "events")
        no_connection(result, "NoAnswer")


def test_a_silent_server_is_left_in_time_and_its_progress_shown(bare: Cli, serve: Serve) -> None:
    async def silent(peer: Peer) -> None:
        await peer.rest()

    server = serve(silent)
    result = bare("send", server.http, "--timeout", "0.5", "--output", "events")
    assert (result.code, result.end["error"]) == (1, "TimedOut")
    assert result.of("trace")[-1] | {"t": 0} == {"kind": "trace", "t": 0, "name": "wait", "phase": "begin"}
    tls = bare("send", f"https://127.0.0.1:{server.port}", "--timeout", "0.5", "--output", "events")
    assert (tls.code, tls.end["error"]) == (1, "TimedOut")
    assert tls.of("trace")[-1]["name"] == "tls"


def test_an_answer_that_is_no_http(bare: Cli, serve: Serve) -> None:
    for scheme in ("http", "ws"):
        server = serve(b"220 mail.example ESMTP\r\n\r\n")
        result = bare("send", f"{scheme}://127.0.0.1:{server.port}", "--output", "events")
        assert result.code == 1
        assert result.end["error"] == "ProtocolViolation"
        assert result.end["hint"]


def test_a_body_that_is_not_what_its_encoding_says(bare: Cli, serve: Serve) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")
    result = bare("send", server.http, "--output", "events")
    assert (result.code, result.end["error"]) == (1, "ProtocolViolation")
    assert "Accept-Encoding: identity" in result.end["hint"]


# --- streams that end badly


def test_a_stream_that_is_cut_at_the_gateways_limit(hasty_sandbox: Sandbox) -> None:
    body = '{"messages":[{"role":"user","content":"hi"}],"stream":true,"max_tokens":5000,"tokens_per_second":5}'
    call = ("send", "--service", "chat", "--auth", "token", "--protocol", "sse", "--path", "/v1/chat/completions")
    result = program.run("--profile", str(hasty_sandbox.profile), *call, "-d", body, "--output", "events")
    assert result.code == 1
    assert len(result.data) > 5
    assert (result.end["kind"], result.end["error"]) == ("failed", "Cut")
    assert result.end["hint"]


def test_an_answer_that_takes_too_long_for_the_gateway(hasty_sandbox: Sandbox) -> None:
    body = '{"messages":[{"role":"user","content":"hi"}],"first_token_delay":10}'
    result = program.run("--profile", str(hasty_sandbox.profile), "send", "--service", "chat", "--auth", "token",
                         "--path", "/v1/chat/completions", "-d", body)  # fmt: skip
    assert result.code == 1
    assert "504" in result.err
    assert "hint:" in result.err


@pytest.mark.parametrize(
    ("code", "reason"), [(1008, "quota is used up"), (1011, "model crashed"), (4001, "own reason")]
)
def test_a_websocket_that_is_closed_with_a_reason(bare: Cli, serve: Serve, code: int, reason: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(close(code, reason))
        await peer.goodbye()

    result = bare("send", serve(script).ws)
    assert result.code == 1
    assert str(code) in result.err
    assert reason in result.err


def test_a_websocket_that_vanishes_is_explained(bare: Cli, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await asyncio.sleep(0)

    result = bare("send", serve(script).ws)
    assert result.code == 1
    assert "1006" in result.err
    assert "hint:" in result.err


# --- what is kept


def test_no_keyring_is_no_obstacle(cli: Cli) -> None:
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    assert cli("send", "--service", "classify", "--auth", "token", *BODY, env=env).code == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody can write to")
def test_a_profile_that_cannot_be_written_is_said_and_all_goes_on(serve: Serve) -> None:
    profile = "/proc/streamscope"
    result = program.run("--profile", profile, "send", serve(ok).http)
    assert (result.code, result.text) == (0, "fine")
    assert f"{profile} cannot be written" in result.err
    listed = program.run("--profile", profile, "services")
    assert (listed.code, "chat-live" in listed.text) == (0, True), listed.err
    assert f"{profile} cannot be written" in listed.err


def test_a_profile_that_is_no_folder_is_told_and_nothing_is_kept(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")
    result = program.run("--profile", str(tmp_path / "file" / "profile"), "send", serve(ok).http)
    assert (result.code, result.text) == (0, "fine")
    assert str(tmp_path / "file") in result.err


async def ok(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"fine")


def test_files_of_the_profile_that_are_broken_are_set_aside(bare: Cli, tmp_path: Path) -> None:
    profile = tmp_path / "bare"
    profile.mkdir()
    (profile / "workspaces.toml").write_text("not [ toml")
    result = bare("send", "http://127.0.0.1:1", "--workspace", "own")
    assert result.code == 2
    assert "workspaces.toml" in result.err
    assert (profile / "workspaces.toml.unreadable-1").read_text() == "not [ toml"


def test_the_profile_is_for_its_owner_only(cli: Cli, sandbox: Sandbox) -> None:
    cli("services")
    for path in sandbox.profile.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_file_to_save_to_that_cannot_be_written(bare: Cli, serve: Serve, tmp_path: Path) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    result = bare("send", server.http, "--save", str(tmp_path / "no" / "such" / "folder"))
    assert result.code == 2
    assert "no/such/folder" in result.err
    assert server.requests == []
