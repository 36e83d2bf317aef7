"""Services deployed, changed and watched until they are what was asked for: what both faces call."""

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.catalog import PLATFORMS, kind
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Generation
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Service, Workspace


def generations(workspace: Workspace) -> dict[str, Generation]:
    """The generations in which a workspace can deploy, by their keys; {} where it can only be looked at."""
    return dict(kind("platform", PLATFORMS, workspace.platform).generations)


def generation_of(workspace: Workspace, key: str) -> Generation:
    """A generation of a workspace's platform. Raises UsageError."""
    found = generations(workspace)
    if key in found:
        return found[key]
    if not found:
        raise UsageError(
            phrase("Services of '{name}' cannot be managed from here.", name=workspace.name),
            phrase("Choose a workspace of a platform that deploys services."),
        )
    raise UsageError(
        phrase("There is no generation '{key}' on this platform.", key=key),
        phrase("Known are: {words}.", words=", ".join(found)),
    )


async def place(core: Core, name: str) -> Site:
    """A workspace's platform, ready to be asked; the sandbox is started. Raises the tree of errors."""
    workspace = await discover.ready(core, core.bench.workspaces.get(name))
    return discover.site_of(core, workspace)[1]


async def managed(core: Core, service: Service) -> tuple[Generation, Site]:
    """The generation that manages a service, and how it is asked. Raises the tree of errors."""
    site = await place(core, service.workspace)
    return generation_of(site.workspace, service.generation), site
