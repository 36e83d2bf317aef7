"""The access matrix as values: one combination of authentication, channel and protocol, and how its call came out."""

from typing import Literal

import msgspec

Key = tuple[str, str, str, str]
"""What names a cell: the service's id, authentication, channel, protocol."""

CellState = Literal["not offered", "waiting", "works", "failed", "stopped"]


class Cell(msgspec.Struct, frozen=True, omit_defaults=False):
    """One combination: whether it is offered, and how its call came out.

    `service` is the name and `id` the service's own; `ok` is None where nothing was called, or where it was `stopped`
    first. `ttfb_ms` are milliseconds from Send to the first byte of the answer; `at` is when it was called (ISO 8601,
    UTC); `recording` is the folder of its exchange, '' where none was kept.
    """

    service: str
    generation: str
    auth: str
    channel: str
    protocol: str
    offered: bool
    ok: bool | None = None
    status: int | None = None
    ttfb_ms: float | None = None
    reason: str | None = None
    id: str = ""
    stopped: bool = False
    at: str = ""
    recording: str = ""

    @property
    def key(self) -> Key:
        """What names it."""
        return (self.id, self.auth, self.channel, self.protocol)

    @property
    def state(self) -> CellState:
        """One word for it."""
        if not self.offered:
            return "not offered"
        if self.stopped:
            return "stopped"
        if self.ok is None:
            return "waiting"
        return "works" if self.ok else "failed"
