"""Services of the new generation are made and deleted.

Source: API reference, "Creating a service" and "Deleting services in batches" of API version 2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.new_bodies import body
from streamscope.kinds.platforms.modelarts.new_checks import NEEDED_WHEN_SHOWN, problems
from streamscope.kinds.platforms.modelarts.new_pages import pages
from streamscope.kinds.platforms.modelarts.new_reading import AT_ONCE, batches, listed, outcome
from streamscope.kinds.platforms.modelarts.rows import rows, text
from streamscope.model.deployment import Configuration, Outcome
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import phrase
from streamscope.tasks import together

Json = dict[str, Any]
_BATCH = 50
_NOT_OWNER = "ModelArts.3540"
"""The one lack of permission that is for one service."""


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


async def deploy(site: Site, configuration: Configuration) -> str:
    """Make a service; its id. Raises UsageError for what the rules forbid, and the tree of errors."""
    sent = body(sound(configuration))
    made = await asked(site, "POST", "v2", "services", sent)
    if own := text(made, "id"):
        return own
    named = await listed(site, "services", "id", name=sent["name"])
    return next((text(row, "id") for row in named if text(row, "name") == sent["name"]), "")


async def delete(site: Site, services: Sequence[str]) -> list[Outcome]:
    """Delete in batches, each service singly where its batch is refused."""
    found: list[Outcome] = []
    for some in batches(services, _BATCH):
        try:
            found += await _deleted(site, some)
        except PlatformRefusal as error:
            if _for_all(error):
                found += [outcome(service, error) for service in some]
            elif len(some) == 1:
                found.append(outcome(some[0], error))
            else:
                calls = (partial(_single, site, service) for service in some)
                found += await together(calls, at_once=AT_ONCE, name="delete services")
    return found


def _for_all(error: PlatformRefusal) -> bool:
    """Whether a refusal says nothing of one service: asking for each of them singly would make it worse."""
    return error.status in (401, 429) or error.status >= 500 or (error.status == 403 and error.code != _NOT_OWNER)


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
