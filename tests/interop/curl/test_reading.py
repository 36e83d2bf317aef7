"""Pasted commands: every shell's dialect, every option that counts, and whatever else may be pasted."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from streamscope.interop.curl import looks_like_curl, read
from streamscope.interop.curl.quoting import quoted
from streamscope.model.draft import Choice, Draft, Part
from streamscope.model.errors import UsageError

CHROME_BASH = r"""curl 'https://api.example.com/v1/chat?x=1' \
  -H 'accept: */*' \
  -H 'accept-language: en-GB,en;q=0.9' \
  -H 'content-type: application/json' \
  -b 'sid=abc; theme=dark' \
  -H 'origin: https://example.com' \
  -H 'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"' \
  --data-raw $'{"q":"it\'s \\n a \u0021 test"}'"""
CHROME_CMD = (
    'curl ^"https://api.example.com/v1/chat?x=1^&y=%^2F^" ^\r\n'
    '  -H ^"accept: */*^" ^\r\n'
    '  -H ^"content-type: application/json^" ^\r\n'
    '  -b ^"sid=abc; theme=dark^" ^\r\n'
    '  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"140^\\^"^" ^\r\n'
    '  --data-raw ^"^{^\\^"q^\\^":^\\^"a ^\\^\\n ^& ^%^PATH^% c:^\\^\\^\\^\\dir^\\^"^}^"'
)
OLD_CMD = 'curl "https://h/x?a=1&b=2" -H "accept: */*" -H "content-type: application/json" --data "{""a"":""b c""}"'
OLD_CMD_SLASHES = 'curl.exe "https://h/x" -H "content-type: application/json" --data "{\\"a\\":\\"b c\\"}"'
POWERSHELL = (
    "curl.exe 'https://h/x' `\n  -H 'content-type: application/json' `\n"
    '  -H "X-Key: $env:MY_KEY" `\n  -d \'{\\"a\\":\\"it\'\'s\\"}\'\n'
)
STOP_PARSING = 'curl.exe --% -H "Content-Type: application/json" --data-raw "{\\"a\\":1}" "https://h/x"'
FIREFOX = (
    r"""curl 'https://h/x' --compressed -X POST -H 'User-Agent: Mozilla/5.0 (X11; rv:143.0)' """
    r"""-H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Content-Type: application/json' """
    r"""-H 'Connection: keep-alive' -H 'Content-Length: 7' --data-raw '{"a":1}'"""
)
SAFARI = "curl 'https://h/x' \\\n-X 'POST' \\\n-H 'Content-Type: application/json' \\\n--data-binary '{\"a\":1}'"


def draft(text: str) -> Draft:
    return read(text).draft


def url(text: str) -> str:
    return draft(text).channel.values["url"]


def test_chrome_for_bash() -> None:
    made = draft(CHROME_BASH)
    assert made.channel == Choice("address", {"url": "https://api.example.com/v1/chat?x=1"})
    assert made.method == "POST"
    assert made.body.kind == "json"
    assert json.loads(made.body.text) == {"q": "it's \n a ! test"}
    assert ("sec-ch-ua", '"Chromium";v="140", "Not=A?Brand";v="24"') in made.headers
    assert ("Cookie", "sid=abc; theme=dark") in made.headers
    assert len(made.headers) == 5


def test_chrome_for_cmd() -> None:
    made = draft(CHROME_CMD)
    assert made.channel.values["url"] == "https://api.example.com/v1/chat?x=1&y=%2F"
    assert json.loads(made.body.text) == {"q": "a \n & %PATH% c:\\dir"}
    assert ("sec-ch-ua", '"Chromium";v="140"') in made.headers


@pytest.mark.parametrize("text", [OLD_CMD, OLD_CMD_SLASHES])
def test_older_forms_for_cmd(text: str) -> None:
    assert json.loads(draft(text).body.text) == {"a": "b c"}


def test_a_line_end_in_cmd() -> None:
    assert draft('curl ^"http://h^" --data-raw ^"a^\n\nb^"').body.text == "a\nb"
    assert draft('curl ^"http://h^" ^\r\n --data-raw ^"a^\r\n\r\nb^"').body.text == "a\nb"


def test_powershell() -> None:
    made = read(POWERSHELL)
    assert json.loads(made.draft.body.text) == {"a": "it's"}
    assert ("X-Key", "{{MY_KEY}}") in made.draft.headers
    assert "MY_KEY" in " ".join(map(str, made.notes))
    assert draft(STOP_PARSING).body.text == '{"a":1}'
    with pytest.raises(UsageError, match="Invoke-WebRequest"):
        read('Invoke-WebRequest -Uri "https://h" -Method "POST"')


@pytest.mark.parametrize("text", [FIREFOX, SAFARI])
def test_firefox_and_safari(text: str) -> None:
    made = draft(text)
    assert (made.method, made.body.kind, made.body.text) == ("POST", "json", '{"a":1}')
    assert not any(name.lower() in ("content-length", "content-type") for name, _ in made.headers)


