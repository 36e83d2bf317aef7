"""Several calls at once: bounded, in order, and ended together."""

import asyncio
from functools import partial

import pytest

from streamscope.tasks import together


async def test_calls_run_at_once_but_not_too_many_and_keep_their_order() -> None:
    running = most = 0

    async def call(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(10 - number):
            await asyncio.sleep(0)
        running -= 1
        return number

    found = await together((partial(call, number) for number in range(10)), at_once=3, name="calls")
    assert (found, most) == (list(range(10)), 3)
    assert await together((), at_once=3, name="none") == []


async def test_the_first_failure_ends_the_others() -> None:
    ended: list[int] = []

    async def call(number: int) -> None:
        if number == 1:
            raise ValueError(number)
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(number)

    with pytest.raises(ValueError, match="1"):
        await together((partial(call, number) for number in range(5)), at_once=3, name="calls")
    assert {0, 2} <= set(ended), "those that had begun are ended"
    assert 4 not in ended, "the last never begins"
