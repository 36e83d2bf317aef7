"""Commands that curl itself runs: what arrives from it and what arrives from the draft are the same."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.raw import Peer, Received, Served

from streamscope.engine.core import Core
from streamscope.engine.preview import prepared
from streamscope.engine.send import send
from streamscope.interop.curl import command, read
from streamscope.model.draft import Body, Choice, Draft, Entry, Limits, Part

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

Serve = Callable[..., Served]
OWN = {"user-agent", "accept", "accept-encoding", "host", "cache-control", "expect"}
"""What each client says of itself."""

COMMANDS = {
    "plain": "curl URL",
    "path and query": "curl 'URL/a%20b/c?x=1&y=%2F'",
    "get with a body": "curl -X GET URL -d a=1",
    "json": """curl URL -H 'Content-Type: application/json' -d '{"a": "it'\\''s", "b": "\\n$x"}'""",
    "json option": """curl --json '{"a":1}' URL""",
    "json option twice": """curl --json '{"a":1' --json '}' URL -H 'accept: text/plain'""",
    "json without a type": """curl URL -d '{"a": 1}'""",
    "form": "curl URL -d a=1 -d 'b=2+3' --data 'c=%20'",
    "not quite a form": "curl URL -d 'a=b c&d'",
    "attached": "curl -sSXPUT -Ha:b -da=1 URL",
    "abbreviated": "curl --data-bin x --refer y URL",
    "urlencode": "curl URL --data-urlencode 'a b&c' --data-urlencode 'n=v w=é' --data-urlencode '=x y'",
    "get": "curl -G URL -d a=1 --data-urlencode 'b=c d'",
    "get with a query": "curl -G 'URL?z=0' -d a=1",
    "url query": "curl --url-query 'a=b c' --url-query '+x=%20' URL",
    "head": "curl -I URL",
    "user": "curl -u 'me:p:w' URL",
    "user in the URL": "curl http://me:p%40w@HOST/x",
    "bearer": "curl --oauth2-bearer tok URL",
    "typed bearer": "curl -H 'Authorization: Bearer tok' URL",
    "typed basic": "curl -H 'authorization: Basic bWU6cHc=' URL",
    "odd authorization": "curl -H 'Authorization: bearer  tok' URL",
    "typed beats user": "curl -u me:pw -H 'Authorization: Custom x' URL",
    "app code": "curl -H 'X-Apig-AppCode: 123' URL",
    "agent and referer": "curl -A 'me/1' -e http://from/ URL",
    "cookie": "curl -b 'a=1; b=2' URL",
    "range": "curl -r 0-9 URL",
    "headers": "curl -H 'X-Empty;' -H 'X-Gone:' -H 'X-Twice: 1' -H 'X-Twice: 2' -H 'x-lower:3' URL",
    "no content type": "curl -H 'Content-Type:' -d '{}' URL",
    "no accept": "curl -H 'Accept:' -H 'User-Agent:' URL",
    "own content type": "curl -H 'content-type: text/plain; charset=utf-8' -d é URL",
    "ansi": r"""curl URL -H 'Content-Type: text/plain' --data-raw $'a\'b\n\x41\u00e9\t\\ \101'""",
    "double": r'''curl URL -H "Content-Type: text/plain" -d "a\"b\\c\d 'e'"''',
    "at sign": "curl URL -H 'Content-Type: text/plain' --data-raw @x",
    "lines": "curl URL \\\n  -H 'A: 1' \\\n  -H \"B: 2\"",
    "crlf lines": "curl URL \\\n  -H 'A: 1'",
    "heredoc": "curl URL -H 'Content-Type: text/plain' --data-binary @- <<'EOF'\na $x\n  b\nEOF\n",
    "heredoc without quotes": "X=1\ncurl URL -H 'Content-Type: text/plain' --data-binary @- <<EOF\na ${X}\nEOF\n",
    "heredoc stripped": "curl URL -d @- <<EOF\na=\n1\nEOF\n",
    "here string": "curl URL -H 'Content-Type: text/plain' --data-binary @- <<< 'a b'",
    "echo": "echo -n 'a=1' | curl URL -d @-",
    "printf": "printf '%s' 'a=1' | curl --data-binary @- URL",
    "base64": "printf %s AP8BAg== | base64 -d | curl --data-binary @- URL",
    "variables": """export T=tok B='{"a":1}'; curl URL -H "Authorization: Bearer $T" -H "X: ${T}x" --json "$B" """,
    "file": "curl URL --data-binary @FILE -H 'Content-Type: text/plain'",
    "upload": "curl -T FILE URL/put",
    "upload to a folder": "curl -T FILE URL/",
    "multipart": "curl URL -F a=1 -F 'b=x y;type=text/plain' -F 'f=@FILE' "
    "-F 'g=@FILE;type=image/x;filename=\"o t.bin\"'",
    "form string": "curl URL --form-string 'a=@x;type=y' -F 'q=\"a;b\"'",
    "empty data": "curl URL -d ''",
    "post without a body": "curl -X POST URL -H 'Content-Length: 0'",
    "host": "curl -H 'Host: other.example' URL",
    "connect to": "curl --connect-to name.invalid:80:127.0.0.1:PORT http://name.invalid/ ".replace(
        ":80:", ":PORT:"
    ).replace("name.invalid/", "name.invalid:PORT/"),
    "resolve": "curl --resolve name.invalid:PORT:127.0.0.1 http://name.invalid:PORT/",
    "compressed": "curl --compressed URL",
    "no scheme": "curl HOST/x",
    "redirected": "curl URL 2>/dev/null >out.txt",
    "comment": "# first\ncurl URL # behind\n",
}


ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


