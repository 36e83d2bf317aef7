"""Where credentials come from, and that they are never shown or kept."""

import base64
import re
from collections.abc import Callable, Iterator

import pytest
from tests import program
from tests.program import Result, Sandbox
from tests.raw import Peer, Served

Cli = Callable[..., Result]
Serve = Callable[..., Served]


async def ok(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"fine")


@pytest.mark.parametrize(
    ("auth", "env", "header", "value"),
    [
        ("bearer", {"STREAMSCOPE_BEARER_TOKEN": "from env"}, "authorization", "Bearer from env"),
        ("api_key", {"STREAMSCOPE_API_KEY_API_KEY": "k3y-value"}, "authorization", "Bearer k3y-value"),
        ("app_code", {"STREAMSCOPE_APP_CODE_APP_CODE": "c0de"}, "x-apig-appcode", "c0de"),
        ("basic", {"STREAMSCOPE_BASIC_USER": "u", "STREAMSCOPE_BASIC_PASSWORD": "p"}, "authorization", "Basic dTpw"),
    ],
)
def test_variables_are_credentials(
    bare: Cli, serve: Serve, auth: str, env: dict[str, str], header: str, value: str
) -> None:
    server = serve(ok)
    assert bare("send", server.http, "--auth", auth, env=env).code == 0
    assert server.request.all(header) == [value]


def test_standard_input_is_a_credential_and_wins_over_a_variable(bare: Cli, serve: Serve) -> None:
    server = serve(ok)
    env = {"STREAMSCOPE_BEARER_TOKEN": "from env"}
    assert bare("send", server.http, "--auth", "bearer", "--set", "token=@-", given=b"typed\n", env=env).code == 0
    assert server.request.get("authorization") == "Bearer typed"


@pytest.mark.parametrize("auth", ["token", "aksk", "app_code", "app_signature", "api_key", "bearer", "basic"])
def test_a_missing_credential_is_asked_for(bare: Cli, auth: str) -> None:
    result = bare("send", "https://127.0.0.1:1", "--auth", auth, "--output", "events")
    assert result.code == 3
    assert (result.end["kind"], result.end["error"]) == ("failed", "CredentialError")
    assert f"STREAMSCOPE_{auth.upper()}_" in result.end["hint"]
    assert "=@-" in result.end["hint"]


CALLS = {
    "token": ("classify", "https"),
    "aksk": ("ticks", "sse"),
    "app_code": ("classify", "https"),
    "app_signature": ("chat-live", "websocket"),
    "api_key": ("live-v2-key", "websocket"),
}
BODY = {
    "classify": ("-d", '{"data":{"req_data":[{"text":"fine"}]}}'),
    "ticks": ("-d", '{"count":2,"interval":0.01}'),
    "chat-live": ("--path", "/echo", "-m", "x", "--max-messages", "1"),
    "live-v2-key": ("--path", "/echo", "-m", "x", "--max-messages", "1"),
}


@pytest.fixture(scope="module")
def told(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[bytes]]:
    """Everything that calls with every kind of credential print and keep."""
    folder = tmp_path_factory.mktemp("told")
    said: list[bytes] = []
    for auth, (service, protocol) in CALLS.items():
        for output in ("events", "summary"):
            saved = folder / f"{auth}-{output}.jsonl"
            result = program.run(
                "--profile", str(sandbox.profile), "send", "--service", service, "--auth", auth, "--protocol", protocol,
                "--output", output, "--save", str(saved), "--explain", *BODY[service],
            )  # fmt: skip
            assert result.code == 0, (auth, result.err, result.out)
            said += [result.out, result.err.encode(), saved.read_bytes()]
    kept = [path for path in sandbox.profile.rglob("*") if path.is_file() and "sandbox" not in path.parts]
    said += [path.read_bytes() for path in kept]
    yield said


def test_secrets_are_never_printed_saved_or_kept(told: list[bytes], sandbox: Sandbox) -> None:
    everything = b"\n".join(told)
    assert len(told) >= 30
    for name, secret in sandbox.secrets.items():
        assert secret.encode() not in everything, name
        assert base64.b64encode(secret.encode()) not in everything, name


def test_tokens_and_signatures_are_masked(told: list[bytes]) -> None:
    everything = b"\n".join(told)
    assert b"X-Auth-Token" in everything
    without_certificates = re.sub(rb'"certificates_base64":\[[^\]]*\]', b"", everything)
    assert without_certificates != everything
    assert b"MII" not in without_certificates  # how a token begins, and a certificate, which is public
    assert b"Signature=" in everything
    for piece in everything.split(b"Signature=")[1:]:
        assert piece.startswith("••••••".encode())


def test_typed_credential_headers_are_masked(bare: Cli, serve: Serve) -> None:
    names = ["Authorization", "X-Auth-Token", "X-Apig-AppCode", "Cookie", "Proxy-Authorization", "apikey", "X-Api-Key"]
    server = serve(ok)
    options = [part for name in names for part in ("-H", f"{name}: sup3rs3cret")]
    result = bare("send", server.http, *options, "--output", "events")
    assert "sup3rs3cret" not in result.text + result.err
    assert {value for _, value in server.request.headers} >= {"sup3rs3cret"}


def test_a_body_in_the_url_keeps_its_known_secret_masked(bare: Cli, serve: Serve) -> None:
    result = bare(
        "send", f"{serve(ok).http}/?key=s3cr3tvalue", "--auth", "bearer", "--output", "events",
        env={"STREAMSCOPE_BEARER_TOKEN": "s3cr3tvalue"},
    )  # fmt: skip
    assert result.code == 0
    assert "s3cr3tvalue" not in result.text


def test_a_readable_credential_over_plain_http_is_told(bare: Cli, serve: Serve) -> None:
    env = {"STREAMSCOPE_BEARER_TOKEN": "s3cr3tvalue"}
    result = bare("send", serve(ok).http, "--auth", "bearer", "--output", "events", env=env)
    assert result.code == 0
    (finding,) = result.of("finding")
    assert (finding["rule"], finding["severity"]) == ("readable_credential", "info")  # it stays on this machine
