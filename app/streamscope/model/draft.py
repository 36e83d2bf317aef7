"""What a person composes and saves: a draft."""

from typing import Literal

import msgspec

from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.model.text import writable

Pair = tuple[str, str]


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind chosen by its key, and the values of its fields (secrets are never kept in a saved draft).

    `credential` names a credential whose values fill what is not in `values`.
    """

    kind: str
    values: dict[str, str] = {}
    credential: str = ""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name and a value of a form, which can be switched off and stays in the draft."""

    name: str
    value: str = ""
    on: bool = True


class Unsent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A header or a parameter of the URL that is switched off: kept in the draft, at its place, never sent.

    `at` is the number of those of its kind that stand before it, sent or not.
    """

    place: Literal["header", "query"]
    at: int
    name: str
    value: str = ""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part of a multipart body: a value, or a file's path (or its bytes, where they were read already).

    `filename` is told to the server in place of the file's own name.
    """

    name: str
    value: str = ""
    file: str = ""
    content: bytes | None = None
    content_type: str = ""
    on: bool = True
    filename: str = ""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sent: nothing, JSON, text, a form (`entries`), a file, bytes, or parts.

    `json` is sent as it is written, right or wrong, as application/json; `text` is told by its content.
    """

    kind: Literal["none", "json", "text", "form", "file", "bytes", "multipart"] = "none"
    text: str = ""
    file: str = ""
    content: bytes = b""
    parts: tuple[Part, ...] = ()
    entries: tuple[Entry, ...] = ()


class Outgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A WebSocket message to send; `binary` sends `content` where given, else the text's UTF-8 bytes.

    One `by_hand` waits in the draft until a person sends it; the others go as soon as the connection is open.
    """

    text: str = ""
    content: bytes | None = None
    binary: bool = False
    dialect: str = ""
    name: str = ""
    by_hand: bool = False

    @property
    def payload(self) -> str | bytes:
        """The message as the wire takes it: text or bytes. Raises UsageError for a text that has no UTF-8."""
        if self.content is None:
            return writable(self.text).encode() if self.binary else writable(self.text)
        if self.binary:
            return self.content
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise UsageError(
                phrase("A message that is to be sent as text is no UTF-8 (byte {at}).", at=error.start),
                phrase("Send it as binary."),
            ) from error


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """When to give up or to have enough; seconds, 0 means no limit. `wait` is for the answer and, unless `between` says
    otherwise, between two reads."""

    total: float = 0.0
    connect: float = 10.0
    wait: float = 120.0
    between: float = 0.0
    messages: int = 0
    close_after: float = 0.0


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request as composed: three choices and what to send; texts may hold {{variables}}.

    `without` names automatic headers that are left out (lower case); `redirects` is how many are followed at most; with
    `cookies` those that the same host set in this session are sent along; `note` is the person's own.
    """

    auth: Choice = Choice("none")
    channel: Choice = Choice("address")
    protocol: Choice = Choice("https")
    workspace: str = ""
    service: str = ""
    method: str = ""
    path: str = ""
    headers: tuple[Pair, ...] = ()
    body: Body = Body()
    messages: tuple[Outgoing, ...] = ()
    limits: Limits = Limits()
    ca: str = ""
    insecure: bool = False
    resolve: tuple[str, ...] = ()
    proxy: str = ""
    allow_plain_credentials: bool = False
    allow_large_body: bool = False
    dialect: str = ""
    name: str = ""
    note: str = ""
    unsent: tuple[Unsent, ...] = ()
    without: tuple[str, ...] = ()
    redirects: int = 0
    cookies: bool = False
