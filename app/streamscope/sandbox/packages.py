"""Model packages: what the sandbox can deploy. Registered in a file of the profile, never over HTTP."""

from pathlib import Path
from typing import Literal

import msgspec


class Package(msgspec.Struct, kw_only=True):
    """A built-in model, a local command that listens on $PORT, or a Python file with a function `predict(inputs)`."""

    name: str
    version: str = "0.0.1"
    kind: Literal["built-in", "command", "python"]
    command: list[str] = []
    """The program and its arguments; `$PORT` in an argument is the port."""
    file: str = ""
    """The Python file (absolute)."""
    folder: str = ""
    """Where the program starts (absolute)."""
    environment: dict[str, str] = {}
    health: str = ""
    """The path whose HTTP GET answers 2xx once it is ready; without one an accepted connection is enough."""
    seconds: float = 60.0
    """How long it may take to be ready."""
    websocket: bool = False
    """Whether it is to be deployed as a WebSocket service unless the deployment says otherwise."""
    apis: list[str] = []
    """Paths that it answers, each as "METHOD /path"; [] for any."""
    description: str = ""
    created: int = 0

    @property
    def key(self) -> str:
        """Name and version as the new generation's images are named: NAME:VERSION."""
        return f"{self.name}:{self.version}"


class Packages:
    """The packages of one profile: the built-in ones and those in `sandbox/packages.json`.

    Another process may register one at any time: the file is read again whenever it has changed.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "packages.json"

    def all(self) -> list[Package]:
        """Every version of every package, the built-in ones first, then by time."""
        raise NotImplementedError

    def get(self, name: str, version: str = "") -> Package | None:
        """A package by its name and version, the newest version where none is named."""
        raise NotImplementedError

    def add(self, package: Package) -> Package:
        """Register a package; one of its name gets the next version. Raises SandboxError."""
        raise NotImplementedError

    def remove(self, name: str, version: str = "") -> None:
        """Take a package out, all its versions where none is named. Raises SandboxError."""
        raise NotImplementedError
