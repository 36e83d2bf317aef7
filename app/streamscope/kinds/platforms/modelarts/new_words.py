"""The new generation's own words, with what they mean. Data.

Source: API reference, "Creating a service" of API version 2; the vendor's SDK (enumerations and ranges).
"""

from streamscope.model.phrase import Phrase, phrase

Choices = tuple[tuple[str, Phrase], ...]

TASKS: Choices = (
    ("", phrase("Other")),
    ("TEXT_GENERATION", phrase("Text generation")),
    ("IMAGE_UNDERSTANDING", phrase("Image understanding")),
    ("IMAGE_GENERATION", phrase("Image generation")),
    ("VIDEO_GENERATION", phrase("Video generation")),
    ("RERANK", phrase("Reranking")),
    ("VECTOR_MODEL", phrase("Vector model")),
    ("EMBEDDING", phrase("Embedding")),
)
PROTOCOLS: Choices = (
    ("HTTPS", phrase("HTTPS")),
    ("HTTP", phrase("HTTP")),
    ("WSS", phrase("WebSocket with TLS (wss)")),
    ("WS", phrase("WebSocket (ws)")),
)
CONTAINER_PROTOCOLS: Choices = (
    ("HTTP", phrase("HTTP")),
    ("HTTPS", phrase("HTTPS")),
    ("WS", phrase("WebSocket (ws)")),
    ("WSS", phrase("WebSocket with TLS (wss)")),
)
AUTH: Choices = (
    ("TOKEN", phrase("IAM token")),
    ("API_KEY", phrase("API key")),
    ("NONE", phrase("Nothing: anybody may call")),
)
UNITS: Choices = (("SECONDS", phrase("Second")), ("MINUTES", phrase("Minute")))
TIMES: Choices = (("MINUTES", phrase("Minutes")), ("HOURS", phrase("Hours")), ("DAYS", phrase("Days")))
SOURCES: Choices = (
    ("SWR", phrase("Container registry (SWR)")),
    ("IMAGE", phrase("Common image")),
)
CATEGORIES: Choices = (("CPU", phrase("CPU")), ("GPU", phrase("GPU")), ("ASCEND", phrase("Ascend")))
ARCHITECTURES: Choices = (("", phrase("Any")), ("x86", phrase("x86")), ("arm64", phrase("arm64")))
PROBES: Choices = (
    ("HTTP", phrase("HTTP request")),
    ("HTTPS", phrase("HTTPS request")),
    ("WS", phrase("WebSocket (ws)")),
    ("WSS", phrase("WebSocket with TLS (wss)")),
    ("EXEC", phrase("Command in the container")),
)
CUSTOM = "custom"
"""The flavor that stands for a specification of one's own."""
MINUTES = {"MINUTES": 1, "HOURS": 60, "DAYS": 24 * 60}
