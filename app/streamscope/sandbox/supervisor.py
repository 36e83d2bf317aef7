"""The models' processes: each starts at its first connection, is started again after a crash, and dies with us."""

import asyncio
import base64
import contextlib
import os
import subprocess
import sys
from pathlib import Path

from streamscope.sandbox.listeners import bind
from streamscope.tasks import end, spawn

PACKAGE_ROOT = Path(__file__).parents[2]
# A model that cannot even start must not be started in a tight loop.
RESTART_PAUSE = 0.5
GRACE_SECONDS = 2.0


class Model:
    """One service's process and the socket that it inherits.

    The socket listens before the process exists: its address is known at once, and the first connections wait in
    the kernel's queue while the interpreter starts. Here the socket is never accepted on, only watched.
    """

    def __init__(self, kind: str, fault: str = "") -> None:
        self._kind = kind
        self._fault = fault
        self._socket = bind()
        self._life: asyncio.Task[None] | None = None
        self.port: int = self._socket.getsockname()[1]

    def watch(self) -> None:
        """Start the process when a first connection waits."""
        try:
            asyncio.get_running_loop().add_reader(self._socket, self._wanted)
        except NotImplementedError:  # a loop that cannot watch sockets: start at once
            self._wanted()

    async def close(self) -> None:
        """End the process and free the port."""
        self._unwatch()
        await end(self._life)
        self._socket.close()

    def _unwatch(self) -> None:
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().remove_reader(self._socket)

    def _wanted(self) -> None:
        self._unwatch()
        self._life = spawn(self._live(), name=f"model {self._kind}")

    async def _live(self) -> None:
        process = await self._start()
        try:
            await process.wait()
        finally:
            await _stop(process)
        await asyncio.sleep(RESTART_PAUSE)
        self.watch()

    async def _start(self) -> asyncio.subprocess.Process:
        """Hand the socket over: by descriptor where descriptors are inherited, else by a share for that process.

        With -P the folder that the person happens to be in is no place to import from.
        """
        command = [sys.executable, "-P", "-m", "streamscope.sandbox.models", self._kind, "--fault", self._fault]
        search = [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(piece for piece in search if piece)}
        if sys.platform == "win32":
            process = await asyncio.create_subprocess_exec(
                *command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment,
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
            )  # fmt: skip
            if process.stdin is not None:
                process.stdin.write(base64.b64encode(self._socket.share(process.pid)) + b"\n")
            return process
        descriptor = self._socket.fileno()
        return await asyncio.create_subprocess_exec(
            *command, "--descriptor", str(descriptor), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            env=environment, pass_fds=(descriptor,), start_new_session=True,
        )  # fmt: skip


async def _stop(process: asyncio.subprocess.Process) -> None:
    """A model ends by itself when its standard input does; one that does not is killed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), GRACE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


class Supervisor:
    """All models, under their services' ids."""

    def __init__(self, models: dict[str, Model]) -> None:
        self._models = models

    def watch(self) -> None:
        """Begin to start models on demand."""
        for model in self._models.values():
            model.watch()

    def port(self, service_id: str) -> int:
        """Where a service's program listens."""
        return self._models[service_id].port

    async def close(self) -> None:
        """End every process."""
        await asyncio.gather(*(model.close() for model in self._models.values()))
