"""Rules about what leaves: credentials that others could read, tokens about to expire, attempts made again."""

from datetime import UTC, datetime

from streamscope.engine.findings.case import Case, Family, seconds
from streamscope.kinds.catalog import AUTH, CHANNELS
from streamscope.model.event import Control, Head, Message, RequestSent
from streamscope.model.phrase import NOTHING, phrase

EXPIRES = "Token expires"
"""The label of the request's note that holds a token's end, as an ISO 8601 time."""
ELSEWHERE = "Not authenticated, since it is another origin"
"""The label of the note on a request that a redirect has led away from where it was authenticated."""
_REDIRECTS = (301, 302, 303, 307, 308)
_SWITCHED = 101
_SOON = 10 * 60
"""Seconds before its end at which a token is worth a word: a long stream or a repetition would meet the end."""


class Exposure(Family):
    """unchecked_authentication, readable_credential, token_expires, retried, redirected."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._retry: int | None = None
        self._status = 0
        self._last = 0

    def request(self, event: RequestSent) -> None:
        """What the request gives away, and whether it is one of several."""
        auth, channel = AUTH.get(event.auth), CHANNELS.get(event.channel)
        if auth is not None and channel is not None and not channel.checked and auth.fields:
            text = phrase("On this channel nothing checks the authentication: it is sent all the same.")
            self.case.tell(event.t, "unchecked_authentication", "info", text, counted=False)
        if auth is not None and auth.readable and event.url.startswith(("http://", "ws://")):
            host = event.url.partition("://")[2]
            local = host.startswith(("127.", "localhost", "[::1]"))
            self.case.tell(
                event.t,
                "readable_credential",
                "info" if local else "warning",
                phrase("{auth} travels readable on the wire: the connection is plain HTTP.", auth=auth.label),
                phrase("Use https:// or wss://, or no authentication where nothing checks it."),
                counted=False,
            )
        self._expiry(event)
        if event.attempt > 1 and self._status in _REDIRECTS:
            self._redirected(event)
        elif event.attempt > 1 and self._status != _SWITCHED:
            self._retried(event)

    def _expiry(self, event: RequestSent) -> None:
        told = next((text for label, text in event.notes if label == EXPIRES), "")
        ends, began = _moment(told), _moment(event.started)
        if ends is None or began is None:
            return
        left = (ends - began).total_seconds() - event.t / 1e9
        if left > _SOON:
            return
        if left <= 0:
            text = phrase("The token expired {span} before it was sent.", span=_minutes(-left))
        else:
            text = phrase("The token expires in {span}.", span=_minutes(left))
        self.case.tell(
            event.t,
            "token_expires",
            "error" if left <= 0 else "warning",
            text,
            phrase("Fetch a new token before calls that matter; a copied one must be replaced by hand."),
            counted=False,
        )

    def _redirected(self, event: RequestSent) -> None:
        left = any(label == ELSEWHERE for label, _ in event.notes)
        text = phrase(
            "The {status} of attempt {before} was followed to {url}.",
            status=self._status,
            before=event.attempt - 1,
            url=event.url,
        )
        remedy = phrase("Call the last address itself: each redirect costs a round trip.")
        if left:
            remedy = phrase(
                "It is another origin, so no credential was sent there. Call it itself if it is to have one."
            )
        self.case.tell(event.t, "redirected", "warning" if left else "info", text, remedy)

    def _retried(self, event: RequestSent) -> None:
        last_id = event.header("Last-Event-ID")
        waited = seconds(max(0, event.t - self._last))
        told = NOTHING
        if last_id:
            told = phrase(", asking for what comes after event {id}", id=last_id)
        text = phrase(
            "The request was sent again {waited} after the {status} of attempt {before}{resumed}.",
            waited=waited,
            status=self._status or phrase("end"),
            before=event.attempt - 1,
            resumed=told,
        )
        remedy = NOTHING
        if self._retry is not None:
            remedy = phrase("The server asked to wait {retry} ms before connecting again.", retry=self._retry)
        self.case.tell(event.t, "retried", "info", text, remedy)

    def head(self, event: Head) -> None:
        """The answer that a next attempt would follow."""
        self._status, self._last = event.status, event.t

    def opening(self, event: Message) -> None:
        """The same."""
        self._last = event.t

    def control(self, event: Control) -> None:
        """The reconnection time that the server asks for."""
        if event.name == "retry" and isinstance(event.data, int):
            self._retry = event.data


def _moment(told: str) -> datetime | None:
    """An ISO 8601 time; one without a zone is UTC."""
    try:
        read = datetime.fromisoformat(told)
        return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    except ValueError:
        return None


def _minutes(left: float) -> str:
    return f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min" if left < 7200 else f"{left / 3600:.0f} h"
