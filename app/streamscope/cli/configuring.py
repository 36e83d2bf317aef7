"""A service's configuration on the command line: friendly options, FIELD=VALUE, files, and what is wrong with it.

A field is named by its key; `2.KEY` is that of the second portion, a portion's KEY without a number that of all.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamscope.cli.fields import STANDARD_INPUT
from streamscope.cli.terminal import line
from streamscope.model.deployment import Configuration, Model, Page
from streamscope.model.environment import from_lines
from streamscope.model.errors import UsageError
from streamscope.model.field import Field, unknown
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files

_MODEL = ("model", "image")
_FLAVOR = ("specification", "flavor")
_COUNT = ("count", "instances")
_WEIGHT = ("weight",)
_ENVIRONMENT = ("environment",)
_PORTION = re.compile(r"([1-9]\d*)\.(.+)")
_TIME = re.compile(r"(\d+)\s*(m|min|h|d)")
_UNITS = {"m": "MINUTES", "min": "MINUTES", "h": "HOURS", "d": "DAYS"}
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0", ""}


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of `deploy` and `update`."""

    name: str = ""
    models: tuple[str, ...] = ()
    flavor: str = ""
    instances: int = 0
    env: tuple[str, ...] = ()
    env_file: Path | None = None
    unset_env: tuple[str, ...] = ()
    websocket: bool = False
    auth: str = ""
    stop_after: str = ""
    apps: tuple[str, ...] = ()
    description: str | None = None
    sets: tuple[str, ...] = ()
    source: Mapping[str, Any] | None = None
    """What a configuration's file says."""


@dataclass
class Draft:
    """A configuration that is being put together from pages and wishes."""

    pages: Sequence[Page]
    values: dict[str, str] = field(default_factory=dict)
    portions: list[dict[str, str]] = field(default_factory=list)
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def once(self) -> dict[str, Field]:
        """The fields that are asked for once, by their keys."""
        return {one.key: one for page in self.pages if not page.repeated for one in page.fields}

    @property
    def each(self) -> dict[str, Field]:
        """The fields of a portion, by their keys."""
        return {one.key: one for page in self.pages if page.repeated for one in page.fields}

    def configuration(self) -> Configuration:
        """What it is now."""
        return Configuration(dict(self.values), tuple(dict(one) for one in self.portions), self.origin)

    def set(self, key: str, value: str) -> None:
        """Give a field a value. Raises UsageError for one that there is not, and for a value that it cannot have."""
        numbered = _PORTION.fullmatch(key)
        own = numbered[2] if numbered else key
        if numbered and own in self.each:
            number = int(numbered[1])
            while len(self.portions) < number:
                self.portions.append(_defaults(self.each))
            self.portions[number - 1][own] = _fitting(self.each[own], value)
        elif not numbered and key in self.once:
            self.values[key] = _fitting(self.once[key], value)
        elif not numbered and key in self.each:
            for portion in self.portions:
                portion[key] = _fitting(self.each[key], value)
        else:
            known = [*self.once, *self.each]
            hint = unknown(phrase("There is no field '{key}'.", key=key), own, known)
            if hint.hint.template.startswith("Known"):
                hint.hint = phrase("See them all with --fields.")
            raise hint

    def has(self, keys: Sequence[str]) -> str:
        """The first of these keys that there is a field of; '' where there is none."""
        return next((key for key in keys if key in self.once or key in self.each), "")


def begun(pages: Sequence[Page], before: Configuration | None = None) -> Draft:
    """The configuration that a service has, or the fields' defaults and one portion for a new one."""
    draft = Draft(pages)
    if before is not None:
        draft.values, draft.origin = dict(before.values), before.origin
        draft.portions = [dict(one) for one in before.portions]
        return draft
    draft.values = _defaults(draft.once)
    draft.portions = [_defaults(draft.each)] if draft.each else []
    return draft


def wished(draft: Draft, wishes: Wishes, models: Sequence[Model]) -> Configuration:
    """The configuration with everything that was asked for. Raises UsageError."""
    if wishes.source is not None:
        _take(draft, wishes.source)
    if wishes.name:
        _option(draft, "NAME", ("name",), wishes.name)
    if wishes.description is not None:
        _option(draft, "--description", ("description",), wishes.description)
    if wishes.models:
        _models(draft, wishes.models, models)
    if wishes.flavor:
        _option(draft, "--flavor", _FLAVOR, wishes.flavor)
    if wishes.instances:
        _option(draft, "--instances", _COUNT, str(wishes.instances))
    _environment(draft, wishes)
    if wishes.websocket:
        _websocket(draft)
    if wishes.auth:
        _auth(draft, wishes.auth)
    if wishes.stop_after:
        _stop_after(draft, wishes.stop_after)
    if wishes.apps:
        _option(draft, "--app", ("apps",), "\n".join(wishes.apps))
        _option(draft, "--app", ("app_auth",), "true")
    for given in wishes.sets:
        key, mark, value = given.partition("=")
        if not mark:
            raise UsageError(phrase("'{entry}' sets nothing.", entry=given), phrase("Write --set FIELD=VALUE."))
        draft.set(key, sys.stdin.read().rstrip("\r\n") if value == STANDARD_INPUT else value)
    return draft.configuration()


