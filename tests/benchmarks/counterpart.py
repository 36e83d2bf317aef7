"""Starting the counterparts of the benchmarks, and what every benchmark gives back."""

import datetime
import ipaddress
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).parents[2]
LONGEST = 120.0
"""Seconds that any process of a benchmark may take."""


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


def faster(name: str, values: list[float], floors: list[float], least: float) -> Row:
    """Medians of two rates and their ratio, which should be `least` or more."""
    value, floor = statistics.median(values), statistics.median(floors)
    return Row(name, value, floor, value / floor, f"≥ {least:g} ×", value / floor >= least)


def within(name: str, values: list[float], floors: list[float], most: float, unit: str) -> Row:
    """Medians, of which the first should not be over `most`; the floor is there to compare with."""
    value, floor = statistics.median(values), statistics.median(floors)
    return Row(name, value, floor, value / floor if floor else 0.0, f"≤ {most:g} {unit}", value <= most)


def job(name: str, *arguments: object) -> Any:
    """What a job of `tests.benchmarks.jobs` tells, which is done in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.jobs", name, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=LONGEST, check=True)
    return json.loads(done.stdout)


def process_memory(field: str = "VmRSS") -> int:
    """Bytes that this process has in memory; `VmHWM` is the most that it ever had (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise ValueError(field)


@contextmanager
def stream_server() -> Iterator[str]:
    """The authority (host:port) of a running server of floods and drips."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.stream_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield f"127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


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
