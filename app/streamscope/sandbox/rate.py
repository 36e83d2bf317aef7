"""A service's limit of requests in a time, as a token bucket."""

import time


class RateLimit:
    """A bucket for each service: as many requests at once as there are in its time, filled steadily."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, service_id: str, most: int | None = None, seconds: int = 1) -> bool:
        """Whether one more request is within the limit, the service's own where it has one: so many in that time."""
        now = time.monotonic()
        full = float(self._per_second if most is None else most)
        left, since = self._buckets.get(service_id, (full, now))
        left = min(full, left + (now - since) * full / seconds)
        allowed = left >= 1
        self._buckets[service_id] = (left - 1 if allowed else left, now)
        return allowed
