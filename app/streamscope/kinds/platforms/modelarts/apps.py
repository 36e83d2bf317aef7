"""Applications of the old generation's App authentication.

Source: API reference, "App authentication management" (v1). Paths of list, create, detail and deletion follow their
siblings'.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Apps
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.old_paging import paged
from streamscope.kinds.platforms.modelarts.rows import moment, part, rows, text, whole
from streamscope.model.deployment import App, Outcome
from streamscope.model.errors import PlatformRefusal

_WORKSPACE = "0"


class OldApps(Apps):
    """What may call with an App code, an App key or App signatures."""

    async def all(self, site: Site) -> list[App]:
        """Every application, page after page."""
        return [app(row) for row in await paged(site, "app-auth/apps", "apps", "app_id", {})]

    async def create(self, site: Site, name: str, description: str = "") -> App:
        """Make an application, with its key and secret."""
        answer = await asked(site, "POST", "v1", "app-auth/apps", {"app_name": name, "app_remark": description})
        return await self._whole(site, answer)

    async def delete(self, site: Site, app: str) -> None:
        """Delete an application by its id."""
        await asked(site, "DELETE", "v1", _path(app))

    async def add_code(self, site: Site, app: str) -> App:
        """Give an application one more App code."""
        await asked(site, "POST", "v1", f"{_path(app)}/app-code", {})
        return await self._again(site, app)

    async def reset_code(self, site: Site, app: str, code: str) -> App:
        """Replace one of an application's codes."""
        await asked(site, "PUT", "v1", f"{_path(app)}/app-code/{quote(code, safe='')}", {})
        return await self._again(site, app)

    async def delete_code(self, site: Site, app: str, code: str) -> None:
        """Take one of an application's codes away."""
        await asked(site, "DELETE", "v1", f"{_path(app)}/app-code/{quote(code, safe='')}")

    async def reset_secret(self, site: Site, app: str) -> App:
        """Give an application another secret."""
        await asked(site, "PUT", "v1", f"{_path(app)}/app-secret", {})
        return await self._again(site, app)

    async def one(self, site: Site, app_id: str) -> App:
        """An application by its id."""
        return app(_inner(await asked(site, "GET", "v1", _path(app_id))))

    async def _again(self, site: Site, app_id: str) -> App:
        """An application after a change; from the list where the platform describes none alone."""
        try:
            return await self.one(site, app_id)
        except PlatformRefusal:
            found = next((one for one in await self.all(site) if one.id == app_id), None)
            if found is None:
                raise
            return found

    async def exists(self, site: Site, name: str) -> bool:
        """Whether an application of this name exists."""
        answer = await asked(site, "GET", "v1", f"app-auth/apps/{quote(name, safe='')}/exists")
        return answer.get("exist") is True or answer.get("exists") is True

    async def authorised(self, site: Site, service: str) -> list[App]:
        """The applications that may call a service."""
        return [app(row) for row in rows((await self._api(site, service)).get("authed_apps"))]

    async def authorise(self, site: Site, service: str, apps: Sequence[str]) -> list[Outcome]:
        """Let applications (their ids) call a service; it is registered for them where it was not yet."""
        api = await self._api(site, service)
        number = text(api, "api_id")
        path = f"services/{service}/app-auth-api"
        if number:
            path = f"services/{service}/app-auth-apis/{quote(number, safe='')}/app-auth-api"
        answer = await asked(site, "POST", "v1", path, _body(apps))
        return _outcomes(apps, answer)

    async def revoke(self, site: Site, service: str, apps: Sequence[str]) -> list[Outcome]:
        """Let applications call a service no more."""
        number = text(await self._api(site, service), "api_id")
        if not number:
            return [Outcome(one, done=True) for one in apps]
        path = f"services/{service}/app-auth-apis/{quote(number, safe='')}/app-auth-api"
        return _outcomes(apps, await asked(site, "DELETE", "v1", path, _body(apps)))

    async def _api(self, site: Site, service: str) -> dict[str, Any]:
        answer = await asked(site, "GET", "v1", f"services/{service}/api-auths?workspace_id={_WORKSPACE}")
        return part(answer, "app_auth_api")

    async def _whole(self, site: Site, answer: dict[str, Any]) -> App:
        """What creation answered, asked for again where it told no more than an id."""
        made = app(_inner(answer))
        if made.id and not made.secret:
            try:
                return await self.one(site, made.id)
            except PlatformRefusal:
                return made
        return made


def app(row: dict[str, Any]) -> App:
    """An application as every answer tells it."""
    codes = row.get("app_codes")
    return App(
        text(row, "app_id"),
        text(row, "app_name"),
        text(row, "app_key"),
        text(row, "app_secret"),
        tuple(str(code) for code in codes if code) if isinstance(codes, list) else (),
        text(row, "app_remark"),
        moment(row, "created_at"),
        whole(row, "bounded_api_count"),
    )


def _inner(answer: dict[str, Any]) -> dict[str, Any]:
    return part(answer, "app") or answer


def _path(app_id: str) -> str:
    return f"app-auth/apps/{quote(app_id, safe='')}"


def _body(apps: Sequence[str]) -> dict[str, Any]:
    return {"apps": [{"app_id": one} for one in apps], "workspace_id": _WORKSPACE}


def _outcomes(apps: Sequence[str], answer: dict[str, Any]) -> list[Outcome]:
    """What became of each; an application that the answer does not name was accepted with the others."""
    told = {text(row, "app_id"): row for row in rows(answer.get("auth_result"))}
    return [
        Outcome(one, done=told.get(one, {}).get("success") is not False, note=text(told.get(one, {}), "reason"))
        for one in apps
    ]