def refuse(problems: Mapping[str, Phrase]) -> None:
    """Raises UsageError for what is wrong with a configuration, every field named as --set names it."""
    if problems:
        told = "; ".join(f"{_shown(key)}: {str(reason).rstrip('.')}" for key, reason in problems.items())
        raise UsageError(
            phrase("The configuration is not complete or not allowed: {problems}", problems=told),
            phrase("Give a field with --set FIELD=VALUE; --fields lists them."),
        )


def field_rows(pages: Sequence[Page]) -> Iterator[tuple[Page, Field]]:
    """Every field with its page."""
    for page in pages:
        for one in page.fields:
            yield page, one


def _models(draft: Draft, given: Sequence[str], models: Sequence[Model]) -> None:
    """A portion for each, which shares the calls as its weight says, or equally."""
    key = draft.has(_MODEL)
    if not key:
        raise UsageError(phrase("A model cannot be chosen here."))
    named = [_weighted(one) for one in given]
    shares = [weight for _, weight in named if weight]
    if shares and len(shares) < len(named):
        raise UsageError(phrase("Give every model a weight, or none."), phrase("Write --model NAME:VERSION=WEIGHT."))
    before = draft.portions
    draft.portions = [dict(before[n]) if n < len(before) else _defaults(draft.each) for n in range(len(named))]
    equal, over = divmod(100, len(named))
    for number, (portion, (name, weight)) in enumerate(zip(draft.portions, named, strict=True)):
        portion[key] = _model(name, models, draft.each[key])
        if "weight" in draft.each and (shares or len(named) > 1 or len(before) > 1):
            portion["weight"] = weight or str(equal + (number < over))
        if number and "deployment" in draft.each:
            portion["deployment"] = f"{draft.portions[0].get('deployment') or 'default'}-{number + 1}"


def _weighted(given: str) -> tuple[str, str]:
    name, mark, weight = given.rpartition("=")
    return (name, weight) if mark and weight.isdecimal() else (given, "")


def _model(given: str, models: Sequence[Model], asked: Field) -> str:
    """The id of a model: NAME of the newest version, NAME:VERSION, or the id itself. Raises UsageError."""
    name, _, version = given.rpartition(":") if ":" in given else (given, "", "")
    fitting = [one for one in models if given == one.id]
    fitting += [one for one in models if (one.name, one.version) == (name, version)]
    fitting += [one for one in models if one.name == given]
    ready = [one for one in fitting if one.ready]
    if ready:
        return ready[0].id
    if fitting:
        raise UsageError(
            phrase(
                "The model '{name}' cannot be deployed: it is {status}.", name=given, status=fitting[0].status or "-"
            )
        )
    if asked.kind == "text" and "/" in given:
        return given
    known = dict.fromkeys(one.name for one in models)
    raise unknown(phrase("There is no model '{name}'.", name=given), name or given, known)


def _environment(draft: Draft, wishes: Wishes) -> None:
    given = dict(_assigned(entry) for entry in wishes.env)
    if wishes.env_file is not None:
        text = files.content(str(wishes.env_file)).decode(errors="replace")
        given = {one.name: one.value for one in from_lines(text)} | given
    if not (given or wishes.unset_env):
        return
    key = draft.has(_ENVIRONMENT)
    if not key:
        raise UsageError(phrase("Services here have no '{option}'.", option="--env"))
    for portion in draft.portions:
        known = dict(_pairs(portion.get(key, ""))) | given
        portion[key] = "\n".join(f"{name}: {value}" for name, value in known.items() if name not in wishes.unset_env)


def _assigned(entry: str) -> tuple[str, str]:
    name, mark, value = entry.partition("=")
    if not mark or not name:
        raise UsageError(phrase("'{entry}' sets no variable.", entry=entry), phrase("Write VAR=VALUE."))
    return name, value


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for one in text.splitlines():
        name, _, value = one.partition(":")
        if name.strip():
            yield name.strip(), value.strip()


