"""Python's garbage collector, kept on the window's thread.

The collector runs on whichever thread happens to allocate. On the core's thread it would destroy widgets and timers,
which Qt forbids: the program would crash now and then. So it is off while the window lives, and asked for here.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

_EVERY = 1000
"""Milliseconds between two looks at what has gathered."""


@contextmanager
def collected_here() -> Iterator[None]:
    """While this lasts, garbage is collected on the calling thread, by Qt's timer; at the end all of it."""
    was_on = gc.isenabled()
    gc.disable()
    owner = QObject()
    timer = QTimer(owner)
    timer.setInterval(_EVERY)
    timer.timeout.connect(_look)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        owner.deleteLater()
        gc.unfreeze()
        gc.collect()
        if was_on:
            gc.enable()


def spare() -> None:
    """What there is now (modules, kinds, the first window's widgets) stays: the collector need not walk through it
    again and again, which would hold up the window for as long as all the rest of its work."""
    if not gc.isenabled():
        gc.freeze()


def _look() -> None:
    """Collect the oldest generation whose threshold is passed, as the collector itself would."""
    for generation, (count, limit) in reversed(list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))):
        if count > limit:
            gc.collect(generation)
            return
