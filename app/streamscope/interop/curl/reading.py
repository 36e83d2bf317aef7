"""A pasted curl command as a draft (curl's manual; the shells' rules are in `shell` and `windows`)."""

import re
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, unquote

import msgspec

from streamscope.interop.curl import shell, windows
from streamscope.interop.curl.commandline import HOW, Command, cleaned, misplaced
from streamscope.interop.curl.credentials import authenticated
from streamscope.interop.curl.data import FORM, JSON, body_of, is_json
from streamscope.interop.curl.gathered import MANY_REDIRECTS, Gathered, take
from streamscope.interop.curl.options import options
from streamscope.interop.curl.quoting import Shell
from streamscope.interop.curl.sockets import as_websocket
from streamscope.kinds.protocols.content_coding import ACCEPTED
from streamscope.model.draft import Body, Choice, Draft, Limits, Pair
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import SECRET_HEADERS
from streamscope.model.service import NO_PROXY
from streamscope.model.url import parse_url

_STARTS = re.compile(
    r"\s*(?:#[^\n]*\n\s*|rem [^\n]*\n\s*|\$\s+)*(?:(?:[A-Za-z]:)?[^\s:]*[/\\])?curl(?:\.exe)?(?=[\s^`\\]|$)",
    re.IGNORECASE,
)
_CMD = re.compile(r'(?:^|\s)\^"|\^[ \t]*\r?$', re.MULTILINE)
_POWER = re.compile(r"`[ \t]*\r?$|--%\s|\$env:|^[ \t]*(?:iwr|irm|Invoke-\w+)\s", re.MULTILINE | re.IGNORECASE)
_COMMENTS = re.compile(r"\s*(?:(?:#|rem )[^\n]*\n\s*)+", re.IGNORECASE)
_STOPS = re.compile(r"curl\.exe\s+--%", re.IGNORECASE)
_TELLING = 1 << 16
"""Characters at the beginning that tell the shell: one that only comes later is hardly any."""
_TYPOGRAPHIC = ("“", "”", "‘", "’", "„")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_GLOB = re.compile(r"\[[^\]]*-[^\]]*\]|(?<!\{)\{[^{}]*,[^{}]*\}")
_AUTOMATIC = frozenset(
    {"accept", "accept-encoding", "cache-control", "content-length", "content-type", "user-agent", "connection"}
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a command became, and what of it a person should know: left out, changed, or not the same here."""

    draft: Draft
    notes: tuple[Phrase, ...] = ()


def looks_like_curl(text: str) -> bool:
    """Whether a text begins as a curl command does; quick, also for a text of any size."""
    return bool(_STARTS.match(text[:4096]))


def read(text: str) -> Pasted:
    """The draft that a command means. Raises UsageError where it is none, with the place and the remedy."""
    command = _command(cleaned(text))
    odd = [word for word in command.arguments if word.startswith(_TYPOGRAPHIC)]
    if any(re.search(r"\s" + re.escape(word[:16]), text) for word in odd[:100]):
        raise misplaced(
            phrase("The command has typographic quotes, which no shell takes for quotes."),
            phrase("Put plain ones, ' or \", in the place of “ ” ‘ ’: word processors and chats replace them."),
        )
    read = Gathered(command.stdin, command.notes)
    for option in options(command.arguments):
        if option.name == "next":
            read.notes.append(phrase("Only the first of several requests (--next) was taken."))
            break
        take(read, option)
    if not read.urls:
        raise misplaced(phrase("The command names no URL."), HOW)
    draft, notes = _draft(read)
    return Pasted(draft, _distinct(notes))


def _distinct(notes: list[Phrase]) -> tuple[Phrase, ...]:
    return tuple({str(note): note for note in notes}.values())


def _command(text: str) -> Command:
    """The words, by the rules of the shell that the text is written for."""
    reader = {"bash": shell.bash, "cmd": windows.cmd, "powershell": windows.powershell}[_shell(text)]
    if lead := _COMMENTS.match(text):
        text = "\n" * lead.group().count("\n") + text[lead.end() :]
    return reader(text)


def _shell(text: str) -> Shell:
    """Told by how the first line ends, then by what only one shell has: carets before quotes, backticks, rem."""
    lead = _COMMENTS.match(text)
    start = lead.end() if lead else 0
    if lead is not None and "rem " in lead.group().lower().split("\n")[0][:8]:
        return "cmd"
    first = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)].rstrip()
    if _STOPS.search(first):
        return "powershell"
    ending = {"\\": "bash", "^": "cmd", "`": "powershell"}
    if first[-1:] in ending:
        return cast("Shell", ending[first[-1:]])
    return _guessed(text[start : start + _TELLING])


def _guessed(text: str) -> Shell:
    """The shell of a command whose first line does not tell it."""
    if not _single_first(text) and _POWER.search(text):
        return "powershell"
    if not _single_first(text) and _CMD.search(text):
        return "cmd"
    if re.match(r"\s*(?:\S*[/\\])?curl\.exe\b", text, re.IGNORECASE):
        return "powershell" if re.search(r"\s'", text) else "cmd"
    if not re.search(r"[\s$]'", text) and re.search(r'[^\s"]""[^\s"]', text):
        return "cmd"
    return "bash"


def _single_first(text: str) -> bool:
    """Whether a quote of a POSIX shell comes before anything that only Windows has."""
    first = re.search(
        r"(?:\s|\$)'|\\\r?$|(?:^|\s)\^\"|\^[ \t]*\r?$|`[ \t]*\r?$|--%\s|\$env:|curl\.exe", text, re.MULTILINE
    )
    return first is not None and first.group().strip("\r\n")[-1:] in ("'", "\\")


def _draft(read: Gathered) -> tuple[Draft, list[Phrase]]:
    notes = read.notes
    url, userinfo = _url(read)
    body, content_type, method = _body(read, notes)
    headers = _with_type(read, body, content_type)
    headers = [pair for pair in headers if not _repeated(pair, url, body)]
    user = read.user if read.user is not None else userinfo
    if read.flags & {"digest", "ntlm", "ntlm-wb", "negotiate", "anyauth"} and user is not None:
        notes.append(phrase("Only Basic sign-in is supported (-u): the user was left out."))
        user = None
    auth, headers, told = authenticated(headers, user, read.bearer)
    notes += told
    protocol = Choice("https")
    accepts = [value for name, value in headers if name.lower() == "accept"]
    if accepts and all("text/event-stream" in value.lower() for value in accepts):
        protocol = Choice("sse")
        if accepts == ["text/event-stream"]:
            headers = [pair for pair in headers if pair[0].lower() != "accept" and not _uncached(pair)]
    else:
        headers = [pair for pair in headers if (pair[0].lower(), pair[1]) != ("accept-encoding", ACCEPTED)]
    if body.kind != "none" and ("Transfer-Encoding", "chunked") in headers:
        headers.remove(("Transfer-Encoding", "chunked"))
        read.removed.append("content-length")
    protocol, more = _http2(read, protocol, url)
    notes += more
    for name in sorted({name for name, _ in headers if name.lower() in SECRET_HEADERS}):
        notes.append(phrase("The header {name} holds a credential; it stays a header of the draft.", name=name))
    without = tuple(dict.fromkeys(name for name in read.removed if name in _AUTOMATIC and _counts(name, body)))
    draft = Draft(
        auth,
        Choice("address", {"url": url}),
        protocol,
        method=method,
        headers=tuple(headers),
        body=body,
        limits=_limits(read),
        ca=read.ca,
        insecure="insecure" in read.flags,
        resolve=tuple(read.resolve),
        proxy=_proxy(read, url, notes),
        redirects=_followed(read),
        without=without,
    )
    return as_websocket(draft, notes), notes


def _url(read: Gathered) -> tuple[str, str | None]:
    """The first URL with the query that other options add, and the user in it."""
    if len(read.urls) > 1:
        read.notes.append(phrase("The command names {count} URLs: the first was taken.", count=len(read.urls)))
    url = read.urls[0].strip()
    if not url:
        raise misplaced(phrase("The command's URL is empty."), HOW)
    if _GLOB.search(url):
        read.notes.append(phrase("curl would make several URLs of the brackets: here it is one, as written."))
    if not _SCHEME.match(url) and not url.startswith("{{"):
        url = "http://" + url
    url = _with_file(read, url.partition("#")[0])
    more = [piece for piece in read.query if piece]
    if "get" in read.flags and read.data.text:
        more.append(read.data.text)
    if more:
        url += ("&" if "?" in url else "?") + "&".join(more)
    scheme, mark, rest = url.partition("://")
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    user, at, authority = rest[:cut].rpartition("@")
    if at:
        url = f"{scheme}{mark}{authority}{rest[cut:]}"
    if "{{" not in url:
        parse_url(url)
    return url, unquote(user) if at else None


def _with_file(read: Gathered, url: str) -> str:
    """A URL without a last segment gets the name of the file that is uploaded."""
    place, mark, query = url.partition("?")
    if read.upload in (None, "-", ".") or not (place.endswith("/") or "/" not in place.partition("://")[2]):
        return url
    name = str(read.upload).replace("\\", "/").rpartition("/")[2]
    read.notes.append(phrase("The file's name was put behind the URL, as curl does."))
    return f"{place.removesuffix('/')}/{quote(name)}{mark}{query}"


def _body(read: Gathered, notes: list[Phrase]) -> tuple[Body, str, str]:
    """The body, the content type that curl would send with it, and the method."""
    data = read.data
    notes += data.notes
    kinds = [bool(data.pieces or data.file) and "get" not in read.flags, bool(read.parts), read.upload is not None]
    if sum(kinds) > 1:
        raise misplaced(
            phrase("The command has several bodies: -d, -F and -T do not go together."), phrase("Keep one of them.")
        )
    method = read.method or ("HEAD" if "head" in read.flags else "GET")
    if read.parts:
        return Body("multipart", parts=tuple(read.parts)), "", read.method or "POST"
    if read.upload is not None:
        return _uploaded(read, notes), "", read.method or "PUT"
    if not kinds[0]:
        return Body(), "", method
    typed = [value for name, value in read.headers if name.lower() == "content-type"]
    content_type = typed[0] if typed else "" if "content-type" in read.removed else JSON if data.is_json else FORM
    method = read.method or ("HEAD" if "head" in read.flags else "POST")
    if data.file:
        if data.pieces:
            notes.append(
                phrase("The file {path} is one of several pieces of data: the others were left out.", path=data.file)
            )
        return Body("file", file=data.file), content_type, method
    if not data.text and content_type == FORM:
        return Body("form"), content_type, method
    body = body_of(data.text, content_type)
    if not typed and content_type == FORM and body.kind == "text" and is_json(body.text):
        notes.append(phrase("curl sends this JSON as a form, since no Content-Type is given; so it is kept here."))
    return body, content_type, method


def _uploaded(read: Gathered, notes: list[Phrase]) -> Body:
    path = read.upload or ""
    if path in ("-", "."):
        if read.stdin is None:
            notes.append(phrase("The body comes from standard input, which the command does not tell."))
            return Body()
        return body_of(read.stdin.decode("utf-8", "surrogateescape"), "")
    return Body("file", file=path)


def _with_type(read: Gathered, body: Body, content_type: str) -> list[Pair]:
    """The headers, with those that curl adds itself and the body's kind does not say."""
    headers = list(read.headers)
    names = {name.lower() for name, _ in headers} | set(read.removed)
    if read.data.is_json and "accept" not in names:
        headers.append(("Accept", JSON))
    said = {"json": JSON, "form": FORM}.get(body.kind)
    typed = [pair for pair in headers if pair[0].lower() == "content-type"]
    if [value for _, value in typed] == [said]:
        return [pair for pair in headers if pair not in typed]
    if not typed and content_type and content_type != said:
        headers.append(("Content-Type", content_type))
    return headers


def _repeated(pair: Pair, url: str, body: Body) -> bool:
    """Whether a header says just what is said by itself: the URL's host, the body's size, what the writer adds."""
    name, value = pair[0].lower(), pair[1]
    if name == "host":
        return "{{" not in url and parse_url(url).authority == value
    if name == "content-length":
        size = len(body.content) if body.kind == "bytes" else len(body.text.encode()) if body.text else 0
        return value == str(size) and body.kind in ("none", "json", "text", "bytes")
    if name == "user-agent":
        return bool(re.fullmatch(r"streamscope/[0-9][\w.+-]*", value))
    return False


def _uncached(pair: Pair) -> bool:
    return (pair[0].lower(), pair[1].lower()) == ("cache-control", "no-store")


def _counts(name: str, body: Body) -> bool:
    """Whether leaving a header out changes anything: a body that tells no type is sent with none."""
    if name != "content-type":
        return True
    return body.kind in ("json", "form", "multipart", "file") or (body.kind == "text" and is_json(body.text))


def _http2(read: Gathered, protocol: Choice, url: str) -> tuple[Choice, list[Phrase]]:
    if read.flags & {"http3", "http3-only"}:
        return protocol, [phrase("HTTP/3 is not supported: the call is made without it.")]
    if "http2-prior-knowledge" in read.flags or ("http2" in read.flags and url.startswith("https://")):
        return _with_values(protocol, http2="on"), []
    if "http2" in read.flags:
        return protocol, [phrase("An upgrade of plain HTTP to HTTP/2 is not made: the call uses HTTP/1.1.")]
    return protocol, []


def _with_values(choice: Choice, **values: str) -> Choice:
    """The choice with more values."""
    return msgspec.structs.replace(choice, values=choice.values | values)


def _proxy(read: Gathered, url: str, notes: list[Phrase]) -> str:
    host = "" if "{{" in url else parse_url(url).host
    for name in (name.strip().lstrip(".").lower() for name in read.noproxy.split(",")):
        if name == "*" or (name and (host == name or host.endswith("." + name))):
            return NO_PROXY
    proxy = read.proxy
    if not proxy:
        return ""
    scheme, mark, rest = proxy.partition("://")
    if mark and scheme.lower() not in ("http", "https"):
        notes.append(phrase("A proxy of the kind '{scheme}' is not supported: it was left out.", scheme=scheme))
        return ""
    if read.proxy_user:
        user, colon, password = read.proxy_user.partition(":")
        signed_in = quote(user, safe="") + colon + quote(password, safe="")
        return f"{scheme + mark if mark else 'http://'}{signed_in}@{rest if mark else proxy}"
    return proxy


def _limits(read: Gathered) -> Limits:
    """The defaults themselves where nothing was asked for: a file tells them by identity."""
    limits = Limits()
    if read.total:
        limits = msgspec.structs.replace(limits, total=read.total)
    return msgspec.structs.replace(limits, connect=read.connect) if read.connect else limits


def _followed(read: Gathered) -> int:
    if not read.flags & {"location", "location-trusted", "follow"}:
        return 0
    return read.redirects if read.redirects >= 0 else MANY_REDIRECTS
