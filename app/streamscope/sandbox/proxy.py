"""Forwarding an HTTP request to a service's own program, and its answer back as it comes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpcore
from starlette.types import Receive, Send

from streamscope.sandbox.call import Call, end_to_end
from streamscope.sandbox.refusals import RefusalError, dispatcher
from streamscope.tasks import end, spawn


class HttpProxy:
    """Calls service programs, a new connection for each call, so that no idle connection closes in between."""

    def __init__(self) -> None:
        self._pool = httpcore.AsyncConnectionPool(max_connections=None, max_keepalive_connections=0)

    async def close(self) -> None:
        """Close what is open."""
        await self._pool.aclose()

    async def forward(self, call: Call, body: bytes, seconds: float, receive: Receive, send: Send) -> None:
        """Forward within a time limit: before the head it is a refusal, after it the answer is cut.

        Returning without the last body message makes the server cut the connection, as the gateway does.
        """
        work = spawn(_relay(call, self._answer(call, body), seconds, send), name="forward")
        gone = spawn(_disconnected(receive), name="watch the caller")
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            await end(work, gone)

    @contextlib.asynccontextmanager
    async def _answer(self, call: Call, body: bytes) -> AsyncIterator[httpcore.Response]:
        try:
            response = await self._asked(call, body)
            try:
                yield response
            finally:
                await response.aclose()
        except httpcore.ConnectError as error:
            raise refused() from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise no_response() from error

    async def _asked(self, call: Call, body: bytes) -> httpcore.Response:
        """The program's answer up to its head; one that does not accept the call has not seen it: another may."""
        fields = [*call.headers]
        if body or call.method in {"POST", "PUT", "PATCH"}:
            fields.append((b"content-length", str(len(body)).encode()))
        while True:
            target = call.target.encode("ascii")
            url = httpcore.URL(scheme=b"http", host=b"127.0.0.1", port=call.port, target=target)
            host = (b"host", f"127.0.0.1:{call.port}".encode())
            request = httpcore.Request(call.method, url, headers=[host, *fields], content=body)
            try:
                return await self._pool.handle_async_request(request)
            except httpcore.ConnectError:
                if not call.passage.elsewhere():
                    raise


def refused() -> RefusalError:
    """The program does not accept connections; platform documentation, "Error codes"."""
    text = "Gateway forwarding error. Failed to invoke backend service due to connection refused."
    return dispatcher(500, "ModelArts.4302", text)


def no_response() -> RefusalError:
    """The program hung up; platform documentation, "Error codes"."""
    text = "Failed to respond due to backend service not found or failed to respond."
    return dispatcher(500, "ModelArts.4503", text)


async def _relay(
    call: Call, answer: contextlib.AbstractAsyncContextManager[httpcore.Response], seconds: float, send: Send
) -> None:
    begun = False
    try:
        async with asyncio.timeout(seconds), answer as response:
            begun = True
            call.passage.answered(response.status)
            await send(_head(call, response))
            async for chunk in response.aiter_stream():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except TimeoutError as error:
        if not begun:
            raise call.late() from error
    except RefusalError:
        if not begun:
            raise


def _head(call: Call, response: httpcore.Response) -> dict[str, object]:
    headers = [*end_to_end(response.headers), *call.answer_headers]
    return {"type": "http.response.start", "status": response.status, "headers": headers}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
