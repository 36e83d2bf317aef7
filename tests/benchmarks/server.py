"""The counterpart of the benchmarks: a tiny HTTPS server in a process of its own, so that it costs the client nothing.

Usage: python -m tests.benchmarks.server CERTIFICATE KEY. It prints its port. GET /json answers a small body on a kept
connection; any other path streams an event each millisecond, stamped with the monotonic clock when it is written.
"""

import asyncio
import ssl
import sys
import time

BODY = b'{"ok":true,"text":"' + b"x" * 150 + b'"}'
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests on one connection until it ends."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            await reader.readexactly(length)
            if b" /json" in head.partition(b"\r\n")[0]:
                writer.write(JSON)
            else:
                await stream(writer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def stream(writer: asyncio.StreamWriter) -> None:
    """Three chat-completion chunks, the first after 20 ms; each tells in its id when it was written."""
    writer.write(STREAM)
    await asyncio.sleep(0.02)
    for word in ("One", " two", " three"):
        chunk = '{"object":"chat.completion.chunk","id":"%d","choices":[{"index":0,"delta":{"content":"%s"}}]}'
        event = f"data: {chunk % (time.perf_counter_ns(), word)}\n\n".encode()
        writer.write(b"%x\r\n%b\r\n" % (len(event), event))
        await writer.drain()
        await asyncio.sleep(0.01)
    writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")


async def main() -> None:
    """Serve until the end of standard input."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


asyncio.run(main())
