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
