"""ModelArts as one platform: what a workspace is made of, and the lists of both generations together."""

from collections.abc import Mapping
from typing import ClassVar

from streamscope.kinds.platforms.base import Listed, Platform, Site
from streamscope.kinds.platforms.generation import Generation
from streamscope.kinds.platforms.modelarts import new, old, regions
from streamscope.kinds.platforms.modelarts.answers import management
from streamscope.kinds.platforms.modelarts.new_services import NewServices
from streamscope.kinds.platforms.modelarts.old_services import OldServices
from streamscope.kinds.platforms.modelarts.projects import projects
from streamscope.kinds.platforms.modelarts.regions import REGIONS
from streamscope.model.errors import PlatformRefusal, StreamscopeError
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Account, Happening, Project, Workspace


class ModelArts(Platform):
    """A region and project of ModelArts."""

    key = "modelarts"
    label = phrase("ModelArts")
    help = phrase("Real-time services of a region and project, old and new generation.")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("region", phrase("Region"), required=True, choices=REGIONS, help=phrase("For example cn-north-4.")),
        Field("project", phrase("Project id"), required=True, help=phrase("Look it up, or paste it.")),
        Field("sign_in", phrase("Signs in with"), help=phrase("The authentication used for listing.")),
        Field("management", phrase("Management address"), help=phrase("Only where it is not the region's own.")),
        Field("iam", phrase("IAM address"), help=phrase("Only where it is not the region's own.")),
        Field("mfa", phrase("MFA"), "switch", help=phrase("Ask for a code at each sign-in")),
        Field("user_id", phrase("IAM user id"), shown_when=("mfa", "true"), help=phrase("The name will do mostly.")),
        Field("endpoint", phrase("VPC endpoint"), help=phrase("IP of the VPC endpoint, for its private names.")),
    )

    generations: ClassVar[Mapping[str, Generation]] = {"v1": OldServices(), "v2": NewServices()}

    def account(self, workspace: Workspace) -> Account:
        """The identity service and the project, from the region where they are not given."""
        values = workspace.values
        region = values.get("region", "")
        iam = values.get("iam") or regions.iam(region)
        mfa = values.get("mfa") == "true"
        return Account(workspace.name, iam, values.get("project", ""), region, mfa, values.get("user_id", ""))

    def addresses(self, workspace: Workspace) -> tuple[str, ...]:
        """The management interface and the identity service."""
        return management(workspace), self.account(workspace).iam

    async def projects(self, site: Site) -> list[Project]:
        """Those of the account, from its identity service."""
        return await projects(site, self.account(site.workspace).iam)

    async def services(self, site: Site) -> list[Listed]:
        """The rows of both generations; a region may have only one of them. What is no answer to whether it has one
        (a throttle, a failure inside) is raised: services must not seem to be gone by it."""
        found: list[Listed] = []
        failures: list[StreamscopeError] = []
        for read in (old.services, new.services):
            try:
                found += await read(site)
            except PlatformRefusal as error:
                if error.status == 429 or error.status >= 500:
                    raise
                failures.append(error)
        if len(failures) == 2:
            raise failures[0]
        return found

    async def one(self, site: Site, listed: Listed) -> Listed:
        """From the service's details. Raises PlatformRefusal, 404 where it is gone."""
        return await (old.one if listed.generation == "v1" else new.one)(site, listed.id)

    async def complete(self, site: Site, listed: Listed) -> Listed:
        """Addresses, accepted authentication, protocol, limits and paths of one service."""
        if listed.generation == "v1":
            return await old.details(site, listed)
        return await new.details(site, listed)

    async def happenings(self, site: Site, listed: Listed) -> list[Happening]:
        """The latest of what happened to a service."""
        if listed.generation == "v1":
            return await old.happenings(site, listed.id)
        return await new.happenings(site, listed.id)
