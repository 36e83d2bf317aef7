"""The links of the chain from a name to a list of services, and how they stand."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from streamscope.engine.certificates import Certificate
from streamscope.model.errors import (
    ConnectError,
    CredentialError,
    ProxyError,
    SandboxError,
    StreamscopeError,
    UntrustedCertificate,
    UsageError,
)
from streamscope.model.phrase import NOTHING, Phrase, phrase

State = Literal["waiting", "running", "ok", "warning", "failed", "skipped"]
Action = Literal["", "fields", "address", "proxy", "ca", "trust", "credential", "sandbox"]

LINKS: dict[str, Phrase] = {
    "name": phrase("Name"),
    "route": phrase("Route"),
    "tls": phrase("TLS"),
    "clock": phrase("Clock"),
    "sign_in": phrase("Sign-in"),
    "permission": phrase("Permission"),
    "list": phrase("List of services"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """One link as it is now: what was seen (a line each), and where it broke why, what to try, and what does it.

    `action` is what can be done at once: look at the fields, the address, the proxy, the CA file or the credential of
    the workspace, trust the certificate of `fingerprint`, or start the sandbox.
    """

    key: str
    state: State = "waiting"
    seen: tuple[Phrase, ...] = ()
    why: Phrase = NOTHING
    remedy: Phrase = NOTHING
    action: Action = ""
    milliseconds: float | None = None
    certificates: tuple[Certificate, ...] = ()
    fingerprint: str = ""
    exit_code: int = 0


class Broken(Exception):
    """The chain ends here; its link was told."""


class Chain:
    """The links by key, and the one that is being tested."""

    def __init__(self, on_link: Callable[[Link], None]) -> None:
        self.links = {key: Link(key) for key in LINKS}
        self._tell = on_link
        self._begun = 0.0
        for link in self.links.values():
            on_link(link)

    def begin(self, key: str) -> None:
        """A link is tested now."""
        self._begun = time.perf_counter()
        self._put(Link(key, "running"))

    def end(
        self, key: str, *seen: Phrase, state: State = "ok", why: Phrase = NOTHING, remedy: Phrase = NOTHING
    ) -> None:
        """A link holds, or holds with a warning."""
        spent = (time.perf_counter() - self._begun) * 1000
        lines = tuple({str(line): line for line in seen}.values())  # two addresses of one host tell the same
        self._put(replace(self.links[key], state=state, seen=lines, why=why, remedy=remedy, milliseconds=spent))

    def skip(self, key: str, why: Phrase) -> None:
        """A link is not tested."""
        self._put(Link(key, "skipped", why=why))

    def note(self, key: str, certificates: tuple[Certificate, ...]) -> None:
        """The certificates that were seen."""
        self.links[key] = replace(self.links[key], certificates=certificates)

    def fail(self, key: str, error: StreamscopeError, action: Action, *seen: Phrase) -> Broken:
        """A link breaks: tell it; what is given back is to be raised."""
        spent = (time.perf_counter() - self._begun) * 1000
        fingerprint = error.fingerprint if isinstance(error, UntrustedCertificate) else ""
        self._put(
            Link(
                *(key, "failed", seen, error.message, error.hint, action, spent),
                self.links[key].certificates,
                fingerprint,
                error.exit_code,
            )
        )
        return Broken()

    @contextmanager
    def testing(self, key: str) -> Iterator[None]:
        """Begin a link; an error in it is where the chain breaks."""
        self.begin(key)
        try:
            yield
        except StreamscopeError as error:
            raise self.fail(key, error, action_for(error)) from error

    def finish(self) -> None:
        """What was not reached is skipped; what was running was stopped."""
        broken = next((link for link in self.links.values() if link.state == "failed"), None)
        for link in list(self.links.values()):
            if link.state == "running":
                self.skip(link.key, phrase("Stopped."))
            elif link.state == "waiting":
                told = phrase("Not reached: the chain breaks at {link}.", link=LINKS[broken.key]) if broken else NOTHING
                self.skip(link.key, told)

    def _put(self, link: Link) -> None:
        self.links[link.key] = link
        self._tell(link)


def action_for(error: StreamscopeError) -> Action:
    """What can be done at once about an error of a link."""
    if isinstance(error, CredentialError):
        return "credential"
    if isinstance(error, SandboxError):
        return "sandbox"
    if isinstance(error, ProxyError):
        return "proxy"
    if isinstance(error, UntrustedCertificate):
        return "trust"
    if isinstance(error, UsageError):
        return "ca" if "CA" in error.message.template else "fields"
    return "address" if isinstance(error, ConnectError) else ""
