"""Services are read, read again, and watched: what changes is told, what fails is asked for ever less often."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms import Platform, platform, row
from tests.raw import Served

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.engine.watching import LONGEST, SELDOM, SOON, Pace, Watch, watched
from streamscope.model.errors import PlatformRefusal, SandboxError
from streamscope.model.service import Service, Workspace

Serve = Callable[..., Served]
CHANGING = [Service("1", "one", state="changing")]
CALM = [Service("1", "one", state="running")]


def even() -> float:
    return 0.5


def test_the_pace_is_quick_while_something_changes_and_slow_otherwise() -> None:
    pace = Pace(even)
    assert pace.after(CALM, 0.1) == SELDOM
    assert pace.after(CHANGING, 0.1) == SOON
    assert pace.after(CHANGING, 4.0) == 40.0, "a slow platform is not asked all the time"
    for _ in range(40):
        waited = pace.after(CHANGING, 0.1)
    assert waited == SELDOM, "what never ends is no change"
    assert pace.after([Service("1", "one", state="changing", progress=5)], 0.1) == SOON, "it gets on"
    pace.after(CALM, 0.1)
    assert pace.after(CHANGING, 0.1) == SOON


def test_failures_double_the_pace_up_to_the_longest() -> None:
    pace = Pace(even)
    waits = [pace.after_failure() for _ in range(6)]
    assert waits == [45.0, 90.0, 180.0, 300.0, 300.0, 300.0]
    assert pace.after(CALM, 0.1) == SELDOM
    assert pace.after_failure() == 45.0
    assert pace.after_failure(retry_after=700) == 700.0, "the platform's own wish counts"


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=40), st.floats(0, 0.999), st.floats(0, 1e9))
def test_no_pause_is_too_short_or_too_long(looks: list[float | None], chance: float, wish: float) -> None:
    pace = Pace(lambda: chance)
    for took in looks:
        waited = pace.after_failure(wish) if took is None else pace.after(CHANGING, took)
        assert SOON * 0.8 <= waited <= max(LONGEST, min(wish, 3600.0))


async def test_news_are_told_and_nothing_else(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1), row(2, "deploying"), row(3))
    watch = Watch(core, told.workspace())
    await discover.services(core, told.workspace())
    watch.soon()
    assert [one.id for one in (await watch.next()).changed] == []
    told.old = [row(1), row(2, "running"), row(4)]
    watch.soon()
    report = await watch.next()
    assert [(one.id, one.state) for one in report.changed] == [("id-2", "running"), ("id-4", "running")]
    assert [one.id for one in report.gone] == ["id-3"]
    assert [one.id for one in report.services] == ["id-1", "id-2", "id-4"]


async def test_two_watches_both_tell_what_only_one_of_them_read(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1, "deploying"))
    watches = [Watch(core, told.workspace()) for _ in range(2)]
    first = await discover.services(core, told.workspace())
    told.old = [row(1, "running")]
    for watch in watches:
        watch.learnt(first)
        watch.soon()
        assert [one.state for one in (await watch.next()).changed] == ["running"]


async def test_a_failure_is_a_report_and_says_when_to_come_again(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1))
    watch = Watch(core, told.workspace(), Pace(even))
    told.refusal = ("429 Too Many Requests", {"Retry_After": "77"})
    watch.soon()
    report = await watch.next()
    assert isinstance(report.error, PlatformRefusal)
    assert (report.error.status, report.error.retry_after) == (429, 77.0)
    assert watch.pace.failures == 1


async def test_nothing_is_asked_while_nobody_looks(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1))
    watch = Watch(core, told.workspace())
    watch.pause()
    watch.soon()
    looking = asyncio.ensure_future(watch.next())
    await discover.services(core, told.workspace())
    asked = len(told.served.requests)
    await discover.services(core, told.workspace())
    assert not looking.done()
    assert len(told.served.requests) == 2 * asked, "only the two that were asked for by hand"
    watch.resume()
    assert (await looking).services


async def test_a_watch_never_starts_a_sandbox(core: Core) -> None:
    watch = Watch(core, Workspace("sandbox", "sandbox"))
    watch.soon()
    assert isinstance((await watch.next()).error, SandboxError)
    assert core.sandbox is None
    assert not watched(Workspace("mine", "address"))


async def test_details_survive_a_look_until_the_state_changes(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1))
    work = told.workspace()
    core.bench.workspaces.save(work)
    (bare,) = await discover.services(core, work)
    whole = await discover.complete(core, bare)
    assert whole.complete and whole.addresses["public"].endswith("id-1")
    assert await discover.again(core, work) == [whole]
    told.old = [row(1, "stopped")]
    (after,) = await discover.again(core, work)
    assert (after.state, after.complete, after.addresses) == ("stopped", False, whole.addresses)


async def test_a_restart_that_nobody_saw_makes_addresses_be_read_again(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1, transition_at=1000))
    work = told.workspace()
    core.bench.workspaces.save(work)
    (bare,) = await discover.services(core, work)
    await discover.complete(core, bare)
    assert (await discover.again(core, work))[0].complete
    told.old = [row(1, transition_at=2000)]
    watch = Watch(core, work)
    watch.soon()
    (after,) = (await watch.next()).changed
    assert (after.state, after.complete) == ("running", False)
    assert (await discover.complete(core, after)).changed == 2.0


async def test_what_happened_to_a_service_is_read(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1))
    core.bench.workspaces.save(told.workspace())
    (service,) = await discover.services(core, told.workspace())
    (happening,) = await discover.happenings(core, service)
    assert (happening.severity, happening.text, happening.at) == ("error", "pulling failed", 1.7e9)


@pytest.mark.parametrize("by_rows", [True, False])
async def test_thousands_are_read_whichever_way_the_offset_counts(core: Core, serve: Serve, by_rows: bool) -> None:
    told = platform(serve, *(row(number) for number in range(2345)))
    told.by_rows = by_rows
    found = await discover.services(core, told.workspace())
    assert [one.id for one in found] == [f"id-{number}" for number in range(2345)]


async def test_odd_rows_do_no_harm(core: Core, serve: Serve) -> None:
    told = platform(serve, row(1, name=""), row(1, name="twice"), row(2, "", name="half \ud800 of one"), row(3, tags=7))
    told.new = [{"id": "n", "name": None, "status": None, "tags": [{"key": "team", "value": "blue"}, {"key": "x"}]}]
    found = {one.id: one for one in await discover.services(core, told.workspace())}
    assert set(found) == {"id-1", "id-2", "id-3", "n"}
    assert found["id-2"].name == "half � of one"
    assert found["n"].tags == ("team=blue", "x")
    core.bench.services.keep("work", list(found.values()))
    again = core.bench.services.last_known("work")
    assert again is not None and again.services == list(found.values())


def test_the_platform_double_is_a_platform() -> None:
    assert Platform().workspace().platform == "modelarts"
