"""What leaves when the command line is called: method, target, headers and body, read off a raw socket."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.program import Result
from tests.raw import Peer, Received, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]


async def ok(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"fine", Content_Type="text/plain")


@pytest.fixture
def sent(bare: Bare, serve: Serve) -> Callable[..., Received]:
    """Call a raw server's address with options; gives the request that arrived."""

    def call(target: str = "/", *options: str | bytes, **more: bytes) -> Received:
        server = serve(ok)
        result = bare("send", f"{server.http}{target}", *options, **more)
        assert result.code == 0, result.err
        assert result.out == b"fine"
        server.wait()
        return server.request

    return call


def test_a_url_alone_is_a_get_without_a_body(sent: Callable[..., Received]) -> None:
    request = sent("/some/where")
    assert request.line == "GET /some/where HTTP/1.1"
    assert request.all("content-length") == []
    assert request.all("transfer-encoding") == []
    assert (request.get("host") or "").startswith("127.0.0.1:")
    assert request.get("authorization") is None


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ('{"a": 1}', "application/json"),
        (" [1, 2] ", "application/json"),
        ('{"a": 1', None),
        ("a=b", None),
        ("", None),
    ],
)
def test_a_body_is_a_post_and_json_says_so(sent: Callable[..., Received], data: str, content_type: str | None) -> None:
    request = sent("/", "-d", data)
    assert request.method == "POST"
    assert request.body == data.encode()
    assert request.get("content-length") == str(len(data))
    assert request.get("content-type") == content_type


def test_a_method_is_sent_as_named(sent: Callable[..., Received]) -> None:
    assert sent("/", "-X", "PATCH", "-d", "x").method == "PATCH"
    assert sent("/", "-X", "POST").get("content-length") == "0"
    assert sent("/", "-X", "DELETE").all("content-length") == []


def test_a_body_comes_from_a_file_or_standard_input(sent: Callable[..., Received], tmp_path: Path) -> None:
    content = bytes(range(256))
    (tmp_path / "body").write_bytes(content)
    assert sent("/", "-d", f"@{tmp_path / 'body'}").body == content
    assert sent("/", "-d", "-", given=content).body == content
    request = sent("/", "-d", "-", given=b'{"from": "stdin"}')
    assert request.get("content-type") == "application/json"


def test_a_body_that_is_not_utf8_is_sent_as_typed(sent: Callable[..., Received]) -> None:
    assert sent("/", "-d", b"\xff\xfe!").body == b"\xff\xfe!"


def test_a_form_has_values_and_files(sent: Callable[..., Received], tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    request = sent("/", "-F", "name=a=b", "-F", f"images=@{tmp_path / 'picture.png'}")
    content_type = request.get("content-type") or ""
    assert content_type.startswith("multipart/form-data; boundary=")
    boundary = content_type.partition("=")[2].encode()
    assert request.body == (
        b'--%b\r\nContent-Disposition: form-data; name="name"\r\n\r\na=b\r\n'
        b'--%b\r\nContent-Disposition: form-data; name="images"; filename="picture.png"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\x89PNG\r\n\x1a\n\r\n--%b--\r\n"
    ) % (boundary, boundary, boundary)


def test_given_headers_are_sent_as_given(sent: Callable[..., Received]) -> None:
    options = ["content-TYPE: text/weird", "X-Twice: 1", "X-Twice: 2", "Host: other.example:81", "x-empty:",
               "X-Inner:  a   b ", "User-Agent: mine", "Accept: a/b", "X-Umlaut: ä"]  # fmt: skip
    request = sent("/", "-d", "{}", *(part for option in options for part in ("-H", option)))
    assert ("content-TYPE", "text/weird") in request.headers
    assert request.all("content-type") == ["text/weird"]
    assert request.all("x-twice") == ["1", "2"]
    assert request.headers[0] == ("Host", "other.example:81")
    assert request.all("host") == ["other.example:81"]
    assert request.all("x-empty") == [""]
    assert request.all("x-inner") == ["a   b"]
    assert (request.all("user-agent"), request.all("accept")) == (["mine"], ["a/b"])
    assert request.all("x-umlaut") == ["ä"]


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("/p?a=%20b+c&a=&b&%7e=%2F", "/p?a=%20b+c&a=&b&%7e=%2F"),
        ("/a%2Fb/../c/./d//e", "/a%2Fb/../c/./d//e"),
        ("?q=1", "/?q=1"),
        ("/?", "/?"),
        ("/ä b?ö=ü", "/%C3%A4%20b?%C3%B6=%C3%BC"),
        ("/a#fragment", "/a"),
        ("/{x}|\"<>^`?[]='", "/{x}|\"<>^`?[]='"),
    ],
)
def test_the_target_keeps_the_bytes_that_were_typed(sent: Callable[..., Received], typed: str, target: str) -> None:
    assert sent(typed).target == target


