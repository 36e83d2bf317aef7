"""Every combination of the sandbox through the core."""

from tests.program import Sandbox

from streamscope.engine.core import Core
from streamscope.engine.matrix import Cell, Round
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS
from streamscope.model.service import Workspace
from streamscope.store.bench import open_bench

OLD = {
    (auth, channel)
    for auth in ("token", "aksk", "app_code", "app_signature")
    for channel in ("public", "vpc", "direct")
}
NEW = {(auth, channel) for auth in ("token", "api_key", "none") for channel in ("public", "vpc")}


async def test_every_cell_of_the_matrix_works(sandbox: Sandbox) -> None:
    bench = open_bench(sandbox.profile)
    core = Core(bench)
    told: list[Cell] = []
    try:
        cells = await Round(core, Workspace("sandbox", "sandbox"), told.append).play()
    finally:
        await core.aclose()
        bench.close()
    offered = [cell for cell in cells if cell.offered]
    assert sorted(map(str, told)) == sorted(map(str, offered))
    assert [cell for cell in offered if not cell.ok] == []
    for generation, combinations in (("v1", OLD), ("v2", NEW)):
        covered = {(cell.auth, cell.channel, cell.protocol) for cell in offered if cell.generation == generation}
        assert covered == {(*one, protocol) for one in combinations for protocol in ("https", "sse", "websocket")}
    for cell in offered:
        assert cell.status == (101 if cell.protocol == "websocket" else 200)
        assert cell.ttfb_ms is not None
        assert cell.reason is None
    for cell in cells:
        if not cell.offered:
            assert cell.reason
            assert (cell.ok, cell.status, cell.ttfb_ms) == (None, None, None)
    kinds = {auth.key for auth in AUTH.values() if auth.accepted_as}
    channels = {channel.key for channel in CHANNELS.values() if channel.entry}
    assert len(cells) == len(sandbox.facts["services"]) * len(kinds) * len(channels) * len(PROTOCOLS)
