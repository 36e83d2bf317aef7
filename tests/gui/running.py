"""What a window does with the coroutines that a pane gives it, without a window: each is run to its end, in turn."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


def runner() -> Callable[[Coroutine[Any, Any, None]], None]:
    """A slot for `started`; what is started meanwhile waits its turn."""
    waiting: list[Coroutine[Any, Any, None]] = []
    running: list[bool] = []

    def run(coroutine: Coroutine[Any, Any, None]) -> None:
        waiting.append(coroutine)
        if running:
            return
        running.append(True)
        try:
            while waiting:
                asyncio.run(waiting.pop(0))
        finally:
            running.clear()

    return run
