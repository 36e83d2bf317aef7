"""Applications of the old generation: made, given codes and secrets, let into services.

Platform documentation, "App authentication management" (v1); an application's rows are ApigAppDetailInfo.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from streamscope.sandbox.applications import MOST, MOST_CODES
from streamscope.sandbox.management_v1 import bodies, lists
from streamscope.sandbox.management_v1.context import Context, Told
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Inquiry, Operation, bad_parameter
from streamscope.sandbox.records import AppRecord, Record
from streamscope.sandbox.refusals import dispatcher


class Apps:
    """The operations on applications and on what they may call."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._apps = context.account.applications

    def operations(self) -> list[Operation]:
        """Their rows."""
        one = r"/app-auth/apps/([^/]+)"
        code = one + r"/app-code/(.+)"
        register = r"/services/([^/]+)/app-auth-api"
        api = r"/services/([^/]+)/app-auth-apis/([^/]+)/app-auth-api"
        return [
            Operation("v1", "GET", "/app-auth/apps", self.listed, "apps"),
            Operation("v1", "POST", "/app-auth/apps", self.create, "apps"),
            Operation("v1", "GET", f"{one}/exists", self.exists, "apps"),
            Operation("v1", "GET", one, self.show, "apps"),
            Operation("v1", "DELETE", one, self.delete, "apps"),
            Operation("v1", "POST", f"{one}/app-code", self.add_code, "apps"),
            Operation("v1", "PUT", code, self.reset_code, "apps"),
            Operation("v1", "DELETE", code, self.delete_code, "apps"),
            Operation("v1", "PUT", f"{one}/app-secret", self.reset_secret, "apps"),
            Operation("v1", "GET", r"/services/([^/]+)/api-auths", self.of_service, "apps"),
            Operation("v1", "POST", register, self.register, "apps"),
            Operation("v1", "POST", api, self.authorise, "apps"),
            Operation("v1", "PUT", api, self.authorise, "apps"),
            Operation("v1", "DELETE", api, self.revoke, "apps"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """One page of the applications."""
        rows = [self._told(app) for app in self._apps.all()]
        return lists.page(lists.within(rows, inquiry.query, ("app_name",)), "apps", inquiry.query)

    def create(self, inquiry: Inquiry) -> Told:
        """Make an application."""
        body = checked(bodies.APP, inquiry.json())
        if self._apps.named(body["app_name"]) is not None:
            raise dispatcher(409, "ModelArts.3929", f"Failed to create the app: {body['app_name']} already exists.")
        if len(self._apps.all()) >= MOST:
            raise dispatcher(409, "ModelArts.3929", f"Failed to create the app: there are {MOST} already.")
        return self._told(self._apps.create(body["app_name"], body.get("app_remark", "")))

    def exists(self, inquiry: Inquiry) -> Told:
        """Whether an application of a name exists."""
        return {"exist": self._apps.named(inquiry.names[0]) is not None}

    def show(self, inquiry: Inquiry) -> Told:
        """One application."""
        return self._told(self._app(inquiry))

    def delete(self, inquiry: Inquiry) -> Told:
        """Delete an application."""
        self._apps.delete(self._foreign(inquiry))
        return {}

    def add_code(self, inquiry: Inquiry) -> Told:
        """Give an application one more code, of one's own where the body has one."""
        app = self._app(inquiry)
        if len(app.codes) >= MOST_CODES:
            raise bad_parameter("app_code", f"an app has {MOST_CODES} codes at most")
        code = self._apps.add_code(app, self._wanted(inquiry))
        return {"app_id": app.id, "app_code": code}

    def reset_code(self, inquiry: Inquiry) -> Told:
        """Replace a code."""
        app, old = self._code(inquiry)
        return {"app_id": app.id, "app_code": self._apps.replace_code(app, old, self._wanted(inquiry))}

    def delete_code(self, inquiry: Inquiry) -> Told:
        """Take a code away."""
        app, old = self._code(inquiry)
        app.codes.remove(old)
        self._apps.changed(app)
        return {}

    def reset_secret(self, inquiry: Inquiry) -> Told:
        """Replace a secret."""
        app = self._foreign(inquiry)
        self._apps.replace_secret(app)
        return self._told(app)

    def of_service(self, inquiry: Inquiry) -> Told:
        """Whether applications may call a service, which, and where."""
        record = self._context.service(inquiry)
        if not record.app_auth:
            return {"enable_app_auth": False, "app_auth_api": None}
        authorised = [self._told(app) for app in self._apps.of(record.id)]
        return {"enable_app_auth": True, "app_auth_api": {**self._api(record), "authed_apps": authorised}}

    def register(self, inquiry: Inquiry) -> Told:
        """Register a service for applications, and let some in."""
        record = self._context.service(inquiry)
        if record.status in ("failed", "deleting"):
            text = f"Invalid service status. {record.name} is {record.status}: it cannot be registered now."
            raise dispatcher(400, "ModelArts.3519", text)
        apps = self._named(inquiry)
        self._apps.register(record)
        return self._let_in(record, apps)

    def authorise(self, inquiry: Inquiry) -> Told:
        """Let more applications in."""
        return self._let_in(self._registered(inquiry), self._named(inquiry))

    def revoke(self, inquiry: Inquiry) -> Told:
        """Let applications in no more."""
        record, apps = self._registered(inquiry), self._named(inquiry)
        self._apps.revoke(record, apps)
        return self._results(record, apps)

    def _let_in(self, record: Record, apps: Sequence[AppRecord]) -> Told:
        self._apps.authorise(record, apps)
        return self._results(record, apps)

    def _results(self, record: Record, apps: Sequence[AppRecord]) -> Told:
        api = self._api(record)
        results = [
            {
                "api_id": api["api_id"],
                "app_id": app.id,
                "auth_id": uuid.uuid5(uuid.UUID(record.id), app.id).hex,
                "success": True,
                "reason": "",
            }
            for app in apps
        ]
        return {"api": api, "auth_result": results}

    def _registered(self, inquiry: Inquiry) -> Record:
        record = self._context.service(inquiry)
        if not record.app_auth or inquiry.names[1] != self._api(record)["api_id"]:
            raise dispatcher(404, "ModelArts.3935", f"The app-auth api {inquiry.names[1]} does not exist.")
        return record

    def _named(self, inquiry: Inquiry) -> list[AppRecord]:
        found = []
        for one in checked(bodies.APPS, inquiry.json())["apps"]:
            app = self._apps.get(one["app_id"])
            if app is None:
                raise _no_app(one["app_id"])
            found.append(app)
        return found

    def _app(self, inquiry: Inquiry) -> AppRecord:
        app = self._apps.get(inquiry.names[0])
        if app is None:
            raise _no_app(inquiry.names[0])
        return app

    def _foreign(self, inquiry: Inquiry) -> AppRecord:
        """An application that is not the sandbox's own: its examples would stop working."""
        app = self._app(inquiry)
        if self._apps.is_own(app):
            text = (
                f"Invalid operation. {app.name} belongs to the sandbox itself and stays as it is; create another app."
            )
            raise dispatcher(400, "ModelArts.0104", text)
        return app

    def _code(self, inquiry: Inquiry) -> tuple[AppRecord, str]:
        app, code = self._app(inquiry), inquiry.names[1]
        if code not in app.codes:
            raise bad_parameter("app_code", "the app has no such code")
        if code == self._context.account.identity.app_code:
            self._foreign(inquiry)
        return app, code

    def _wanted(self, inquiry: Inquiry) -> str:
        """A code of one's own. Raises the refusal of one that another application has."""
        code = str(checked(bodies.CODE, inquiry.json()).get("app_code", ""))
        if code and self._apps.with_code(code) is not None:
            raise bad_parameter("app_code", "it is in use")
        return code

    def _told(self, app: AppRecord) -> Told:
        identity = self._context.account.identity
        return {
            "app_id": app.id,
            "app_name": app.name,
            "app_key": app.key,
            "app_secret": app.secret,
            "app_codes": list(app.codes),
            "app_type": "APIG",
            "app_remark": app.remark,
            "bounded_api_count": sum(self._context.fleet.get(one) is not None for one in app.services),
            "created_at": app.created,
            "updated_at": app.updated,
            "project_id": identity.project_id,
            "user_id": identity.user_id,
        }

    def _api(self, record: Record) -> dict[str, Any]:
        return {
            "api_id": uuid.uuid5(uuid.UUID(record.id), "api").hex,
            "api_method": "ANY",
            "api_name": f"{record.name}-api",
            "api_remark": "",
            "auth_type": "APP",
            "predict_url": self._context.addresses.app_channels(record)["public"],
            "service_id": record.id,
            "service_name": record.name,
            "support_app_code": True,
        }


def _no_app(number: str) -> Exception:
    return dispatcher(404, "ModelArts.3923", f"The app {number} does not exist.")
