"""Certificates that nobody vouches for."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate in a file, its key in another."""

    file: Path
    key: Path
    fingerprint: str

    @classmethod
    def made(cls, folder: Path, name: str) -> "Certificate":
        """A fresh one for a host's name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        mark = made.fingerprint(hashes.SHA256()).hex(":").upper()
        return cls(folder / "certificate.pem", folder / "key.pem", mark)

    def context(self) -> ssl.SSLContext:
        """A server's context that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


@dataclass(frozen=True)
class Issued:
    """A server's certificate that an authority issued through another one; files of the server and of the root."""

    file: Path
    key: Path
    root: Path

    @classmethod
    def made(cls, folder: Path, name: str, days: float = 90) -> "Issued":
        """A fresh chain of three for a host's name, the first of which ends in so many days."""
        now, keys = datetime.now(UTC), [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in ("Root", "Middle", name)]
        made = []
        for at, (subject, key) in enumerate(zip(names, keys, strict=True)):
            issuer = max(0, at - 1)
            ends = now + timedelta(days=days if at == 2 else 3650)
            builder = (
                x509.CertificateBuilder(names[issuer], subject, key.public_key(), x509.random_serial_number())
                .not_valid_before(min(now, ends) - timedelta(days=1))
                .not_valid_after(ends)
                .add_extension(x509.BasicConstraints(ca=at < 2, path_length=None), critical=True)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                .add_extension(
                    x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[issuer].public_key()), critical=False
                )
            )
            if at == 2:
                builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            made.append(builder.sign(keys[issuer], hashes.SHA256()))
        root, middle, own = (one.public_bytes(serialization.Encoding.PEM) for one in made)
        (folder / "chain.pem").write_bytes(own + middle)
        (folder / "root.pem").write_bytes(root)
        (folder / "chain.key").write_bytes(
            keys[2].private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return cls(folder / "chain.pem", folder / "chain.key", folder / "root.pem")

    def context(self) -> ssl.SSLContext:
        """A server's context that shows its own and the one above it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context
