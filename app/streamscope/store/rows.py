"""The compact index of a record: five machine words an event, and how an event is written into them and read again.

  0  t, ns since Send
  1  at: offset in one of the streams
  2  size, bytes (40 bits), and flags (24 bits): kind, stream, direction, form, opcode, unfinished, name
  3  first and last read (32 bits each)
  4  a message's note: offset (40 bits) and size (24 bits) of its JSON among the notes; 0 for none

Messages and reads are spans of a stream; every other event is JSON among the notes.
"""

from array import array

import msgspec

from streamscope.model.event import (
    PAYLOAD,
    WIRE,
    Closed,
    Control,
    Event,
    Failed,
    Finding,
    Form,
    Frame,
    Head,
    Message,
    Opcode,
    Read,
    RequestSent,
    Trace,
)

WORDS = 5
ROW_BYTES = 8 * WORDS
NOTES = 2
"""The stream of JSON lines, beside WIRE and PAYLOAD; what was sent lies there, too."""

KINDS: tuple[type[Event], ...] = (RequestSent, Trace, Read, Head, Message, Control, Finding, Closed, Failed)
CODES: dict[type, int] = {kind: code for code, kind in enumerate(KINDS)}
MESSAGE, READ = CODES[Message], CODES[Read]
FORMS: tuple[Form, ...] = ("event", "message", "line", "element", "frame", "chunk", "body")
FORM_CODES = {form: code for code, form in enumerate(FORMS)}
OPCODES: tuple[Opcode | None, ...] = (None, "text", "binary")
OPCODE_CODES = {opcode: code for code, opcode in enumerate(OPCODES)}

# Flags, from the lowest bit: kind 4, stream 2, out 1, form 3, opcode 2, unfinished 1, name 11.
STREAM_AT, OUT_AT, FORM_AT, OPCODE_AT, UNFINISHED_AT, NAME_AT = 4, 6, 7, 10, 12, 13
LARGEST_NAME = (1 << 11) - 1
FLAGS = (1 << 24) - 1
_NOTE_LIMIT = (1 << 24) - 1


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """What few messages have: kept as JSON beside the index."""

    id: str = ""
    event: str = ""
    retry: int | None = None
    frames: tuple[Frame, ...] = ()
    length: int = -1
    """The size of a message that lies in no stream and of which only the beginning was kept."""


_encode = msgspec.json.Encoder().encode
_decode_note = msgspec.json.Decoder(Note).decode
NO_NOTE = Note()


def flags_of(message: Message, stream: int, name: int) -> int:
    """A message's flags."""
    return (
        MESSAGE
        | stream << STREAM_AT
        | (message.direction == "out") << OUT_AT
        | FORM_CODES[message.form] << FORM_AT
        | OPCODE_CODES[message.opcode] << OPCODE_AT
        | message.unfinished << UNFINISHED_AT
        | name << NAME_AT
    )


def note_of(message: Message, *, named: bool) -> bytes:
    """A message's note as JSON, b'' where it needs none; `named`: its event's name is in the flags."""
    event = "" if named else message.event
    length = message.length if message.at < 0 else -1
    if not (message.id or event or message.frames or message.retry is not None or length >= 0):
        return b""
    note = _encode(Note(message.id, event, message.retry, message.frames, length))
    if len(note) > _NOTE_LIMIT:
        note = _encode(Note(message.id[:4096], event[:4096], message.retry, length=length))
    return note


def message_from(row: "array[int]", payload: bytes, note: bytes, names: list[str]) -> Message:
    """The message of a row; `payload` may be its beginning only."""
    t, at, packed, reads, _ = row
    flags, size = packed & FLAGS, packed >> 24
    try:
        kept = _decode_note(note) if note else NO_NOTE
    except msgspec.DecodeError:
        kept = NO_NOTE
    name = flags >> NAME_AT
    stream = flags >> STREAM_AT & 3
    return Message(
        t,
        "out" if flags >> OUT_AT & 1 else "in",
        (reads >> 32, reads & 0xFFFFFFFF),
        payload,
        FORMS[min(flags >> FORM_AT & 7, len(FORMS) - 1)],
        names[name - 1] if 0 < name <= len(names) else kept.event,
        kept.id,
        OPCODES[min(flags >> OPCODE_AT & 3, 2)],
        kept.retry,
        bool(flags >> UNFINISHED_AT & 1),
        at if stream in (WIRE, PAYLOAD) else -1,
        stream if stream == WIRE else PAYLOAD,
        kept.length if kept.length >= 0 else -1 if len(payload) == size else size,
        kept.frames,
    )
