"""The gateway of the old generation: `/v1/infers/{id}[/path]` in two rows, one for accounts, one for applications.

Order of checks: route, sizes, caller, dispatcher, program; platform documentation, "API Gateway error codes" and
"Error codes" of inference.
"""

import re
import time
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from streamscope.sandbox import app_authentication, gateway_sizes, iam_authentication, socket_proxy
from streamscope.sandbox.account import Account
from streamscope.sandbox.call import call, served
from streamscope.sandbox.faults.edge import shaped
from streamscope.sandbox.faults.spec import asked
from streamscope.sandbox.iam_authentication import IamAuthentication
from streamscope.sandbox.inbound import Inbound, read
from streamscope.sandbox.limits import OLD_BODY_BYTES
from streamscope.sandbox.proxy import HttpProxy
from streamscope.sandbox.records import Record
from streamscope.sandbox.refusals import RefusalError, dispatcher, gateway, send_refusal
from streamscope.sandbox.socket_proxy import SocketLimits

PUBLISHED_STAGE = "RELEASE"
ANY = "ANY"
"""The platform's own word for an API of all methods."""
ROUTE = re.compile(r"/v1/infers/([^/]+)(/.*)?")


@dataclass(frozen=True, slots=True)
class OldGateway:
    """One row of the old generation's gateway."""

    account: Account
    proxy: HttpProxy
    for_apps: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or bear one WebSocket."""
        self.account.counts["gateway_calls"] += 1
        try:
            await self._serve(read(scope), scope, receive, send)
        except RefusalError as refusal:
            await send_refusal(refusal, scope, send)

    async def _serve(self, inbound: Inbound, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.monotonic()
        if inbound.websocket:
            await receive()
        service, path = self._route(inbound)
        gateway_sizes.check_head(inbound)
        body = b"" if inbound.websocket else await gateway_sizes.limited_body(inbound, receive)
        self._authenticate(service, inbound, body)
        if not service.callable:
            text = f"Invalid request. The requested service {service.id} was not started."
            raise dispatcher(400, "ModelArts.4203", text)
        seconds = self.account.limits.prediction_seconds
        spec = asked(inbound, self.account.fault)
        async with served(self.account.fleet, service) as passage:
            made = call(inbound, path, passage, self._consumed(inbound), _late)
            async with shaped(spec, seconds, scope, send) as out:
                if inbound.websocket:
                    await socket_proxy.forward(made, _socket_limits(seconds), scope, receive, out)
                else:
                    left = max(0.0, seconds - (time.monotonic() - begun))
                    await self.proxy.forward(made, body, left, receive, out)

    def _route(self, inbound: Inbound) -> tuple[Record, str]:
        """The service and its program's path; a path with and one without a last slash are different APIs."""
        found = ROUTE.fullmatch(inbound.path)
        service = self.account.fleet.get(found[1]) if found else None
        if found is None or service is None or service.generation != "v1" or (self.for_apps and not service.app_auth):
            raise _no_such_api()
        if (inbound.header("x-stage") or PUBLISHED_STAGE) != PUBLISHED_STAGE:
            raise _no_such_api()
        path = found[2] or "/"
        methods = self._methods(service, path)
        if not methods:
            raise _no_such_api()
        if inbound.method not in methods and ANY not in methods:
            raise gateway(404, "APIG.0101", "The API does not exist.")
        return service, path

    def _methods(self, service: Record, path: str) -> set[str]:
        """The methods registered for a path; a package that declares no paths answers any way on any."""
        methods: set[str] = set()
        for portion in service.portions:
            package = self.account.packages.get(portion.package, portion.version)
            if package is None or not package.apis:
                return {ANY}
            pairs = (api.split(" ", 1) for api in package.apis)
            methods |= {method for method, declared in pairs if declared == path}
        return methods

    def _authenticate(self, service: Record, inbound: Inbound, body: bytes) -> None:
        account = self.account
        if self.for_apps:
            app_authentication.check(account.applications, service.id, inbound, body)
            return
        grant = IamAuthentication(account, "APIG", account.calls_lock).check(inbound, body)
        if grant is not None and not grant.project_id:
            raise dispatcher(400, "ModelArts.0204", "Token must contain projectId info.")

    def _consumed(self, inbound: Inbound) -> frozenset[str]:
        """The credentials that are the platform's business and not the program's."""
        own = app_authentication.CREDENTIALS if self.for_apps else iam_authentication.CREDENTIALS
        signed = (inbound.header("authorization") or "").startswith("SDK-")
        return own | {"authorization"} if signed else own


def _socket_limits(seconds: float) -> SocketLimits:
    """A prediction on a WebSocket is a message and the wait for the next answer."""
    return SocketLimits(
        seconds, idle=False, message_bytes=OLD_BODY_BYTES, frame_bytes=None, late_reason="Backend timeout"
    )


def _no_such_api() -> RefusalError:
    text = "The API does not exist or has not been published in the environment."
    return gateway(404, "APIG.0101", text)


def _late() -> RefusalError:
    return gateway(504, "APIG.0203", "Backend timeout")
