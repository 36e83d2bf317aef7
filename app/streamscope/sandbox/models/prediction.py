"""One call of a model's function: whatever kind of function it is, what comes of it is one row of pieces."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from streamscope.sandbox.models.pieces import Failure

Predict = Callable[[Any], Any]
END = object()
"""What comes after the last piece."""


class Prediction:
    """A call of `predict`. Its pieces: those that it yields, or what it returns alone; `streams` tells which.

    All of a plain function or generator runs in one thread, the call's own: what it opened there may be used and closed
    there. Leaving closes the generator; one that is busy in its thread is closed as soon as it comes up.
    """

    def __init__(self, predict: Predict, inputs: Any) -> None:
        self._predict = predict
        self._inputs = inputs
        self._source: Iterator[Any] | AsyncIterator[Any] | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        source, thread = self._source, self._thread
        if isinstance(source, AsyncIterator):
            close = getattr(source, "aclose", None)
            if close is not None:
                await _told(close())
        elif source is not None and thread is not None:
            close = getattr(source, "close", None)
            if close is not None:
                thread.submit(_outcome, close)
        if thread is not None:
            thread.shutdown(wait=False)

    @property
    def streams(self) -> bool:
        """Whether it yields; known once `first` was awaited."""
        return self._source is not None

    async def first(self) -> Any:
        """The first piece, END where it yields none. Raises Failure."""
        predict = self._predict
        call = getattr(predict, "__call__", None)  # noqa: B004 - an object's own may be a coroutine function
        plain = not any(
            check(function)
            for check in (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
            for function in (predict, call)
        )
        if plain:
            self._thread = ThreadPoolExecutor(1, "predict")
            value = await self._aside(predict, self._inputs)
        else:
            value = await _raising(_later(predict, self._inputs))
        if inspect.isawaitable(value):
            value = await _raising(value)
        if isinstance(value, Iterator | AsyncIterator):
            self._source = value
            return await self._next()
        return value

    async def all(self, first: Any) -> AsyncIterator[Any]:
        """The first piece and those after it. Raises Failure."""
        piece = first
        while piece is not END:
            yield piece
            piece = await self._next() if self.streams else END

    async def _next(self) -> Any:
        if isinstance(self._source, AsyncIterator):
            return await _raising(_following(self._source))
        return await self._aside(next, self._source, END)

    async def _aside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self._thread = self._thread or ThreadPoolExecutor(1, "predict")
        error, value = await asyncio.get_running_loop().run_in_executor(self._thread, _outcome, function, *arguments)
        if error is not None:
            raise Failure(error) from error
        return value


async def _later(predict: Predict, inputs: Any) -> Any:
    value = predict(inputs)
    return await value if inspect.isawaitable(value) else value


async def _following(source: AsyncIterator[Any]) -> Any:
    try:
        return await anext(source)
    except StopAsyncIteration:
        return END


def _outcome(function: Callable[..., Any], *arguments: Any) -> tuple[BaseException | None, Any]:
    """What was raised, or what came; as a value, since a future cannot carry a StopIteration."""
    try:
        return None, function(*arguments)
    except BaseException as error:  # noqa: BLE001 - also sys.exit(): a model must not end its server
        return error, None


async def _raising(value: Awaitable[Any]) -> Any:
    """What comes of awaiting. Raises Failure, or CancelledError where it is the caller who is gone."""
    try:
        return await value
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise Failure(error) from error  # the model's own
    except (Exception, SystemExit) as error:
        raise Failure(error) from error


async def _told(closing: Awaitable[Any]) -> None:
    """Wait for a generator's end; what it raises there is told nobody but the log."""
    try:
        await closing
    except (Exception, SystemExit):  # noqa: BLE001
        import traceback

        traceback.print_exc()
