"""Model packages: what the sandbox can deploy. Registered in a file of the profile, never over HTTP."""

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from streamscope.model.errors import SandboxError, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.sandbox.catalogue import APIS, SERVICES
from streamscope.sandbox.files import private_folder, read_private, unwritable, write_private
from streamscope.sandbox.records import State, now

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

VERSION = 1
FIRST = "0.0.1"
PACKAGE_ROOT = Path(__file__).parents[2]
HEALTH = "/health"
"""Where a Python file is asked whether it is ready, unless something else is said."""
_PORT = re.compile(r"\$(?:PORT\b|\{PORT\})")


class Package(msgspec.Struct, kw_only=True):
    """A built-in model, a local command that listens on $PORT, or a Python file with a function `predict(inputs)`."""

    name: str
    version: str = FIRST
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


class _Kept(msgspec.Struct, kw_only=True):
    """The file: `numbers` is the last version's number of each name, so that none is ever given twice."""

    version: int = VERSION
    packages: list[Package] = []
    numbers: dict[str, int] = {}


def _built_in() -> tuple[Package, ...]:
    told = {service.model: service for service in reversed(SERVICES) if service.running}
    return tuple(
        Package(
            name=name,
            kind="built-in",
            websocket=told[name].websocket,
            apis=list(dict.fromkeys(f"{method} {api.path}" for api in apis for method in api.methods)),
            description=told[name].description,
        )
        for name, apis in APIS.items()
    )


BUILT_IN = _built_in()


