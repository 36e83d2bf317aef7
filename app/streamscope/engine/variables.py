"""The variables of one call: read from where its scope says, only what its texts ask for."""

import asyncio

from streamscope.engine.core import Core
from streamscope.engine.filling import used
from streamscope.model.draft import Draft
from streamscope.model.environment import NO_VARIABLES, Scope, Variables, fill, holes


async def variables(core: Core, draft: Draft, scope: Scope) -> Variables:
    """What fills the draft; nothing is read where it has no hole. Raises UsageError for an unknown environment."""
    return await _known(core, used(draft), scope)


async def text_filled(core: Core, text: str, scope: Scope) -> tuple[str, frozenset[str]]:
    """A text that is sent by hand, filled at this moment, and the secret values to be masked. Raises UsageError."""
    names = {hole.name for hole in holes(text)} if "{{" in text else None
    known = await _known(core, names, scope)
    return fill(text, known), known.secrets


async def _known(core: Core, names: set[str] | None, scope: Scope) -> Variables:
    if names is None:
        return NO_VARIABLES
    return await asyncio.to_thread(core.bench.environments.variables, scope, names)
