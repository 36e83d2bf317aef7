"""Starting the counterparts of the benchmarks, and what every benchmark gives back."""

import datetime
import ipaddress
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `value` and `floor` in the unit of the name."""

    name: str
    value: float
    floor: float
    ratio: float
    reach: str
    ok: bool


def compared(name: str, values: list[float], floors: list[float], most: float) -> Row:
    """Medians and their ratio, which should not be over `most`."""
    value, floor = statistics.median(values), statistics.median(floors)
    return Row(name, value, floor, value / floor, f"≤ {most:g} ×", value / floor <= most)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now)
    builder = builder.not_valid_after(now + datetime.timedelta(days=1)).add_extension(address, critical=False)
    made = builder.sign(key, hashes.SHA256())
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret


@contextmanager
def https_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """The URL of a running counterpart and the certificate to trust."""
    cert, key = certificate(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.server", str(cert), str(key)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield f"https://127.0.0.1:{int(process.stdout.readline())}", cert
    finally:
        process.stdin.close()
        process.wait(5)
