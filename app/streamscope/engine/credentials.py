"""Where an authentication's values come from: the draft, the environment's variables, the keyring, the sandbox."""

import asyncio
import os
from collections.abc import Mapping

from streamscope.engine.core import Core
from streamscope.kinds.auth.base import Auth, Values
from streamscope.kinds.catalog import PLATFORMS, kind
from streamscope.model.draft import Draft
from streamscope.model.errors import CredentialError
from streamscope.model.field import check, missing
from streamscope.model.phrase import phrase
from streamscope.model.service import Route, Tls, Workspace
from streamscope.model.url import Url


def variable(auth: str, field: str) -> str:
    """The environment variable of a field: STREAMSCOPE_<AUTH>_<FIELD>."""
    return f"STREAMSCOPE_{auth}_{field}".upper()


async def values(core: Core, auth: Auth, draft: Draft, workspace: Workspace | None, way: Route | None = None) -> Values:
    """Everything that an authentication is given.

    Raises UsageError for an unknown field, CredentialError for a missing one.
    """
    given = draft.auth.values if draft.auth.kind == auth.key else {}
    check(auth.fields, given, auth.key)
    found = {field.key: field.default for field in auth.fields if field.default}
    if core.sandbox is not None and workspace is not None and workspace.platform == "sandbox" and auth.accepted_as:
        secrets = core.sandbox.secrets
        found |= {field.key: secrets[field.key] for field in auth.fields if field.key in secrets}
    elif workspace is not None:
        found |= await asyncio.to_thread(_kept, core, auth, workspace)
    found |= {
        field.key: os.environ[variable(auth.key, field.key)]
        for field in auth.fields
        if os.environ.get(variable(auth.key, field.key))
    }
    found |= {key: value for key, value in given.items() if value}
    lacking = missing(auth.fields, found)
    if lacking:
        raise _lacking(auth, [field.key for field in lacking])
    account = kind("platform", PLATFORMS, workspace.platform).account(workspace) if workspace else None
    tls = trust(draft, workspace)
    road = way or Route(
        Url("https", "iam.invalid"), tls=tls, proxy=draft.proxy or (workspace.proxy if workspace else "")
    )
    if account is None:
        return Values(found, cache=core.cache, net=core.net, way=road)
    return Values(found, account, core.cache, core.net, road)


def trust(draft: Draft, workspace: Workspace | None) -> Tls:
    """How certificates are judged: as the draft says, else as the workspace says."""
    return Tls(
        draft.ca or (workspace.ca if workspace else ""),
        draft.insecure or (workspace.insecure if workspace else False),
        workspace.trusted if workspace else (),
    )


def _kept(core: Core, auth: Auth, workspace: Workspace) -> Mapping[str, str]:
    """What the workspace's own values and the keyring hold."""
    held = {}
    for field in auth.fields:
        value = core.bench.secrets.get(workspace.name, auth.key, field.key)
        if value is None and field.kind != "secret":
            value = workspace.values.get(f"{auth.key}.{field.key}")
        if value:
            held[field.key] = value
    return held


def _lacking(auth: Auth, fields: list[str]) -> CredentialError:
    names = ", ".join(fields)
    return CredentialError(
        phrase("The authentication '{auth}' lacks: {fields}.", auth=auth.key, fields=names),
        phrase(
            "Fill them in, keep them in the keyring, set {variable}, or use --set {field}=VALUE "
            "(--set {field}=@- reads it from standard input).",
            variable=variable(auth.key, fields[0]),
            field=fields[0],
        ),
    )
