"""The sandbox's certificate authority and its server certificate, kept in the profile."""

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from streamscope.sandbox.files import read_private, write_private

DAY = datetime.timedelta(days=1)
AUTHORITY_LIFE = 3650 * DAY
LEAF_LIFE = 365 * DAY
RENEW_BEFORE = 30 * DAY

Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def prepare(folder: Path, names: list[str]) -> tuple[Path, ssl.SSLContext]:
    """The authority's certificate file and a server context for localhost and the private names."""
    authority_file = folder / "ca.pem"
    authority = _load(authority_file, folder / "ca.key")
    if authority is None or _ends_soon(authority[0]):
        authority = _new_authority()
        _store(authority, authority_file, folder / "ca.key")
    leaf_file, leaf_key = folder / "server.pem", folder / "server.key"
    leaf = _load(leaf_file, leaf_key)
    if leaf is None or not _fits(leaf[0], authority[0], names):
        _store(_new_leaf(authority, names), leaf_file, leaf_key)
    return authority_file, _context(leaf_file, leaf_key)


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    return context


def _new_authority() -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Streamscope sandbox CA")
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, data_encipherment=False,
        key_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        _builder(name, name, key, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def _new_leaf(authority: Pair, names: list[str]) -> Pair:
    certificate, signing_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    alternatives = x509.SubjectAlternativeName(_alternatives(names))
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key())
    builder = (
        _builder(_name("Streamscope sandbox"), certificate.subject, key, LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(alternatives, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer_key, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(signing_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, life: datetime.timedelta
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)  # a clock that is a little off must not break the first start
        .not_valid_after(now + life)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternatives(names: list[str]) -> list[x509.GeneralName]:
    loopback = [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
    return [*(x509.DNSName(name) for name in ["localhost", *names]), *loopback]


def _ends_soon(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC) < RENEW_BEFORE


def _fits(leaf: x509.Certificate, authority: x509.Certificate, names: list[str]) -> bool:
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if _ends_soon(leaf) or list(found) != _alternatives(names):
        return False
    try:
        leaf.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001  a certificate of any other authority, however it fails, is made anew
        return False
    return True


def _load(certificate_file: Path, key_file: Path) -> Pair | None:
    certificate, key = read_private(certificate_file), read_private(key_file)
    if certificate is None or key is None:
        return None
    try:
        loaded = serialization.load_pem_private_key(key, password=None)
        parsed = x509.load_pem_x509_certificate(certificate)
    except ValueError:
        return None
    return (parsed, loaded) if isinstance(loaded, ec.EllipticCurvePrivateKey) else None


def _store(pair: Pair, certificate_file: Path, key_file: Path) -> None:
    certificate, key = pair
    plain = serialization.NoEncryption()
    write_private(
        key_file,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
    )
    write_private(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))
