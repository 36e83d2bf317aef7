"""`streamscope settings`: list, get, set, reset."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.certificates import Certificate
from tests.conftest import Calling
from tests.program import Result
from tests.raw import Served

from streamscope.engine.core import Core

Cli = Callable[..., Result]
Serve = Callable[..., Served]
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_settings_are_read_and_changed(bare: Cli) -> None:
    assert bare("settings", "get", "text_size").text == "100\n"
    assert bare("settings", "set", "text_size", "120").code == 0
    assert bare("settings", "set", "editor_wrap", "no").code == 0
    assert bare("settings", "get", "editor_wrap").text == "false\n"
    rows = {row["key"]: row for row in bare("settings", "list", "--output", "json").json["settings"]}
    assert (rows["text_size"]["value"], rows["text_size"]["changed"]) == ("120", True)
    assert "* text_size" in bare("settings").text
    assert bare("settings", "reset", "text_size").code == 0
    assert "  text_size" in bare("settings").text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["get", "text-size"], "text_size"),
        (["set", "text_size", "9"], "between 70 and 200"),
        (["set", "appearance", "pink"], "system, light, dark"),
        (["reset", "nothing"], "no setting"),
    ],
)
def test_what_is_wrong_is_told(bare: Cli, arguments: list[str], said: str) -> None:
    result = bare("settings", *arguments)
    assert result.code == 2
    assert said in result.err


async def test_the_proxy_of_the_settings_comes_before_the_systems(
    core: Core, call: Calling, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, chosen, direct = serve(EMPTY), serve(EMPTY), serve(EMPTY)
    monkeypatch.setenv("http_proxy", system.http)
    core.bench.settings.set("proxy", chosen.http)
    url = f"http://a.example:{direct.port}/"
    await call(url)
    assert chosen.request.target == url
    await call(f"{direct.http}/own")
    assert direct.request.target == "/own", "never for this machine itself"
    core.bench.settings.reset("proxy")
    await call(url)
    assert system.request.target == url


async def test_the_ca_file_of_the_settings_is_trusted(core: Core, call: Calling, serve: Serve, tmp_path: Path) -> None:
    certificate = Certificate.made(tmp_path, "infer.example")
    served = serve(EMPTY, tls=certificate.context())
    url, resolve = f"https://infer.example:{served.port}/", (f"infer.example:{served.port}:127.0.0.1",)
    assert (await call(url, resolve=resolve))[1].error["error"] == "UntrustedCertificate"
    core.bench.settings.set("ca", str(certificate.file))
    assert (await call(url, resolve=resolve))[1].status == 200
