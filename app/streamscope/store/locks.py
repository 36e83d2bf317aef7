"""Marks on open files that vanish with the process that made them, however it ends."""

import os
import sys

if sys.platform != "win32":
    import fcntl


def shared(descriptor: int) -> int:
    """Say that this file is in use; the mark lives as long as the descriptor that is given back."""
    kept = os.dup(descriptor)
    if sys.platform != "win32":
        fcntl.flock(kept, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return kept


def in_use(descriptor: int) -> bool:
    """Whether anybody has marked this file; on Windows an open file cannot be removed anyway."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
