"""The embedded platform as a whole: started, announced, kept until told to stop, and ended without leftovers."""

import asyncio
import contextlib
import functools
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from streamscope.model.errors import SandboxError
from streamscope.model.phrase import Phrase, phrase
from streamscope.sandbox import identity as identities
from streamscope.sandbox import tls
from streamscope.sandbox.access_lock import AccessLock
from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.announcement import announcement, friendly_lines
from streamscope.sandbox.api_keys import ApiKeys
from streamscope.sandbox.applications import Applications
from streamscope.sandbox.catalogue import NAMES, PRIVATE_NAMES, seeds
from streamscope.sandbox.domains import Domain, Generations, PrivateNames
from streamscope.sandbox.faults.spec import Spec, parse
from streamscope.sandbox.files import private_folder, read_private, write_private
from streamscope.sandbox.fleet import Fleet
from streamscope.sandbox.fleet.delays import QUICK, REALISTIC
from streamscope.sandbox.gateway_v1 import OldGateway
from streamscope.sandbox.gateway_v2 import NewGateway
from streamscope.sandbox.guard import Guard
from streamscope.sandbox.iam import IdentityService
from streamscope.sandbox.limits import TOKEN_SECONDS, Limits
from streamscope.sandbox.listeners import PortSwitch, QuietServer, bind, server
from streamscope.sandbox.packages import Packages, command
from streamscope.sandbox.proxy import HttpProxy
from streamscope.sandbox.quirks import Quirks
from streamscope.sandbox.quirks import parse as parse_quirks
from streamscope.sandbox.rate import RateLimit
from streamscope.sandbox.refusals import gateway, send_refusal
from streamscope.tasks import spawn

LISTENERS = ("iam", "management", "gateway", "app", "vpc")
SECOND = ("second_gateway", "second_app")


@dataclass(frozen=True, slots=True)
class Manner:
    """How the platform is to behave: a fault for every call, delays as real ones, quirks."""

    fault: str = ""
    realistic: bool = False
    quirks: Quirks = field(default_factory=Quirks)


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
    realistic: bool = False,
    quirks: Sequence[str] = (),
) -> int:
    """Run the platform in the foreground until SIGINT, SIGTERM or, if asked for, the end of standard input."""
    manner = Manner(fault, realistic, _quirks(quirks))
    limits = Limits(
        prediction_seconds=time_limit,
        lock_seconds=lock_seconds,
        request_timeout=request_timeout,
        token_seconds=manner.quirks.number("expire-tokens", TOKEN_SECONDS),
    )
    folder = private_folder(profile / "sandbox")
    asyncio.run(_run(folder, port, limits, manner, as_json=as_json, while_stdin=while_stdin))
    return 0


async def _run(folder: Path, port: int, limits: Limits, manner: Manner, *, as_json: bool, while_stdin: bool) -> None:
    stop = asyncio.Event()
    with _stopping(stop, while_stdin=while_stdin):
        platform = Platform(folder, port, limits, manner)
        await platform.start()
        state = folder / "state.json"
        try:
            facts = announcement(platform.account, platform.addresses, platform.ca_file)
            own = json.dumps({**facts, "pid": os.getpid()}).encode()
            if platform.fleet.kept or read_private(state) is None:
                write_private(state, own)
            if (aside := platform.fleet.aside) is not None:
                _warn(phrase("{file} cannot be read and was kept as {aside}.", file="services.json", aside=aside.name))
            if not platform.fleet.kept:
                _warn(phrase("Another sandbox of this profile runs: what is deployed or changed here is not kept."))
            _say(json.dumps(facts) if as_json else "\n".join(friendly_lines(facts, folder)))
            await stop.wait()
            if read_private(state) == own:
                state.unlink()
        finally:
            await platform.close()


