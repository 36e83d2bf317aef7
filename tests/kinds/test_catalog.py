"""One contract for every row of the catalogue, and the shelves' independence of each other."""

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import streamscope.kinds
from streamscope.kinds.auth.base import Auth, Values
from streamscope.kinds.auth.cache import Token, TokenCache
from streamscope.kinds.catalog import AUTH, CHANNELS, DIALECTS, PLATFORMS, PROTOCOLS, SHELVES, kind, shelf
from streamscope.kinds.channels.base import Channel, Way
from streamscope.kinds.dialects.base import Dialect
from streamscope.kinds.protocols.base import Protocol
from streamscope.model.delta import Delta
from streamscope.model.errors import UsageError
from streamscope.model.event import Message
from streamscope.model.field import Field, check, missing
from streamscope.model.redact import masked
from streamscope.model.request import Request
from streamscope.model.service import Account, Service
from streamscope.model.url import parse_url

KINDS = Path(streamscope.kinds.__file__).parent
ROWS = [(name, one) for name, kinds in SHELVES.items() for one in kinds.values()]
KEY = re.compile(r"[a-z][a-z0-9]*([._][a-z0-9]+)*\Z")
SECRET_WORDS = {"password", "secret", "secret_key", "app_secret", "app_code", "api_key", "token", "security_token"}

CONTRACT = {
    "auth": {
        "none": [], "token": ["domain", "user", "password", "project", "iam"],
        "aksk": ["access_key", "secret_key", "security_token"], "app_code": ["app_code"],
        "app_signature": ["app_key", "app_secret"], "api_key": ["api_key", "type"], "bearer": ["token"],
        "basic": ["user", "password"],
    },
    "channels": {"address": None, "public": None, "vpc": None, "direct": None},
    "protocols": {"https": None, "sse": None, "websocket": None},
    "platforms": {"sandbox": None, "modelarts": None, "address": None},
}  # fmt: skip


def named(value: Any) -> str:
    return getattr(value, "key", str(value))


@pytest.mark.parametrize("name", CONTRACT)
def test_the_keys_that_scripts_rely_on(name: str) -> None:
    assert list(SHELVES[name]) == list(CONTRACT[name]) or set(SHELVES[name]) >= set(CONTRACT[name])
    for key, fields in CONTRACT[name].items():
        if fields is not None:
            assert [field.key for field in SHELVES[name][key].fields] == fields  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=named)
def test_a_row_describes_itself(name: str, row: Any) -> None:
    assert SHELVES[name][row.key] is row
    assert KEY.match(row.key)
    assert str(row.label)
    fields: tuple[Field, ...] = getattr(row, "fields", ())
    keys = [field.key for field in fields]
    assert len(set(keys)) == len(keys)
    for field in fields:
        assert KEY.match(field.key)
        assert str(field.label)
        assert (field.kind == "secret") == (field.key in SECRET_WORDS), field.key
        assert not (field.kind == "secret" and field.default)
        assert field.shown_when is None or field.shown_when[0] in keys
        if field.kind == "choice":
            assert field.default in [key for key, _ in field.choices]
    assert len({str(one.label) for one in SHELVES[name].values()}) == len(SHELVES[name])


@pytest.mark.parametrize(("name", "row"), ROWS, ids=named)
def test_a_field_that_no_row_has_is_refused(name: str, row: Any) -> None:
    fields: tuple[Field, ...] = getattr(row, "fields", ())
    with pytest.raises(UsageError) as caught:
        check(fields, {f"{fields[0].key if fields else 'x'}x": "1"}, row.key)
    assert str(caught.value.hint)
    check(fields, {field.key: "1" for field in fields}, row.key)
    assert missing(fields, {field.key: "1" for field in fields}) == []


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        kind("auth", AUTH, "tokn")
    assert str(caught.value.hint) == "Did you mean 'token'?"
    with pytest.raises(ValueError, match="token"):
        shelf((AUTH["token"], AUTH["token"]))


# --- auth


TYPED = (("X-Given", "1"), ("Content-Type", "application/json"), ("Authorization", "typed"), ("Host", "given.example"))


