"""ModelArts' classic predictions: one JSON object whose inside is the model's own.

Source: ModelArts documentation, "Specifications for model inference" and "Error codes".
"""

from typing import Any

from streamscope.kinds.dialects.base import NOTHING, Dialect, Reader, dug, error_of, text_of
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase


class ModelArtsClassic(Dialect):
    """`data.resp_data`, shown as it came; errors of the gateway, the dispatcher and the inference image."""

    key = "modelarts.classic"
    label = phrase("ModelArts classic prediction")
    paths = ("/v1/infers/",)
    forms = ("body",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by the convention's fields, nearly so by those of an error."""
        if isinstance(dug(value, "data", "resp_data"), list):
            return 1.0
        return 0.9 if _error(value) else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def read(self, value: Any, message: Message) -> Deltas:
        if type(value) is not dict:
            return NOTHING
        if error := _error(value):
            return (Delta("error", error),)
        if "data" not in value and (failed := error_of(value)):
            return failed
        return (Delta("text", message.payload.decode(errors="replace")),)


def _error(value: dict[str, Any]) -> str:
    """Code and words of an error: `error_code` of the platform, `erno` of its inference images."""
    for code, words in (("error_code", "error_msg"), ("erno", "msg")):
        if (said := text_of(value.get(words))) and (number := text_of(value.get(code))):
            return f"{number}: {said}"
    return ""
