"""What a workspace has: `services`, `kinds`, `matrix`, `sandbox`, and calls of services by name."""

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.program import Live, Result, Sandbox

Cli = Callable[..., Result]
CHAT = '{"messages":[{"role":"user","content":"hi"}],"max_tokens":8,"seed":1,"first_token_delay":0%s}'


def test_services_are_the_sandboxs_own_rows(cli: Cli, sandbox: Sandbox) -> None:
    rows = cli("services", "--output", "json").json
    keys = ["id", "name", "generation", "status", "auth", "protocols", "addresses", "app_addresses"]
    assert [list(row) for row in rows] == [keys] * len(rows)
    assert [row["name"] for row in rows] == [row["name"] for row in sandbox.facts["services"]]
    for row, announced in zip(rows, sandbox.facts["services"], strict=True):
        assert row["id"] == announced["id"]
        assert (row["generation"], row["status"]) == (announced["generation"], announced["status"])
        if announced["status"].lower() == "running":
            assert row["addresses"] == announced["addresses"]
            assert set(row["auth"]) == set(announced["auth"])
            assert set(row["protocols"]) == set(announced["protocols"])
            assert {**row["addresses"], **row["app_addresses"]} == {
                **announced["addresses"], **announced["app_addresses"],
            }  # fmt: skip


def test_the_table_of_services_names_all(cli: Cli, sandbox: Sandbox) -> None:
    told = cli("services")
    assert told.code == 0
    for row in sandbox.facts["services"]:
        assert row["name"] in told.text
        assert row["status"] in told.text


def test_kinds_are_shelves_of_rows(bare: Cli) -> None:
    shelves = bare("kinds", "--output", "json").json
    assert list(shelves) == ["auth", "channels", "protocols", "dialects", "platforms"]
    for rows in shelves.values():
        for row in rows:
            assert {"key", "label", "fields"} <= set(row)
            for field in row["fields"]:
                assert {"key", "label", "kind", "required"} <= set(field)
    by_key = {row["key"]: row for row in shelves["auth"]}
    assert list(by_key) == ["none", "token", "aksk", "app_code", "app_signature", "api_key", "bearer", "basic"]
    fields = {field["key"]: field for field in by_key["token"]["fields"]}
    assert list(fields) == ["domain", "user", "password", "project", "iam"]
    assert (fields["password"]["kind"], fields["password"]["required"], fields["iam"]["required"]) == (
        "secret",
        True,
        False,
    )
    assert [row["key"] for row in shelves["channels"]] == ["address", "public", "vpc", "direct"]
    assert [row["key"] for row in shelves["protocols"]] == ["https", "sse", "websocket"]
    assert {row["key"] for row in shelves["platforms"]} == {"sandbox", "modelarts", "address"}


def test_the_table_of_kinds_names_all(bare: Cli) -> None:
    shelves = bare("kinds", "--output", "json").json
    text = bare("kinds").text
    assert all(row["key"] in text for rows in shelves.values() for row in rows)


def test_the_matrix_as_json_is_all_green(cli: Cli) -> None:
    result = cli("matrix", "--output", "json")
    assert result.code == 0, result.err
    cells = result.json["cells"]
    names = [
        "service",
        "generation",
        "auth",
        "channel",
        "protocol",
        "offered",
        "ok",
        "status",
        "ttfb_ms",
        "reason",
        "id",
    ]
    assert {tuple(cell) for cell in cells} == {tuple(names)}
    offered = [cell for cell in cells if cell["offered"]]
    assert len(offered) >= 4 * 3 * 3 + 3 * 2 * 3
    assert all(cell["ok"] is True and cell["reason"] is None for cell in offered)
    refused = {cell["reason"] for cell in cells if not cell["offered"]}
    assert any("accepts no App authentication" in reason for reason in refused)
    assert any("stopped" in reason for reason in refused)


def test_the_matrix_as_a_grid(cli: Cli) -> None:
    result = cli("matrix")
    assert result.code == 0, result.err
    for word in (
        "chat-live (v1)",
        "chat-v2-key (v2)",
        "aksk × vpc",
        "websocket",
        "✓ 200",
        "✓ 101",
        "no App authentication",
    ):
        assert word in result.text
    assert "offered combinations work" in result.text


def test_the_sandbox_announces_itself_in_one_line(sandbox: Sandbox) -> None:
    places = {"iam", "management", "gateway", "vpc", "ca_file", "resolve", "services"}
    account = {"project_id", "region", "domain", "user", "password", "ak", "sk"}
    names = places | account | {"app_key", "app_secret", "app_code", "api_key"}
    assert set(sandbox.facts) >= names
    rows = sandbox.facts["services"]
    assert len({row["name"] for row in rows}) == len(rows)
    assert {row["name"] for row in rows if row["generation"] == "v1"} >= {"chat", "chat-live", "classify", "ticks"}
    assert {row["generation"] for row in rows} == {"v1", "v2"}
    for entry in sandbox.facts["resolve"]:
        assert len(entry.split(":")) == 3


