"""The identity service: tokens, projects and temporary keys; platform documentation, "Obtaining a user token"."""

import hmac
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from streamscope.sandbox import iam_texts, totp
from streamscope.sandbox.account import Account
from streamscope.sandbox.faults import table
from streamscope.sandbox.iam_authentication import IamAuthentication
from streamscope.sandbox.inbound import read
from streamscope.sandbox.refusals import RefusalError, iam, keystone
from streamscope.sandbox.tokens import Grant, Problem

TEMPORARY_LEAST, TEMPORARY_MOST = 900, 86_400


class IdentityService:
    """The endpoints of one account's identity service."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._identity = account.identity
        self.app = Starlette(
            routes=[
                Route("/v3/auth/tokens", self.create_token, methods=["POST"]),
                Route("/v3/auth/tokens", self.show_token, methods=["GET"]),
                Route("/v3/projects", self.list_projects, methods=["GET"]),
                Route("/v3.0/OS-CREDENTIAL/securitytokens", self.create_temporary_keys, methods=["POST"]),
                Route("/sandbox/revoke-tokens", self.revoke_tokens, methods=["POST"]),
                Route("/sandbox/counts", self.show_counts, methods=["GET"]),
                Route("/sandbox/faults", self.show_faults, methods=["GET"]),
            ],
            exception_handlers={RefusalError: _refuse, 404: _not_found, 405: _wrong_method},
        )

    async def create_token(self, request: Request) -> Response:
        """Password in, token out: 201 and the header X-Subject-Token."""
        self._account.counts["iam_token_requests"] += 1
        auth = _mapping(await _json(request), "auth")
        self._check_password(_mapping(auth, "identity"))
        project_id = self._project_of(auth.get("scope"))
        token, grant = self._account.mint.token(project_id, self._account.limits.token_seconds)
        body = iam_texts.token_body(self._identity, grant, catalog="nocatalog" not in request.query_params)
        return JSONResponse(body, status_code=201, headers={"X-Subject-Token": token})

    async def show_token(self, request: Request) -> Response:
        """Validate the token in X-Subject-Token for the caller in X-Auth-Token (GET describes it, HEAD does not)."""
        self._caller(request)
        subject = self._account.mint.check(request.headers.get("x-subject-token", ""))
        if isinstance(subject, Problem):
            raise keystone(404, "Not Found", "Failed to validate token.")
        body = iam_texts.token_body(self._identity, subject, catalog="nocatalog" not in request.query_params)
        return JSONResponse(body, headers={"X-Subject-Token": request.headers["x-subject-token"]})

    async def list_projects(self, request: Request) -> Response:
        """The account's projects; a token or a signature will do."""
        if "x-auth-token" in request.headers:
            self._caller(request)
        else:
            check = IamAuthentication(self._account, "APIGW", self._account.management_lock)
            check.check(read(request.scope), b"")
        wanted = request.query_params.get("name", self._identity.region)
        found = [iam_texts.project(self._identity)] if wanted == self._identity.region else []
        links = {"self": str(request.url), "previous": None, "next": None}
        return JSONResponse({"projects": found, "links": links})

    async def create_temporary_keys(self, request: Request) -> Response:
        """An access key, its secret and a security token that are good for a while."""
        asked = _mapping(_mapping(await _json(request), "auth"), "identity")
        details = asked.get("token")
        details = details if isinstance(details, dict) else {}
        self._caller(request, str(details.get("id", "")))
        seconds = details.get("duration_seconds", TEMPORARY_LEAST)
        if not isinstance(seconds, int) or not TEMPORARY_LEAST <= seconds <= TEMPORARY_MOST:
            raise iam(400, "IAM.0007", "Request parameter duration_seconds is invalid.")
        token, grant = self._account.mint.temporary_keys(seconds)
        credential = {
            "access": grant.access,
            "secret": self._account.mint.secret(grant.access),
            "securitytoken": token,
            "expires_at": iam_texts.moment(grant.expires_ns),
        }
        return JSONResponse({"credential": credential}, status_code=201)

    async def revoke_tokens(self, _request: Request) -> Response:
        """The sandbox's own: every token issued so far must be updated, as after a change of password."""
        self._account.mint.revoke_all()
        return Response(status_code=204)

    async def show_counts(self, _request: Request) -> Response:
        """The sandbox's own: how often what was asked."""
        names = ("iam_token_requests", "gateway_calls", "management_calls")
        return JSONResponse({name: self._account.counts[name] for name in names})

    async def show_faults(self, _request: Request) -> Response:
        """The sandbox's own: every fault that a call can ask for."""
        return JSONResponse({"faults": table.listing()})

    def _caller(self, request: Request, otherwise: str = "") -> Grant:
        found = self._account.mint.check(request.headers.get("x-auth-token") or otherwise)
        if isinstance(found, Problem):
            raise keystone(401, "Unauthorized", "The request you have made requires authentication.")
        return found

    def _check_password(self, identity: dict[str, Any]) -> None:
        methods = identity.get("methods")
        if not isinstance(methods, list) or "password" not in methods:
            raise keystone(400, "Bad Request", "Expecting to find password in identity.methods.")
        user = _mapping(_mapping(identity, "password"), "user")
        password = user.get("password")
        if not isinstance(password, str):
            raise keystone(400, "Bad Request", "Expecting to find password in user.")
        named = user.get("id") == self._identity.user_id or (
            user.get("name") == self._identity.user and self._is_own_domain(_mapping(user, "domain"))
        )
        if not hmac.compare_digest(password.encode(), self._identity.password.encode()) or not named:
            raise keystone(401, "Unauthorized", "The username or password is wrong.")
        if self._account.mfa:
            self._check_code(methods, identity)

    def _check_code(self, methods: list[Any], identity: dict[str, Any]) -> None:
        if "totp" not in methods:
            raise keystone(401, "Unauthorized", "The user signs in with MFA: a totp passcode is required.")
        user = _mapping(_mapping(identity, "totp"), "user")
        named = user.get("id") == self._identity.user_id or user.get("name") == self._identity.user
        if not named or not totp.right(self._identity.mfa_secret, str(user.get("passcode", ""))):
            raise keystone(401, "Unauthorized", "The totp passcode is wrong.")

    def _is_own_domain(self, domain: object) -> bool:
        if not isinstance(domain, dict):
            return False
        return domain.get("name") == self._identity.domain or domain.get("id") == self._identity.domain_id

    def _project_of(self, scope: object) -> str:
        """The project's id, or nothing for the account; where both are named the project wins."""
        if scope is None:
            return ""
        if not isinstance(scope, dict):
            raise keystone(400, "Bad Request", "Expecting to find valid JSON in scope.")
        project = scope.get("project")
        if isinstance(project, dict):
            if project.get("id") == self._identity.project_id or project.get("name") == self._identity.region:
                return self._identity.project_id
            raise keystone(401, "Unauthorized", f"Could not find project: {project.get('name') or project.get('id')}.")
        if self._is_own_domain(scope.get("domain")):
            return ""
        raise keystone(401, "Unauthorized", "Could not find domain.")


async def _json(request: Request) -> object:
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise keystone(400, "Bad Request", "The request body is not valid JSON.") from error


def _mapping(value: object, name: str) -> dict[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, dict):
        raise keystone(400, "Bad Request", f"Expecting to find {name} in request body.")
    return found


async def _refuse(_request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, RefusalError):
        raise refusal
    headers = {name.decode(): value.decode() for name, value in refusal.headers}
    return Response(refusal.body, refusal.status, headers)


async def _not_found(request: Request, _error: Exception) -> Response:
    return await _refuse(request, keystone(404, "Not Found", "The resource could not be found."))


async def _wrong_method(request: Request, _error: Exception) -> Response:
    return await _refuse(request, keystone(405, "Method Not Allowed", "The method is not allowed for the resource."))
