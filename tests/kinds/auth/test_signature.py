"""Signing against published vectors and against the vendor's own signer."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from streamscope.kinds.auth import signature
from streamscope.kinds.auth.signing import signed
from streamscope.model.request import Request
from streamscope.model.url import Url, encoded, parse_url

VECTORS = json.loads((Path(__file__).parent / "signing_vectors.json").read_text())["vectors"]
HMAC = [vector for vector in VECTORS if vector["algorithm"] == "SDK-HMAC-SHA256"]


def vector_request(vector: dict[str, Any]) -> Request:
    """The request of a vector, as it would be sent."""
    typed = frozenset(name.lower() for name in vector["headers"])
    url = parse_url(f"https://{vector['host']}{vector['request_uri_sent']}")
    body = base64.b64decode(vector["body_base64"])
    return Request(vector["method"], url, tuple(vector["headers"].items()), body, typed=typed)


@pytest.mark.parametrize("vector", HMAC, ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, Any]) -> None:
    made = signed(vector_request(vector), vector["ak"], vector["sk"])
    notes = {str(note.label): note.text for note in made.notes}
    assert notes["Canonical request"] == vector["canonical_request"]
    assert notes["String to sign"] == vector["string_to_sign"]
    assert made.header("Authorization") == vector["authorization"]


def test_a_websocket_handshake_is_signed_as_its_https_twin() -> None:
    (vector,) = (vector for vector in HMAC if vector["name"] == "websocket_handshake_get_wss_host")
    extra = (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "x"),
             ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Protocol", "a"))  # fmt: skip
    request = vector_request(vector)
    names = frozenset(name.lower() for name, _ in extra)
    url = parse_url(str(request.url).replace("https://", "wss://"))
    handshake = Request("GET", url, request.headers + extra, typed=request.typed | names)
    assert signed(handshake, vector["ak"], vector["sk"]).header("Authorization") == vector["authorization"]


# Anything that a header, a path or a query may hold; the vendor's signer cannot decode escapes that are no UTF-8.
VALUE = st.text("abcXYZ 019\t,;:=+/%\"'é中", max_size=24)
NAME = st.text("abcDEF-_019", min_size=1, max_size=10).map("X-A".__add__)
WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=10)
SEGMENT = WORD.map(lambda word: word.replace("/", "").replace("%", "").replace("?", "").replace("#", ""))
ESCAPED = st.sampled_from(["%20", "%2F", "%2f", "%25", "%C3%A9", "%e4%b8%ad", "%7E", "+", "a:b", "~", "*", ""])
PATH = st.lists(st.one_of(SEGMENT, ESCAPED, SEGMENT.map(quote)), max_size=5).map(lambda parts: "/" + "/".join(parts))
QUERY = st.lists(st.tuples(st.one_of(WORD, st.sampled_from(["a", "b", "A", "a b", "a+b"])), WORD), max_size=6)
TYPES = [None, "application/json", "application/json; charset=utf-8", "application/bson", "text/plain",
         "application/octet-stream", "multipart/form-data; boundary=x"]  # fmt: skip
BODY = st.one_of(st.just(b""), st.binary(max_size=60), st.dictionaries(WORD, WORD, max_size=2).map(
    lambda value: json.dumps(value, ensure_ascii=False).encode()))  # fmt: skip
DATE = st.sampled_from(["20191111T093443Z", "20260101T000000Z"])
GIVEN_HASH = st.sampled_from([None, None, "UNSIGNED-PAYLOAD", "0" * 64])


def spelled(query: list[tuple[str, str]], style: int) -> str:
    """A query string that means these pairs, its characters more or less escaped; a plus is a plus."""
    safe = ["", "+/:", "+/:*'()!@$,~"][style]
    return "&".join(f"{quote(key, safe=safe)}={quote(value, safe=safe)}" for key, value in query)


@settings(max_examples=2500, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "put", "DELETE", "PATCH"]),
    path=PATH,
    query=QUERY,
    style=st.integers(0, 2),
    extra=st.dictionaries(NAME, VALUE, max_size=4),
    content_type=st.sampled_from(TYPES),
    given_hash=GIVEN_HASH,
    body=BODY,
    date=DATE,
    port=st.sampled_from([None, 8443, 443]),
    host=st.sampled_from([None, "Infer.Example.COM"]),
)
@example("GET", "/", [], 0, {}, None, None, b"", "20191111T093443Z", None, None)
@example("GET", "/a b/%2F+", [("a", ""), ("a", "+ "), ("a", "")], 1, {"X-Aa_b": " x "}, "text/plain", None, b"x",
         "20191111T093443Z", 443, "Infer.Example.COM")  # fmt: skip
def test_the_vendors_signer_signs_alike(
    method: str,
    path: str,
    query: list[tuple[str, str]],
    style: int,
    extra: dict[str, str],
    content_type: str | None,
    given_hash: str | None,
    body: bytes,
    date: str,
    port: int | None,
    host: str | None,
) -> None:
    headers = {"X-Sdk-Date": date, **{name: extra[name] for name in unlike(extra)}}
    if content_type is not None:
        headers["Content-Type"] = content_type
    if given_hash is not None and (
        content_type is None or content_type.startswith(("application/json", "application/bson"))
    ):
        headers["X-Sdk-Content-Sha256"] = given_hash
    if host is not None:
        headers["Host"] = host
    raw = spelled(query, style)
    url = Url("https", "infer.example", port, encoded(path), encoded(raw) if raw else None)
    typed = frozenset(name.lower() for name in headers)
    ours = signed(Request(method, url, tuple(headers.items()), body, typed=typed), "AK", "SK")
    theirs = vendor(method, url.authority, path, query, headers, body)
    assert ours.header("Authorization") == theirs["Authorization"]
    assert (ours.header("X-Sdk-Content-Sha256") or None) == theirs.get("X-Sdk-Content-Sha256")
    assert str(ours.url) == str(url)


def unlike(extra: dict[str, str]) -> list[str]:
    """Names that differ by more than their letters' case: the vendor's signer takes a mapping."""
    return list({name.lower(): name for name in extra}.values())


def vendor(
    method: str, authority: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], body: bytes
) -> dict[str, str]:
    """The headers that the vendor's signer makes."""
    request = SdkRequest(method, "https", authority, path, path, list(query), dict(headers), body)
    made: dict[str, str] = Signer(BasicCredentials("AK", "SK", "project")).sign(request).header_params
    return made


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("b=2&a=1&a=", "a=&a=1&b=2"),
        ("a", "a="),
        ("&&a=1&", "a=1"),
        ("a=1=2", "a=1%3D2"),
        ("a=+%20%2B", "a=%2B%20%2B"),
        ("=x", "=x"),
        ("", ""),
        ("a=%FF", "a=%FF"),
    ],
)
def test_queries(query: str, canonical: str) -> None:
    assert signature.canonical_query(query) == canonical


@pytest.mark.parametrize(
    ("path", "canonical"),
    [("/", "/"), ("/a", "/a/"), ("/a/", "/a/"), ("/a//b", "/a//b/"), ("/%2f", "//"), ("/ü", "/%C3%BC/"),
     ("/a+b", "/a%2Bb/"), ("/%41", "/A/"), ("/a:b", "/a%3Ab/"), ("/~", "/~/")],
)  # fmt: skip
def test_paths(path: str, canonical: str) -> None:
    assert signature.canonical_uri(path) == canonical


def test_two_headers_of_one_name_are_joined() -> None:
    lines = signature.canonical_headers([("X-A", " 1 "), ("x-a", "2"), ("X-B", "3")], ["x-a", "x-b"])
    assert lines == "x-a:1,2\nx-b:3\n"


def test_the_query_that_is_signed_is_the_one_that_is_sent() -> None:
    url = parse_url("https://h/p?x=%20a+b")
    request = signed(Request("GET", url, (("X-Sdk-Date", "20191111T093443Z"),)), "AK", "SK")
    assert request.url.target == "/p?x=%20a+b"
    assert "\nx=%20a%2Bb\n" in request.notes[0].text
