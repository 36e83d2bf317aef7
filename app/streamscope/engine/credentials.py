"""Where an authentication's values come from.

Each field has the first of these that gives it something:

1. what is typed into the draft;
2. the credential that the draft names;
3. the workspace's own: the credential that it signs in with, where that is for the same authentication, then what was
   kept for the workspace (secret values in the keyring, others in its table);
4. the environment variable STREAMSCOPE_<AUTH>_<FIELD>;
5. in the sandbox's workspace, what the sandbox knows of itself;
6. the field's default.

A credential is whole by itself: where it has all that is required, its optional fields are not filled from 3 to 5,
since parts of two accounts make no proof.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TypeVar

from streamscope.engine.core import Core
from streamscope.kinds.auth.base import Auth, Values
from streamscope.kinds.catalog import AUTH, PLATFORMS, kind
from streamscope.kinds.channels.base import resolved
from streamscope.model.draft import Draft
from streamscope.model.errors import CredentialError, KeyringError
from streamscope.model.field import Field, check, missing
from streamscope.model.phrase import phrase
from streamscope.model.service import Account, Route, Tls, Workspace
from streamscope.model.url import Url, parse_url
from streamscope.store import secrets
from streamscope.store.credentials import check_kind
from streamscope.store.secrets import Secrets
from streamscope.tasks import aside

_T = TypeVar("_T")


def variable(auth: str, field: str) -> str:
    """The environment variable of a field: STREAMSCOPE_<AUTH>_<FIELD>."""
    return f"STREAMSCOPE_{auth}_{field}".upper()


async def values(core: Core, auth: Auth, draft: Draft, workspace: Workspace | None) -> Values:
    """Everything that an authentication is given.

    Raises UsageError for an unknown field or credential, KeyringError, CredentialError for a missing one.
    """
    chosen = draft.auth if draft.auth.kind == auth.key else None
    typed = {key: value for key, value in chosen.values.items() if value} if chosen is not None else {}
    check(auth.fields, typed, auth.key)
    found, refusal = dict(typed), None
    if chosen is not None and chosen.credential:
        found = {**await _of_credential(core, auth, chosen.credential), **found}
    if not (chosen is not None and chosen.credential) or missing(auth.fields, found):
        if workspace is not None:
            own, refusal = await _of_workspace(core, auth, workspace)
            found = {**own, **found}
        found = {**_surroundings(core, auth, workspace), **found}
    found = {**{field.key: field.default for field in auth.fields if field.default}, **found}
    if lacking := missing(auth.fields, found):
        raise refusal or _lacking(auth, [field.key for field in lacking])
    account = kind("platform", PLATFORMS, workspace.platform).account(workspace) if workspace else Account()
    way = _way(found.get("iam") or account.iam, draft, workspace)
    return Values(found, account, core.cache, core.net, way, core.ask)


def _way(iam: str, draft: Draft, workspace: Workspace | None) -> Route:
    """How the identity service is reached; without an address of one, how it would be."""
    url = parse_url(iam) if iam else Url("https", "iam.invalid")
    names = (*draft.resolve, *(workspace.resolve if workspace else ()))
    connect = resolved(names, url.host, url.actual_port)
    return Route(url, connect, trust(draft, workspace), draft.proxy or (workspace.proxy if workspace else ""))


def readable(core: Core, auth: Auth, draft: Draft, workspace: Workspace | None) -> Values:
    """The same as far as it can be told without a keyring: no secret value of a credential or a workspace is in it."""
    found = {**_surroundings(core, auth, workspace)}
    names = [draft.auth.credential, workspace.credential if workspace is not None else ""]
    for name in reversed([name for name in names if name]):
        named = core.bench.credentials.find(name)
        if named is not None and named.auth == auth.key:
            found = {**found, **named.values}
    found = {**found, **{key: value for key, value in draft.auth.values.items() if value}}
    account = kind("platform", PLATFORMS, workspace.platform).account(workspace) if workspace else Account()
    return Values(found, account)


async def asked(call: Callable[..., _T], *arguments: object) -> _T:
    """A call that may wait for the keyring, off the loop. Raises KeyringError where it does not answer in time."""
    try:
        return await aside(call, *arguments, limit=secrets.PATIENCE)
    except TimeoutError as error:
        raise secrets.silent(secrets.PATIENCE) from error


def trust(draft: Draft, workspace: Workspace | None) -> Tls:
    """How certificates are judged: as the draft says, else as the workspace says."""
    return Tls(
        draft.ca or (workspace.ca if workspace else ""),
        draft.insecure or (workspace.insecure if workspace else False),
        workspace.trusted if workspace else (),
    )


def parted(fields: tuple[Field, ...], given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Values in two: the readable ones, and the secret ones."""
    secret = {field.key for field in fields if field.kind == "secret"}
    return (
        {key: value for key, value in given.items() if key not in secret},
        {key: value for key, value in given.items() if key in secret},
    )


