"""What a server's certificates say of themselves (RFC 5280), and what a person should be warned of."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from streamscope.kinds.net.tls import fingerprint
from streamscope.model.event import Detail, Severity
from streamscope.model.phrase import Phrase, phrase

SOON = 30
"""Days before its end from which on a certificate is warned of."""
_DAY = 86_400
_RSA_BITS, _EC_BITS = 2048, 224  # NIST SP 800-57 part 1, table 2: 112 bits of security
_WEAK_HASHES = frozenset({"md5", "sha1"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whose it is, who vouches for it, how long, and its SHA-256 fingerprint (hex pairs, colons).

    `key` and `signature` name the kinds of both, such as "RSA 2048" and "ECDSA, SHA-256".
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    fingerprint: str
    key: str = ""
    signature: str = ""
    serial: str = ""
    authority: bool = False
    weak_key: bool = False
    weak_signature: bool = False

    @property
    def self_signed(self) -> bool:
        """Whether nobody but itself vouches for it."""
        return self.subject == self.issuer

    def days_left(self, now: datetime | None = None) -> int:
        """Whole days until its end; negative once it is over."""
        return int((self.ends - (now or datetime.now(UTC))).total_seconds() // _DAY)

    def matches(self, host: str) -> bool:
        """Whether it is for this host (RFC 9525, section 6): a wildcard stands for one label, the first."""
        wanted = _address(host)
        if wanted is not None:
            return any(_address(name) == wanted for name in self.names)
        host = host.lower().rstrip(".")
        return any(_fits(name.lower().rstrip("."), host) for name in self.names)


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing that is wrong with a chain: with which of its certificates (0 is the server's own), and what."""

    at: int
    severity: Severity
    text: Phrase


def read(der: bytes) -> Certificate | None:
    """A certificate from its DER bytes, or None where they are none."""
    try:
        found = x509.load_der_x509_certificate(der)
        key, weak_key = _key(found)
        signature, weak_signature = _signature(found)
        return Certificate(
            found.subject.rfc4514_string() or "-",
            found.issuer.rfc4514_string() or "-",
            _names(found),
            found.not_valid_before_utc,
            found.not_valid_after_utc,
            fingerprint(der),
            key,
            signature,
            f"{found.serial_number:X}",
            _authority(found),
            weak_key,
            weak_signature,
        )
    except ValueError:
        return None


def warnings(chain: Sequence[Certificate], host: str, facts: Detail, now: datetime) -> tuple[Warned, ...]:
    """What is wrong with a server's chain, its own certificate first; `facts` are those of the handshake."""
    found: list[Warned] = []
    if not chain:
        return ()
    own = chain[0]
    doubt = str(facts.get("doubt") or "")
    if failed := str(facts.get("failed") or ""):
        found.append(Warned(0, "error", phrase("It was refused: {reason}.", reason=failed)))
    elif facts.get("trust") == "fingerprint":
        text = phrase("Nobody known vouches for it ({reason}); it was accepted by its fingerprint.", reason=doubt)
        found.append(Warned(0, "warning", text))
    elif facts.get("trust") == "skipped":
        found.append(Warned(0, "warning", phrase("It was not checked: anybody on the way could have shown it.")))
    if own.self_signed:
        found.append(Warned(0, "warning", phrase("It is self-signed: nobody but itself vouches for it.")))
    if host and not own.matches(host):
        names = ", ".join(own.names[:8]) or "–"
        found.append(Warned(0, "error", phrase("It is not for {host}, but for: {names}.", host=host, names=names)))
    for at, one in enumerate(chain):
        found += _dated(at, one, now)
        if one.weak_key:
            found.append(Warned(at, "warning", phrase("Its key is weak: {key}.", key=one.key)))
        if one.weak_signature and not one.self_signed:  # nobody checks what a root signed itself with
            found.append(Warned(at, "warning", phrase("Its signature is weak: {kind}.", kind=one.signature)))
    return tuple(found)


def _dated(at: int, one: Certificate, now: datetime) -> list[Warned]:
    left = one.days_left(now)
    if now > one.ends:
        return [Warned(at, "error", phrase("It expired on {day}.", day=f"{one.ends:%Y-%m-%d}"))]
    if now < one.begins:
        return [Warned(at, "error", phrase("It was not valid before {day}.", day=f"{one.begins:%Y-%m-%d}"))]
    if left < SOON:
        text = phrase("It ends within {days} days, on {day}.", days=left + 1, day=f"{one.ends:%Y-%m-%d}")
        return [Warned(at, "warning", text)]
    return []


def _fits(name: str, host: str) -> bool:
    if not name.startswith("*."):
        return name == host
    return "." in host and name[2:] == host.partition(".")[2]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _key(found: x509.Certificate) -> tuple[str, bool]:
    """The kind of the key, and whether it is weak."""
    try:
        key = found.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "", False
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}", key.key_size < _RSA_BITS
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name}", key.key_size < _EC_BITS
        case ed25519.Ed25519PublicKey():
            return "Ed25519", False
        case ed448.Ed448PublicKey():
            return "Ed448", False
        case dsa.DSAPublicKey():
            return f"DSA {key.key_size}", True
    return type(key).__name__, False


def _signature(found: x509.Certificate) -> tuple[str, bool]:
    """The kind of the signature, and whether it is weak."""
    name = getattr(found.signature_algorithm_oid, "_name", "") or found.signature_algorithm_oid.dotted_string
    try:
        hashed = found.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return name, False
    return name, hashed is not None and hashed.name in _WEAK_HASHES


def _authority(found: x509.Certificate) -> bool:
    try:
        return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _names(found: x509.Certificate) -> tuple[str, ...]:
    """The hosts that it is for (subjectAltName)."""
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(str(name.value) for name in extension)
