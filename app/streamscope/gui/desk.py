"""What a window works with once the core is there: the bench, the core's thread, and the kinds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamscope.engine.runtime import Runtime
    from streamscope.gui.composer.shelves import Shelves
    from streamscope.store.bench import Bench
    from streamscope.store.drafts import Kept


@dataclass(frozen=True, slots=True)
class Desk:
    """Opened off the window's thread, after the first paint: its imports are the heavy ones."""

    bench: Bench
    runtime: Runtime
    shelves: Shelves
    secret_fields: frozenset[tuple[str, str]]
    kept: list[Kept]

    def close(self) -> None:
        """End everything that runs, then the stores. Blocks; belongs off the window's thread."""
        self.runtime.stop()
        self.bench.close()


_TIDY_AFTER = 2.0
"""Seconds: by then the window is there, which must not wait for the disk to look at thousands of recordings."""


async def _tidied(bench: Bench) -> None:
    """Recordings beyond what the settings allow leave while nobody waits for it."""
    from streamscope.store.pruning import quota

    await asyncio.sleep(_TIDY_AFTER)
    gone = await asyncio.to_thread(bench.recordings.prune, quota(bench.settings))
    await asyncio.to_thread(bench.history.forget, gone)
    await asyncio.to_thread(bench.history.reconcile)


def opened(bench: Bench) -> Desk:
    """Import the core and start it."""
    from streamscope.engine import findings, offers, send, timing, transcript  # noqa: F401 - warmed for the first send
    from streamscope.engine.automatic import automatic
    from streamscope.engine.runtime import Runtime
    from streamscope.gui.composer.shelves import Shelves
    from streamscope.kinds import catalog

    runtime = Runtime(bench)
    runtime.start()
    runtime.run(_tidied(bench))
    shelves = Shelves(
        catalog.AUTH,
        catalog.CHANNELS,
        catalog.PROTOCOLS,
        offers.reason,
        offers.resolved,
        automatic,
        dialects=catalog.DIALECTS,
    )
    bench.drafts.begin()
    return Desk(bench, runtime, shelves, catalog.secret_fields(), bench.drafts.load_all())
