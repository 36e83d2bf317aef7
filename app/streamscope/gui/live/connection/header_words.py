"""What well-known headers mean. Sources: the IANA registry of HTTP field names, RFC 6455, the platforms."""

from streamscope.model.phrase import NOTHING, Phrase, phrase

_MEANINGS: dict[str, Phrase] = {
    "accept": phrase("The media types that are wanted as an answer."),
    "accept-encoding": phrase("The compressions that are understood; 'identity' wants none."),
    "access-control-allow-origin": phrase("Which web pages may read the answer; programs are not bound by it."),
    "age": phrase("Seconds for which the answer has lain in a cache."),
    "allow": phrase("The methods that this address takes."),
    "alt-svc": phrase("Other ways to the same service, such as HTTP/3."),
    "anthropic-version": phrase("The version of the interface that is spoken."),
    "api-key": phrase("A key that proves who asks."),
    "apikey": phrase("The application's key (AppKey), checked without a signature."),
    "authorization": phrase("What proves who asks: a scheme, then its credential or signature."),
    "cache-control": phrase("Who may keep the answer, and for how long; 'no-transform' keeps proxies from packing it."),
    "connection": phrase("What becomes of this connection: 'close' ends it after the answer, 'Upgrade' turns it."),
    "content-disposition": phrase("Whether the body is meant as a file, and its name."),
    "content-encoding": phrase("How the body is compressed; it was unpacked for what is shown."),
    "content-language": phrase("The language of the body."),
    "content-length": phrase("The body's size in bytes, on the wire."),
    "content-type": phrase("The kind of the body, and how its letters are encoded."),
    "cookie": phrase("What this host had set before."),
    "date": phrase("The server's time when it answered; signatures need clocks that agree within 15 minutes."),
    "etag": phrase("The mark of this version of the content."),
    "expect": phrase("'100-continue' asks before the body is sent."),
    "host": phrase("The name and port that is called; gateways choose the service by it."),
    "idempotency-key": phrase("The same key again repeats no work."),
    "keep-alive": phrase("How long, and for how many requests, the server keeps the connection."),
    "last-event-id": phrase("The last event that was received, so that a stream goes on behind it."),
    "link": phrase("What belongs to the content, such as things to be loaded early."),
    "location": phrase("Where to ask instead, or where what was made is found."),
    "openai-processing-ms": phrase("How long the server says that it worked, in milliseconds."),
    "origin": phrase("The web page that asks."),
    "proxy-authenticate": phrase("How the proxy wants to be signed in to."),
    "proxy-authorization": phrase("What proves to the proxy who asks."),
    "proxy-connection": phrase("An old header for proxies, without a meaning today."),
    "range": phrase("The part of the content that is wanted."),
    "referer": phrase("The page from which this was asked."),
    "retry-after": phrase("How long to wait before asking again: seconds, or a date."),
    "sec-websocket-accept": phrase(
        "Proves that the server took up this very handshake: made of the key that was sent."
    ),
    "sec-websocket-extensions": phrase("Extensions such as compression: offered in the request, chosen in the answer."),
    "sec-websocket-key": phrase("A random value for this handshake; the answer must hold its digest. It is no secret."),
    "sec-websocket-protocol": phrase("Subprotocols: offered in the request, one of them chosen in the answer."),
    "sec-websocket-version": phrase("The version of the WebSocket protocol; 13 is that of RFC 6455."),
    "server": phrase("What answered. 'ModelArts' without an error code in the body: the answer is from your model."),
    "server-timing": phrase("What the server says that its parts took."),
    "set-cookie": phrase("A value that the server wants back with later requests."),
    "strict-transport-security": phrase("The host wants to be called with encryption only."),
    "te": phrase("Whether trailers are understood."),
    "traceparent": phrase("The trace that this call is a part of (W3C Trace Context)."),
    "tracestate": phrase("What vendors add to the trace."),
    "trailer": phrase("Names of the headers that come behind the body."),
    "transfer-encoding": phrase("How the body is cut on this connection; 'chunked' needs no length beforehand."),
    "upgrade": phrase("The protocol that the connection turns to."),
    "user-agent": phrase("The program that asks."),
    "vary": phrase("Which request headers change the answer: caches keep them apart."),
    "via": phrase("Proxies and gateways on the way. Each may hold a stream back."),
    "www-authenticate": phrase("How the server wants to be signed in to."),
    "x-accel-buffering": phrase("'no' keeps nginx from collecting a stream before it passes it on."),
    "x-api-key": phrase("A key that proves who asks."),
    "x-apig-appcode": phrase("The application's code (AppCode); the gateway checks it without a signature."),
    "x-auth-token": phrase("The IAM token; it must belong to the project and the region of the service."),
    "x-cache": phrase("Whether a cache on the way had the answer."),
    "x-domain-id": phrase("The account, for services that are global."),
    "x-forwarded-for": phrase("For whom a proxy asks."),
    "x-project-id": phrase("The project in which the service is."),
    "x-ratelimit-limit-requests": phrase("How many requests are let through in a period."),
    "x-ratelimit-limit-tokens": phrase("How many tokens are let through in a period."),
    "x-ratelimit-remaining-requests": phrase("How many requests are left in this period."),
    "x-ratelimit-remaining-tokens": phrase("How many tokens are left in this period."),
    "x-ratelimit-reset-requests": phrase("When the count of requests begins anew."),
    "x-ratelimit-reset-tokens": phrase("When the count of tokens begins anew."),
    "x-request-id": phrase("The name of this call in the platform's logs: give it to the support."),
    "x-sdk-content-sha256": phrase("The body's hash that was signed; UNSIGNED-PAYLOAD leaves the body out."),
    "x-sdk-date": phrase("When it was signed, in UTC; the gateway takes it for 15 minutes."),
    "x-security-token": phrase("The token of a temporary key; it belongs to AK/SK signatures only."),
    "x-stage": phrase("The stage of the published interface, such as RELEASE."),
    "x-subject-token": phrase("The token that was made: what X-Auth-Token wants."),
}


def meaning(name: str) -> Phrase:
    """What a header is for, NOTHING where it is not known here."""
    return _MEANINGS.get(name.lower(), NOTHING)


def known() -> tuple[str, ...]:
    """The names that are explained."""
    return tuple(_MEANINGS)
