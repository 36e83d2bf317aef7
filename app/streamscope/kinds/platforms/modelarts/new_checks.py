"""The rules that the new generation documents for a configuration. Pure; a table of rules by the keys of fields.

Source: API reference, "Creating a service" of API version 2 ("Constraints" and "Value range" of each parameter).
"""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence

from streamscope.kinds.platforms.modelarts import new_words as words
from streamscope.kinds.platforms.modelarts.new_pages import PROBES
from streamscope.kinds.platforms.modelarts.new_texts import lines
from streamscope.model.deployment import Configuration, Page
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase, phrase

Rule = Callable[[str, Mapping[str, str]], Phrase]
"""What is wrong with a value that is not empty, among the others of its page or portion; NOTHING where nothing is."""

_NAME = re.compile(r"[A-Za-z0-9_一-鿿-]{1,64}")
_VERSION = re.compile(r"[1-9][0-9]?\.[0-9]{1,2}\.[0-9]{1,2}")
_VARIABLE = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]{0,63}")
_PATH = re.compile(r"/[A-Za-z0-9_/:-]*")
_METRICS = re.compile(r"https?,([0-9]{1,5}),[A-Za-z0-9._-][A-Za-z0-9._/-]{0,254}")
_URL = re.compile(r"(?:https?|wss?)://([^/?#\s]+)(/[A-Za-z0-9._/-]*)?")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_COMMAND_REFUSED = set("#~^$|%&*<>()'\"[]{}")
_NEEDED = phrase("This is needed.")


def problems(pages: Sequence[Page], configuration: Configuration) -> dict[str, Phrase]:
    """KEY or N.KEY → why; a field that is not shown, or not on these pages, is not judged."""
    found: dict[str, Phrase] = {}
    for page in pages:
        portions = list(enumerate(configuration.portions)) if page.repeated else [(-1, configuration.values)]
        for at, values in portions:
            prefix = f"{at}." if at >= 0 else ""
            for field in page.fields:
                if why := _wrong(field, values):
                    found[prefix + field.key] = why
        if page.repeated and len(configuration.portions) > page.most:
            key = f"{page.most}.{page.fields[0].key}"
            found.setdefault(key, phrase("There can be {most} at most.", most=page.most))
        if page.repeated and not configuration.portions:
            found[f"0.{page.fields[0].key}"] = _NEEDED
    return found


def _wrong(field: Field, values: Mapping[str, str]) -> Phrase | None:
    if field.shown_when is not None and values.get(field.shown_when[0], "") != field.shown_when[1]:
        return None
    value = values.get(field.key, "").strip()
    if not value:
        return _NEEDED if field.required or field.key in NEEDED_WHEN_SHOWN else None
    if field.kind == "choice" and value not in {key for key, _ in field.choices}:
        return phrase("It is none of the choices: {words}.", words=", ".join(key for key, _ in field.choices if key))
    rule = RULES.get(field.key)
    why = rule(value, values) if rule is not None else NOTHING
    return why if why != NOTHING else None


def between(low: float, high: float, *, whole: bool = True) -> Rule:
    """A number from `low` to `high`."""

    def rule(value: str, _: Mapping[str, str]) -> Phrase:
        try:
            read = float(value)
        except ValueError:
            return phrase("This is not a number.")
        if whole and not read.is_integer():
            return phrase("This is not a whole number.")
        if not low <= read <= high:
            told = phrase("It must be {low} to {high}.", low=f"{low:g}", high=f"{high:g}")
            return told if high < _ANY else phrase("It must be at least {low}.", low=f"{low:g}")
        return NOTHING

    return rule


def _fits(pattern: re.Pattern[str], why: Phrase) -> Rule:
    return lambda value, _: NOTHING if pattern.fullmatch(value) else why


def _without(refused: str, most: int) -> Rule:
    def rule(value: str, _: Mapping[str, str]) -> Phrase:
        if len(value) > most:
            return phrase("It has {count} characters; {most} are possible.", count=len(value), most=most)
        bad = next((character for character in refused if character in value), "")
        return phrase("It must not contain {character}.", character=bad) if bad else NOTHING

    return rule


def _stop_after(value: str, values: Mapping[str, str]) -> Phrase:
    why = between(1, _ANY)(value, values)
    minutes = words.MINUTES.get(values.get("stop_unit") or "HOURS", 60)
    if why == NOTHING and float(value) * minutes > 7 * 24 * 60:
        return phrase("It must be from 1 minute to 7 days.")
    return why


