"""From the options of a command line to a draft."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streamscope.engine import discover, loading
from streamscope.engine.core import Core
from streamscope.engine.dialects import dialect_named
from streamscope.kinds.auth.base import Auth
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS, kind
from streamscope.kinds.channels.base import Channel
from streamscope.kinds.protocols.base import Protocol
from streamscope.model.credential import Credential
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing, Part
from streamscope.model.environment import Scope, check_name
from streamscope.model.errors import UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.model.service import Service
from streamscope.model.url import parse_url
from streamscope.store import files, library
from streamscope.store.environments import collection_of


@dataclass(frozen=True, slots=True)
class Options:
    """What was written on the command line."""

    url: str
    workspace: str | None
    service: str | None
    channel: str | None
    auth: str | None
    credential: str | None
    protocol: str | None
    path: str | None
    method: str | None
    headers: tuple[str, ...]
    data: str | None
    forms: tuple[str, ...]
    messages: tuple[str, ...]
    pings: tuple[str, ...]
    binary: bool
    sets: tuple[str, ...]
    timeout: float | None
    max_messages: int | None
    close_after: float | None
    insecure: bool
    ca: str | None
    resolves: tuple[str, ...]
    proxy: str | None
    draft: Path | None
    dialect: str | None
    allow_plain_credentials: bool
    allow_large_body: bool
    redirects: int
    follow: bool
    cookies: bool
    between: float | None
    environment: str | None
    variables: tuple[str, ...]
    reconnect: str | None = None
    auto_pong: str | None = None
    every: float | None = None
    times: int = 0


def scope(core: Core, options: Options) -> Scope:
    """Where the call's variables come from. Raises UsageError."""
    given = {}
    for entry in options.variables:
        name, mark, value = entry.partition("=")
        if not mark:
            raise UsageError(phrase("'{entry}' sets no variable.", entry=entry), phrase("Write --variable NAME=VALUE."))
        check_name(name)
        given[name] = value
    collection = collection_of(options.draft) if options.draft is not None else None
    if options.environment:
        core.bench.environments.get(options.environment, collection)
    return Scope(options.environment or "", collection, given)


async def drafted(core: Core, options: Options, given: bytes = b"") -> Draft:
    """The draft that the options mean. Raises UsageError, StoreError, and what finding a service raises."""
    base = library.load(options.draft) if options.draft is not None else Draft()
    if not (options.url or options.service or options.draft):
        raise UsageError(phrase("What is to be called?"), phrase("Give a URL, or --service NAME."))
    if options.url and options.service:
        raise UsageError(
            phrase("A URL and a service are both given."), phrase("Give one of them; --path goes behind either.")
        )
    _check_text(options)
    standard = StandardInput(given)
    service, workspace = await _service(core, options, base)
    if service is not None:
        base = msgspec.structs.replace(base, service=service.id)
    headers = (*base.headers, *(_header(line) for line in options.headers))
    body = _body(options, standard) or base.body
    draft = msgspec.structs.replace(
        base,
        workspace=workspace,
        method=options.method or base.method,
        path=options.path if options.path is not None else base.path,
        headers=headers,
        body=body,
        messages=(*base.messages, *_messages(options, standard)),
        limits=_limits(options, base.limits),
        ca=options.ca or base.ca,
        insecure=options.insecure or base.insecure,
        resolve=(*base.resolve, *options.resolves),
        proxy=options.proxy or base.proxy,
        dialect=_dialect(core, options.dialect) or base.dialect,
        allow_plain_credentials=options.allow_plain_credentials or base.allow_plain_credentials,
        allow_large_body=options.allow_large_body or base.allow_large_body,
        redirects=options.redirects or (10 if options.follow else base.redirects),
        cookies=options.cookies or base.cookies,
    )
    named = core.bench.credentials.get(options.credential) if options.credential else None
    draft = _with_choices(draft, options, service, named.auth if named is not None else "")
    if named is not None:
        draft = msgspec.structs.replace(draft, auth=_named(draft.auth, named))
    _check_body(draft, options.pings)
    return _with_fields(draft, (*options.sets, *_short(options, draft)), standard)


def _short(options: Options, draft: Draft) -> list[str]:
    """The fields of a WebSocket that have options of their own. Raises UsageError where it is none."""
    given = {"reconnect": options.reconnect, "pongs": options.auto_pong}
    sets = [f"{key}={value}" for key, value in given.items() if value is not None]
    if (sets or options.every is not None) and not PROTOCOLS[draft.protocol.kind].duplex:
        raise UsageError(
            phrase("--reconnect, --auto-pong and --every are for the protocol 'websocket'."),
            phrase("Use a ws:// or wss:// address."),
        )
    return sets


