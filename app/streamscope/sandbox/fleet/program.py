"""A process of a service, as an instance sees it: how it starts, is found ready, and ends."""

from abc import ABC, abstractmethod
from pathlib import Path


class StartError(Exception):
    """A program could not be started at all; its text says why."""


class Program(ABC):
    """One process at a time on one port; it can be started again after it ended."""

    port: int
    pid: int = 0
    """0 while no process runs."""
    log: Path

    @abstractmethod
    async def start(self) -> None:
        """Start the process. Raises StartError."""

    @abstractmethod
    async def ended(self) -> str:
        """Wait for the end of the process: how it ended, in words."""

    @abstractmethod
    async def stop(self, grace: float) -> None:
        """Let the process end within so many seconds, then kill it; return when it is gone."""

    def close(self) -> None:  # noqa: B027 - most have nothing to free
        """Free the port."""


def told(code: int) -> str:
    """An exit code in words."""
    return f"the program was killed by signal {-code}" if code < 0 else f"the program ended with exit code {code}"
