"""Which generation manages a service, how it is asked, and what may be done with the service now."""

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.catalog import PLATFORMS, kind
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Generation
from streamscope.model.deployment import Action
from streamscope.model.errors import UsageError
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Service, Workspace

ACTIONS: dict[Action, Phrase] = {
    "deploy": phrase("Deploy"),
    "update": phrase("Update"),
    "start": phrase("Start"),
    "stop": phrase("Stop"),
    "scale": phrase("Scale"),
    "switch": phrase("Switch version"),
    "restart": phrase("Restart instance"),
    "interrupt": phrase("Interrupt"),
    "delete": phrase("Delete"),
}
"""What each action is called, in the order in which they are offered."""


def generations(workspace: Workspace) -> dict[str, Generation]:
    """The generations in which a workspace can deploy, by their keys; {} where it can only be looked at."""
    return dict(kind("platform", PLATFORMS, workspace.platform).generations)


def generation_of(workspace: Workspace, key: str) -> Generation:
    """A generation of a workspace's platform. Raises UsageError."""
    found = generations(workspace)
    if key in found:
        return found[key]
    if not found:
        raise UsageError(_unmanaged(workspace), phrase("Choose a workspace of a platform that deploys services."))
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


def obstacle(workspace: Workspace, service: Service, action: Action) -> Phrase:
    """Why an action cannot be asked for now; NOTHING where it can. Pure."""
    generation = generations(workspace).get(service.generation)
    if generation is None:
        return _unmanaged(workspace)
    if action not in generation.can:
        return phrase(
            "The {generation} of the platform has no such action: {action}.",
            generation=generation.label,
            action=ACTIONS[action],
        )
    reason = generation.obstacle(action, service.status)
    return reason if str(reason) else NOTHING


def _unmanaged(workspace: Workspace) -> Phrase:
    return phrase("Services of '{name}' cannot be managed from here.", name=workspace.name)
