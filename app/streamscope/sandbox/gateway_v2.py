"""The gateway of the new generation: `/v2/infer/{id}[/path]`, one way of authentication for each service.

Order of checks: scheme, caller, size, rate, time; platform documentation of real-time inference (new version),
"Authentication" and "Error codes". The status of ModelArts.8902, ModelArts.8910 and CF2.E00003 is not documented.
"""

import re
import time
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from streamscope.sandbox import entrance, socket_proxy
from streamscope.sandbox.account import Account
from streamscope.sandbox.api_keys import Verdict
from streamscope.sandbox.call import call, served
from streamscope.sandbox.faults.edge import shaped
from streamscope.sandbox.faults.spec import asked
from streamscope.sandbox.inbound import Inbound, declared_length, read, read_body
from streamscope.sandbox.limits import FRAME_BYTES, MEBIBYTE
from streamscope.sandbox.proxy import HttpProxy
from streamscope.sandbox.rate import RateLimit
from streamscope.sandbox.records import Record
from streamscope.sandbox.refusals import RefusalError, dispatcher, send_refusal
from streamscope.sandbox.socket_proxy import SocketLimits
from streamscope.sandbox.tokens import Problem

# What a service has that was deployed without a word about it.
SECONDS, MEGABYTES, RATE = 300.0, 20, 200
ROUTE = re.compile(r"/v2/infer(?:/([^/]*)(/.*)?)?")
CONSUMED = {
    "token": frozenset({"x-auth-token"}),
    "api_key": frozenset({"authorization", "x-api-key-type"}),
    "none": frozenset[str](),
}
TOKEN_PROBLEMS = {
    Problem.EXPIRED: ("ModelArts.0202", "The token has expired."),
    Problem.FOREIGN: ("ModelArts.0203", "Invalid token."),
    Problem.MALFORMED: ("ModelArts.0204", "Failed to parse the token."),
}


@dataclass(frozen=True, slots=True)
class NewGateway:
    """The dispatcher of the new generation, the same for public and intranet access."""

    account: Account
    proxy: HttpProxy
    rate: RateLimit

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
        entrance.check(service, inbound, scope, any_tls="http-80" in self.account.quirks)
        self._authenticate(service, inbound)
        body = b"" if inbound.websocket else await self._body(service, inbound, receive)
        if not inbound.websocket and not self.rate.take(service.id, *self._rate(service)):
            raise dispatcher(429, "ModelArts.4206", f"Too many requests, reached api {service.id}.")
        if not service.callable:
            text = f"Invalid request. The requested service {service.id} was not started."
            raise dispatcher(400, "ModelArts.4203", text)
        seconds = self._seconds(service)
        spec = asked(inbound, self.account.fault)
        async with served(self.account.fleet, service) as passage:
            made = call(inbound, path, passage, CONSUMED[service.auth[0]], _late)
            async with shaped(spec, seconds, scope, send) as out:
                if inbound.websocket:
                    await socket_proxy.forward(made, self._socket_limits(service), scope, receive, out)
                else:
                    left = max(0.0, seconds - (time.monotonic() - begun))
                    await self.proxy.forward(made, body, left, receive, out)

    def _route(self, inbound: Inbound) -> tuple[Record, str]:
        found = ROUTE.fullmatch(inbound.path)
        if found is None:
            text = "Request url format invalid. The url not follow http(s)://domain/v2/infer/serviceId/requestURI."
            raise dispatcher(400, "ModelArts.4202", text)
        if not found[1]:
            text = "Request url need service id. The request url not contain serviceId/requestURI."
            raise dispatcher(400, "ModelArts.4201", text)
        service = self.account.fleet.get(found[1])
        if service is None or service.generation != "v2":
            raise dispatcher(404, "ModelArts.4204", f"Request api error! The API {found[1]} is not exist.")
        return service, found[2] or "/"

    def _authenticate(self, service: Record, inbound: Inbound) -> None:
        if service.auth == ["token"]:
            self._token(inbound.header("x-auth-token"))
        elif service.auth == ["api_key"]:
            self._api_key(inbound, service)

    def _token(self, token: str | None) -> None:
        if not token:
            raise dispatcher(401, "ModelArts.0201", "Token doesn't exist.")
        found = self.account.mint.check(token)
        if isinstance(found, Problem):
            raise dispatcher(401, *TOKEN_PROBLEMS[found])
        if not found.project_id:
            raise dispatcher(400, "ModelArts.0204", "Token must contain projectId info.")

    def _api_key(self, inbound: Inbound, service: Record) -> None:
        """A key with the scheme Bearer, or a temporary one alone, as another header announces it."""
        authorization = inbound.header("authorization")
        if authorization is None:
            raise dispatcher(401, "ModelArts.0205", "The authorization request header is missing.")
        temporary = (inbound.header("x-api-key-type") or "").lower() == "temp"
        scheme, _, key = ("Bearer", "", authorization) if temporary else authorization.partition(" ")
        if scheme != "Bearer" or not key:
            raise dispatcher(401, "ModelArts.0206", "The authorization request header has a wrong format.")
        verdict = self.account.keys.check(key, service.id, temporary=temporary)
        if verdict is Verdict.UNBOUND:
            raise dispatcher(403, "ModelArts.8902", f"The API key is not bound to the service {service.id}.")
        if verdict is Verdict.UNKNOWN:
            raise dispatcher(401, "ModelArts.0208", "Failed to check the authorization request header.")

    async def _body(self, service: Record, inbound: Inbound, receive: Receive) -> bytes:
        most = self._bytes(service)
        body = None if declared_length(inbound) > most else await read_body(receive, most)
        if body is None:
            text = "Invalid Request Content Length. The request body content have beyond limit."
            raise dispatcher(413, "ModelArts.4104", text)
        return body

    def _seconds(self, service: Record) -> float:
        """A service's time limit; one that has none of its own has the sandbox's, and so with its size."""
        return service.timeout if service.timeout != SECONDS else self.account.limits.request_timeout

    def _rate(self, service: Record) -> tuple[int, int]:
        own = (service.rate, service.rate_seconds) != (RATE, 1)
        return (service.rate, service.rate_seconds) if own else (self.account.limits.requests_per_second, 1)

    def _bytes(self, service: Record) -> int:
        own = service.megabytes != MEGABYTES
        return (service.megabytes if own else self.account.limits.request_megabytes) * MEBIBYTE

    def _socket_limits(self, service: Record) -> SocketLimits:
        """An idle limit, restarted by every data transfer; long messages leave in frames of 64 KB."""
        return SocketLimits(
            self._seconds(service),
            idle=True,
            message_bytes=self._bytes(service),
            frame_bytes=FRAME_BYTES,
            late_reason="CF2.E00003 request response timeout",
        )


def _late() -> RefusalError:
    return dispatcher(504, "CF2.E00003", "request response timeout")