@pytest.mark.parametrize("auth", AUTH.values(), ids=named)
@pytest.mark.parametrize("url", ["https://h:1/p%20x?q=+&q=%20", "wss://h/ws"])
async def test_apply_leaves_its_argument_alone(auth: Auth, url: str) -> None:
    request = Request("POST", parse_url(url), TYPED, b'{"a":1}', typed=frozenset(n.lower() for n, _ in TYPED))
    before = replace(request)
    made = await auth.apply(request, await values(auth))
    assert request == before
    assert (made.method, made.url, made.body, made.messages) == (request.method, request.url, request.body, ())
    assert [made.header(name) for name in ("X-Given", "Content-Type", "Host")] == [
        "1",
        "application/json",
        "given.example",
    ]
    names = [name.lower() for name, _ in made.headers]
    assert len(names) == len(set(names))
    assert (made == request) == (auth.key == "none")


@pytest.mark.parametrize("auth", AUTH.values(), ids=named)
async def test_secrets_are_named_so_that_they_can_be_masked(auth: Auth) -> None:
    made = await auth.apply(Request("GET", parse_url("https://h/")), await values(auth))
    told = masked(" ".join(note.text for note in made.notes), made.secrets)
    for field in auth.fields:
        if field.kind == "secret" and field.key != "password":
            assert f"the {field.key}" in made.secrets
            assert f"the {field.key}" not in told
    for name, value in made.headers:
        assert value.isprintable(), name


async def values(auth: Auth) -> Values:
    """Every field filled, and a token in the cache."""
    filled = {field.key: f"the {field.key}" for field in auth.fields}
    return Values(filled, Account("w", "https://iam.example", "p", "r"), TokenCache(Full()))


class Full:
    """A store that has a living token under every name."""

    def load(self, name: str) -> Token:
        return Token("the token", 1e12, hashlib.sha256(b"the password").hexdigest())

    def save(self, name: str, token: Token) -> None:
        raise AssertionError("nothing was fetched")

    def drop(self, name: str) -> None:
        raise AssertionError("nothing was refused")


# --- channels


SERVICE = Service("id", "name", addresses={"public": "https://p/a", "vpc": "https://v/a", "direct": "http://d:1"},
                  app_addresses={"public": "https://p/app"})  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=named)
async def test_a_channel_gives_a_route_or_says_why_not(channel: Channel) -> None:
    way = Way(SERVICE, {"url": "http://typed/x"} if channel.key == "address" else {})
    async with channel.route(way) as route:
        assert route == channel.road(way)
        assert route.url.host
    with pytest.raises(UsageError) as caught:
        channel.road(Way(None, {}))
    assert str(caught.value.message)
    assert str(caught.value.hint)


def test_app_authentication_goes_to_the_apps_row_where_there_is_one() -> None:
    rows = {
        (audience, key): str(channel.road(Way(SERVICE, {}, audience)).url)
        for audience in ("account", "app")
        for key, channel in CHANNELS.items()
        if key != "address"
    }
    assert rows["account", "public"] == "https://p/a"
    assert rows["app", "public"] == "https://p/app"
    assert rows["account", "vpc"] == rows["app", "vpc"] == "https://v/a"


def test_a_vpc_endpoint_is_connected_to_and_nothing_else_changes() -> None:
    route = CHANNELS["vpc"].road(Way(SERVICE, {"endpoint": "10.0.0.7"}, resolve=("v:443:10.0.0.8",)))
    assert (route.connect, route.url.authority) == ("10.0.0.7", "v")
    route = CHANNELS["vpc"].road(Way(SERVICE, {}, resolve=("V:443:10.0.0.8",)))
    assert route.connect == "10.0.0.8"


def test_only_the_direct_channel_is_unchecked() -> None:
    assert [key for key, channel in CHANNELS.items() if not channel.checked] == ["direct"]


# --- protocols


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=named)
def test_prepare_leaves_what_was_typed(protocol: Protocol) -> None:
    typed = (("accept", "a/b"), ("accept-encoding", "x"), ("cache-control", "y"))
    request = Request("GET", parse_url(f"{protocol.secure}://h/"), typed)
    assert protocol.prepare(request).headers[:3] == typed
    names = [name.lower() for name, _ in protocol.prepare(request).headers]
    assert len(names) == len(set(names))
    assert request.headers == typed
    bare = Request("GET", request.url)
    protocol.prepare(bare)
    assert bare.headers == ()


