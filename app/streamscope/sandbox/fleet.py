"""The services and their processes: what the management interfaces ask for is made true here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from streamscope.sandbox.records import Portion, Record, State

InstanceState = Literal["pending", "starting", "running", "failed", "stopping", "ended"]


@dataclass(frozen=True, slots=True)
class InstanceView:
    """One process of a portion as it is now; CPU in cores, memory in bytes."""

    name: str
    portion: str
    state: InstanceState
    port: int
    pid: int
    since: int
    restarts: int
    cpu: float
    memory: int
    note: str


class Fleet:
    """All services of one sandbox. Changes are kept at once; they begin to happen, and are seen in the records.

    A change that a service's status does not allow raises `WrongState`; each generation has its own words for it.
    """

    state: State

    def get(self, service: str) -> Record | None:
        """A service by its id."""
        raise NotImplementedError

    def all(self, generation: str) -> list[Record]:
        """The services of a generation, the oldest first."""
        raise NotImplementedError

    def save(self) -> None:
        """Keep the state now: after a change to a record, an app, a key or a connection that was made outside."""
        raise NotImplementedError

    def deploy(self, record: Record) -> None:
        """Take a service in and begin to deploy it."""
        raise NotImplementedError

    def start(self, service: str) -> None:
        """Begin to start a stopped or failed service."""
        raise NotImplementedError

    def stop(self, service: str) -> None:
        """Begin to stop a service: calls that run get their grace."""
        raise NotImplementedError

    def delete(self, service: str) -> None:
        """Begin to delete a service; it is gone from the records when its processes are."""
        raise NotImplementedError

    def update(self, service: str, portions: Sequence[Portion], revision: str = "") -> None:
        """Replace a service's portions: new instances first, then calls go to them, then the old ones end.

        Where the new ones do not become ready the service stays what it was, and the change says why.
        """
        raise NotImplementedError

    def scale(self, service: str, portion: str, count: int) -> None:
        """Let a portion have so many instances."""
        raise NotImplementedError

    def interrupt(self, service: str) -> None:
        """Break off a deployment (it is stopped then) or an update (it stays what it was)."""
        raise NotImplementedError

    def instances(self, service: str) -> list[InstanceView]:
        """The processes of a service."""
        raise NotImplementedError

    def kill(self, service: str, instance: str) -> bool:
        """End one process at once, as if it crashed; another takes its place. False where there is none."""
        raise NotImplementedError

    def log(self, service: str, instance: str = "", lines: int = 200) -> list[str]:
        """The last lines that a service's processes wrote to standard output and standard error."""
        raise NotImplementedError

    def per_minute(self, service: str) -> int:
        """Calls in the last minute."""
        raise NotImplementedError


class WrongStateError(Exception):
    """A service's status does not allow what was asked for."""

    def __init__(self, record: Record, asked: str) -> None:
        super().__init__(f"{record.name} is {record.status}: it cannot {asked} now")
        self.record = record
        self.asked = asked
