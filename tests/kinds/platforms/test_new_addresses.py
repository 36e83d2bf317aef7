"""Every form in which the new generation tells an address becomes a URL that can be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.kinds.platforms.modelarts.new_addresses import addresses, completed
from streamscope.model.url import parse_url

ID = "0a1b"
PATH = f"/v2/infer/{ID}"


@pytest.mark.parametrize(
    ("told", "protocol", "url"),
    [
        ("https://h.example/v2/infer/0a1b", "HTTPS", "https://h.example/v2/infer/0a1b"),
        ("h.example", "HTTPS", f"https://h.example{PATH}"),
        ("h.example/", "HTTP", f"http://h.example{PATH}"),
        ("10.0.0.7", "HTTPS", f"https://10.0.0.7{PATH}"),
        ("10.0.0.7:8443", "WSS", f"wss://10.0.0.7:8443{PATH}"),
        ("http://10.0.0.7:80", "HTTP", f"http://10.0.0.7:80{PATH}"),
        ("http://10.0.0.7:80", "HTTPS", f"https://10.0.0.7{PATH}"),
        ("10.0.0.7:80", "HTTPS", f"https://10.0.0.7{PATH}"),
        ("10.0.0.7:80", "", f"http://10.0.0.7:80{PATH}"),
        ("http://10.0.0.7:8080", "HTTPS", f"https://10.0.0.7:8080{PATH}"),
        ("https://h.example:443/v2/infer/0a1b", "HTTP", "http://h.example/v2/infer/0a1b"),
        ("https://h.example/v2/infer/0a1b", "WSS", "wss://h.example/v2/infer/0a1b"),
        ("http://h.example", "WS", f"ws://h.example{PATH}"),
        ("//h.example", "HTTPS", f"https://h.example{PATH}"),
        ("2001:db8::1", "HTTPS", f"https://[2001:db8::1]{PATH}"),
        ("[2001:db8::1]:8443", "HTTPS", f"https://[2001:db8::1]:8443{PATH}"),
        ("http://[::1]", "HTTP", f"http://[::1]{PATH}"),
        ("https://h.example/my/path", "HTTPS", "https://h.example/my/path"),
        ("https://h.example/v2/infer", "HTTPS", f"https://h.example{PATH}"),
        ("https://h.example/v2/infers/", "HTTPS", f"https://h.example/v2/infers/{ID}"),
        ("https://h.example?a=b", "HTTPS", f"https://h.example{PATH}?a=b"),
        ("  h.example \n", "TCP", f"https://h.example{PATH}"),
        ("HTTPS://H.Example", "HTTPS", f"https://H.Example{PATH}"),
    ],
)
def test_an_address_is_completed(told: str, protocol: str, url: str) -> None:
    assert completed(told, protocol, ID) == url


@pytest.mark.parametrize(
    "told", ["", " ", "/", "ftp://h.example", "https://", "h:99999", "a b", "https://u:p@h", "[::1"]
)
def test_what_is_no_address_is_left_out(told: str) -> None:
    assert completed(told, "HTTPS", ID) == ""
    assert addresses([{"type": "PUBLIC", "urls": [told]}], "HTTPS", ID).entries == {}


def test_the_first_of_each_way_in_counts_and_the_others_are_told() -> None:
    found = addresses(
        [
            {"type": "CONSOLE", "urls": ["https://console.example"]},
            {"type": "PUBLIC", "urls": ["10.0.0.1", "10.0.0.2"]},
            {"type": "INTERNAL", "urls": ["https://in.example/v2/infer/0a1b"]},
            {"type": "PUBLIC", "urls": ["10.0.0.1", "https://own.example/chat"]},
            {"type": "LATER", "urls": ["10.9.9.9"]},
        ],
        "HTTPS",
        ID,
    )
    assert found.entries == {"PUBLIC": f"https://10.0.0.1{PATH}", "INTERNAL": f"https://in.example{PATH}"}
    assert found.further == (f"https://10.0.0.2{PATH}", "https://own.example/chat")
    assert found.assumed == ("10.0.0.1", "10.0.0.2")


@pytest.mark.parametrize(
    "told",
    [
        "10.0.0.1",
        ["10.0.0.1"],
        {"type": "PUBLIC", "urls": "10.0.0.1"},
        [{"urls": ["10.0.0.1", None, 7]}],
        [None, 3, {"type": None, "urls": ["10.0.0.1"]}],
    ],
)
def test_other_shapes_of_the_list_are_read(told: object) -> None:
    assert addresses(told, "HTTPS", ID).entries == {"PUBLIC": f"https://10.0.0.1{PATH}"}


@pytest.mark.parametrize("told", [None, [], {}, "", 7, [[]], [{"type": "PUBLIC"}], {"type": "PUBLIC", "urls": {}}])
def test_no_address_is_none(told: object) -> None:
    assert addresses(told, "HTTPS", ID).entries == {}


def test_own_urls_alone_are_the_public_way_in() -> None:
    assert addresses(None, "HTTPS", ID, ["https://own.example/a"]).entries == {"PUBLIC": "https://own.example/a"}
    found = addresses("h.example", "HTTPS", ID, ["https://own.example/a"])
    assert (found.entries["PUBLIC"], found.further) == (f"https://h.example{PATH}", ("https://own.example/a",))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["10.0.0.1", "h:80", "http://h"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "urls", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(anything, st.sampled_from(["HTTP", "HTTPS", "WS", "WSS", "", "tcp"]), anything)
def test_whatever_is_told_gives_urls_or_nothing(told: object, protocol: str, custom: object) -> None:
    found = addresses(told, protocol, ID, custom)
    for url in (*found.entries.values(), *found.further):
        assert parse_url(url).scheme in (
            {protocol.lower()} if protocol not in ("", "tcp") else {"http", "https", "ws", "wss"}
        )


hosts = st.sampled_from(["h.example", "10.0.0.1", "[2001:db8::1]", "xn--fsq.example"])
ports = st.sampled_from(["", ":80", ":443", ":8080"])
schemes = st.sampled_from(["", "http://", "https://", "ws://", "wss://"])
paths = st.sampled_from(["", "/", "/v2/infer", PATH, "/v1/chat"])


@given(schemes, hosts, ports, paths, st.sampled_from(["HTTP", "HTTPS", "WS", "WSS", ""]))
def test_what_was_completed_once_stays_as_it_is(scheme: str, host: str, port: str, path: str, protocol: str) -> None:
    url = completed(f"{scheme}{host}{port}{path}", protocol, ID)
    assert url
    assert completed(url, protocol, ID) == url
    assert len(parse_url(url).path) > 1, "a bare host is never called"
    assert not protocol or url.startswith(f"{protocol.lower()}://"), "the other scheme is refused (ModelArts.8910)"
