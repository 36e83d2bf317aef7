"""What a call prints: text, events, body or summary, each as it comes."""

from collections.abc import Callable, Sequence
from typing import BinaryIO, Protocol

import click
import msgspec

from streamscope.engine.findings import latest
from streamscope.engine.reading import Reading
from streamscope.model.event import Closed, End, Event, Failed, Finding, Head, Message, RequestSent, encode_lines
from streamscope.model.exchange import Outcome

_OPTIONS = {
    "BodyTooLarge": "--allow-large-body",
    "PlainCredentials": "--allow-plain-credentials",
    "UntrustedCertificate": "--ca FILE, or --insecure",
}
"""What the command line has for a yes, where an error asks for one."""

_MAY_BE_RENEWED = (401, 403)


Told = tuple[Event, str, list[Finding]]
"""An event, the visible text that it added, and the findings that it makes plain."""


class Printer(Protocol):
    """Shows an exchange."""

    def events(self, told: list[Told]) -> None:
        """Events came, all that a read brought."""

    def body(self, data: bytes) -> None:
        """Bytes of the body came, after decoding."""

    def end(self, outcome: Outcome) -> None:
        """The call is over."""


class Quiet:
    """Prints nothing but tells on standard error what a person should know."""

    def __init__(self, out: BinaryIO, *, explain: bool = False) -> None:
        self.out = out
        self._explain = explain
        self._findings: list[Finding] = []

    def events(self, told: list[Told]) -> None:
        """Take each, then show what was printed."""
        for event, text, findings in told:
            self.event(event, text, findings)
        self.flush()

    def event(self, event: Event, text: str, findings: list[Finding]) -> None:  # noqa: ARG002 - the outline
        """Collect what is worth a word."""
        if findings:
            self._findings += findings
        if self._explain and isinstance(event, RequestSent):
            for label, note in event.notes:
                click.echo(f"{click.style(label, bold=True)}\n{note}\n", err=True)

    def body(self, data: bytes) -> None:
        """Nothing."""

    def write(self, data: bytes) -> None:
        """Print, soon."""
        self.out.write(data)

    def flush(self) -> None:
        """Show what was printed."""
        self.out.flush()

    def end(self, outcome: Outcome) -> None:
        """Tell errors, warnings and their remedies."""
        self.flush()
        error = outcome.error
        if error is not None:
            click.echo(f"{click.style('error:', fg='red', bold=True)} {error['message']}", err=True)
            if error["hint"]:
                click.echo(f"{click.style('hint:', fg='cyan')} {error['hint']}", err=True)
            if error["error"] in _OPTIONS:
                click.echo(f"{click.style('option:', fg='cyan')} {_OPTIONS[error['error']]}", err=True)
        for finding in latest(self._findings):
            if finding.severity != "info":
                colour = "red" if finding.severity == "error" else "yellow"
                click.echo(f"{click.style(finding.severity + ':', fg=colour, bold=True)} {finding.text}", err=True)
                if finding.remedy:
                    click.echo(f"{click.style('hint:', fg='cyan')} {finding.remedy}", err=True)


class Text(Quiet):
    """The visible text and nothing else."""

    def __init__(self, out: BinaryIO, *, explain: bool = False) -> None:
        super().__init__(out, explain=explain)
        self._last = "\n"

    def events(self, told: list[Told]) -> None:
        """Print the new text of all of them at once."""
        said = "".join([text for _, text, _ in told])
        if said:
            self._last = said[-1]
            self.write(said.encode(errors="surrogateescape"))
        super().events(told if self._explain else [one for one in told if one[2]])

    def end(self, outcome: Outcome) -> None:
        """A terminal's prompt begins on a line of its own."""
        if self._last != "\n" and self.out.isatty():
            self.write(b"\n")
        super().end(outcome)


class BodyBytes(Quiet):
    """The body's bytes; of a WebSocket, its messages, text ones a line each."""

    def __init__(self, out: BinaryIO, *, explain: bool = False) -> None:
        super().__init__(out, explain=explain)
        self._held: list[bytes] = []
        self._holds = False
        self._duplex = False

    def event(self, event: Event, text: str, findings: list[Finding]) -> None:
        """Hold back a refusal that a renewed credential may replace."""
        super().event(event, text, findings)
        match event:
            case RequestSent():
                self._held, self._holds = [], False
            case Head(status=status):
                self._holds, self._duplex = status in _MAY_BE_RENEWED, status == 101
            case Message(direction="in") if self._duplex:
                self.write(event.payload + (b"\n" if event.opcode == "text" else b""))
            case Closed() | Failed():
                self.write(b"".join(self._held))
                self._held = []

    def body(self, data: bytes) -> None:
        """Print, or hold."""
        if self._holds:
            self._held.append(data)
        else:
            self.write(data)


class Summary(Quiet):
    """One JSON object at the end."""

    def end(self, outcome: Outcome) -> None:
        """Print it."""
        self.write(msgspec.json.encode(outcome) + b"\n")
        self.flush()


class Events:
    """Every event as a line of JSON, findings before the end."""

    def __init__(self, out: BinaryIO, *, explain: bool = False) -> None:  # noqa: ARG002 - siblings' outline
        self.out = out

    def events(self, told: list[Told]) -> None:
        """Print each, with the findings that it makes plain."""
        events: list[Event] = []
        for event, _, findings in told:
            if findings:
                events += (*findings, event) if isinstance(event, End) else (event, *findings)
            else:
                events.append(event)
        self.out.write(encode_lines(events))
        self.out.flush()

    def body(self, data: bytes) -> None:
        """Nothing: messages carry it."""

    def end(self, outcome: Outcome) -> None:
        """Nothing: the last event told."""


def printer(output: str, out: BinaryIO, *, explain: bool = False) -> Printer:
    """The printer of an output's name."""
    shapes: dict[str, type[Quiet] | type[Events]] = {
        "text": Text,
        "events": Events,
        "body": BodyBytes,
        "summary": Summary,
    }
    return shapes[output](out, explain=explain)


def showing(reading: Reading, *printers: Printer) -> Callable[[Sequence[Event]], None]:
    """A listener of an exchange: each event is read once and shown by all, each batch is flushed once."""

    def listen(events: Sequence[Event]) -> None:
        told = [(event, reading.feed(event), reading.findings) for event in events]
        for one in printers:
            one.events(told)

    return listen
