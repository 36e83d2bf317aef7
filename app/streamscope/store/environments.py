"""Environments: one YAML file each, in the profile and in a collection's folder; secret values in the keyring only.

```yaml
name: Staging
variables:
  - name: host
    value: https://staging.example
  - name: token        # its value is in the keyring, as environment/Staging/token
    secret: true
```

The profile holds `environments/NAME.yaml` and, for all of them, `environments/globals.yaml`; a collection's folder
`environments/NAME.yaml` and, always in force inside it, `environment.yaml`. A file is read again when it has changed.
"""

import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from streamscope.model.environment import (
    Environment,
    Known,
    Scope,
    Variable,
    Variables,
    check_name,
    holes,
    outer,
)
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import environment_file, files
from streamscope.store.secrets import Secrets

GLOBALS = "globals"
"""The name of the environment that is always in force, after all others."""
SHARED = "environment.yaml"
"""The file of a collection's folder whose variables hold for all of its drafts."""
FOLDER = "environments"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed, with the values of its secrets, so that it can be put back; kept in memory only."""

    environment: Environment
    collection: Path | None


class Environments:
    """The environments of a profile and of the collections that are named. Calls read files and may ask the keyring:
    keep them off the window's thread. Safe to use from any thread."""

    def __init__(self, folder: Path, secrets: Secrets) -> None:
        self._folder = folder
        self._secrets = secrets
        self._read: dict[Path, tuple[tuple[int, int], Environment]] = {}
        self._lock = threading.Lock()
        self.notices: dict[Path, Phrase] = {}
        """What is wrong with files that could not be read at the last look."""

    def all(self, collection: Path | None = None) -> list[Environment]:
        """The environments to choose from, by name: a collection's own, then the profile's. Secrets have no value."""
        found: dict[str, Environment] = {}
        for folder in self._folders(collection):
            for path in _listed(folder):
                environment = self._at(path)
                if environment is not None and environment.name != GLOBALS:
                    found.setdefault(environment.name, environment)
        return sorted(found.values(), key=lambda environment: environment.name.casefold())

    def own(self, collection: Path | None = None) -> list[Environment]:
        """The environments of a collection alone, or of the profile alone, by name."""
        found = [self._at(path) for path in _listed(self._folders(collection)[0])]
        named = [one for one in found if one is not None and one.name != GLOBALS]
        return sorted(named, key=lambda environment: environment.name.casefold())

    def get(self, name: str, collection: Path | None = None) -> Environment:
        """The environment of a name, GLOBALS among them. Raises UsageError with the nearest name."""
        if name == GLOBALS:
            return self._at(self._folder / f"{GLOBALS}.yaml") or Environment(GLOBALS)
        found = self.all(collection)
        for environment in found:
            if environment.name == name:
                return environment
        raise unknown(phrase("There is no environment '{name}'.", name=name), name, [one.name for one in found])

    def shared(self, collection: Path) -> Environment:
        """What a collection's folder gives to all of its drafts; empty where it has no such file."""
        return self._at(collection / SHARED) or Environment(collection.name)

    def with_secrets(self, environment: Environment, collection: Path | None = None) -> Environment:
        """The environment with the values of its secrets, '' for one that has none. Asks the keyring."""
        variables = tuple(
            Variable(one.name, self._secret(environment, one, collection) or "", secret=True, on=one.on)
            if one.secret
            else one
            for one in environment.variables
        )
        return Environment(environment.name, variables)

    def save(self, environment: Environment, collection: Path | None = None) -> bool:
        """Write an environment, and its secrets that have a value into the keyring; False where one stays in memory.

        Only the lines that changed are written anew. Raises StoreError, UsageError.
        """
        _check(environment)
        path = self._path(environment.name, collection)
        self._write(path, environment)
        kept = [
            self._secrets.save(self._key(environment.name, one.name, collection), one.value)
            for one in environment.variables
            if one.secret and one.value
        ]
        return all(kept)

    def save_shared(self, collection: Path, environment: Environment) -> bool:
        """The same for what a collection's folder shares."""
        _check(environment)
        self._write(collection / SHARED, environment)
        secret = [one for one in environment.variables if one.secret and one.value]
        kept = [self._secrets.save(self._key("", one.name, collection), one.value) for one in secret]
        return all(kept)

    def remove(self, name: str, collection: Path | None = None) -> Removed:
        """Take an environment away, its secrets out of the keyring too. Raises StoreError, UsageError."""
        environment = self.with_secrets(self.get(name, collection), collection)
        path = self._path(name, collection)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error
        self._forget(environment, collection)
        return Removed(environment, collection)

    def restore(self, removed: Removed) -> None:
        """Put back what was removed. Raises StoreError."""
        self.save(removed.environment, removed.collection)

    def rename(self, name: str, new: str, collection: Path | None = None) -> None:
        """Give an environment another name; its secrets go along. Raises StoreError, UsageError."""
        if name == new:
            return
        if any(one.name == new for one in self.all(collection)) or new == GLOBALS:
            raise UsageError(phrase("There is an environment '{name}' already.", name=new))
        environment = self.with_secrets(self.get(name, collection), collection)
        renamed = Environment(new, environment.variables)
        _check(renamed)
        old, path = self._path(name, collection), self._path(new, collection)
        self._write(old, renamed)
        try:
            old.rename(path)
        except OSError as error:
            raise _unwritable(old, error) from error
        self.save(renamed, collection)
        self._forget(environment, collection)

    def variables(self, scope: Scope, names: set[str] | None = None) -> Variables:
        """What is known in a scope. With `names` only the secrets among those, and in what their values hold, are asked
        for; the others are known without their value. Raises UsageError for an environment that there is not."""
        sources: list[tuple[Environment, str, Path | None]] = []
        if scope.environment:
            found, place = self._chosen(scope.environment, scope.collection)
            sources.append((found, found.name, place))
        if scope.collection is not None:
            shared = self.shared(scope.collection)
            sources.append((Environment("", shared.variables), scope.collection.name, scope.collection))
        sources.append((self.get(GLOBALS), str(phrase("Globals")), None))
        known: dict[str, Known] = {}
        for environment, source, place in reversed(sources):
            for one in environment.variables:
                if one.on and one.name:
                    known[one.name] = self._known(environment, one, source, place)
        given = str(phrase("this call"))
        known |= {name: Known(value, given) for name, value in scope.given.items()}
        return Variables(self._with_values(known, names, scope), chosen=bool(scope.environment))

    def _chosen(self, name: str, collection: Path | None) -> tuple[Environment, Path | None]:
        """An environment by name and the collection that it is of, if any."""
        environment = self.get(name, collection)
        own = collection is not None and any(
            (one := self._at(path)) is not None and one.name == name for path in _listed(collection / FOLDER)
        )
        return environment, collection if own else None

    def _known(self, environment: Environment, one: Variable, source: str, place: Path | None) -> Known:
        """A secret's key stands in for its value until it is asked for."""
        value = self._key(environment.name, one.name, place) if one.secret else one.value
        return Known(value, source, one.secret)

    def _with_values(self, known: Mapping[str, Known], names: set[str] | None, scope: Scope) -> dict[str, Known]:
        """The variables that are wanted, secrets fetched; the process's environment comes before what is kept."""
        waiting = sorted(set(known) if names is None else names)
        wanted: dict[str, Known] = {}
        while waiting:
            name = waiting.pop()
            if name in wanted:
                continue
            one = known.get(name)
            told = os.environ.get(outer(name)) if name not in scope.given else None
            if told is not None:
                one = Known(told, outer(name), one is not None and one.secret)
            elif one is not None and one.secret and name not in scope.given:
                one = Known(self._secrets.load(one.value or "") or None, one.source, secret=True)
            if one is not None:
                wanted[name] = one
                waiting += [hole.name for hole in holes(one.value or "")]
        rest = {name: one for name, one in known.items() if name not in wanted}
        return wanted | {name: Known(None, one.source, True) if one.secret else one for name, one in rest.items()}

    def _secret(self, environment: Environment, one: Variable, collection: Path | None) -> str | None:
        return self._secrets.load(self._key(environment.name, one.name, collection))

    def _forget(self, environment: Environment, collection: Path | None) -> None:
        for one in environment.variables:
            if one.secret and one.value:
                self._secrets.save(self._key(environment.name, one.name, collection), "")

    @staticmethod
    def _key(environment: str, variable: str, collection: Path | None) -> str:
        """The name of a secret in the keyring."""
        place = f"{collection.name}/" if collection is not None else ""
        return f"environment/{place}{environment}/{variable}"

    def _folders(self, collection: Path | None) -> list[Path]:
        return [self._folder] if collection is None else [collection / FOLDER, self._folder]

    def _path(self, name: str, collection: Path | None) -> Path:
        """The file of an environment: the one that has its name, else a new one that is named after it."""
        folder = self._folder if collection is None else collection / FOLDER
        if name == GLOBALS:
            return folder / f"{GLOBALS}.yaml"
        for path in _listed(folder):
            found = self._at(path)
            if found is not None and found.name == name:
                return path
        stem, number = _stem(name), 1
        path = folder / f"{stem}.yaml"
        while path.exists():
            number += 1
            path = folder / f"{stem}-{number}.yaml"
        return path

    def _at(self, path: Path) -> Environment | None:
        """The environment in a file, None where there is none or it cannot be read: then `notices` tells."""
        try:
            status = path.stat()
        except OSError:
            self.notices.pop(path, None)
            return None
        stamp = (status.st_mtime_ns, status.st_size)
        with self._lock:
            known = self._read.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            environment = environment_file.read(path, status.st_size)
        except StoreError as error:
            self.notices[path] = error.message
            return None
        self.notices.pop(path, None)
        with self._lock:
            self._read[path] = stamp, environment
        return environment

    def _write(self, path: Path, environment: Environment) -> None:
        text = environment_file.written(files.read(path), environment, path)
        files.write(path, text)
        with self._lock:
            self._read.pop(path, None)


def collection_of(draft: Path) -> Path | None:
    """The folder around a draft's file that has variables of its own, if any: the nearest one counts."""
    for folder in list(draft.absolute().parents)[:16]:
        if (folder / SHARED).is_file() or (folder / FOLDER).is_dir():
            return folder
    return None


def _check(environment: Environment) -> None:
    if not environment.name.strip():
        raise UsageError(phrase("An environment has a name."), phrase("Give it one, such as 'Staging'."))
    for one in environment.variables:
        check_name(one.name)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError:
        return []


def _stem(name: str) -> str:
    """A file's name for an environment: what every system can write, 80 bytes at most."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "environment"
    return stem.encode()[:80].decode(errors="ignore")


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        phrase("The file {path} cannot be changed: {reason}.", path=path, reason=error.strerror or str(error)),
        phrase("Check the folder's permissions."),
        cause=str(error),
    )
