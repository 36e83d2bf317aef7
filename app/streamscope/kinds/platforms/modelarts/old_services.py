"""Deploying and managing services of the old generation.

Source: API reference, "Service management" of API version 1.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Generation
from streamscope.kinds.platforms.modelarts import old_bodies, old_figures, old_pages, old_rules, old_words
from streamscope.kinds.platforms.modelarts.answers import asked, optional
from streamscope.kinds.platforms.modelarts.apps import OldApps
from streamscope.kinds.platforms.modelarts.old_paging import paged
from streamscope.kinds.platforms.modelarts.rows import happening, moment, rows, text
from streamscope.model.deployment import Action, App, Configuration, Figures, Instance, Model, Outcome, Page, Revision
from streamscope.model.errors import HalfDone, PlatformRefusal, StreamscopeError, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Happening

_EVENTS = 200
_TOGETHER = 20
"""Services deleted with one request: a comma list of this many ids is well below the limit of a URI."""
_NOT_FOUND = "ModelArts.3502"
_OF_ONE = (400, 404, 409)
"""Statuses that are about one service, so that the others may be deleted."""


class OldServices(Generation):
    """The old generation: models are imported first, a service spreads its calls over them by weights."""

    key = "v1"
    label = phrase("old generation")
    help = phrase("Models of the model library; Apps may call.")
    can: ClassVar[frozenset[Action]] = old_words.CAN
    _apps: ClassVar[OldApps] = OldApps()

    @property
    def apps(self) -> OldApps:
        """Applications that may call services."""
        return self._apps

    def obstacle(self, action: Action, status: str) -> Phrase:
        """Why an action makes no sense in a status; NOTHING where it does."""
        return old_words.obstacle(action, status)

    async def models(self, site: Site) -> list[Model]:
        """The account's models, the newest first."""
        found = await paged(site, "models", "models", "model_id", {"sort_by": "create_at", "order": "desc"})
        return sorted((_model(row) for row in found), key=lambda one: one.created, reverse=True)

    async def pages(self, site: Site, *, update: bool = False) -> tuple[Page, ...]:
        """The service, its models, and where it runs. Without the permission to list applications none is offered."""
        models, specifications, apps = await asyncio.gather(
            self.models(site), _specifications(site), _offered(self._apps, site, update=update)
        )
        return (
            old_pages.basics(apps, update=update),
            old_pages.models_page(models, specifications),
            old_pages.more(update=update),
        )

    def checked(self, pages: Sequence[Page], configuration: Configuration) -> dict[str, Phrase]:
        """What is wrong with a configuration by the documented rules."""
        return old_rules.checked(pages, configuration)

    async def configuration(self, site: Site, service: str) -> Configuration:
        """What a service is now."""
        return old_bodies.read(await _detail(site, service))

    async def deploy(self, site: Site, configuration: Configuration) -> str:
        """Make a service, then let the chosen applications in. Raises HalfDone where only the first was done."""
        wanted = await self._wanted(site, configuration)
        answer = await asked(site, "POST", "v1", "services", old_bodies.created(configuration))
        service = text(answer, "service_id")
        if not service:
            raise HalfDone(
                phrase("The platform took the deployment, but did not say which service it made."),
                phrase("Refresh the list and look for it."),
            )
        if wanted:
            await self._let_in(site, service, wanted)
        return service

    async def update(self, site: Site, service: str, configuration: Configuration) -> None:
        """Change a service: only what differs is sent. Raises UsageError where nothing does."""
        body = old_bodies.changed(configuration)
        if not body:
            raise UsageError(phrase("Nothing is changed."), phrase("Change something, then update the service."))
        await asked(site, "PUT", "v1", _path(service), body)

    async def start(self, site: Site, service: str) -> None:
        """Begin to start a service."""
        await asked(site, "PUT", "v1", _path(service), {"status": "running"})

    async def stop(self, site: Site, service: str) -> None:
        """Begin to stop a service."""
        await asked(site, "PUT", "v1", _path(service), {"status": "stopped"})

    async def delete(self, site: Site, services: Sequence[str]) -> list[Outcome]:
        """Delete services, several with one request; where one of them is refused each alone, to know which.

        Raises the tree of errors where the very first request found no answer.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(services), _TOGETHER):
            batch = services[start : start + _TOGETHER]
            try:
                outcomes += await _batch_deleted(site, batch)
            except PlatformRefusal as error:
                outcomes += [_outcome(one, error) for one in batch]
            except StreamscopeError as error:
                if not outcomes:
                    raise
                return outcomes + [Outcome(one, done=False, note=str(error.message)) for one in services[start:]]
        return outcomes

    async def scale(self, site: Site, service: str, portion: str, count: int) -> None:
        """Let a model of a service have so many instances. Raises UsageError for a model that it does not have."""
        detail = await _detail(site, service)
        body = old_bodies.scaled(detail, portion, count)
        if body is None:
            names = ", ".join(old_figures.titled(row) for row in rows(detail.get("config")))
            raise UsageError(
                phrase("The service has no model '{name}'.", name=portion)
                if portion
                else phrase("The service has several models."),
                phrase("Known are: {words}.", words=names or "-"),
            )
        await asked(site, "PUT", "v1", _path(service), body)

    async def happenings(self, site: Site, service: str) -> list[Happening]:
        """The latest events, the newest first."""
        query = urlencode({"limit": _EVENTS, "offset": 0, "sort_by": "occur_time", "order": "desc"})
        answer = await asked(site, "GET", "v1", f"{_path(service)}/events?{query}")
        found = [happening(row, "occur_time") for row in rows(answer.get("events"))]
        return sorted(found, key=lambda one: one.at, reverse=True)

    async def instances(self, site: Site, service: str) -> list[Instance]:
        """The copies of each model, as far as details, monitor and, in a dedicated pool, addresses tell."""
        detail, monitor = await asyncio.gather(
            _detail(site, service), optional(site, "v1", f"{_path(service)}/monitor")
        )
        hosts: dict[str, Any] = {}
        if old_figures.dedicated(detail):  # asking for addresses is rationed: 20 times a minute
            hosts = await optional(site, "v1", f"{_path(service)}/predict/endpoints?type=host_endpoints")
        return old_figures.instances(detail, monitor, hosts)

    async def figures(self, site: Site, service: str) -> Figures | None:
        """The monitor as it is now."""
        return old_figures.figures(await asked(site, "GET", "v1", f"{_path(service)}/monitor"), time.time())

    async def revisions(self, site: Site, service: str) -> list[Revision]:
        """The updates, the newest first."""
        return old_figures.revisions(await asked(site, "GET", "v1", f"{_path(service)}/logs"))

    async def _wanted(self, site: Site, configuration: Configuration) -> list[str]:
        """The ids of the applications that are to be let in. Raises UsageError for one that is not there."""
        values = configuration.values
        names = [line.strip() for line in values.get("apps", "").splitlines() if line.strip()]
        if not values.get("app_auth") or not names:
            return []
        known = await self._apps.all(site)
        found = []
        for name in names:
            one = next((app for app in known if name in (app.id, app.name)), None)
            if one is None:
                raise UsageError(
                    phrase("There is no application '{name}'.", name=name),
                    phrase("Known are: {words}.", words=", ".join(app.name for app in known) or "-"),
                )
            found.append(one.id)
        return found

    async def _let_in(self, site: Site, service: str, apps: Sequence[str]) -> None:
        hint = phrase("Authorise the applications once the service runs.")
        try:
            outcomes = await self._apps.authorise(site, service, apps)
        except StreamscopeError as error:
            told = phrase("The service is being deployed, but no application may call it yet: {why}", why=error.message)
            raise HalfDone(told, hint, error.cause, id=service) from error
        refused = [one.note or one.id for one in outcomes if not one.done]
        if refused:
            told = phrase(
                "The service is being deployed, but not every application may call it: {why}", why=", ".join(refused)
            )
            raise HalfDone(told, hint, id=service)


def _path(service: str) -> str:
    return f"services/{quote(service, safe='')}"


async def _detail(site: Site, service: str) -> dict[str, Any]:
    return await asked(site, "GET", "v1", _path(service))


async def _specifications(site: Site) -> list[dict[str, Any]]:
    query = {"is_personal_cluster": "false", "infer_type": "real-time"}
    return await paged(site, "services/specifications", "specifications", "specification", query)


async def _offered(apps: OldApps, site: Site, *, update: bool) -> list[App]:
    if update:
        return []
    try:
        return await apps.all(site)
    except PlatformRefusal:
        return []


async def _batch_deleted(site: Site, batch: Sequence[str]) -> list[Outcome]:
    """What became of each. Raises PlatformRefusal for what is wrong with the caller, not with one of the services."""
    try:
        await asked(site, "DELETE", "v1", "services/" + ",".join(quote(one, safe="") for one in batch))
    except PlatformRefusal as error:
        if len(batch) == 1 or error.status not in _OF_ONE:
            raise
        return [await _deleted(site, one) for one in batch]
    return [Outcome(one, done=True) for one in batch]


async def _deleted(site: Site, service: str) -> Outcome:
    try:
        await asked(site, "DELETE", "v1", _path(service))
    except PlatformRefusal as error:
        return _outcome(service, error)
    return Outcome(service, done=True)


def _outcome(service: str, error: PlatformRefusal) -> Outcome:
    """What became of one; what is not there any more is deleted."""
    if error.status == 404 and error.code == _NOT_FOUND:
        return Outcome(service, done=True)
    return Outcome(service, done=False, note=f"{error.message} {error.hint}".strip())


def _model(row: dict[str, Any]) -> Model:
    status = text(row, "model_status")
    return Model(
        text(row, "model_id"),
        text(row, "model_name"),
        text(row, "model_version"),
        status,
        text(row, "description"),
        moment(row, "create_at"),
        text(row, "model_source"),
        ready=status.lower() in ("published", ""),
    )
