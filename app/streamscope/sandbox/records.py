"""What the sandbox keeps of its services: the state that a restart, also after kill -9, goes on from.

Times are milliseconds since the epoch. Statuses are the new generation's words in lower case; the old generation has
fewer and tells its own.
"""

import time
from typing import Any, Literal

import msgspec

Status = Literal[
    "pending",
    "deploying",
    "running",
    "concerning",
    "upgrading",
    "interrupting",
    "stopping",
    "stopped",
    "failed",
    "deleting",
]
Level = Literal["normal", "abnormal", "warning"]


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Health(msgspec.Struct, kw_only=True):
    """How it is found out that a program is ready: by an HTTP GET of `path`, or where there is none by a connection."""

    path: str = ""
    seconds: float = 60.0
    """How long it may take from the start."""


class Version(msgspec.Struct, kw_only=True):
    """What a service or a deployment of the new generation once was, in the request's own words."""

    number: str
    at: int = msgspec.field(default_factory=now)
    given: dict[str, Any] = {}


class Portion(msgspec.Struct, kw_only=True):
    """One model of a service (old generation) or one deployment (new): a package, so many times."""

    id: str
    name: str
    package: str
    version: str = "0.0.1"
    """The package's version."""
    revision: str = "1.0.0"
    """The deployment's own version (new generation)."""
    count: int = 1
    weight: int = 100
    environment: dict[str, str] = {}
    health: Health = msgspec.field(default_factory=Health)
    grace: float = 5.0
    """Seconds that calls have to end when an instance is stopped."""
    stopped: bool = False
    """A deployment of its own may be stopped while the service runs (new generation)."""
    given: dict[str, Any] = {}
    """The request's own words for it, told again as they were given."""
    history: list[Version] = []
    """The deployment's versions, the oldest first (new generation)."""
    scaling: dict[str, Any] = {}
    """Policies of automatic scaling by `hpa` and `hra`, kept and told but not carried out (new generation)."""
    calls: int = 0
    """Calls that it answered, and those of them that failed."""
    failures: int = 0
    created: int = msgspec.field(default_factory=now)
    updated: int = msgspec.field(default_factory=now)


class Event(msgspec.Struct, kw_only=True):
    """Something that happened to a service."""

    id: str
    at: int
    level: Level
    text: str
    revision: str = ""
    portion: str = ""
    instance: str = ""


class Change(msgspec.Struct, kw_only=True):
    """An update and how it ended; `before` is what the service was, to go back to."""

    id: str
    at: int
    result: Literal["RUNNING", "SUCCESS", "FAIL"] = "RUNNING"
    revision: str = ""
    portions: list[Portion] = []
    """What the service was to become."""
    before: list[Portion] = []
    given: dict[str, Any] = {}
    error: str = ""


class Record(msgspec.Struct, kw_only=True):
    """One service."""

    id: str
    name: str
    generation: Literal["v1", "v2"]
    description: str = ""
    status: Status = "pending"
    wanted: Literal["running", "stopped"] = "running"
    """What it was last asked to be; with it a restarted sandbox knows what to start."""
    progress: int = 0
    """Percent, while it is being deployed."""
    error: str = ""
    portions: list[Portion]
    auth: list[str]
    """The ways of authentication by the keys token, aksk, app_code, app_signature, api_key, none."""
    websocket: bool = False
    protocol: str = "HTTPS"
    """The new generation's own word: HTTP, HTTPS, WS or WSS; the old one's services are HTTPS or WSS."""
    rate: int = 200
    """Requests in `rate_seconds` (new generation)."""
    rate_seconds: int = 1
    megabytes: int = 20
    timeout: float = 300.0
    deploy_minutes: float = 20.0
    created: int = msgspec.field(default_factory=now)
    updated: int = msgspec.field(default_factory=now)
    moved: int = msgspec.field(default_factory=now)
    """When its status changed last."""
    due: int = 0
    """When it stops by itself; 0: never."""
    calls: int = 0
    failures: int = 0
    domain: int = 0
    """How often it got another domain (a restarted service may)."""
    built_in: bool = False
    """Whether the sandbox brought it along: its processes start at their first call."""
    given: dict[str, Any] = {}
    """The request's own words for it, told again as they were given."""
    history: list[Version] = []
    """The service's versions, the oldest first (new generation)."""
    events: list[Event] = []
    changes: list[Change] = []

    @property
    def callable(self) -> bool:
        """Whether calls are let through: something may serve them."""
        return bool(self.portions) and self.status in ("running", "concerning", "upgrading", "interrupting")

    @property
    def plain(self) -> bool:
        """Whether it is called without TLS (new generation)."""
        return self.protocol in ("HTTP", "WS")

    @property
    def app_auth(self) -> bool:
        """Whether it is registered for applications, on the gateway's second row."""
        return "app_code" in self.auth

    @property
    def told_status(self) -> str:
        """The status as its generation writes it."""
        if self.generation == "v2":
            return "INIT" if self.status == "running" and not self.portions else self.status.upper()
        return self.status

    def portion(self, name: str) -> Portion | None:
        """A portion by its id or name; the only one where nothing is named."""
        if not name and len(self.portions) == 1:
            return self.portions[0]
        return next((one for one in self.portions if name in (one.id, one.name)), None)


class AppRecord(msgspec.Struct, kw_only=True):
    """An application of the old generation's App authentication."""

    id: str
    name: str
    key: str
    secret: str
    codes: list[str] = []
    remark: str = ""
    created: int = msgspec.field(default_factory=now)
    updated: int = msgspec.field(default_factory=now)
    services: list[str] = []
    """Ids of the services that it may call."""


class KeyRecord(msgspec.Struct, kw_only=True):
    """An API key of the new generation; its value is kept as a digest, since it is told only once."""

    id: str
    name: str
    digest: str
    """SHA-256 of the key, hexadecimal."""
    scope: Literal["USER", "SERVICE"] = "USER"
    description: str = ""
    created: int = msgspec.field(default_factory=now)
    expires: int = 0
    """A temporary key's end; 0: it has none."""
    services: list[str] = []


class ConnectionRecord(msgspec.Struct, kw_only=True):
    """A connection from a network to a service of the new generation."""

    id: str
    status: str = "APPROVING"
    created: int = msgspec.field(default_factory=now)
    updated: int = msgspec.field(default_factory=now)
    reason: str = ""
    urls: list[str] = []
    custom_urls: list[str] = []
    given: dict[str, Any] = {}


class State(msgspec.Struct, kw_only=True):
    """Everything of one sandbox that outlives its process; `sandbox/services.json` in the profile, 0600."""

    version: int = 1
    services: list[Record] = []
    apps: list[AppRecord] = []
    keys: list[KeyRecord] = []
    connections: list[ConnectionRecord] = []
    auth_mode: str = "loose"
    """The account's mode of authorisation: strict or loose."""
    serial: int = 0
