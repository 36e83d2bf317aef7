"""What a server's certificate says of itself (RFC 5280)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from streamscope.kinds.net.tls import fingerprint

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whose it is, who vouches for it, how long, and its SHA-256 fingerprint (hex pairs, colons)."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    fingerprint: str

    @property
    def self_signed(self) -> bool:
        """Whether nobody but itself vouches for it."""
        return self.subject == self.issuer

    def days_left(self, now: datetime | None = None) -> int:
        """Whole days until its end; negative once it is over."""
        return int((self.ends - (now or datetime.now(UTC))).total_seconds() // _DAY)


def read(der: bytes) -> Certificate | None:
    """A certificate from its DER bytes, or None where they are none."""
    try:
        found = x509.load_der_x509_certificate(der)
    except ValueError:
        return None
    return Certificate(
        found.subject.rfc4514_string() or "-",
        found.issuer.rfc4514_string() or "-",
        _names(found),
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        fingerprint(der),
    )


def _names(found: x509.Certificate) -> tuple[str, ...]:
    """The hosts that it is for (subjectAltName)."""
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(str(name.value) for name in extension)
