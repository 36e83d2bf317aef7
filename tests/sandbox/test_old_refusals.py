"""The old generation's gateway says no in the documented words."""

import datetime
import json
from collections.abc import Callable

import pytest
from tests.sandbox.conftest import Running
from tests.sandbox.signing import signed
from websockets.exceptions import InvalidStatus


def refusal(sandbox: Running, url: str, method: str = "POST", **options: object) -> tuple[int, str, str]:
    answer = sandbox.send(method, url, **options)
    body = answer.json()
    if body["error_code"].startswith("APIG"):
        assert answer.headers["server"] == "api-gateway"
        assert answer.headers["x-request-id"] == body["request_id"]
    else:
        assert "request_id" not in body
    return answer.status_code, body["error_code"], body["error_msg"]


NOT_PUBLISHED = (404, "APIG.0101", "The API does not exist or has not been published in the environment.")


def test_routes(sandbox: Running) -> None:
    gateway, chat = sandbox.facts["gateway"], sandbox.url("chat")
    assert refusal(sandbox, f"{gateway}/nothing") == NOT_PUBLISHED
    assert refusal(sandbox, f"{gateway}/v1/infers/unknown") == NOT_PUBLISHED
    assert refusal(sandbox, f"{chat}/wrong/path") == NOT_PUBLISHED
    assert refusal(sandbox, f"{chat}/v1/chat/completions/") == NOT_PUBLISHED
    assert refusal(sandbox, f"{chat}/v1/chat/completions", "GET") == (404, "APIG.0101", "The API does not exist.")


def test_tokens(sandbox: Running) -> None:
    url, token = sandbox.url("classify"), sandbox.token()
    for bad in ("", token[:-40], "MIIabc", token[:100] + "A" + token[101:] + ""):
        status, code, text = refusal(sandbox, url, headers={"X-Auth-Token": bad})
        assert (status, code) == (401, "APIG.0301")
        assert text == "Incorrect IAM authentication information: decrypt token fail"
    domain = {"X-Auth-Token": sandbox.token(scope="domain")}
    assert refusal(sandbox, url, headers=domain) == (400, "ModelArts.0204", "Token must contain projectId info.")
    assert refusal(sandbox, url)[:2] == (401, "APIG.0301")


def test_revoked_tokens_must_be_updated(fresh: Callable[..., Running]) -> None:
    sandbox = fresh()
    token = sandbox.token()
    assert sandbox.send("POST", f"{sandbox.facts['iam']}/sandbox/revoke-tokens").status_code == 204
    headers = {"X-Auth-Token": token}
    told = refusal(sandbox, sandbox.url("classify"), headers=headers)
    assert told == (401, "APIG.0307", "The token must be updated.")
    assert refusal(sandbox, sandbox.url("chat-v2-token"), headers=headers)[:2] == (401, "ModelArts.0202")
    assert (
        sandbox.send("GET", sandbox.url("ticks") + "?count=1", headers={"X-Auth-Token": sandbox.token()}).status_code
        == 200
    )


def test_a_wrong_signature_shows_the_canonical_request(sandbox: Running) -> None:
    url = sandbox.url("classify") + "?b=2&a=1%202"
    wrong = signed(sandbox.facts["ak"], "wrong", "POST", url, b"{}")
    status, code, text = refusal(sandbox, url, headers=wrong, content=b"{}")
    assert (status, code) == (401, "APIG.0301")
    assert "verify aksk signature fail, canonicalRequest:POST|/v1/infers/" in text
    assert "/|a=1%202&b=2|content-type:application/json|host:127.0.0.1:" in text
    assert "\n" not in text
    right = signed(sandbox.facts["ak"], sandbox.facts["sk"], "POST", url, b"{}")
    changed = refusal(sandbox, url, headers=right, content=b'{"other": 1}')
    assert "verify aksk signature fail" in changed[2]
    assert sandbox.send("POST", url, headers=right, content=b"{}").status_code == 400


def test_the_date_may_be_a_quarter_of_an_hour_off(sandbox: Running) -> None:
    url = sandbox.url("ticks") + "?count=1"

    def at(minutes: int) -> dict[str, str]:
        then = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
        date = {"X-Sdk-Date": then.strftime("%Y%m%dT%H%M%SZ")}
        return signed(sandbox.facts["ak"], sandbox.facts["sk"], "GET", url, headers=date)

    for minutes in (-20, 20):
        text = refusal(sandbox, url, "GET", headers=at(minutes))[2]
        assert "calc aksk signature fail:signature expired, signature time:" in text
        assert ",server time:" in text
    for minutes in (-14, 14):
        assert sandbox.send("GET", url, headers=at(minutes)).status_code == 200


def test_unknown_access_key(sandbox: Running) -> None:
    url = sandbox.url("ticks") + "?count=1"
    text = refusal(sandbox, url, "GET", headers=signed("NOBODY", "x", "GET", url))[2]
    assert text.endswith("Get secretKey failed,ak:NOBODY,err:ak not exist")


