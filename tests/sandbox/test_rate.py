"""The limit of requests per second, without a clock of its own to wait for."""

import pytest

from streamscope.sandbox import rate


def test_a_bucket_empties_and_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(rate.time, "monotonic", lambda: now[0])
    limit = rate.RateLimit(3)
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False]
    assert limit.take("b")
    now[0] += 0.34
    assert [limit.take("a") for _ in range(2)] == [True, False]
    now[0] += 100
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False]


def test_a_service_may_have_a_limit_by_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(rate.time, "monotonic", lambda: now[0])
    limit = rate.RateLimit(3)
    assert [limit.take("a", 2, 60) for _ in range(3)] == [True, True, False]
    now[0] += 29
    assert not limit.take("a", 2, 60)
    now[0] += 2
    assert [limit.take("a", 2, 60) for _ in range(2)] == [True, False]
