"""The one way to start a task: named, referenced until it ends, its failure never lost in silence."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")
_running: set[asyncio.Task[Any]] = set()
_log = logging.getLogger("streamscope.tasks")


def spawn(coroutine: Coroutine[Any, Any, _T], *, name: str) -> asyncio.Task[_T]:
    """Start a coroutine on the running loop as a named task; its owner awaits or cancels it.

    asyncio itself keeps only weak references to tasks, so one is held here until the task is done.
    """
    task = asyncio.get_running_loop().create_task(coroutine, name=name)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


async def end(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel tasks and wait until they are gone; their own failures were for whoever awaited them."""
    alive = [task for task in tasks if task is not None]
    for task in alive:
        task.cancel()
    await asyncio.gather(*alive, return_exceptions=True)


async def together(calls: Iterable[Callable[[], Awaitable[_T]]], *, at_once: int, name: str) -> list[_T]:
    """What some calls give, in their order; at most so many run at a time. The first failure ends the others."""
    gate = asyncio.Semaphore(at_once)

    async def one(call: Callable[[], Awaitable[_T]]) -> _T:
        async with gate:
            return await call()

    tasks = [spawn(one(call), name=name) for call in calls]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        await end(*tasks)


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        _log.debug("task %s failed", task.get_name(), exc_info=task.exception())


async def aside(call: Callable[..., _T], *arguments: object, limit: float | None = None) -> _T:
    """A call that may block for long, in a thread of its own that nobody has to wait for: not even the program's end.

    `asyncio.to_thread` is for what surely returns; its threads are waited for. Raises TimeoutError after `limit` s.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()

    def tell(how: Callable[..., None], value: object) -> None:
        def told() -> None:
            if not answer.done():
                how(value)

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(told)

    def run() -> None:
        try:
            value = call(*arguments)
        except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
            tell(answer.set_exception, error)
        else:
            tell(answer.set_result, value)

    thread = threading.Thread(target=run, name=f"aside {getattr(call, '__name__', '')}", daemon=True)
    async with asyncio.timeout(limit):
        await asyncio.to_thread(thread.start)  # which waits until it runs: for long on a machine that is busy
        return await answer
