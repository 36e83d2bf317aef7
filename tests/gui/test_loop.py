"""The window's loop: no coroutine takes a step outside of it."""

import asyncio

import pytest
from PySide6.QtWidgets import QApplication

from streamscope.gui import loop
from streamscope.tasks import spawn

pytestmark = pytest.mark.window


def test_what_is_left_at_the_end_is_ended_inside_of_the_loop(dressed: QApplication) -> None:
    outside: list[RuntimeError] = []
    ended: list[str] = []

    async def busy(name: str) -> None:
        try:
            while True:
                asyncio.get_running_loop()
                await asyncio.sleep(0)
        except RuntimeError as error:
            outside.append(error)
        finally:
            ended.append(name)

    async def main() -> str:
        for number in range(5):
            spawn(busy(str(number)), name=f"busy {number}")
        await asyncio.sleep(0.01)
        return "done"

    assert loop.run(dressed, main()) == "done"
    assert not outside
    assert sorted(ended) == ["0", "1", "2", "3", "4"]


def test_they_are_ended_where_it_fails_too(dressed: QApplication) -> None:
    ended: list[bool] = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def main() -> None:
        spawn(waiting(), name="waiting")
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        loop.run(dressed, main())
    assert ended == [True]
