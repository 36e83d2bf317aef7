"""The management interface, read side: who may ask, and which generation answers."""

import json
import re
from collections.abc import Callable
from typing import Any

from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.iam_authentication import IamAuthentication
from streamscope.sandbox.inbound import Inbound, read, read_body
from streamscope.sandbox.limits import OLD_BODY_BYTES
from streamscope.sandbox.management_v1 import OldManagement
from streamscope.sandbox.management_v2 import NewManagement
from streamscope.sandbox.refusals import RefusalError, dispatcher, gateway, request_id, send_refusal

Answer = Callable[..., dict[str, Any]]
PROJECT = re.compile(r"/v[12]/([^/]+)(/.*)")


class Management:
    """Routes a request, checks its caller, and answers from the generation it asks about."""

    def __init__(self, account: Account, addresses: Addresses) -> None:
        self._account = account
        self._check = IamAuthentication(account, "APIGW", account.management_lock)
        old, new = OldManagement(account, addresses), NewManagement(account, addresses)
        one = r"/services/([^/]+)"
        self._routes: list[tuple[str, re.Pattern[str], Answer]] = [
            ("v1", re.compile(r"/services"), old.services),
            ("v1", re.compile(one), old.service),
            ("v1", re.compile(one + "/events"), old.events),
            ("v1", re.compile(one + "/predict/endpoints"), old.endpoints),
            ("v1", re.compile(one + "/api-auths"), old.api_auths),
            ("v1", re.compile(r"/internal-channel-info"), old.internal_channel),
            ("v1", re.compile(r"/models"), old.models),
            ("v1", re.compile(r"/models/([^/]+)"), old.model),
            ("v2", re.compile(r"/services"), new.services),
            ("v2", re.compile(one), new.service),
            ("v2", re.compile(one + "/events"), new.events),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self._account.counts["management_calls"] += 1
        inbound = read(scope)
        try:
            body = b"" if inbound.websocket else await read_body(receive, OLD_BODY_BYTES) or b""
            answer = self._answer(inbound, body)
        except RefusalError as refusal:
            await send_refusal(refusal, scope, send)
            return
        headers = [(b"content-type", b"application/json"), (b"x-request-id", request_id().encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode(), "more_body": False})

    def _answer(self, inbound: Inbound, body: bytes) -> dict[str, Any]:
        found = PROJECT.fullmatch(inbound.path)
        answer = self._route(inbound, found[2]) if found else None
        if found is None or answer is None:
            text = "The API does not exist or has not been published in the environment."
            raise gateway(404, "APIGW.0101", text)
        if inbound.method != "GET":
            raise gateway(404, "APIGW.0101", "The API does not exist.")
        self._caller(inbound, body, found[1])
        return answer()

    def _caller(self, inbound: Inbound, body: bytes, project_id: str) -> None:
        """A token of this project or a signature; platform documentation, "Error codes" of management."""
        grant = self._check.check(inbound, body)
        if grant is not None and not grant.project_id:
            raise dispatcher(400, "ModelArts.0204", "Token must contain projectId info.")
        if project_id != self._account.identity.project_id:
            text = "The project ID in the URL does not match the project ID in the token."
            raise dispatcher(403, "ModelArts.0210", text)

    def _route(self, inbound: Inbound, rest: str) -> Callable[[], dict[str, Any]] | None:
        version = inbound.path[1:3]
        query = QueryParams(inbound.query)
        for generation, pattern, answer in self._routes:
            found = pattern.fullmatch(rest)
            if generation == version and found is not None:
                groups = found.groups()
                return lambda answer=answer, groups=groups: answer(*groups, query=query)  # type: ignore[misc]
        return None