class Packages:
    """The packages of one profile: the built-in ones and those in `sandbox/packages.json`.

    Another process may register one at any time: the file is read again whenever it has changed. What was found wrong
    with it is told in `notices`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "packages.json"
        self._guard = threading.RLock()
        self._seen: tuple[int, int, int] | None = None
        self._kept = _Kept()
        self.notices: list[Phrase] = []

    def all(self) -> list[Package]:
        """Every version of every package, the built-in ones first, then by time."""
        with self._guard:
            self._read_again()
            return [*BUILT_IN, *self._kept.packages]

    def get(self, name: str, version: str = "") -> Package | None:
        """A package by its name and version, the newest version where none is named."""
        found = [one for one in self.all() if one.name == name and version in ("", one.version)]
        return found[-1] if found else None

    def add(self, package: Package) -> Package:
        """Register a package; one of its name gets the next version.

        Raises UsageError for one that cannot be deployed, SandboxError where nothing can be kept.
        """
        from streamscope.sandbox.registration import checked  # which reads Python files: not for those who only list

        package = checked(package)
        if any(one.name == package.name for one in BUILT_IN):
            raise UsageError(
                phrase("'{name}' is one of the built-in packages.", name=package.name), phrase("Choose another name.")
            )
        with self._changing() as kept:
            number = kept.numbers.get(package.name, 0) + 1
            added = msgspec.structs.replace(package, version=f"0.0.{number}", created=now())
            self._write(
                _Kept(packages=[*kept.packages, added], numbers={**kept.numbers, package.name: number}),
            )
        return added

    def remove(self, name: str, version: str = "") -> None:
        """Take a package out, all its versions where none is named.

        Raises UsageError where there is none, SandboxError where nothing can be kept.
        """
        with self._changing() as kept:
            gone = [one for one in kept.packages if one.name == name and version in ("", one.version)]
            if not gone:
                raise self._missing(name, version)
            left = [one for one in kept.packages if one not in gone]
            self._write(_Kept(packages=left, numbers=kept.numbers))

    def users(self, name: str, version: str = "") -> list[str]:
        """The services, by name, that a package (any version of it where none is named) is deployed in.

        They are read from what the sandbox keeps of them, whether it runs or not.
        """
        try:
            content = read_private(self._folder / "services.json")
            services = msgspec.json.decode(content, type=State).services if content is not None else []
        except (OSError, msgspec.MsgspecError):
            return []  # which is the sandbox's to tell
        return [
            service.name
            for service in services
            if any(one.package == name and version in ("", one.version) for one in service.portions)
        ]

    def _missing(self, name: str, version: str) -> UsageError:
        if any(one.name == name for one in BUILT_IN):
            return UsageError(phrase("'{name}' is built in: it cannot be removed.", name=name))
        named = f"{name}:{version}" if version else name
        known = ", ".join(one.key for one in self._kept.packages)
        hint = phrase("Known are: {words}.", words=known) if known else phrase("None has been registered yet.")
        return UsageError(phrase("There is no package '{name}'.", name=named), hint)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[_Kept]:
        """What is kept, as nobody else can change it meanwhile. Raises SandboxError."""
        with self._guard, _alone(private_folder(self._folder) / "packages.lock"):
            self._read_again(mend=True)
            if self._kept.version > VERSION:
                raise SandboxError(
                    phrase("{file} is of a newer version and stays as it is.", file=self._path.name),
                    phrase("Use the newer program, or another profile with --profile DIR."),
                )
            yield self._kept

    def _write(self, kept: _Kept) -> None:
        try:
            write_private(self._path, msgspec.json.format(msgspec.json.encode(kept)))
        except OSError as error:
            raise unwritable(self._folder, error) from error
        self._kept, self._seen = kept, self._stamp()

    def _read_again(self, *, mend: bool = False) -> None:
        """Read the file where it has changed; `mend`: one that makes no sense is set aside and named."""
        stamp = self._stamp()
        if stamp == self._seen and not mend:
            return
        self._seen = stamp
        try:
            self._kept = _read(read_private(self._path))
        except (OSError, msgspec.MsgspecError) as error:
            self._kept = _Kept()
            self._tell(phrase("{file} cannot be read: {reason}.", file=self._path.name, reason=str(error)))
            if mend and isinstance(error, msgspec.MsgspecError):
                aside = _set_aside(self._path)
                self._tell(
                    phrase("{file} cannot be read and was kept as {aside}.", file=self._path.name, aside=aside.name)
                )

    def _tell(self, notice: Phrase) -> None:
        if str(notice) not in map(str, self.notices):
            self.notices.append(notice)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def command(package: Package, port: int) -> tuple[list[str], dict[str, str], str]:
    """How an instance is started: program and arguments, its whole environment, and the folder to start in.

    What the environment of this process says to Streamscope itself, which may be secrets, is not passed on.
    """
    here = {name: value for name, value in os.environ.items() if not name.startswith("STREAMSCOPE_")}
    given = {name: _PORT.sub(str(port), value) for name, value in package.environment.items()}
    # What a Python program prints is for the log: at once, and in the encoding that it is read in.
    printing = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    environment = {**printing, **here, **given, "PORT": str(port)}
    folder = package.folder or str(Path.home())
    if package.kind == "command":
        return [_PORT.sub(str(port), word) for word in package.command], environment, folder
    search = [str(PACKAGE_ROOT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(piece for piece in search if piece)
    # With -P the folder that it starts in is no place to import the program's own modules from.
    words = [sys.executable, "-P", "-m", "streamscope.sandbox.models"]
    if package.kind == "built-in":
        return [*words, package.name, "--port", str(port)], environment, folder
    return (
        [*words, "file", "--file", package.file, "--health", package.health, "--port", str(port)],
        environment,
        folder,
    )


def _read(content: bytes | None) -> _Kept:
    if content is None:
        return _Kept()
    # A newer version may look different: so much of it as is understood, and it is never written.
    version = msgspec.json.decode(content, type=_Version).version
    if version > VERSION:
        with contextlib.suppress(msgspec.ValidationError):
            return msgspec.json.decode(content, type=_Kept)
        return _Kept(version=version)
    return msgspec.json.decode(content, type=_Kept)


class _Version(msgspec.Struct):
    version: int = VERSION


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    return path.rename(aside)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While it lasts no other process is in here; the lock goes with its process, however that ends."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
