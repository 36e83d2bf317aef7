"""What a person is told of a connection: how it was reached, how it is encrypted, and by whose certificates. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from streamscope.engine.certificates import Certificate, read, warnings
from streamscope.engine.waterfall import Attempt, Bar
from streamscope.model.errors import UsageError
from streamscope.model.event import Detail, RequestSent
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.url import Url, parse_url

Tone = Literal["", "muted", "warning", "error"]
NOT_RECORDED = phrase("not recorded")
BY_PROXY = {
    "route": phrase("chosen for this request or its workspace"),
    "settings": phrase("chosen in the settings"),
    "system": phrase("chosen by the system"),
}
_TRUST = {
    "system": phrase("vouched for by an authority that the system trusts"),
    "file": phrase("vouched for by the authority in the chosen file"),
    "fingerprint": phrase("accepted by its fingerprint"),
    "skipped": phrase("not checked"),
}

_OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is known: its name and the value."""

    name: Phrase
    value: Phrase | str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title."""

    title: Phrase
    rows: tuple[Row, ...]
    about: str = ""
    tone: Tone = ""


def sections(attempt: Attempt) -> tuple[Section, ...]:
    """All that is known of an attempt's connection."""
    return (*way(attempt), *encryption(attempt))


def way(attempt: Attempt) -> tuple[Section, ...]:
    """How the server was reached."""
    facts, url = attempt.facts, url_of(attempt.request)
    if not attempt.told:
        return (Section(phrase("Way"), (Row(phrase("Connection"), NOT_RECORDED, "muted"), *_version(attempt))),)
    rows = [Row(phrase("Connection"), _kept(attempt, facts))]
    if "asked" in facts:
        rows.append(Row(phrase("Name"), _resolved(facts)))
    if "address" in facts:
        rows.append(Row(phrase("Address"), _address(facts)))
    if facts.get("tried"):
        rows.append(Row(phrase("Tried before"), str(facts["tried"]), "warning"))
    if "local" in facts:
        rows.append(Row(phrase("From here"), f"{_bracketed(str(facts['local']))}:{facts.get('local_port')}"))
    rows.append(Row(phrase("Proxy"), _proxy(facts)))
    host = attempt.request.header("Host") if attempt.request is not None else ""
    if url is not None and host and host.lower() != url.authority.lower():
        told = phrase("{host}, which is not the address that is called: {place}", host=host, place=url.authority)
        rows.append(Row(phrase("Host header"), told, "warning"))
    rows += _version(attempt)
    if attempt.lost:
        rows.append(Row(phrase("Lost"), phrase("{reason}; it was opened again", reason=attempt.lost), "warning"))
    for bar in attempt.bars:
        if bar.failed and bar.name != "tls":
            rows.append(Row(phrase("Failed"), f"{bar.name}: {bar.failed}", "error"))
            break
    return (Section(phrase("Way"), tuple(rows)),)


