"""What a person marked in a recording, kept beside it: `marks.json` in its folder.

The record itself is never written again; a recording that is copied, moved or deleted takes its marks along.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.store import files

VERSION = 1
NAME = "marks.json"
LONGEST = 10_000
"""Characters of the words about one event."""


def load(folder: Path) -> dict[int, str]:
    """The marked events' numbers and a person's words about each; none where nothing was marked.

    A file that cannot be understood is set aside. Raises StoreError where it cannot be read at all, or was written by a
    newer version, which it must not be lost to.
    """
    path = folder / NAME
    try:
        told = json.loads(files.read(path) or "{}")
        version, marks = told.get("version", VERSION), told.get("marks", {})
        if isinstance(version, int) and version > VERSION:
            raise StoreError(
                phrase("The marks {path} were written by a newer version (format {n}).", path=path, n=version),
                phrase("Update Streamscope to see and change them."),
            )
        return {int(number): str(words)[:LONGEST] for number, words in marks.items() if int(number) >= 0}
    except (ValueError, AttributeError, RecursionError):
        with suppress(OSError):
            files.set_aside(path)
        return {}


def save(folder: Path, marks: Mapping[int, str]) -> None:
    """Keep these marks and no others: all of them or nothing is written. Raises StoreError."""
    path = folder / NAME
    if marks:
        kept = {str(number): marks[number][:LONGEST] for number in sorted(marks)}
        files.write_json(path, {"version": VERSION, "marks": kept})
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            phrase("The file {path} cannot be written: {reason}.", path=path, reason=error.strerror or str(error)),
            cause=str(error),
        ) from error
