"""Which gateway is meant: by the path, by the name that is called, by the domain that a service has now."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from streamscope.sandbox.account import Account
from streamscope.sandbox.catalogue import NEW_NAME, OLD_NAME
from streamscope.sandbox.gateway_v1 import OldGateway
from streamscope.sandbox.gateway_v2 import NewGateway
from streamscope.sandbox.refusals import RefusalError, gateway, send_refusal

SIGNER = re.compile(rb"\bAccess=([A-Za-z0-9]+),")
SERVICE = re.compile(rb"/v(?:1/infers|2/infer)/([^/]+)")


class Generations:
    """The public gateway: both generations under one address, told apart by the path."""

    def __init__(self, old: OldGateway, new: NewGateway) -> None:
        self._old = old
        self._new = new

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its generation."""
        new = scope["raw_path"].startswith(b"/v2/")
        await (self._new if new else self._old)(scope, receive, send)


class PrivateNames:
    """The VPC endpoint: one address, and the Host header says which generation is meant.

    The management interface tells a single private name for the old generation, so both of its rows answer to it, told
    apart by the credential that a request bears.
    """

    def __init__(self, account: Account, old: OldGateway, old_apps: OldGateway, new: NewGateway) -> None:
        self._applications = account.applications
        self._old = old
        self._old_apps = old_apps
        self._new = new

    def _row(self, headers: dict[bytes, bytes]) -> OldGateway | NewGateway | None:
        host = headers.get(b"host", b"").decode("latin-1").lower().partition(":")[0]
        if host != OLD_NAME:
            return self._new if host == NEW_NAME else None
        signer = SIGNER.search(headers.get(b"authorization", b""))
        of_app = signer is not None and self._applications.with_key(signer[1].decode()) is not None
        return self._old_apps if of_app or b"x-apig-appcode" in headers or b"apikey" in headers else self._old

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the row that its host means."""
        row = self._row(dict(scope["headers"]))
        if row is not None:
            await row(scope, receive, send)
            return
        await send_refusal(no_such_api(), scope, send)


class Domain:
    """One of two domains between which a service changes whenever it is started again."""

    def __init__(self, app: ASGIApp, account: Account, number: int) -> None:
        self._app = app
        self._fleet = account.fleet
        self._number = number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what is here now."""
        found = SERVICE.match(scope["raw_path"])
        service = self._fleet.get(found[1].decode("latin-1")) if found else None
        if service is None or service.domain % 2 == self._number:
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
        await send_refusal(no_such_api(), scope, send)


def no_such_api() -> RefusalError:
    """What a gateway says of an API that it does not have."""
    text = "The API does not exist or has not been published in the environment."
    return gateway(404, "APIG.0101", text)
