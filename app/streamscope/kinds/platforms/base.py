"""What every platform says of itself."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from streamscope.kinds.net import Reply
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase
from streamscope.model.service import Account, Happening, State, Workspace


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


@dataclass(frozen=True, slots=True)
class Api:
    """One callable path of a service, as the platform describes it."""

    path: str
    method: str = "POST"
    protocol: str = "HTTP"
    body: str = ""
    answers: str = ""
    """The media type of its answers, where that is described."""


@dataclass(frozen=True, slots=True)
class Site:
    """A workspace's platform as it can be asked: `call(method, URL)` is authenticated and raises the tree of errors."""

    workspace: Workspace
    call: Callable[[str, str], Awaitable[Reply]]


class Platform(ABC):
    """One kind of host."""

    key: ClassVar[str]
    label: ClassVar[Phrase]
    help: ClassVar[Phrase] = NOTHING
    fields: ClassVar[tuple[Field, ...]] = ()
    lives: ClassVar[bool] = True
    """Whether the states of its services change by themselves, so that watching them makes sense."""

    def addresses(self, workspace: Workspace) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """The URLs that a workspace stands on: where services are listed, and where it signs in."""
        return ()

    def account(self, workspace: Workspace) -> Account:
        """What an authentication should know of this workspace."""
        return Account(workspace.name)

    @abstractmethod
    async def services(self, site: Site) -> list[Listed]:
        """All services, as far as a list tells."""

    async def complete(self, site: Site, listed: Listed) -> Listed:  # noqa: ARG002 - the outline
        """The same service with its addresses and all that a list does not tell."""
        return listed

    async def happenings(self, site: Site, listed: Listed) -> list[Happening]:  # noqa: ARG002 - the outline
        """What happened to a service, the newest first; [] where the platform does not tell."""
        return []
