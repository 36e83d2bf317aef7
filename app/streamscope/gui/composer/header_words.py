"""Names and values of headers that are offered while one types. Sources: the IANA registries of HTTP field names, media
types, content codings and cache directives, and the headers of the platforms that are called."""

from collections.abc import Sequence

NAMES = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Connection"),
    *("Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Type", "Cookie"),
    *("Date", "Expect", "Forwarded", "From", "Host", "Idempotency-Key", "If-Match", "If-Modified-Since"),
    *("If-None-Match", "If-Unmodified-Since", "Last-Event-ID", "Origin", "Pragma", "Prefer", "Priority"),
    *("Proxy-Authorization", "Range", "Referer", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "TE"),
    *("Traceparent", "Tracestate", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via"),
    *("X-Apig-AppCode", "X-Auth-Token", "X-Sdk-Date", "X-Sdk-Content-Sha256", "X-Project-Id", "X-Domain-Id"),
    *("X-Security-Token", "X-Request-Id", "X-Language", "X-Stage", "X-ModelArts-User-ID", "X-HW-ID", "X-HW-AppKey"),
    *("X-Api-Key", "Api-Key", "Anthropic-Version", "Anthropic-Beta", "OpenAI-Beta", "OpenAI-Organization"),
    *("OpenAI-Project", "X-Goog-Api-Key", "X-DashScope-SSE", "X-Requested-With", "X-Forwarded-For"),
    *("X-Forwarded-Host", "X-Forwarded-Proto", "X-Accel-Buffering", "DNT", "Warning"),
)

_MEDIA = (
    *("application/json", "text/event-stream", "application/x-ndjson", "application/x-www-form-urlencoded"),
    *("multipart/form-data", "text/plain", "text/plain; charset=utf-8", "text/html", "text/csv", "text/xml"),
    *("application/octet-stream", "application/xml", "application/yaml", "application/problem+json"),
    *("application/json; charset=utf-8", "application/jsonl", "application/vnd.amazon.eventstream", "application/pdf"),
    *("application/cbor", "application/msgpack", "application/grpc", "application/x-protobuf", "application/zip"),
    *("image/png", "image/jpeg", "image/webp", "image/gif", "audio/wav", "audio/mpeg", "audio/ogg", "audio/flac"),
    *("video/mp4", "*/*"),
)
_CODINGS = ("gzip", "deflate", "br", "zstd", "identity")
_CACHE = (
    *("no-cache", "no-store", "max-age=0", "max-age=3600", "no-transform", "only-if-cached", "max-stale"),
    *("min-fresh=60", "stale-if-error=60"),
)

_VALUES: dict[str, Sequence[str]] = {
    "accept": _MEDIA,
    "content-type": _MEDIA,
    "accept-encoding": (*_CODINGS, "gzip, deflate, br"),
    "content-encoding": _CODINGS,
    "transfer-encoding": ("chunked", *_CODINGS[:2]),
    "cache-control": _CACHE,
    "pragma": ("no-cache",),
    "connection": ("close", "keep-alive", "Upgrade"),
    "accept-language": ("en", "en-US,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8", "*"),
    "authorization": ("Bearer {{token}}", "Basic {{credentials}}"),
    "expect": ("100-continue",),
    "prefer": ("respond-async", "return=minimal", "return=representation", "wait=30"),
    "te": ("trailers",),
    "upgrade": ("websocket",),
    "range": ("bytes=0-",),
    "x-language": ("en-us", "zh-cn"),
    "x-stage": ("RELEASE", "TEST"),
    "x-dashscope-sse": ("enable",),
    "x-requested-with": ("XMLHttpRequest",),
    "x-accel-buffering": ("no",),
    "anthropic-version": ("2023-06-01",),
}


def suggested(column: int, name: str) -> Sequence[str]:
    """What may be written: names in column 0, the values that go with a name in column 1."""
    return NAMES if column == 0 else _VALUES.get(name.strip().lower(), ())
