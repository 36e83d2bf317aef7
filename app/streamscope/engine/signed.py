"""What an authentication did to a recorded request, told line by line from its notes. Pure.

The notes of a signature are its canonical request and its string to sign (`kinds.auth.signing`).
"""

import hashlib
import re
from dataclasses import dataclass

from streamscope.kinds.auth.explained import meaning
from streamscope.kinds.auth.signature import ALGORITHM, DATE_HEADER, EMPTY_HASH, HASH_HEADER, UNSIGNED
from streamscope.model.event import RequestSent
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.redact import MASK

CANONICAL, TO_SIGN = "Canonical request", "String to sign"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Told:
    """One line, where it comes from, and the header that it was made of ('' for none; ':path' is the target)."""

    text: str
    source: Phrase
    header: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """One thing that was made, line by line."""

    label: str
    lines: tuple[Told, ...]


def made(sent: RequestSent) -> tuple[Made, ...]:
    """Everything that was noted, the signature's texts explained."""
    notes = dict(sent.notes)
    canonical = notes.get(CANONICAL, "")
    found: list[Made] = []
    for label, text in sent.notes:
        if label == CANONICAL:
            found.append(Made(label, _canonical(sent, text)))
        elif label == TO_SIGN:
            found.append(Made(label, _to_sign(text, canonical)))
            source = phrase("HMAC-SHA256 of the string to sign, with the secret, in hex.")
            found.append(Made("Signature", (Told(MASK, source, "authorization"),)))
        else:
            found.append(Made(label, tuple(Told(line, NOTHING) for line in text.split("\n"))))
    return tuple(found)


def _canonical(sent: RequestSent, text: str) -> tuple[Told, ...]:
    """Method, path, query, headers, an empty line, names, hash: as many lines as there are signed headers, and six."""
    lines = text.split("\n")
    if len(lines) < 6:
        return tuple(Told(line, NOTHING) for line in lines)
    method, path, query, *headers, empty, names, hashed = lines
    return (
        Told(method, phrase("The method."), ":method"),
        Told(path, phrase("The path: decoded, each segment encoded again, a slash behind."), ":path"),
        Told(query, _query(query), ":path" if query else ""),
        *(Told(line, _header(line), line.partition(":")[0]) for line in headers),
        Told(empty, phrase("An empty line ends the headers.")),
        Told(names, _names(sent, names)),
        Told(hashed, _payload(sent, hashed), "x-sdk-content-sha256" if hashed == UNSIGNED else ""),
    )


def _query(query: str) -> Phrase:
    if not query:
        return phrase("There is no query: an empty line.")
    return phrase("The query: its pairs sorted by name, then by value, and encoded again.")


def _header(line: str) -> Phrase:
    name = line.partition(":")[0]
    other = phrase("The header {name}: its name in small letters, its value without blanks around it.", name=name)
    return meaning(name) or other


def _names(sent: RequestSent, names: str) -> Phrase:
    covered = set(names.split(";"))
    left = sorted({name.lower() for name, _ in sent.headers} - covered - {"authorization"})
    if not left:
        return phrase("The names of the signed headers, sorted.")
    return phrase(
        "The names of the signed headers, sorted. Not signed, since they may change on the way: {names}.",
        names=", ".join(left),
    )


def _payload(sent: RequestSent, hashed: str) -> Phrase:
    if hashed == EMPTY_HASH:
        return phrase("SHA-256 of nothing: there is no body.")
    if hashed == sent.header(HASH_HEADER) or hashed == UNSIGNED:
        return phrase("What the header {name} says, instead of the body's hash.", name=HASH_HEADER)
    body = sent.content
    if not body or not _HASH.fullmatch(hashed):
        return phrase("SHA-256 of the body, which is not in the recording.")
    if hashlib.sha256(body).hexdigest() == hashed:
        return phrase("SHA-256 of the body's {size} bytes: checked, it is.", size=f"{len(body):,}")
    if MASK.encode() in body:
        return phrase("SHA-256 of the body as it left; here a secret in it is masked.")
    return phrase("It should be the SHA-256 of the body's {size} bytes, and is not.", size=f"{len(body):,}")


def _to_sign(text: str, canonical: str) -> tuple[Told, ...]:
    lines = text.split("\n")
    if len(lines) != 3:
        return tuple(Told(line, NOTHING) for line in lines)
    algorithm, date, hashed = lines
    right = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest() == hashed
    source = phrase("SHA-256 of the canonical request.")
    if right:
        source = phrase("SHA-256 of the canonical request above: checked, it is.")
    elif MASK in canonical:
        source = phrase("SHA-256 of the canonical request as it was; above, a secret in it is masked.")
    known = phrase("The algorithm.") if algorithm == ALGORITHM else NOTHING
    return (
        Told(algorithm, known),
        Told(date, phrase("The header {name}.", name=DATE_HEADER), DATE_HEADER.lower()),
        Told(hashed, source),
    )
