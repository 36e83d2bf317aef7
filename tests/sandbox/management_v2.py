"""The new generation's management interface as a plain client asks it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from tests.sandbox.conftest import Running

SECONDS = 20


class Asked:
    """Requests with a token, and their answers as JSON."""

    def __init__(self, sandbox: Running) -> None:
        self.sandbox = sandbox
        self._headers = {"X-Auth-Token": sandbox.token()}

    def __call__(self, method: str, path: str, body: Any = None, expect: int = 200, **query: Any) -> Any:
        """An answer's JSON, where its status is the expected one."""
        answer = self.answer(method, path, body, **query)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def answer(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """An answer as it is."""
        url = f"{self.sandbox.facts['management']}/v2/{self.sandbox.facts['project_id']}/{path}"
        return self.sandbox.send(method, url, headers=self._headers, json=body, params=query)

    @contextlib.contextmanager
    def connected(self) -> Iterator[Callable[..., httpx.Response]]:
        """Many requests on one connection."""
        facts = self.sandbox.facts
        base = f"{facts['management']}/v2/{facts['project_id']}/"
        with httpx.Client(verify=self.sandbox.context, trust_env=False, headers=self._headers) as client:
            yield lambda method, path, body=None: client.request(method, base + path, json=body)

    def until(self, service: str, *statuses: str) -> Any:
        """A service as soon as it has one of some statuses."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = self("GET", f"services/{service}")
            if found["status"] in statuses:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{service} is {found['status']}: {found['failure_reason']}")
