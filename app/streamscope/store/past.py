"""What history knows of one exchange: a row, kept in its recording as `entry.json`, beside `draft.json`."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from streamscope.model.draft import Body, Choice, Draft
from streamscope.model.errors import StoreError
from streamscope.model.event import Closed, Failed, Head, Message, RequestSent
from streamscope.model.exchange import Outcome, Result
from streamscope.model.redact import MASK
from streamscope.store import files
from streamscope.store.exchange import Exchange
from streamscope.store.secrecy import SecretFields, without_secrets

ENTRY, DRAFT = "entry.json", "draft.json"
_LONGEST_TEXT = 2000
_LOOKED_AT = 400
"""Events of a recording that are looked at for its head, where it has no entry of its own."""
_OWN = frozenset({"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "user-agent"})


class Past(msgspec.Struct, frozen=True, omit_defaults=True):
    """One exchange as history lists it. `recording` is the name of its folder among the recordings, `started` seconds
    since 1970, times in ms; what is not known is None or ''."""

    recording: str
    started: float
    method: str = ""
    url: str = ""
    name: str = ""
    workspace: str = ""
    service: str = ""
    auth: str = ""
    channel: str = ""
    protocol: str = ""
    status: int | None = None
    outcome: Result = "complete"
    error: str = ""
    duration_ms: float | None = None
    ttft_ms: float | None = None
    bytes_in: int = 0
    messages_in: int = 0

    @property
    def when(self) -> datetime:
        """When it was sent, in local time."""
        return datetime.fromtimestamp(self.started, UTC).astimezone()

    @property
    def day(self) -> date:
        """The local day on which it was sent."""
        return self.when.date()

    @property
    def words(self) -> str:
        """All that a search looks into."""
        parts = (self.method, self.url, self.name, self.workspace, self.service, self.auth, self.channel,
                 self.protocol, str(self.status or ""), self.outcome, self.error)  # fmt: skip
        return " ".join(parts).casefold()


def past_of(exchange: Exchange, outcome: Outcome, service: str = "") -> Past:
    """The row of an exchange that has ended; `service` is its name, where the draft knows only its id."""
    draft = exchange.draft
    sent = _first(exchange)
    error = (outcome.error or {}).get("message") or next(iter(outcome.errors), "")
    return Past(
        recording=exchange.path.name if exchange.path is not None else "",
        started=exchange.started.timestamp(),
        method=sent.method if sent else draft.method,
        url=(sent.url if sent else draft.channel.values.get("url", "") + draft.path)[:_LONGEST_TEXT],
        name=draft.name[:_LONGEST_TEXT],
        workspace=draft.workspace,
        service=service or draft.service,
        auth=draft.auth.kind,
        channel=draft.channel.kind,
        protocol=draft.protocol.kind,
        status=outcome.status,
        outcome=outcome.outcome,
        error=str(error)[:_LONGEST_TEXT],
        duration_ms=outcome.timing.total_ms,
        ttft_ms=outcome.timing.ttft_ms,
        bytes_in=outcome.bytes_in,
        messages_in=outcome.messages_in,
    )


def keep(folder: Path, past: Past, draft: Draft, secret: SecretFields) -> None:
    """Write both into the recording. Raises StoreError."""
    kept, _ = without_secrets(draft, secret)
    files.write_json(folder / DRAFT, kept)
    files.write_json(folder / ENTRY, past)


def read_past(folder: Path) -> Past | None:
    """The row of a recording: its own, else made from its events; None where there is nothing to tell."""
    with suppress(OSError, ValueError):
        kept = msgspec.convert(json.loads((folder / ENTRY).read_bytes()), Past)
        return msgspec.structs.replace(kept, recording=folder.name)
    try:
        exchange = Exchange.opened(folder)
    except StoreError:
        return None
    return _from_events(exchange, folder.name)


def read_draft(folder: Path) -> Draft:
    """The draft that a recording was made of; from the request that left where it was not kept. Raises StoreError."""
    with suppress(OSError, ValueError):
        return msgspec.convert(json.loads((folder / DRAFT).read_bytes()), Draft)
    sent = _first(Exchange.opened(folder))
    if sent is None:
        return Draft()
    headers = [(name, value) for name, value in sent.headers if name.lower() not in _OWN and MASK not in value]
    body = Body()
    if isinstance(sent.body, str):
        body = Body("text", text=sent.body)
    elif sent.content:
        body = Body("bytes", content=sent.content)
    return Draft(
        auth=Choice(sent.auth),
        channel=Choice("address", {"url": sent.url}),
        protocol=Choice(sent.protocol),
        method=sent.method,
        headers=tuple(headers),
        body=body,
        dialect=sent.dialect,
    )


def _first(exchange: Exchange) -> RequestSent | None:
    for event in exchange.events(0, min(len(exchange), _LOOKED_AT)):
        if isinstance(event, RequestSent):
            return event
    return None


def _from_events(exchange: Exchange, name: str) -> Past | None:
    """A row without figures that only readers of payloads can tell."""
    count = len(exchange)
    if not count:
        return None
    begin = exchange.events(0, min(count, _LOOKED_AT))
    last = begin[-1] if count <= _LOOKED_AT else exchange.event(count - 1)
    sent = next((event for event in begin if isinstance(event, RequestSent)), None)
    head = next((event for event in begin if isinstance(event, Head)), None)
    if sent is None and not isinstance(last, Failed):
        return None
    result: Result = "early"
    if isinstance(last, Closed):
        result = "stopped" if last.by == "user" else "complete"
        if head is not None and head.status >= 400:
            result = "error"
    elif isinstance(last, Failed):
        result = "error" if head is not None else "no connection"
    return Past(
        recording=name,
        started=exchange.started.timestamp(),
        method=sent.method if sent else "",
        url=sent.url[:_LONGEST_TEXT] if sent else "",
        auth=sent.auth if sent else "",
        channel=sent.channel if sent else "",
        protocol=sent.protocol if sent else "",
        status=head.status if head else None,
        outcome=result,
        error=last.message[:_LONGEST_TEXT] if isinstance(last, Failed) else "",
        duration_ms=last.t / 1e6,
        messages_in=sum(isinstance(event, Message) and event.direction == "in" for event in begin),
    )
