"""The sandbox in a process of its own: found where one runs in the profile, else started, ended with its owner."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from streamscope.engine.core import Core
from streamscope.engine.process import SandboxProcess
from streamscope.model.errors import SandboxError
from streamscope.model.phrase import phrase
from streamscope.model.service import Workspace
from streamscope.store.bench import Bench

_PATIENCE = 20.0
"""Seconds that a sandbox has to be ready; it needs one."""


async def running(core: Core) -> SandboxProcess:
    """The profile's sandbox, started where none runs. Raises SandboxError."""
    if core.sandbox is not None and await core.sandbox.alive():
        return core.sandbox
    core.sandbox = await _found(core.bench.profile) or await _started(core.bench)
    core.services.pop("sandbox", None)
    return core.sandbox


async def still_there(core: Core, workspace: Workspace) -> None:
    """Raises SandboxError where a workspace's sandbox is not running: watching must never start one that was ended."""
    if workspace.platform == "sandbox" and (core.sandbox is None or not await core.sandbox.alive()):
        raise SandboxError(phrase("The sandbox is not running."), phrase("Read the services again to start it."))


async def _found(profile: Path) -> SandboxProcess | None:
    try:
        info = json.loads((profile / "sandbox" / "state.json").read_text())
        os.kill(int(info["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    found = SandboxProcess(info)
    return found if await found.alive() else None


async def _started(bench: Bench) -> SandboxProcess:
    folder = None if bench.writable else tempfile.TemporaryDirectory(prefix="streamscope-")
    profile = str(bench.profile) if folder is None else folder.name
    command = [sys.executable, "-m", "streamscope", "sandbox", "--json", "--while-stdin", "--profile", profile]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 20,
        start_new_session=True,  # Ctrl+C in the terminal is for the caller, who then ends the sandbox in order
    )
    started = SandboxProcess({}, process, folder)
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
