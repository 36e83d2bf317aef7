"""Numpy takes a tenth of a second to load: it is loaded aside, when somebody is about to filter or to sort."""

import sys
import threading

_begun = False


def warm() -> None:
    """Begin to load it, once."""
    global _begun  # noqa: PLW0603 - it is loaded once for the program
    if not _begun and "numpy" not in sys.modules:
        _begun = True
        threading.Thread(target=_load, name="streamscope numpy", daemon=True).start()


def _load() -> None:
    import numpy  # noqa: F401 - so that the first table need not wait for it
