"""What a configuration says in words: what will be made, what changes, and a name that is free. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from streamscope.gui.texts import told
from streamscope.model.deployment import Configuration, Page
from streamscope.model.errors import StreamscopeError
from streamscope.model.field import Field

NAMES = ("name", "service_name")
"""Under which of these a service's name is asked for."""
_COUNTS = ("instance_count", "count", "instances")
_WEIGHT = "weight"
_CUSTOM = "custom"
"""A specification of one's own: never chosen by itself."""
_WORD = 4
"""Letters that a field's key has at least where it is looked for in a sentence."""
_LONGEST = 48
"""Characters of a value that are told; the rest is cut."""
_NAME = 60
"""Characters of a suggested name: the platform's 64, less what makes it free."""


def what_runs(page: Page) -> Field | None:
    """The field that says what a portion is: the first of those that are needed and have no value by themselves."""
    return next((field for field in page.fields if field.required and not field.default), None)


def named(page: Page, values: Mapping[str, str]) -> str:
    """What a portion is."""
    found = what_runs(page)
    return _label(found, values) if found is not None else ""


def choice_of(fields: Sequence[Field], package: str) -> tuple[str, str] | None:
    """The field and its choice that mean a package, NAME:VERSION, however the platform writes these; None for none."""
    words = [re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])") for word in re.split(r"[:\s]+", package) if word]
    for field in fields:
        for key, label in field.choices:
            if all(word.search(f"{key} {told(label)}") for word in words):
                return field.key, key
    return None


def name_key(pages: Sequence[Page]) -> str:
    """The key of a service's name among the fields that are asked for once; '' where it is not asked for."""
    keys = {field.key for page in pages if not page.repeated for field in page.fields}
    return next((key for key in NAMES if key in keys), "")


def suggested(pages: Sequence[Page], configuration: Configuration, taken: Collection[str]) -> str:
    """A free name after what is deployed; '' as long as that is open."""
    page = next((page for page in pages if page.repeated), None)
    what = named(page, configuration.portions[0]) if page is not None and configuration.portions else ""
    if not what:
        return ""
    words = re.sub(r"[^\w-]+", "-", re.split(r"[\s:@,(·]", what.rsplit("/", 1)[-1], maxsplit=1)[0])
    base = words.strip("-")[:_NAME] or "service"
    if base not in taken:
        return base
    return next(made for number in range(2, len(taken) + 3) if (made := f"{base}-{number}") not in taken)


def with_only_choices(pages: Sequence[Page], *, first: bool) -> Configuration:
    """A new configuration in which what must be chosen is, where there is but one choice; never what is deployed.

    With `first` the first of several is chosen, too: where nothing costs anything.
    """
    values: dict[str, str] = {}
    portion: dict[str, str] = {}
    for page in pages:
        what = what_runs(page)
        for field in page.fields:
            words = [word for word, _ in field.choices if word and word != _CUSTOM]
            open_ = field.required and field.kind == "choice" and not field.default
            if open_ and not (page.repeated and field is what) and (len(words) == 1 or (first and words)):
                (portion if page.repeated else values)[field.key] = words[0]
    return Configuration(values, (portion,) if portion else ())


def merged(read: Configuration, typed: Configuration) -> Configuration:
    """What was typed over what was read."""
    return Configuration({**read.values, **typed.values}, typed.portions, read.origin)


def sentence(pages: Sequence[Page], configuration: Configuration, workspace: str) -> str:
    """What will be made, in a line."""
    name = configuration.values.get(name_key(pages), "") or QCoreApplication.translate("deploy", "(no name)")
    parts = [_portion(page, values) for page in pages if page.repeated for values in configuration.portions]
    for page in pages:
        if not page.repeated:
            parts += _chosen(page.fields, configuration.values)
    said = QCoreApplication.translate("deploy", "{name} on {workspace}: {parts}")
    return said.format(name=name, workspace=workspace, parts=", ".join(part for part in parts if part))


def changes(pages: Sequence[Page], before: Configuration, after: Configuration) -> list[str]:
    """What is other than before, a line each."""
    found: list[str] = []
    for page in pages:
        if not page.repeated:
            found += _differences(page.fields, before.values, after.values, "")
            continue
        for number in range(max(len(before.portions), len(after.portions))):
            found += _portion_changes(page, number, before.portions, after.portions)
    return found


def fields_named(error: StreamscopeError, made: Configuration) -> dict[str, str]:
    """The fields whose keys a refusal's own words hold, each with what is to be told there."""
    said = f"{error.cause} {error.message}"
    keys = [*made.values, *(f"{number}.{key}" for number, one in enumerate(made.portions) for key in one)]

    def named(key: str) -> bool:
        word = key.rpartition(".")[2]
        return len(word) >= _WORD and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None

    return {key: told(error.message) for key in keys if named(key)}


def _portion_changes(
    page: Page, number: int, before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]]
) -> list[str]:
    if number >= len(before):
        said = QCoreApplication.translate("deploy", "added: {portion}")
        return [said.format(portion=_portion(page, after[number]))]
    if number >= len(after):
        said = QCoreApplication.translate("deploy", "taken away: {portion}")
        return [said.format(portion=_portion(page, before[number]))]
    owner = named(page, after[number]) if max(len(before), len(after)) > 1 else ""
    return list(_differences(page.fields, before[number], after[number], owner))


def _differences(
    fields: Sequence[Field], before: Mapping[str, str], after: Mapping[str, str], owner: str
) -> Iterator[str]:
    for field in fields:
        old, new = before.get(field.key, field.default), after.get(field.key, "")
        if field.key in after and old != new:
            label = f"{owner}, {told(field.label)}" if owner else told(field.label)
            values = _label(field, {field.key: old}) or "–", _label(field, {field.key: new}) or "–"
            yield f"{label}: {values[0]} → {values[1]}"


def _portion(page: Page, values: Mapping[str, str]) -> str:
    what = named(page, values)
    count = next((values[key] for key in _COUNTS if values.get(key)), "1")
    places = [text for text in _chosen(page.fields, values) if text != what]
    said = QCoreApplication.translate("deploy", "{count} × {what} on {place}") if places else "{count} × {what}"
    whole = said.format(
        count=count, what=what or QCoreApplication.translate("deploy", "(nothing yet)"), place=", ".join(places)
    )
    weight = values.get(_WEIGHT, "")
    return f"{whole} ({weight} %)" if weight not in ("", "100") else whole


def _chosen(fields: Sequence[Field], values: Mapping[str, str]) -> list[str]:
    """The needed choices, and what is switched on that is not so by itself."""
    found = []
    for field in fields:
        if field.kind == "choice" and field.required:
            found.append(_label(field, values))
        elif field.kind == "switch" and values.get(field.key) and not field.default:
            found.append(told(field.label))
    return [text for text in found if text]


def _label(field: Field, values: Mapping[str, str]) -> str:
    value = values.get(field.key, "")
    if field.kind == "choice" and not value:
        return ""
    if field.kind == "choice":
        value = told(dict(field.choices)[value]) if value in dict(field.choices) else value
    elif field.kind == "switch":
        yes, no = QCoreApplication.translate("deploy", "yes"), QCoreApplication.translate("deploy", "no")
        value = yes if value else no
    flat = " ".join(value.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
