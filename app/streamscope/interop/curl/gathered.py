"""What curl's options say, gathered one by one (curl's manual)."""

import re
from dataclasses import dataclass, field

from streamscope.interop.curl.commandline import misplaced
from streamscope.interop.curl.data import Data, part
from streamscope.interop.curl.options import HARMLESS, Option
from streamscope.model.draft import Pair, Part
from streamscope.model.phrase import Phrase, phrase

MANY_REDIRECTS = 50
"""How many curl follows where it is not told."""


@dataclass(slots=True)
class Gathered:
    """What was gathered from the options."""

    stdin: bytes | None
    notes: list[Phrase]
    urls: list[str] = field(default_factory=list)
    method: str = ""
    headers: list[Pair] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    data: Data = field(default_factory=Data)
    query: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    upload: str | None = None
    user: str | None = None
    bearer: str = ""
    proxy: str = ""
    proxy_user: str = ""
    noproxy: str = ""
    resolve: list[str] = field(default_factory=list)
    redirects: int = -1
    flags: set[str] = field(default_factory=set)
    ca: str = ""
    total: float = 0.0
    connect: float = 0.0


def take(read: Gathered, option: Option) -> None:
    """One option's part in the request."""
    name, value = option.name, option.value
    if name in ("", "url"):
        read.urls.append(value)
    elif not option.known:
        shown = f"--{name}" if len(name) > 1 else f"-{name}"
        read.notes.append(phrase("The option {option} is unknown: it was left out.", option=shown))
    elif option.negated:
        read.flags.discard(name)
    elif name == "header":
        _header(read, value)
    elif name in ("data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json"):
        read.data.add(name, value, read.stdin)
    elif name in ("form", "form-string"):
        parts, notes = part(value, literal=name == "form-string", stdin=read.stdin)
        read.parts += parts
        read.notes += notes
    elif name in _SIMPLE:
        setattr(read, _SIMPLE[name], value)
    elif name in ("max-time", "connect-timeout"):
        setattr(read, "total" if name == "max-time" else "connect", _seconds(name, value))
    elif name in _OWN:
        _OWN[name](read, value)
    elif name in _FLAGS:
        read.flags.add(name)
    elif name not in HARMLESS:
        read.notes.append(phrase("The option --{option} has no counterpart here: it was left out.", option=name))


_SIMPLE = {
    "request": "method", "user": "user", "oauth2-bearer": "bearer", "proxy": "proxy", "proxy-user": "proxy_user",
    "noproxy": "noproxy", "cacert": "ca", "upload-file": "upload",
}  # fmt: skip
_FLAGS = frozenset(
    {"get", "head", "insecure", "location", "location-trusted", "follow", "compressed", "http2"}
    | {"http2-prior-knowledge", "anyauth", "digest", "negotiate", "ntlm", "ntlm-wb", "http3", "http3-only"}
)


def _header(read: Gathered, line: str) -> None:
    if line.startswith("@"):
        raise misplaced(
            phrase("The headers are in a file, {file}, which is not read.", file=line[1:]),
            phrase("Write them into the command: -H 'Name: value'."),
        )
    name, mark, value = line.partition(":")
    if not mark:
        name, mark, value = line.partition(";")
        if mark and not value.strip():
            read.headers.append((name.strip(), ""))
        elif line.strip():
            read.notes.append(phrase("A header without a colon was left out, as curl does."))
    elif not name.strip():
        read.notes.append(phrase("A header whose name begins with a colon was left out: HTTP/2 makes those itself."))
    elif value.strip():
        read.headers.append((name.strip(), value.strip()))
    else:
        read.removed.append(name.strip().lower())


def _cookie(read: Gathered, value: str) -> None:
    if "=" in value:
        read.headers.append(("Cookie", value.strip()))
    elif value:
        read.notes.append(phrase("The cookies are in a file, {file}, which is not read.", file=value))


def _agent(read: Gathered, value: str) -> None:
    if value:
        read.headers.append(("User-Agent", value))
    else:
        read.removed.append("user-agent")


def _referer(read: Gathered, value: str) -> None:
    if told := value.removesuffix(";auto"):
        read.headers.append(("Referer", told))


def _resolve(read: Gathered, value: str) -> None:
    host, _, rest = value.lstrip("+").partition(":")
    port, _, addresses = rest.partition(":")
    address = addresses.split(",")[0]
    if value.startswith("-") or not address:
        read.notes.append(phrase("An entry of --resolve names no address: it was left out."))
    else:
        read.resolve.append(f"{host}:{port}:{address}")


def _connect_to(read: Gathered, value: str) -> None:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:\[]*):(\d*):(\[[^\]]*\]|[^:\[]*):(\d*)", value)
    if match is None or not match[3]:
        read.notes.append(phrase("An entry of --connect-to names no host to connect to: it was left out."))
    elif match[4] and match[4] != match[2]:
        read.notes.append(phrase("Connecting to another port (--connect-to) is not supported: it was left out."))
    else:
        read.resolve.append(f"{match[1].strip('[]') or '*'}:{match[2] or '*'}:{match[3]}")


def _redirects(read: Gathered, value: str) -> None:
    number = int(_number("max-redirs", value))
    read.redirects = MANY_REDIRECTS if number < 0 else min(number, 1000)


def _url_query(read: Gathered, value: str) -> None:
    data = Data()
    data.add("data" if value.startswith("+") else "data-urlencode", value.removeprefix("+"), read.stdin)
    read.query.append(data.text)
    read.notes += data.notes


def _range(read: Gathered, value: str) -> None:
    read.headers.append(("Range", f"bytes={value}"))


_OWN = {
    "cookie": _cookie, "user-agent": _agent, "referer": _referer, "resolve": _resolve, "connect-to": _connect_to,
    "max-redirs": _redirects, "url-query": _url_query, "range": _range,
}  # fmt: skip


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
        if number != number or abs(number) > 1e9:
            raise ValueError
    except ValueError:
        raise misplaced(
            phrase("The option --{option} wants a number.", option=name),
            phrase("Write it as seconds, for example --{option} 10.", option=name),
        ) from None
    return number


def _seconds(name: str, value: str) -> float:
    return max(0.0, _number(name, value))
