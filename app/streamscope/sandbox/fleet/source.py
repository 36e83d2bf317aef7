"""What the fleet needs to know of a package: that it exists, and how its program is started."""

from pathlib import Path
from typing import Protocol

from streamscope.sandbox.packages import Package


class Source(Protocol):
    """Where packages are found."""

    def get(self, name: str, version: str = "") -> Package | None:
        """A package by its name and version, the newest version where none is named."""
        ...


class Command(Protocol):
    """How a package that is no built-in one is started."""

    def __call__(self, package: Package, port: int) -> tuple[list[str], dict[str, str], str | Path]:
        """Program and arguments, its whole environment, and the folder to start in."""
        ...
