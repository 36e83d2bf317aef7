"""One copy of a portion's program: started, found ready, started again after a crash, ended."""

import asyncio
import contextlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from streamscope.model.errors import StreamscopeError
from streamscope.sandbox.fleet import health
from streamscope.sandbox.fleet.delays import Delays
from streamscope.sandbox.fleet.logs import tail
from streamscope.sandbox.fleet.program import Program, StartError
from streamscope.sandbox.records import Health, Portion, now
from streamscope.tasks import end, spawn

InstanceState = Literal["pending", "starting", "running", "failed", "stopping", "ended"]
UNSAFE = re.compile(r"[^A-Za-z0-9]")
TAIL_LINES = 5
END_SECONDS = 2.0
"""What a program has to end at most, once nobody calls it any more."""


@dataclass(frozen=True, slots=True)
class InstanceView:
    """One process of a portion as it is now."""

    name: str
    portion: str
    state: InstanceState
    port: int
    pid: int
    since: int
    restarts: int
    note: str
    used: Callable[[], tuple[float, int]]
    """What `cpu` and `memory` ask, which is a question to the system for each process."""

    @property
    def cpu(self) -> float:
        """Cores that it uses, since the question before."""
        return self.used()[0]

    @property
    def memory(self) -> int:
        """Bytes."""
        return self.used()[1]


class Instance:
    """The life of one copy; `changed` is called after every change of its state."""

    def __init__(
        self,
        name: str,
        portion: Portion,
        program: Program,
        checked: Health,
        delays: Delays,
        changed: Callable[[], None],
    ) -> None:
        self.name = name
        self.portion = portion
        self.program = program
        self.state: InstanceState = "pending"
        self.since = now()
        self.restarts = 0
        self.note = ""
        self.calls = 0
        """Calls that run through it now."""
        self.crashes: list[str] = []
        """What it ended with, not yet told as an event."""
        self._health = checked
        self._delays = delays
        self._changed = changed
        self._life: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()

    def begin(self, *, at_once: bool = False) -> None:
        """Begin to live; `at_once`: it is ready from the start, since its process comes with the first connection."""
        if at_once:
            self._set("running")
        self._life = spawn(self._live(at_once=at_once), name=f"instance {self.name}")

    async def close(self, grace: float) -> None:
        """Let calls that run end within so many seconds, then the program, and free its port."""
        if self.state != "failed":
            self._set("stopping")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                while self.calls:
                    self._idle.clear()
                    await self._idle.wait()
        await end(self._life)
        await self.program.stop(self._end_seconds)
        self.program.close()
        if self.state != "failed":
            self._set("ended")

    @property
    def _end_seconds(self) -> float:
        return min(self.portion.grace, END_SECONDS)

    def called(self, change: int) -> None:
        """A call began or ended."""
        self.calls += change
        if not self.calls:
            self._idle.set()

    async def _live(self, *, at_once: bool) -> None:
        failures = 0
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                late = await self._once(at_once=at_once)
            except (StartError, OSError, StreamscopeError) as error:
                self.note, late = str(error), False
            if asyncio.get_running_loop().time() - begun > self._delays.steady:
                failures = 0
            failures += 1
            if late or failures >= self._delays.attempts:
                self._set("failed")
                return
            self.restarts += 1
            self._set("starting")
            await asyncio.sleep(min(self._delays.pause * 2 ** (failures - 1), self._delays.longest_pause))

    async def _once(self, *, at_once: bool) -> bool:
        """One process from its start to its end; True where it was not ready in time."""
        self._set("running" if at_once else "starting")
        try:
            await self.program.start()
            gone = spawn(self.program.ended(), name=f"end of {self.name}")
            try:
                if not at_once and not await self._ready(gone):
                    return True
                self.note = await gone
            finally:
                await end(gone)
        finally:
            await self.program.stop(self._end_seconds)
        output = tail([self.program.log], TAIL_LINES)
        self.note = "\n".join([self.note, *output])
        self.crashes.append(self.note)
        return False

    async def _ready(self, gone: "asyncio.Task[str]") -> bool:
        """Wait until the program is ready or has ended; False where it is neither in time."""
        found = spawn(health.ready(self.program.port, self._health.path, self._delays.unready), name="health")
        try:
            await asyncio.wait({found, gone}, timeout=self._health.seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(found)
        if gone.done():
            return True
        if found.cancelled():
            seconds = f"{self._health.seconds:g}"
            text = f"the health check of the container did not pass within {seconds} seconds"
            self.note = "\n".join([text, *tail([self.program.log], TAIL_LINES)])
            return False
        self.note = ""
        self._set("running")
        return True

    def _set(self, state: InstanceState) -> None:
        if state != self.state:
            self.state, self.since = state, now()
        self._changed()


def instance_name(service: str, portion: str) -> str:
    """A name as the platform's pods have it: of the service, the portion, and by chance."""
    words = [UNSAFE.sub("", word)[:8] for word in (service, portion)]
    return "-".join(["infer", *filter(None, words), secrets.token_hex(3)])