def test_what_stands_for_a_setting() -> None:
    made = draft(
        "curl -kL --max-redirs 3 -m 5.5 --connect-timeout 2 --cacert ca.pem --resolve h:443:10.0.0.1,10.0.0.2 "
        "--connect-to i:1:j:1 --connect-to ::k: -x http://p:1 -U 'u:p w' --http2 https://h/"
    )
    assert (made.insecure, made.redirects, made.ca) == (True, 3, "ca.pem")
    assert (made.limits.total, made.limits.connect) == (5.5, 2.0)
    assert made.resolve == ("h:443:10.0.0.1", "i:1:j", "*:*:k")
    assert made.proxy == "http://u:p%20w@p:1"
    assert made.protocol.values == {"http2": "on"}
    assert draft("curl -L http://h").redirects == 50
    assert draft("curl --max-redirs 3 http://h").redirects == 0
    assert draft("curl --noproxy '*' -x p http://h").proxy == "none"
    assert draft("curl --noproxy .example,h -x p http://a.example").proxy == "none"
    assert draft("curl --http2 http://h").protocol.values == {}
    assert draft("curl --http2-prior-knowledge http://h").protocol.values == {"http2": "on"}


def test_authentications() -> None:
    assert draft("curl -H 'Authorization: Bearer x' h").auth == Choice("bearer", {"token": "x"})
    assert draft("curl -H 'X-Apig-AppCode: x' h").auth == Choice("app_code", {"app_code": "x"})
    assert draft("curl -u a:b h").auth == Choice("basic", {"user": "a", "password": "b"})
    assert draft("curl -ua:b h").auth == draft("curl http://a:b@h").auth
    assert draft('curl -H "Authorization: Bearer $STREAMSCOPE_BEARER_TOKEN" h').auth == Choice("bearer")
    assert draft('curl -u "me:$STREAMSCOPE_BASIC_PASSWORD" h').auth == Choice("basic", {"user": "me"})
    for kept in ("X-Auth-Token: x", "X-Api-Key: x", "Authorization: Digest x", "Authorization: bearer x"):
        made = read(f"curl -H '{kept}' h")
        assert made.draft.auth == Choice("none")
        assert len(made.draft.headers) == 1
        assert any("credential" in str(note) for note in made.notes)
    two = draft("curl -H 'Authorization: Bearer x' -H 'X-Apig-AppCode: y' h")
    assert (two.auth, len(two.headers)) == (Choice("none"), 2)
    assert "password" in str(read("curl -u me h").notes[-1])
    assert draft("curl --digest -u a:b h").auth == Choice("none")


def test_protocols() -> None:
    stream = draft("curl -N -H 'Accept: text/event-stream' -H 'Cache-Control: no-store' h")
    assert (stream.protocol, stream.headers) == (Choice("sse"), ())
    socket = draft(
        "curl -H 'Upgrade: websocket' -H 'Connection: Upgrade' -H 'Sec-WebSocket-Key: x' "
        "-H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Protocol: a, b' -H 'Origin: o' https://h/x"
    )
    assert socket.protocol == Choice("websocket", {"subprotocols": "a, b"})
    assert socket.channel.values["url"] == "wss://h/x"
    assert socket.headers == (("Origin", "o"),)
    assert draft("curl wss://h").protocol.kind == "websocket"


def test_addresses() -> None:
    assert url("curl h:8080/x") == "http://h:8080/x"
    assert url("curl --url https://h#part") == "https://h"
    assert url("curl {{base}}/x") == "{{base}}/x"
    assert url('curl "$BASE/x"') == "{{BASE}}/x"
    assert "2 URLs" in str(read("curl http://a http://b").notes[0])
    assert url("curl http://a http://b") == "http://a"
    assert "first" in str(read("curl http://a --next http://b -d x").notes[0])
    assert draft("curl http://a --next http://b -d x").body.kind == "none"
    assert "several URLs" in str(read("curl 'http://h/[1-3]'").notes[0])


def test_parts() -> None:
    made = draft("curl h -F 'a=x;y' -F 'b=@p/f.png' -F 'c=@f;type=text/plain; charset=x;filename=n' -F 'd=<f'")
    assert made.body.parts == (
        Part("a", "x;y"),
        Part("b", file="p/f.png", content_type="image/png"),
        Part("c", file="f", content_type="text/plain; charset=x", filename="n"),
        Part("d", file="f"),
    )
    assert made.method == "POST"


def test_what_is_left_out_is_named() -> None:
    made = read("curl --frobnicate --cert c.pem -v -s -o out -d @a -d b --aws-sigv4 x -b jar.txt h")
    told = " ".join(map(str, made.notes))
    for word in ("--frobnicate", "--cert", "--aws-sigv4", "jar.txt", "several pieces"):
        assert word in told
    assert "--output" not in told


def test_headers_that_are_left_out() -> None:
    made = draft("curl -H 'Accept:' -H 'User-Agent:' -H 'X-Mine:' -H 'Content-Type:' -d '{}' h")
    assert made.without == ("accept", "user-agent", "content-type")
    assert draft("curl -H 'Content-Type:' -d plain h").without == ()
    with pytest.raises(UsageError, match="file"):
        read("curl -H @headers.txt h")


