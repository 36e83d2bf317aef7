"""The settings of a draft as texts, '' for the default, and what a text means for the draft. Knows no widget."""

import math
from collections.abc import Mapping

from msgspec.structs import replace

from streamscope.model.draft import Draft, Limits
from streamscope.model.field import Field, FieldKind
from streamscope.model.phrase import NOTHING, Phrase, phrase

_DEFAULT = Limits()
MOST_REDIRECTS = 20

_SECONDS = {"connect", "wait", "between", "total", "close_after"}
_COUNTS = {"messages": 1_000_000_000, "redirects": MOST_REDIRECTS}
_SWITCHES = {"insecure", "cookies", "allow_plain_credentials", "allow_large_body"}
_TEXTS = {"proxy", "ca", "dialect", "note"}


def _field(key: str, label: Phrase, kind: FieldKind, unless: Phrase = NOTHING, help: Phrase = NOTHING) -> Field:  # noqa: A002 - as the field of Field is called
    """A setting; what counts when nothing is entered stands in its empty editor."""
    choices = (("", unless),)
    return Field(key, label, kind, "", help, choices if kind != "switch" else ())


SETTINGS: tuple[tuple[Phrase, tuple[Field, ...]], ...] = (
    (
        phrase("Time limits, in seconds"),
        (
            _field("connect", phrase("Connecting"), "number", phrase("10")),
            _field("wait", phrase("Until it answers"), "number", phrase("120")),
            _field("between", phrase("Between two reads"), "number", phrase("as until it answers")),
            _field(
                "total",
                phrase("The whole call"),
                "number",
                phrase("no limit"),
                phrase("In all of them, 0 is no limit."),
            ),
        ),
    ),
    (
        phrase("When it is enough"),
        (
            _field("messages", phrase("Messages"), "number", phrase("all of them")),
            _field("close_after", phrase("Seconds of a stream"), "number", phrase("until it ends")),
        ),
    ),
    (
        phrase("Redirects and cookies"),
        (
            _field(
                "redirects",
                phrase("Redirects followed"),
                "number",
                phrase("none"),
                phrase("0 to 20. Each one shows with what it answered."),
            ),
            _field("cookies", phrase("Cookies"), "switch", help=phrase("Send what the host has set in this session.")),
        ),
    ),
    (
        phrase("Connection"),
        (
            _field("proxy", phrase("Proxy"), "choice", phrase("As the workspace says")),
            _field(
                "insecure",
                phrase("No TLS verification"),
                "switch",
                help=phrase(
                    "Whoever answers is believed, and what is sent may go to someone else: passwords, tokens, the body."
                ),
            ),
            _field("ca", phrase("CA file"), "file", phrase("what the workspace and the system trust")),
            _field(
                "resolve",
                phrase("Resolve names"),
                "lines",
                phrase("host:port:address"),
                phrase("Connect to this address instead of what the name resolves to; one a line."),
            ),
        ),
    ),
    (
        phrase("What is allowed"),
        (
            _field(
                "allow_plain_credentials",
                phrase("Credentials without TLS"),
                "switch",
                help=phrase("Send them over plain http, where everyone on the way can read them."),
            ),
            _field(
                "allow_large_body",
                phrase("A large body"),
                "switch",
                help=phrase("Send it although the platform says that it takes less."),
            ),
        ),
    ),
    (
        phrase("The answer"),
        (
            _field(
                "dialect",
                phrase("Dialect"),
                "choice",
                phrase("Automatic"),
                phrase("How its messages mean text: one of the list, or a JSONPath such as $.output.text"),
            ),
        ),
    ),
    (phrase("Note"), (_field("note", phrase("Your own words"), "lines", phrase("kept with the request")),)),
)


def given(draft: Draft) -> dict[str, str]:
    """The settings of a draft as texts."""
    limits = {key: getattr(draft.limits, key) for key in (*sorted(_SECONDS), "messages")}
    found = {key: "" if value == getattr(_DEFAULT, key) else f"{value:.15g}" for key, value in limits.items()}
    found["redirects"] = str(draft.redirects) if draft.redirects else ""
    found |= {key: "on" if getattr(draft, key) else "" for key in sorted(_SWITCHES)}
    found |= {key: getattr(draft, key) for key in sorted(_TEXTS)}
    return found | {"resolve": "\n".join(draft.resolve)}


def mistake(field: Field, text: str) -> Phrase | None:
    """What is wrong with a text for a setting."""
    if field.kind != "number" or not text:
        return None
    try:
        number(field.key, text)
    except ValueError:
        if field.key in _COUNTS:
            return phrase("A whole number from 0 to {most} is meant.", most=_COUNTS[field.key])
        return phrase("A number of seconds is meant; 0 is no limit.")
    return None


def number(key: str, text: str) -> float:
    """The number that a text is for a setting. Raises ValueError."""
    value = float(int(text)) if key in _COUNTS else float(text)
    if not math.isfinite(value) or value < 0 or value > _COUNTS.get(key, math.inf):
        raise ValueError(text)
    return value


def applied(draft: Draft, changes: Mapping[str, str]) -> Draft:
    """A draft with these settings; a number that makes no sense changes nothing."""
    limits, others = dict[str, float](), dict[str, object]()
    for key, text in changes.items():
        if key in _SECONDS or key in _COUNTS:
            default = getattr(_DEFAULT, key) if key != "redirects" else 0
            try:
                value = number(key, text) if text else default
            except ValueError:
                continue
            if key == "redirects":
                others[key] = int(value)
            else:
                limits[key] = int(value) if key == "messages" else value
        elif key in _SWITCHES:
            others[key] = bool(text)
        elif key == "resolve":
            others[key] = tuple(line.strip() for line in text.splitlines() if line.strip())
        else:
            others[key] = text
    return replace(draft, limits=replace(draft.limits, **limits), **others)