class Platform:
    """All listeners and models of one profile."""

    def __init__(self, folder: Path, port: int, limits: Limits, manner: Manner) -> None:
        identity = identities.load(folder / "secrets.json", NAMES)
        self.ca_file, self._context = tls.prepare(folder, PRIVATE_NAMES)
        packages = Packages(folder)
        fault, quirks = _spec(manner.fault), manner.quirks
        self.fleet = Fleet(
            folder, packages, command, seeds=lambda: seeds(identity), fault=manner.fault, quirks=quirks,
            delays=REALISTIC if manner.realistic else QUICK,
        )  # fmt: skip
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
            fault=fault,
            quirks=quirks,
            mfa="mfa" in quirks,
        )
        self._sockets = {name: bind(port if name == "gateway" else 0) for name in LISTENERS}
        if "domain-switch" in quirks:
            self._sockets |= {name: bind() for name in SECOND}
        plain = bind()
        ports = {f"{name}_port": _port(listening) for name, listening in self._sockets.items()}
        self.addresses = Addresses(
            direct_ports=self.fleet.direct_ports, bare="bare-ip" in quirks, all_plain="http-80" in quirks,
            plain_port=_port(plain), **ports,
        )  # fmt: skip
        self._proxy = HttpProxy()
        switch = self._switch()
        self._servers: list[tuple[QuietServer, list[socket.socket]]] = [
            (server(switch, self._context), list(self._sockets.values())),
            (server(switch, None), [plain]),
        ]
        self._serving: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen; built-in models start when they are first needed."""
        await self.fleet.begin()
        for one, sockets in self._servers:
            serving = spawn(one.serve(sockets=sockets), name="listeners")
            self._serving.append(serving)
            await one.wait_until_started(serving)

    async def close(self) -> None:
        """End every connection, process and listener."""
        for one, _ in self._servers:
            one.should_exit = one.force_exit = True
        for serving in self._serving:
            await serving
        await self.fleet.close()
        await self._proxy.close()

    def _switch(self) -> PortSwitch:
        rows = [OldGateway(self.account, self._proxy, for_apps=apps) for apps in (False, True)]
        rate = RateLimit(self.account.limits.requests_per_second)
        new = NewGateway(self.account, self._proxy, rate)
        switch, addresses, account = PortSwitch(), self.addresses, self.account
        management: ASGIApp = _nothing if "no-management" in account.quirks else _Management(account, addresses)
        switch.put(addresses.iam_port, Guard(IdentityService(account).app, addresses.iam_port))
        switch.put(addresses.management_port, Guard(management, addresses.management_port))
        public = Generations(rows[0], new)
        if not addresses.second_gateway_port:
            switch.put(addresses.gateway_port, public)
            switch.put(addresses.app_port, rows[1])
        else:
            for number, port in enumerate((addresses.gateway_port, addresses.second_gateway_port)):
                switch.put(port, Domain(public, account, number))
            for number, port in enumerate((addresses.app_port, addresses.second_app_port)):
                switch.put(port, Domain(rows[1], account, number))
        switch.put(addresses.plain_port, new)
        switch.put(addresses.vpc_port, PrivateNames(account, rows[0], rows[1], new))
        return switch


class _Management:
    """Management, loaded at its first request: the start need not wait for its many operations."""

    def __init__(self, account: Account, addresses: Addresses) -> None:
        self._account = account
        self._addresses = addresses

    @functools.cached_property
    def _app(self) -> ASGIApp:
        from streamscope.sandbox.management import Management

        return Management(self._account, self._addresses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


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


def _quirks(texts: Sequence[str]) -> Quirks:
    try:
        return parse_quirks(texts)
    except ValueError as error:
        raise SandboxError(
            phrase("The sandbox has no such quirk: {quirk}", quirk=str(error)),
            phrase("streamscope sandbox --quirks lists every quirk and its parameter."),
        ) from error


async def _nothing(scope: Scope, _receive: Receive, send: Send) -> None:
    """Management while it is down."""
    await send_refusal(gateway(503, "APIGW.0610", "No backend available"), scope, send)


def _port(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def _warn(text: Phrase) -> None:
    sys.stderr.write(f"note: {text}\n")
    sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
