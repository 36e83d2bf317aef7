"""Rules about order: numbers that are missing, repeated or out of order, ids that come again, text that shrinks. Pure.

Numbers are `sequence_number` (OpenAI Responses), or ids of events where these count up by one. An event's
id lasts until the next one (WHATWG HTML standard, 9.2.6), so the same id twice is a repetition only where each event
had its own.
"""

from typing import Any

from streamscope.engine.findings.case import Case, Family
from streamscope.model.event import Message, RequestSent
from streamscope.model.phrase import Phrase, phrase

_SURE = 3
"""Events in a row that must agree before ids are taken for numbers, or for each event's own."""
_REMEMBERED = 1 << 14
"""Ids that are remembered; a stream with more of them is watched for order only."""


class Sequence(Family):
    """sequence_missing, sequence_duplicate, sequence_disorder, id_repeated, text_shrunk."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._begin()

    def _begin(self) -> None:
        self._last = -1
        self._id = ""
        self._own = 0
        self._counting = 0
        self._number = -1
        self._seen: set[int] = set()
        self._lengths: dict[int, int] = {}
        self._pieces = False

    def request(self, event: RequestSent) -> None:  # noqa: ARG002 - the outline
        """Numbers of an attempt say nothing of the next one."""
        self._begin()

    def message(self, event: Message) -> None:
        """Numbers and ids of this message."""
        value = self.case.value
        if type(value) is dict:
            if "sequence_number" in value:
                self._numbered(event, value)
            elif "event_id" in value:
                self._unique(event, value["event_id"])
        if event.id:
            self._identified(event)
        deltas = self.case.transcript.deltas
        if deltas and not self._pieces:
            self._cumulative(event)

    def _numbered(self, event: Message, value: dict[str, Any]) -> None:
        number, last = value["sequence_number"], self._last
        if type(number) is not int:
            return
        if number == last + 1 or last < 0 or (number != last and _fresh(value, number)):
            self._last = number
        else:
            self._off(event.t, last, number, phrase("Sequence number"))
            self._last = max(number, last)

    def _off(self, t: int, last: int, number: int, what: Phrase) -> None:
        if number > last:
            text = phrase(
                "{what} {number} follows {last}: {n} are missing.",
                what=what,
                number=number,
                last=last,
                n=number - last - 1,
            )
            remedy = phrase("Events were lost on the way or never sent: what was assembled may have holes.")
            self.case.tell(t, "sequence_missing", "warning", text, remedy)
        elif number == last:
            text = phrase("{what} {number} came twice.", what=what, number=number)
            remedy = phrase("An event was sent again: text assembled from both holds it twice.")
            self.case.tell(t, "sequence_duplicate", "warning", text, remedy)
        else:
            text = phrase("{what} {number} came after {last}.", what=what, number=number, last=last)
            remedy = phrase("Events came out of order or once more: what was assembled may be mixed up.")
            self.case.tell(t, "sequence_disorder", "warning", text, remedy)

    def _identified(self, event: Message) -> None:
        """The last event ID of this message; as long as each event brings a new one, each should."""
        told, last = event.id, self._id
        if told == last:
            if self._own >= _SURE:
                self._came_again(event, told)
            self._own = -1 if self._own < _SURE else self._own
            return
        self._id = told
        if self._own >= 0:
            self._own += 1
        number = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else -1
        if number < 0:
            self._counting = 0
            self._unique(event, told)
        elif self._number < 0 or number == self._number + 1:
            self._counting += 1
        elif self._counting >= _SURE:
            self._off(event.t, self._number, number, phrase("The event's id"))
            number = max(number, self._number)
        else:
            self._counting = 0
        self._number = number

    def _unique(self, event: Message, told: Any) -> None:
        if type(told) is not str or not told:
            return
        mark = hash(told)
        if mark in self._seen:
            self._came_again(event, told)
        elif len(self._seen) < _REMEMBERED:
            self._seen.add(mark)

    def _came_again(self, event: Message, told: str) -> None:
        text = phrase("The id {id} came again.", id=told[:80])
        remedy = phrase("An event was sent again, or the stream was resumed too early: it may be counted twice.")
        self.case.tell(event.t, "id_repeated", "warning", text, remedy)

    def _cumulative(self, event: Message) -> None:
        """Text that replaces what came before should only grow."""
        for delta in self.case.transcript.deltas:
            if delta.kind != "text":
                continue
            if not delta.whole:
                self._pieces = True  # here the whole is only a repetition
                return
            before = self._lengths.get(delta.choice, 0)
            if len(delta.text) < before:
                text = phrase(
                    "The text became shorter: {now} characters after {before}.", now=len(delta.text), before=before
                )
                remedy = phrase("The server takes back what it said, or sends pieces where it should repeat all.")
                self.case.tell(event.t, "text_shrunk", "warning", text, remedy)
            self._lengths[delta.choice] = len(delta.text)


def _fresh(value: dict[str, Any], number: int) -> bool:
    """Whether a new response begins, as in a conversation of several."""
    return number == 0 or value.get("type") == "response.created"
