"""`python -m streamscope.sandbox.models KIND`: one model, on a socket that its parent already listens on."""

import argparse
import asyncio
import base64
import os
import signal
import socket
import sys
import threading

from starlette.types import ASGIApp

from streamscope.sandbox.faults.edge import Edge
from streamscope.sandbox.faults.spec import parse
from streamscope.sandbox.listeners import server


def main() -> None:
    """Serve until standard input ends: it is the parent's end of life that ends the model, however it came."""
    parser = argparse.ArgumentParser(prog="streamscope.sandbox.models")
    parser.add_argument("kind", choices=("chat", "chat-live", "classify", "ticks"))
    parser.add_argument("--descriptor", type=int)
    parser.add_argument("--fault", default="")
    arguments = parser.parse_args()
    listening = _inherited(arguments.descriptor)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl+C at the terminal is the parent's to answer
    application = Edge(app(arguments.kind), parse(arguments.fault))
    asyncio.run(server(application, None).serve(sockets=[listening]))


def app(kind: str) -> ASGIApp:
    """The application of a kind; imported only when asked for, since each process is one kind."""
    if kind == "chat":
        from streamscope.sandbox.models import chat

        return chat.app()
    if kind == "chat-live":
        from streamscope.sandbox.models import chat_live

        return chat_live.app()
    if kind == "classify":
        from streamscope.sandbox.models import classify

        return classify.app()
    from streamscope.sandbox.models import ticks

    return ticks.app()


def _inherited(descriptor: int | None) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(base64.b64decode(sys.stdin.buffer.readline()))
    return socket.socket(fileno=descriptor)


def _end_with_parent() -> None:
    # Not through the buffered file: the interpreter cannot end while a thread holds its lock.
    while os.read(sys.stdin.fileno(), 65_536):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
