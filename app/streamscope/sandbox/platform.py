"""The embedded platform as a whole: started, announced, kept until told to stop, and ended without leftovers."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from streamscope.model.errors import SandboxError
from streamscope.model.phrase import phrase
from streamscope.sandbox import identity as identities
from streamscope.sandbox import tls
from streamscope.sandbox.access_lock import AccessLock
from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.announcement import announcement, friendly_lines
from streamscope.sandbox.api_keys import ApiKeys
from streamscope.sandbox.applications import Applications
from streamscope.sandbox.catalogue import NAMES, NEW_NAME, OLD_NAME, PRIVATE_NAMES, seeds
from streamscope.sandbox.faults.spec import Spec, parse
from streamscope.sandbox.files import private_folder, read_private, write_private
from streamscope.sandbox.fleet import Fleet
from streamscope.sandbox.gateway_v1 import OldGateway
from streamscope.sandbox.gateway_v2 import NewGateway
from streamscope.sandbox.iam import IdentityService
from streamscope.sandbox.limits import Limits
from streamscope.sandbox.listeners import PortSwitch, QuietServer, bind, server
from streamscope.sandbox.management import Management
from streamscope.sandbox.packages import Packages, command
from streamscope.sandbox.proxy import HttpProxy
from streamscope.sandbox.rate import RateLimit
from streamscope.sandbox.refusals import gateway, send_refusal
from streamscope.tasks import spawn

SIGNER = re.compile(rb"\bAccess=([A-Za-z0-9]+),")
LISTENERS = ("iam", "management", "gateway", "app", "vpc")


def run(
    profile: Path,
    *,
    port: int = 0,
    as_json: bool = False,
    while_stdin: bool = False,
    time_limit: float = 40.0,
    lock_seconds: float = 300.0,
    request_timeout: float = 300.0,
    fault: str = "",
) -> int:
    """Run the platform in the foreground until SIGINT, SIGTERM or, if asked for, the end of standard input."""
    limits = Limits(prediction_seconds=time_limit, lock_seconds=lock_seconds, request_timeout=request_timeout)
    folder = private_folder(profile / "sandbox")
    asyncio.run(_run(folder, port, limits, fault, as_json=as_json, while_stdin=while_stdin))
    return 0


async def _run(folder: Path, port: int, limits: Limits, fault: str, *, as_json: bool, while_stdin: bool) -> None:
    stop = asyncio.Event()
    with _stopping(stop, while_stdin=while_stdin):
        platform = Platform(folder, port, limits, fault)
        await platform.start()
        state = folder / "state.json"
        try:
            facts = announcement(platform.account, platform.addresses, platform.ca_file)
            own = json.dumps({**facts, "pid": os.getpid()}).encode()
            write_private(state, own)
            _say(json.dumps(facts) if as_json else "\n".join(friendly_lines(facts, folder)))
            await stop.wait()
            if read_private(state) == own:
                state.unlink()
        finally:
            await platform.close()


class Platform:
    """All listeners and models of one profile."""

    def __init__(self, folder: Path, port: int, limits: Limits, fault: str = "") -> None:
        identity = identities.load(folder / "secrets.json", NAMES)
        self.ca_file, self._context = tls.prepare(folder, PRIVATE_NAMES)
        packages = Packages(folder)
        self.fleet = Fleet(folder, packages, command, seeds=lambda: seeds(identity), fault=fault)
        locks = [AccessLock(limits.lock_seconds) for _ in range(2)]
        self.account = Account(
            identity=identity,
            mint=identities.mint(identity),
            limits=limits,
            fleet=self.fleet,
            packages=packages,
            keys=ApiKeys(self.fleet.state, identity, self.fleet.save),
            applications=Applications(self.fleet.state, identity, self.fleet.save),
            calls_lock=locks[0],
            management_lock=locks[1],
            fault=_spec(fault),
        )
        self._sockets = {name: bind(port if name == "gateway" else 0) for name in LISTENERS}
        ports = {f"{name}_port": _port(listening) for name, listening in self._sockets.items()}
        self.addresses = Addresses(direct_ports=self.fleet.direct_ports, **ports)
        self._proxy = HttpProxy()
        self._server: QuietServer = server(self._switch(), self._context)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; built-in models start when they are first needed."""
        await self.fleet.begin()
        self._serving = spawn(self._server.serve(sockets=list(self._sockets.values())), name="listeners")
        await self._server.wait_until_started(self._serving)

    async def close(self) -> None:
        """End every connection, process and listener."""
        self._server.should_exit = True
        self._server.force_exit = True
        if self._serving is not None:
            await self._serving
        await self.fleet.close()
        await self._proxy.close()

    def _switch(self) -> PortSwitch:
        rows = [OldGateway(self.account, self._proxy, for_apps=apps) for apps in (False, True)]
        rate = RateLimit(self.account.limits.requests_per_second)
        new = NewGateway(self.account, self._proxy, rate)
        switch = PortSwitch()
        switch.put(self.addresses.iam_port, IdentityService(self.account).app)
        switch.put(self.addresses.management_port, Management(self.account, self.addresses))
        switch.put(self.addresses.gateway_port, _Generations(rows[0], new))
        switch.put(self.addresses.app_port, rows[1])
        switch.put(self.addresses.vpc_port, _PrivateNames(self.account, rows[0], rows[1], new))
        return switch


class _Generations:
    """The public gateway: both generations under one address, told apart by the path."""

    def __init__(self, old: OldGateway, new: NewGateway) -> None:
        self._old = old
        self._new = new

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        new = scope["raw_path"].startswith(b"/v2/")
        await (self._new if new else self._old)(scope, receive, send)


class _PrivateNames:
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
        row = self._row(dict(scope["headers"]))
        if row is not None:
            await row(scope, receive, send)
            return
        text = "The API does not exist or has not been published in the environment."
        await send_refusal(gateway(404, "APIG.0101", text), scope, send)


@contextlib.contextmanager
def _stopping(stop: asyncio.Event, *, while_stdin: bool) -> Iterator[None]:
    """Let the signals to end, and the end of standard input where it counts, set the event."""
    loop = asyncio.get_running_loop()

    def ask(*_: Any) -> None:
        # At the very end of the program the loop may be gone already.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    def read_to_end() -> None:
        # Not through the buffered file: the interpreter cannot end while a thread holds its lock.
        while os.read(sys.stdin.fileno(), 65_536):
            pass
        ask()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    if while_stdin:
        threading.Thread(target=read_to_end, name="standard input", daemon=True).start()
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _spec(text: str) -> Spec:
    try:
        return parse(text)
    except ValueError as error:
        raise SandboxError(
            phrase("The fault {fault} cannot be made.", fault=text),
            phrase("streamscope sandbox --faults lists every fault and its parameter."),
            cause=str(error),
        ) from error


def _port(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
