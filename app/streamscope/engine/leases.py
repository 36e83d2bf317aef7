"""What an authentication got for a while, such as a token: looked at, got anew, forgotten."""

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.engine.credentials import readable, values
from streamscope.kinds.auth.base import Lease
from streamscope.kinds.auth.cache import Token
from streamscope.kinds.catalog import AUTH, kind
from streamscope.model.draft import Draft
from streamscope.model.service import Workspace


def known(core: Core, draft: Draft, workspace: Workspace | None) -> Token | None:
    """The token that the draft would be sent with, where it is in memory. No keyring is asked, nothing is fetched."""
    auth = kind("auth", AUTH, draft.auth.kind)
    if workspace is not None and workspace.platform == "sandbox" and core.sandbox is not None:
        workspace = core.sandbox.workspace(workspace)
    lease = auth.lease(readable(core, auth, draft, workspace))
    return core.cache.known(lease.name) if lease is not None else None


async def living(core: Core, draft: Draft, workspace: Workspace | None) -> Token | None:
    """The same, looked for in the keyring, too; nothing is fetched. Raises UsageError, CredentialError."""
    lease = await _lease(core, draft, workspace)
    return await core.cache.living(lease.name, proof=lease.proof) if lease is not None else None


async def renewed(core: Core, draft: Draft, workspace: Workspace | None) -> Token | None:
    """Get it anew, whatever the old one is worth. Raises UsageError, CredentialError, ConnectError."""
    lease = await _lease(core, draft, workspace)
    return await core.cache.renew(lease.name, lease.fetch, proof=lease.proof) if lease is not None else None


async def forgotten(core: Core, draft: Draft, workspace: Workspace | None) -> None:
    """Forget it, also in the keyring. Raises UsageError, CredentialError."""
    lease = await _lease(core, draft, workspace)
    if lease is not None:
        await core.cache.forget(lease.name)


async def _lease(core: Core, draft: Draft, workspace: Workspace | None) -> Lease | None:
    auth = kind("auth", AUTH, draft.auth.kind)
    ready = await discover.ready(core, workspace) if workspace is not None else None
    return auth.lease(await values(core, auth, draft, ready))
