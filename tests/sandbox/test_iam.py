"""The identity service: tokens, their validation, projects."""

import datetime
from collections.abc import Callable

import httpx
import pytest
from tests.sandbox.conftest import Running

from streamscope.sandbox import totp


def test_a_token_is_long_and_good_for_a_day(sandbox: Running) -> None:
    answer = sandbox.ask_token()
    assert answer.status_code == 201
    assert answer.headers["X-Subject-Token"].startswith("MII")
    assert len(answer.headers["X-Subject-Token"]) > 1280
    token = answer.json()["token"]
    begins, ends = (datetime.datetime.fromisoformat(token[name]) for name in ("issued_at", "expires_at"))
    assert ends - begins == datetime.timedelta(days=1)
    assert token["project"]["id"] == sandbox.facts["project_id"]
    assert token["methods"] == ["password"]


def test_without_scope_or_with_a_domain_there_is_no_project(sandbox: Running) -> None:
    for scope in (None, "domain"):
        assert "project" not in sandbox.ask_token(scope=scope).json()["token"]


def test_a_project_id_will_do_and_the_catalog_can_be_left_out(sandbox: Running) -> None:
    answer = sandbox.ask_token(scope={"project": {"id": sandbox.facts["project_id"]}})
    assert answer.status_code == 201
    assert answer.json()["token"]["catalog"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"auth":{}}', 400), (b'{"auth":{"identity":{"methods":["totp"]}}}', 400)],
)
def test_bad_bodies_are_refused_as_keystone_does(sandbox: Running, body: bytes, status: int) -> None:
    answer = sandbox.send("POST", f"{sandbox.facts['iam']}/v3/auth/tokens", content=body)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message", "title"}


def test_a_wrong_password_is_401(sandbox: Running) -> None:
    answer = sandbox.ask_token(password="wrong")
    assert answer.status_code == 401
    message = "The username or password is wrong."
    assert answer.json() == {"error": {"code": 401, "message": message, "title": "Unauthorized"}}


def test_an_unknown_project_is_401(sandbox: Running) -> None:
    assert sandbox.ask_token(scope={"project": {"name": "elsewhere"}}).status_code == 401


def test_validation(sandbox: Running) -> None:
    url, token = f"{sandbox.facts['iam']}/v3/auth/tokens", sandbox.token()
    both = {"X-Auth-Token": token, "X-Subject-Token": token}
    assert sandbox.send("GET", url, headers=both).json()["token"]["user"]["name"] == sandbox.facts["user"]
    head = sandbox.send("HEAD", url, headers=both)
    assert (head.status_code, head.content) == (200, b"")
    assert sandbox.send("GET", url, headers={**both, "X-Subject-Token": "MIIno"}).status_code == 404
    assert sandbox.send("GET", url, headers={"X-Subject-Token": token}).status_code == 401


def test_projects_by_name(sandbox: Running) -> None:
    url, headers = f"{sandbox.facts['iam']}/v3/projects", {"X-Auth-Token": sandbox.token()}
    rows = sandbox.send("GET", url, params={"name": sandbox.facts["region"]}, headers=headers).json()["projects"]
    assert [row["id"] for row in rows] == [sandbox.facts["project_id"]]
    assert sandbox.send("GET", url, params={"name": "other"}, headers=headers).json()["projects"] == []


def test_token_requests_are_counted(sandbox: Running) -> None:
    def count() -> int:
        number: int = sandbox.send("GET", f"{sandbox.facts['iam']}/sandbox/counts").json()["iam_token_requests"]
        return number

    before = count()
    sandbox.token()
    assert count() == before + 1


def test_tls_is_the_sandbox_authority_s(sandbox: Running) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.facts["iam"])


def test_a_user_with_mfa_signs_in_with_a_code(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--quirk", "mfa")
    facts = sandbox.facts
    refused = sandbox.ask_token()
    assert refused.status_code == 401
    assert "totp" in refused.json()["error"]["message"]
    user = {"name": facts["user"], "password": facts["password"], "domain": {"name": facts["domain"]}}

    def signed_in(passcode: str) -> int:
        who = {"name": facts["user"], "domain": {"name": facts["domain"]}, "passcode": passcode}
        methods = {"methods": ["password", "totp"], "password": {"user": user}, "totp": {"user": who}}
        scope = {"project": {"name": facts["region"]}}
        body = {"auth": {"identity": methods, "scope": scope}}
        return httpx.post(f"{facts['iam']}/v3/auth/tokens", json=body, verify=sandbox.context).status_code

    assert signed_in(totp.code(facts["mfa_secret"])) == 201
    assert signed_in("000000") == 401 or totp.code(facts["mfa_secret"]) == "000000"
