"""What can be copied of one event or of several: as it is seen, and with known secret values masked."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu, QToolTip

from streamscope.gui.live.detail import facts
from streamscope.gui.live.detail.bytes_copies import LARGEST_COPY, as_hex, put
from streamscope.gui.live.detail.looked import data_of
from streamscope.gui.live.detail.masking import known_secrets, without_secrets
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.tones import tone_word
from streamscope.gui.texts import told
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.event import Event, Message, Read, RequestSent, encode
from streamscope.model.phrase import phrase
from streamscope.model.redact import masked
from streamscope.model.request import Request
from streamscope.model.url import parse_url

MOST = 20_000
"""Events that one copy takes; more of them are exported."""
_AT_ONCE = 1_000
_OWN = frozenset({"content-length", "transfer-encoding", "connection", "host"})
"""Headers that curl writes by itself."""

Column = tuple[str, Callable[[int], str]]
"""A column's title, and what it says of the event of a number."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One thing that can be copied: what the menu calls it, and what makes its text.

    `make` raises OSError, StoreError or UsageError where it cannot be made.
    """

    label: str
    make: Callable[[], str]


def copies(feed: Feed, numbers: Sequence[int], columns: Sequence[Column] = ()) -> list[Copy]:
    """What can be copied of these events (in their order, from 0); `columns` are those of the table that is shown."""
    translate = QCoreApplication.translate
    if not numbers:
        return []
    if len(numbers) == 1:
        return list(_of_one(feed, numbers[0]))
    found = [
        Copy(translate("detail", "Copy rows as JSON lines"), lambda: json_lines(feed, numbers)),
        Copy(translate("detail", "Copy rows as CSV"), lambda: as_csv(feed, numbers, columns or usual_columns(feed))),
        Copy(translate("detail", "Copy payloads"), lambda: payloads(feed, numbers)),
    ]
    if any(feed.text_of(number) for number in numbers[:200]):
        found.append(Copy(translate("detail", "Copy the text they added"), lambda: text_added(feed, numbers)))
    return found


def _of_one(feed: Feed, number: int) -> Iterator[Copy]:
    translate = QCoreApplication.translate
    event = feed.exchange.event(number)
    data = data_of(event)
    if data and is_text(data):
        yield Copy(translate("detail", "Copy payload"), lambda: payload(feed, number))
    if data:
        yield Copy(translate("detail", "Copy payload as hex"), lambda: as_hex(_bytes(feed, number)))
    if feed.text_of(number):
        yield Copy(translate("detail", "Copy the text it added"), lambda: text_added(feed, [number]))
    if not data:
        yield Copy(translate("detail", "Copy what it says"), lambda: _safe(feed, facts.laid_out(_event(feed, number))))
    yield Copy(translate("detail", "Copy row as JSON"), lambda: json_lines(feed, [number]).rstrip("\n"))
    if request_before(feed, number) is not None:
        yield Copy(translate("detail", "Copy the request as cURL"), lambda: as_curl(feed, number))


def copy_menu(menu: QMenu, feed: Feed, numbers: Sequence[int], columns: Sequence[Column] = ()) -> None:
    """Add an action for each of `copies`; it fills the clipboard."""
    for one in copies(feed, numbers, columns):
        menu.addAction(one.label).triggered.connect(lambda _=False, one=one: _copied(one, menu))


def _copied(one: Copy, menu: QMenu) -> None:
    """Fill the clipboard; what cannot be read any more is said where the menu was."""
    try:
        put(one.make())
    except UsageError as error:
        QToolTip.showText(menu.pos(), told(error.message))
    except (OSError, StoreError, IndexError) as error:
        said = QCoreApplication.translate("detail", "This event cannot be read any more: {reason}")
        QToolTip.showText(menu.pos(), said.format(reason=error))


def json_lines(feed: Feed, numbers: Sequence[int]) -> str:
    """Events as JSON, one a line, as `--output events` prints them."""
    secrets = known_secrets(feed)
    lines = (encode(without_secrets(event, secrets)).decode() for _, event in _events(feed, numbers))
    return masked("".join(f"{line}\n" for line in lines), secrets)


def payload(feed: Feed, number: int) -> str:
    """A payload as text."""
    return _safe(feed, _bytes(feed, number).decode(errors="replace"))


def payloads(feed: Feed, numbers: Sequence[int]) -> str:
    """The payloads of events, one a line; bytes that are no text as hex."""
    found = []
    for _, event in _events(feed, numbers):
        if data := data_of(event):
            found.append(data.decode() if is_text(data) else as_hex(data))
    return _safe(feed, "\n".join(found))


def text_added(feed: Feed, numbers: Sequence[int]) -> str:
    """What events added to the texts of the answer."""
    return _safe(feed, "".join(feed.text_of(number) for number in islice(numbers, MOST)))


def as_csv(feed: Feed, numbers: Sequence[int], columns: Sequence[Column]) -> str:
    """Rows of these columns as CSV (RFC 4180), titles first."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([title for title, _ in columns])
    for number in islice(numbers, MOST):
        writer.writerow([said(number) for _, said in columns])
    return _safe(feed, file.getvalue())