def test_a_chat_streams_its_text_by_name_and_by_id(cli: Cli, sandbox: Sandbox) -> None:
    body = CHAT % ',"stream":true'
    common = (
        "--auth",
        "token",
        "--channel",
        "public",
        "--protocol",
        "sse",
        "--path",
        "/v1/chat/completions",
        "-d",
        body,
    )
    by_name = cli("send", "--service", "chat", *common)
    by_id = cli("send", "--service", sandbox.service("chat")["id"], *common)
    assert (by_name.code, by_id.code) == (0, 0), by_name.err
    assert by_name.text == by_id.text != ""
    whole = cli("send", "--service", "chat", "--auth", "aksk", "--protocol", "https", "--path", "/v1/chat/completions",
                "-d", CHAT % "")  # fmt: skip
    assert whole.text == by_name.text
    live = cli("send", "--service", "chat-live", "--auth", "app_signature", "--channel", "vpc", "--path", "/v1/chat",
               "-m", CHAT % "", "--close-after", "1.5")  # fmt: skip
    assert (live.code, live.text) == (0, by_name.text), live.err


def test_a_signed_handshake_is_accepted_and_its_messages_echoed(cli: Cli) -> None:
    result = cli("send", "--service", "chat-live", "--auth", "aksk", "--protocol", "websocket", "--path", "/echo",
                 "-m", "one", "-m", "zwei ä", "--max-messages", "2", "--output", "events")  # fmt: skip
    assert result.code == 0, result.err
    assert result.data == ["one", "zwei ä"]
    assert [event["phase"] for event in result.of("trace", name="tls")] == ["begin", "end"]
    assert result.events[0]["url"].startswith("wss://")
    assert {"Canonical request", "String to sign"} <= {label for label, _ in result.events[0]["notes"]}


def test_ticks_have_names_ids_and_retry(cli: Cli) -> None:
    result = cli("send", "--service", "ticks", "--auth", "app_code", "--protocol", "sse", "--output", "events",
                 "--path", "?count=3&interval=0.01")  # fmt: skip
    assert result.code == 0, result.err
    messages = result.of("message", direction="in")
    assert len(messages) >= 3
    assert all(event["event"] and event["id"] for event in messages[:3])
    retries = [event for event in messages if "retry" in event] + result.of("control", name="retry")
    assert retries


def test_a_picture_is_classified(cli: Cli, tmp_path: Path) -> None:
    red = tmp_path / "red.png"
    red.write_bytes(png((255, 0, 0)))
    result = cli("send", "--service", "classify", "--auth", "token", "-F", f"images=@{red};type=image/png")
    assert result.code == 0, result.err
    assert json.loads(result.text)


def png(colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + bytes(colour) * 4 for _ in range(4))
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("auth", ["token", "aksk", "app_code", "app_signature"])
def test_the_direct_channel_applies_the_choice_and_says_that_nothing_checks_it(cli: Cli, auth: str) -> None:
    result = cli("send", "--service", "ticks", "--channel", "direct", "--auth", auth, "--output", "events",
                 "--path", "?count=1&interval=0.01", "--protocol", "sse")  # fmt: skip
    assert result.code == 0, result.err
    names = {name.lower() for name, _ in result.events[0]["headers"]}
    assert names & {"x-auth-token", "authorization", "x-apig-appcode"}
    rules = {finding["rule"]: finding for finding in result.of("finding")}
    assert "unchecked_authentication" in rules
    assert ("readable_credential" in rules) == (auth in ("token", "app_code"))


def test_token_attempts_share_what_was_fetched(cli: Cli) -> None:
    result = cli(
        "send", "--service", "classify", "--auth", "token", "-d", '{"data":{"req_data":[]}}', "--output", "events"
    )
    (request,) = result.of("request")
    assert (request["attempt"], request["notes"][0][0]) == (1, "Token")


def test_the_embedded_sandbox_of_a_call_is_started_and_ended(bare: Cli, tmp_path: Path) -> None:
    result = bare("services", "--output", "json")
    assert result.code == 0, result.err
    assert len(result.json) >= 10
    assert not (tmp_path / "bare" / "sandbox" / "state.json").exists()


def test_a_live_call_prints_each_event_at_once(live: Callable[..., Live], sandbox: Sandbox) -> None:
    call = live("send", "--service", "ticks", "--auth", "token", "--protocol", "sse", "--output", "events",
                "--path", "?count=1000&interval=0.02", profile=sandbox.profile)  # fmt: skip
    call.until(lambda event: event["kind"] == "message")
    assert call.process.poll() is None
    call.process.terminate()
    assert call.end().code == 130
