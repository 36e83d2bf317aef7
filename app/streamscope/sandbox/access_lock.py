"""The lock of an access key after repeated failures; platform documentation, API Gateway FAQ on signing errors."""

import time
from collections import Counter

from streamscope.sandbox.limits import AK_FAILURES


class AccessLock:
    """Counts consecutive failures of each access key; more than five lock it for a while."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._failures: Counter[str] = Counter()
        self._locked_until: dict[str, float] = {}

    def locked(self, access: str) -> bool:
        """Whether the key is refused without looking at the signature."""
        until = self._locked_until.get(access)
        if until is None:
            return False
        if time.monotonic() < until:
            return True
        self.succeeded(access)
        return False

    def failed(self, access: str) -> None:
        """Count a failure."""
        self._failures[access] += 1
        if self._failures[access] > AK_FAILURES:
            self._locked_until[access] = time.monotonic() + self._seconds

    def succeeded(self, access: str) -> None:
        """A success, or the end of a lock, starts the count anew."""
        self._failures.pop(access, None)
        self._locked_until.pop(access, None)
