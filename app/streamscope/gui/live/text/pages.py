"""The part of a text that is laid out, in pages: which place of the document is which byte of the text. Pure.

Of a page only its borders are kept; where what is shown differs from the text is found again when it is asked for.
Places count UTF-16 units, as Qt's documents do.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from streamscope.gui.live.text.display import Carry, displayed

PAGE = 16_384
"""Bytes after which a page is full."""
_KEPT = 6
_WIDEST = 4
"""Bytes of the longest character."""
_CONTINUED, _TWO_BITS = 0b10_00_0000, 0b11_00_0000

TextOf = Callable[[int, int], bytes]
"""The text's bytes from one to before another, a copy."""


@dataclass(slots=True)
class Page:
    """Some bytes of the text and how long they are on the screen."""

    start: int
    end: int
    carry: Carry
    after: Carry
    length: int


class Laid:
    """A page as it is laid out, and its places both ways."""

    def __init__(self, data: bytes, carry: Carry) -> None:
        self.text = data.decode(errors="replace")
        self.shown, self.changes, self.after = displayed(self.text, carry)
        self._plain = len(self.text) == len(data)
        self._starts = [start for start, _, _ in self.changes]
        self._grown = [0, *accumulate(len(shown) - length for _, length, shown in self.changes)]
        self._at = [start + grown for start, grown in zip(self._starts, self._grown, strict=False)]
        self._narrow = not self.shown or max(self.shown) <= "\uffff"

    @property
    def length(self) -> int:
        """UTF-16 units on the screen."""
        return len(self.shown) if self._narrow else units(self.shown)

    @property
    def hidden(self) -> int:
        """Bytes at its beginning for which the mark on the page before stands."""
        start, length, shown = self.changes[0] if self.changes else (1, 0, "")
        return 0 if start or shown or self.text[0] == "\r" else len(self.text[:length].encode())

    def place(self, byte: int, *, end: bool) -> int:
        """Where a byte is shown; as the end of a run it lies before what is put in between."""
        char = byte if self._plain else len(self.text.encode()[:byte].decode(errors="ignore"))
        which = (bisect_left if end else bisect_right)(self._starts, char)
        place = char + self._grown[which]
        if which:
            start, length, shown = self.changes[which - 1]
            if start <= char < start + length:  # within a mark: its beginning, or its end
                place = start + self._grown[which - 1] + (len(shown) if end and char > start else 0)
        return place if self._narrow else units(self.shown[:place])

    def byte(self, place: int, *, end: bool) -> int:
        """Which byte is shown there; within a mark its first one, or at an end the one after its last."""
        if not self._narrow:
            place = len(self.shown.encode("utf-16-le")[: 2 * place].decode("utf-16-le", "ignore"))
        which = bisect_right(self._at, place)
        char = place - self._grown[which]
        if which:
            start, length, shown = self.changes[which - 1]
            inner = place - self._at[which - 1]
            if inner < len(shown) or (inner == 0 and length):
                char = start + (length if end and inner else 0)
        return char if self._plain else len(self.text[:char].encode())


def units(text: str) -> int:
    """How many UTF-16 units a text takes."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Pages:
    """Neighbouring pages of a text that another thread may extend."""

    def __init__(self, text_of: TextOf) -> None:
        self._text_of = text_of
        self.pages: list[Page] = []
        self._start = 0
        self._laid: OrderedDict[tuple[int, int, Carry], Laid] = OrderedDict()

    @property
    def start(self) -> int:
        """The first byte that is laid out."""
        return self.pages[0].start if self.pages else self._start

    @property
    def end(self) -> int:
        """The byte after the last one."""
        return self.pages[-1].end if self.pages else self._start

    @property
    def length(self) -> int:
        """UTF-16 units of all pages."""
        return sum(page.length for page in self.pages)

    def reset(self, start: int) -> None:
        """Lay nothing out; begin at this byte."""
        self.pages, self._start = [], start
        self._laid.clear()

    def append(self, stop: int) -> str:
        """Lay out what follows, to before `stop`; what is shown."""
        out = []
        while (at := self.end) < stop:
            page = self.pages[-1] if self.pages else None
            if page is None or page.end - page.start > PAGE - _WIDEST:
                carry = page.after if page is not None else Carry()
                page = Page(at, at, carry, carry, 0)
                self.pages.append(page)
            room = page.start + PAGE
            end = stop if room >= stop else border(self._text_of, room)
            laid = Laid(self._text_of(at, end), page.after)
            page.end, page.after = end, laid.after
            page.length += laid.length
            out.append(laid.shown)
        return "".join(out)

    def prepend(self, size: int) -> str:
        """Lay out so many bytes before the first; what is shown."""
        start, stop = border(self._text_of, max(0, self.start - size)), self.start
        before = Pages(self._text_of)
        before.reset(start)
        shown = before.append(stop)
        self.pages[:0] = before.pages
        return shown

    def drop(self, *, first: bool) -> int:
        """Lay the first or the last page out no more; how long it was."""
        page = self.pages.pop(0 if first else -1)
        if not self.pages:
            self._start = page.end if first else page.start
        return page.length

    def place(self, byte: int, *, end: bool = False) -> int:
        """Where a byte is in the document; what is not laid out is at its begin or end."""
        offset = 0
        for page in self.pages:
            if byte < page.start or (byte == page.start and not end):
                return offset
            if byte < page.end or (end and byte == page.end):
                return offset + self._of(page).place(byte - page.start, end=end)
            offset += page.length
        return offset

    def byte(self, place: int, *, end: bool = False) -> int:
        """Which byte is at a place of the document."""
        for number, page in enumerate(self.pages):
            if end and place == page.length:
                return self._hidden(number, page.start + self._of(page).byte(place, end=True))
            if place < page.length:
                return page.start + self._of(page).byte(place, end=end)
            place -= page.length
        return self.end

    def _hidden(self, number: int, byte: int) -> int:
        """The end of what the mark before this byte stands for, which may reach over many pages."""
        for page in self.pages[number + 1 :]:
            if page.start != byte or not (hidden := self._of(page).hidden):
                break
            byte += hidden
        return byte

    def _of(self, page: Page) -> Laid:
        key = (page.start, page.end, page.carry)
        found = self._laid.get(key)
        if found is None:
            found = self._laid[key] = Laid(self._text_of(page.start, page.end), page.carry)
            if len(self._laid) > _KEPT:
                self._laid.popitem(last=False)
        else:
            self._laid.move_to_end(key)
        return found


def border(text_of: TextOf, byte: int) -> int:
    """The first byte of the character that this byte belongs to."""
    start = max(0, byte - 3)
    near = text_of(start, byte + 1)
    at = byte - start
    while at > 0 and at < len(near) and near[at] & _TWO_BITS == _CONTINUED:
        at -= 1
    return start + at
