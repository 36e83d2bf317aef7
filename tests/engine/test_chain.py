"""The walk along the chain: each link broken by a real server, and told with what mends it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path

import pytest
from tests.certificates import Certificate
from tests.program import Sandbox
from tests.raw import Peer, Served

from streamscope.engine import chain
from streamscope.engine.core import Core
from streamscope.engine.links import LINKS, Link
from streamscope.model.credential import Credential
from streamscope.model.service import Workspace
from streamscope.store.bench import open_bench
from streamscope.tasks import spawn

Serve = Callable[..., Served]
TOKEN = b'{"token":{"expires_at":"2099-01-01T00:00:00.000000Z"}}'


def platform(
    *,
    status: str = "200 OK",
    body: bytes = b'{"services":[],"data":[],"total_count":0}',
    sign_in: str = "201 Created",
    skew: float = 0.0,
) -> Callable[[Peer], object]:
    """A server that signs in and lists, each answer as it is told."""

    async def script(peer: Peer) -> None:
        while True:
            request = await peer.request()
            date = {"Date": formatdate(time.time() + skew, usegmt=True), "Connection": "keep-alive"}
            if request.method == "HEAD":
                await peer.answer(b"", "404 Not Found", **date)
            elif "/auth/tokens" in request.target:
                await peer.answer(TOKEN, sign_in, X_Subject_Token="MIItoken", **date)
            else:
                await peer.answer(body, status, **date)

    return script


def workspace(url: str, *, credential: str = "t", **fields: object) -> Workspace:
    values = {"region": "r", "project": "p", "management": url, "iam": url}
    return Workspace("own", "modelarts", values, credential=credential, **fields)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def known(core: Core) -> None:
    core.bench.credentials.save(Credential("t", "token", {"domain": "d", "user": "u"}), {"password": "p4ssw0rd"})
    core.bench.credentials.save(Credential("k", "aksk", {"access_key": "AK"}), {"secret_key": "SK"})


async def walked(core: Core, where: Workspace) -> dict[str, Link]:
    told: list[Link] = []
    links = await chain.walk(core, where, told.append)
    assert [link.key for link in links] == list(LINKS)
    assert {link.key: link for link in told} == {link.key: link for link in links}, "every change is told"
    assert not any(link.state in ("waiting", "running") for link in links)
    assert "p4ssw0rd" not in repr(told)
    return {link.key: link for link in links}


def broken(links: dict[str, Link], key: str, *words: str, action: str = "") -> Link:
    """The one link that broke; those behind it were not reached."""
    assert [link.key for link in links.values() if link.state == "failed"] == [key]
    link = links[key]
    for word in words:
        assert word in f"{link.why} {link.remedy} {' '.join(map(str, link.seen))}", link
    assert str(link.remedy)
    assert link.action == action
    assert link.exit_code
    behind = list(LINKS)[list(LINKS).index(key) + 1 :]
    assert {links[later].state for later in behind} <= {"skipped"}
    return link


@pytest.mark.parametrize("credential", ["t", "k"])
async def test_a_chain_that_holds(core: Core, serve: Serve, credential: str) -> None:
    links = await walked(core, workspace(serve(platform()).http, credential=credential))
    states = {key: link.state for key, link in links.items()}
    assert states == {**dict.fromkeys(LINKS, "ok"), "tls": "skipped"}
    assert all(link.milliseconds is not None for link in links.values() if link.state == "ok")
    assert "127.0.0.1" in str(links["name"].seen[0])
    assert "the same time" in str(links["clock"].seen[0])
    assert str(links["list"].seen[0]) == "Services: 0"


async def test_a_field_is_missing(core: Core) -> None:
    broken(await walked(core, Workspace("own", "modelarts")), "name", "lacks: Region, Project id", action="fields")


async def test_no_such_name(core: Core) -> None:
    broken(await walked(core, workspace("https://no-such-host.invalid")), "name", "does not resolve", action="address")


async def test_a_name_of_the_workspace_is_used(core: Core, serve: Serve) -> None:
    port = serve(platform()).port
    where = workspace(f"http://inside.invalid:{port}", resolve=(f"inside.invalid:{port}:127.0.0.1",))
    links = await walked(core, where)
    assert links["list"].state == "ok"
    assert "as the workspace says" in str(links["name"].seen[0])


async def test_nothing_listens(core: Core, closed_port: int) -> None:
    links = await walked(core, workspace(f"http://127.0.0.1:{closed_port}"))
    broken(links, "route", "Nothing listens", action="address")


async def test_the_proxy_is_not_there(core: Core, closed_port: int) -> None:
    links = await walked(core, workspace("https://127.0.0.1:1", proxy=f"http://127.0.0.1:{closed_port}"))
    broken(links, "route", "proxy", action="proxy")


async def test_a_chain_through_a_proxy(core: Core, serve: Serve, tmp_path: Path) -> None:
    certificate = Certificate.made(tmp_path, "inside.invalid")
    server = serve(platform(), tls=certificate.context())

    async def tunnel(peer: Peer) -> None:
        assert (await peer.request()).line.startswith("CONNECT inside.invalid:443 ")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        await peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while data := await source.read(65_536):
                    sink.write(data)
            sink.close()

        try:
            await asyncio.gather(carry(peer.reader, writer), carry(reader, peer.writer))
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    proxy = serve(tunnel)
    where = workspace("https://inside.invalid", proxy=proxy.http, trusted=(certificate.fingerprint,))
    links = await walked(core, where)
    assert links["list"].state == "ok", links
    assert f"by the proxy 127.0.0.1:{proxy.port}" in str(links["name"].seen[0])
    assert f"through the proxy 127.0.0.1:{proxy.port}" in str(links["route"].seen[0])
    assert links["tls"].certificates[0].fingerprint == certificate.fingerprint


async def test_a_certificate_that_nobody_vouches_for_and_trusting_it(core: Core, serve: Serve, tmp_path: Path) -> None:
    certificate = Certificate.made(tmp_path, "localhost")
    url = f"https://localhost:{serve(platform(), tls=certificate.context()).port}"
    link = broken(await walked(core, workspace(url)), "tls", "not trusted", certificate.fingerprint, action="trust")
    assert link.fingerprint == certificate.fingerprint
    (seen,) = link.certificates
    assert (seen.subject, seen.self_signed, seen.names) == ("CN=localhost", True, ("localhost",))
    assert seen.days_left() == 29
    links = await walked(core, workspace(url, trusted=(certificate.fingerprint,)))
    assert {link.state for link in links.values()} == {"ok"}
    links = await walked(core, workspace(url, insecure=True))
    assert links["tls"].state == "warning"
    assert links["list"].state == "ok"


async def test_a_port_that_does_not_speak_tls(core: Core, serve: Serve) -> None:
    async def plain(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    links = await walked(core, workspace(f"https://127.0.0.1:{serve(plain).port}"))
    broken(links, "tls", "does not speak TLS", action="address")


async def test_an_authority_that_is_not_there(core: Core, serve: Serve) -> None:
    links = await walked(core, workspace("https://127.0.0.1:1", ca="/nowhere.pem"))
    assert [link.key for link in links.values() if link.state == "failed"] == ["route"]


@pytest.mark.parametrize(
    ("credential", "skew", "state"),
    [
        ("k", -1200.0, "failed"),
        ("k", 1200.0, "failed"),
        ("t", -1200.0, "warning"),
        ("k", -300.0, "warning"),
        ("k", 2.0, "ok"),
    ],
)
async def test_clocks_that_differ(core: Core, serve: Serve, credential: str, skew: float, state: str) -> None:
    links = await walked(core, workspace(serve(platform(skew=skew)).http, credential=credential))
    clock = links["clock"]
    assert clock.state == state
    if state != "ok":
        assert f"this machine is {int(abs(skew)) // 60} min" in str(clock.seen[0])
        assert ("ahead" if skew < 0 else "behind") in str(clock.seen[0])
        assert "15 minutes" in str(clock.why)
    if state == "failed":
        broken(links, "clock", "signatures")
    else:
        assert links["list"].state == "ok"


async def test_a_password_that_is_wrong(core: Core, serve: Serve) -> None:
    links = await walked(core, workspace(serve(platform(sign_in="401 Unauthorized")).http))
    broken(links, "sign_in", "refused the sign-in (401)", "Check account 'd'", action="credential")


async def test_a_credential_that_is_missing(core: Core, serve: Serve) -> None:
    links = await walked(core, workspace(serve(platform()).http, credential=""))
    broken(links, "sign_in", "lacks: domain", action="credential")


async def test_a_signature_that_is_refused(core: Core, serve: Serve) -> None:
    body = b'{"error_code":"APIG.0301","error_msg":"Incorrect IAM authentication information: ak not exist"}'
    links = await walked(core, workspace(serve(platform(status="401 Unauthorized", body=body)).http, credential="k"))
    broken(links, "sign_in", "The access key does not exist", "APIG.0301", action="credential")


@pytest.mark.parametrize("credential", ["t", "k"])
async def test_a_permission_that_is_missing(core: Core, serve: Serve, credential: str) -> None:
    body = b'{"error_code":"ModelArts.0203","error_msg":"Access denied"}'
    links = await walked(
        core, workspace(serve(platform(status="403 Forbidden", body=body)).http, credential=credential)
    )
    broken(links, "permission", "403", "modelarts:service:list")
    assert links["sign_in"].state == "ok"


@pytest.mark.parametrize(
    ("status", "body", "action"), [("200 OK", b"<html>", ""), ("404 Not Found", b"", "address"), ("200 OK", b"[1]", "")]
)
async def test_a_list_that_is_none(core: Core, serve: Serve, status: str, body: bytes, action: str) -> None:
    links = await walked(core, workspace(serve(platform(status=status, body=body)).http))
    broken(links, "list", "refused to list", action=action)


async def test_addresses_by_hand_are_tested_too(core: Core, serve: Serve, closed_port: int) -> None:
    good = serve(platform()).http
    links = await walked(
        core, Workspace("own", "address", {"urls": f"a {good}/v1\nb {good}/v2\n{good.replace('http', 'ws')}"})
    )
    assert {key: link.state for key, link in links.items() if link.state == "ok"}.keys() == {
        "name",
        "route",
        "clock",
        "list",
    }
    assert str(links["list"].seen[0]) == "Services: 3"
    bad = await walked(core, Workspace("own", "address", {"urls": f"{good}\nhttp://127.0.0.1:{closed_port}"}))
    broken(bad, "route", str(closed_port), action="address")
    none = await walked(core, Workspace("own", "address"))
    assert none["list"].state == "warning"


async def test_a_walk_can_be_stopped(core: Core, serve: Serve) -> None:
    reached = asyncio.Event()

    async def silent(peer: Peer) -> None:
        await peer.request()
        loop.call_soon_threadsafe(reached.set)
        await peer.rest()

    loop = asyncio.get_running_loop()
    told: list[Link] = []
    walking = spawn(chain.walk(core, workspace(serve(silent).http), told.append), name="walk")
    await reached.wait()
    walking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walking
    last = {link.key: link for link in told}
    assert (last["clock"].state, str(last["clock"].why)) == ("skipped", "Stopped.")


async def test_the_sandbox_holds(sandbox: Sandbox) -> None:
    bench = open_bench(sandbox.profile)
    made = Core(bench)
    links = await walked(made, bench.workspaces.get("sandbox"))
    await made.aclose()
    assert {link.state for link in links.values()} == {"ok"}
    assert links["tls"].certificates[0].days_left() > 300
