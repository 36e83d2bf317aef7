"""What a service's monitor told, kept for the session."""

from collections import deque

from streamscope.model.deployment import Figures

KEPT = 1200
"""Samples of a service that are kept: an hour at the usual pace."""

Samples = deque[Figures]


def samples() -> Samples:
    """A place for the samples of one service."""
    return deque(maxlen=KEPT)
