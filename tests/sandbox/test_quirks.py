"""The sandbox's own door: who may steer it, and how awkward it can be."""

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from tests.sandbox.conftest import Running
from tests.sandbox.fleets import fleet, portion, record, until
from tests.sandbox.signing import signed

from streamscope.cli.sandbox import command
from streamscope.model.errors import SandboxError
from streamscope.sandbox.environment import environment_problem
from streamscope.sandbox.platform import run
from streamscope.sandbox.quirks import parse
from streamscope.sandbox.records import State
from streamscope.sandbox.refusals import RefusalError


def services(sandbox: Running) -> str:
    return f"{sandbox.facts['management']}/v1/{sandbox.facts['project_id']}/services"


@pytest.mark.parametrize("listener", ["management", "iam"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, None),
        ({"Host": "localhost:{port}"}, None),
        ({"Host": "[::1]:{port}", "Origin": "https://127.0.0.1:{port}"}, None),
        ({"Host": "rebound.example:{port}"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 403),
    ],
)
def test_no_web_page_steers_the_sandbox(
    sandbox: Running, listener: str, headers: dict[str, str], status: int | None
) -> None:
    url = sandbox.facts[listener]
    said = {name: value.format(port=urlsplit(url).port) for name, value in headers.items()}
    answer = sandbox.send("POST", f"{url}/v1/0/services", headers=said, content=b"{}")
    assert (answer.status_code == 403) == (status == 403), answer.text
    if status:
        assert answer.json()["error_code"] == "APIGW.0306"


def test_two_hosts_are_none(sandbox: Running) -> None:
    port = urlsplit(sandbox.facts["management"]).port or 0
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        sandbox.context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        secure.sendall(f"GET /v1/0/services HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n".encode())
        assert secure.recv(100).split()[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "name",
    ["LD_PRELOAD", "ld_preload", "PYTHONPATH", "PythonStartup", "PATH", "Path", "NODE_OPTIONS", "BASH_ENV", "ENV",
     "JAVA_TOOL_OPTIONS", "DYLD_INSERT_LIBRARIES", "PERL5OPT", "RUBYOPT", "BASH_FUNC_ls%%", "PORT", "", "A=B", "A\0",
     " PATH", "MAKEFLAGS", "GUNICORN_CMD_ARGS", "UVICORN_LOG_CONFIG", "LESSOPEN", "CUDA_INJECTION64_PATH", "FLASK_APP"],
)  # fmt: skip
def test_no_variable_brings_code(name: str) -> None:
    assert environment_problem({"MODEL": "1", name: "1", "BATCH": "1"}) == (name or "''")


def test_other_variables_are_harmless() -> None:
    names = [
        "MODEL",
        "MAX_TOKENS",
        "CUDA_VISIBLE_DEVICES",
        "HF_HOME",
        "OMP_NUM_THREADS",
        "LANG",
        "Größe",
        "模型",
        "NCCL_DEBUG",
    ]
    assert environment_problem(dict.fromkeys(names, "1")) == ""


def test_a_value_that_no_process_can_be_given_is_refused() -> None:
    """Accepted, it would be found out only when the process starts."""
    assert environment_problem({"MODEL": "a\nb", "MORE": "a\0b"}) == "MORE"


def test_quirks_are_a_table(tmp_path: Path) -> None:
    shown = CliRunner().invoke(command, ["--quirks"], standalone_mode=False)
    assert "domain-switch" in shown.output
    assert "deny:ACTION" in shown.output
    for wrong in ("nothing", "bare-ip:1", "deny", "deny:everything", "throttle:many", "expire-tokens:-1", "throttle:"):
        with pytest.raises(SandboxError):
            run(tmp_path, quirks=[wrong])


def test_what_is_denied_and_throttled() -> None:
    quirks = parse(["deny:delete", "deny:action"])
    for deed, body in (("delete", b""), ("action", b""), ("update", b'{"status": "stopped"}')):
        with pytest.raises(RefusalError) as refused:
            quirks.check(deed, body)
        assert (refused.value.status, msgspec.json.decode(refused.value.body)["error_code"]) == (403, "ModelArts.0108")
    quirks.check("update", b'{"config": []}')
    quirks = parse(["throttle:2"])
    quirks.check("list")
    quirks.check("list")
    with pytest.raises(RefusalError) as late:
        quirks.check("list")
    assert (late.value.status, (b"retry-after", b"1") in late.value.headers) == (429, True)