def _websocket(draft: Draft) -> None:
    if "websocket" in draft.once:
        draft.values["websocket"] = "true"
        return
    _option(draft, "--websocket", ("protocol",), "WSS")
    _option(draft, "--websocket", ("container_protocol",), "WS")


def _auth(draft: Draft, given: str) -> None:
    """How callers prove who they are, in either generation's words."""
    word = given.upper().replace("-", "_")
    if "auth_type" in draft.once:
        draft.set("auth_type", word)
    elif word in ("APP", "IAM", "TOKEN", "AKSK"):
        _option(draft, "--auth", ("app_auth",), "true" if word == "APP" else "")
    else:
        told = phrase("Services of this generation do not know '{word}'.", word=given)
        raise unknown(told, given, ("iam", "app"))


def _stop_after(draft: Draft, given: str) -> None:
    read = _TIME.fullmatch(given.strip().lower())
    if read is None:
        raise UsageError(phrase("'{text}' is no time.", text=given), phrase("Write 30m, 2h or 1d."))
    if "stop" in draft.once:
        draft.values["stop"] = "true"
    _option(draft, "--stop-after", ("stop_after",), read[1])
    _option(draft, "--stop-after", ("stop_unit",), _UNITS[read[2]])


def _option(draft: Draft, option: str, keys: Sequence[str], value: str) -> None:
    key = draft.has(keys)
    if not key:
        raise UsageError(
            phrase("Services here have no '{option}'.", option=option), phrase("Leave it out, or see --fields.")
        )
    draft.set(key, value)


def _take(draft: Draft, tree: Mapping[str, Any]) -> None:
    """What a file says: values, and as many portions as it has."""
    known = {"generation", "values", "portions"}
    for word in tree:
        if word not in known:
            raise unknown(phrase("A configuration has no '{word}'.", word=word), word, sorted(known))
    values, portions = tree.get("values") or {}, tree.get("portions") or []
    shaped = isinstance(values, dict) and isinstance(portions, list) and all(isinstance(one, dict) for one in portions)
    if not shaped:
        raise UsageError(
            phrase("A configuration's 'values' is a mapping, its 'portions' a list of mappings."),
            phrase("See one with `streamscope services show NAME --configuration`."),
        )
    for key, value in values.items():
        if key in draft.once:  # what cannot be changed may stand in the file all the same
            draft.set(key, _text(value))
    if portions:
        draft.portions = [
            draft.portions[number] if number < len(draft.portions) else _defaults(draft.each)
            for number in range(len(portions))
        ]
    for number, portion in enumerate(portions, 1):
        for key, value in portion.items():
            draft.set(f"{number}.{key}", _text(value))


def _text(value: Any) -> str:
    """A value as fields hold it: pairs and lines may be written as mappings and lists."""
    if isinstance(value, dict):
        return "\n".join(f"{name}: {one or ''}" for name, one in value.items())
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return str(value or "")


def _fitting(asked: Field, value: str) -> str:
    """A value as its field holds it: switches in any words, choices in any case. Raises UsageError."""
    if asked.kind == "switch":
        if value.casefold() not in _TRUE | _FALSE:
            raise UsageError(phrase("'{key}' is a switch: true or false.", key=asked.key))
        return "true" if value.casefold() in _TRUE else ""
    if asked.kind == "choice" and value:
        keys = [key for key, _ in asked.choices]
        found = value if value in keys else next((key for key in keys if key.casefold() == value.casefold()), None)
        if found is None:
            told = phrase("'{value}' is no choice for '{key}'.", value=value, key=asked.key)
            raise unknown(told, value, [key for key in keys if key])
        return found
    return value


def _defaults(fields: Mapping[str, Field]) -> dict[str, str]:
    return {key: one.default for key, one in fields.items() if one.default}


def _shown(key: str) -> str:
    """A field as --set names it: portions are counted from 1."""
    number, mark, own = key.partition(".")
    return f"{int(number) + 1}.{own}" if mark and number.isdecimal() else line(key)


def with_only_choices(draft: Draft, *, first: bool) -> None:
    """Required choices of which there is but one need not be made; `first`: nor any other, since nothing is billed."""
    for fields, holders in ((draft.once, [draft.values]), (draft.each, draft.portions)):
        for key, one in fields.items():
            keys = [word for word, _ in one.choices if word and word != "custom"]
            if one.required and one.kind == "choice" and key not in _MODEL and (len(keys) == 1 or (first and keys)):
                for holder in holders:
                    holder[key] = holder.get(key) or keys[0]
