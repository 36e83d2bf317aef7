"""A built-in model's process: it inherits a socket that listens already and ends with its standard input."""

import asyncio
import base64
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from streamscope.sandbox.files import private_folder
from streamscope.sandbox.fleet.program import Program, StartError, told
from streamscope.sandbox.listeners import bind

PACKAGE_ROOT = Path(__file__).parents[3]
LOG_BYTES = 1_000_000


class Inherited(Program):
    """The socket listens before the process exists: its address is known at once, and connections wait in the kernel.

    A lazy one starts its process when the first connection waits. Here the socket is never accepted on, only watched.
    """

    def __init__(self, kind: str, log: Path, *, fault: str, environment: Mapping[str, str], lazy: bool) -> None:
        self._kind = kind
        self._fault = fault
        self._environment = environment
        self._lazy = lazy
        self._socket: socket.socket = bind()
        self._process: asyncio.subprocess.Process | None = None
        self.log = log
        self.port = self._socket.getsockname()[1]

    async def start(self) -> None:
        """Start the process, or begin to watch for its first connection."""
        if not self._lazy:
            await self._launch()

    async def ended(self) -> str:
        """Wait for the end, first for the beginning where that is the first connection's."""
        if self._lazy:
            await self._wanted()
            await self._launch()
        code = await self._process.wait() if self._process is not None else 0
        self.pid = 0
        return told(code)

    async def stop(self, grace: float) -> None:
        """A model ends by itself when its standard input does; one that does not is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), grace)
        except TimeoutError:
            process.kill()
            await process.wait()
        self.pid = 0

    def close(self) -> None:
        """Free the port."""
        self._socket.close()

    async def _wanted(self) -> None:
        """Return when a connection waits; at once on a loop that cannot watch sockets."""
        loop = asyncio.get_running_loop()
        waits = asyncio.Event()
        try:
            loop.add_reader(self._socket, waits.set)
        except NotImplementedError:
            return
        try:
            await waits.wait()
        finally:
            loop.remove_reader(self._socket)

    async def _launch(self) -> None:
        """Hand the socket over: by descriptor where descriptors are inherited, else by a share for that process.

        With -P the folder that the person happens to be in is no place to import from.
        """
        command = [sys.executable, "-P", "-m", "streamscope.sandbox.models", self._kind, "--fault", self._fault]
        search = [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | self._environment | {"PYTHONPATH": os.pathsep.join(one for one in search if one)}
        try:
            with self._output() as output:
                self._process = await self._spawn(command, environment, output)
        except (OSError, ValueError) as error:
            raise StartError(str(error)) from error
        self.pid = self._process.pid

    async def _spawn(self, command: list[str], environment: dict[str, str], output: int) -> asyncio.subprocess.Process:
        if sys.platform == "win32":
            process = await asyncio.create_subprocess_exec(
                *command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment,
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
            )  # fmt: skip
            if process.stdin is not None:
                process.stdin.write(base64.b64encode(self._socket.share(process.pid)) + b"\n")
            return process
        descriptor = self._socket.fileno()
        return await asyncio.create_subprocess_exec(
            *command, "--descriptor", str(descriptor), stdin=subprocess.PIPE, stdout=output, stderr=output,
            env=environment, pass_fds=(descriptor,), start_new_session=True,
        )  # fmt: skip

    @contextlib.contextmanager
    def _output(self) -> Iterator[int]:
        """The log, emptied where it has grown; a built-in model writes little."""
        private_folder(self.log.parent.parent)
        private_folder(self.log.parent)
        output = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.fstat(output).st_size > LOG_BYTES:
                os.truncate(output, 0)
            yield output
        finally:
            os.close(output)
