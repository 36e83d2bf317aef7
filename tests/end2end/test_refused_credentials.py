"""Credentials that are refused: which layer refused them, why, and what to try."""

import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.program import Result, Sandbox, refused

from streamscope.sandbox.tokens import Mint

Cli = Callable[..., Result]
BODY = ("-d", '{"data":{"req_data":[{"text":"fine"}]}}')


def test_a_wrong_password(cli: Cli) -> None:
    result = cli("send", "--service", "classify", "--auth", "token", *BODY, env={"STREAMSCOPE_TOKEN_PASSWORD": "wrong"})
    assert result.code == 3
    assert "401" in result.err
    assert "password" in result.err
    assert "'developer'" in result.err


def test_wrong_keys(cli: Cli, sandbox: Sandbox) -> None:
    call = ("send", "--service", "classify", "--auth", "aksk", *BODY)
    refused(cli(*call, "--set", "access_key=NOSUCHKEY", "--set", "secret_key=wrongwrong"), 401, "access key", "gateway")
    wrong = cli(*call, "--set", f"access_key={sandbox.facts['ak']}", "--set", "secret_key=wrongwrong")
    refused(wrong, 401, "signature does not match", "secret key")
    assert cli(*call).code == 0


@pytest.mark.parametrize(
    ("auth", "fields", "words"),
    [
        ("app_code", ["app_code=wrongwrong"], ("no such App",)),
        ("app_signature", ["app_key=wrongwrong", "app_secret=wrongwrong"], ("no such App",)),
    ],
)
def test_wrong_app_credentials(cli: Cli, auth: str, fields: list[str], words: tuple[str, ...]) -> None:
    sets = [part for field in fields for part in ("--set", field)]
    refused(cli("send", "--service", "classify", "--auth", auth, *BODY, *sets), 401, *words)


def test_an_api_key_that_is_not_bound_and_one_that_is_none(cli: Cli, sandbox: Sandbox) -> None:
    call = ("send", "--service", "chat-v2-key", "--auth", "api_key", "--path", "/v1/models", "--set", "api_key=@-")
    unbound = cli(*call, given=sandbox.facts["unbound_api_key"].encode())
    assert unbound.code == 1
    assert "not bound" in unbound.err
    assert "hint:" in unbound.err
    wrong = cli(*call, given=b"wrongwrong")
    assert wrong.code == 1
    assert "hint:" in wrong.err


@pytest.mark.parametrize("token", ["MIIwrong", "truncated"])
def test_a_token_that_is_none(cli: Cli, sandbox: Sandbox, token: str) -> None:
    call = ("send", "--service", "classify", "--auth", "none", *BODY)
    refused(cli(*call, "-H", f"X-Auth-Token: {token}"), 401, "no token of this platform", "gateway")


def test_a_token_copied_with_a_line_break(cli: Cli) -> None:
    result = cli("send", "--service", "classify", "-H", "X-Auth-Token: MII\nabc", *BODY)
    assert result.code == 2
    assert "line break" in result.err


def test_a_token_that_was_cut_off_and_one_of_another_platform(
    cli: Cli, sandbox: Sandbox, hasty_sandbox: Sandbox
) -> None:
    call = ("send", "--service", "classify", "--auth", "none", *BODY)
    token = fetched(sandbox)
    assert cli(*call, "-H", f"X-Auth-Token: {token}").code == 0
    refused(cli(*call, "-H", f"X-Auth-Token: {token[:-40]}"), 401, "cut off")
    refused(cli(*call, "-H", f"X-Auth-Token: {fetched(hasty_sandbox)}"), 401, "of another region")


def test_a_token_whose_life_is_over(cli: Cli, sandbox: Sandbox) -> None:
    identity = json.loads((sandbox.profile / "sandbox" / "secrets.json").read_text())
    token, _ = Mint(identity["seal_key"]).token(identity["project_id"], -60)
    result = cli("send", "--service", "classify", "--auth", "none", *BODY, "-H", f"X-Auth-Token: {token}")
    refused(result, 401, "life is over", "new token")


def fetched(sandbox: Sandbox) -> str:
    """A token of a sandbox's identity service."""
    facts = sandbox.facts
    user = {"name": facts["user"], "password": facts["password"], "domain": {"name": facts["domain"]}}
    scope = {"project": {"name": facts["region"]}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
    url = f"{facts['iam']}/v3/auth/tokens"
    answer = httpx.post(url, json={"auth": auth}, verify=ssl.create_default_context(cafile=facts["ca_file"]))
    return answer.headers["X-Subject-Token"]


def test_no_authentication_where_one_is_wanted(cli: Cli) -> None:
    result = cli("send", "--service", "classify", "--auth", "none", *BODY)
    assert result.code == 1
    assert "hint:" in result.err


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_clock_that_is_off_is_found_by_the_servers_date(cli: Cli, minutes: int) -> None:
    date = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y%m%dT%H%M%SZ")
    call = ("send", "--service", "classify", "--auth", "aksk", *BODY, "-H", f"X-Sdk-Date: {date}")
    off = "20 minutes behind the" if minutes < 0 else "20 minutes ahead of the"
    refused(cli(*call), 401, "15 minutes", f"{off} server's clock")
    found = {event["rule"]: event for event in cli(*call, "--output", "events").of("finding")}
    assert off in found["clock_skew"]["text"]
    assert found["clock_skew"]["severity"] == "error"
