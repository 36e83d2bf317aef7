"""The new generation (v2) of service management: what is deployed and all that is done with it.

Source: API reference, "Inference services" of API version 2; the vendor's SDK (paths and bodies).
"""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Connections, Generation, Keys
from streamscope.kinds.platforms.modelarts import (
    new,
    new_changes,
    new_configurations,
    new_models,
    new_pods,
    new_running,
    new_updates,
)
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.connections import NewConnections
from streamscope.kinds.platforms.modelarts.keys import NewKeys
from streamscope.kinds.platforms.modelarts.new_checks import between, problems
from streamscope.kinds.platforms.modelarts.new_obstacles import obstacle
from streamscope.kinds.platforms.modelarts.new_pages import pages
from streamscope.kinds.platforms.modelarts.new_reading import AT_ONCE, segment
from streamscope.kinds.platforms.modelarts.rows import text
from streamscope.model.deployment import (
    Action,
    Configuration,
    Figures,
    Instance,
    Model,
    Outcome,
    Page,
    Revision,
)
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Happening
from streamscope.tasks import together

_EVENTS = 100
"""Events that are read at once: all of a deployment and some before it."""


class NewServices(Generation):
    """Services of the new generation: an image, deployments with versions, instances and pods."""

    key = "v2"
    label = phrase("new generation")
    help = phrase("Container images; API keys may call.")
    can: ClassVar[frozenset[Action]] = frozenset(
        {"deploy", "update", "start", "stop", "delete", "scale", "interrupt", "switch", "restart"}
    )

    @property
    def keys(self) -> Keys:
        """The account's API keys."""
        return NewKeys()

    @property
    def connections(self) -> Connections:
        """Intranet connections."""
        return NewConnections()

    async def present(self, site: Site) -> bool:
        """Whether its list of services is there: some regions have the old generation alone."""
        try:
            await asked(site, "GET", "v2", "services?offset=0&limit=1")
        except PlatformRefusal as error:
            if error.status == 404:
                return False
            raise
        return True

    def obstacle(self, action: Action, status: str) -> Phrase:
        """By the table of statuses."""
        return obstacle(action, status)

    async def models(self, site: Site) -> list[Model]:
        """Images that are known; this generation has no list of its own, so that any other may be typed."""
        return await new_models.models(site)

    async def pages(self, site: Site, *, update: bool = False) -> tuple[Page, ...]:
        """Basics, what runs, access, limits, upgrade; without flavors a specification of one's own is left."""
        return pages(await new_models.models(site), await new_models.flavors(site), update=update)

    def checked(self, pages: Sequence[Page], configuration: Configuration) -> dict[str, Phrase]:
        """By the documented rules."""
        return problems(pages, configuration)

    async def configuration(self, site: Site, service: str) -> Configuration:
        """From the service's details."""
        return new_configurations.configuration(await asked(site, "GET", "v2", f"services/{segment(service)}"))

    async def deploy(self, site: Site, configuration: Configuration) -> str:
        """One request; the service begins to deploy."""
        return await new_changes.deploy(site, configuration)

    async def update(self, site: Site, service: str, configuration: Configuration) -> None:
        """Only what is different, under the next version. Raises UsageError where nothing is different."""
        await new_updates.update(site, service, configuration)

    async def start(self, site: Site, service: str) -> None:
        """Start all its deployments."""
        await asked(site, "POST", "v2", f"services/{segment(service)}/start")

    async def stop(self, site: Site, service: str) -> None:
        """Stop all its deployments."""
        await asked(site, "POST", "v2", f"services/{segment(service)}/stop")

    async def delete(self, site: Site, services: Sequence[str]) -> list[Outcome]:
        """In batches; where a batch is refused, one by one, so that one service holds no other up."""
        return await new_changes.delete(site, services)

    async def scale(self, site: Site, service: str, portion: str, count: int) -> None:
        """1 to 128 instances."""
        why = between(1, 128)(str(count), {})
        if why != NOTHING:
            raise UsageError(why)
        if not portion:
            portion = text(new_running.one(await new_running.deployments(site, service), ""), "name")
        path = f"services/{segment(service)}/deployments/{segment(portion)}/scale"
        await asked(site, "PUT", "v2", path, {"count": count})

    async def interrupt(self, site: Site, service: str) -> None:
        """Of each deployment that is being deployed or upgraded. Raises UsageError where none is."""
        found = await new_running.deployments(site, service)
        busy = [row for row in found if obstacle("interrupt", text(row, "status")) == NOTHING]
        if not busy:
            raise UsageError(obstacle("interrupt", "RUNNING"))
        ids = [new_running.deployment_id(row, service) for row in busy]
        paths = [f"services/{segment(service)}/deployments/{segment(one)}/interrupt" for one in ids]
        await together((partial(asked, site, "POST", "v2", path) for path in paths), at_once=AT_ONCE, name="interrupt")

    async def switch(self, site: Site, service: str, revision: Revision) -> None:
        """To a version of a deployment."""
        found = new_running.one(await new_running.deployments(site, service), revision.portion)
        own = new_running.deployment_id(found, service)
        path = f"services/{segment(service)}/deployments/{segment(own)}/versions/{segment(revision.version)}/switch"
        wanted = {"service_id": service, "target_deployment_version": revision.version}
        await asked(site, "POST", "v2", path, {**wanted, "infer_name": text(found, "infer_name") or own})

    async def restart(self, site: Site, service: str, instance: Instance) -> None:
        """The instance is deleted, and made anew by the platform."""
        place = (
            f"services/{segment(service)}/deployments/{segment(instance.portion)}/instances/{segment(instance.name)}"
        )
        await asked(site, "DELETE", "v2", f"{place}?force=false&operation=RECREATE")

    async def happenings(self, site: Site, service: str) -> list[Happening]:
        """The latest events."""
        return await new.happenings(site, service, _EVENTS)

    async def instances(self, site: Site, service: str) -> list[Instance]:
        """With their pods, and what is said of those that are not well."""
        return await new_pods.instances(site, service)

    async def figures(self, site: Site, service: str) -> Figures | None:
        """Instances only: logs and metrics of this generation are other services of the cloud."""
        return await new_running.figures(site, service)

    async def revisions(self, site: Site, service: str) -> list[Revision]:
        """The versions of each deployment."""
        return await new_running.revisions(site, service)
