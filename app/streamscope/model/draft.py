"""What a person composes and saves: a draft."""

from typing import Literal

import msgspec

Pair = tuple[str, str]


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind chosen by its key, and the values of its fields (secrets are never kept in a saved draft)."""

    kind: str
    values: dict[str, str] = {}


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part of a multipart body: a value, or a file's path (or its bytes, where they were read already)."""

    name: str
    value: str = ""
    file: str = ""
    content: bytes | None = None
    content_type: str = ""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sent: nothing, text, a file, bytes, or parts."""

    kind: Literal["none", "text", "file", "bytes", "multipart"] = "none"
    text: str = ""
    file: str = ""
    content: bytes = b""
    parts: tuple[Part, ...] = ()


class Outgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A WebSocket message to send; `binary` sends `content` where given, else the text's UTF-8 bytes."""

    text: str = ""
    content: bytes | None = None
    binary: bool = False
    dialect: str = ""
    name: str = ""

    @property
    def payload(self) -> str | bytes:
        """The message as the wire takes it: text or bytes."""
        if self.binary:
            return self.content if self.content is not None else self.text.encode()
        return self.content.decode() if self.content is not None else self.text


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """When to give up or to have enough; seconds, 0 means no limit. `wait` is for the answer and between reads."""

    total: float = 0.0
    connect: float = 10.0
    wait: float = 120.0
    messages: int = 0
    close_after: float = 0.0


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request as composed: three choices and what to send; texts may hold {{variables}}."""

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
