"""Collections: folders of saved drafts, anywhere; which are open, what is in them, and what can be done with it.

Nothing of a collection is kept anywhere but in its folder; the profile only says which ones are open. Folders may be
shared in git: what changed outside is noticed by looking.
"""

import os
import time
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files
from streamscope.store.names import free_path, is_saved, natural, slug
from streamscope.store.settings import change, loaded
from streamscope.store.trash import Trash, Trashed
from streamscope.store.watch import Watch, stat_of

if TYPE_CHECKING:
    import tomlkit

    from streamscope.store.glance import Item

_ABANDONED = 3600.0
"""Seconds after which a file that was being written is nobody's any more."""
DEEPEST = 24
"""Folders in folders that are shown; whoever nests deeper has a loop."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder and what is in it, each part in the order of names; `trouble` says why it cannot be looked into."""

    path: Path
    name: str
    folders: tuple["Folder", ...] = ()
    items: "tuple[Item, ...]" = ()
    trouble: Phrase | None = None
    writable: bool = True

    def count(self) -> int:
        """How many requests are in it, at any depth."""
        return len(self.items) + sum(folder.count() for folder in self.folders)


class Collections:
    """The open collections of a profile. All that touches the disk belongs off the window's thread."""

    def __init__(self, path: Path, trash: Trash, notices: list[Phrase]) -> None:
        self._path = path
        self.trash = trash
        self._folders = [Path(str(folder)) for folder in _listed(loaded(path, notices))]
        self._seen: dict[str, tuple[tuple[int, int, int], Item]] = {}
        self._watch = Watch()

    def all(self) -> list[Path]:
        """The folders of the open collections, in the order of opening."""
        with suppress(StoreError, tomllib.TOMLDecodeError):  # another window may have opened one
            self._folders = [Path(str(folder)) for folder in _listed(tomllib.loads(files.read(self._path)))] or (
                [] if self._path.exists() else self._folders
            )
        return list(self._folders)

    def open(self, folder: Path) -> Path:
        """Open a folder as a collection; gives its absolute path. Raises StoreError where it is none."""
        folder = folder.expanduser().absolute()
        if not folder.is_dir():
            raise StoreError(
                phrase("{folder} is no folder.", folder=folder), phrase("Choose the folder that holds the requests.")
            )
        if folder not in self.all():
            self._keep([*self._folders, folder])
        return folder

    def create(self, parent: Path, name: str) -> Path:
        """Make a folder and open it. Raises StoreError."""
        return self.open(self.new_folder(parent.expanduser().absolute(), name))

    def close(self, folder: Path) -> None:
        """Show a collection no more; its folder stays as it is. Raises StoreError."""
        self._keep([known for known in self.all() if known != folder])

    def holding(self, path: Path) -> Path | None:
        """The open collection that a path lies in."""
        return next((folder for folder in self._folders if path.is_relative_to(folder)), None)

    def tree(self, folder: Path) -> Folder:
        """All that is in a collection. Never raises: what cannot be read says so in its place."""
        return self._folder(folder, (), 0)

    def new_folder(self, parent: Path, name: str) -> Path:
        """Make a folder in a folder. Raises StoreError."""
        made = free_path(parent, name or str(phrase("New folder")), "")
        try:
            made.mkdir(parents=True)
        except OSError as error:
            raise _refused(
                phrase("The folder {path} cannot be made: {reason}.", path=made, reason=_why(error)), error
            ) from error
        return made

    def rename(self, path: Path, name: str) -> Path:
        """Give a request or a folder another name; gives its new path. Raises StoreError.

        A name that no file can have is kept in the file.
        """
        if not name.strip():
            raise StoreError(phrase("A name is missing."))
        if path.is_dir():
            target = path.with_name(slug(name) or path.name)
            return path if target == path else self._moved(path, target)
        from streamscope.store import library  # with all of YAML: a start has no need of it

        target = path.with_name((slug(name) or path.stem) + path.suffix)
        if target != path:
            target = self._moved(path, target)
        with suppress(StoreError):  # what cannot be read can have another name all the same
            found = library.opened(target)
            library.save(target, msgspec.structs.replace(found.draft, name=name), base=found.stamp)
        return target

    def duplicate(self, path: Path) -> Path:
        """A copy of a request beside it; gives its path. Raises StoreError."""
        from streamscope.store import library

        read = library.opened(path)
        target = free_path(path.parent, str(phrase("{name} copy", name=read.draft.name or path.stem)))
        try:
            content = path.read_bytes()
        except OSError as error:
            raise _refused(phrase("{path} cannot be read: {reason}.", path=path, reason=_why(error)), error) from error
        files.write_shared(target, content)
        copy = library.opened(target)
        library.save(target, msgspec.structs.replace(copy.draft, name=target.stem), base=copy.stamp)
        return target

    def move(self, path: Path, folder: Path) -> Path:
        """Put a request or a folder into another folder; gives its new path. Raises StoreError."""
        if folder == path.parent:
            return path
        if folder == path or folder.is_relative_to(path):
            raise StoreError(
                phrase("{name} cannot be moved into itself.", name=path.name), phrase("Choose another folder.")
            )
        target = folder / path.name
        if target.exists() or target.is_symlink():
            target = free_path(
                folder, path.stem if path.is_file() else path.name, path.suffix if path.is_file() else ""
            )
        return self._moved(path, target)

    def delete(self, path: Path) -> Trashed:
        """Move a request or a folder to the trash; `restore` brings it back. Raises StoreError."""
        return self.trash.put(path)

    def restore(self, trashed: Trashed) -> Path:
        """Bring back what was deleted; gives its path. Raises StoreError."""
        return self.trash.restore(trashed)

    def look(self, watched: Iterable[Path] = (), *, thorough: bool = False) -> tuple[set[Path], set[Path]]:
        """What changed since the last look: collections, and watched files. The first look finds nothing changed.

        Folders tell by their time when something was added, removed or replaced (as git and editors do); what was
        written in place is found among the watched files at once, elsewhere by a `thorough` look.
        """
        return self._watch.look(self.all(), watched, thorough=thorough)

    def mark(self, path: Path, trouble: Phrase) -> None:
        """Remember what opening a file brought to light, until the file changes."""
        from streamscope.store.glance import Item

        if (state := stat_of(path)) is not None:
            self._seen[str(path)] = (state, Item(path, path.stem, trouble=trouble))

    def _folder(self, folder: Path, above: tuple[tuple[int, int], ...], depth: int) -> Folder:
        name = folder.name or str(folder)
        try:
            state = folder.stat()
            identity = (state.st_dev, state.st_ino)
            if identity in above or depth > DEEPEST:
                return Folder(folder, name, trouble=phrase("This link leads back to a folder above it."))
            with os.scandir(folder) as listed:
                entries = [entry for entry in listed if not entry.name.startswith(".") or _left(entry)]
        except FileNotFoundError:
            return Folder(folder, name, trouble=phrase("The folder is gone."))
        except OSError as error:
            return Folder(folder, name, trouble=phrase("It cannot be read: {reason}.", reason=_why(error)))
        folders, items = [], []
        for entry in entries:
            if is_saved(entry.name):
                items.append(self._item(entry, folder))
            elif entry.is_dir() or (entry.is_symlink() and not entry.is_file()):
                folders.append(self._folder(folder / entry.name, (*above, identity), depth + 1))
        folders.sort(key=lambda one: natural(one.name))
        items.sort(key=lambda one: natural(one.name))
        return Folder(folder, name, tuple(folders), tuple(items), writable=os.access(folder, os.W_OK))

    def _item(self, entry: "os.DirEntry[str]", folder: Path) -> "Item":
        """A row, from memory where the file is as it was."""
        from streamscope.store.glance import Item, glance

        try:
            found = entry.stat()
        except OSError as error:
            path = folder / entry.name
            return Item(path, path.stem, trouble=phrase("It cannot be read: {reason}.", reason=_why(error)))
        state = found.st_mtime_ns, found.st_size, found.st_ino
        known = self._seen.get(entry.path)
        if known is not None and known[0] == state:
            return known[1]
        item = glance(folder / entry.name, found.st_size)
        self._seen[entry.path] = (state, item)
        return item

    def _moved(self, path: Path, target: Path) -> Path:
        same = target.exists() and path.exists() and target.samefile(path)  # only letters' case differs
        if (target.exists() or target.is_symlink()) and not same:
            suffix = path.suffix if path.is_file() else ""
            target = free_path(target.parent, target.stem if path.is_file() else target.name, suffix)
        try:
            path.rename(target)
        except OSError as error:
            raise _refused(phrase("{path} cannot be moved: {reason}.", path=path, reason=_why(error)), error) from error
        return target

    def _keep(self, folders: list[Path]) -> None:
        self._folders = folders

        def changed(document: "tomlkit.TOMLDocument") -> None:
            document["folders"] = [str(folder) for folder in folders]

        change(self._path, changed)


def _listed(values: dict[str, Any]) -> list[Any]:
    found = values.get("folders", [])
    return found if isinstance(found, list) else []


def _left(entry: "os.DirEntry[str]") -> bool:
    """Never: what a killed process left when it was writing is removed, once it is surely nobody's."""
    if entry.name.startswith(files.TEMPORARY):
        with suppress(OSError):
            if time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED:
                Path(entry.path).unlink()
    return False


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def _refused(message: Phrase, error: OSError) -> StoreError:
    return StoreError(message, phrase("Check the permissions of the folder."), cause=str(error))
