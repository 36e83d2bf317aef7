"""Models of the old generation: each package is one, with its versions.

Packages are registered from the window or the command line only: over HTTP nothing can be brought that would be run.
"""

from typing import Any

from streamscope.sandbox.catalogue import APIS, Api
from streamscope.sandbox.management_v1 import answers, lists
from streamscope.sandbox.management_v1.context import Context, Told
from streamscope.sandbox.operations import Inquiry, Operation, choice
from streamscope.sandbox.packages import Package
from streamscope.sandbox.refusals import RefusalError, dispatcher

SINCE = 1_764_000_000_000
"""When the built-in packages were made, in milliseconds since the epoch."""
SORTED_BY = ("create_at", "model_version", "model_size")
STATUSES = frozenset({"publishing", "published", "failed", "building", "building_failed"})
_FLAGS = frozenset({"true", "false"})


class Models:
    """The operations on models."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        one = r"/models/([^/]+)"
        return [
            Operation("v1", "GET", "/models", self.listed, "list"),
            Operation("v1", "POST", "/models", _refused, "create"),
            Operation("v1", "GET", one, self.show, "get"),
            Operation("v1", "DELETE", one, _refused, "delete"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """Every version of every package."""
        query = inquiry.query
        if query.get("model_status"):
            choice(query, "model_status", "", STATUSES)
        rows = [self._row(package) for package in self._context.packages.all()]
        exact = choice(query, "exact_match", "false", _FLAGS) == "true"
        rows = lists.equal(rows, query, ("model_version", "model_status", "workspace_id", "model_type"))
        rows = lists.equal(rows, query, ("model_name",)) if exact else lists.within(rows, query, ("model_name",))
        rows = lists.within(rows, query, ("description",))
        rows = [row for row in rows if row["model_type"] != query.get("not_model_type")]
        return lists.page(lists.ordered(rows, query, SORTED_BY), "models", query)

    def show(self, inquiry: Inquiry) -> Told:
        """One version of a package with the paths, methods and parameters of its program."""
        package = self._context.package(inquiry.names[0])
        if package is None:
            raise dispatcher(404, "ModelArts.3001", f"The model {inquiry.names[0]} does not exist.")
        return {**self._row(package), "apis": _apis(package)}

    def _row(self, package: Package) -> Told:
        identity = self._context.account.identity
        return {
            "model_id": self._context.model_id(package.name, package.version),
            "model_name": package.name,
            "model_version": package.version,
            "model_type": "Image",
            "model_source": "custom",
            "model_size": 0,
            "model_status": "published",
            "description": package.description,
            "owner": identity.user_id,
            "project": identity.project_id,
            "tenant": identity.domain_id,
            "workspace_id": answers.PERSONAL,
            "create_at": package.created or SINCE,
            "install_type": ["real-time"],
            "market_flag": False,
            "publishable_flag": True,
            "tunable": False,
            "source_copy": "true",
            "specification": {},
        }


def _refused(inquiry: Inquiry) -> Told:  # noqa: ARG001  same outline as its siblings
    raise _no_import()


def _no_import() -> RefusalError:
    text = "Models of the sandbox are added and removed in the window or with: streamscope models add NAME -- COMMAND"
    return dispatcher(400, "ModelArts.0104", f"Invalid operation. {text}")


def _apis(package: Package) -> list[Told]:
    if package.kind == "built-in":
        return [_api(api, method) for api in APIS.get(package.name, ()) for method in api.methods]
    rows = [words.partition(" ") for words in package.apis]
    return [_api(Api(path.strip(), (method,), answers=""), method) for method, _, path in rows]


def _api(api: Api, method: str) -> Told:
    """A path and its parameters; of a program of one's own only path and method are known."""
    file = api.content_type.startswith("multipart")
    properties: dict[str, Any] = {"images": {"type": "file"}} if file else {}
    has_body = method != "GET" or api.sample == ""
    answered = {"type": "object", "properties": {}, "contentMediaType": api.answers}
    return {
        "url": api.path,
        "method": method.lower(),
        "protocol": "https",
        "input_params": {"type": "object", "properties": properties, "example": api.sample},
        "output_params": answered,
        "input_type": api.content_type if has_body else "",
    }
