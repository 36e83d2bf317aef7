"""`python -m streamscope.sandbox.models KIND`: one model, on a port or on a socket that its parent listens on already.

KIND is a built-in model, or `file` for a Python file with a function `predict(inputs)`.
"""

import argparse
import asyncio
import base64
import contextlib
import os
import signal
import socket
import sys
import threading
from typing import NoReturn

from starlette.types import ASGIApp

from streamscope.model.errors import SandboxError
from streamscope.sandbox.faults.edge import Edge
from streamscope.sandbox.faults.spec import parse
from streamscope.sandbox.listeners import QuietServer, bind, server


def main() -> None:
    """Serve until the end of standard input on an inherited socket, on a port until told to end.

    It is the parent's end of life that ends a model, however it came; on a port the parent sees to that itself.
    """
    parser = argparse.ArgumentParser(prog="streamscope.sandbox.models")
    parser.add_argument("kind", choices=("chat", "chat-live", "classify", "ticks", "file"))
    parser.add_argument("--descriptor", type=int)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "0")))
    parser.add_argument("--fault", default="")
    parser.add_argument("--file", default="")
    parser.add_argument("--health", default="/health")
    arguments = parser.parse_args()
    shared = arguments.descriptor is not None or (sys.platform == "win32" and not arguments.port)
    listening = _inherited(arguments.descriptor) if shared else None
    if shared:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl+C at the terminal is the parent's to answer
    made = app(arguments.kind) if arguments.kind != "file" else _file_app(arguments.file, arguments.health)
    # A port is taken when there is something to answer on it: a connection is the sign of being ready.
    listening = listening or _bound(arguments.port)
    asyncio.run(_serve(server(Edge(made, parse(arguments.fault)), None), listening))
    sys.stdout.flush()
    os._exit(0)  # a thread in which a model still thinks is not waited for


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


def _file_app(file: str, health: str) -> ASGIApp:
    """The application of a Python file; where it cannot be loaded one line says why, and the exit code is 1."""
    from streamscope.sandbox.models.python_file import ModelError, app, load

    try:
        return app(load(file), health)
    except ModelError as error:
        _give_up(str(error))


def _bound(port: int) -> socket.socket:
    try:
        return bind(port)
    except SandboxError as error:
        _give_up(f"{error.message} {error.cause}")


def _give_up(why: str) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.write(f"{why}\n")
    sys.stderr.flush()
    os._exit(1)  # a thread that the file started is not waited for


async def _serve(serving: QuietServer, listening: socket.socket) -> None:
    """Serve; asked to end, take no more calls and let those that run come to their end."""

    def leave() -> None:
        serving.should_exit = True

    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)
    serving.config.timeout_graceful_shutdown = None
    await serving.serve(sockets=[listening])


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
