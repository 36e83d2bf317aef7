"""A signature told line by line: what was hashed, and which rule or header each line comes from."""

from streamscope.kinds.auth import signature
from streamscope.kinds.auth.signing import signable
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import MASK, masked_header
from streamscope.model.request import Line, Request, Step


def explained(request: Request, secret: Phrase) -> tuple[Step, ...]:
    """How the signature of a signed request was made with a secret, which is named and not told.

    Where an Authorization header was typed, it is not the one that these steps lead to.
    """
    headers = [pair for pair in signable(request) if pair[0].lower() != "authorization"]
    names = signature.signed_names(headers)
    url = request.url
    hashed = _hashed(request, headers)
    canonical = signature.canonical_request(request.method, url.path, url.query or "", headers, names, hashed)
    date = signature.header(headers, signature.DATE_HEADER) or ""
    to_sign = signature.string_to_sign(date, canonical)
    return (
        Step(
            phrase("Canonical request"),
            (
                Line(request.method.upper(), phrase("The method.")),
                _path(request),
                _query(request),
                *(_header(request, name, headers) for name in names),
                Line("", phrase("An empty line ends the headers.")),
                Line(";".join(names), _covered(request, names)),
                _payload(request, hashed),
            ),
        ),
        Step(
            phrase("String to sign"),
            (
                Line(signature.ALGORITHM, phrase("The algorithm.")),
                Line(date, phrase("The header {name}.", name=signature.DATE_HEADER)),
                Line(to_sign.rpartition("\n")[2], phrase("SHA-256 of the canonical request.")),
            ),
        ),
        Step(
            phrase("Signature"),
            (Line(MASK, phrase("HMAC-SHA256 of the string to sign, with the {secret}, in hex.", secret=secret)),),
        ),
    )


def _path(request: Request) -> Line:
    made = signature.canonical_uri(request.url.path)
    if made == request.url.path:
        return Line(made, phrase("The path, as it is sent."))
    if made == request.url.path + "/":
        return Line(made, phrase("The path; a signed one ends in a slash."))
    return Line(
        made, phrase("The path {path}: decoded, each segment encoded again, a slash behind.", path=request.url.path)
    )


def _query(request: Request) -> Line:
    query = request.url.query or ""
    made = signature.canonical_query(query)
    if not made:
        return Line("", phrase("There is no query: an empty line."))
    text = masked_header("", made, request.secrets)
    if made == query:
        return Line(text, phrase("The query: its pairs are in order already."))
    return Line(text, phrase("The query: its pairs sorted by name, then by value, and encoded again."))


def _header(request: Request, name: str, headers: list[tuple[str, str]]) -> Line:
    value = signature.canonical_headers(headers, [name]).partition(":")[2].rstrip("\n")
    return Line(f"{name}:{masked_header(name, value, request.secrets)}", _origin(request, name))


def _origin(request: Request, name: str) -> Phrase:
    if name in request.typed:
        return phrase("Typed by you.")
    return meaning(name) or phrase("Added by itself.")


def meaning(name: str) -> Phrase | None:
    """What a header that is always signed is there for; `name` in small letters, None of any other."""
    match name:
        case "host":
            return phrase("The address that is called.")
        case "x-sdk-date":
            return phrase("The time of signing, in UTC; the platform takes it for 15 minutes.")
        case "x-sdk-content-sha256":
            return phrase("The body is not JSON: it is left out of the signature.")
        case "x-security-token":
            return phrase("The token of a temporary key.")
        case "content-type":
            return phrase("The kind of the body.")
    return None


def _covered(request: Request, names: list[str]) -> Phrase:
    left = sorted({name.lower() for name, _ in request.headers} - set(names) - {"authorization"})
    if not left:
        return phrase("The names of the signed headers, sorted.")
    return phrase(
        "The names of the signed headers, sorted. Not signed, since they may change on the way: {names}.",
        names=", ".join(left),
    )


def _hashed(request: Request, headers: list[tuple[str, str]]) -> str:
    """The payload's hash; that of a body on disk as the signature noted it, in its canonical request's last line."""
    if isinstance(request.body, bytes):
        return signature.payload_hash(headers, request.body)
    noted = [note.text for note in request.notes if "\n" in note.text and note.text.startswith(request.method)]
    return noted[-1].rpartition("\n")[2] if noted else signature.UNSIGNED


def _payload(request: Request, hashed: str) -> Line:
    if not request.body:
        return Line(hashed, phrase("SHA-256 of nothing: there is no body."))
    if signature.header(request.headers, signature.HASH_HEADER) is None:
        return Line(hashed, phrase("SHA-256 of the body's {size} bytes.", size=f"{len(request.body):,}"))
    return Line(hashed, phrase("What the header {name} says, instead of the body's hash.", name=signature.HASH_HEADER))
