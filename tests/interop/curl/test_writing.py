"""Written commands: read again they are the same draft, and no secret stands in them unless it is asked for."""

import shlex

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.test_automatic import VALUES

from streamscope.engine.core import Core
from streamscope.engine.preview import prepared
from streamscope.interop.curl import command, read
from streamscope.model.draft import Body, Choice, Draft, Entry, Limits, Outgoing
from streamscope.model.errors import UsageError
from streamscope.model.redact import MASK

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00{}"), min_size=1, max_size=20)
NAME = st.text("abcXYZ-_019", min_size=1, max_size=8).map("X-".__add__)
VALUE = st.text("abc XYZ019\t,;=:+/%\"'$`\\é中^&|<>()*#!~@", max_size=20).map(str.strip)
SEGMENT = st.text("abcé中019-._~%'\"$&()*+,;=:@ ", max_size=8)
SECRET = st.text("abcXYZ019-._~+/='\"$", min_size=4, max_size=20)
AUTHS = st.one_of(
    st.just(Choice("none")),
    SECRET.map(lambda value: Choice("bearer", {"token": value})),
    SECRET.map(lambda value: Choice("app_code", {"app_code": value})),
    SECRET.map(lambda value: Choice("basic", {"user": "mé u", "password": value})),
)
BODIES = st.one_of(
    st.just(Body()),
    TEXT.map(lambda text: Body("json", text=text)),
    TEXT.filter(lambda text: not _json(text)).map(lambda text: Body("text", text=text)),
    st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=3).map(
        lambda pairs: Body("form", entries=tuple(Entry(name, value) for name, value in pairs))
    ),
    st.binary(min_size=1, max_size=20).map(lambda content: Body("bytes", content=b"\xff\x00" + content)),
)