def test_a_path_goes_behind_the_address(sent: Callable[..., Received]) -> None:
    assert sent("/v1/", "--path", "chat%20x?b=+").target == "/v1/chat%20x?b=+"
    assert sent("/v1?a=1", "--path", "/chat?b=2").target == "/v1/chat?a=1&b=2"


@pytest.mark.parametrize("auth", ["aksk", "app_signature"])
def test_what_the_user_gives_is_signed_unchanged(sent: Callable[..., Received], auth: str) -> None:
    keys = {"aksk": ("access_key=AK1", "secret_key=SK123456"), "app_signature": ("app_key=AK1", "app_secret=SK123456")}
    request = sent(
        "/p?a=%20+", "--auth", auth, *(part for one in keys[auth] for part in ("--set", one)), "-d", "{}",
        "-H", "x-sdk-date: 20191111T093443Z", "-H", "Host: infer.example", "-H", "X-Sdk-Content-Sha256: abc",
    )  # fmt: skip
    assert request.target == "/p?a=%20+"
    assert request.all("x-sdk-date") == ["20191111T093443Z"]
    assert request.all("host") == ["infer.example"]
    assert request.all("x-sdk-content-sha256") == ["abc"]
    told = request.get("authorization") or ""
    assert told.startswith("SDK-HMAC-SHA256 Access=AK1, SignedHeaders=")
    assert "SignedHeaders=content-type;host;x-sdk-content-sha256;x-sdk-date," in told


def test_a_body_that_is_no_json_is_signed_as_unsigned_payload(sent: Callable[..., Received]) -> None:
    keys = ("--auth", "aksk", "--set", "access_key=AK1", "--set", "secret_key=SK123456")
    request = sent("/", *keys, "-d", "x", "-H", "Content-Type: text/plain")
    assert request.get("x-sdk-content-sha256") == "UNSIGNED-PAYLOAD"
    assert "x-sdk-content-sha256" in (request.get("authorization") or "")
    assert sent("/", *keys, "-d", "{}").get("x-sdk-content-sha256") is None


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        (("bearer", "--set", "token=t0ken"), "authorization", "Bearer t0ken"),
        (("api_key", "--set", "api_key=k3y"), "authorization", "Bearer k3y"),
        (("basic", "--set", "user=ä", "--set", "password=b:c"), "authorization", "Basic w6Q6Yjpj"),
        (("app_code", "--set", "app_code=c0de"), "x-apig-appcode", "c0de"),
        (("app_signature", "--set", "app_key=k3y"), "apikey", "k3y"),
    ],
)
def test_simple_credentials_are_put_where_they_belong(
    sent: Callable[..., Received], options: tuple[str, ...], name: str, value: str
) -> None:
    assert sent("/", "--auth", *options).all(name) == [value]


def test_a_draft_is_a_start_that_options_change(bare: Bare, serve: Serve, tmp_path: Path) -> None:
    server = serve(ok)
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        f"""version: 1
name: hello
channel: {{kind: address, values: {{url: '{server.http}/base'}}}}
auth: {{kind: bearer}}
method: PUT
path: /saved?x=%20
headers: [[X-Saved, 'yes']]
body: {{kind: text, text: '{{"a": 1}}'}}
"""
    )
    result = bare("send", "--draft", str(draft), "--set", "token=abcd", "-H", "X-More: 1")
    assert result.code == 0, result.err
    request = server.request
    assert request.line == "PUT /base/saved?x=%20 HTTP/1.1"
    assert (request.get("x-saved"), request.get("x-more")) == ("yes", "1")
    assert request.get("authorization") == "Bearer abcd"
    assert json.loads(request.body) == {"a": 1}