def _tags(value: str, _: Mapping[str, str]) -> Phrase:
    count = len(lines(value))
    return phrase("There are {count} tags; 20 are possible.", count=count) if count > 20 else NOTHING


def _environment(value: str, _: Mapping[str, str]) -> Phrase:
    for line in lines(value):
        name, _mark, rest = (text.strip() for text in line.partition(":"))
        if not _VARIABLE.fullmatch(name):
            return phrase(
                "'{name}' is no name: up to 64 letters, digits, _, - and ., the first of them no digit.", name=name
            )
        if set("<^>") & set(rest):
            return phrase("The value of {name} must not contain <, ^ and >.", name=name)
    return NOTHING


def _metrics(value: str, _: Mapping[str, str]) -> Phrase:
    found = _METRICS.fullmatch(value)
    fits = found is not None and len(value) <= 255 and 1 <= int(found[1]) <= 65535
    return (
        NOTHING
        if fits
        else phrase("It must be like http,8080,metrics: http or https, port, path without a / at first.")
    )


def _urls(value: str, _: Mapping[str, str]) -> Phrase:
    if len(lines(value)) > 10:
        return phrase("There are {count} URLs; 10 are possible.", count=len(lines(value)))
    for line in lines(value):
        if len(line) > 1024:
            return phrase("A URL has {count} characters; 1024 are possible.", count=len(line))
        if not _is_custom_url(line):
            return phrase("'{url}' is not like https://DOMAIN/PATH, with http, https, ws or wss.", url=line)
    return NOTHING


def _is_custom_url(text: str) -> bool:
    found = _URL.fullmatch(text)
    if found is None:
        return False
    host, mark, port = found[1].rpartition(":") if ":" in found[1] else (found[1], "", "")
    if mark and not (port.isdecimal() and 1 <= int(port) <= 65535):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        labels = host.split(".")
        named = all(_LABEL.fullmatch(label) for label in labels) and len(host) <= 63
        return named and not any(character.isdigit() for character in labels[-1])
    return True


def _networks(value: str, _: Mapping[str, str]) -> Phrase:
    for line in lines(value):
        try:
            ipaddress.ip_network(line, strict=False)
        except ValueError:
            return phrase("'{line}' is no IP address and no network such as 10.0.0.0/8.", line=line)
    return NOTHING


def _target(key: str) -> Rule:
    def rule(value: str, values: Mapping[str, str]) -> Phrase:
        if len(value) > 1024:
            return phrase("It has {count} characters; {most} are possible.", count=len(value), most=1024)
        if (values.get(f"{key}_method") or "HTTP") == "EXEC":
            bad = next((character for character in value if character in _COMMAND_REFUSED), "")
            return phrase("A command must not contain {character}.", character=bad) if bad else NOTHING
        return (
            NOTHING
            if _PATH.fullmatch(value)
            else phrase("A path begins with / and has letters, digits, -, _, / and :.")
        )

    return rule


_ANY = 1e15
NEEDED_WHEN_SHOWN = frozenset({"cpu", "memory", *(f"{key}_target" for key, _, _ in PROBES)})
RULES: dict[str, Rule] = {
    "name": _fits(_NAME, phrase("1 to 64 letters, digits, Chinese characters, - and _ are possible.")),
    "deployment": _fits(_NAME, phrase("1 to 64 letters, digits, Chinese characters, - and _ are possible.")),
    "version": _fits(_VERSION, phrase("It must be 1.0.0 to 99.99.99.")),
    "description": _without("<>", 512),
    "stop_after": _stop_after,
    "tags": _tags,
    "cpu": between(0.01, _ANY, whole=False),
    "memory": between(1, _ANY),
    "gpu": between(0, _ANY, whole=False),
    "ascend": between(0, _ANY),
    "count": between(1, 128),
    "weight": between(0, 100),
    "port": between(1, 65535),
    "environment": _environment,
    "metrics": _metrics,
    "custom_urls": _urls,
    "rate": between(1, 10_000),
    "size": between(1, 50),
    "timeout": between(1, 7200),
    "allowed": _networks,
    "blocked": _networks,
    "surge": between(1, 100),
    "unavailable": between(1, 100),
    "deploy_timeout": between(1, 300),
    **{f"{key}_target": _target(key) for key, _, _ in PROBES},
    **{
        f"{key}_{what}": between(1, _ANY) for key, _, _ in PROBES for what in ("delay", "timeout", "period", "failures")
    },
}
