"""What leaves: a request with every hole filled, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from streamscope.model.draft import Limits
from streamscope.model.phrase import Phrase
from streamscope.model.service import Route
from streamscope.model.url import Url

Headers = tuple[tuple[str, str], ...]

# Filled in for the user and never part of a signature unless typed by hand.
AUTOMATIC = frozenset({"accept", "accept-encoding", "cache-control", "user-agent"})


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that an authentication did or saw, to be shown: a label and a text without secrets."""

    label: Phrase
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what an authentication made, and where it comes from. It holds no secret."""

    text: str
    source: Phrase


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done for a request, line by line."""

    label: Phrase
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FileRun:
    """A file as a run of a body's bytes: its size in bytes and its time of change (ns), as it was looked at."""

    path: str
    size: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class FileBody:
    """A body with files in it that are too large to be held: they are read while it is sent (`kinds.net.upload`)."""

    pieces: tuple[bytes | FileRun, ...]

    def __len__(self) -> int:
        return sum(piece.size if isinstance(piece, FileRun) else len(piece) for piece in self.pieces)

    @property
    def files(self) -> list[FileRun]:
        """The files in it."""
        return [piece for piece in self.pieces if isinstance(piece, FileRun)]


@dataclass(frozen=True, slots=True)
class Request:
    """Method, URL, headers in order and with their letters' case, the body's bytes or where they are read.

    `typed` holds the lower-cased names of the headers that the user wrote; `secrets` the values to mask wherever
    the request is shown; `messages` what a WebSocket sends once it is open; `settings` the protocol's fields;
    `without` the lower-cased names of automatic headers that the user left out.
    """

    method: str
    url: Url
    headers: Headers = ()
    body: bytes | FileBody = b""
    route: Route | None = None
    typed: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()
    secrets: frozenset[str] = frozenset()
    messages: tuple[str | bytes, ...] = ()
    limits: Limits = Limits()
    allow_large_body: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its letters' case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_header(self, name: str, value: str) -> "Request":
        """This request with one more header, in place of any of that name."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def with_default(self, name: str, value: str) -> "Request":
        """This request with a header, unless it has one of that name already or the user wants none."""
        if name.lower() in self.without or self.header(name) is not None:
            return self
        return self.with_header(name, value)

    def with_notes(self, *notes: Note) -> "Request":
        """This request, telling more about what was done to it."""
        return replace(self, notes=(*self.notes, *notes))

    def with_secrets(self, *values: str) -> "Request":
        """This request, with more values to mask when it is shown."""
        return replace(self, secrets=self.secrets | {value for value in values if value})
