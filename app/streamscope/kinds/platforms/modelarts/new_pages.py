"""What a service of the new generation is made of, page by page. Data, but for the choices that the platform gives.

Source: API reference, "Creating a service" of API version 2; defaults are the reference's own where it has any.
"""

from collections.abc import Sequence
from typing import Any

from streamscope.kinds.platforms.modelarts import new_words as words
from streamscope.kinds.platforms.modelarts.rows import part, rows, text, whole
from streamscope.model.deployment import Model, Page
from streamscope.model.field import Field
from streamscope.model.phrase import Phrase, phrase

PROBES: tuple[tuple[str, Phrase, Phrase], ...] = (
    ("startup", phrase("Startup check"), phrase("Until it succeeds the other checks wait.")),
    ("readiness", phrase("Readiness check"), phrase("An instance that fails it gets no calls.")),
    ("liveness", phrase("Liveness check"), phrase("An instance that fails it is restarted.")),
)
"""The health checks of a container: key, label, help."""
_DEPLOYMENTS = 20
"""Deployments of one service at most, once it is there. The reference names no number: it is for the forms."""


def pages(models: Sequence[Model], flavors: Sequence[dict[str, Any]], *, update: bool = False) -> tuple[Page, ...]:
    """The pages of a new service; with `update` those of one that is there."""
    return (
        Page("basics", phrase("Basics"), _basics(update=update)),
        Page(
            "runs",
            phrase("What runs"),
            (*_runs(models, flavors, update=update), *_probes()),
            repeated=True,
            most=_DEPLOYMENTS if update else 1,
        ),
        Page("access", phrase("Access"), _ACCESS),
        Page("limits", phrase("Limits"), _LIMITS),
        Page("upgrade", phrase("Upgrade"), _UPGRADE),
    )


def flavor_label(flavor: dict[str, Any]) -> Phrase:
    """A flavor in words, such as "2 vCPUs, 8 GB (modelarts.vm.cpu.2u)"."""
    name, memory, cores = text(flavor, "id") or text(flavor, "name"), whole(flavor, "memory"), whole(flavor, "vcpus")
    accelerator = text(part(flavor, "gpu"), "type") or text(part(flavor, "ascend"), "type")
    count = whole(part(flavor, "gpu"), "gpu") or whole(part(flavor, "ascend"), "npu")
    memory = memory // 1024 if memory >= 1024 else memory  # the reference names no unit: no machine has a terabyte
    told = phrase("{cores} vCPUs, {memory} GB ({name})", cores=cores, memory=memory, name=name)
    if accelerator:
        told = phrase(
            "{cores} vCPUs, {memory} GB, {count} × {accelerator} ({name})",
            cores=cores, memory=memory, count=count or 1, accelerator=accelerator, name=name,
        )  # fmt: skip
    if not cores:
        told = phrase("{name}", name=name)
    return phrase("{flavor}, sold out", flavor=told) if flavor.get("sold_out") is True else told


def _basics(*, update: bool) -> tuple[Field, ...]:
    bumped = phrase("1.0.0 to 99.99.99; the next one is taken where it is left as it is.")
    return (
        Field(
            "name", phrase("Name"), required=True,
            help=phrase("1 to 64 letters, digits, Chinese characters, - and _; no other service may have it."),
        ),
        Field("version", phrase("Version"), default="" if update else "1.0.0",
              help=bumped if update else phrase("1.0.0 to 99.99.99.")),
        Field("description", phrase("Description"), help=phrase("Up to 512 characters, no < and >.")),
        Field("task_type", phrase("Task"), "choice", choices=words.TASKS, help=phrase("What the model does.")),
        Field("stop_after", phrase("Stop by itself after"), "number",
              help=phrase("1 minute to 7 days; empty: it runs until it is stopped.")),
        Field("stop_unit", phrase("Unit of that time"), "choice", "HOURS", choices=words.TIMES),
        Field("tags", phrase("Tags"), "pairs", help=phrase("Up to 20.")),
    )  # fmt: skip