def test_management_denies_and_throttles(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--quirk", "deny:list", "--quirk", "throttle:3", "--quirk", "mfa")
    assert sandbox.ask_token().status_code == 401
    codes = []
    for _ in range(5):
        headers = signed(sandbox.facts["ak"], sandbox.facts["sk"], "GET", services(sandbox))
        answer = sandbox.send("GET", services(sandbox), headers=headers)
        codes.append((answer.status_code, answer.json()["error_code"], answer.headers.get("retry-after")))
    assert codes == [(403, "ModelArts.0108", None)] * 3 + [(429, "APIGW.0308", "1")] * 2


def test_management_is_down_while_calls_work(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--quirk", "no-management", "--quirk", "expire-tokens:0.5", "--quirk", "http-80")
    issued = time.monotonic()
    headers = {"X-Auth-Token": sandbox.token()}
    assert sandbox.send("GET", services(sandbox), headers=headers).status_code == 503
    open_ = sandbox.url("chat-v2-open")
    assert open_.startswith("http://127.0.0.1:")
    assert httpx.get(f"{open_}/v1/models", trust_env=False).status_code == 200
    refused = sandbox.send("POST", sandbox.url("chat") + "/v1/chat/completions", headers=headers, json={})
    while time.monotonic() < issued + 0.6:
        refused = sandbox.send("POST", sandbox.url("chat") + "/v1/chat/completions", headers=headers, json={})
    refused = sandbox.send("POST", sandbox.url("chat") + "/v1/chat/completions", headers=headers, json={})
    assert refused.json()["error_code"] == "APIG.0307"


def test_a_restarted_service_has_another_domain(fresh: Callable[..., Running], tmp_path: Path) -> None:
    path = tmp_path / "profile0" / "sandbox" / "services.json"
    path.parent.mkdir(parents=True)
    moved = record(portion("classify"), generation="v2", auth=["none"], status="running", built_in=True, domain=1)
    stays = record(portion("classify"), generation="v2", auth=["none"], status="running", built_in=True, domain=2)
    path.write_bytes(msgspec.json.encode(State(services=[moved, stays])))
    sandbox = fresh("--quirk", "domain-switch", "--quirk", "bare-ip")
    first, second = (sandbox.service(one.name)["addresses"]["public"] for one in (moved, stays))
    assert second == urlsplit(sandbox.facts["gateway"]).netloc != first
    body = {"data": {"req_data": [{"text": "fine"}]}}
    for address, here, there in ((first, moved, stays), (second, stays, moved)):
        url = f"https://{address}/v2/infer"
        assert sandbox.send("POST", f"{url}/{here.id}", json=body).status_code == 200
        gone = sandbox.send("POST", f"{url}/{there.id}", json=body)
        assert (gone.status_code, gone.json()["error_code"]) == (404, "APIG.0101")


async def test_starts_may_be_slow_or_fail(tmp_path: Path) -> None:
    async with fleet(tmp_path, quirks=parse(["crash-on-start", "slow-start:0.01", "domain-switch"])) as one:
        made = record(portion("server"))
        one.deploy(made)
        await until(lambda: made.status == "failed")
        assert made.error.startswith("Model start failed: the program ended with exit code 1")
        one.start(made.id)
        assert made.domain == 1


def test_the_gateway_tells_what_no_program_answers(fresh: Callable[..., Running], tmp_path: Path) -> None:
    path = tmp_path / "profile0" / "sandbox" / "services.json"
    path.parent.mkdir(parents=True)
    late = record(portion("classify"), status="deploying", generation="v2", auth=["none"])
    path.write_bytes(msgspec.json.encode(State(services=[late])))
    sandbox = fresh("--quirk", "slow-start:60")
    told = sandbox.send("POST", sandbox.url(late.name), json={})
    assert (told.status_code, told.json()["error_code"]) == (400, "ModelArts.4203")


def test_plain_words_do_not_open_a_secure_listener(sandbox: Running) -> None:
    with pytest.raises((ssl.SSLError, httpx.TransportError)):
        httpx.get(sandbox.facts["management"].replace("https", "http"), trust_env=False)
