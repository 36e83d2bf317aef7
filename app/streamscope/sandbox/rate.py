"""A service's limit of requests per second, as a token bucket."""

import time


class RateLimit:
    """A bucket for each service: as many requests at once as there are in a second, filled steadily."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, service_id: str, per_second: float | None = None) -> bool:
        """Whether one more request is within the limit, the service's own where it has one."""
        now = time.monotonic()
        each = float(self._per_second if per_second is None else per_second)
        most = max(1.0, each)
        left, since = self._buckets.get(service_id, (most, now))
        left = min(most, left + (now - since) * each)
        allowed = left >= 1
        self._buckets[service_id] = (left - 1 if allowed else left, now)
        return allowed
