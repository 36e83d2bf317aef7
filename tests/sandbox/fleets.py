"""A fleet in the test's own process, and the little programs that it deploys."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamscope.sandbox.fleet import Fleet
from streamscope.sandbox.fleet.delays import Delays
from streamscope.sandbox.packages import BUILT_IN, Package
from streamscope.sandbox.records import Portion, Record

FAST = Delays(pace=0.1, pending=0.01, stopping=0.01, deleting=0.01, pause=0.05, longest_pause=0.2, unready=0.02)

# Answers every GET with its name; /slow in pieces for a while, /crash never.
SERVER = """
import http.server, os, sys, time
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *words): pass
    def do_GET(self):
        if self.path == "/crash": os._exit(7)
        self.send_response(200)
        if self.path.startswith("/slow"):
            self.send_header("transfer-encoding", "chunked"); self.end_headers()
            for number in range(20):
                self.wfile.write(b"2\\r\\n%02d\\r\\n" % number); self.wfile.flush(); time.sleep(0.05)
            self.wfile.write(b"0\\r\\n\\r\\n"); return
        body = (NAME + " " + str(os.getpid())).encode()
        self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
NAME = os.environ.get("NAME", "nobody")
print("serving as", NAME, flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
"""


@dataclass
class Shelf:
    """Packages for a test."""

    packages: dict[str, Package] = field(default_factory=lambda: {one.name: one for one in BUILT_IN})

    def get(self, name: str, version: str = "") -> Package | None:
        return self.packages.get(name)

    def add(self, name: str, program: str, **more: Any) -> None:
        """A package whose program is this Python text."""
        line = [sys.executable, "-I", "-S", "-c", program]
        self.packages[name] = Package(name=name, kind="command", command=line, **more)


def command(package: Package, port: int) -> tuple[list[str], dict[str, str], Path]:
    return package.command, {**os.environ, **package.environment, "PORT": str(port)}, Path(package.folder or ".")


def portion(package: str, name: str = "one", **more: Any) -> Portion:
    return Portion(**{"id": name, "name": name, "package": package, "grace": 1.0, **more})


def record(*portions: Portion, **more: Any) -> Record:
    number = str(uuid.uuid4())
    return Record(**{"id": number, "name": f"service {number[:4]}", "generation": "v1", "auth": ["token"],
                     "portions": list(portions), **more})  # fmt: skip


def shelf() -> Shelf:
    """The built-in packages, and a server."""
    made = Shelf()
    made.add("server", SERVER, health="/health", seconds=10)
    return made


@asynccontextmanager
async def fleet(folder: Path, packages: Shelf | None = None, **more: Any) -> AsyncIterator[Fleet]:
    """A fleet that lives as long as the block."""
    made = Fleet(folder, packages or shelf(), command, **{"delays": FAST, **more})
    await made.begin()
    try:
        yield made
    finally:
        await made.close()


async def until(fulfilled: Callable[[], Any], seconds: float = 15.0) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not fulfilled():  # noqa: ASYNC110 - what is waited for is no event
            await asyncio.sleep(0.005)
