"""A recorded request as it left: its lines, its parts, what a signature was made of, a handshake, programs of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import request

from streamscope.engine.sent import as_request, head_lines, parts, target
from streamscope.engine.signed import made
from streamscope.engine.upgrade import handshake
from streamscope.interop.python import program
from streamscope.kinds.auth import signature
from streamscope.model.event import Head, RequestSent
from streamscope.model.redact import MASK

KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, section 1.3
SIGNED = Path(__file__).parents[1] / "kinds" / "auth"


def signed(body: str = "{}", query: str = "b=2&a=1", **headers: str) -> RequestSent:
    pairs = [("Host", "h.example"), ("X-Sdk-Date", "20261124T083000Z"), ("Content-Type", "application/json")]
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    done = signature.sign("POST", "/p/q", query, pairs, body.encode(), "AK", "SK")
    sent = [
        *pairs,
        ("User-Agent", "x"),
        ("Authorization", done.authorization.partition("Signature=")[0] + f"Signature={MASK}"),
    ]
    notes = [("Canonical request", done.canonical_request), ("String to sign", done.string_to_sign)]
    return request(f"https://h.example/p/q?{query}", headers=sent, notes=notes, body=body)


def test_the_lines_of_http_1_and_2_and_through_a_proxy() -> None:
    sent = request("http://h.example:8000/a%20b?x=1", headers=[("Host", "h.example:8000"), ("X-A", "1"), ("x-a", "2")])
    assert head_lines(sent, None, {}) == ["POST /a%20b?x=1 HTTP/1.1", "Host: h.example:8000", "X-A: 1", "x-a: 2"]
    second = head_lines(sent, Head(1, 200, "HTTP/2", []), {})
    assert second[:4] == [":method: POST", ":authority: h.example:8000", ":scheme: http", ":path: /a%20b?x=1"]
    assert second[4:] == ["x-a: 1", "x-a: 2"]
    given_away = head_lines(sent, None, {"proxy": "p:1", "proxy_signed_in": True})
    assert given_away[0] == "POST http://h.example:8000/a%20b?x=1 HTTP/1.1"
    assert given_away[-1] == f"Proxy-Authorization: Basic {MASK}"
    assert head_lines(sent, None, {"proxy": "p:1", "target": "h:1"})[0].startswith("POST /a%20b")


@pytest.mark.parametrize(
    ("url", "wanted"), [("http://h", "/"), ("http://h?a", "/?a"), ("http://h/x?y#", "/x?y#"), ("", "/"), ("x", "/")]
)
def test_the_target(url: str, wanted: str) -> None:
    assert target(request(url)) == wanted


def test_a_signature_is_told_line_by_line() -> None:
    canonical, to_sign, signature_ = made(signed())
    assert [line.header for line in canonical.lines] == [
        *(":method", ":path", ":path", "content-type", "host", "x-sdk-date", "", "", ""),
    ]
    assert canonical.lines[2].text == "a=1&b=2"
    assert "user-agent" in str(canonical.lines[-2].source), "what is not signed is told"
    assert "2 bytes: checked, it is" in str(canonical.lines[-1].source)
    assert "checked, it is" in str(to_sign.lines[2].source)
    assert to_sign.lines[1].header == "x-sdk-date"
    assert signature_.lines[0].text == MASK


def test_a_body_that_is_not_what_was_signed_is_told() -> None:
    import msgspec

    other = msgspec.structs.replace(signed(), body='{"a":1}')
    assert "and is not" in str(made(other)[0].lines[-1].source)
    masked = msgspec.structs.replace(signed(), body=f'{{"a":"{MASK}"}}')
    assert "a secret in it is masked" in str(made(masked)[0].lines[-1].source)
    gone = msgspec.structs.replace(signed(), body=msgspec.UNSET)
    assert "not in the recording" in str(made(gone)[0].lines[-1].source)
    assert "there is no body" in str(made(signed(body=""))[0].lines[-1].source)
    unsigned = signed(X_Sdk_Content_Sha256="UNSIGNED-PAYLOAD")
    assert made(unsigned)[0].lines[-1].header == "x-sdk-content-sha256"


def test_notes_of_other_authentications_stay_as_they_are() -> None:
    (only,) = made(request(notes=[("Token", "23 h left")]))
    assert (only.label, only.lines[0].text) == ("Token", "23 h left")
    (odd,) = made(request(notes=[("Canonical request", "two\nlines")]))
    assert [line.text for line in odd.lines] == ["two", "lines"]


def upgraded(accept: str = ACCEPT, status: int = 101, **more: str) -> dict[str, str]:
    pairs = [("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Protocol", "chat, text")]
    sent = request("ws://h/", method="GET", protocol="websocket", body="", headers=pairs)
    answer = [("Upgrade", "websocket"), ("Sec-WebSocket-Accept", accept), ("Sec-WebSocket-Protocol", "text")]
    return {one.header: one.state for one in handshake(sent, Head(1, status, "HTTP/1.1", answer))}


def test_a_handshake_is_checked() -> None:
    right = upgraded()
    assert set(right.values()) == {"right"}
    assert upgraded("wrong")["Sec-WebSocket-Accept"] == "wrong"
    assert upgraded(status=403)[""] == "wrong"
    assert handshake(request(), None) == ()


def test_the_parts_of_a_body() -> None:
    body = (
        b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\ntwo\r\n'
        b'--X\r\nContent-Disposition: form-data; name="b"; filename="c.png"\r\nContent-Type: image/png\r\n\r\n\x89\r\n'
        b"--X--\r\n"
    )
    found = parts(request(headers=[("Content-Type", "multipart/form-data; boundary=X")], body=body.decode("latin-1")))
    assert [(one.name, one.filename, one.kind) for one in found] == [
        ("a", "", "text/plain"), ("b", "c.png", "image/png"),
    ]  # fmt: skip
    assert found[0].content == b"one\r\ntwo"


@given(st.binary(max_size=300), st.text(max_size=60), st.text(max_size=80))
def test_nothing_breaks_what_reads_a_request(body: bytes, kind: str, url: str) -> None:
    headers = [("Content-Type", f"multipart/form-data; boundary={kind}"), ("Host", kind)]
    sent = RequestSent(
        0, "", "POST", url, headers, "none", "address", "https", body_base64=body, notes=[("Canonical request", kind)]
    )
    parts(sent)
    made(sent)
    head_lines(sent, None, {})
    found = as_request(sent, None, {})
    if found is not None:
        compile(program(found), "program", "exec")


def run(text: str) -> dict[str, Any]:
    """What a program that was written would send: its variables, without the call."""
    before = text.partition("\nwith ")[0]
    found: dict[str, Any] = {}
    exec(compile(before, "program", "exec"), found)
    return found


@given(
    st.lists(st.tuples(st.from_regex(r"[A-Za-z][A-Za-z-]{0,8}", fullmatch=True), st.text(max_size=30)), max_size=4),
    st.one_of(st.binary(max_size=80), st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace"))),
)
def test_a_program_says_the_same(headers: list[tuple[str, str]], body: bytes) -> None:
    sent = request("https://h.example/p?q=%20", headers=headers, body="")
    import msgspec

    sent = msgspec.structs.replace(sent, body=msgspec.UNSET, body_base64=body)
    found = as_request(sent, None, {"trust": "skipped"})
    assert found is not None
    text = program(found)
    assert "verify=False" in text
    said = run(text)
    assert said["url"] == "https://h.example/p?q=%20"
    assert said["headers"] == list(found.headers)
    assert said.get("body", b"") == body


def test_a_request_for_exporters_keeps_its_mask_and_leaves_out_the_usual() -> None:
    sent = signed(query=f"key={MASK}")
    found = as_request(sent, Head(1, 200, "HTTP/2", []), {"by": "override", "addresses": "10.0.0.1", "proxy": "p:1"})
    assert found is not None
    assert str(found.url) == f"https://h.example/p/q?key={MASK}"
    assert "Host" not in dict(found.headers)
    assert found.settings == {"http2": "on"}
    assert found.route is not None
    assert (found.route.connect, found.route.proxy) == ("10.0.0.1", "http://p:1")
    assert "Secrets are masked" in program(found)


def test_vectors_of_the_signature_are_told_without_a_doubt() -> None:
    read = json.loads((SIGNED / "signing_vectors.json").read_text(encoding="utf-8"))
    rows = read if isinstance(read, list) else read["vectors"]
    assert rows
    for row in rows:
        notes = [("Canonical request", row["canonical_request"]), ("String to sign", row["string_to_sign"])]
        canonical, to_sign, _ = made(request(headers=list(row["headers_sent"].items()), notes=notes))
        assert len(canonical.lines) == row["canonical_request"].count("\n") + 1
        assert "checked, it is" in str(to_sign.lines[2].source)
