"""How the sandbox is to be as awkward as the real platform can be: a table, and what management asks of it."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from streamscope.sandbox.refusals import RefusalError, dispatcher, gateway

DEEDS = ("list", "get", "create", "update", "action", "delete", "events", "logs", "monitor", "apps", "keys")
"""What can be denied; `action` is to start, stop, scale, interrupt."""


@dataclass(frozen=True, slots=True)
class Quirk:
    """One of them; `parameter` says what follows its name and a colon, '' where nothing does."""

    name: str
    parameter: str
    help: str


TABLE = (
    Quirk("domain-switch", "", "A service that is started again has another address; the old one is no API any more."),
    Quirk("bare-ip", "", "The new generation's public addresses are told without scheme and path."),
    Quirk("http-80", "", "The new generation's public addresses are plain http, and answered so."),
    Quirk("slow-start", "SECONDS", "Programs are started so much later."),
    Quirk("crash-on-start", "", "Programs end as soon as they are started."),
    Quirk("deny", "ACTION", f"Management answers 403 to one of: {', '.join(DEEDS)}."),
    Quirk("throttle", "N", "Management answers 429 after N calls in a second."),
    Quirk("no-management", "", "Management answers 503; calls of services work."),
    Quirk("mfa", "", "The user has an MFA device: signing in wants its code, too."),
    Quirk("expire-tokens", "SECONDS", "Tokens are good for so long."),
)
NAMES = {quirk.name: quirk for quirk in TABLE}


@dataclass(frozen=True, slots=True)
class Quirks:
    """Those that were asked for, each with its parameters."""

    chosen: dict[str, list[str]] = field(default_factory=dict)
    _calls: deque[float] = field(default_factory=deque)

    def __contains__(self, name: str) -> bool:
        return name in self.chosen

    def number(self, name: str, otherwise: float) -> float:
        """A quirk's number."""
        return float(self.chosen[name][-1]) if name in self.chosen else otherwise

    def check(self, deed: str, body: bytes = b"") -> None:
        """What management asks before it answers. Raises RefusalError where a quirk refuses.

        In the old generation an update that names a status starts or stops.
        """
        if "throttle" in self.chosen:
            self._throttle(int(self.number("throttle", 0)))
        meant = "action" if deed == "update" and b'"status"' in body else deed
        if meant in self.chosen.get("deny", ()):
            text = f"Insufficient permissions. You do not have the permission for this operation: {meant}."
            raise dispatcher(403, "ModelArts.0108", text)

    def _throttle(self, most: int) -> None:
        now = time.monotonic()
        while self._calls and self._calls[0] <= now - 1:
            self._calls.popleft()
        if len(self._calls) >= most:
            refusal = gateway(429, "APIGW.0308", "The throttling threshold has been reached.")
            raise RefusalError(429, refusal.body, [*refusal.headers, (b"retry-after", b"1")])
        self._calls.append(now)


def parse(texts: Sequence[str]) -> Quirks:
    """Quirks as they are written: NAME or NAME:PARAMETER. Raises ValueError, whose text says what is wrong."""
    chosen: dict[str, list[str]] = {}
    for text in texts:
        name, mark, parameter = text.partition(":")
        quirk = NAMES.get(name)
        if quirk is None:
            raise ValueError(f"{name}: known are {', '.join(NAMES)}")
        if bool(quirk.parameter) != bool(mark):
            raise ValueError(f"{name}: {f'{name}:{quirk.parameter} is wanted' if quirk.parameter else 'no parameter'}")
        if quirk.parameter == "ACTION" and parameter not in DEEDS:
            raise ValueError(f"{name}: ACTION is one of {', '.join(DEEDS)}")
        if quirk.parameter in ("N", "SECONDS") and not _is_number(parameter):
            raise ValueError(f"{name}: {quirk.parameter} is a number from 0")
        chosen.setdefault(name, []).append(parameter)
    return Quirks(chosen)


def lines() -> list[str]:
    """The table for people."""
    names = [f"{quirk.name}:{quirk.parameter}" if quirk.parameter else quirk.name for quirk in TABLE]
    width = max(map(len, names))
    return [f"{name:<{width}}  {quirk.help}" for name, quirk in zip(names, TABLE, strict=True)]


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text) < float("inf")
    except ValueError:
        return False