def _dialect(core: Core, given: str | None) -> str:
    """The key of the dialect to read with, '' to find it out. Raises UsageError."""
    if given in (None, "", "auto"):
        return ""
    dialect_named(str(given), core.bench.dialects.all())
    return str(given)


def _check_text(options: Options) -> None:
    """Only a body and messages may be bytes that are no text."""
    for given in (options.url, options.path or "", *options.headers, *options.forms, *options.sets):
        if not _is_text(os.fsencode(given)):
            raise UsageError(
                phrase("'{given}' is not UTF-8 text.", given=given.encode(errors="replace").decode()),
                phrase("Only -d takes bytes as they are; in a URL write them as %XX."),
            )


async def _service(core: Core, options: Options, base: Draft) -> tuple[Service | None, str]:
    name = options.service or ("" if options.url else base.service)
    workspace = options.workspace or base.workspace
    if not name:
        if workspace:
            core.bench.workspaces.get(workspace)
        return None, workspace
    workspace = workspace or core.bench.settings.get("workspace")
    found = core.bench.workspaces.get(workspace)
    return await discover.find(core, await discover.ready(core, found), name), workspace


def _named(choice: Choice, credential: Credential) -> Choice:
    """A choice that takes its values from a credential. Raises UsageError where it is one of another kind."""
    if choice.kind != credential.auth:
        raise UsageError(
            phrase("The credential '{name}' is for '{auth}'.", name=credential.name, auth=credential.auth),
            phrase("Leave out --auth, or name a credential of that kind."),
        )
    return msgspec.structs.replace(choice, credential=credential.name)


def _with_choices(draft: Draft, options: Options, service: Service | None, wanted: str = "") -> Draft:
    """The three choices as named, else as the credential and the draft say, else as address and service suggest."""
    saved = options.draft is not None
    offered = service.auth[0] if service and service.auth else "none"
    auth = options.auth or wanted or (draft.auth.kind if saved else "") or offered
    kind("auth", AUTH, auth)
    channel = options.channel or ("address" if options.url else draft.channel.kind if saved else "")
    channel = channel or (next(iter(service.addresses), "public") if service else "address")
    kind("channel", CHANNELS, channel)
    protocol = options.protocol or (draft.protocol.kind if saved else "") or _protocol(draft, options, service)
    kind("protocol", PROTOCOLS, protocol)
    return msgspec.structs.replace(
        draft,
        auth=draft.auth if draft.auth.kind == auth else Choice(auth),
        channel=_channel(draft, channel, options.url),
        protocol=draft.protocol if draft.protocol.kind == protocol else Choice(protocol),
    )


def _channel(draft: Draft, key: str, url: str) -> Choice:
    if url:
        _scheme(url)
        if key == "address":
            return Choice(key, {"url": url})
    return draft.channel if draft.channel.kind == key else Choice(key)


def _scheme(url: str) -> str:
    """The scheme of a URL, which is looked at as a whole only where no variable is still to fill. Raises UsageError."""
    return url.partition("://")[0].lower() if "{{" in url else parse_url(url).scheme


def _protocol(draft: Draft, options: Options, service: Service | None) -> str:
    """From the scheme, then from the Accept header, then from what a service speaks."""
    accepted = ",".join(value for name, value in draft.headers if name.lower() == "accept")
    if options.url:
        scheme = _scheme(options.url)
        for protocol in PROTOCOLS.values():
            if protocol.duplex and scheme in (protocol.plain, protocol.secure):
                return protocol.key
    if "text/event-stream" in accepted.lower():
        return next(protocol.key for protocol in PROTOCOLS.values() if protocol.streams)
    if service is not None and service.protocols:
        return service.protocols[0]
    return next(iter(PROTOCOLS))


def _check_body(draft: Draft, pings: tuple[str, ...]) -> None:
    duplex = PROTOCOLS[draft.protocol.kind].duplex
    if pings and not duplex:
        raise UsageError(phrase("Pings are for the protocol 'websocket'."), phrase("Use a ws:// or wss:// address."))
    if duplex and draft.body.kind != "none":
        raise UsageError(
            phrase("A WebSocket handshake has no body."), phrase("Send messages with -m TEXT, -m @FILE or -m -.")
        )
    if draft.messages and not duplex:
        raise UsageError(
            phrase("Messages are for the protocol 'websocket'."),
            phrase("Give a body with -d, or --protocol websocket."),
        )


