"""What a service of the old generation is made of, as pages of fields.

Source: API reference, "Deploying a Model as a Service" (v1), fields and their limits.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from streamscope.kinds.platforms.modelarts.rows import part, text
from streamscope.model.deployment import App, Model, Page
from streamscope.model.field import Field
from streamscope.model.phrase import Phrase, phrase

MOST_MODELS = 5
CUSTOM = "custom"
Choices = tuple[tuple[str, Phrase], ...]

_NONE: tuple[str, Phrase] = ("", phrase("Choose…"))
_UNITS: Choices = (("MINUTES", phrase("minutes")), ("HOURS", phrase("hours")), ("DAYS", phrase("days")))
_BALANCING: Choices = (
    ("", phrase("As the platform chooses")),
    ("ROUND_ROBIN", phrase("In turn")),
    ("LEAST_CONNECTIONS", phrase("Fewest connections")),
    ("SOURCE_IP", phrase("By the caller's address")),
)

NAME = Field(
    "name",
    phrase("Name"),
    help=phrase("1 to 64 letters, Chinese characters, digits, - and _"),
    required=True,
)
DESCRIPTION = Field("description", phrase("Description"), help=phrase("100 characters at most"))
WEBSOCKET = Field(
    "websocket",
    phrase("WebSocket"),
    "switch",
    help=phrase("Upgrade calls to WebSocket; it cannot be switched off again"),
)
STOP_AFTER = Field(
    "stop_after", phrase("Stop by itself after"), "number", help=phrase("Empty: it runs until it is stopped")
)
STOP_UNIT = Field("stop_unit", phrase("Unit of that time"), "choice", "HOURS", choices=_UNITS)
APP_AUTH = Field("app_auth", phrase("App authentication"), "switch", help=phrase("Let applications call it"))


def apps_field(apps: Sequence[App]) -> Field:
    """The applications that may call a new service, a name or id each line; those that there are as choices."""
    return Field(
        "apps",
        phrase("Applications"),
        "lines",
        help=phrase("One name of an application a line"),
        choices=tuple((app.name, _as_is(app.name)) for app in apps),
        shown_when=("app_auth", "true"),
    )


def basics(apps: Sequence[App], *, update: bool) -> Page:
    """Name, description and how long it runs; what cannot be changed is left out of an update."""
    fields = (DESCRIPTION, WEBSOCKET, STOP_AFTER, STOP_UNIT)
    if not update:
        fields = (NAME, *fields, APP_AUTH, apps_field(apps))  # type: ignore[assignment]
    return Page("basics", phrase("Service"), fields)


def models_page(models: Sequence[Model], specifications: Sequence[Mapping[str, Any]]) -> Page:
    """A model of the service: calls are spread over several by their weights."""
    fields = (
        Field("model", phrase("Model"), "choice", choices=_model_choices(models), required=True),
        Field(
            "specification",
            phrase("Specification"),
            "choice",
            choices=_specification_choices(specifications),
            required=True,
        ),
        Field("cpu", phrase("CPU cores"), "number", shown_when=("specification", CUSTOM)),
        Field("memory", phrase("Memory (MB)"), "number", shown_when=("specification", CUSTOM)),
        Field("gpu", phrase("GPUs"), "number", shown_when=("specification", CUSTOM)),
        Field("ascend", phrase("Ascend chips"), "number", shown_when=("specification", CUSTOM)),
        Field("count", phrase("Instances"), "number", "1", phrase("1 to 128"), required=True),
        Field(
            "weight", phrase("Weight"), "number", "100", phrase("Percent of the calls; all together 100"), required=True
        ),
        Field("environment", phrase("Environment"), "pairs", help=phrase("Variables of the container")),
        Field(
            "deploy_timeout",
            phrase("Deploying takes at most"),
            "number",
            help=phrase("Minutes, 3 to 120; empty: 20"),
        ),
    )
    told = phrase("Several models share the calls by their weights; two must not be the same version.")
    return Page("models", phrase("Model"), fields, repeated=True, most=MOST_MODELS, help=told)


def more(*, update: bool) -> Page:
    """Where it runs and how it is rolled out; empty fields leave it to the platform."""
    place = (
        Field("pool", phrase("Resource pool"), help=phrase("Name of a dedicated pool; empty: the public one")),
        Field("cluster", phrase("Cluster id"), help=phrase("Of an old dedicated pool")),
        Field("vpc", phrase("VPC id"), help=phrase("With it subnet and security group are needed")),
        Field("subnet", phrase("Subnet's network id")),
        Field("security_group", phrase("Security group id"), help=phrase("It must let TCP 8080 in")),
        Field("priority", phrase("Priority"), "number", help=phrase("1 to 3, in a dedicated pool")),
    )
    rollout = (
        Field("load_balancing", phrase("Load balancing"), "choice", choices=_BALANCING),
        Field("max_surge", phrase("New instances at once"), "number", help=phrase("While it is changed; usual is 1")),
        Field("max_unavailable", phrase("Missing instances"), "number", help=phrase("While it is changed; usual is 0")),
        Field("grace", phrase("Grace (seconds)"), "number", help=phrase("For calls that run when an instance ends")),
    )
    return Page("more", phrase("Where and how it runs"), rollout if update else (*place, *rollout))


def _as_is(name: str) -> Phrase:
    """A name of the platform's as a label: nothing to translate in it."""
    return Phrase("{name}", {"name": name})


def _model_choices(models: Sequence[Model]) -> Choices:
    ready = [(one.id, phrase("{name} {version}", name=one.name, version=one.version)) for one in models if one.ready]
    others = [
        (
            one.id,
            phrase("{name} {version} (not ready: {status})", name=one.name, version=one.version, status=one.status),
        )
        for one in models
        if not one.ready
    ]
    return (_NONE, *ready, *others)


def _specification_choices(specifications: Sequence[Mapping[str, Any]]) -> Choices:
    """The specifications that can be had first; those that are closed or over quota say so."""
    free, others = [], []
    for row in specifications:
        key = str(row.get("specification") or "")
        if not key:
            continue
        label = _specification(row, key)
        if row.get("is_open") is False or str(row.get("spec_status") or "normal").lower() not in ("normal", "active"):
            others.append((key, phrase("{specification} (closed)", specification=label)))
        elif row.get("over_quota") is True:
            others.append((key, phrase("{specification} (over quota)", specification=label)))
        else:
            free.append((key, label))
    custom = (CUSTOM, phrase("Custom, in a dedicated pool"))
    listed = {key for key, _ in (*free, *others)}
    return (_NONE, *free, *others, *(() if CUSTOM in listed else (custom,)))


def _specification(row: Mapping[str, Any], key: str) -> Phrase:
    """A specification in the platform's words, or its cores and memory, or just its key."""
    shown = str(row.get("display_en") or "")
    if shown:
        return phrase("{name}: {shown}", name=key, shown=shown)
    given = dict(row)
    cores, memory = text(part(given, "cpu_info"), "cpu"), part(given, "memory_info")
    if cores and memory:
        size = f"{text(memory, 'memory')} {text(memory, 'unit')}".strip()
        return phrase("{name}: {cores} cores, {memory}", name=key, cores=cores, memory=size)
    return _as_is(key)
