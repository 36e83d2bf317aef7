"""A sandbox that tests deploy on, asked the way the program asks a platform."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from tests.sandbox.conftest import Running, start, stop

from streamscope.engine import deploying
from streamscope.engine.core import Core
from streamscope.kinds.platforms.base import Site
from streamscope.store.bench import open_bench


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A sandbox of the module's own."""
    made = start(tmp_path_factory.mktemp("profile"), "--while-stdin")
    yield made
    assert stop(made) == 0


@asynccontextmanager
async def site_of(running: Running) -> AsyncIterator[Site]:
    """A sandbox's management interface."""
    bench = open_bench(running.profile)
    core = Core(bench)
    try:
        yield await deploying.place(core, "sandbox")
    finally:
        await core.aclose()
        bench.close()


@pytest_asyncio.fixture
async def site(running: Running) -> AsyncIterator[Site]:
    """Its management interface."""
    async with site_of(running) as made:
        yield made


async def until(seen: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(20):
        while True:
            if await seen():
                return
            await asyncio.sleep(0.05)
