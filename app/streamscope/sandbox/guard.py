"""No web page and no other machine steers the sandbox: requests that bear another host or origin end here.

A page may send requests to any address, also by a name of its own that it lets resolve to this machine (DNS
rebinding). Its browser then names that host, and where the page came from in `Origin`: both are seen.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from streamscope.sandbox.refusals import gateway, send_refusal

NAMES = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """An application behind the check of who is asked and from where."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = frozenset(f"{name}:{port}" for name in NAMES)
        self._origins = frozenset(f"https://{host}" for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or refuse it."""
        if self._own(scope["headers"]):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
        text = "API access denied. The request does not come from this machine's own programs."
        await send_refusal(gateway(403, "APIGW.0306", text), scope, send)

    def _own(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Exactly one host, which is the sandbox's own, and no foreign origin, whatever the letters' case."""
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        origins = [value.decode("latin-1").lower() for name, value in headers if name == b"origin"]
        return len(hosts) == 1 and hosts[0] in self._hosts and self._origins.issuperset(origins)
