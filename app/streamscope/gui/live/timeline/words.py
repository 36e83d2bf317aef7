"""What a strip says in words: of an event under the pointer, of a span, of the whole stream."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from streamscope.engine.bins import CONTROL, CONTROL_SENT, READ, RECEIVED, SENT, UNREAD
from streamscope.engine.derived import TONES
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Span
from streamscope.gui.live.timeline.axis import moment
from streamscope.gui.live.timeline.course import Course, one
from streamscope.gui.live.tones import tone_word
from streamscope.gui.texts import size_text
from streamscope.model.event import Control, Event, Message, Read

if TYPE_CHECKING:
    from streamscope.engine.bins import Columns

SAID = 60
"""Characters of what an event says that are told."""
MESSAGES = (*RECEIVED, SENT)
ANYTHING = (*MESSAGES, CONTROL, CONTROL_SENT, READ)


def kind_word(kind: int) -> str:
    """What a class of events is called."""
    translate = QCoreApplication.translate
    if kind < len(TONES):
        return tone_word(kind)
    words = {
        UNREAD: translate("timeline", "not read yet"),
        SENT: translate("timeline", "sent"),
        CONTROL: translate("timeline", "control"),
        CONTROL_SENT: translate("timeline", "control, sent"),
        READ: translate("timeline", "socket read"),
    }
    return words.get(kind, translate("timeline", "other"))


def of_event(feed: Feed, course: Course, place: int) -> list[str]:
    """An event in a few lines: number, time, gap, size, what it says."""
    bins = course.bins
    number, t, kind = bins.number(place), bins.time(place), bins.class_at(place)
    event = feed.exchange.event(number)
    translate = QCoreApplication.translate
    lines = [translate("timeline", "#{number} · {kind}").format(number=f"{number + 1:,}", kind=_name(event, kind))]
    before = bins.step(place, -1, (kind,) if kind in (READ, CONTROL, CONTROL_SENT) else MESSAGES)
    when = moment(t)
    if before >= 0:
        when = translate("timeline", "{time}, {gap} after the one before").format(
            time=when, gap=moment(t - bins.time(before))
        )
    lines.append(when)
    if isinstance(event, Message | Read):
        lines[-1] += " · " + size_text(event.size)
    said = _said(feed, number, event)
    return [*lines, said] if said else lines


def of_span(start: int, stop: int, columns: "Columns") -> str:
    """A span of time: how long, how many messages, how many a second."""
    messages = int(columns.counts[list(MESSAGES)].sum())
    span = max(1, stop - start)
    return QCoreApplication.translate("timeline", "{time} · {count} messages · {rate}/s").format(
        time=moment(span), count=f"{messages:,}", rate=_rate(messages * 1e9 / span)
    )


def of_stream(feed: Feed, course: Course, seen: Span, span: Span | None, chosen: int) -> str:
    """All that a strip shows, for who does not see it: the stream, the part of it that is seen, the chosen event."""
    translate = QCoreApplication.translate
    bins, rhythm = course.bins, course.rhythm
    columns = bins.columns(0, bins.last + 1, 1)
    counts = columns.counts.sum(1)
    told = [
        translate("timeline", "{count} messages received in {time}.").format(
            count=f"{int(counts[list(RECEIVED)].sum()):,}", time=moment(course.now())
        )
    ]
    if counts[SENT]:
        told.append(translate("timeline", "{count} sent.").format(count=f"{int(counts[SENT]):,}"))
    if rhythm.first >= 0:
        told.append(translate("timeline", "First token at {time}.").format(time=moment(rhythm.first)))
    stalls = course.stalls()
    if stalls:
        longest = max(end - begin for begin, end in stalls)
        told.append(
            translate("timeline", "Stalls: {count}, the longest {time}.").format(
                count=len(stalls), time=moment(longest)
            )
        )
    if course.lost:
        told.append(translate("timeline", "Reconnected: {count}.").format(count=len(course.lost)))
    if len(rhythm.bursts):
        told.append(translate("timeline", "Bursts: {count}.").format(count=f"{len(rhythm.bursts):,}"))
    if course.end is not None:
        told.append(translate("timeline", "Ended at {time}.").format(time=moment(course.end[0])))
    told.append(
        translate("timeline", "Shown: {start} to {stop}.").format(start=moment(max(0, seen[0])), stop=moment(seen[1]))
    )
    if span is not None:
        told.append(
            translate("timeline", "Narrowed to {start} to {stop}.").format(start=moment(span[0]), stop=moment(span[1]))
        )
    if 0 <= chosen < bins.size:
        (place,) = bins.places(one(chosen))
        told.append(
            translate("timeline", "Chosen: {event}.").format(event=" · ".join(of_event(feed, course, int(place))))
        )
    return " ".join(told)


def _name(event: Event, kind: int) -> str:
    if isinstance(event, Control):
        return event.name
    if isinstance(event, Message) and event.event not in ("", "message"):
        return f"{kind_word(kind)} · {event.event[:40]}"
    return kind_word(kind)


def _said(feed: Feed, number: int, event: Event) -> str:
    text = feed.text_of(number)
    if not text and isinstance(event, Message):
        text = event.payload[: 4 * SAID].decode(errors="replace")
    elif isinstance(event, Control):
        text = str(event.data) if isinstance(event.data, str | int) else ""
    flat = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * SAID]).split())
    return flat[:SAID] + ("…" if len(flat) > SAID else "")


def _rate(rate: float) -> str:
    return QLocale.c().toString(rate, "f", 0 if rate >= 10 else 1)
