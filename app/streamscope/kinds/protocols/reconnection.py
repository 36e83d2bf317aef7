"""Whether a lost connection is opened again, and when: what a person chose, and the rules. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from streamscope.model import errors
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.event import Closed
from streamscope.model.field import Field
from streamscope.model.phrase import phrase

LONGEST = 60.0
"""Seconds that a growing time grows to."""
STABLE = 10.0
"""Seconds after which a connection counts as good: the next loss begins to count anew."""
_NORMAL = frozenset({1000, 1005})
"""Codes of an end that was meant: a normal closure, and a close frame that says nothing (RFC 6455, section 7.4.1)."""
_PASSING = frozenset({408, 425, 429})
"""Statuses below 500 that may be others in a moment (RFC 9110, RFC 8470, RFC 6585)."""

FIELDS = (
    Field(
        "reconnect",
        phrase("Reconnect"),
        "choice",
        "off",
        phrase("When an open connection is lost. Never after a normal close, nor after one from here."),
        (
            ("off", phrase("Off")),
            ("fixed", phrase("After a fixed time")),
            ("exponential", phrase("After a growing time, with jitter")),
        ),
    ),
    Field(
        "reconnect_after",
        phrase("Seconds before reconnecting"),
        "number",
        "1",
        phrase("A growing time doubles with each try, up to 60 s; up to half of it is taken off by chance."),
    ),
    Field(
        "reconnect_tries",
        phrase("Tries to reconnect"),
        "number",
        "10",
        phrase("In a row; 0 for without end. A connection that holds 10 s begins the count anew."),
    ),
    Field(
        "reconnect_always",
        phrase("Reconnect after a normal close, too"),
        "switch",
        "off",
        phrase("Close code 1000, or a close without a code, by the server."),
    ),
)


@dataclass(frozen=True, slots=True)
class Reconnection:
    """How a lost connection is opened again: `after` so many seconds, `tries` times in a row, 0 for without end."""

    grows: bool
    after: float
    tries: int
    always: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> "Reconnection | None":
        """What a protocol's fields say, None where it is off. Raises UsageError."""
        how = settings.get("reconnect") or "off"
        if how == "off":
            return None
        if how not in ("fixed", "exponential"):
            raise UsageError(
                phrase("'{how}' is no way to reconnect.", how=how), phrase("Known are: off, fixed, exponential.")
            )
        after = _number(settings, "reconnect_after", 1.0)
        tries = _number(settings, "reconnect_tries", 10.0)
        return cls(how == "exponential", after, int(tries), settings.get("reconnect_always") == "on")

    def wait(self, number: int, chance: float) -> float:
        """Seconds to wait before try `number` (from 1); `chance` is from 0 to 1 and spreads clients."""
        if not self.grows:
            return self.after
        whole = min(LONGEST, self.after * 2.0 ** min(number - 1, 60))
        return whole * (0.5 + chance / 2)

    def more(self, number: int) -> bool:
        """Whether there is a try of this number."""
        return not self.tries or number <= self.tries

    def wanted(self, end: Closed) -> bool:
        """Whether a connection that ended like that is opened again."""
        return end.by in ("server", "network") and (self.always or end.code not in _NORMAL)


def may_pass(ended: StreamscopeError | int) -> bool:
    """Whether what kept a connection from opening, an error or a status, may be over in a moment."""
    if isinstance(ended, int):
        return ended >= 500 or ended in _PASSING
    if isinstance(ended, errors.TlsError):
        return False
    return isinstance(ended, errors.ConnectError | errors.Cut | errors.Silent)


def _number(settings: Mapping[str, str], key: str, default: float) -> float:
    given = settings.get(key, "").strip()
    try:
        number = float(given) if given else default
    except ValueError:
        number = math.nan
    if not 0 <= number < 1e6:
        raise UsageError(
            phrase("'{given}' is no number for '{key}'.", given=given, key=key), phrase("Write a number from 0 on.")
        )
    return number
