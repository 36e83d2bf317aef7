"""What an update of a service of the new generation sends.

Source: API reference, "Modifying a service" and "Modifying a deployment" of API version 2: what is not sent stays as it
is; a version may be used once (ModelArts.8031), but a change of just the description needs none; an automatic stop
counts only where no description is sent along; one deployment may go along with the service, several are changed by
themselves.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.new_bodies import body
from streamscope.kinds.platforms.modelarts.new_changes import sound
from streamscope.kinds.platforms.modelarts.new_configurations import configuration as read
from streamscope.kinds.platforms.modelarts.new_reading import segment
from streamscope.kinds.platforms.modelarts.rows import part, text
from streamscope.model.deployment import Configuration
from streamscope.model.errors import HalfDone, PlatformRefusal, StreamscopeError, UsageError
from streamscope.model.phrase import phrase

Json = dict[str, Any]
Step = Callable[[], Awaitable[Any]]
_TRIES = 10
"""Versions that are tried where the next ones exist already."""
_TAKEN = "ModelArts.8031"


def differences(configuration: Configuration) -> tuple[Json, ...]:
    """The bodies that bring a service from its origin to a configuration, in order, without their version; () for none.

    A description goes ahead where an automatic stop changes, too.
    """
    before, after = body(read(dict(configuration.origin))), body(configuration)
    changed = {key: value for key, value in after.items() if key != "version" and value != before.get(key)}
    if not ("description" in changed and "schedule" in changed):
        return (changed,) if changed else ()
    description = {"description": changed.pop("description")}
    return description, changed


async def update(site: Site, service: str, configuration: Configuration) -> None:
    """Send what is different. Raises UsageError where nothing is, and the tree of errors."""
    if not configuration.origin:
        configuration = replace(configuration, origin=await asked(site, "GET", "v2", f"services/{segment(service)}"))
    configuration = sound(configuration)
    bodies = differences(configuration)
    now = text(part(configuration.origin, "version"), "version") or "1.0.0"
    wanted = configuration.values.get("version", "").strip()
    if not bodies and wanted in ("", now):
        raise UsageError(phrase("Nothing is different from what the service is."))
    before = body(read(dict(configuration.origin)))["group_configs"]
    steps: list[Step] = []
    for sent in bodies or ({},):
        groups = sent.get("group_configs")
        alone = groups is not None and (len(groups), len(before)) != (1, 1)
        rest = {key: value for key, value in sent.items() if not (alone and key == "group_configs")}
        if set(rest) == {"description"}:
            steps.append(partial(asked, site, "PUT", "v2", f"services/{segment(service)}", rest))
        elif rest or not alone:
            steps.append(partial(_replace, site, service, rest, wanted if wanted != now else "", now))
        if alone and groups is not None:
            requests = _deployments(service, before, groups)
            steps += [partial(asked, site, method, "v2", path, made) for method, path, made in requests]
    await _all(service, steps)


async def _all(service: str, steps: Sequence[Step]) -> None:
    """Take the steps in order. Raises HalfDone where one fails that is not the first."""
    for done, step in enumerate(steps):
        try:
            await step()
        except StreamscopeError as error:
            if not done:
                raise
            raise HalfDone(
                phrase("The service was changed in part: {problem}", problem=error.message),
                phrase("Update it again once its state no longer changes: only what is left will be sent."),
                error.cause,
                id=service,
            ) from error


async def _replace(site: Site, service: str, sent: Json, wanted: str, now: str) -> None:
    """One update that makes a version: the wanted one, or the next that is free."""
    version = wanted or bumped(now)
    for left in reversed(range(_TRIES)):
        try:
            await asked(site, "PUT", "v2", f"services/{segment(service)}", {**sent, "version": version})
        except PlatformRefusal as error:
            if wanted or error.code != _TAKEN or not left:
                raise
            version = bumped(version)
        else:
            return


def _deployments(service: str, before: Sequence[Json], after: Sequence[Json]) -> list[tuple[str, str, Json | None]]:
    """Requests that add, change and take away deployments, those that are new first: calls need somewhere to go."""
    base = f"services/{segment(service)}/deployments"
    known = {str(group.get("id")): group for group in before}
    kept = {str(group["id"]): group for group in after if str(group.get("id")) in known}
    added = [group for group in after if str(group.get("id")) not in known]
    changed = [(own, group) for own, group in kept.items() if group != known[own]]
    return [
        *(("POST", base, group) for group in added),
        *(("PUT", f"{base}/{segment(own)}", group) for own, group in changed),
        *(("DELETE", f"{base}/{segment(gone)}", None) for gone in known if gone not in kept),
    ]


def bumped(version: str) -> str:
    """The next version: 1.0.9 → 1.0.10, 1.0.99 → 1.1.0, up to 99.99.99."""
    try:
        first, second, third = (int(number) for number in version.split("."))
    except ValueError:
        return "1.0.1"
    flat = min(first * 10_000 + second * 100 + third + 1, 999_999)
    return f"{flat // 10_000}.{flat // 100 % 100}.{flat % 100}"
