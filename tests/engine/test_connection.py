"""What is told of a connection: its bars in time, its way, its encryption and what is wrong with its certificates."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.certificates import Certificate, Issued
from tests.exchanges import ALL, MS, request, retried, stream

from streamscope.engine.certificates import read, warnings
from streamscope.engine.connection import lines, sections, told
from streamscope.engine.waterfall import Attempt, Waterfall
from streamscope.model.event import Closed, Detail, Event, Failed, Head, Trace

NOW = datetime.now(UTC)


def fallen(events: list[Event]) -> list[Attempt]:
    waterfall = Waterfall()
    for number, event in enumerate(events):
        waterfall.feed(number, event)
    return waterfall.attempts


def der(file: Path) -> list[bytes]:
    found = x509.load_pem_x509_certificates(file.read_bytes())
    return [one.public_bytes(serialization.Encoding.DER) for one in found]


def said(attempt: Attempt) -> str:
    return lines(sections(attempt))


def test_each_attempt_has_its_bars() -> None:
    first, second = fallen(retried())
    names = ["dns", "connect", "send", "wait", "receive"]
    assert [bar.name for bar in first.bars] == [bar.name for bar in second.bars] == names
    assert first.end == first.bars[-1].end == 9 * MS, "it was over with its last event, not with the next attempt"
    assert second.begin == 20 * MS
    assert second.head is not None
    assert [bar.end - bar.begin for bar in first.bars[:3] if bar.end] == [MS, MS, MS]


@pytest.mark.parametrize("name", ALL)
def test_no_bar_goes_on_behind_the_end(name: str) -> None:
    for attempt in fallen(ALL[name]):
        assert attempt.end is not None
        assert all(bar.end is not None and bar.end >= bar.begin for bar in attempt.bars)


def test_what_goes_on_has_no_end() -> None:
    (attempt,) = fallen(stream()[:-3])
    assert attempt.bars[-1].name == "receive"
    assert attempt.bars[-1].end is None


def test_a_failure_ends_the_phase_that_went_on() -> None:
    (attempt,) = fallen([request(), Trace(1, "connect", "begin"), Failed(5, "Refused", "Nothing listens.", "")])
    assert attempt.bars[0].failed == "Nothing listens."
    assert str(told(attempt.bars[0])) == "failed: Nothing listens."


def test_recordings_without_facts_say_so() -> None:
    (attempt,) = fallen(stream())
    assert "Connection: not recorded" in said(attempt)
    secure = request("https://host.example/")
    old = [secure, Trace(1, "tls", "begin"), Trace(2, "tls", "end", "TLSv1.3 X"), Closed(3, "user")]
    assert "TLS: TLSv1.3 X\n  Certificates: not recorded" in said(fallen(old)[0])


def test_a_kept_connection_tells_what_it_is() -> None:
    kept: Detail = {"reused": True, "requests": 2, "idle_ms": 1500.0, "address": "::1", "port": 443, "family": "IPv6"}
    kept |= {"version": "TLSv1.3", "cipher": "X", "bits": 256, "host": "h", "sni": "h", "trust": "system", "alpn": ""}
    events = [request("https://h/"), Trace(1, "send", "begin", "on a warm connection", kept), Trace(2, "send", "end")]
    text = said(fallen([*events, Head(3, 200, "HTTP/1.1", [])])[0])
    assert "kept: no name lookup, no TLS; requests before: 2, idle for 1.5 s" in text
    assert "Address: ::1 port 443, IPv6" in text
    assert "HTTP/1.1; the server did not answer ALPN" in text
    assert "vouched for by an authority that the system trusts" in text


def test_a_host_header_that_is_another_stands_out() -> None:
    sent = request("http://127.0.0.1:1/", headers=[("Host", "infer.example")])
    (attempt,) = fallen([sent, Trace(1, "dns", "begin", "", {"asked": "127.0.0.1"})])
    assert "infer.example, which is not the address that is called: 127.0.0.1:1" in said(attempt)


def test_nothing_is_wrong_with_a_good_chain(tmp_path: Path) -> None:
    made = Issued.made(tmp_path, "infer.example")
    chain = [one for one in map(read, der(made.file) + der(made.root)) if one is not None]
    assert len(chain) == 3
    assert [one.authority for one in chain] == [False, True, True]
    assert warnings(chain, "infer.example", {"trust": "file"}, NOW) == ()
    assert chain[0].key == "EC secp256r1"
    assert "SHA256" in chain[0].signature


@pytest.mark.parametrize(
    ("days", "host", "facts", "words"),
    [
        (-1, "infer.example", {"trust": "skipped"}, ["It expired on", "It was not checked"]),
        (28.5, "infer.example", {"trust": "system"}, ["It ends within 29 days"]),
        (90, "other.example", {"trust": "system"}, ["It is not for other.example, but for: infer.example"]),
        (90, "infer.example", {"failed": "unable to get local issuer"}, ["It was refused: unable to get"]),
        (90, "infer.example", {"trust": "fingerprint", "doubt": "no issuer"}, ["(no issuer); it was accepted by"]),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, days: float, host: str, facts: Detail, words: list[str]) -> None:
    own = read(der(Issued.made(tmp_path, "infer.example", days).file)[0])
    assert own is not None
    text = [str(one.text) for one in warnings([own], host, facts, NOW)]
    assert len(text) == len(words)
    for word in words:
        assert any(word in one for one in text), text


def test_an_own_certificate_and_a_weak_one(tmp_path: Path) -> None:
    own = read(der(Certificate.made(tmp_path, "infer.example").file)[0])
    assert own is not None
    assert any("self-signed" in str(one.text) for one in warnings([own], "infer.example", {}, NOW))
    key = rsa.generate_private_key(65537, 1024)
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in ("a", "b")]
    builder = x509.CertificateBuilder(names[0], names[1], key.public_key(), 7)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=90))
    weak = read(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    assert weak is not None
    assert weak.key == "RSA 1024"
    assert [str(one.text) for one in warnings([weak], "", {}, NOW)] == ["Its key is weak: RSA 1024."]


@pytest.mark.parametrize(
    ("names", "host", "fits"),
    [
        (["a.example"], "A.example.", True),
        (["*.example"], "a.example", True),
        (["*.example"], "b.a.example", False),
        (["*.example"], "example", False),
        (["127.0.0.1"], "127.0.0.1", True),
        (["0:0::1"], "::1", True),
        (["*"], "a", False),
        ([], "a", False),
    ],
)
def test_whom_a_certificate_is_for(tmp_path: Path, names: list[str], host: str, fits: bool) -> None:
    import dataclasses

    own = read(der(Certificate.made(tmp_path, "x").file)[0])
    assert own is not None
    assert dataclasses.replace(own, names=tuple(names)).matches(host) is fits


def test_bytes_that_are_no_certificate(tmp_path: Path) -> None:
    assert read(b"\x30\x03abc") is None
    tls: Detail = {"version": "TLSv1.2", "cipher": "X", "bits": 1, "host": "h", "trust": "system"}
    events = [request("https://h/"), Trace(1, "tls", "begin"), Trace(2, "tls", "end", "", tls, [b"junk", b""])]
    assert "none was shown" in said(fallen(events)[0])