async def answer(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"ok")


def told(received: Received) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """What counts of a request; the boundary of a form is everyone's own."""
    body, headers = received.body, []
    boundary = re.search(r"boundary=(\S+)", received.get("content-type") or "")
    for name, value in received.headers:
        value = value if boundary is None else value.replace(boundary[1], "B")
        if name.lower() == "content-length" and boundary is not None:
            continue
        headers.append((name.lower(), value))
    if boundary is not None:
        body = re.sub(b"-*" + boundary[1].encode().strip(b"-"), b"B", body)
    return received.method, received.target, sorted(pair for pair in headers if pair[0] not in OWN), body


def run(line: str, folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, timeout=30, check=False, env=ENVIRONMENT
    )
    assert done.returncode == 0, done.stderr.decode()


async def sent(core: Core, draft: Draft) -> None:
    exchange = core.bench.recordings.new(draft, keep=False)
    try:
        outcome = await send(exchange, core)
        assert outcome.status == 200, exchange.events(0, len(exchange))[-1]
    finally:
        exchange.close()


@pytest.mark.parametrize("name", COMMANDS)
async def test_the_draft_sends_what_curl_sends(core: Core, serve: Serve, tmp_path: Path, name: str) -> None:
    server = serve(answer)
    (tmp_path / "file.txt").write_bytes(b"line\nnext\x00\xff")
    line = COMMANDS[name].replace("URL", server.http).replace("HOST", f"127.0.0.1:{server.port}")
    line = line.replace("PORT", str(server.port)).replace("FILE", str(tmp_path / "file.txt"))
    await asyncio.to_thread(run, line.replace("curl", "curl -s", 1), tmp_path)
    await sent(core, read(line).draft)
    by_curl, by_us = server.requests
    assert told(by_us) == told(by_curl)
    for header in ("user-agent", "accept"):
        if header in name:
            assert by_us.get(header) == by_curl.get(header)


