"""What is deployed and what becomes of it: configurations, instances, figures, and what lets callers in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase
from streamscope.model.service import State

Action = Literal["deploy", "update", "start", "stop", "delete", "scale", "interrupt", "switch", "restart"]
"""What can be done with a service; `restart` replaces one instance, `switch` goes to another revision."""


@dataclass(frozen=True, slots=True)
class Page:
    """Fields of a configuration that are asked for together; a repeated page is asked for once for each portion."""

    key: str
    label: Phrase
    fields: tuple[Field, ...]
    repeated: bool = False
    most: int = 1
    """Portions at most, where it is repeated."""
    help: Phrase = NOTHING


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a service is to be; `values` and each of `portions` are by the keys of its generation's pages.

    `origin` is the platform's own JSON that it was read from: what no field knows survives an update.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    portions: tuple[Mapping[str, str], ...] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)
    stops_at: float = 0.0
    """When the platform stops it by itself, in Unix time; 0: not at all, or not told."""


@dataclass(frozen=True, slots=True)
class Model:
    """Something that can be deployed: an imported model with its version, or an image; `id` is what a portion names."""

    id: str
    name: str
    version: str = ""
    status: str = ""
    description: str = ""
    created: float = 0.0
    """Unix time in seconds."""
    source: str = ""
    ready: bool = True
    """Whether it can be deployed now."""


@dataclass(frozen=True, slots=True)
class Pod:
    """One running piece of an instance."""

    name: str
    status: str
    state: State = "unknown"
    address: str = ""
    restarts: int = 0
    since: float = 0.0
    """Unix time in seconds; 0 where the platform does not say."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """One copy of a portion that serves calls; `portion` is the model's or deployment's name."""

    name: str
    portion: str
    status: str
    state: State = "unknown"
    address: str = ""
    restarts: int = 0
    since: float = 0.0
    note: str = ""
    pods: tuple[Pod, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one portion uses now, and of what it was given; CPU in cores, memory in MB, None where it is not told."""

    portion: str
    calls: int | None = None
    failures: int | None = None
    cpu: float | None = None
    cpu_total: float | None = None
    memory: float | None = None
    memory_total: float | None = None
    accelerator: float | None = None
    accelerator_total: float | None = None
    accelerator_memory: float | None = None
    accelerator_memory_total: float | None = None
    running: int = 0
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A service's monitor at one moment: Unix time in seconds, calls in the last minute, and each portion's usage."""

    at: float
    per_minute: float | None = None
    running: int = 0
    wanted: int = 0
    portions: tuple[Usage, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One configuration that a service has or had: a version, or an update and how it ended."""

    id: str
    version: str = ""
    portion: str = ""
    at: float = 0.0
    status: str = ""
    current: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """An application that may be let into services; `secret` is never shown without being asked for."""

    id: str
    name: str
    key: str = ""
    secret: str = ""
    codes: tuple[str, ...] = ()
    description: str = ""
    created: float = 0.0
    services: int = 0
    """How many services it may call."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as the platform lists it; `value` is known only in the answer that made it."""

    id: str
    name: str
    scope: Literal["USER", "SERVICE"] = "USER"
    description: str = ""
    created: float = 0.0
    services: tuple[tuple[str, str], ...] = ()
    """Id and name of each service that it is bound to."""
    value: str = ""
    expires: float = 0.0
    """Unix time in seconds; 0: never."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A way from somebody's network to services, and how far its approval is."""

    id: str
    status: str
    state: State = "unknown"
    scene: str = ""
    """VPC or POOL."""
    network: str = ""
    """Id of the VPC and subnet, or of the pool."""
    scope: str = ""
    """SERVICE, or GLOBAL for all services of a dispatcher."""
    service: str = ""
    urls: tuple[str, ...] = ()
    custom_urls: tuple[str, ...] = ()
    applicant: str = ""
    reason: str = ""
    created: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several things that were asked for together."""

    id: str
    done: bool
    note: str = ""
