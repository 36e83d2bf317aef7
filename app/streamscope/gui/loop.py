"""The window's loop: coroutines on Qt's own event loop. The only place that meets qasync."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import PySide6.QtCore  # noqa: F401 - qasync takes the binding that it finds imported
import qasync  # type: ignore[import-untyped]
from PySide6.QtWidgets import QApplication

from streamscope.gui.garbage import collected_here
from streamscope.tasks import end

_T = TypeVar("_T")
_WORKERS = 4


def run(app: QApplication, main: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine on Qt's loop until it returns; the program's windows live meanwhile."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    loop.set_default_executor(_workers())  # its own would leave QThreads registered
    asyncio.set_event_loop(loop)
    try:
        with collected_here():
            result: _T = loop.run_until_complete(_whole(main))
            loop.run_until_complete(loop.shutdown_asyncgens())
        return result
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _whole(main: Coroutine[Any, Any, _T]) -> _T:
    """The coroutine, then the end of every task that is left, such as one that waits for a keyring that is locked.

    They end inside of the loop: after its last run qasync lets Qt process its events once more, and a task that takes a
    step then finds no running loop.
    """
    try:
        return await main
    finally:
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await end(*others)


def _workers() -> ThreadPoolExecutor:
    """Threads for what blocks. All are started here: to start one waits until it runs, which on a busy machine would
    hold up the window for as long, whenever something is asked of one more than before."""
    made = ThreadPoolExecutor(_WORKERS, "streamscope window")
    all_there = threading.Barrier(_WORKERS)
    for _ in range(_WORKERS):
        made.submit(all_there.wait)
    return made
