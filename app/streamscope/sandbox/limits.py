"""The limits that the gateways keep; platform documentation, "Constraints" and "API Gateway restrictions"."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
OLD_BODY_BYTES = 12 * MEBIBYTE
URI_BYTES = 32 * 1024
ONE_HEADER_BYTES = 32 * 1024
ALL_HEADERS_BYTES = 128 * 1024
CLOCK_SKEW_SECONDS = 15 * 60
AK_FAILURES = 5
TOKEN_SECONDS = 24 * 60 * 60
FRAME_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that a person starting the sandbox may set."""

    prediction_seconds: float = 40.0
    lock_seconds: float = 300.0
    request_timeout: float = 300.0
    request_megabytes: int = 20
    requests_per_second: int = 200
    token_seconds: float = TOKEN_SECONDS
