"""What every generation of a platform's service management says and does."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from streamscope.kinds.platforms.base import Site
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
from streamscope.model.errors import UsageError
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Happening


class Generation(ABC):
    """One generation: services are named by their ids, every method raises the tree of errors.

    A method of an action that is not in `can` raises UsageError.
    """

    key: ClassVar[str]
    """As `Service.generation` says it: v1 or v2."""
    label: ClassVar[Phrase]
    help: ClassVar[Phrase] = NOTHING
    """What distinguishes it, in a sentence."""
    can: ClassVar[frozenset[Action]]

    @property
    def apps(self) -> "Apps | None":
        """Applications that may call services; None where there are none."""
        return None

    @property
    def keys(self) -> "Keys | None":
        """API keys; None where there are none."""
        return None

    @property
    def connections(self) -> "Connections | None":
        """Ways from networks to services; None where there are none."""
        return None

    async def present(self, site: Site) -> bool:  # noqa: ARG002 - the outline
        """Whether a workspace's region has this generation; asked where a new service may be of either."""
        return True

    @abstractmethod
    def obstacle(self, action: Action, status: str) -> Phrase:
        """Why an action makes no sense while a service has this status; NOTHING where it does."""

    @abstractmethod
    async def models(self, site: Site) -> list[Model]:
        """What can be deployed, the newest first."""

    @abstractmethod
    async def pages(self, site: Site, *, update: bool = False) -> tuple[Page, ...]:
        """What a configuration is made of, with the models and specifications that there are as choices.

        Without `update` for a new service, else for one that is there: what cannot be changed is left out.
        """

    @abstractmethod
    def checked(self, pages: Sequence[Page], configuration: Configuration) -> dict[str, Phrase]:
        """What is wrong with a configuration by the platform's documented rules: KEY or N.KEY (of portion N, from 0) →
        why; {} where nothing is. Pure."""

    @abstractmethod
    async def configuration(self, site: Site, service: str) -> Configuration:
        """What a service is now, as it can be changed and sent back."""

    @abstractmethod
    async def deploy(self, site: Site, configuration: Configuration) -> str:
        """Make a service; its id. It is not running yet."""

    @abstractmethod
    async def update(self, site: Site, service: str, configuration: Configuration) -> None:
        """Change a service."""

    @abstractmethod
    async def start(self, site: Site, service: str) -> None:
        """Begin to start a service."""

    @abstractmethod
    async def stop(self, site: Site, service: str) -> None:
        """Begin to stop a service."""

    @abstractmethod
    async def delete(self, site: Site, services: Sequence[str]) -> list[Outcome]:
        """Delete services, as many requests as that needs; what became of each."""

    @abstractmethod
    async def scale(self, site: Site, service: str, portion: str, count: int) -> None:
        """Let a portion (its name; '' where there is but one) have so many instances."""

    async def interrupt(self, site: Site, service: str) -> None:  # noqa: ARG002 - the outline
        """Break off what is being deployed."""
        raise self._cannot("interrupt")

    async def switch(self, site: Site, service: str, revision: Revision) -> None:  # noqa: ARG002 - the outline
        """Go to another revision of a portion."""
        raise self._cannot("switch")

    async def restart(self, site: Site, service: str, instance: Instance) -> None:  # noqa: ARG002 - the outline
        """Replace an instance by a new one."""
        raise self._cannot("restart")

    @abstractmethod
    async def happenings(self, site: Site, service: str) -> list[Happening]:
        """What happened to a service, the newest first."""

    @abstractmethod
    async def instances(self, site: Site, service: str) -> list[Instance]:
        """The copies that serve calls, as far as the platform tells."""

    @abstractmethod
    async def figures(self, site: Site, service: str) -> Figures | None:
        """The monitor as it is now; None where the platform has none."""

    @abstractmethod
    async def revisions(self, site: Site, service: str) -> list[Revision]:
        """Versions or updates, the newest first."""

    def _cannot(self, action: Action) -> UsageError:
        return UsageError(
            phrase(
                "The {generation} of the platform has no such action: {action}.", generation=self.label, action=action
            )
        )


