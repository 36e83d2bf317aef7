"""Whoever signs in for a workspace: the token and its life, signing in again, and the projects that may be used."""

from dataclasses import replace

from streamscope.engine import discover, leases
from streamscope.engine.core import Core
from streamscope.kinds.auth.base import Auth
from streamscope.kinds.auth.cache import Token
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Project, Workspace


def signing_in(core: Core, workspace: Workspace) -> Auth:
    """The authentication that a workspace signs in with. Raises UsageError."""
    return discover.sign_in(core, workspace)


def token(core: Core, workspace: Workspace) -> Token | None:
    """The token that the workspace is listed with, where it is in memory. Nothing is fetched, no keyring is asked."""
    return leases.known(core, _draft(core, workspace), workspace)


async def kept(core: Core, workspace: Workspace) -> Token | None:
    """The same, looked for in the keyring, too. Raises the tree of errors."""
    return await leases.living(core, _draft(core, workspace), workspace)


async def renewed(core: Core, workspace: Workspace) -> Token | None:
    """Sign in again, whatever the old token is worth; None where no token is used. Raises the tree of errors."""
    return await leases.renewed(core, _draft(core, workspace), workspace)


async def forgotten(core: Core, workspace: Workspace) -> None:
    """Forget the token, also in the keyring. Raises the tree of errors."""
    await leases.forgotten(core, _draft(core, workspace), workspace)


async def projects(core: Core, workspace: Workspace) -> list[Project]:
    """The projects that may be used, asked for as the region's own project: what the workspace names may be wrong.

    Raises the tree of errors.
    """
    ready = await discover.ready(core, workspace)
    if ready.platform != "sandbox":
        ready = replace(ready, values={**ready.values, "project": ""})
    platform, site = discover.site_of(core, ready)
    found = await platform.projects(site)
    if not found and not platform.account(ready).iam:
        raise UsageError(
            phrase("'{name}' is no platform that has projects.", name=workspace.name),
            phrase("Only workspaces with an identity service have them."),
        )
    return found


def named(found: list[Project], word: str) -> Project:
    """The project of an id or a name. Raises UsageError with those that there are."""
    for one in found:
        if word in (one.id, one.name):
            return one
    words = ", ".join(one.name for one in found) or "-"
    raise UsageError(phrase("There is no project '{word}'.", word=word), phrase("Known are: {words}.", words=words))


def _draft(core: Core, workspace: Workspace) -> Draft:
    auth = signing_in(core, workspace)
    return Draft(auth=Choice(auth.key, credential=workspace.credential), workspace=workspace.name)