def test_more_than_five_failures_lock_the_access_key(fresh: Callable[..., Running]) -> None:
    sandbox = fresh()
    url, facts = sandbox.url("ticks") + "?count=1", sandbox.facts
    wrong, right = (signed(facts["ak"], secret, "GET", url) for secret in ("wrong", facts["sk"]))
    for _ in range(5):
        assert "verify aksk" in refusal(sandbox, url, "GET", headers=wrong)[2]
    assert sandbox.send("GET", url, headers=right).status_code == 200
    for _ in range(6):
        assert "verify aksk" in refusal(sandbox, url, "GET", headers=wrong)[2]
    locked = refusal(sandbox, url, "GET", headers=right)
    assert locked[:2] == (401, "APIG.0301")
    assert locked[2].endswith("AK access failed to reach the limit,forbidden")


def test_a_lock_ends(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--lock-seconds", "0.5")
    url, facts = sandbox.url("ticks") + "?count=1", sandbox.facts
    wrong, right = (signed(facts["ak"], secret, "GET", url) for secret in ("wrong", facts["sk"]))
    for _ in range(6):
        refusal(sandbox, url, "GET", headers=wrong)
    assert refusal(sandbox, url, "GET", headers=right)[0] == 401
    while sandbox.send("GET", url, headers=right).status_code != 200:
        pass  # the test's own time limit ends a lock that does not


def test_applications(sandbox: Running) -> None:
    url = sandbox.url("classify", app=True)
    begin = "Incorrect app authentication information: "
    told = refusal(sandbox, url, headers={"X-Apig-AppCode": "wrong"})
    assert told == (401, "APIG.0303", begin + "app not found with specified appCode")
    assert refusal(sandbox, url, headers={"apikey": "k"}) == (401, "APIG.0303", begin + "app not found, appkey k")
    told = refusal(sandbox, url, headers=signed("k", "s", "POST", url))
    assert told == (401, "APIG.0303", begin + "app not found, appkey k")
    told = refusal(sandbox, url, headers=signed(sandbox.facts["app_key"], "s", "POST", url))
    assert told[2].startswith(begin + "verify signature fail, canonicalRequest:POST|")
    assert refusal(sandbox, url, headers={"X-Auth-Token": sandbox.token()})[:2] == (401, "APIG.0303")


def test_sizes(sandbox: Running) -> None:
    url, token = sandbox.url("classify"), {"X-Auth-Token": sandbox.token()}
    over = b"x" * (12 * 1024 * 1024 + 1)
    assert refusal(sandbox, url, content=over, headers=token)[:2] == (413, "APIG.0201")
    chunks = iter([over[:1_000_000]] * 14)
    assert refusal(sandbox, url, content=chunks, headers=token)[:2] == (413, "APIG.0201")
    assert sandbox.send("POST", url, content=over[:-1], headers=token).status_code == 400
    told = refusal(sandbox, f"{url}?{'q' * 33_000}", headers=token)
    assert told == (414, "APIG.0201", "Request URI too large")
    told = refusal(sandbox, url, headers={"X-Auth-Token": "x" * 33_000})
    assert told == (494, "APIG.0201", "Request headers too large")
    many = {f"x-{number}": "x" * 30_000 for number in range(5)}
    assert refusal(sandbox, url, headers=many)[0] == 494


@pytest.mark.parametrize("name", ["archive", "vision"])
def test_services_that_do_not_run(sandbox: Running, name: str) -> None:
    row = sandbox.service(name)
    assert set(row["addresses"]) == {"public", "vpc"}
    path = {"archive": "/v1/chat/completions", "vision": ""}[name]
    told = refusal(sandbox, sandbox.url(name) + path, headers={"X-Auth-Token": sandbox.token()})
    assert told == (400, "ModelArts.4203", f"Invalid request. The requested service {row['id']} was not started.")


async def test_a_refused_handshake_answers_plain_http(sandbox: Running) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await sandbox.socket(sandbox.url("chat-live") + "/echo", additional_headers={"X-Auth-Token": "no"})
    answer = refused.value.response
    assert answer.status_code == 401
    assert answer.headers["server"] == "api-gateway"
    assert json.loads(answer.body)["error_code"] == "APIG.0301"


async def test_a_handshake_with_long_headers(sandbox: Running) -> None:
    for length, status in ((20_000, 401), (40_000, 494)):
        with pytest.raises(InvalidStatus) as refused:
            await sandbox.socket(sandbox.url("chat-live") + "/echo", additional_headers={"X-Auth-Token": "x" * length})
        assert refused.value.response.status_code == status


def test_a_date_out_of_range_counts_as_a_failure(fresh: Callable[..., Running]) -> None:
    sandbox = fresh()
    url, facts = sandbox.url("ticks") + "?count=1", sandbox.facts
    old = signed(facts["ak"], facts["sk"], "GET", url, headers={"X-Sdk-Date": "20200101T000000Z"})
    for _ in range(6):
        assert "signature expired" in refusal(sandbox, url, "GET", headers=old)[2]
    assert refusal(sandbox, url, "GET", headers=old)[2].endswith("AK access failed to reach the limit,forbidden")


def test_another_stage_is_not_published(sandbox: Running) -> None:
    headers = {"X-Auth-Token": sandbox.token(), "x-stage": "TEST"}
    assert refusal(sandbox, sandbox.url("classify"), headers=headers) == NOT_PUBLISHED
