"""The sandbox in a process of its own: found where one runs in the profile, else started, ended with its owner."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamscope.engine.core import Core
from streamscope.model.errors import SandboxError
from streamscope.model.phrase import phrase
from streamscope.model.service import Workspace
from streamscope.model.url import parse_url

_PATIENCE = 20.0
"""Seconds that a sandbox has to be ready; it needs one."""


@dataclass(slots=True)
class SandboxProcess:
    """A running sandbox: what it said when it was ready, and its process where it was started from here."""

    info: dict[str, Any]
    process: asyncio.subprocess.Process | None = None

    @property
    def secrets(self) -> dict[str, str]:
        """Its invented credentials by the fields that ask for them."""
        said = self.info
        return {
            "domain": said["domain"],
            "user": said["user"],
            "password": said["password"],
            "project": said["project_id"],
            "access_key": said["ak"],
            "secret_key": said["sk"],
            "app_key": said["app_key"],
            "app_secret": said["app_secret"],
            "app_code": said["app_code"],
            "api_key": said["api_key"],
        }

    def workspace(self, workspace: Workspace) -> Workspace:
        """A workspace of the sandbox with the addresses that hold now."""
        said = self.info
        values = {
            **workspace.values,
            "management": said["management"],
            "iam": said["iam"],
            "region": said["region"],
            "project": said["project_id"],
        }
        return Workspace(
            workspace.name,
            workspace.platform,
            values,
            ca=said["ca_file"],
            resolve=(*workspace.resolve, *said["resolve"]),
            trusted=workspace.trusted,
        )

    async def alive(self) -> bool:
        """Whether it still listens."""
        if self.process is not None:
            return self.process.returncode is None
        gateway = parse_url(self.info["gateway"])
        try:
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection(gateway.host, gateway.actual_port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return True

    async def stop(self) -> None:
        """End it, where it was started from here: it ends when its standard input does."""
        if self.process is None or self.process.returncode is not None:
            return
        if self.process.stdin is not None:
            self.process.stdin.close()
        with suppress(ProcessLookupError):
            try:
                async with asyncio.timeout(5):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


async def running(core: Core) -> SandboxProcess:
    """The profile's sandbox, started where none runs. Raises SandboxError."""
    if core.sandbox is not None and await core.sandbox.alive():
        return core.sandbox
    core.sandbox = await _found(core.bench.profile) or await _started(core.bench.profile)
    core.services.pop("sandbox", None)
    return core.sandbox


async def _found(profile: Path) -> SandboxProcess | None:
    try:
        info = json.loads((profile / "sandbox" / "state.json").read_text())
        os.kill(int(info["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    found = SandboxProcess(info)
    return found if await found.alive() else None


async def _started(profile: Path) -> SandboxProcess:
    command = [sys.executable, "-m", "streamscope", "sandbox", "--json", "--while-stdin", "--profile", str(profile)]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 20,
        start_new_session=True,  # Ctrl+C in the terminal is for the caller, who then ends the sandbox in order
    )
    started = SandboxProcess({}, process)
    try:
        async with asyncio.timeout(_PATIENCE):
            line = await process.stdout.readline() if process.stdout is not None else b""
        started.info = json.loads(line)
    except (TimeoutError, ValueError) as error:
        await started.stop()
        said = await process.stderr.read() if process.stderr is not None else b""
        raise SandboxError(
            phrase("The sandbox did not start."),
            phrase("Start it by hand to see why: streamscope sandbox."),
            cause=said.decode(errors="replace").strip()[-400:],
        ) from error
    except BaseException:
        await started.stop()
        raise
    return started
