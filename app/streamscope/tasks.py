"""The one way to start a task: named, referenced until it ends, its failure never lost in silence."""

import asyncio
import logging
from collections.abc import Coroutine
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


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        _log.debug("task %s failed", task.get_name(), exc_info=task.exception())