def usual_columns(feed: Feed) -> list[Column]:
    """Number, time, direction, kind, what it says, size, reads and the payload's beginning."""
    translate = QCoreApplication.translate

    def event(number: int) -> Event:
        return feed.exchange.event(number)

    def reads(number: int) -> str:
        one = event(number)
        return "–".join(str(read) for read in dict.fromkeys(one.reads)) if isinstance(one, Message) else ""

    def size(number: int) -> str:
        one = event(number)
        return str(one.size) if isinstance(one, Message | Read) else str(len(data_of(one)) or "")

    return [
        ("#", lambda number: str(number + 1)),
        (translate("detail", "Time, ms"), lambda number: f"{event(number).t / 1e6:.3f}"),
        (translate("detail", "Direction"), lambda number: getattr(event(number), "direction", "")),
        (translate("detail", "Kind"), lambda number: facts.word(event(number))),
        (translate("detail", "Says"), lambda number: _tone(feed, number)),
        (translate("detail", "Text"), feed.text_of),
        (translate("detail", "Size"), size),
        (translate("detail", "Reads"), reads),
        (translate("detail", "Payload"), lambda number: data_of(event(number))[:400].decode(errors="replace")),
    ]


def _tone(feed: Feed, number: int) -> str:
    tones = feed.derived.tones
    return tone_word(tones[number]) if number < min(feed.read, len(tones)) and tones[number] else ""


def request_before(feed: Feed, number: int) -> RequestSent | None:
    """The request that an event belongs to: the last one that was sent before it."""
    sent = [head for head in feed.derived.heads if isinstance(head, RequestSent)]
    if not sent:
        return None
    t = feed.exchange.rows(number, number + 1)[0]
    return next((one for one in reversed(sent) if one.t <= t), sent[0])


def as_curl(feed: Feed, number: int) -> str:
    """The request as a curl command for bash; its secrets, which no record holds, are variables that it names.

    Raises UsageError for an address that is none.
    """
    from streamscope.interop.curl import command

    sent = request_before(feed, number)
    if sent is None:
        raise UsageError(phrase("No request was sent."))
    headers = tuple(pair for pair in sent.headers if pair[0].lower() not in _OWN and not pair[0].startswith(":"))
    named = {name.lower() for name, _ in sent.headers}
    request = Request(
        sent.method,
        parse_url(sent.url),
        headers,
        sent.content,
        typed=frozenset(named),
        secrets=known_secrets(feed),
        without=frozenset({"content-length"} - named),
    )
    return _safe(feed, command(request))


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _safe(feed: Feed, text: str) -> str:
    return masked(text, known_secrets(feed))


def _event(feed: Feed, number: int) -> Event:
    return without_secrets(feed.exchange.event(number), known_secrets(feed))


def _bytes(feed: Feed, number: int) -> bytes:
    event = feed.exchange.event(number)
    if isinstance(event, Message) and not event.whole:
        return feed.exchange.payload(number, 0, LARGEST_COPY)
    return data_of(event)


def _events(feed: Feed, numbers: Sequence[int]) -> Iterator[tuple[int, Event]]:
    """These events, those that follow each other read together."""
    wanted = list(islice(numbers, MOST))
    at = 0
    while at < len(wanted):
        stop = at + 1
        while stop < len(wanted) and stop - at < _AT_ONCE and wanted[stop] == wanted[stop - 1] + 1:
            stop += 1
        first = wanted[at]
        yield from enumerate(feed.exchange.events(first, first + stop - at), first)
        at = stop
