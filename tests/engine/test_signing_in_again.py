"""A token that a management interface refuses is got anew once, in the middle of anything."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from tests.raw import Peer, Served

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.platforms.modelarts import new
from streamscope.model.errors import PlatformRefusal
from streamscope.model.service import Workspace

Serve = Callable[..., Served]
WORN = {"error_code": "APIGW.0307", "error_msg": "The token must be updated."}
DAMAGED = {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information: decrypt token fail"}


@dataclass
class Region:
    """An identity service and a management interface with 2,000 services; tokens are t1, t2, …"""

    refusal: dict[str, str] = field(default_factory=lambda: WORN)
    good: set[str] = field(default_factory=set)
    fetched: int = 0
    lists: int = 0
    dies_after: int = 10**9
    """Lists after which the first token is refused."""
    served: Served = field(default_factory=Served)

    def workspace(self, monkeypatch: pytest.MonkeyPatch) -> Workspace:
        for name, value in {"DOMAIN": "d", "USER": "u", "PASSWORD": "secret"}.items():
            monkeypatch.setenv(f"STREAMSCOPE_TOKEN_{name}", value)
        values = {"management": self.served.http, "iam": self.served.http, "project": "p", "region": "r"}
        return Workspace("work", "modelarts", {**values, "sign_in": "token"}, proxy="none")

    async def script(self, peer: Peer) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await peer.request()
                if request.target.startswith("/v3/auth/tokens"):
                    self.fetched += 1
                    self.good = (
                        {f"t{self.fetched}"} if self.dies_after > self.lists else self.good | {f"t{self.fetched}"}
                    )
                    ends = json.dumps({"token": {"expires_at": "2099-01-01T00:00:00.000000Z"}}).encode()
                    await peer.answer(ends, "201 Created", X_Subject_Token=f"t{self.fetched}")
                    continue
                if request.target.startswith("/v1/"):
                    await peer.answer(b'{"services": [], "total_count": 0}')
                    continue
                self.lists += 1
                if self.lists == self.dies_after:
                    self.good.clear()
                if request.get("x-auth-token") not in self.good:
                    await peer.answer(json.dumps(self.refusal).encode(), "401 Unauthorized")
                    continue
                offset = int(request.target.partition("offset=")[2].partition("&")[0])
                rows = [{"id": f"s{number}", "name": "a"} for number in range(offset, offset + 500)]
                await peer.answer(json.dumps({"data": rows, "total": 2000}).encode())


@pytest.mark.parametrize("refusal", [WORN, DAMAGED])
async def test_a_token_that_dies_while_a_list_is_read_is_got_anew_once(
    core: Core, serve: Serve, monkeypatch: pytest.MonkeyPatch, refusal: dict[str, str]
) -> None:
    region = Region(refusal, dies_after=2)
    region.served = serve(region.script)
    _, site = discover.site_of(core, region.workspace(monkeypatch))
    if refusal is DAMAGED:  # such a refusal is believed only of a token that is not quite new
        region.dies_after = 10**9
        await new.services(site)
        (name,) = core.cache._tokens
        core.cache._tokens[name] = replace(core.cache._tokens[name], fetched=1.0)
        region.dies_after = region.lists + 2
    assert len(await new.services(site)) == 2000
    assert region.fetched == 2, "several pages were refused, and one new token served them all"


async def test_a_token_that_is_refused_when_it_is_new_is_not_asked_for_again(
    core: Core, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = Region(DAMAGED)
    region.served = serve(region.script)
    region.dies_after = 1
    _, site = discover.site_of(core, region.workspace(monkeypatch))
    for _ in range(2):
        with pytest.raises(PlatformRefusal) as caught:
            await new.services(site)
        assert caught.value.status == 401
        region.good.clear()
    assert region.fetched == 1