def test_more_ways_to_write_it() -> None:
    assert draft("$ curl h -XPUT").method == "PUT"
    assert draft("/usr/bin/curl h").method == "GET"
    assert draft("sudo curl --request=PATCH --data=x h").method == "PATCH"
    assert draft("curl h \\ \n  -X PUT").method == "PUT", "a blank behind the backslash"
    assert draft("curl h\n  -X PUT\n").method == "PUT", "a lost backslash"
    assert draft('T=1; curl -H "A: $T" h').headers == (("A", "1"),)
    assert draft('curl "h?a=${N:-7}"').channel.values["url"] == "http://h?a=7"


NO_COMMANDS = (
    *("", "  ", "wget http://h", "curl", "curl -H", "curl ''", "curl -d x", "curl -F x h", "curl ftp://h"),
    *(
        "curl -m x h",
        "curl http://",
        "curl -d a -F b=c h",
        "echo curl",
        "curl 'a\x00b'",
        "curl h:x",
        "curl -H “a: b” h",
    ),
)


@pytest.mark.parametrize("text", NO_COMMANDS)
def test_what_is_no_command_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert str(caught.value.message)
    assert str(caught.value.hint)


@pytest.mark.parametrize("text", [CHROME_BASH, CHROME_CMD, OLD_CMD, POWERSHELL, FIREFOX, SAFARI])
def test_cut_off_anywhere(text: str) -> None:
    for end in range(len(text)):
        try:
            read(text[:end])
        except UsageError as error:
            assert str(error.hint)
        assert isinstance(looks_like_curl(text[:end]), bool)


def test_an_unclosed_quote_is_told_with_its_place() -> None:
    for text in ("curl h \\\n -H 'a: b", 'curl h \\\n -H "a: b', "curl h \\\n -H $'a: b", 'curl ^"h^" ^\n -H ^"a: b'):
        with pytest.raises(UsageError, match="line 2") as caught:
            read(text)
        assert "column 5" in str(caught.value) or "column 6" in str(caught.value)
        assert "a: b" not in str(caught.value)


def test_large_commands() -> None:
    body = "x" * 10_000_000
    assert len(draft(f"curl h -d '{body}'").body.text) == 10_000_000
    assert len(draft('curl h --data-raw "' + 'a\\"b' * 500_000 + '"').body.text) == 1_500_000
    assert len(draft('curl ^"h^" --data-raw ^"' + "a^\\^\\b" * 100_000 + '^"').body.text) == 300_000
    assert len(draft("curl h" + "".join(f" \\\n -H 'X-{at}: {at}'" for at in range(10_000))).headers) == 10_000


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


@given(WORDS)
@example("a'b")
@example("\\")
@example("a\\\nb")
@example("!$`x`$(y)")
@example('%PATH% ^ & | < > " \\" \\\\"')
def test_what_is_quoted_is_read_back(word: str) -> None:
    assert draft("curl h -H 'Content-Type: text/x' --data-raw " + quoted((word,), "bash")).body.text == word
    for shell in ("cmd", "powershell"):
        if not any(char in word for char in "\r\n") and not any(
            char in word for char in "\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e"
        ):
            name = "curl.exe" if shell == "cmd" else "curl.exe --%"
            line = f'{name} h -H "Content-Type: text/x" --data-raw {quoted((word,), shell)}'  # type: ignore[arg-type]
            assert draft(line).body.text == word, shell


PIECES = st.sampled_from(
    ["curl", " ", "\n", "'", '"', "\\", "^", '^"', "`", "$", "$'", "-H", "-d", "-F", "-X", "--json", "a: b", "@", "=",
     "http://h", "%", "{{x}}", "$X", "${Y}", "<<EOF\n", "<<<", "|", ";", "&", ">", "<", "#", "é", "\r\n", "(", "--%",
     "-b", "-u", "-G", "-T", "--next", "a:b", "Authorization: Bearer x", "curl.exe", "-kL", "-m", "1e400", "nan"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map(" ".join)))
def test_anything_else_is_a_usage_error_at_worst(text: str) -> None:
    for whole in (text, "curl " + text, "curl http://h " + text):
        looks_like_curl(whole)
        try:
            read(whole)
        except UsageError as error:
            assert str(error.hint)


def test_typographic_quotes_count_only_where_a_shell_would_see_them() -> None:
    assert draft("curl h -H 'Content-Type: text/plain' -d '“a” „b'").body.text == "“a” „b"


def test_lone_surrogates() -> None:
    assert read("curl h -d '\ud800\udcff'").draft.method == "POST"


def test_it_is_recognised() -> None:
    for text in ("curl h", "  curl 'h'", "curl.exe h", "$ curl h", "/usr/bin/curl h", "# note\ncurl h", "curl \\\n h"):
        assert looks_like_curl(text)
    for text in ("https://h/curl x", "curling", "my curl", ""):
        assert not looks_like_curl(text)


def test_secrets_are_not_told_in_notes() -> None:
    made = read("curl -H 'Authorization: Bearer s3cr3t' -H 's3cr3t' --cert s3 h -u 'x:s3cr3t' -b s3jar")
    assert "s3cr3t" not in " ".join(map(str, made.notes))
