"""A command's process and all that it starts, behind a keeper that ends them with the sandbox."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from streamscope.sandbox.files import private_folder
from streamscope.sandbox.fleet import keeper
from streamscope.sandbox.fleet.processes import Processes
from streamscope.sandbox.fleet.program import Program, StartError, told

LOG_BYTES = 1_000_000
KEEPER_SECONDS = 3.0
"""How much longer than the grace a keeper may take."""
GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
CommandLine = Callable[[int], tuple[list[str], dict[str, str], str | Path]]


class Commanded(Program):
    """A command that listens on the port that it is told in PORT."""

    def __init__(
        self, line: CommandLine, log: Path, processes: Processes, *, environment: Mapping[str, str], grace: float
    ) -> None:
        self._line = line
        self._processes = processes
        self._environment = environment
        self._grace = grace
        self._keeper: asyncio.subprocess.Process | None = None
        self.log = log
        self.port = free_port()

    async def start(self) -> None:
        """Start the keeper, which starts the command."""
        self._taken_elsewhere()
        command, environment, folder = self._line(self.port)
        order = {
            "command": command,
            "environment": {**environment, **self._environment, "PORT": str(self.port)},
            "folder": str(folder),
            "log": str(self.log),
            "bytes": LOG_BYTES,
            "grace": min(self._grace, 2.0),
        }
        private_folder(self.log.parent.parent)
        private_folder(self.log.parent)
        self._keeper = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", keeper.__file__, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=sys.platform != "win32", creationflags=GROUP,
        )  # fmt: skip
        self._order(order)
        report = await self._report()
        if "pid" not in report:
            await self._keeper.wait()
            raise StartError(report.get("error", "the program's keeper ended"))
        self.pid = report["pid"]
        self._processes.add(self.pid, self._keeper.pid)

    async def ended(self) -> str:
        """Wait for the end of the command; where its keeper was killed, the command is killed too."""
        report = await self._report()
        if self._keeper is not None:
            await self._keeper.wait()
        pid, self.pid = self.pid, 0
        self._processes.remove(pid, kill="exit" not in report)
        return told(report.get("exit", -9))

    async def stop(self, grace: float) -> None:
        """Let the command end within so many seconds, then kill it with all that it started."""
        running = self._keeper
        if running is None:
            return
        if running.returncode is None:
            self._order({"stop": grace}, running)
        try:
            async with asyncio.timeout(grace + KEEPER_SECONDS):
                await running.wait()
        except TimeoutError:
            running.kill()
            await running.wait()
        self._keeper = None
        pid, self.pid = self.pid, 0
        if pid:
            self._processes.remove(pid, kill=running.returncode != 0)

    def _order(self, order: dict[str, Any], to: asyncio.subprocess.Process | None = None) -> None:
        process = to or self._keeper
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _report(self) -> dict[str, Any]:
        """What the keeper says next, nothing where it has gone."""
        if self._keeper is None or self._keeper.stdout is None:
            return {}
        line = await self._keeper.stdout.readline()
        report: dict[str, Any] = json.loads(line) if line else {}
        return report

    def _taken_elsewhere(self) -> None:
        """Take another port where somebody else listens on this one by now."""
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                self.port = free_port()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
