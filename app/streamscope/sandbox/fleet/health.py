"""Whether a program is ready: an HTTP GET that is answered with 2xx, or a connection that is accepted."""

import asyncio
import contextlib

ONE_QUESTION = 2.0
"""Seconds until a question counts as not answered."""
SLOWEST = 0.5


async def ready(port: int, path: str, pause: float) -> None:
    """Return when a program is ready; ask again after the pause, a little later each time."""
    while not await asked(port, path):
        await asyncio.sleep(pause)
        pause = min(pause * 1.2, SLOWEST)


async def asked(port: int, path: str) -> bool:
    """One question."""
    try:
        async with asyncio.timeout(ONE_QUESTION):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return True if not path else await _answered(reader, writer, path)
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError, ValueError):
        return False


async def _answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> bool:
    """Whether a GET is answered with 2xx; RFC 9112, section 4: the status is the second word of the first line."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    writer.write(head.encode("ascii", "replace"))
    words = (await reader.readline()).split(None, 2)
    return len(words) > 1 and len(words[1]) == 3 and words[1].startswith(b"2")
