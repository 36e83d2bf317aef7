"""What a management request does, in words for "The platform refused to …", and the permission that it needs. Data.

Permissions: API reference, "Permissions policies and supported actions".
"""

import re
from collections.abc import Mapping
from typing import Any

from streamscope.model.phrase import Phrase, phrase

_ONE = r"services/[^/]+"
_APP = r"app-auth/apps/[^/]+"
_DEPLOYMENT = _ONE + r"/deployments/[^/]+"
_APP_API = _ONE + r"/app-auth-api(s/[^/]+/app-auth-api)?"

# (version, method, path, deed, permission); the first row that fits counts.
_ROWS: tuple[tuple[str, str, str, Phrase, str], ...] = (
    ("v[12]", "GET", r"services", phrase("list services"), "modelarts:service:list"),
    ("v[12]", "POST", r"services", phrase("deploy a service"), "modelarts:service:create"),
    ("v1", "GET", r"services/specifications", phrase("list specifications"), "modelarts:service:list"),
    ("v2", "GET", r"services/flavors", phrase("list flavors"), "modelarts:service:list"),
    ("v2", "POST", r"services/delete", phrase("delete services"), "modelarts:service:delete"),
    ("v2", "GET", r"services/api-keys", phrase("list API keys"), "modelarts:apikey:list"),
    ("v2", "POST", r"services/api-keys(/temp)?", phrase("create an API key"), "modelarts:apikey:create"),
    ("v2", "DELETE", r"services/api-keys/[^/]+", phrase("delete an API key"), "modelarts:apikey:delete"),
    ("v[12]", "GET", _ONE, phrase("describe the service"), "modelarts:service:get"),
    ("v1", "PUT running", _ONE, phrase("start the service"), "modelarts:service:action"),
    ("v1", "PUT stopped", _ONE, phrase("stop the service"), "modelarts:service:action"),
    ("v[12]", "PUT", _ONE, phrase("change the service"), "modelarts:service:update"),
    ("v1", "DELETE", _ONE, phrase("delete services"), "modelarts:service:delete"),
    ("v2", "POST", _ONE + "/start", phrase("start the service"), "modelarts:service:action"),
    ("v2", "POST", _ONE + "/stop", phrase("stop the service"), "modelarts:service:action"),
    ("v[12]", "GET", _ONE + "/events", phrase("tell the service's events"), "modelarts:service:getEvents"),
    ("v1", "GET", _ONE + "/logs", phrase("tell the service's updates"), "modelarts:service:getLogs"),
    ("v1", "GET", _ONE + "/monitor", phrase("tell the service's figures"), "modelarts:service:getMonitor"),
    ("v1", "GET", _ONE + "/predict/endpoints", phrase("tell the instances' addresses"), "modelarts:service:get"),
    ("v1", "GET", _ONE + "/api-auths", phrase("tell who may call the service"), "modelarts:service:get"),
    ("v1", "POST", _APP_API, phrase("authorise applications"), "modelarts:service:update"),
    ("v1", "DELETE", _APP_API, phrase("revoke applications"), "modelarts:service:update"),
    ("v1", "GET", r"models", phrase("list models"), "modelarts:model:list"),
    ("v1", "GET", r"models/[^/]+", phrase("describe the model"), "modelarts:model:get"),
    ("v1", "GET", r"app-auth/apps(/.*)?", phrase("list applications"), ""),
    ("v1", "POST", r"app-auth/apps", phrase("create an application"), ""),
    ("v1", "DELETE", _APP, phrase("delete the application"), ""),
    ("v1", "POST", _APP + "/app-code", phrase("add an App code"), ""),
    ("v1", "PUT", _APP + "/app-code/.*", phrase("reset an App code"), ""),
    ("v1", "DELETE", _APP + "/app-code/.*", phrase("delete an App code"), ""),
    ("v1", "PUT", _APP + "/app-secret", phrase("reset the App secret"), ""),
    ("v2", "GET", _ONE + "/deployments", phrase("list deployments"), "modelarts:service:get"),
    ("v2", "POST", _ONE + "/deployments", phrase("add a deployment"), "modelarts:service:update"),
    ("v2", "GET", _DEPLOYMENT, phrase("describe the deployment"), "modelarts:service:get"),
    ("v2", "PUT", _DEPLOYMENT, phrase("change the deployment"), "modelarts:service:update"),
    ("v2", "DELETE", _DEPLOYMENT, phrase("delete the deployment"), "modelarts:service:delete"),
    ("v2", "POST", _DEPLOYMENT + "/start", phrase("start the deployment"), "modelarts:service:action"),
    ("v2", "POST", _DEPLOYMENT + "/stop", phrase("stop the deployment"), "modelarts:service:action"),
    ("v2", "POST", _DEPLOYMENT + "/interrupt", phrase("interrupt the deployment"), "modelarts:service:action"),
    ("v2", "PUT", _DEPLOYMENT + "/scale", phrase("scale the deployment"), "modelarts:service:update"),
    ("v2", "GET", _DEPLOYMENT + "/versions(/.*)?", phrase("list versions"), "modelarts:service:get"),
    ("v2", "POST", _DEPLOYMENT + "/versions/.*/switch", phrase("switch the version"), "modelarts:service:update"),
    ("v2", "DELETE", _DEPLOYMENT + "/versions/.*", phrase("delete the version"), "modelarts:service:update"),
    ("v2", "GET", _DEPLOYMENT + "/instances(/.*)?", phrase("list instances"), "modelarts:service:get"),
    ("v2", "DELETE", _DEPLOYMENT + "/instances/.*", phrase("replace the instance"), "modelarts:service:action"),
    ("v2", "POST", _ONE + "/api-keys/.*unbind", phrase("unbind API keys"), "modelarts:apikey:unbind"),
    ("v2", "POST", _ONE + "/api-keys/.*bind", phrase("bind API keys"), "modelarts:apikey:bind"),
    ("v2", "GET", r"intranet-connection/.*", phrase("list connections"), ""),
    ("v2", "POST", r"intranet-connection", phrase("ask for a connection"), ""),
    ("v2", "POST", r"intranet-connection/delete", phrase("delete connections"), ""),
    ("v2", "PUT", r"intranet-connection/[^/]+", phrase("answer the connection's request"), ""),
    ("v2", "POST", r"intranet-connection/[^/]+/modify", phrase("change the connection"), ""),
)
_TABLE = [
    (re.compile(version), method, re.compile(path), what, action) for version, method, path, what, action in _ROWS
]
_ANYTHING = phrase("answer")


def deed(method: str, version: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[Phrase, str]:
    """What a request does, and its permission, '' where none is known; `path` is below the project.

    In the old generation a change of the status starts and stops: such rows name the method and the status.
    """
    path = path.partition("?")[0]
    meant = {method, f"{method} {body['status']}"} if body and "status" in body else {method}
    for versions, verb, pattern, what, action in _TABLE:
        if verb in meant and versions.fullmatch(version) and pattern.fullmatch(path):
            return what, action
    return _ANYTHING, ""
