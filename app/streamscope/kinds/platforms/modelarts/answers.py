"""Asking the management interface, and its refusals in the user's words."""

import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from streamscope.kinds.net import Reply
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts import regions
from streamscope.kinds.platforms.modelarts.codes import meaning
from streamscope.kinds.platforms.modelarts.deeds import deed
from streamscope.model.errors import ExchangeError, PlatformRefusal
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Workspace

_PASSING = (401, 429)
"""Refusals that say nothing of what was asked for."""


def management(workspace: Workspace) -> str:
    """The address of a workspace's management interface, its region's where none is given."""
    values = workspace.values
    return values.get("management") or regions.management(values.get("region", ""))


async def asked(
    site: Site, method: str, version: str, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One request below /VERSION/PROJECT/ and its JSON object, {} where a success says nothing.

    `path` is quoted already and may bear a query. Raises PlatformRefusal for a status that is no success and for an
    answer that is no JSON object, and what the network raises.
    """
    reply = await answer(site, method, version, path, body)
    if not reply.body.strip():
        return {}
    read = _read(reply.body)
    if read is None:
        raise _refusal(method, version, path, reply, body)
    return read


async def answer(site: Site, method: str, version: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
    """The same as the whole answer, where a success is no JSON. Raises PlatformRefusal for a status that is none."""
    project = site.workspace.values.get("project", "")
    sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
    reply = await site.call(method, f"{management(site.workspace)}/{version}/{project}/{path}", sent)
    if not 200 <= reply.status < 300:
        raise _refusal(method, version, path, reply, body)
    return reply


async def optional(site: Site, version: str, path: str) -> dict[str, Any]:
    """An answer that older regions or missing permissions may not give: {} then.

    Raises PlatformRefusal where it is only the moment that is wrong, 401 and 429: what is missing then would be taken
    for what is not there.
    """
    try:
        return await asked(site, "GET", version, path)
    except PlatformRefusal as error:
        if error.status in _PASSING:
            raise
        return {}
    except ExchangeError:
        return {}


def code_of(body: bytes) -> tuple[str, str]:
    """Code and text of a refusal; '' each where it has none."""
    read = _read(body) or {}
    return str(read.get("error_code") or ""), str(read.get("error_msg") or "")


def _refusal(method: str, version: str, path: str, reply: Reply, body: Mapping[str, Any] | None) -> PlatformRefusal:
    """What was refused, why, and what to try; the code's meaning is told where it is known."""
    what, permission = deed(method, version, path, body)
    code, said = code_of(reply.body)
    said = ": ".join(word for word in (code, said) if word) or _outline(reply.body)
    known = meaning(code, reply.status)
    if known is None:
        told = phrase("The platform refused to {deed} ({status}): {told}", deed=what, status=reply.status, told=said)
        hint = phrase("Check region and project.")
    else:
        told = phrase(
            "The platform refused to {deed} ({status}): {meaning} ({told})",
            deed=what, status=reply.status, meaning=known.meaning, told=said,
        )  # fmt: skip
        hint = known.remedy
    if permission and reply.status == 403:
        hint = _with_permission(hint, permission)
    elif permission and known is None:
        hint = phrase("Check region, project and the permission {permission}.", permission=permission)
    query = path.partition("?")[0]
    return PlatformRefusal(
        told,
        hint,
        cause=f"{method} /{version}/…/{query}",
        status=reply.status,
        retry_after=_seconds(reply.header("Retry-After")),
        code=code,
    )


def _with_permission(remedy: Phrase, permission: str) -> Phrase:
    if remedy == NOTHING:
        return phrase("The permission for it is {permission}.", permission=permission)
    return phrase("{remedy} The permission for it is {permission}.", remedy=remedy, permission=permission)


def _outline(body: bytes) -> str:
    """What an answer without a code says: the beginning of a text; markup and binary data say nothing."""
    said = " ".join(body.decode("utf-8", "replace").split())
    return said[:200] if said and said[0] not in "<[{" and "\ufffd" not in said else "no JSON"


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _seconds(text: str) -> float:
    """Retry-After as seconds from now; 0 where it is not there or makes no sense (RFC 9110, section 10.2.3)."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0
