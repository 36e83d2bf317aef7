"""The core's own loop, in a thread of its own, so that painting never sits inside a measured latency."""

import asyncio
import concurrent.futures
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from streamscope.engine.core import Core
from streamscope.store.bench import Bench

_T = TypeVar("_T")
_SWITCH = 0.0005
"""Seconds between thread switches: at the interpreter's own 5 ms a busy window bends the stamps by as much."""

_TIDYING = 7.0
"""Seconds that whatever is being cancelled may take to clean up: a sandbox that is just starting is ended, too."""


class Runtime:
    """Runs the core's coroutines for a face that has a loop of its own."""

    def __init__(self, bench: Bench) -> None:
        self.core = Core(bench)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="streamscope core", daemon=True)
        self._switch = sys.getswitchinterval()

    def start(self) -> None:
        """Start the thread."""
        sys.setswitchinterval(_SWITCH)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> "concurrent.futures.Future[_T]":
        """Start a coroutine on the core's loop; cancelling the future cancels it there."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function on the core's loop, soon."""
        self._loop.call_soon_threadsafe(function, *arguments)

    def cancel(self, future: "concurrent.futures.Future[Any]") -> None:
        """Stop a coroutine: it closes its connection and notes its end before it is gone."""
        future.cancel()

    def stop(self) -> None:
        """End everything that runs, close every connection and the sandbox, then the thread."""
        if not self._thread.is_alive():
            self._loop.close()
            return
        self.run(self._end()).result(timeout=15)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=15)
        sys.setswitchinterval(self._switch)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            if not task.cancelling():  # else it is cleaning up already, which a second time would break off
                task.cancel()
        if others:
            _, late = await asyncio.wait(others, timeout=_TIDYING)
            for task in late:
                task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.core.aclose()
        await asyncio.get_running_loop().shutdown_asyncgens()
        await asyncio.get_running_loop().shutdown_default_executor()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()
