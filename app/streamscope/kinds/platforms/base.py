"""What every platform says of itself."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

from streamscope.kinds.net import Reply
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase
from streamscope.model.service import Account, Happening, Project, State, Workspace

if TYPE_CHECKING:
    from streamscope.kinds.platforms.generation import Generation


@dataclass(frozen=True, slots=True)
class Listed:
    """A service in the platform's own words: accepted authentication, protocols and ways in are still its names."""

    id: str
    name: str
    generation: str = ""
    status: str = ""
    state: State = "unknown"
    auth: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict)
    app_entries: Mapping[str, str] = field(default_factory=dict)
    apis: tuple["Api", ...] = ()
    body_limit: int = 0
    note: str = ""
    complete: bool = True
    tags: tuple[str, ...] = ()
    time_limit: float = 0.0
    rate_limit: str = ""
    description: str = ""
    progress: int | None = None
    """Percent of a deployment that is going on; None where the platform does not say."""
    version: str = ""
    """Of what is deployed; '' where the platform does not tell."""
    changed: float = 0.0
    """When it was changed or moved to another state last, as the platform tells it; 0 where it does not."""


@dataclass(frozen=True, slots=True)
class Api:
    """One callable path of a service, as the platform describes it."""

    path: str
    method: str = "POST"
    protocol: str = "HTTP"
    body: str = ""
    answers: str = ""
    """The media type of its answers, where that is described."""


class Caller(Protocol):
    """One authenticated request of a platform's own interface and its whole answer."""

    async def __call__(self, method: str, url: str, body: bytes = b"") -> Reply:
        """The answer, whatever its status. Raises the tree of errors."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """A workspace's platform as it can be asked: `call(method, URL, body)` signs in and raises the tree of errors."""

    workspace: Workspace
    call: "Caller"


class Platform(ABC):
    """One kind of host."""

    key: ClassVar[str]
    label: ClassVar[Phrase]
    help: ClassVar[Phrase] = NOTHING
    fields: ClassVar[tuple[Field, ...]] = ()
    lives: ClassVar[bool] = True
    """Whether the states of its services change by themselves, so that watching them makes sense."""
    generations: ClassVar[Mapping[str, "Generation"]] = {}
    """How services are deployed and managed, by the generation that a service names; {}: they cannot be from here."""

    def addresses(self, workspace: Workspace) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """The URLs that a workspace stands on: where services are listed, and where it signs in."""
        return ()

    def account(self, workspace: Workspace) -> Account:
        """What an authentication should know of this workspace."""
        return Account(workspace.name)

    async def projects(self, site: Site) -> list[Project]:  # noqa: ARG002 - the outline
        """The projects that whoever signs in may use, those of its region first; [] where there are none."""
        return []

    @abstractmethod
    async def services(self, site: Site) -> list[Listed]:
        """All services, as far as a list tells."""

    async def one(self, site: Site, listed: Listed) -> Listed | None:
        """A service as its row tells now, with its progress; None where it is gone."""
        return next((row for row in await self.services(site) if row.id == listed.id), None)

    async def complete(self, site: Site, listed: Listed) -> Listed:  # noqa: ARG002 - the outline
        """The same service with its addresses and all that a list does not tell."""
        return listed

    async def happenings(self, site: Site, listed: Listed) -> list[Happening]:  # noqa: ARG002 - the outline
        """What happened to a service, the newest first; [] where the platform does not tell."""
        return []
