"""What `--save FILE` keeps: JSON lines as they happen, or HAR at the end; a full disk ends the file, not the call."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import click

from streamscope.cli.printing import Events, Told
from streamscope.engine.report import walk
from streamscope.interop import har
from streamscope.model.phrase import phrase
from streamscope.store import files
from streamscope.store.exchange import Exchange


class Saver(Events):
    """A file that only its owner can read. Raises StoreError where it cannot be begun."""

    def __init__(self, path: Path) -> None:
        super().__init__(files.private(path))
        self._path = path
        self._lost = False

    def events(self, told: list[Told]) -> None:
        """Write each as a line of JSON, with the findings that it makes plain."""
        if not self._lost:
            try:
                super().events(told)
            except OSError as error:
                self.lose(error)

    def close(self, exchange: Exchange) -> None:  # noqa: ARG002 - siblings' outline
        """Close the file."""
        close(self.out)

    def lose(self, error: OSError) -> None:
        """Say once that the file is not whole; the call goes on."""
        self._lost = True
        told = phrase(
            "{path} cannot be written any further: {reason}.", path=self._path, reason=error.strerror or str(error)
        )
        click.echo(f"{click.style('warning:', fg='yellow', bold=True)} {told}", err=True)
        hint = phrase("The call goes on; what was saved so far can be inspected.")
        click.echo(f"{click.style('hint:', fg='cyan')} {hint}", err=True)


class HarSaver(Saver):
    """HAR 1.2 of the whole exchange, written at its end."""

    def events(self, told: list[Told]) -> None:
        """Nothing yet."""

    def close(self, exchange: Exchange) -> None:
        """Write all of it and close the file."""
        try:
            har.write([walk(exchange, whole=True)], self.out)
            self.out.flush()
        except OSError as error:
            self.lose(error)
        close(self.out)


def savers(path: Path | None) -> Sequence[Saver]:
    """What a file's name asks for: HAR where it ends in .har, else JSON lines; nothing without one."""
    if path is None:
        return ()
    return (HarSaver(path) if path.suffix.lower() == ".har" else Saver(path),)


def close(file: BinaryIO) -> None:
    """Close a file whose last bytes may not find room: that was said before."""
    with suppress(OSError):
        file.close()