def own_entries(workspace: str) -> list[str]:
    """What a workspace's own secrets may be called in the keyring: to be removed or moved with it."""
    return [
        f"{workspace}/{auth.key}/{field.key}"
        for auth in AUTH.values()
        for field in auth.fields
        if field.kind == "secret"
    ]


def move_own(kept: Secrets, name: str, new: str) -> None:
    """Move what was kept for a workspace alone to its new name. Blocks. Raises KeyringError."""
    for before, after in zip(own_entries(name), own_entries(new), strict=True):
        if value := kept.load(before):
            kept.save(after, value)
            kept.remove(before)


def forget_own(kept: Secrets, names: Iterable[str]) -> None:
    """Forget what was kept for workspaces alone, as far as the keyring lets it. Blocks."""
    for entry in [entry for name in names for entry in own_entries(name)]:
        with suppress(KeyringError):
            kept.remove(entry)


async def _of_credential(core: Core, auth: Auth, name: str) -> dict[str, str]:
    credentials = core.bench.credentials
    credential = credentials.get(name)
    check_kind(credential, auth.key)

    def read() -> dict[str, str]:
        held = credentials.secrets(name)
        credentials.note_use(name)
        return held

    known = {field.key for field in auth.fields}
    held = {**credential.values, **await asked(read)}
    return {key: value for key, value in held.items() if value and key in known}


async def _of_workspace(core: Core, auth: Auth, workspace: Workspace) -> tuple[dict[str, str], KeyringError | None]:
    """The credential that the workspace signs in with, where it is of this kind, over what was kept for it; and what
    the keyring said where it gave nothing."""
    named = core.bench.credentials.find(workspace.credential) if workspace.credential else None
    if named is not None and named.auth == auth.key:
        held = await _of_credential(core, auth, named.name)
        if not missing(auth.fields, held):
            return held, None
        own, refusal = await asked(_kept, core, auth, workspace)
        return {**own, **held}, refusal
    if workspace.platform == "sandbox" and auth.accepted_as:
        return {}, None
    return await asked(_kept, core, auth, workspace)


def _surroundings(core: Core, auth: Auth, workspace: Workspace | None) -> dict[str, str]:
    """What the environment's variables say, and the running sandbox of itself."""
    found: dict[str, str] = {}
    if core.sandbox is not None and workspace is not None and workspace.platform == "sandbox" and auth.accepted_as:
        known = core.sandbox.secrets
        found = {field.key: known[field.key] for field in auth.fields if field.key in known}
    for field in auth.fields:
        if given := os.environ.get(variable(auth.key, field.key)):
            found[field.key] = given
    return found


def _kept(core: Core, auth: Auth, workspace: Workspace) -> tuple[dict[str, str], KeyringError | None]:
    """What the workspace's own table and the keyring hold, and why the keyring gave nothing. Blocks."""
    held, refusal = {}, None
    for field in auth.fields:
        value = None
        if field.kind != "secret":
            value = workspace.values.get(f"{auth.key}.{field.key}")
        elif refusal is None:  # one that said no is not asked again: it may put a window before the person each time
            try:
                value = core.bench.secrets.read(f"{workspace.name}/{auth.key}/{field.key}")
            except KeyringError as error:
                refusal = error
        if value:
            held[field.key] = value
    return held, refusal


def _lacking(auth: Auth, fields: list[str]) -> CredentialError:
    names = ", ".join(fields)
    return CredentialError(
        phrase("The authentication '{auth}' lacks: {fields}.", auth=auth.key, fields=names),
        phrase(
            "Fill them in, choose a credential, keep them in the keyring, set {variable}, or use --set {field}=VALUE "
            "(--set {field}=@- reads it from standard input).",
            variable=variable(auth.key, fields[0]),
            field=fields[0],
        ),
    )
