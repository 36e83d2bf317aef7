"""Every combination of the sandbox through the core."""

from pathlib import Path

from tests.program import Sandbox

from streamscope.engine.core import Core
from streamscope.engine.matrix import Cell, Round
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS
from streamscope.model.event import Closed
from streamscope.model.service import Workspace
from streamscope.store.bench import open_bench
from streamscope.store.recordings import Recordings, opened

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


async def test_a_run_over_one_service_can_be_stopped_and_taken_up_again(sandbox: Sandbox, tmp_path: Path) -> None:
    bench = open_bench(sandbox.profile)
    core = Core(bench)
    recordings = Recordings(tmp_path / "calls")
    told: list[Cell] = []
    try:
        workspace = Workspace("sandbox", "sandbox")

        def hear(cell: Cell) -> None:
            told.append(cell)
            first.stop()

        first = Round(core, workspace, hear, service="chat", recordings=recordings)
        cells = await first.play()
        assert {cell.service for cell in cells} == {"chat"}
        offered = [cell for cell in cells if cell.offered]
        states = {cell.state for cell in offered}
        assert states == {"works", "stopped"}
        assert {cell.key for cell in told} == {cell.key for cell in offered}
        assert first.running == {}
        begun = [cell for cell in offered if cell.recording]
        assert 1 < len(begun) < len(offered), "those that ran have a recording, also where they were stopped"
        ends = [opened(Path(cell.recording)).events(0, 1000)[-1] for cell in begun]
        assert all(isinstance(end, Closed) for end in ends), "what was stopped is whole, too"

        left = frozenset(cell.key for cell in offered if cell.stopped)
        second = Round(core, workspace, told.append, wanted=left)
        assert {cell.key for cell in await second.play()} == left
        assert {cell.state for cell in told[-len(left) :]} == {"works"}
    finally:
        await core.aclose()
        bench.close()


async def test_a_run_that_is_stopped_before_it_began_calls_nothing(core: Core) -> None:
    run = Round(core, Workspace("sandbox", "sandbox"), lambda _: None)
    run.stop()
    assert await run.play() == []
    assert core.sandbox is None


async def test_a_run_without_a_folder_holds_its_exchanges(sandbox: Sandbox) -> None:
    bench = open_bench(sandbox.profile)
    core = Core(bench)
    try:
        run = Round(core, Workspace("sandbox", "sandbox"), lambda _: None, service="ticks", recordings=Recordings(None))
        cells = [cell for cell in await run.play() if cell.offered]
        assert set(run.held) == {cell.key for cell in cells}
        assert all(exchange.ended for exchange in run.held.values())
    finally:
        await core.aclose()
        bench.close()
