"""Where calls go: workspaces, services and routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from streamscope.model.phrase import NOTHING, Phrase
from streamscope.model.url import Url

NO_PROXY = "none"
"""In place of a proxy's address: connect without one, whatever the system says."""

State = Literal["running", "changing", "concerning", "stopped", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One configured account or place on a platform; `values` are the platform's fields, never secrets.

    `credential` names the credential that it signs in with.
    """

    name: str
    platform: str
    values: Mapping[str, str] = field(default_factory=dict)
    ca: str = ""
    insecure: bool = False
    proxy: str = ""
    resolve: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What a platform tells an authentication about its surroundings: the identity service and the scope."""

    workspace: str = ""
    iam: str = ""
    project: str = ""
    region: str = ""
    mfa: bool = False
    """Whether its user signs in with the code of an MFA device, too."""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project of an account: resources of one region, or a part of them."""

    id: str
    name: str
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A request that works on a service."""

    method: str = "POST"
    path: str = ""
    body: str = ""
    messages: tuple[str, ...] = ()
    protocol: str = ""
    """The protocol that it is written for; '' where any will do."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a service, as its platform tells it; `at` is Unix time in seconds."""

    at: float
    text: str
    severity: Literal["info", "warning", "error"] = "info"


@dataclass(frozen=True, slots=True)
class Service:
    """Something deployed that can be called.

    `addresses` and `app_addresses` map a channel's key to a URL; which is meant, an authentication's audience says.
    `complete` is False where only a list row was read and the addresses are still unknown.
    """

    id: str
    name: str
    workspace: str = ""
    generation: str = ""
    status: str = ""
    state: State = "unknown"
    auth: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    app_addresses: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, Sample] = field(default_factory=dict)
    body_limit: int = 0
    note: str = ""
    complete: bool = True
    tags: tuple[str, ...] = ()
    apis: tuple[Sample, ...] = ()
    """Every path that is described, each as a request that works; `samples` are the first of them by protocol."""
    time_limit: float = 0.0
    """Seconds that the platform gives an answer; 0 where it does not say."""
    rate_limit: str = ""
    """How many requests the platform lets through, such as "100 / second"."""
    description: str = ""
    progress: int | None = None
    """Percent of a deployment that is going on; None where the platform does not say."""
    version: str = ""
    """Of what is deployed, where the platform tells; once it is another one, limits and paths may be others, too."""
    changed: float = 0.0
    """When it was changed or moved to another state last, as the platform tells it; 0 where it does not."""


@dataclass(frozen=True, slots=True)
class Tls:
    """How a server's certificate is judged: system roots, a CA file, named fingerprints, or not at all."""

    ca: str = ""
    insecure: bool = False
    trusted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes: the service's URL, and how it is reached.

    `connect` is the address to connect to instead of the URL's host; Host header, TLS name and signature keep the
    URL's. `checked` is False where nothing on the way checks an authentication.
    """

    url: Url
    connect: str = ""
    tls: Tls = Tls()
    proxy: str = ""
    checked: bool = True
    note: Phrase = NOTHING
