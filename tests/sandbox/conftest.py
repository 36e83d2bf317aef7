"""One running sandbox for each module that asks, and independent clients that trust it."""

import functools
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

APP = Path(__file__).parents[2] / "app"


@dataclass
class Running:
    """A sandbox that runs as a process of its own."""

    facts: dict[str, Any]
    process: "subprocess.Popen[bytes]"
    profile: Path

    @functools.cached_property
    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.facts["ca_file"])

    def service(self, name: str) -> dict[str, Any]:
        return next(row for row in self.facts["services"] if row["name"] == name)

    def url(self, name: str, channel: str = "public", *, app: bool = False) -> str:
        address: str = self.service(name)["app_addresses" if app else "addresses"][channel]
        return address

    def token(self, **changes: Any) -> str:
        return self.ask_token(**changes).headers["X-Subject-Token"]

    def ask_token(self, *, password: str | None = None, scope: Any = "project") -> httpx.Response:
        facts = self.facts
        user = {
            "name": facts["user"],
            "password": facts["password"] if password is None else password,
            "domain": {"name": facts["domain"]},
        }
        scopes = {"project": {"project": {"name": facts["region"]}}, "domain": {"domain": {"name": facts["domain"]}}}
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
        if scope is not None:
            auth["scope"] = scopes[scope] if isinstance(scope, str) else scope
        return httpx.post(f"{facts['iam']}/v3/auth/tokens", json={"auth": auth}, verify=self.context)

    def socket(self, url: str, **options: Any) -> connect:
        """A WebSocket; private names are reached as the list in `resolve` says."""
        authority = url.split("/")[2]
        host, port = authority.rsplit(":", 1)
        if url.startswith("wss"):
            options["ssl"] = self.context
        if host.endswith(".internal"):
            options |= {"host": "127.0.0.1", "port": int(port), "server_hostname": host}
        return connect(url, proxy=None, max_size=None, **options)

    def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        """One HTTP request; private names are reached as the list in `resolve` says."""
        authority = url.split("/")[2]
        host, port = authority.rsplit(":", 1)
        with httpx.Client(verify=self.context, trust_env=False, timeout=30) as client:
            if not host.endswith(".internal"):
                return client.request(method, url, **options)
            headers = {"Host": authority, **options.pop("headers", {})}
            there = url.replace(authority, f"127.0.0.1:{port}", 1)
            return client.request(method, there, headers=headers, extensions={"sni_hostname": host}, **options)


def start(profile: Path, *options: str, stdin: int = subprocess.PIPE) -> Running:
    """Start a sandbox and read what it announces."""
    command = [sys.executable, "-m", "streamscope.sandbox", "--profile", str(profile), "--json", *options]
    environment = os.environ | {"PYTHONPATH": str(APP)}
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    return Running(json.loads(line), process, profile)


def stop(running: Running) -> int:
    """End a sandbox the ordinary way."""
    running.process.terminate()
    code = running.process.wait(10)
    for pipe in (running.process.stdin, running.process.stdout):
        if pipe is not None:
            pipe.close()
    return code


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sandbox that most tests share."""
    running = start(tmp_path_factory.mktemp("profile"), "--while-stdin")
    yield running
    assert stop(running) == 0


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a sandbox with its own options; ended after the test."""
    started: list[Running] = []

    def make(*options: str) -> Running:
        started.append(start(tmp_path / f"profile{len(started)}", "--while-stdin", *options))
        return started[-1]

    yield make
    for running in started:
        stop(running)