def fitted(pages: Sequence[Page], configuration: Configuration) -> tuple[Page, ...]:
    """The same pages, where what a configuration has now is among the choices, too.

    A model or specification of a service may be none that can be chosen for a new one; a form would show another.
    """

    def fit(field: Field, sets: Sequence[Mapping[str, str]]) -> Field:
        known = {key for key, _ in field.choices}
        new = {values[field.key]: None for values in sets if values.get(field.key, "") not in ("", *known)}
        more = tuple((word, phrase("{word} (as it is)", word=word)) for word in new)
        return replace(field, choices=(*field.choices, *more)) if more and field.kind == "choice" else field

    return tuple(
        replace(
            page,
            fields=tuple(
                fit(field, configuration.portions if page.repeated else (configuration.values,))
                for field in page.fields
            ),
        )
        for page in pages
    )


class Apps(ABC):
    """Applications: who calls with an App code, an App key or App signatures."""

    @abstractmethod
    async def all(self, site: Site) -> list[App]:
        """Every application of the account."""

    @abstractmethod
    async def create(self, site: Site, name: str, description: str = "") -> App:
        """Make an application, with its key and secret."""

    @abstractmethod
    async def delete(self, site: Site, app: str) -> None:
        """Delete an application by its id."""

    @abstractmethod
    async def add_code(self, site: Site, app: str) -> App:
        """Give an application one more App code."""

    @abstractmethod
    async def reset_code(self, site: Site, app: str, code: str) -> App:
        """Replace one of an application's codes."""

    @abstractmethod
    async def delete_code(self, site: Site, app: str, code: str) -> None:
        """Take one of an application's codes away."""

    @abstractmethod
    async def reset_secret(self, site: Site, app: str) -> App:
        """Give an application another secret."""

    @abstractmethod
    async def authorised(self, site: Site, service: str) -> list[App]:
        """The applications that may call a service."""

    @abstractmethod
    async def authorise(self, site: Site, service: str, apps: Sequence[str]) -> list[Outcome]:
        """Let applications call a service; it is registered for them where it was not yet."""

    @abstractmethod
    async def revoke(self, site: Site, service: str, apps: Sequence[str]) -> list[Outcome]:
        """Let applications call a service no more."""


class Keys(ABC):
    """API keys of the account."""

    @abstractmethod
    async def all(self, site: Site, service: str = "") -> list[ApiKey]:
        """Every key, or those that a service accepts."""

    @abstractmethod
    async def create(self, site: Site, name: str, scope: str, description: str = "") -> ApiKey:
        """Make a key; its value is in this answer and in no other. `scope`: USER or SERVICE."""

    @abstractmethod
    async def temporary(self, site: Site, hours: int) -> ApiKey:
        """Make a key that lives for 1 to 24 hours."""

    @abstractmethod
    async def delete(self, site: Site, key: str) -> None:
        """Delete a key by its id."""

    @abstractmethod
    async def bind(self, site: Site, service: str, keys: Sequence[str]) -> list[Outcome]:
        """Let keys of scope SERVICE call a service."""

    @abstractmethod
    async def unbind(self, site: Site, service: str, keys: Sequence[str]) -> list[Outcome]:
        """Let keys call a service no more."""


class Connections(ABC):
    """Connections from VPCs and resource pools to services, with their approval."""

    @abstractmethod
    async def asked(self, site: Site) -> list[Connection]:
        """What this account asked for."""

    @abstractmethod
    async def reviews(self, site: Site) -> list[Connection]:
        """What others ask this account for."""

    def answers(self, status: str) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """What `answer` takes while a connection has this status; () where nothing."""
        return ()

    @abstractmethod
    async def create(self, site: Site, service: str, values: Mapping[str, str]) -> Connection:
        """Ask for a connection: `vpc_id` and `subnet_id`, or `pool_id`; `scope` SERVICE or GLOBAL."""

    @abstractmethod
    async def answer(self, site: Site, connection: str, action: str, reason: str = "") -> None:
        """APPROVE, REJECT with a reason, CANCEL or RETRY."""

    @abstractmethod
    async def change(self, site: Site, connection: str, custom_urls: Sequence[str]) -> None:
        """Give a connection other URLs of one's own."""

    @abstractmethod
    async def delete(self, site: Site, connections: Sequence[str]) -> list[Outcome]:
        """Delete connections."""
