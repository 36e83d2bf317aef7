"""What follows a redirect, without a network."""

import pytest

from streamscope.engine.redirects import followed, origin, target
from streamscope.model.errors import Misdirected
from streamscope.model.event import Head
from streamscope.model.request import FileBody, FileRun, Request
from streamscope.model.url import parse_url

SAME = [
    ("https://a.example/", "https://A.EXAMPLE:443/x"),
    ("http://a.example/", "ws://a.example:80/"),
    ("wss://a.example/", "https://a.example/"),
]
OTHER = [
    ("https://a.example:8443/", "http://a.example:8443/"),
    ("http://a.example/", "https://a.example/"),
    ("https://a.example/", "https://b.a.example/"),
    ("https://a.example/", "https://a.example:444/"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_one_origin(one: str, two: str) -> None:
    assert origin(parse_url(one)) == origin(parse_url(two))


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_another_origin_gets_no_credential(one: str, two: str) -> None:
    request = Request(
        "GET", parse_url(one), (("Authorization", "Bearer abcd"), ("Accept", "*/*")), typed=frozenset({"authorization"})
    )
    hop = followed(request, Head(0, 302, "HTTP/1.1", []), parse_url(two), frozenset())
    assert not hop.same
    assert hop.request.headers == (("Accept", "*/*"),)
    assert hop.request.typed == frozenset()


def test_a_secret_between_files_of_a_body_is_seen() -> None:
    request = Request("POST", parse_url("https://a.example/"), body=FileBody((b"--x sesame", FileRun("f", 5))))
    with pytest.raises(Misdirected):
        followed(request, Head(0, 307, "HTTP/1.1", []), parse_url("https://b.example/"), frozenset({"sesame"}))


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 400])
def test_other_statuses_lead_nowhere(status: int) -> None:
    head = Head(0, status, "HTTP/1.1", [("Location", "/x")])
    assert target(Request("GET", parse_url("https://a.example/")), head) is None


def test_without_a_location_it_is_an_answer() -> None:
    assert target(Request("GET", parse_url("https://a.example/")), Head(0, 302, "HTTP/1.1", [])) is None
