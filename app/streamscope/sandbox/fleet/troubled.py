"""A program with trouble at its start, for practice."""

import asyncio

from streamscope.sandbox.fleet.program import Program, told
from streamscope.sandbox.quirks import Quirks


class Troubled(Program):
    """Another program that starts late, or ends as soon as it was started."""

    def __init__(self, program: Program, quirks: Quirks) -> None:
        self._program = program
        self._late = quirks.number("slow-start", 0)
        self._crashes = "crash-on-start" in quirks
        self.log = program.log

    @property
    def port(self) -> int:  # type: ignore[override]
        """Where the program listens."""
        return self._program.port

    @property
    def pid(self) -> int:  # type: ignore[override]
        """The program's process."""
        return self._program.pid

    async def start(self) -> None:
        """Start it, later."""
        await asyncio.sleep(self._late)
        if not self._crashes:
            await self._program.start()

    async def ended(self) -> str:
        """Wait for the end, which may be there already."""
        return told(1) if self._crashes else await self._program.ended()

    async def stop(self, grace: float) -> None:
        """Stop the program."""
        await self._program.stop(grace)

    def close(self) -> None:
        """Free its port."""
        self._program.close()
