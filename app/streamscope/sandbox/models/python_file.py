"""A Python file with one function, `predict(inputs)`, as a model over HTTP, server-sent events and WebSocket.

Any path calls it but the health path, whose GET answers 200. `predict` may be a function, a coroutine function, a
generator or an async generator; plain ones run in threads, so that several calls go at once. `inputs` is

- the value of a JSON body; the text of a text/plain body; of a form its fields by name, a file as bytes and any other
  as text (a list where a name comes twice); the bytes of any other body; and where there is no body the query, by name;
- of a WebSocket each message in turn: a JSON object or array as its value, other text and bytes as they are.

What it returns is sent as JSON, a `str` as text/plain, `bytes` as application/octet-stream. What it yields is sent as
an event stream, an event a piece, where the caller accepts `text/event-stream` or the inputs say `"stream": true`;
else it is collected: texts joined, other pieces as a JSON list. Over a WebSocket each piece is a message, texts and
bytes as they are, else JSON.

What it raises is status 500 with `{"error": {"type", "message"}}`, within a stream an event `error` of the same and
the end, over a WebSocket a message; the traceback is printed on standard error. A caller who goes away closes the
generator.
"""

import asyncio
import contextlib
import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from streamscope.model.errors import UsageError
from streamscope.sandbox.models import inputs as reading
from streamscope.sandbox.models import pieces as writing
from streamscope.sandbox.models.pieces import Failure
from streamscope.sandbox.models.prediction import Predict, Prediction
from streamscope.sandbox.registration import check_source
from streamscope.tasks import end, spawn

HERE = str(Path(__file__).parent)
WAITING_MESSAGES = 64
"""Messages of a WebSocket that are read while one is answered; then the peer has to wait."""


class ModelError(Exception):
    """A file that cannot be a model; its text is one line that says why."""


def load(file: str) -> Predict:
    """The function of a file. Raises ModelError."""
    path = Path(file).absolute()
    try:
        check_source(path.read_bytes(), path)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    except UsageError as error:
        raise ModelError(" ".join(str(part) for part in (error.message, error.hint) if str(part))) from error
    sys.path.insert(0, str(path.parent))
    sys.dont_write_bytecode = True  # nothing is left beside the file, and what was just changed is what runs
    name = path.stem if path.stem.isidentifier() and path.stem not in sys.modules else f"model_{abs(hash(path.stem))}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModelError(f"{path} is no Python file: its name has to end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        told = f"{path}, line {_line(error, path)}: {type(error).__name__}: {error}"
        if isinstance(error, ModuleNotFoundError):
            told += f" (it runs with {sys.executable}; PYTHONPATH can name where that finds more modules)"
        raise ModelError(_one_line(told)) from error
    return usable(getattr(module, "predict", None), path)


def usable(predict: object, path: Path) -> Predict:
    """The same if it can be called with one argument. Raises ModelError."""
    if predict is None:
        raise ModelError(f"There is no function predict in {path}. Write: def predict(inputs): ...")
    if not callable(predict) or inspect.isclass(predict):
        raise ModelError(f"predict in {path} is no function but {_one_line(repr(predict))[:80]}")
    with contextlib.suppress(ValueError):  # some functions that are not Python's have no signature to look at
        try:
            inspect.signature(predict).bind({})
        except TypeError as error:
            raise ModelError(f"predict in {path} has to take one argument, the inputs: {error}") from error
    return predict


def app(predict: Predict, health: str = "/health") -> ASGIApp:
    """The application."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _converse(predict, WebSocket(scope, receive, send))
        elif scope["type"] == "http":
            await _call(predict, health, scope, receive, send)

    return answer


async def _call(predict: Predict, health: str, scope: Scope, receive: Receive, send: Send) -> None:
    """One HTTP call: answered in a task of its own, which ends when the caller is gone."""
    request = Request(scope, receive)
    if scope["path"] == health and scope["method"] in ("GET", "HEAD"):
        await writing.respond(send, 200, "application/json", b'{"status":"ok"}')
        return
    try:
        body = await request.body()
    except ClientDisconnect:
        return
    try:
        given = reading.of_request(body, request.headers.get("content-type", ""), request.query_params.multi_items())
    except reading.InputError as error:
        await writing.respond(send, 400, "application/json", writing.failure("InputError", str(error)))
        return
    streams = reading.wants_stream(request.headers.getlist("accept"), given)
    work = spawn(_answer(Prediction(predict, given), send, streams=streams), name="call")
    gone = spawn(_gone(receive), name="caller")
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        await end(work, gone)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(prediction: Prediction, send: Send, *, streams: bool) -> None:
    async with prediction:
        try:
            # The head waits for the first piece: what fails before it has a status that says so.
            first = await prediction.first()
            if prediction.streams and streams:
                await _stream(prediction, first, send)
                return
            media_type, body = await writing.whole(prediction, first)
        except Failure as failure:
            _print(failure.error)
            await writing.respond(send, 500, "application/json", failure.body)
            return
        await writing.respond(send, 200, media_type, body)


async def _stream(prediction: Prediction, first: Any, send: Send) -> None:
    await writing.begin(send, 200, "text/event-stream")
    try:
        async for piece in prediction.all(first):
            await send({"type": "http.response.body", "body": writing.event(piece), "more_body": True})
    except Failure as failure:
        _print(failure.error)
        last = b"event: error\n" + writing.data(failure.body.decode())
        await send({"type": "http.response.body", "body": last, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _converse(predict: Predict, socket: WebSocket) -> None:
    """One WebSocket: its messages answered in turn, while it is listened for more of them and for its end."""
    await socket.accept()
    asked: asyncio.Queue[Any] = asyncio.Queue(WAITING_MESSAGES)
    answering = spawn(_reply(predict, socket, asked), name="conversation")
    listening = spawn(_listen(socket, asked), name="listening")
    try:
        await asyncio.wait({answering, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(answering, listening)


async def _listen(socket: WebSocket, asked: "asyncio.Queue[Any]") -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        await asked.put(reading.of_message(text if text is not None else message["bytes"]))


async def _reply(predict: Predict, socket: WebSocket, asked: "asyncio.Queue[Any]") -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            try:
                async with Prediction(predict, await asked.get()) as prediction:
                    first = await prediction.first()
                    async for piece in prediction.all(first):
                        said = writing.message(piece)
                        await (socket.send_text(said) if isinstance(said, str) else socket.send_bytes(said))
            except Failure as failure:
                _print(failure.error)
                await socket.send_text(failure.body.decode())


def _print(error: BaseException) -> None:
    """The traceback, without the lines of this program that led to the model's."""
    shown = error.__traceback__
    while shown is not None and shown.tb_frame.f_code.co_filename.startswith(HERE):
        shown = shown.tb_next
    traceback.print_exception(type(error), error, shown or error.__traceback__)
    sys.stderr.flush()


def _line(error: BaseException, path: Path) -> int:
    """The last line of the file itself on the way to an error."""
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (frames[-1] if frames else None) or 1


def _one_line(text: str) -> str:
    return " ".join(text.split())