def encryption(attempt: Attempt) -> tuple[Section, ...]:
    """How the connection is encrypted, and the certificates of the server."""
    title, url, bar = phrase("Encryption"), url_of(attempt.request), attempt.encryption
    if bar is None:
        if url is not None and not url.secure:
            return (Section(title, (Row(phrase("TLS"), phrase("none: who is on the way can read all of it")),)),)
        reached = attempt.head is not None or any(one.name in ("tls", "send") for one in attempt.bars)
        missing = NOT_RECORDED if reached else phrase("there was no connection")
        return (Section(title, (Row(phrase("TLS"), missing, "muted"),)),)
    if not bar.told:
        known = (Row(phrase("TLS"), bar.result or NOT_RECORDED), Row(phrase("Certificates"), NOT_RECORDED, "muted"))
        return (Section(title, known),)
    facts = bar.facts
    rows: list[Row] = []
    if bar.failed:
        rows.append(Row(phrase("Failed"), bar.failed, "error"))
    if facts.get("version"):
        old = facts["version"] in _OLD
        version = phrase("{version}: it is old, RFC 8996 forbids it", version=facts["version"])
        rows.append(Row(phrase("TLS"), version if old else str(facts["version"]), "warning" if old else ""))
        rows.append(Row(phrase("Cipher"), phrase("{name}, {bits} bits", name=facts.get("cipher"), bits=facts["bits"])))
        if facts.get("group"):
            rows.append(Row(phrase("Key exchange"), str(facts["group"])))
        else:
            rows.append(Row(phrase("Key exchange"), phrase("this version of Python does not tell it"), "muted"))
        rows.append(Row(phrase("Session"), phrase("taken up again") if facts.get("resumed") else phrase("new")))
    rows.append(Row(phrase("Asked for (SNI)"), _sni(facts)))
    if facts.get("trust"):
        accepted = facts["trust"] in ("system", "file")
        trusted = _TRUST.get(str(facts["trust"]), str(facts["trust"]))
        rows.append(Row(phrase("Certificate"), trusted, "" if accepted else "warning"))
    chain = _chain(attempt, bar)
    wrong = [row for section in chain for row in section.rows if row.tone in ("error", "warning")]
    if wrong:
        worst: Tone = "error" if any(row.tone == "error" for row in wrong) else "warning"
        rows.append(Row(phrase("Certificates"), phrase("not as they should be: see below"), worst))
    return (Section(title, tuple(rows)), *chain)


def moment(request: RequestSent | None) -> datetime:
    """When an attempt was made, by the wall clock; now where that is not known."""
    try:
        began = datetime.fromisoformat(request.started) if request is not None else datetime.now(UTC)
        began = began if began.tzinfo else began.replace(tzinfo=UTC)
        return began + timedelta(microseconds=request.t / 1000 if request is not None else 0)
    except (ValueError, OverflowError):
        return datetime.now(UTC)


def url_of(request: RequestSent | None) -> Url | None:
    """Where a request was sent, None where that cannot be read."""
    try:
        return parse_url(request.url) if request is not None else None
    except (UsageError, ValueError):
        return None


def told(bar: Bar) -> Phrase | str:
    """What a phase came to, in a line."""
    facts = bar.facts
    if bar.failed:
        return phrase("failed: {reason}", reason=bar.failed)
    match bar.name:
        case "dns" if "addresses" in facts:
            return _resolved(facts)
        case "connect" if "address" in facts:
            return _address(facts)
        case "proxy" if "proxy" in facts:
            return _proxy(facts)
        case "send" if bar.reused and bar.told:
            return phrase("on a kept connection: no name lookup, no TLS")
        case "send" if "bytes" in facts:
            return phrase("{size} bytes", size=f"{facts['bytes']:,}")
    return bar.result or bar.detail


def _kept(attempt: Attempt, facts: Detail) -> Phrase:
    if not attempt.reused:
        return phrase("new")
    if "requests" not in facts:
        return phrase("kept: no name lookup, no TLS")
    idle = float(facts.get("idle_ms") or 0)
    return phrase(
        "kept: no name lookup, no TLS; requests before: {count}, idle for {span}",
        count=facts["requests"],
        span=f"{idle / 1000:.1f} s" if idle >= 1000 else f"{idle:.0f} ms",
    )


def _resolved(facts: Detail) -> Phrase:
    name, addresses = facts.get("asked"), facts.get("addresses") or "–"
    if facts.get("by") == "address":
        return phrase("{address}, not a name: nothing to look up", address=addresses)
    if facts.get("by") == "override":
        return phrase("{name} is {addresses}, as was chosen", name=name, addresses=addresses)
    return phrase("{name} is {addresses}", name=name, addresses=addresses)


def _address(facts: Detail) -> Phrase:
    address, port, family = facts.get("address"), facts.get("port"), facts.get("family") or "IP"
    if int(facts.get("of") or 1) > 1:
        return phrase(
            "{address} port {port}, {family}, number {number} of {all}",
            address=address,
            port=port,
            family=family,
            number=facts.get("number"),
            all=facts.get("of"),
        )
    return phrase("{address} port {port}, {family}", address=address, port=port, family=family)