def _json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return False
    return True


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Drafts of the address channel, of all that a curl command can say."""
    socket = draw(st.booleans()) and draw(st.booleans())
    body = Body() if socket else draw(BODIES)
    scheme = draw(st.sampled_from(["ws", "wss"] if socket else ["http", "https"]))
    segments = "/".join(draw(st.lists(SEGMENT, max_size=3)))
    query = draw(st.sampled_from(["", "?", "?a=1&b=%20", "?q=a'b"]))
    protocol = Choice("websocket") if socket else Choice(draw(st.sampled_from(["https", "sse"])))
    if not socket and draw(st.booleans()):
        protocol = Choice(protocol.kind, {"http2": "on"})
    off = ["user-agent", "accept"] + (["content-length"] if body.kind != "none" else [])
    return Draft(
        draw(AUTHS),
        Choice("address", {"url": f"{scheme}://host.example:8443/{segments}{query}"}),
        protocol,
        method="GET" if socket else draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "X-OWN"])),
        headers=tuple(draw(st.lists(st.tuples(NAME, VALUE), max_size=3))),
        body=body,
        limits=Limits(total=draw(st.sampled_from([0.0, 2.5])), connect=draw(st.sampled_from([10.0, 3.0]))),
        insecure=draw(st.booleans()),
        ca=draw(st.sampled_from(["", "a b.pem"])),
        resolve=draw(st.sampled_from([(), ("host.example:8443:10.0.0.1",)])),
        proxy=draw(st.sampled_from(["", "none", "http://proxy:3128"])),
        without=() if protocol.kind == "sse" or socket else tuple(draw(st.sets(st.sampled_from(off)))),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(draft=drafts())
async def test_what_is_written_is_read_back(core: Core, draft: Draft) -> None:
    made = await prepared(core, draft)
    url = str(made.request.url)
    for shell in ("bash", "cmd", "powershell"):
        if shell != "bash" and (draft.body.kind == "bytes" or any(ord(char) < 32 for char in draft.body.text)):
            continue  # these bodies go through a file
        text = command(made.request, secrets="values", shell=shell)  # type: ignore[arg-type]
        again = read(text).draft
        expected = msgspec.structs.replace(
            draft,
            channel=Choice("address", {"url": url}),
            without=tuple(sorted(draft.without)),
        )
        assert msgspec.structs.replace(again, without=tuple(sorted(again.without))) == expected, text


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(draft=drafts())
async def test_without_secrets_all_else_is_the_same(core: Core, draft: Draft) -> None:
    secret = {"token", "app_code", "password"}
    hidden = {key: "qwertzuiopas" if key in secret else value for key, value in draft.auth.values.items()}
    draft = msgspec.structs.replace(draft, auth=Choice(draft.auth.kind, hidden))
    made = await prepared(core, draft)
    again = read(command(made.request, names=made.names)).draft
    values = {key: value for key, value in draft.auth.values.items() if key not in secret}
    assert again.auth == Choice(draft.auth.kind, values)
    assert again.body == draft.body
    assert again.headers == draft.headers


@pytest.mark.parametrize("shell", ["bash", "cmd", "powershell"])
@pytest.mark.parametrize("auth", [kind for kind in VALUES if kind != "token"])
async def test_secrets(core: Core, auth: str, shell: str) -> None:
    draft = Draft(
        Choice(auth, VALUES[auth]),
        Choice("address", {"url": "https://h/?key=s3cr3tvalue"}),
        headers=(("Cookie", "sid=c00kie"), ("X-Api-Key", "k3y0value")),
        body=Body("json", text='{"key": "s3cr3tvalue"}'),
    )
    made = await prepared(core, draft)
    for secrets in ("variables", "masked"):
        text = command(made.request, shell=shell, secrets=secrets, names=made.names)  # type: ignore[arg-type]
        for secret in ("c00kie", "k3y0value", "temporary"):
            assert secret not in text
        if made.names:
            assert "s3cr3tvalue" not in text
        assert (MASK in text) == (secrets == "masked")
        if secrets == "variables":
            assert "STREAMSCOPE_X_API_KEY" in text
            assert "set first" in text.splitlines()[0]
    assert "k3y0value" in command(made.request, shell=shell, secrets="values")  # type: ignore[arg-type]


async def test_a_signature_is_told_to_be_short_lived(core: Core) -> None:
    draft = Draft(Choice("aksk", VALUES["aksk"]), Choice("address", {"url": "https://h/"}))
    made = await prepared(core, draft)
    text = command(made.request, names=made.names)
    assert "Signature=" in text
    assert "15 minutes" in text
    assert "STREAMSCOPE_AKSK_SECURITY_TOKEN" in text


async def test_comments_hold_no_quotes(core: Core) -> None:
    """zsh reads the words of a pasted comment, unless it is told not to: quotes would swallow the command."""
    draft = Draft(
        Choice("bearer", VALUES["bearer"]),
        Choice("address", {"url": "wss://h/"}),
        Choice("websocket"),
        messages=(Outgoing("x"),),
    )
    made = await prepared(core, draft)
    text = command(made.request, names=made.names)
    told = [line for line in text.splitlines() if line.startswith("#")]
    assert any("websocat" in line for line in told)
    for line in told[:-1]:
        assert not set("'\"`()[]*?!&|;<>$") & set(line)
    assert shlex.split(text.replace("\\\n", " "), comments=True)[0] == "curl"


async def test_what_cannot_be_an_argument_goes_another_way(core: Core) -> None:
    draft = Draft(channel=Choice("address", {"url": "http://h/"}), body=Body("bytes", content=b"\x00\xff" * 10))
    made = await prepared(core, draft)
    assert "base64 -d | curl" in command(made.request)
    assert "@body.bin" in command(made.request, shell="cmd")
    assert "FromBase64String" in command(made.request, shell="powershell")
    assert read(command(made.request)).draft.body == draft.body


def test_a_draft_is_read_from_what_is_masked() -> None:
    with pytest.raises(UsageError):
        read("# Secrets are masked: this cannot be sent.\n")
