"""Texts that may hold half a character: a surrogate without its pair, which no UTF-8 can carry."""

from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase


def writable(text: str) -> str:
    """The text itself. Raises UsageError where it has no UTF-8."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = f"{ord(text[error.start]):04X}"
        raise UsageError(
            phrase("A text of the draft holds half a character (U+{code}), which cannot be sent.", code=code),
            phrase("It was cut in the middle of an emoji or the like: type it again."),
        ) from error
    return text


def whole(text: str) -> str:
    """The text with a question mark for each half of a character."""
    return text if text.isascii() else text.encode(errors="replace").decode()
