"""What is being waited for, on a terminal's standard error, until there is something to show."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from streamscope.model.phrase import Phrase, phrase
from streamscope.tasks import end, spawn

_PHASES: dict[str, Phrase] = {
    "idle": phrase("getting ready"),
    "dns": phrase("looking up the name"),
    "connect": phrase("connecting"),
    "proxy": phrase("talking to the proxy"),
    "tls": phrase("agreeing on TLS"),
    "send": phrase("sending"),
    "wait": phrase("waiting for the answer"),
    "reconnect": phrase("waiting to reconnect"),
}
_STEP = 0.5
_CLEAR = "\r\x1b[K"


@asynccontextmanager
async def progress(phase: Callable[[], str]) -> AsyncGenerator[None, None]:
    """Tell the phase and its seconds twice a second; nothing where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    telling = spawn(_tell(phase), name="progress")
    try:
        yield
    finally:
        await end(telling)
        sys.stderr.write(_CLEAR)


async def _tell(phase: Callable[[], str]) -> None:
    began = time.monotonic()
    shown = False
    while True:
        await asyncio.sleep(_STEP)
        told = _PHASES.get(phase())
        if told is not None:
            sys.stderr.write(f"{_CLEAR}{told}, {time.monotonic() - began:.0f} s (Ctrl+C stops)")
            shown = True
        elif shown:
            sys.stderr.write(_CLEAR)
            shown = False
        sys.stderr.flush()
