"""The program as a subprocess, and its output read."""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "streamscope"]
PATIENCE = 60
Event = dict[str, Any]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This machine's environment without proxies and credentials, and without any keyring."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith(("STREAMSCOPE_", "SSL_CERT"))
    }
    return kept | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"} | dict(more or {})


@dataclass(frozen=True)
class Result:
    """How a call came out."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def events(self) -> list[Event]:
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, kind: str, **fields: Any) -> list[Event]:
        """The events of a kind that have these fields."""
        return chosen(self.events, kind, **fields)

    @property
    def data(self) -> list[str]:
        """The incoming messages' texts."""
        return [event["data"] for event in self.of("message", direction="in")]

    @property
    def end(self) -> Event:
        return self.events[-1]


def chosen(events: list[Event], kind: str, **fields: Any) -> list[Event]:
    """The events of a kind that have these fields."""
    return [event for event in events if event["kind"] == kind and fields.items() <= event.items()]


def payload(event: Event) -> bytes:
    """A message's bytes."""
    return event["data"].encode() if "data" in event else base64.b64decode(event["data_base64"])


def refused(result: Result, status: int, *words: str) -> None:
    """The service refused: exit 1, the layer and the meaning in a sentence, and a hint."""
    assert result.code == 1, result.err
    assert result.out == b""
    assert f"{status} from" in result.err
    for word in (*words, "hint:"):
        assert word in result.err, result.err


def run(*arguments: str | bytes | Path, given: bytes = b"", env: Mapping[str, str] | None = None) -> Result:
    """Run the program to its end."""
    done = subprocess.run(
        [*COMMAND, *arguments], input=given, capture_output=True, env=environment(env), timeout=PATIENCE, check=False
    )
    result = Result(done.returncode, done.stdout, done.stderr.decode())
    assert "Traceback" not in result.err, result.err
    return result


class Live:
    """A call that goes on; its output can be awaited."""

    def __init__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(env),
        )  # fmt: skip
        self.out = b""
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while piece := os.read(self.process.stdout.fileno(), 65_536):
            with self._news:
                self.out += piece
                self._news.notify_all()

    def wait_for(self, seen: Callable[[bytes], bool]) -> None:
        """Wait until the output so far is as wanted."""
        with self._news:
            assert self._news.wait_for(lambda: seen(self.out), PATIENCE), self.out

    def until(self, seen: Callable[[Event], bool]) -> None:
        """Wait for an event."""
        self.wait_for(lambda out: any(seen(json.loads(line)) for line in out.split(b"\n")[:-1]))

    def end(self) -> Result:
        """Wait for the end."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stderr is not None
        err = self.process.stderr.read().decode()
        self.close()
        assert "Traceback" not in err, err
        return Result(code, self.out, err)

    def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()


@dataclass
class Sandbox:
    """A sandbox that runs as a process of its own, as the program starts it."""

    facts: dict[str, Any]
    profile: Path
    process: "subprocess.Popen[bytes]"

    def service(self, name: str) -> dict[str, Any]:
        return next(row for row in self.facts["services"] if row["name"] == name)

    def url(self, name: str, channel: str = "public", *, app: bool = False) -> str:
        address: str = self.service(name)["app_addresses" if app else "addresses"][channel]
        return address

    @property
    def secrets(self) -> dict[str, str]:
        """Every secret value by its name."""
        names = ("password", "sk", "app_secret", "app_code", "api_key", "unbound_api_key")
        return {name: self.facts[name] for name in names}

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return code


def start_sandbox(profile: Path, *options: str) -> Sandbox:
    """Start a sandbox and read what it announces."""
    process = subprocess.Popen(
        [*COMMAND, "sandbox", "--json", "--while-stdin", "--profile", str(profile), *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    return Sandbox(json.loads(process.stdout.readline()), profile, process)
