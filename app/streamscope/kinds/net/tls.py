"""TLS contexts by what is trusted, and what a refused certificate looks like."""

import functools
import hashlib
import os
import ssl
from pathlib import Path

import certifi
from cryptography import x509

from streamscope.model.errors import StreamscopeError, TlsError, UntrustedCertificate, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Tls

# Where distributions keep their roots; OpenSSL's own compiled-in path is that of whoever built it.
_ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@functools.lru_cache(maxsize=64)
def context(tls: Tls, *, http2: bool = False) -> ssl.SSLContext:
    """The context that judges certificates as told; SSLKEYLOGFILE is honoured. Raises UsageError.

    `http2` offers HTTP/2 before HTTP/1.1 (RFC 7301). Roots: the named CA file alone, else SSL_CERT_FILE or
    SSL_CERT_DIR, else the system's, else certifi's.
    """
    made = _judging(tls)
    made.set_alpn_protocols(["h2", "http/1.1"] if http2 else ["http/1.1"])
    return made


def _judging(tls: Tls) -> ssl.SSLContext:
    if tls.insecure:
        made = ssl.create_default_context(cafile=None)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made
    if tls.ca:
        return _from_file(tls.ca)
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or os.name == "nt":
        return ssl.create_default_context()
    return ssl.create_default_context(cafile=next((root for root in _ROOTS if Path(root).exists()), certifi.where()))


def _from_file(ca: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            phrase("The CA file '{path}' cannot be read.", path=ca),
            phrase("It must be a file of certificates in PEM form."),
            cause=str(error),
        ) from error


def trust(tls: Tls) -> str:
    """By what certificates are judged: the system's roots, a file's, or not at all (skipped)."""
    return "skipped" if tls.insecure else "file" if tls.ca else "system"


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a DER certificate as upper-case hex pairs with colons, as browsers show it."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def untrusted(host: str, reason: str, certificate: bytes) -> UntrustedCertificate:
    """The error for a certificate that nobody vouches for, telling whose it says it is."""
    mark = fingerprint(certificate) if certificate else ""
    seen = _told(certificate) if certificate else Phrase("")
    return UntrustedCertificate(
        phrase("The certificate of {host} is not trusted: {reason}. {seen}", host=host, reason=reason, seen=seen),
        phrase(
            "If you know this server, trust its certificate for this workspace, name a file with its authority, "
            "or skip the check for this call."
        ),
        cause=reason,
        fingerprint=mark,
    )


def _told(certificate: bytes) -> Phrase:
    try:
        read = x509.load_der_x509_certificate(certificate)
    except ValueError:
        return phrase("Its SHA-256 fingerprint is {mark}.", mark=fingerprint(certificate))
    return phrase(
        "It names {subject}, was issued by {issuer}, is valid until {until}; its SHA-256 fingerprint is {mark}.",
        subject=read.subject.rfc4514_string() or "-",
        issuer=read.issuer.rfc4514_string() or "-",
        until=f"{read.not_valid_after_utc:%Y-%m-%d}",
        mark=fingerprint(certificate),
    )


def failed(host: str, error: Exception) -> StreamscopeError:
    """The error for a handshake that broke for another reason than the certificate."""
    told = f"{type(error).__name__}: {error}"
    if isinstance(error, ssl.SSLError) and error.reason in (
        "WRONG_VERSION_NUMBER",
        "HTTP_REQUEST",
        "RECORD_LAYER_FAILURE",
        "PACKET_LENGTH_TOO_LONG",
    ):
        return TlsError(
            phrase("{host} does not speak TLS on that port.", host=host),
            phrase("It may speak plain HTTP: try http:// instead of https:// (ws:// instead of wss://)."),
            cause=told,
        )
    if isinstance(error, TimeoutError):
        return TlsError(
            phrase("{host} did not finish the TLS handshake in time.", host=host),
            phrase("It may speak plain HTTP on that port: try http:// (ws://)."),
            cause=told,
        )
    return TlsError(
        phrase("The TLS handshake with {host} failed: {reason}.", host=host, reason=str(error)),
        phrase("Check scheme and port; a server may want another TLS version or a client certificate."),
        cause=told,
    )
