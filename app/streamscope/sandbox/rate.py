"""A service's limit of requests per second, as a token bucket."""

import time


class RateLimit:
    """A bucket for each service: as many requests at once as there are in a second, filled steadily."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, service_id: str) -> bool:
        """Whether one more request is within the limit."""
        now = time.monotonic()
        left, since = self._buckets.get(service_id, (float(self._per_second), now))
        left = min(float(self._per_second), left + (now - since) * self._per_second)
        allowed = left >= 1
        self._buckets[service_id] = (left - 1 if allowed else left, now)
        return allowed
