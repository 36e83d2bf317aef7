"""What can follow where an expression of `engine.filter` is being typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from streamscope.engine.filter import CHOICES, FIELD, RUN, quoted
from streamscope.engine.filter_reading import ALIASES
from streamscope.model.phrase import NOTHING, Phrase, phrase

FIELDS: dict[str, Phrase] = {
    "kind:": phrase("request, read, message, control …"),
    "dir:": phrase("in: received, out: sent"),
    "name:": phrase("a message's type, a control's name"),
    "tone:": phrase("what a message says: text, reasoning, error …"),
    "data:": phrase("words in what an event holds"),
    'data~"': phrase("a regular expression in what an event holds"),
    "size>": phrase("bytes: 1k, 2.5MB"),
    "t>": phrase("since Send: 200ms, 2s; t:2s..3s"),
    "gap>": phrase("since the one before of the same kind: 200ms"),
    "number:": phrase("the event's number"),
    "read:": phrase("the socket read that brought it"),
    "status>=": phrase("of the answer's head: 400"),
    "form:": phrase("how a message came: event, line, frame …"),
    "opcode:": phrase("text or binary, of a WebSocket message"),
    "comment:": phrase("words of a mark"),
    "marked": phrase("marked events"),
    "unfinished": phrase("messages that were cut off"),
    "not ": phrase("all others; also a - in front"),
    "or ": phrase("one of both"),
}
"""What an expression can go on with, and what it means."""
MOST = 200
_TYPED = re.compile(rf"{RUN}*$")
_STARTS = re.compile(r"^[-!]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """What would stand between two characters of the text, and what it means."""

    text: str
    means: Phrase = NOTHING


@dataclass(frozen=True, slots=True)
class Offers:
    """What can stand from character `start` to before `stop`."""

    start: int
    stop: int
    offers: tuple[Offer, ...] = ()


def offers(text: str, cursor: int, names: Iterable[str] = ()) -> Offers:
    """What can be typed at the cursor; `names` are those of the exchange. Nothing inside of quotes."""
    before = text[:cursor]
    if before.count('"') % 2:
        return Offers(cursor, cursor)
    typed = _TYPED.search(before)
    word = typed.group() if typed is not None else ""
    start = cursor - len(word)
    if (minus := _STARTS.match(word)) is not None:
        start += minus.end()
        word = word[minus.end() :]
    field = FIELD.match(word)
    if field is None:
        begun = word.lower()
        found = [Offer(key, means) for key, means in FIELDS.items() if key.startswith(begun) and key.strip() != begun]
        return Offers(start, cursor, tuple(found))
    name = ALIASES.get(field.group(1).lower(), field.group(1).lower())
    values: Iterable[str] = CHOICES.get(name, names if name == "name" and field.group(2) in (":", "=") else ())
    begun = word[field.end() :].rpartition(",")[2]
    fitting = [value for value in values if begun.lower() in value.lower() and value.lower() != begun.lower()]
    fitting.sort(key=lambda value: not value.lower().startswith(begun.lower()))
    written = [value if re.fullmatch(r'[^\s()",/][^\s()",]*', value) else quoted(value) for value in fitting[:MOST]]
    return Offers(cursor - len(begun), cursor, tuple(map(Offer, written)))


def taken(text: str, found: Offers, offer: Offer) -> tuple[str, int]:
    """The text with an offer taken, and where the cursor is then."""
    whole = offer.text + ("" if offer.text[-1:] in ':~>=<" ' or text[found.stop : found.stop + 1].isspace() else " ")
    return text[: found.start] + whole + text[found.stop :], found.start + len(whole)