def _with_fields(draft: Draft, sets: tuple[str, ...], standard: "StandardInput") -> Draft:
    """Each FIELD=VALUE goes to the kind that has such a field: authentication, then channel, then protocol."""
    kinds: tuple[Auth | Channel | Protocol, ...] = (
        AUTH[draft.auth.kind],
        CHANNELS[draft.channel.kind],
        PROTOCOLS[draft.protocol.kind],
    )
    values = [dict(draft.auth.values), dict(draft.channel.values), dict(draft.protocol.values)]
    for entry in sets:
        key, mark, value = entry.partition("=")
        if not mark:
            raise UsageError(phrase("'{entry}' sets nothing.", entry=entry), phrase("Write --set FIELD=VALUE."))
        owner = next((at for at, one in enumerate(kinds) if key in [field.key for field in one.fields]), None)
        if owner is None:
            known = [field.key for one in kinds for field in one.fields]
            told = phrase("None of {kinds} has a field '{key}'.", kinds=", ".join(k.key for k in kinds), key=key)
            raise unknown(told, key, known)
        values[owner][key] = _text(standard.read(), key) if value == "@-" else value
    auth, channel, protocol = values
    return msgspec.structs.replace(
        draft,
        auth=msgspec.structs.replace(draft.auth, values=auth),
        channel=msgspec.structs.replace(draft.channel, values=channel),
        protocol=msgspec.structs.replace(draft.protocol, values=protocol),
    )


def _text(given: bytes, key: str) -> str:
    """The value of a field from standard input, without the line end that `echo` adds."""
    try:
        return given.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UsageError(phrase("The value of '{key}' on standard input is not UTF-8.", key=key)) from error


class StandardInput:
    """Standard input, which one option of a call may ask for."""

    def __init__(self, content: bytes = b"") -> None:
        self._content = content
        self._read = False

    def read(self) -> bytes:
        """All of it. Raises UsageError the second time."""
        if self._read:
            raise UsageError(phrase("Standard input is asked for twice."), phrase("Give one of them as a file."))
        self._read = True
        return self._content


def standard_input(options: Options) -> bytes:
    """What standard input holds, where an option asks for it: read before the loop runs, so that Ctrl+C is heard."""
    asked = options.data == "-" or "-" in options.messages or any(entry.endswith("=@-") for entry in options.sets)
    return sys.stdin.buffer.read() if asked else b""


def _header(line: str) -> tuple[str, str]:
    name, mark, value = line.partition(":")
    if not mark or not name.strip():
        raise UsageError(phrase("'{line}' is not a header.", line=line), phrase("Write -H 'Name: value'."))
    return name.strip(), value.strip()


def _body(options: Options, standard: StandardInput) -> Body | None:
    if options.data is not None and options.forms:
        raise UsageError(phrase("A body and a form are both given."), phrase("Use -d or -F, not both."))
    if options.forms:
        return Body("multipart", parts=tuple(_part(form) for form in options.forms))
    if options.data is None:
        return None
    if options.data == "-":
        return Body("bytes", content=standard.read())
    if options.data.startswith("@"):
        path = options.data[1:]
        return (
            Body("file", file=path)
            if loading.size(path) > loading.HELD
            else Body("bytes", content=loading.content(path))
        )
    typed = os.fsencode(options.data)
    return Body("text", text=options.data) if _is_text(typed) else Body("bytes", content=typed)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _part(form: str) -> Part:
    name, mark, value = form.partition("=")
    if not mark:
        raise UsageError(
            phrase("'{form}' is no part of a form.", form=form), phrase("Write -F name=value or -F name=@FILE.")
        )
    if not value.startswith("@"):
        return Part(name, value)
    path, _, content_type = value[1:].partition(";type=")
    content = None if loading.size(path) > loading.HELD else loading.content(path)
    return Part(name, file=path, content=content, content_type=content_type)


def _messages(options: Options, standard: StandardInput) -> list[Outgoing]:
    found: list[Outgoing] = []
    for message in options.messages:
        if message == "-":
            contents = standard.read().splitlines()
        elif message.startswith("@"):
            contents = [files.content(message[1:])]
        else:
            contents = [os.fsencode(message)]
        found += [_outgoing(content, options.binary) for content in contents]
    return found


def _outgoing(content: bytes, binary: bool) -> Outgoing:
    if binary:
        return Outgoing(content=content, binary=True)
    try:
        return Outgoing(text=content.decode())
    except UnicodeDecodeError as error:
        raise UsageError(
            phrase("A text message must be UTF-8."), phrase("Send it with --binary."), cause=str(error)
        ) from error


def _limits(options: Options, base: Limits) -> Limits:
    return msgspec.structs.replace(
        base,
        total=options.timeout if options.timeout is not None else base.total,
        between=options.between if options.between is not None else base.between,
        messages=options.max_messages or base.messages,
        close_after=options.close_after if options.close_after is not None else base.close_after,
    )
