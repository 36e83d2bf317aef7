"""The management interface: who may ask, and which operation answers."""

import re

from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.iam_authentication import IamAuthentication
from streamscope.sandbox.inbound import Inbound, declared_length, read, read_body
from streamscope.sandbox.limits import OLD_BODY_BYTES
from streamscope.sandbox.management_v1 import old_operations
from streamscope.sandbox.management_v2 import new_operations
from streamscope.sandbox.operations import Answer, Inquiry, Operation, Operations
from streamscope.sandbox.refusals import RefusalError, dispatcher, gateway, request_id, send_refusal

PROJECT = re.compile(r"/(v[12])/([^/]+)(/.*)")
OF_NO_PROJECT = "/v1/auth-mode"


class Management:
    """Routes a request, checks its caller, and answers by the operation that it names."""

    def __init__(self, account: Account, addresses: Addresses) -> None:
        self._account = account
        self._check = IamAuthentication(account, "APIGW", account.management_lock)
        self._operations = Operations([*old_operations(account, addresses), *new_operations(account, addresses)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self._account.counts["management_calls"] += 1
        inbound = read(scope)
        try:
            if inbound.websocket:
                raise _no_such_api()
            answer = self._answer(inbound, await _body(inbound, receive))
        except RefusalError as refusal:
            await send_refusal(refusal, scope, send)
            return
        headers = answer.raw_headers(request_id())
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content, "more_body": False})

    def _answer(self, inbound: Inbound, body: bytes) -> Answer:
        operation, project, names = self._route(inbound)
        self._caller(inbound, body, project)
        self._account.quirks.check(operation.deed, body)
        answer = operation.answer(Inquiry(names, QueryParams(inbound.query), body, inbound))
        return answer if isinstance(answer, Answer) else Answer(answer)

    def _route(self, inbound: Inbound) -> tuple[Operation, str, tuple[str, ...]]:
        """The operation, the project and what the path names; a method that a path does not have is no API of it."""
        path = inbound.path
        if path == OF_NO_PROJECT:
            path = path.replace("/v1/", f"/v1/{self._account.identity.project_id}/")
        found = PROJECT.fullmatch(path)
        if found is None:
            raise _no_such_api()
        operation, names, known = self._operations.find(found[1], inbound.method, found[3])
        if operation is None:
            raise gateway(404, "APIGW.0101", "The API does not exist.") if known else _no_such_api()
        return operation, found[2], names

    def _caller(self, inbound: Inbound, body: bytes, project_id: str) -> None:
        """A token of this project or a signature; platform documentation, "Error codes" of management."""
        grant = self._check.check(inbound, body)
        if grant is not None and not grant.project_id:
            raise dispatcher(400, "ModelArts.0204", "Token must contain projectId info.")
        if project_id != self._account.identity.project_id:
            text = "The project ID in the URL does not match the project ID in the token."
            raise dispatcher(403, "ModelArts.0210", text)


async def _body(inbound: Inbound, receive: Receive) -> bytes:
    """The whole body; one over the gateway's 12 MB is refused, as soon as its length is known."""
    body = None if declared_length(inbound) > OLD_BODY_BYTES else await read_body(receive, OLD_BODY_BYTES)
    if body is None:
        raise gateway(413, "APIGW.0201", "Request entity too large")
    return body


def _no_such_api() -> RefusalError:
    return gateway(404, "APIGW.0101", "The API does not exist or has not been published in the environment.")
