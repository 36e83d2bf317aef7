"""The way out: pieces wait for their moment and are handed to a writer, those of one group together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from streamscope.sandbox.faults.pieces import Piece
from streamscope.tasks import end, spawn

Write = Callable[[list[Piece]], Awaitable[None]]


class Outlet:
    """A queue with a writer behind it; the writer gets pieces in order, each not before it is due.

    `failed` is called when the writer raises: nobody may be waiting for it, and the caller must not wait forever.
    """

    def __init__(self, write: Write, failed: Callable[[], None]) -> None:
        self._write = write
        self._failed = failed
        self._waiting: deque[Piece] = deque()
        self._more = asyncio.Event()
        self._closed = False
        self._task = spawn(self._run(), name="fault")

    def put(self, pieces: list[Piece]) -> None:
        """Add to the end."""
        self._waiting.extend(pieces)
        self._more.set()

    async def finish(self) -> None:
        """Wait until everything is written; raises what the writer raised."""
        self._closed = True
        self._more.set()
        await self._task

    async def close(self) -> None:
        """Drop what was not written."""
        await end(self._task)

    async def _run(self) -> None:
        try:
            await self._hand_over()
        except Exception:
            self._failed()
            raise

    async def _hand_over(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not self._waiting:
                if self._closed:
                    return
                self._more.clear()
                await self._more.wait()
            piece = self._waiting.popleft()
            await asyncio.sleep(max(0.0, piece.at - loop.time()))
            together = [piece]
            while piece.group and self._waiting and self._waiting[0].group == piece.group:
                together.append(self._waiting.popleft())
            await self._write(together)
