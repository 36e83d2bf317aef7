"""A service as others write it: FastAPI under uvicorn, events by sse-starlette, WebSocket. It knows no sandbox."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent


class Question(BaseModel):
    text: str = Field(max_length=10_000)
    words: int = Field(3, ge=1, le=100_000)
    interval: float = Field(0.0, ge=0, le=10)


class Answer(BaseModel):
    text: str
    pid: int
    version: str
    began: float


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    await asyncio.sleep(float(os.environ.get("LOADING", "0")))
    print("the weights are loaded")
    yield
    print("good bye")


app = FastAPI(title="foreign", lifespan=lifespan)
BEGAN = time.time()
VERSION = os.environ.get("VERSION", "1")


def answer(text: str) -> Answer:
    return Answer(text=text, pid=os.getpid(), version=VERSION, began=BEGAN)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "up"}


@app.post("/v1/answer")
async def whole(question: Question) -> Answer:
    await asyncio.sleep(question.interval)
    return answer(question.text[::-1])


@app.post("/v1/stream")
async def stream(question: Question, request: Request) -> EventSourceResponse:
    async def events() -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(data=answer("").model_dump_json(), event="begin")
        for number in range(question.words):
            if await request.is_disconnected():
                return
            yield ServerSentEvent(data=f"{question.text} {number}\nof {question.words}", id=str(number))
            await asyncio.sleep(question.interval)
        yield ServerSentEvent(data="", event="end", comment="that is all")

    return EventSourceResponse(events(), ping=15)


@app.post("/v1/bytes")
async def size(request: Request, x_secret: Annotated[str | None, Header()] = None) -> dict[str, int]:
    if x_secret == "wrong":
        raise HTTPException(418, "no such secret")
    return {"bytes": len(await request.body())}


@app.websocket("/v1/talk")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(answer("hello").model_dump_json())
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is not None:
                await socket.send_bytes(message["bytes"][::-1])
            elif message["text"] == "leave":
                await socket.close(4000, "you said so")
                return
            else:
                await socket.send_text(message["text"][::-1])
    except WebSocketDisconnect:
        pass
