"""Changes of services of the new generation: what an update sends, and deleting many.

Source: API reference, "Modifying a service" and "Deleting services in batches" of API version 2: what is not sent
stays as it is; a version may be used once (ModelArts.8031), but a change of just the description needs none; an
automatic stop counts only where no description is sent along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.new_bodies import body
from streamscope.kinds.platforms.modelarts.new_checks import NEEDED_WHEN_SHOWN, problems
from streamscope.kinds.platforms.modelarts.new_configurations import configuration as read
from streamscope.kinds.platforms.modelarts.new_pages import pages
from streamscope.kinds.platforms.modelarts.new_reading import AT_ONCE, batches, listed, outcome, segment
from streamscope.kinds.platforms.modelarts.rows import part, rows, text
from streamscope.model.deployment import Configuration, Outcome
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import phrase
from streamscope.tasks import together

Json = dict[str, Any]
_BATCH = 50
_TRIES = 10
"""Versions that are tried where the next ones exist already."""
_TAKEN = "ModelArts.8031"
_FOR_ALL = (401, 429)
"""Statuses that say nothing of one service: asking for each of them singly would make it worse."""


def sound(configuration: Configuration) -> Configuration:
    """The configuration with the defaults of what must be there. Raises UsageError where it breaks a rule."""
    judged = pages((), (), update=True)
    configuration = _filled(configuration)
    wrong = problems(judged, configuration)
    for key, why in wrong.items():
        own = key.rpartition(".")[2]
        label = next(field.label for page in judged for field in page.fields if field.key == own)
        raise UsageError(phrase("{field}: {problem}", field=label, problem=why))
    return configuration


def _filled(configuration: Configuration) -> Configuration:
    every = [(page.repeated, field) for page in pages((), ()) for field in page.fields]
    both = [(repeated, field) for repeated, field in every if field.required or field.key in NEEDED_WHEN_SHOWN]
    plain = {field.key: field.default for repeated, field in both if not repeated and field.default}
    own = {field.key: field.default for repeated, field in both if repeated and field.default}
    portions = tuple({**own, **portion} for portion in configuration.portions)
    return replace(configuration, values={**plain, **configuration.values}, portions=portions)


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


async def deploy(site: Site, configuration: Configuration) -> str:
    """Make a service; its id. Raises UsageError for what the rules forbid, and the tree of errors."""
    sent = body(sound(configuration))
    made = await asked(site, "POST", "v2", "services", sent)
    if own := text(made, "id"):
        return own
    named = await listed(site, "services", "id", name=sent["name"])
    return next((text(row, "id") for row in named if text(row, "name") == sent["name"]), "")


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
    for sent in bodies or ({},):
        if set(sent) == {"description"}:
            await asked(site, "PUT", "v2", f"services/{segment(service)}", sent)
        else:
            await _replace(site, service, configuration, sent, wanted if wanted != now else "", now)


async def _replace(site: Site, service: str, configuration: Configuration, sent: Json, wanted: str, now: str) -> None:
    """One update that makes a version: the wanted one, or the next that is free."""
    several = len(rows(part(configuration.origin, "version").get("instance_groups"))) > 1
    groups = sent.pop("group_configs", []) if several else []
    version = wanted or bumped(now)
    for tries in range(_TRIES):
        try:
            if sent or not groups:
                await asked(site, "PUT", "v2", f"services/{segment(service)}", {**sent, "version": version})
            break
        except PlatformRefusal as error:
            if wanted or error.code != _TAKEN or tries == _TRIES - 1:
                raise
            version = bumped(version)
    await _deployments(site, service, configuration, groups, version)


async def _deployments(
    site: Site, service: str, configuration: Configuration, groups: Sequence[Json], version: str
) -> None:
    """A service takes one group in its own update: several are changed as the deployments that they are."""
    before = body(read(dict(configuration.origin)))["group_configs"]
    for group in groups:
        own = str(group.get("id") or group.get("name"))
        if group not in before:
            path = f"services/{segment(service)}/deployments/{segment(own)}"
            await asked(site, "PUT", "v2", path, {**group, "version": version})


def bumped(version: str) -> str:
    """The next version: 1.0.9 → 1.0.10, 1.0.99 → 1.1.0, up to 99.99.99."""
    try:
        first, second, third = (int(number) for number in version.split("."))
    except ValueError:
        return "1.0.1"
    flat = min(first * 10_000 + second * 100 + third + 1, 999_999)
    return f"{flat // 10_000}.{flat // 100 % 100}.{flat % 100}"


async def delete(site: Site, services: Sequence[str]) -> list[Outcome]:
    """Delete in batches, each service singly where its batch is refused."""
    found: list[Outcome] = []
    for some in batches(services, _BATCH):
        try:
            found += await _deleted(site, some)
        except PlatformRefusal as error:
            if error.status in _FOR_ALL or error.status >= 500:
                found += [outcome(service, error) for service in some]
            elif len(some) == 1:
                found.append(outcome(some[0], error))
            else:
                calls = (partial(_single, site, service) for service in some)
                found += await together(calls, at_once=AT_ONCE, name="delete services")
    return found


async def _single(site: Site, service: str) -> Outcome:
    try:
        return (await _deleted(site, (service,)))[0]
    except PlatformRefusal as error:
        return outcome(service, error)


async def _deleted(site: Site, services: Sequence[str]) -> list[Outcome]:
    answer = await asked(site, "POST", "v2", "services/delete", {"service_ids": list(services)})
    return [_outcome(service, answer) for service in services]


def _outcome(service: str, answer: Mapping[str, Any]) -> Outcome:
    """Where the answer tells of services, each must be among them: one that is not was not deleted."""
    told = rows(answer.get("service_responses"))
    own = next((row for row in told if text(row, "id") == service), None)
    if own is None:
        return Outcome(service, done=not told)
    reason, status = text(own, "failure_reason"), text(own, "status").upper()
    code = text(own, "error_code")
    refused = bool(code) or (bool(reason) and status not in ("DELETING", "DELETED"))
    return Outcome(service, done=not refused, note=(text(own, "error_msg") or reason or code) if refused else "")
