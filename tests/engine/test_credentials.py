"""Where an authentication's values come from, in which order, and a keyring that takes its time."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from tests.raw import Peer, Served
from tests.store.test_secrets import Ring, ring  # noqa: F401 - a fixture

from streamscope.engine import credentials, leases
from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.kinds.auth.cache import Token
from streamscope.kinds.catalog import AUTH
from streamscope.model.credential import Credential
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import CredentialError, KeyringError, UsageError
from streamscope.model.event import Failed
from streamscope.model.service import Workspace
from streamscope.store import secrets
from streamscope.tasks import spawn

BEARER = AUTH["bearer"]


async def token(core: Core, draft: Draft, workspace: Workspace | None = None) -> str:
    return (await credentials.values(core, AUTH[draft.auth.kind], draft, workspace))["token"]


async def test_the_order_of_the_places(ring: Ring, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    own = Workspace("own", "address", credential="signed")
    draft = Draft(auth=Choice("bearer"), workspace="own")
    with pytest.raises(CredentialError, match="lacks: token"):
        await token(core, draft)
    monkeypatch.setenv("STREAMSCOPE_BEARER_TOKEN", "variable")
    assert await token(core, draft, own) == "variable"
    core.bench.secrets.set("own", "bearer", "token", "kept")
    assert await token(core, draft, own) == "kept"
    core.bench.credentials.save(Credential("signed", "bearer"), {"token": "workspace's"})
    assert await token(core, draft, own) == "workspace's"
    core.bench.credentials.save(Credential("named", "bearer"), {"token": "named"})
    named = Draft(auth=Choice("bearer", credential="named"), workspace="own")
    assert await token(core, named, own) == "named"
    assert core.bench.credentials.get("named").used
    typed = Draft(auth=Choice("bearer", {"token": "typed"}, "named"), workspace="own")
    assert await token(core, typed, own) == "typed"


async def test_a_credential_that_is_whole_takes_nothing_from_elsewhere(
    ring: Ring,  # noqa: F811
    core: Core,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STREAMSCOPE_AKSK_SECURITY_TOKEN", "of another key")
    core.bench.credentials.save(Credential("k", "aksk", {"access_key": "AK"}), {"secret_key": "SK"})
    found = await credentials.values(core, AUTH["aksk"], Draft(auth=Choice("aksk", credential="k")), None)
    assert dict(found.fields) == {"access_key": "AK", "secret_key": "SK"}


async def test_a_credential_of_another_kind_or_none_is_refused(core: Core) -> None:
    core.bench.credentials.save(Credential("k", "basic", {"user": "u"}), {})
    for name, words in (("k", "is for the authentication 'basic'"), ("kk", "There is no credential 'kk'")):
        with pytest.raises(UsageError, match=words):
            await token(core, Draft(auth=Choice("bearer", credential=name)))


class SlowRing(Ring):
    """A keyring that waits to be unlocked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.unlocked = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        assert self.unlocked.wait(30)
        return super().get_password(service, username)


@pytest.fixture
def slow(ring: Ring, core: Core) -> Iterator[SlowRing]:  # noqa: F811
    """A slow keyring that holds a credential which this session has not seen."""
    import keyring

    core.bench.credentials.save(Credential("b", "bearer"), {"token": "from the ring"})
    core.bench.secrets.forget("credential/b/token")
    made = SlowRing()
    made.kept = ring.kept
    keyring.set_keyring(made)
    yield made
    made.unlocked.set()


async def test_a_slow_keyring_is_waited_for(slow: SlowRing, core: Core, serve: Callable[..., Served]) -> None:
    async def ok(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"fine")

    server = serve(ok)
    draft = Draft(Choice("bearer", credential="b"), Choice("address", {"url": server.http}))
    exchange = core.bench.recordings.new(draft, keep=False)
    sending = spawn(send(exchange, core), name="send")
    assert await credentials.asked(slow.asked.wait, 20), "the loop goes on while the keyring waits"
    assert not sending.done()
    slow.unlocked.set()
    await sending
    exchange.close()
    assert server.request.get("authorization") == "Bearer from the ring"


async def test_a_keyring_that_stays_silent_is_given_up(
    slow: SlowRing, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "PATIENCE", 0.05)
    draft = Draft(Choice("bearer", credential="b"), Choice("address", {"url": "http://127.0.0.1:9"}))
    with pytest.raises(KeyringError, match="did not answer within"):
        await token(core, draft)
    exchange = core.bench.recordings.new(draft, keep=False)
    await send(exchange, core)
    (failed,) = [event for event in exchange.events(0, len(exchange)) if isinstance(event, Failed)]
    exchange.close()
    assert failed.error == "KeyringError"


async def test_waiting_for_a_keyring_can_be_stopped(slow: SlowRing, core: Core) -> None:
    waiting = spawn(token(core, Draft(auth=Choice("bearer", credential="b"))), name="wait")
    assert await credentials.asked(slow.asked.wait, 20)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_tokens_life_is_known_without_the_keyring(slow: SlowRing, core: Core) -> None:
    core.bench.credentials.save(Credential("t", "token", {"domain": "acme", "user": "me"}), {"password": "x"})
    own = Workspace("own", "modelarts", {"region": "r", "project": "p"})
    draft = Draft(auth=Choice("token", credential="t"), workspace="own")
    assert leases.known(core, draft, own) is None
    lease = AUTH["token"].lease(await credentials.values(core, AUTH["token"], draft, own))
    assert lease is not None
    slow.unlocked.set()

    async def fetch() -> Token:
        return Token("value", 4e9)

    await core.cache.get(lease.name, fetch, proof=lease.proof)
    found = leases.known(core, draft, own)
    assert found is not None
    assert (found.value, found.expires) == ("value", 4e9)
    assert found.fetched
    await leases.forgotten(core, draft, own)
    assert leases.known(core, draft, own) is None
