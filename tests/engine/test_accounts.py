"""Signing in for a workspace: MFA codes, HUAWEI IDs, tokens and projects, against a raw identity service."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.raw import Peer, Served

from streamscope.engine import accounts
from streamscope.engine.core import Core
from streamscope.kinds.auth.base import Question
from streamscope.model.errors import CredentialError, PlatformRefusal, UsageError
from streamscope.model.service import Project, Workspace

Serve = Callable[..., Served]


@dataclass
class Iam:
    """An identity service; with `code` it wants that code besides the password."""

    code: str = ""
    refusal: str = "Authentication failed: a totp passcode is required."
    status: str = "401 Unauthorized"
    asked: list[dict[str, Any]] = field(default_factory=list)
    projects: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def __call__(self, peer: Peer) -> None:
        while True:
            request = await peer.request()
            if request.target.startswith("/v3/projects"):
                self.tokens.append(request.get("x-auth-token") or "")
                body = {"projects": self.projects, "links": {"next": None}}
                await peer.answer(json.dumps(body).encode())
                continue
            self.asked.append(json.loads(request.body)["auth"])
            totp = self.asked[-1]["identity"].get("totp", {}).get("user", {})
            if self.code and totp.get("passcode") != self.code:
                refused = {"error": {"code": 401, "message": self.refusal, "title": "Unauthorized"}}
                await peer.answer(json.dumps(refused).encode(), self.status)
                continue
            ends = datetime.now(UTC) + timedelta(hours=24)
            body = {"token": {"expires_at": ends.isoformat()}}
            await peer.answer(json.dumps(body).encode(), "201 Created", X_Subject_Token=f"token{len(self.asked)}")


@dataclass
class Desk:
    """A core whose person answers with what is in `answers`, one after the other."""

    core: Core
    workspace: Workspace
    answers: list[str]
    questions: list[Question]


def desk(core: Core, server: Served, monkeypatch: pytest.MonkeyPatch, *answers: str, **values: str) -> Desk:
    more = {name: values.pop(name) for name in ("mfa", "user_id") if name in values}
    for name, value in {"domain": "acme", "user": "ann", "password": "pw", **values}.items():
        monkeypatch.setenv(f"STREAMSCOPE_TOKEN_{name.upper()}", value)
    given, questions = list(answers), []

    async def ask(question: Question) -> str:
        questions.append(question)
        return given.pop(0) if given else ""

    core.ask = ask
    values = {**more, "management": server.http, "iam": server.http, "region": "cn-north-4", "project": "gone"}
    workspace = Workspace("w", "modelarts", values, proxy="none")
    core.bench.workspaces.save(workspace)
    return Desk(core, workspace, given, questions)


async def test_a_code_is_asked_for_once_iam_wants_it(serve: Serve, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    iam = Iam(code="123456")
    at = desk(core, serve(iam), monkeypatch, " 123 456 ")
    found = await asyncio.gather(*(accounts.renewed(at.core, at.workspace) for _ in range(3)))
    assert len(at.questions) == 1
    assert "ann" in str(at.questions[0].about)
    assert [one["identity"]["methods"] for one in iam.asked] == [["password"], ["password", "totp"]]
    who = {"name": "ann", "domain": {"name": "acme"}, "passcode": "123456"}
    assert iam.asked[1]["identity"]["totp"]["user"] == who
    assert all(token is not None and token.value == "token2" for token in found)


async def test_an_account_with_mfa_is_not_tried_without(
    serve: Serve, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = Iam(code="123456")
    at = desk(core, serve(iam), monkeypatch, "123456", mfa="true", user_id="7f")
    await accounts.renewed(at.core, at.workspace)
    assert [one["identity"]["totp"]["user"] for one in iam.asked] == [{"id": "7f", "passcode": "123456"}]


async def test_without_a_code_it_is_told_what_to_do(serve: Serve, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(core, serve(Iam(code="123456")), monkeypatch)
    with pytest.raises(CredentialError, match="No code was given"):
        await accounts.renewed(at.core, at.workspace)
    at.answers.append("000000")
    with pytest.raises(CredentialError) as refused:
        await accounts.renewed(at.core, at.workspace)
    assert "MFA device" in str(refused.value.hint)
    assert "pw" not in str(refused.value)
    at.core.ask = None
    with pytest.raises(CredentialError, match="No code was given"):
        await accounts.renewed(at.core, at.workspace)


async def test_a_huawei_id_is_told_to_make_an_iam_user(
    serve: Serve, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = Iam(code="never", refusal="The username or password is wrong.")
    at = desk(core, serve(iam), monkeypatch, user="acme")
    with pytest.raises(CredentialError) as refused:
        await accounts.renewed(at.core, at.workspace)
    assert "HUAWEI ID" in str(refused.value.hint)
    assert "create an IAM user" in str(refused.value.hint)
    assert at.questions == []


async def test_a_token_lives_and_is_got_anew(serve: Serve, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    iam = Iam()
    at = desk(core, serve(iam), monkeypatch)
    assert await accounts.kept(at.core, at.workspace) is None
    first = await accounts.renewed(at.core, at.workspace)
    assert await accounts.kept(at.core, at.workspace) == first == accounts.token(at.core, at.workspace)
    assert first is not None
    assert first.expires > time.time() + 86_000
    second = await accounts.renewed(at.core, at.workspace)
    assert second is not None
    assert second.value != first.value


async def test_projects_are_listed_also_where_the_workspace_names_a_wrong_one(
    serve: Serve, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = Iam(
        projects=[
            {"id": "3", "name": "eu-west-0"},
            {"id": "2", "name": "cn-north-4_lab", "enabled": False},
            {"id": "1", "name": "cn-north-4", "description": "the region's"},
            {"name": "without an id"},
        ]
    )
    at = desk(core, serve(iam), monkeypatch)
    found = await accounts.projects(at.core, at.workspace)
    assert [one.name for one in found] == ["cn-north-4", "cn-north-4_lab", "eu-west-0"]
    assert found[1] == Project("2", "cn-north-4_lab", enabled=False)
    assert iam.asked[0]["scope"] == {"project": {"name": "cn-north-4"}}
    assert accounts.named(found, "2") == accounts.named(found, "cn-north-4_lab")
    with pytest.raises(UsageError, match="nowhere"):
        accounts.named(found, "nowhere")
    by_hand = Workspace("b", "address", {"urls": "http://127.0.0.1:9"})
    at.core.bench.workspaces.save(by_hand)
    with pytest.raises(UsageError):
        await accounts.projects(at.core, by_hand)


async def test_a_refused_list_of_projects_names_the_permission(
    serve: Serve, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refusing(peer: Peer) -> None:
        while True:
            request = await peer.request()
            if "tokens" in request.target:
                ends = (datetime.now(UTC) + timedelta(hours=24)).isoformat()
                await peer.answer(
                    json.dumps({"token": {"expires_at": ends}}).encode(), "201 Created", X_Subject_Token="t"
                )
            else:
                await peer.answer(b'{"error_msg":"Policy does not allow it.","error_code":"IAM.0002"}', "403 Forbidden")

    at = desk(core, serve(refusing), monkeypatch)
    with pytest.raises(PlatformRefusal, match="Policy does not allow it") as refused:
        await accounts.projects(at.core, replace(at.workspace, values={**at.workspace.values}))
    assert "iam:projects" in str(refused.value.hint)