def _runs(models: Sequence[Model], flavors: Sequence[dict[str, Any]], *, update: bool) -> tuple[Field, ...]:
    images = tuple((model.id, phrase("{name}", name=model.id)) for model in models if model.ready)
    offered = tuple((text(row, "id"), flavor_label(row)) for row in rows(list(flavors)) if text(row, "id"))
    custom = (words.CUSTOM, phrase("Custom"))
    own = ("flavor", words.CUSTOM)
    first = next((text(row, "id") for row in rows(list(flavors)) if row.get("sold_out") is not True), words.CUSTOM)
    return (
        Field("image", phrase("Image"), required=True, choices=images,
              help=phrase("As the container registry names it, such as swr.REGION.myhuaweicloud.com/GROUP/NAME:TAG.")),
        # What a running service has may be none of those that are offered now: a choice could not show it.
        Field("flavor", phrase("Specification"), "text" if update else "choice", first if offered else words.CUSTOM,
              choices=(*offered, custom), required=True, help=phrase("What one instance gets.")),
        Field("cpu", phrase("CPU cores"), "number", "1", shown_when=own, help=phrase("At least 0.01.")),
        Field("memory", phrase("Memory (MB)"), "number", "1024", shown_when=own, help=phrase("A whole number.")),
        Field("gpu", phrase("GPUs"), "number", shown_when=own, help=phrase("Parts such as 0.5 are possible.")),
        Field("ascend", phrase("Ascend chips"), "number", shown_when=own, help=phrase("A whole number.")),
        Field("arch", phrase("Architecture"), "choice", choices=words.ARCHITECTURES, shown_when=own),
        Field("count", phrase("Instances"), "number", "1", help=phrase("1 to 128."), required=True),
        Field("port", phrase("Port"), "number", "8080", required=True,
              help=phrase("Where the container listens, 1 to 65535.")),
        Field("container_protocol", phrase("Container speaks"), "choice", "HTTP", choices=words.CONTAINER_PROTOCOLS),
        Field("environment", phrase("Environment variables"), "pairs",
              help=phrase("Names: up to 64 letters, digits, _, - and ., no digit at first; values without < ^ >.")),
        Field("deployment", phrase("Deployment"), default="default", required=True,
              help=phrase("A name for what runs: 1 to 64 letters, digits, Chinese characters, - and _.")),
        Field("weight", phrase("Weight"), "number", "100", help=phrase("Its part of the calls in percent, 0 to 100.")),
        Field("pool", phrase("Resource pool"), help=phrase("Id of a dedicated pool; the public one where empty.")),
        Field("source", phrase("Source"), "choice", "SWR", choices=words.SOURCES),
        Field("category", phrase("Made for"), "choice", "CPU", choices=words.CATEGORIES,
              help=phrase("The processors that the image is for.")),
        Field("command", phrase("Command"), help=phrase("Replaces the one of the image.")),
        Field("metrics", phrase("Metrics"),
              help=phrase("Protocol, port and path where the container tells its own: http,8080,metrics.")),
    )  # fmt: skip


def _probes() -> tuple[Field, ...]:
    return tuple(field for key, label, help_text in PROBES for field in _probe(key, label, help_text))


def _probe(key: str, label: Phrase, told: Phrase) -> tuple[Field, ...]:
    on = (key, "true")
    seconds = phrase("Seconds, at least 1.")
    return (
        Field(key, label, "switch", help=told),
        Field(f"{key}_method", phrase("{check}: by", check=label), "choice", "HTTP", choices=words.PROBES,
              shown_when=on),
        Field(f"{key}_target", phrase("{check}: path or command", check=label), default="/health", shown_when=on,
              help=phrase("A path such as /health, or for a command the command line.")),
        Field(f"{key}_delay", phrase("{check}: begins after", check=label), "number", "30", seconds, shown_when=on),
        Field(f"{key}_timeout", phrase("{check}: may take", check=label), "number", "30", seconds, shown_when=on),
        Field(f"{key}_period", phrase("{check}: every", check=label), "number", "10", seconds, shown_when=on),
        Field(f"{key}_failures", phrase("{check}: failures allowed", check=label), "number", "3", shown_when=on,
              help=phrase("How many in a row count as failed, at least 1.")),
    )  # fmt: skip


_ACCESS: tuple[Field, ...] = (
    Field("protocol", phrase("Protocol"), "choice", "HTTPS", choices=words.PROTOCOLS, required=True,
          help=phrase("Callers must use just this one. A WebSocket service has no rate limit.")),
    Field("auth_type", phrase("Authentication"), "choice", "TOKEN", choices=words.AUTH, required=True,
          help=phrase("How callers prove who they are; there is only one way for a service.")),
    Field("public", phrase("Public network"), "switch", "true", help=phrase("Let it be called from the internet.")),
    Field("approval", phrase("Approval"), "switch", help=phrase("Connections from networks must be approved.")),
    Field("custom_urls", phrase("Custom URLs"), "lines",
          help=phrase("One a line, up to 10: https://DOMAIN/PATH, also with http, ws or wss.")),
)  # fmt: skip
_LIMITS: tuple[Field, ...] = (
    Field("rate", phrase("Rate limit"), "number", "200", required=True,
          help=phrase("How many calls are let through, 1 to 10000.")),
    Field("rate_unit", phrase("Rate limit per"), "choice", "SECONDS", choices=words.UNITS),
    Field("size", phrase("Request size (MB)"), "number", "20", required=True, help=phrase("1 to 50.")),
    Field("timeout", phrase("Time limit (s)"), "number", "180", required=True,
          help=phrase("How long one request may take, 1 to 7200; on WebSocket how long nothing may come.")),
    Field("allowed", phrase("Only from"), "lines",
          help=phrase("IP addresses or networks such as 10.0.0.0/8, one a line.")),
    Field("blocked", phrase("Never from"), "lines", help=phrase("IP addresses or networks, one a line.")),
)  # fmt: skip
_UPGRADE: tuple[Field, ...] = (
    Field("surge", phrase("Instances more (%)"), "number", "1", help=phrase("While it is upgraded, 1 to 100.")),
    Field("unavailable", phrase("Instances less (%)"), "number", "1", help=phrase("While it is upgraded, 1 to 100.")),
    Field("deploy_timeout", phrase("Time for deploying (min)"), "number", "20", help=phrase("1 to 300.")),
)  # fmt: skip