DRAFTS = {
    "plain": Draft(),
    "json": Draft(body=Body("json", text='{"a": "it\'s $HOME `x` \\"q\\" é\\n"}'), method="PUT"),
    "text": Draft(body=Body("text", text="@a\nb\tc'd"), headers=(("X-A", "1"), ("x-a", "2"), ("Empty", ""))),
    "form": Draft(body=Body("form", entries=(Entry("a b", "c&d"), Entry("é", "")))),
    "binary": Draft(body=Body("bytes", content=bytes(range(256)))),
    "large": Draft(body=Body("text", text="a'" * 100_000)),
    "larger": Draft(body=Body("bytes", content=b"x" * 1_200_000)),
    "multipart": Draft(body=Body("multipart", parts=(Part("a", "1"), Part("f", content=b"\x00", filename="x.bin")))),
    "delete": Draft(method="DELETE"),
    "post without a body": Draft(method="POST"),
    "get with a body": Draft(method="GET", body=Body("json", text="{}")),
    "head": Draft(method="HEAD"),
    "sse": Draft(protocol=Choice("sse"), body=Body("json", text="{}")),
    "left out": Draft(
        without=("accept", "user-agent", "accept-encoding", "content-type"), body=Body("json", text="{}")
    ),
    "chunked": Draft(without=("content-length",), body=Body("json", text='{"a": 1}')),
    "typed host": Draft(headers=(("Host", "other.example"), ("User-Agent", "me"))),
    "aksk": Draft(Choice("aksk", {"access_key": "AK", "secret_key": "s3cr3tvalue"}), body=Body("json", text="{}")),
    "app signature": Draft(Choice("app_signature", {"app_key": "AK", "app_secret": "s3cr3tvalue"})),
    "bearer": Draft(Choice("bearer", {"token": "s3cr3t'value"})),
    "api key": Draft(Choice("api_key", {"api_key": "s3cr3tvalue"})),
    "app code": Draft(Choice("app_code", {"app_code": "s3cr3tvalue"})),
    "basic": Draft(Choice("basic", {"user": "mé", "password": "s3cr3t:value"})),
    "timeouts": Draft(limits=Limits(total=20, connect=3)),
}  # fmt: skip
SECRETS = {
    "STREAMSCOPE_BEARER_TOKEN": "s3cr3t'value",
    "STREAMSCOPE_API_KEY_API_KEY": "s3cr3tvalue",
    "STREAMSCOPE_APP_CODE_APP_CODE": "s3cr3tvalue",
    "STREAMSCOPE_BASIC_PASSWORD": "s3cr3t:value",
}


@pytest.mark.parametrize("secrets", ["variables", "values"])
@pytest.mark.parametrize("name", DRAFTS)
async def test_curl_sends_what_would_have_been_sent(
    core: Core, serve: Serve, tmp_path: Path, name: str, secrets: str
) -> None:
    recorded: list[bytes] = []

    async def record(peer: Peer) -> None:
        head = await peer.reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        body = await peer.reader.readexactly(int(size[1])) if size else b""
        if b"chunked" in head:
            body = await peer.reader.readuntil(b"0\r\n\r\n")
        recorded.append(head + body)
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    server = serve(record)
    url = server.http + "/p%20q?a=1&b='x'"
    made = await prepared(core, msgspec.structs.replace(DRAFTS[name], channel=Choice("address", {"url": url})))
    line = command(made.request, secrets=secrets, names=made.names)  # type: ignore[arg-type]
    if secrets == "variables":
        assert "s3cr3t" not in line
    environment = ENVIRONMENT | SECRETS
    process = await asyncio.create_subprocess_exec(
        "bash",
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        env=environment,
        cwd=tmp_path,
    )
    _, errors = await process.communicate(line.encode())
    assert process.returncode == 0, errors.decode()
    (received,) = recorded
    assert comparable(received) == comparable(made.head + made.body)


def comparable(content: bytes) -> tuple[bytes, list[bytes], bytes]:
    """A request whatever the order of its headers: curl puts its own first."""
    head, _, body = content.partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")
    coded = [row.rstrip(b" ") for row in headers if not row.lower().startswith(b"accept-encoding")]
    return line, sorted(coded, key=bytes.lower), body
