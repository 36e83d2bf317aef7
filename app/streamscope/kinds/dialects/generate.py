"""The servers' own ways to generate text: SGLang, TGI, Triton and KServe, llama.cpp; streamed and whole.

Sources: SGLang `/generate`; text-generation-inference `router/src/lib.rs`; Triton "Generate extension" and the Open
Inference Protocol's `generate_rest.yaml`; llama.cpp server, `/completion`.
"""

from typing import Any

from streamscope.kinds.dialects.base import (
    END,
    NOTHING,
    Dialect,
    Reader,
    count_of,
    dug,
    error_of,
    figures,
    is_end,
    json_text,
    number_of,
    objects_of,
    text_of,
)
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

_PIECE, _TEXT = "token.text".split(".")  # noqa: SIM905 - as a path: the word alone is a key of another shelf


class Tgi(Dialect):
    """A token each, the last with the whole text and the details."""

    key = "tgi.generate_stream"
    label = phrase("Text Generation Inference")
    ends = True
    paths = ("/generate_stream",)
    forms = ("event",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by a token with its text, nearly so by the whole text or an error with its type."""
        if isinstance(dug(value, _PIECE, _TEXT), str):
            return 1.0
        if isinstance(value.get("generated_text"), str):
            return 0.9
        return 0.7 if isinstance(value.get("error_type"), str) and "error" in value else 0.0

    def score(self, value: Any, message: Message, path: str) -> float:
        """A whole answer may be a list of one."""
        return super().score(next(objects_of(value), value), message, path)

    def fits(self, path: str) -> bool:
        """Not under a model's own path."""
        return path.endswith("/generate_stream") and "/models/" not in path

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Tgi()


class _Tgi(Reader):
    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        value = next(objects_of(value), None) if type(value) is list else value
        if type(value) is not dict:
            return NOTHING
        deltas: list[Delta] = []
        made = value.get(_PIECE)
        if type(made) is dict:
            text = made.get(_TEXT)
            if type(text) is str and text and made.get("special") is not True:
                deltas.append(Delta("text", text))
            deltas.append(Delta("tokens", "1"))
        whole = value.get("generated_text")
        if type(whole) is str:
            self._whole(value, deltas, streamed=type(made) is dict)
        return (*deltas, *error_of(value)) if "error" in value else tuple(deltas)

    def _whole(self, value: dict[str, Any], deltas: list[Delta], *, streamed: bool) -> None:
        if not streamed:
            deltas.append(Delta("text", value["generated_text"]))
        details = value.get("details")
        if type(details) is dict:
            if counts := figures(details, "input_length", "generated_tokens"):
                deltas.append(Delta("usage", json_text(counts)))
            deltas.append(Delta("finish", text_of(details.get("finish_reason"))))
        if streamed:
            deltas.append(Delta("end"))


class Triton(Dialect):
    """`text_output` each; a stream has no end mark."""

    key = "triton.generate_stream"
    label = phrase("Triton and KServe generate_stream")
    paths = ("/generate_stream",)
    forms = ("event",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by its text."""
        return 1.0 if isinstance(value.get("text_output"), str) else 0.0

    def fits(self, path: str) -> bool:
        """Under a model's own path."""
        return "/models/" in path and "/generate_stream" in path

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Triton()


class _Triton(Reader):
    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        if type(value) is not dict:
            return NOTHING
        text = value.get("text_output")
        deltas = [Delta("text", text)] if type(text) is str and text else []
        if reason := text_of(dug(value, "details", "finish_reason")):
            deltas.append(Delta("finish", reason))
        return (*deltas, *error_of(value)) if "error" in value else tuple(deltas)


class LlamaCpp(Dialect):
    """`content` each, the last with `stop` and timings."""

    key = "llamacpp.completion"
    label = phrase("llama.cpp completion")
    ends = True
    paths = ("/completion",)
    forms = ("event",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by `content` beside `stop`."""
        return 1.0 if isinstance(value.get("content"), str) and isinstance(value.get("stop"), bool) else 0.0

    def fits(self, path: str) -> bool:
        """Not where completions of another kind are."""
        return path.endswith("/completion")

    def reader(self) -> Reader:
        """A fresh reader."""
        return _LlamaCpp()


class _LlamaCpp(Reader):
    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        if type(value) is not dict:
            return NOTHING
        index = number_of(value.get("index"))
        text = value.get("content")
        deltas = [Delta("text", text, index)] if type(text) is str and text else []
        made = value.get("tokens")
        if type(made) is list and made:
            deltas.append(Delta("tokens", str(len(made)), index))
        if value.get("stop") is True:
            if counts := figures(value, "tokens_evaluated", "tokens_predicted"):
                deltas.append(Delta("usage", json_text(counts)))
            if value.get("timings"):
                deltas.append(Delta("served", json_text(value["timings"])))
            deltas.append(Delta("finish", text_of(value.get("stop_type")), index))
            deltas.append(Delta("end"))
        return (*deltas, *error_of(value)) if "error" in value else tuple(deltas)


class Sglang(Dialect):
    """`text` beside `meta_info`: all of the text so far, unless the server was told to send it in pieces."""

    key = "sglang.generate"
    label = phrase("SGLang generate")
    ends = True
    paths = ("/generate",)
    forms = ("event",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by `meta_info` beside a text or token numbers."""
        told = isinstance(value.get("meta_info"), dict)
        return 1.0 if told and (isinstance(value.get("text"), str) or "output_ids" in value) else 0.0

    def score(self, value: Any, message: Message, path: str) -> float:
        """A whole answer to several prompts is a list."""
        return super().score(next(objects_of(value), value), message, path)

    def fits(self, path: str) -> bool:
        """Not where another dialect's path ends so."""
        return path.endswith("/generate") and "/api/" not in path and "/models/" not in path

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Sglang()


class _Said:
    """One choice's text so far: whether pieces or the whole of it come is told by what comes second.

    While that is not sure both are kept: a piece may begin with the piece before it, like 1 and 10.
    """

    def __init__(self) -> None:
        self._text = ""
        self._pieces: list[str] | None = []
        self._cumulative = False
        self.tokens = 0

    def add(self, text: str) -> tuple[str, bool]:
        """What is new, and whether it replaces all that was before."""
        if self._pieces is None and not self._cumulative:
            return text, False
        before = self._text
        if text.startswith(before):
            if self._pieces is not None and before:
                self._cumulative = len(self._pieces) >= 2
                self._pieces = None if self._cumulative else [*self._pieces, text]
            elif self._pieces is not None:
                self._pieces = [text] if text else []
            self._text = text
            return text[len(before) :], False
        if self._cumulative:
            self._text = text  # the server took something back
            return text, True
        pieces, self._pieces, self._text = self._pieces or [], None, ""
        joined = "".join(pieces)
        return (text, False) if joined == before else (joined + text, True)


class _Sglang(Reader):
    def __init__(self) -> None:
        self._said: dict[int, _Said] = {}

    def read(self, value: Any, message: Message) -> Deltas:
        if type(value) is dict:
            return self._object(value, number_of(value.get("index")))
        if type(value) is list:
            return tuple(delta for at, item in enumerate(objects_of(value)) for delta in self._object(item, at))
        return END if is_end(message) else NOTHING

    def _object(self, value: dict[str, Any], index: int) -> Deltas:
        said = self._said.get(index)
        if said is None:
            said = self._said[index] = _Said()
        deltas: list[Delta] = []
        text = value.get("text")
        if type(text) is str:
            new, whole = said.add(text)
            if new or whole:
                deltas.append(Delta("text", new, index, whole=whole))
        told = value.get("meta_info")
        if type(told) is dict:
            self._told(told, said, index, deltas)
        return (*deltas, *error_of(value)) if "error" in value else tuple(deltas)

    def _told(self, told: dict[str, Any], said: _Said, index: int, deltas: list[Delta]) -> None:
        made = count_of(told.get("completion_tokens"))
        if made is not None and made > said.tokens:
            deltas.append(Delta("tokens", str(made - said.tokens), index))
            said.tokens = made
        if (reason := told.get("finish_reason")) is not None:
            if counts := figures(told, "prompt_tokens", "completion_tokens", "cached_tokens"):
                deltas.append(Delta("usage", json_text(counts), whole=True))
            deltas.append(Delta("finish", text_of(reason) or text_of(dug(reason, "type")), index))
            if times := figures(told, "e2e_latency", "queue_time", "prefill_launch_latency", "decode_throughput"):
                deltas.append(Delta("served", json_text(times)))
