"""WebSocket messages as they are edited: each a text with its past, and the list of them with its own."""

import base64
import binascii
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QTextCursor

from streamscope.gui.code import CodeDocument
from streamscope.gui.code.colours import language_of
from streamscope.gui.code.exact import inside
from streamscope.gui.composer.body_file import hex_lines
from streamscope.model.draft import Outgoing

Spelling = Literal["text", "json", "hex", "base64", "utf8"]
"""How what is typed means a message: text or JSON as a text message; hex, base64 or UTF-8 as a binary one."""
MOST_TYPED = 100_000
"""Bytes that can be edited as hex or base64; more are shown, and replaced by a file."""
_PREVIEW = 300
_HEX_BLANK = re.compile(r"[\s:,_-]|0x|\\x")


class Typed:
    """One message's content: what it was given as, and the text in which it is edited."""

    def __init__(self, given: Outgoing) -> None:
        self.given = given
        self.fixed = given.content is not None and len(given.content) > MOST_TYPED
        self.spelling: Spelling = _spelling(given)
        self.code = CodeDocument(_shown(given, self.spelling, fixed=self.fixed))
        self.code.fixed = self.fixed
        self._first = (self.spelling, self.code.text())

    def outgoing(self, name: str, *, by_hand: bool) -> Outgoing:
        """The message as it is sent and kept; untouched it is what was given."""
        if self.fixed or (self.spelling, self.code.text()) == self._first:
            return replace(self.given, name=name, by_hand=by_hand)
        text = self.code.text()
        dialect = self.given.dialect
        if self.spelling in ("text", "json"):
            return Outgoing(text, dialect=dialect, name=name, by_hand=by_hand)
        if self.spelling == "utf8":
            return Outgoing(text, binary=True, dialect=dialect, name=name, by_hand=by_hand)
        content, _ = read(text, self.spelling)
        kept = "" if content is not None and spelt(content, self.spelling) == text else text
        if content is None:  # what is typed is kept, and the bytes it last meant are sent
            content = self.last()
        return Outgoing(kept, content, binary=True, dialect=dialect, name=name, by_hand=by_hand)

    def last(self) -> bytes:
        """The bytes of the longest beginning of what is typed that is right."""
        content, wrong = read(self.code.text(), self.spelling)
        if content is not None:
            return content
        right = self.code.text()[: wrong[0]]
        if self.spelling == "hex":
            digits = _HEX_BLANK.sub("", right)
            return bytes.fromhex(digits[: len(digits) // 2 * 2])
        letters = "".join(right.split()).rstrip("=")
        return base64.b64decode(letters[: len(letters) // 4 * 4])

    def spell(self, spelling: Spelling) -> None:
        """Edit it in another spelling; bytes stay the same bytes as far as the two can say them."""
        before = self.spelling
        if before == spelling or self.fixed:
            return
        typed = before in ("hex", "base64")
        content = self.last() if typed else self.code.text().encode(errors="surrogatepass")
        self.spelling = spelling
        if spelling in ("hex", "base64"):
            self._put(spelt(content, spelling))
        elif typed:
            with suppress(UnicodeDecodeError):  # where no text says these bytes, what is typed is a text now
                self._put(content.decode())

    def copy(self) -> "Typed":
        """The same content with a past of its own."""
        made = Typed(self.outgoing("", by_hand=False))
        made.spelling = self.spelling
        return made

    def preview(self) -> str:
        """The beginning of it as one line."""
        if self.fixed and self.given.content is not None:
            return self.given.content[:24].hex(" ")
        words, block = "", self.code.firstBlock()
        while block.isValid() and len(words) < _PREVIEW:  # not the whole text: this is asked for with each key
            words, block = f"{words} {block.text()[:_PREVIEW]}", block.next()
        return " ".join(words.split())

    def size(self) -> int:
        """Bytes on the wire, before masking and compression."""
        made = self.outgoing("", by_hand=False)
        return len(made.content if made.content is not None else made.text.encode(errors="surrogatepass"))

    def _put(self, text: str) -> None:
        cursor = QTextCursor(self.code)
        cursor.select(QTextCursor.SelectionType.Document)
        self.code.insert(cursor, inside(text, self.code.line_end))


class Item(NamedTuple):
    """A message in the list."""

    typed: Typed
    name: str = ""
    by_hand: bool = False

    def outgoing(self) -> Outgoing:
        """As it is sent and kept."""
        return self.typed.outgoing(self.name, by_hand=self.by_hand)


@dataclass
class MessagesDocument:
    """The messages of a draft, in order, with what can be undone in the list; each text has its own past."""

    items: tuple[Item, ...] = ()
    current: int = 0
    done: list[tuple[Item, ...]] = field(default_factory=list)
    undone: list[tuple[Item, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, messages: Iterable[Outgoing | str]) -> "MessagesDocument":
        """From messages; a bare text is a text message."""
        made = (Outgoing(one) if isinstance(one, str) else one for one in messages)
        return cls(tuple(Item(Typed(one), one.name, one.by_hand) for one in made))

    def messages(self) -> tuple[Outgoing, ...]:
        """All, exactly as they were given or written."""
        return tuple(item.outgoing() for item in self.items)

    def change(self, items: tuple[Item, ...]) -> None:
        """Other items, as one step that can be undone."""
        if items != self.items:
            self.done.append(self.items)
            self.undone.clear()
            self.items = items

    def undo(self) -> bool:
        """Take the last change of the list back."""
        if not self.done:
            return False
        self.undone.append(self.items)
        self.items = self.done.pop()
        return True

    def redo(self) -> bool:
        """Make it again."""
        if not self.undone:
            return False
        self.done.append(self.items)
        self.items = self.undone.pop()
        return True


def read(text: str, spelling: Spelling) -> tuple[bytes | None, tuple[int, str]]:
    """The bytes that hex or base64 means; else None, the place of the mistake and what it is."""
    if spelling == "hex":
        digits = _HEX_BLANK.sub("", text)
        even = _HEX_BLANK.sub(lambda match: "0" * len(match.group()), text)
        if bad := re.search(r"[^0-9a-fA-F]", even):
            told = QCoreApplication.translate("messages", "{char} is no hex digit")
            return None, (bad.start(), told.format(char=repr(bad.group())))
        if len(digits) % 2:
            return None, (
                len(text),
                QCoreApplication.translate("messages", "half a byte: one more hex digit is needed"),
            )
        return bytes.fromhex(digits), (0, "")
    if bad := re.search(r"[^A-Za-z0-9+/=_\s-]", text):
        told = QCoreApplication.translate("messages", "{char} does not occur in base64")
        return None, (bad.start(), told.format(char=repr(bad.group())))
    letters = "".join(text.split()).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(letters, validate=True), (0, "")
    except (binascii.Error, ValueError):
        return None, (len(text), QCoreApplication.translate("messages", "the base64 is not complete"))


def spelt(content: bytes, spelling: Spelling) -> str:
    """Bytes as hex, sixteen a line, or as base64."""
    if spelling == "base64":
        return base64.b64encode(content).decode()
    return "\n".join(content[at : at + 16].hex(" ") for at in range(0, len(content), 16))


def _spelling(given: Outgoing) -> Spelling:
    if given.binary and given.content is None:
        return "utf8"
    if given.binary and given.content is not None:
        if given.text:
            for spelling in ("hex", "base64"):
                if read(given.text, spelling)[0] == given.content:
                    return spelling
        return "hex"
    return "json" if language_of(given.text) == "json" else "text"


def _shown(given: Outgoing, spelling: Spelling, *, fixed: bool) -> str:
    if fixed:
        return hex_lines(given.content or b"")
    if spelling in ("hex", "base64") and given.content is not None:
        return given.text or spelt(given.content, spelling)
    if given.content is not None and not given.binary:
        return given.content.decode(errors="replace")
    return given.text