def _proxy(facts: Detail) -> Phrase:
    if not facts.get("proxy"):
        return phrase("none")
    by = BY_PROXY.get(str(facts.get("proxy_by")), NOT_RECORDED)
    if facts.get("target"):
        return phrase("{proxy}, {by}; a tunnel to {target}", proxy=facts["proxy"], by=by, target=facts["target"])
    return phrase("{proxy}, {by}; it is given the request itself", proxy=facts["proxy"], by=by)


def _version(attempt: Attempt) -> list[Row]:
    """The version of HTTP, and what ALPN (RFC 7301) had to do with it."""
    facts, name = attempt.facts, phrase("HTTP version")
    version = attempt.head.http_version if attempt.head is not None else str(facts.get("http") or "")
    if not version:
        return []
    if facts.get("alpn"):
        return [Row(name, phrase("{version}, agreed on by ALPN: {alpn}", version=version, alpn=facts["alpn"]))]
    if facts.get("version"):
        return [Row(name, phrase("{version}; the server did not answer ALPN", version=version))]
    return [Row(name, version)]


def _sni(facts: Detail) -> Phrase | str:
    host, sni = str(facts.get("host") or ""), str(facts.get("sni") or "")
    if not sni:
        return phrase("nothing: {host} is an address", host=host) if facts.get("version") else host or "–"
    return sni


def _chain(attempt: Attempt, bar: Bar) -> list[Section]:
    """Each certificate, the server's own first, with what is wrong with it."""
    chain = [read(der) for der in bar.certificates]
    known = [one for one in chain if one is not None]
    if not known:
        return [Section(phrase("Certificates"), (Row(phrase("Certificates"), phrase("none was shown"), "muted"),))]
    wrong = warnings(known, str(bar.facts.get("host") or ""), bar.facts, moment(attempt.request))
    made: list[Section] = []
    for at, one in enumerate(known):
        own = [warned for warned in wrong if warned.at == at]
        title = phrase("Certificate of the server") if at == 0 else phrase("Issued by")
        rows = [Row(_ALERTS[warned.severity], warned.text, _TONES[warned.severity]) for warned in own]
        worst: Tone = "error" if any(row.tone == "error" for row in rows) else "warning" if rows else ""
        made.append(Section(title, (*rows, *certificate(one)), one.subject, worst))
    return made


def certificate(one: Certificate) -> tuple[Row, ...]:
    """What a certificate says."""
    rows = [
        Row(phrase("Subject"), one.subject),
        Row(phrase("Issuer"), phrase("itself") if one.self_signed else one.issuer),
        Row(phrase("Valid"), f"{one.begins:%Y-%m-%d %H:%M} – {one.ends:%Y-%m-%d %H:%M} UTC"),
    ]
    if one.names:
        rows.append(Row(phrase("For"), ", ".join(one.names)))
    rows.append(Row(phrase("Key"), one.key or "–"))
    rows.append(Row(phrase("Signature"), one.signature or "–"))
    rows.append(Row(phrase("Serial number"), one.serial))
    rows.append(Row(phrase("SHA-256"), one.fingerprint))
    return tuple(rows)


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


_ALERTS = {"error": phrase("Error"), "warning": phrase("Warning"), "info": phrase("Note")}
_TONES: dict[str, Tone] = {"error": "error", "warning": "warning", "info": "muted"}
Translate = Callable[[Phrase], str]


def lines(found: tuple[Section, ...], translate: Translate = str) -> str:
    """Sections as text, to be copied."""
    text: list[str] = []
    for section in found:
        text.append(translate(section.title) + (f": {section.about}" if section.about else ""))
        for row in section.rows:
            value = translate(row.value) if isinstance(row.value, Phrase) else row.value
            text.append(f"  {translate(row.name)}: {value}")
    return "\n".join(text)