# --- dialects


WORDS = """choices delta content text index message error type response output usage object tool_calls finish_reason
done thinking item status stop_reason id reasoning_content refusal done_reason content_block partial_json code"""
TYPES = """response.output_text.delta response.completed response.done error content_block_delta message_delta
message_start message_stop message session.created chat.completion.chunk response"""
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.text(max_size=5)
)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


PAYLOAD = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([b"", b"[DONE]", b"[DONE] ", b"null", b"[]", b"{}", b"0", b'"x"', b"{", b"[" * 5000, b'{"a":1e999}',
                     b'{"error":"x"}', b'{"error":{}}', b'{"choices":[null,1,"x",[]]}', b'{"x":"\\ud800"}']),
    JSON.map(encoded),
    st.builds(lambda value, name: encoded(value | {"type": name, "object": name}),
              JSON.filter(lambda value: isinstance(value, dict)), st.sampled_from(TYPES.split())),
)  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=named)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(payloads=st.lists(PAYLOAD, max_size=4), binary=st.booleans())
def test_feed_accepts_any_payload(dialect: Dialect, payloads: list[bytes], binary: bool) -> None:
    messages = [
        Message(0, "in", (1, 1), payload, "message", opcode="binary" if binary else "text") for payload in payloads
    ]
    assert 0 <= dialect.guess(messages, "/v1/chat/completions") <= 1
    reader = dialect.reader()
    for message in messages:
        for delta in reader.feed(message):
            assert isinstance(delta, Delta)
            assert isinstance(delta.text, str)
            assert isinstance(delta.choice, int)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=named)
def test_guessing_changes_nothing_and_readers_are_fresh(dialect: Dialect) -> None:
    message = Message(0, "in", (1, 1), b"hello")
    assert dialect.guess([message], "") == dialect.guess([message], "")
    assert dialect.reader() is not dialect.reader()
    assert dialect.reader().feed(message) == dialect.reader().feed(message)


# --- shelves


SHELF_FOLDERS = ["auth", "channels", "protocols", "dialects", "platforms"]


def files_of(name: str) -> list[Path]:
    return sorted((KINDS / name).glob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def strings(tree: ast.AST) -> Iterator[str]:
    """Every string of a file but its docstrings and what tells people something."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


@pytest.mark.parametrize("name", SHELF_FOLDERS)
def test_no_shelf_imports_another(name: str) -> None:
    others = [f"streamscope.kinds.{other}." for other in SHELF_FOLDERS if other != name]
    for path in files_of(name):
        for module in imports(ast.parse(path.read_text())):
            assert not module.startswith(tuple(others)), f"{path.name} imports {module}"
            assert not module.startswith("streamscope.kinds.catalog"), f"{path.name} imports {module}"


@pytest.mark.parametrize("name", SHELF_FOLDERS)
def test_no_shelf_names_a_kind_of_another(name: str) -> None:
    own = set(SHELVES[name])
    for path in files_of(name):
        mine = {field.key for row in SHELVES[name].values() for field in getattr(row, "fields", ())}
        foreign = {key for other, kinds in SHELVES.items() if other != name for key in kinds} - own - mine
        found = foreign & set(strings(ast.parse(path.read_text())))
        assert not found, f"{path.relative_to(KINDS)} names {found}"


def test_every_file_of_a_shelf_is_a_row_or_shared_by_rows() -> None:
    source = (KINDS / "catalog.py").read_text()
    for name in SHELF_FOLDERS:
        siblings = "".join(path.read_text() for path in files_of(name))
        for path in files_of(name):
            module = f"streamscope.kinds.{name}.{path.stem}"
            if path.stem != "__init__":
                assert module in source or path.stem in siblings, f"{module} belongs to nothing"
    assert set(PLATFORMS) == {"sandbox", "modelarts", "address"}


def test_every_secret_field_is_named() -> None:
    """What is never written into a file: fields of kind secret, and only these."""
    from streamscope.kinds.catalog import secret_fields

    found = secret_fields()
    assert ("basic", "password") in found
    assert ("basic", "user") not in found
    assert all(
        ((kind.key, field.key) in found) is (field.kind == "secret") for kind in AUTH.values() for field in kind.fields
    )
