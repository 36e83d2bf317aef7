"""How a host is reached: --resolve, --ca, --insecure, --proxy."""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.certificates import Certificate
from tests.program import Result, Sandbox
from tests.raw import Peer, Served, close, text

Bare = Callable[..., Result]
Serve = Callable[..., Served]


async def ok(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"fine")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for infer.example that nobody vouches for."""
    return Certificate.made(tmp_path_factory.mktemp("certificate"), "infer.example")


def test_a_name_is_reached_at_another_address(bare: Bare, serve: Serve) -> None:
    server = serve(ok)
    place = f"infer.example:{server.port}"
    result = bare("send", f"http://{place}/x", "--resolve", f"{place}:127.0.0.1", "--output", "events")
    assert result.code == 0, result.err
    assert server.request.get("host") == place
    assert result.events[0]["url"] == f"http://{place}/x"


@pytest.mark.parametrize(
    "entry", ["infer.example", "infer.example:80", "infer.example:80:", ":80:1.2.3.4", "a:b:1.2.3.4"]
)
def test_a_resolve_entry_that_makes_no_sense_is_refused(bare: Bare, entry: str) -> None:
    result = bare("send", "http://infer.example", "--resolve", entry)
    assert result.code == 2
    assert entry in result.err
    assert "HOST:PORT:ADDR" in result.err


def test_a_name_that_does_not_resolve(bare: Bare) -> None:
    result = bare("send", "https://infer.vpc.invalid/x", "--output", "events")
    assert result.code == 3
    assert (result.end["kind"], result.end["error"]) == ("failed", "NameNotResolved")
    assert "infer.vpc.invalid" in result.end["message"]
    assert "--resolve infer.vpc.invalid:443:ADDRESS" in result.end["hint"]


def test_an_own_certificate_is_refused_and_shown(bare: Bare, serve: Serve, certificate: Certificate) -> None:
    server = serve(ok, tls=certificate.context())
    place = f"infer.example:{server.port}"
    result = bare("send", f"https://{place}", "--resolve", f"{place}:127.0.0.1", "--output", "events")
    assert result.code == 3
    assert result.end["error"] == "UntrustedCertificate"
    assert certificate.fingerprint in result.end["message"]
    assert "infer.example" in result.end["message"]
    assert result.end["hint"]
    assert server.requests == []
    told = bare("send", f"https://{place}", "--resolve", f"{place}:127.0.0.1")
    assert (told.code, told.out) == (3, b"")
    for word in (certificate.fingerprint, "--ca", "--insecure"):
        assert word in told.err


def test_a_certificate_is_trusted_by_file_or_not_checked(bare: Bare, serve: Serve, certificate: Certificate) -> None:
    server = serve(ok, tls=certificate.context())
    place = f"infer.example:{server.port}"
    by_name = ("send", f"https://{place}", "--resolve", f"{place}:127.0.0.1")
    assert bare(*by_name, "--ca", str(certificate.file)).text == "fine"
    assert bare(*by_name, "--insecure").text == "fine"
    by_address = ("send", f"https://127.0.0.1:{server.port}")
    assert bare(*by_address, "--ca", str(certificate.file)).code == 3  # trusted, but not for this name
    assert bare(*by_address, "--insecure").text == "fine"


def test_a_ca_file_that_is_none_is_refused(bare: Bare, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no certificate")
    for path in (tmp_path / "text", tmp_path / "missing"):
        result = bare("send", "https://127.0.0.1:1", "--ca", str(path))
        assert result.code == 2
        assert str(path) in result.err
        assert "PEM" in result.err


def test_the_sandboxs_gateway_by_its_ca(bare: Bare, sandbox: Sandbox) -> None:
    url = f"{sandbox.url('chat-v2-open')}/v1/models"
    assert bare("send", url).code == 3
    result = bare("send", url, "--ca", sandbox.facts["ca_file"], "--output", "summary")
    assert (result.code, result.json["status"]) == (0, 200)


class Proxy:
    """A tiny proxy: CONNECT, and plain requests with an absolute target."""

    def __init__(self, credentials: str | None = None) -> None:
        self.seen: list[str] = []
        self._credentials = credentials

    async def __call__(self, peer: Peer) -> None:
        request = await peer.request()
        self.seen.append(f"{request.method} {request.target}")
        if request.get("proxy-authorization") != self._credentials:
            await peer.answer(b"", "407 Proxy Authentication Required")
            return
        if request.method != "CONNECT":
            await peer.answer(b"from the proxy")
            return
        host, _, port = request.target.rpartition(":")
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1" if host.endswith(".example") else host, int(port)
            )
        except OSError:
            await peer.answer(b"", "502 Bad Gateway")
            return
        await peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(copied(peer.reader, writer), copied(reader, peer.writer))
        finally:
            writer.close()


async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    else:
        writer.close()


def test_https_goes_through_a_tunnel(bare: Bare, serve: Serve, certificate: Certificate) -> None:
    server = serve(ok, tls=certificate.context())
    proxy = Proxy()
    url = f"https://infer.example:{server.port}"
    result = bare("send", url, "--proxy", serve(proxy).http, "--ca", str(certificate.file))
    assert (result.code, result.text) == (0, "fine"), result.err
    assert proxy.seen == [f"CONNECT infer.example:{server.port}"]


def test_plain_http_is_asked_of_the_proxy(bare: Bare, serve: Serve) -> None:
    proxy = Proxy()
    result = bare("send", "http://infer.example/p?q=%20+", "--proxy", serve(proxy).http)
    assert (result.code, result.text) == (0, "from the proxy"), result.err
    assert proxy.seen == ["GET http://infer.example/p?q=%20+"]


@pytest.mark.parametrize("secure", [True, False])
def test_a_websocket_goes_through_a_tunnel(bare: Bare, serve: Serve, certificate: Certificate, secure: bool) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("hello"), close())
        await peer.goodbye()

    server = serve(script, tls=certificate.context() if secure else None)
    proxy = Proxy()
    url = f"{'wss' if secure else 'ws'}://infer.example:{server.port}"
    result = bare("send", url, "--proxy", serve(proxy).http, "--ca", str(certificate.file))
    assert (result.code, result.text) == (0, "hello"), result.err
    assert proxy.seen == [f"CONNECT infer.example:{server.port}"]


def test_a_proxys_credentials_are_sent_and_never_shown(bare: Bare, serve: Serve, certificate: Certificate) -> None:
    server = serve(ok, tls=certificate.context())
    proxy = Proxy("Basic dTpzM2NyZXQtcHc=")
    address = serve(proxy).http.replace("://", "://u:s3cret-pw@")
    url = f"https://infer.example:{server.port}"
    result = bare("send", url, "--proxy", address, "--ca", str(certificate.file), "--output", "events")
    assert result.code == 0, result.err
    assert "s3cret-pw" not in result.text + result.err
    refused = bare("send", url, "--proxy", address.replace("s3cret-pw", "wr0ng-pw"), "--output", "events")
    assert refused.code == 3
    assert refused.end["error"] == "ProxyError"
    assert "wr0ng-pw" not in refused.text + refused.err
    assert refused.end["hint"]


def test_a_proxy_that_is_not_there(bare: Bare, closed_port: int) -> None:
    result = bare("send", "https://infer.example", "--proxy", f"http://127.0.0.1:{closed_port}", "--output", "events")
    assert result.code == 3
    assert "proxy" in (result.end["message"] + result.end["hint"]).lower()


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1", "http://", "http://127.0.0.1:x"])
def test_a_proxy_that_makes_no_sense_is_refused(bare: Bare, address: str) -> None:
    result = bare("send", "https://infer.example", "--proxy", address)
    assert result.code == 2, result.err
    assert "proxy" in result.err.lower()


def test_the_systems_proxy_is_used_but_for_this_machine(bare: Bare, serve: Serve) -> None:
    proxy, server = Proxy(), serve(ok)
    env = {"http_proxy": serve(proxy).http}
    assert bare("send", "http://infer.example/", env=env).text == "from the proxy"
    assert bare("send", server.http, env=env).text == "fine"
    assert bare("send", "http://infer.invalid/", "--proxy", "none", env=env).code == 3
    assert proxy.seen == ["GET http://infer.example/"]


def test_a_server_may_want_a_newer_tls(bare: Bare, serve: Serve, certificate: Certificate) -> None:
    context = certificate.context()
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA")  # which no client of today takes
    result = bare("send", f"https://127.0.0.1:{serve(ok, tls=context).port}", "--insecure", "--output", "events")
    assert (result.code, result.end["error"]) == (3, "TlsError")
    assert result.end["hint"]
