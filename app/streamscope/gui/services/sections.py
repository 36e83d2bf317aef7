"""A section of the tree: favourites, recent, or a workspace with its services, and those that the filter leaves."""

from dataclasses import dataclass, field

from streamscope.gui.services.query import Found, Query, haystack
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service, Workspace

FAVOURITES = "favourites"
RECENT = "recent"


@dataclass(slots=True)
class Section:
    """`since` is when the services were known last where that is not now; `problem` why they could not be read."""

    key: str
    workspace: Workspace | None = None
    services: list[Service] = field(default_factory=list)
    shown: list[Service] = field(default_factory=list)
    busy: bool = False
    since: float | None = None
    problem: StreamscopeError | None = None
    gone: set[str] = field(default_factory=set)
    _hay: Found = field(default_factory=list)
    _found: Found = field(default_factory=list)
    _query: Query = field(default_factory=Query)

    @property
    def stale(self) -> bool:
        """Whether what is shown is only what was known last."""
        return self.since is not None or self.problem is not None

    def fill(self, services: list[Service], query: Query) -> None:
        """Take these services."""
        known = {id(service): text for text, service in self._hay}
        self._hay = [(known.get(id(service)) or haystack(service), service) for service in services]
        self.services = services
        self._query, self._found = Query(), self._hay
        self.narrow(query)

    def replace(self, row: int, service: Service) -> None:
        """Take another value of one service, which stays where it is."""
        self.services[row] = service
        self._hay[row] = (haystack(service), service)
        if self._found is not self._hay:
            self._query, self._found = Query(), self._hay

    def narrow(self, query: Query) -> None:
        """Leave what the filter finds; a filter that was only typed on looks no further than it had found."""
        if not query:
            self._found, self.shown = self._hay, self.services
        else:
            self._found = query.among(self._found if query.narrows(self._query) else self._hay)
            self.shown = [service for _, service in self._found]
        self._query = query


def section_of(workspace: str) -> str:
    """The key of a workspace's section; no name of a workspace can be another section's key."""
    return f"workspace {workspace}"
