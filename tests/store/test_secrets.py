"""Secrets in the keyring and nowhere else; without one, in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError
from tests.raw import Peer, Served

from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.kinds.auth.cache import Token
from streamscope.model.draft import Choice, Draft
from streamscope.model.service import Workspace
from streamscope.store.secrets import Secrets


class Ring(KeyringBackend):
    """A keyring in memory, which may be locked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringError("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringError("locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.locked:
            raise KeyringError("locked")
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[Ring]:
    """The keyring that the system has for the time of a test."""
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_secret_outlives_the_session(ring: Ring) -> None:
    assert Secrets().available
    assert Secrets().set("own", "bearer", "token", "s3cret")
    assert Secrets().get("own", "bearer", "token") == "s3cret"
    assert Secrets().get("own", "bearer", "other") is None
    assert ring.kept == {("streamscope", "own/bearer/token"): "s3cret"}


def test_without_a_keyring_a_secret_lives_for_the_session() -> None:
    secrets = Secrets()
    assert not secrets.available
    assert not secrets.set("own", "bearer", "token", "s3cret")
    assert secrets.get("own", "bearer", "token") == "s3cret"
    assert Secrets().get("own", "bearer", "token") is None


def test_a_locked_keyring_is_no_obstacle(ring: Ring) -> None:
    ring.locked = True
    secrets = Secrets()
    assert secrets.get("own", "bearer", "token") is None
    assert not secrets.set("own", "bearer", "token", "s3cret")
    assert secrets.get("own", "bearer", "token") == "s3cret"


def test_what_is_too_long_for_a_keyring_stays_in_memory(ring: Ring) -> None:
    secrets = Secrets()
    assert not secrets.save("long", "x" * 1281)
    assert secrets.load("long") == "x" * 1281
    assert ring.kept == {}
    assert secrets.save("fits", "x" * 1280)


def test_a_token_is_kept_where_it_fits(ring: Ring, core: Core) -> None:
    store = core.cache.store
    assert store is not None
    store.save("a\nb", Token("value", 12.5, "proof"))
    assert store.load("a\nb") == Token("value", 12.5, "proof")
    assert store.load("other") is None
    store.drop("a\nb")
    assert store.load("a\nb") is None


async def test_a_workspaces_credential_comes_from_the_keyring(
    ring: Ring, core: Core, serve: Callable[..., Served], tmp_path: Path
) -> None:
    async def ok(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"fine")

    server = serve(ok)
    core.bench.workspaces.save(Workspace("own", "address", {"urls": f"it {server.http}"}))
    core.bench.secrets.set("own", "bearer", "token", "from the ring")
    draft = Draft(Choice("bearer"), Choice("address"), Choice("https"), workspace="own", service="it")
    exchange = core.bench.recordings.new(draft)
    outcome = await send(exchange, core)
    exchange.close()
    assert outcome.text == "fine"
    assert server.request.get("authorization") == "Bearer from the ring"
    for path in core.bench.profile.rglob("*"):
        assert path.is_dir() or b"from the ring" not in path.read_bytes()
