"""Everything that can go wrong and a person should know about.

StreamscopeError
  UsageError            the call itself makes no sense: unknown kind or field, unfinished draft
    BodyTooLarge        refused before sending; can be forced
    PlainCredentials    a credential would be readable on the wire; wants a yes
  CredentialError       a secret is missing or was refused by the identity service
    KeyringError        the system's keyring is locked, said no, or did not answer
  StoreError            a file of the profile cannot be read or written
  ConnectError          no connection
    NameNotResolved
    Refused
    Unreachable
    ConnectTimeout
    TlsError
      UntrustedCertificate
    ProxyError
    NoAnswer            connected, but reset or silent before an answer began
  ExchangeError         the connection was there, then this
    Cut                 ended before the answer was whole
    Silent              nothing came for too long
    TimedOut            the total time that was allowed is over
    ProtocolViolation   the bytes are not the protocol's
    PlatformRefusal     a platform's own interface answered with an error; says when to ask again where it told
    Misdirected         a redirect that is not followed
    HalfDone            part of what was asked for is done; names what is there now
  SandboxError          the embedded platform did not start
  ServiceFailed         a service that was waited for failed, is gone, or was not ready in time
"""

from streamscope.model.phrase import NOTHING, Phrase

_UNAUTHORISED = 401


class StreamscopeError(Exception):
    """A sentence in the user's words, a hint of what to try, and the technical cause."""

    exit_code = 1

    def __init__(self, message: Phrase, hint: Phrase = NOTHING, cause: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint
        self.cause = cause

    @property
    def name(self) -> str:
        """The kind of error as recordings and scripts know it."""
        return type(self).__name__


class UsageError(StreamscopeError):
    """The call itself makes no sense."""

    exit_code = 2


class BodyTooLarge(UsageError):
    """The body is over a limit that the chosen authentication or service has."""


class PlainCredentials(UsageError):
    """A credential would travel readable over plain HTTP to something that does not check it."""


class CredentialError(StreamscopeError):
    """A secret is missing or was refused by the identity service."""

    exit_code = 3


class KeyringError(CredentialError):
    """The system's keyring is locked, said no, or did not answer in time."""


class StoreError(StreamscopeError):
    """A file of the profile cannot be read or written."""

    exit_code = 2


class ConnectError(StreamscopeError):
    """No connection."""

    exit_code = 3


class NameNotResolved(ConnectError):
    """The host's name has no address."""


class Refused(ConnectError):
    """Nothing listens at that address and port."""


class Unreachable(ConnectError):
    """No way leads to that address."""


class ConnectTimeout(ConnectError):
    """The address did not answer in time."""


class TlsError(ConnectError):
    """No agreement on an encrypted connection."""


class UntrustedCertificate(TlsError):
    """The server's certificate is not vouched for; `fingerprint` is its SHA-256 (hex pairs, colons)."""

    def __init__(self, message: Phrase, hint: Phrase = NOTHING, cause: str = "", fingerprint: str = "") -> None:
        super().__init__(message, hint, cause)
        self.fingerprint = fingerprint


class ProxyError(ConnectError):
    """The proxy would not let the connection through."""


class NoAnswer(ConnectError):
    """Connected, but the connection was reset, closed or silent before an answer began."""


class ExchangeError(StreamscopeError):
    """The connection was there, then something broke."""


class Cut(ExchangeError):
    """The answer ended before it was whole."""


class Silent(ExchangeError):
    """Nothing came for longer than was allowed."""


class TimedOut(ExchangeError):
    """The total time that was allowed is over."""


class ProtocolViolation(ExchangeError):
    """What came is not the protocol that was asked for."""


class PlatformRefusal(ExchangeError):
    """A platform's own interface refused: `status` is HTTP's, `retry_after` the seconds it asks to wait (RFC 9110),
    `code` its own error code, '' where it named none."""

    def __init__(
        self,
        message: Phrase,
        hint: Phrase = NOTHING,
        cause: str = "",
        status: int = 0,
        retry_after: float = 0.0,
        code: str = "",
    ) -> None:
        super().__init__(message, hint, cause)
        self.status = status
        if status == _UNAUTHORISED:
            self.exit_code = CredentialError.exit_code
        self.retry_after = retry_after
        self.code = code


class Misdirected(ExchangeError):
    """A redirect that is not followed: it leads nowhere, round in a circle, too far, or a secret astray."""


class HalfDone(ExchangeError):
    """What was asked for is done in part; `id` is the service that is there now."""

    def __init__(self, message: Phrase, hint: Phrase = NOTHING, cause: str = "", id: str = "") -> None:  # noqa: A002
        super().__init__(message, hint, cause)
        self.id = id


class SandboxError(StreamscopeError):
    """The embedded platform did not start or went away."""

    exit_code = 3


class ServiceFailed(StreamscopeError):
    """A service that was waited for failed or is gone, or was not what was wanted in time."""
