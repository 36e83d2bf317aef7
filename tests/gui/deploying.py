"""A platform that deploys, without a network: what dialogs about deploying are tried on."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest

from streamscope.gui.desk import Desk
from streamscope.kinds import catalog
from streamscope.kinds.platforms.base import Listed, Platform, Site
from streamscope.kinds.platforms.generation import Apps, Connections, Generation, Keys
from streamscope.model.deployment import (
    Action,
    ApiKey,
    App,
    Configuration,
    Connection,
    Figures,
    Instance,
    Model,
    Outcome,
    Page,
    Revision,
)
from streamscope.model.errors import PlatformRefusal, StreamscopeError
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Happening, Service, Workspace

WORKSPACE = Workspace("harbour", "invented")
MODELS = (("chat-1", phrase("chat 0.0.1")), ("chat-2", phrase("chat 0.0.2")), ("sort-1", phrase("sort 0.0.1")))


def old_pages(*, update: bool = False) -> tuple[Page, ...]:
    """What a service of the old generation is made of."""
    name = (Field("name", phrase("Name"), required=True, help=phrase("1 to 64 letters, digits, - and _")),)
    return (
        Page(
            "basics",
            phrase("Service"),
            (
                *(() if update else name),
                Field("description", phrase("Description"), help=phrase("100 characters at most")),
                Field("websocket", phrase("WebSocket"), "switch", help=phrase("Upgrade calls to WebSocket")),
                Field("stop_after", phrase("Stop by itself after"), "number"),
            ),
        ),
        Page(
            "models",
            phrase("Model"),
            (
                Field("model", phrase("Model"), "choice", choices=(("", phrase("Choose…")), *MODELS), required=True),
                Field(
                    "specification",
                    phrase("Specification"),
                    "choice",
                    "cpu.2u",
                    choices=(("cpu.2u", phrase("modelarts.vm.cpu.2u")), ("custom", phrase("Custom"))),
                    required=True,
                ),
                Field("cpu", phrase("CPU cores"), "number", shown_when=("specification", "custom")),
                Field("count", phrase("Instances"), "number", "1", phrase("1 to 128"), required=True),
                Field("weight", phrase("Weight"), "number", "100", phrase("Percent of the calls"), required=True),
                Field("environment", phrase("Environment"), "pairs", help=phrase("Variables of the container")),
            ),
            repeated=True,
            most=3,
            help=phrase("Several models share the calls by their weights."),
        ),
        Page(
            "more",
            phrase("Where it runs"),
            (
                Field("pool", phrase("Resource pool"), help=phrase("Empty: the public one")),
                Field("grace", phrase("Grace (seconds)"), "number"),
            ),
        ),
    )


def new_pages() -> tuple[Page, ...]:
    """What a service of the new generation is made of."""
    images = tuple((f"{key}:0.0.1", phrase("{key}", key=key)) for key in ("chat", "sort"))
    return (
        Page("basics", phrase("Basics"), (Field("name", phrase("Name"), required=True),)),
        Page(
            "runs",
            phrase("What runs"),
            (
                Field("deployment", phrase("Deployment"), default="default", required=True),
                Field("image", phrase("Image"), choices=images, required=True),
                Field("instances", phrase("Instances"), "number", "1", required=True),
            ),
            repeated=True,
        ),
        Page(
            "access",
            phrase("Access"),
            (
                Field(
                    "auth_type",
                    phrase("Authentication"),
                    "choice",
                    "TOKEN",
                    choices=(("TOKEN", phrase("IAM token")), ("API_KEY", phrase("API key"))),
                    required=True,
                ),
            ),
        ),
        Page("limits", phrase("Limits"), (Field("rate", phrase("Calls"), "number", "200", required=True),)),
    )


def obvious(pages: Sequence[Page], configuration: Configuration) -> dict[str, Phrase]:
    """Rules enough to try: a name without blanks, weights that are 100."""
    found: dict[str, Phrase] = {}
    name = configuration.values.get("name", "x")
    if not name:
        found["name"] = phrase("This is needed.")
    elif " " in name:
        found["name"] = phrase("1 to 64 letters, digits, - and _ make a name.")
    for number, portion in enumerate(configuration.portions):
        if not portion.get("model", "x"):
            found[f"{number}.model"] = phrase("This is needed.")
    weights = [float(portion.get("weight") or 100) for portion in configuration.portions]
    if any(field.key == "weight" for page in pages for field in page.fields) and sum(weights) != 100:
        told = phrase("All weights together are {total}; they must be 100.", total=f"{sum(weights):g}")
        found[f"{len(weights) - 1}.weight"] = told
    return found


@dataclass
class Story:
    """What the platform has and does; `trouble` is raised by the next call that is not only looked at."""

    services: dict[str, Listed] = field(default_factory=dict)
    deployed: list[Configuration] = field(default_factory=list)
    changed: list[tuple[str, Configuration]] = field(default_factory=list)
    apps: list[App] = field(default_factory=list)
    keys: list[ApiKey] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    reviews: list[Connection] = field(default_factory=list)
    granted: dict[str, list[str]] = field(default_factory=dict)
    trouble: StreamscopeError | None = None
    unread: StreamscopeError | None = None
    gate: asyncio.Event | None = None
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    old: tuple[Page, ...] = field(default_factory=old_pages)
    new: tuple[Page, ...] = field(default_factory=new_pages)
    configuration: Configuration = field(default_factory=Configuration)

    async def looked(self) -> None:
        """A look at what there is."""
        if self.gate is not None:
            await self.gate.wait()
        if self.unread is not None:
            raise self.unread

    async def asked(self) -> None:
        """A change."""
        if self.gate is not None:
            await self.gate.wait()
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble


class InventedApps(Apps):
    """Apps of a story."""

    def __init__(self, story: Story) -> None:
        self.story = story

    async def all(self, site: Site) -> list[App]:
        await self.story.looked()
        return list(self.story.apps)

    async def create(self, site: Site, name: str, description: str = "") -> App:
        await self.story.asked()
        number = next(self.story.numbers)
        made = App(f"app-{number}", name, f"key-{number}", f"s3cret-of-{name}", (), description, 1764000000.0)
        self.story.apps.append(made)
        return made

    async def delete(self, site: Site, app: str) -> None:
        await self.story.asked()
        self.story.apps = [one for one in self.story.apps if one.id != app]

    async def add_code(self, site: Site, app: str) -> App:
        await self.story.asked()
        return self._changed(app, lambda one: replace(one, codes=(*one.codes, f"code-{next(self.story.numbers)}")))

    async def reset_code(self, site: Site, app: str, code: str) -> App:
        await self.story.asked()
        fresh = f"code-{next(self.story.numbers)}"
        return self._changed(app, lambda one: replace(one, codes=tuple(fresh if c == code else c for c in one.codes)))

    async def delete_code(self, site: Site, app: str, code: str) -> None:
        await self.story.asked()
        self._changed(app, lambda one: replace(one, codes=tuple(c for c in one.codes if c != code)))

    async def reset_secret(self, site: Site, app: str) -> App:
        await self.story.asked()
        return self._changed(app, lambda one: replace(one, secret=f"s3cret-{next(self.story.numbers)}"))

    async def authorised(self, site: Site, service: str) -> list[App]:
        await self.story.looked()
        return [app for app in self.story.apps if app.id in self.story.granted.get(service, ())]

    async def authorise(self, site: Site, service: str, apps: Sequence[str]) -> list[Outcome]:
        await self.story.asked()
        self.story.granted.setdefault(service, []).extend(apps)
        return [Outcome(app, done=True) for app in apps]

    async def revoke(self, site: Site, service: str, apps: Sequence[str]) -> list[Outcome]:
        await self.story.asked()
        self.story.granted[service] = [one for one in self.story.granted.get(service, []) if one not in apps]
        return [Outcome(app, done=True) for app in apps]

    def _changed(self, app: str, change: "object") -> App:
        assert callable(change)
        self.story.apps = [change(one) if one.id == app else one for one in self.story.apps]
        return next(one for one in self.story.apps if one.id == app)


class InventedKeys(Keys):
    """Keys of a story."""

    def __init__(self, story: Story) -> None:
        self.story = story

    async def all(self, site: Site, service: str = "") -> list[ApiKey]:
        await self.story.looked()
        bound = [key for key in self.story.keys if service in [one for one, _ in key.services] or key.scope == "USER"]
        return bound if service else list(self.story.keys)

    async def create(self, site: Site, name: str, scope: str, description: str = "") -> ApiKey:
        await self.story.asked()
        number = next(self.story.numbers)
        made = ApiKey(f"{number:032d}", name, scope, description, 1764000000.0)  # type: ignore[arg-type]
        self.story.keys.append(made)
        return replace(made, value=f"v4lue-of-{name}")

    async def temporary(self, site: Site, hours: int) -> ApiKey:
        await self.story.asked()
        made = ApiKey(f"{next(self.story.numbers):032d}", "temporary", expires=1764000000.0 + 3600 * hours)
        return replace(made, value="v4lue-for-a-while")

    async def delete(self, site: Site, key: str) -> None:
        await self.story.asked()
        self.story.keys = [one for one in self.story.keys if one.id != key]

    async def bind(self, site: Site, service: str, keys: Sequence[str]) -> list[Outcome]:
        await self.story.asked()
        name = self.story.services[service].name if service in self.story.services else service
        self.story.keys = [
            replace(one, services=(*one.services, (service, name))) if one.id in keys else one
            for one in self.story.keys
        ]
        return [Outcome(key, done=True) for key in keys]

    async def unbind(self, site: Site, service: str, keys: Sequence[str]) -> list[Outcome]:
        await self.story.asked()
        self.story.keys = [
            replace(one, services=tuple(pair for pair in one.services if pair[0] != service)) if one.id in keys else one
            for one in self.story.keys
        ]
        return [Outcome(key, done=True) for key in keys]


class InventedConnections(Connections):
    """Connections of a story."""

    def __init__(self, story: Story) -> None:
        self.story = story

    async def asked(self, site: Site) -> list[Connection]:
        await self.story.looked()
        return list(self.story.connections)

    async def reviews(self, site: Site) -> list[Connection]:
        await self.story.looked()
        return list(self.story.reviews)

    def answers(self, status: str) -> tuple[str, ...]:
        return {"APPROVING": ("APPROVE", "REJECT"), "CONNECTED": ("CANCEL",)}.get(status, ())

    async def create(self, site: Site, service: str, values: Mapping[str, str]) -> Connection:
        await self.story.asked()
        network = values.get("pool_id") or f"{values.get('vpc_id')} {values.get('subnet_id')}"
        made = Connection(
            f"connection-{next(self.story.numbers)}",
            "APPROVING",
            "changing",
            "POOL" if values.get("pool_id") else "VPC",
            network,
            values.get("scope", "SERVICE"),
            service,
            created=1764000000.0,
        )
        self.story.connections.append(made)
        return made

    async def answer(self, site: Site, connection: str, action: str, reason: str = "") -> None:
        await self.story.asked()
        status = {"APPROVE": "CONNECTED", "REJECT": "REJECTED", "CANCEL": "CANCELED", "RETRY": "CREATING"}[action]
        for rows in (self.story.connections, self.story.reviews):
            rows[:] = [replace(one, status=status, reason=reason) if one.id == connection else one for one in rows]

    async def change(self, site: Site, connection: str, custom_urls: Sequence[str]) -> None:
        await self.story.asked()

    async def delete(self, site: Site, connections: Sequence[str]) -> list[Outcome]:
        await self.story.asked()
        self.story.connections = [one for one in self.story.connections if one.id not in connections]
        return [Outcome(one, done=True) for one in connections]


class InventedGeneration(Generation):
    """One generation of a story."""

    label = phrase("Old generation")
    can: ClassVar[frozenset[Action]] = frozenset(("deploy", "update", "start", "stop", "delete", "scale"))

    def __init__(self, story: Story, key: str, label: Phrase) -> None:
        self.story = story
        self.key = key  # type: ignore[misc]
        self.label = label  # type: ignore[misc]

    @property
    def apps(self) -> Apps | None:
        return InventedApps(self.story) if self.key == "v1" else None

    @property
    def keys(self) -> Keys | None:
        return InventedKeys(self.story) if self.key == "v2" else None

    @property
    def connections(self) -> Connections | None:
        return InventedConnections(self.story) if self.key == "v2" else None

    def obstacle(self, action: Action, status: str) -> Phrase:
        return NOTHING

    async def models(self, site: Site) -> list[Model]:
        return []

    async def pages(self, site: Site, *, update: bool = False) -> tuple[Page, ...]:
        await self.story.looked()
        if self.key == "v2":
            return self.story.new
        return old_pages(update=True) if update else self.story.old

    def checked(self, pages: Sequence[Page], configuration: Configuration) -> dict[str, Phrase]:
        return obvious(pages, configuration)

    async def configuration(self, site: Site, service: str) -> Configuration:
        await self.story.looked()
        return self.story.configuration

    async def deploy(self, site: Site, configuration: Configuration) -> str:
        await self.story.asked()
        self.story.deployed.append(configuration)
        made = f"service-{next(self.story.numbers)}"
        self.story.services[made] = Listed(made, configuration.values["name"], self.key, "deploying", "changing")
        return made

    async def update(self, site: Site, service: str, configuration: Configuration) -> None:
        await self.story.asked()
        self.story.changed.append((service, configuration))

    async def start(self, site: Site, service: str) -> None: ...

    async def stop(self, site: Site, service: str) -> None: ...

    async def delete(self, site: Site, services: Sequence[str]) -> list[Outcome]:
        return []

    async def scale(self, site: Site, service: str, portion: str, count: int) -> None: ...

    async def happenings(self, site: Site, service: str) -> list[Happening]:
        return []

    async def instances(self, site: Site, service: str) -> list[Instance]:
        return []

    async def figures(self, site: Site, service: str) -> Figures | None:
        return None

    async def revisions(self, site: Site, service: str) -> list[Revision]:
        return []


class InventedPlatform(Platform):
    """A platform of a story; it needs no signing in."""

    key = "invented"
    label = phrase("Invented")
    help = phrase("A platform for trying things out.")

    def __init__(self, story: Story) -> None:
        self.story = story
        self.generations = {  # type: ignore[misc]
            "v1": InventedGeneration(story, "v1", phrase("Old generation")),
            "v2": InventedGeneration(story, "v2", phrase("New generation")),
        }

    async def services(self, site: Site) -> list[Listed]:
        return list(self.story.services.values())


def invented(monkeypatch: pytest.MonkeyPatch) -> Story:
    """The platform is on the shelf for the time of a test."""
    story = Story()
    shelf = {**catalog.PLATFORMS, "invented": InventedPlatform(story)}
    for name in ("engine.managed", "engine.discover", "engine.watching", "kinds.catalog"):
        monkeypatch.setattr(f"streamscope.{name}.PLATFORMS", shelf)
    return story


def settled(desk: Desk) -> None:
    """The workspace of the invented platform is there."""
    desk.bench.workspaces.save(WORKSPACE)


def service(story: Story, key: str = "v1", name: str = "chat-mine") -> Service:
    """A running service of the story."""
    story.services["service-0"] = Listed("service-0", name, key, "running", "running")
    return Service("service-0", name, WORKSPACE.name, key, "running", "running")


def refusal(text: str) -> PlatformRefusal:
    """The platform says no."""
    return PlatformRefusal(phrase("The platform refused: {text}.", text=text), phrase("Change it."), text, 400)
