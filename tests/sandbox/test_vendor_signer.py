"""What the vendor's signer signs is accepted, whatever it is."""

from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import Running
from tests.sandbox.signing import signed

WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
NAME = st.text("abcdefghij-", min_size=1, max_size=8).map("x-".__add__)
VALUE = st.text("abc XYZ019,;=+/%é中", max_size=20).map(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    query=st.lists(st.tuples(WORD, WORD), max_size=4),
    extra=st.dictionaries(NAME, VALUE, max_size=3),
    body=st.binary(max_size=40),
    content_type=st.sampled_from(["application/json", "text/plain", "application/octet-stream", "application/bson"]),
)
def test_signed_requests_are_accepted(
    sandbox: Running, query: list[tuple[str, str]], extra: dict[str, str], body: bytes, content_type: str
) -> None:
    facts = sandbox.facts
    raw = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in query)
    url = sandbox.url("classify") + (f"?{raw}" if raw else "")
    made = signed(facts["ak"], facts["sk"], "POST", url, body, {**extra, "Content-Type": content_type})
    # The signer's values are UTF-8 read as Latin-1; on the wire they are UTF-8 again.
    raw_headers = [(name.encode(), value.encode("latin-1")) for name, value in made.items()]
    answer = sandbox.send("POST", url, content=body, headers=raw_headers)
    assert "APIG" not in answer.text, answer.text


def test_unsigned_payload_and_explicit_hash_are_accepted(sandbox: Running) -> None:
    facts, url = sandbox.facts, sandbox.url("ticks") + "?count=1"
    for body in (b"", b"{}"):
        given_headers = {"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
        made = signed(facts["ak"], facts["sk"], "POST", url, body, given_headers)
        assert sandbox.send("POST", url + "0", content=body, headers=made).status_code == 401
        assert sandbox.send("POST", url, content=body, headers=made).status_code == 200


def test_management_accepts_signed_requests(sandbox: Running) -> None:
    facts = sandbox.facts
    url = f"{facts['management']}/v1/{facts['project_id']}/services?limit=2&offset=0"
    made = signed(facts["ak"], facts["sk"], "GET", url, headers={"X-Project-Id": facts["project_id"]})
    assert sandbox.send("GET", url, headers=made).json()["count"] == 2


def test_temporary_keys_sign_with_their_security_token(sandbox: Running) -> None:
    body = {"auth": {"identity": {"methods": ["token"], "token": {"duration_seconds": 900}}}}
    url = f"{sandbox.facts['iam']}/v3.0/OS-CREDENTIAL/securitytokens"
    answer = sandbox.send("POST", url, json=body, headers={"X-Auth-Token": sandbox.token()})
    assert answer.status_code == 201
    made = answer.json()["credential"]
    url = sandbox.url("ticks") + "?count=1"
    extra = {"X-Security-Token": made["securitytoken"]}
    good = signed(made["access"], made["secret"], "GET", url, headers=extra)
    assert sandbox.send("GET", url, headers=good).status_code == 200
    bare = signed(made["access"], made["secret"], "GET", url)
    assert "ak not exist" in sandbox.send("GET", url, headers=bare).json()["error_msg"]
    misplaced = sandbox.send("GET", url, headers={"X-Auth-Token": made["securitytoken"]})
    assert "decrypt token fail" in misplaced.json()["error_msg"]
