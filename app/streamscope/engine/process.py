"""A running sandbox: what it said when it was ready, and its process where it was started from here."""

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from streamscope.model.service import Workspace
from streamscope.model.url import parse_url


@dataclass(slots=True)
class SandboxProcess:
    """A running sandbox: what it said when it was ready, and its process where it was started from here."""

    info: dict[str, Any]
    process: asyncio.subprocess.Process | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None
    """Where it keeps its keys when the profile cannot be written."""

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
            credential=workspace.credential,
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
        try:
            await self._end()
        finally:
            if self.folder is not None:
                self.folder.cleanup()

    async def _end(self) -> None:
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
        for pipe in (self.process.stdout, self.process.stderr):
            with suppress(TimeoutError):  # read to its end, or its transport outlives the loop
                async with asyncio.timeout(1):
                    while pipe is not None and await pipe.read(1 << 16):
                        pass
