"""A dialect of the user's own: JSONPaths (RFC 9535) that tell where the text is, and what else is wanted."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from streamscope.kinds.dialects.base import NOTHING, Dialect, Reader, dug, error_text, json_text
from streamscope.model.delta import Delta, DeltaKind, Deltas, Paths
from streamscope.model.errors import UsageError
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

if TYPE_CHECKING:
    from jsonpath import JSONPath

PREFIX = "user."
Found = Callable[[Any], list[Any]]
_KINDS: tuple[DeltaKind, ...] = ("reasoning", "text", "usage", "finish", "error")


class PathDialect(Dialect):
    """What a person picked; it is never recognised, only chosen. Raises UsageError at a path that is none."""

    def __init__(self, paths: Paths) -> None:
        self.key = f"{PREFIX}{paths.name}" if paths.name else paths.text
        self.label = phrase("{name} (own)", name=paths.name or paths.text)
        self.ends = bool(paths.end)
        texts = {kind: str(getattr(paths, kind)) for kind in _KINDS}
        self._found = [(kind, compiled(path)) for kind, path in texts.items() if path]
        self._mark = b"" if paths.end.startswith("$") else paths.end.encode()
        self._end = compiled(paths.end) if paths.end.startswith("$") else None

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Never."""
        return 0.0

    def score(self, value: Any, message: Message, path: str) -> float:  # noqa: ARG002 - the outline
        """Never, whatever the address is."""
        return 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader(self._found, self._mark, self._end)


class _Reader(Reader):
    def __init__(self, found: list[tuple[DeltaKind, Found]], mark: bytes, end: Found | None) -> None:
        self._found, self._mark, self._end = found, mark, end

    def read(self, value: Any, message: Message) -> Deltas:
        deltas: list[Delta] = []
        if value is not None:
            for kind, found in self._found:
                said = [item for item in found(value) if item is not None]
                if text := "".join(map(_WORDS.get(kind, _text), said)):
                    deltas.append(Delta(kind, text))
        ended = bool(self._mark) and message.payload.strip() == self._mark
        if ended or (self._end is not None and any(item not in (None, False) for item in self._end(value))):
            deltas.append(Delta("end"))
        return tuple(deltas) if deltas else NOTHING


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _error(value: Any) -> str:
    return error_text(value) if value else ""


def _usage(value: Any) -> str:
    return json_text(value) if isinstance(value, dict) else ""


_WORDS: dict[DeltaKind, Callable[[Any], str]] = {"error": _error, "usage": _usage}


def bare(path: str) -> PathDialect:
    """The dialect of a JSONPath for the text alone. Raises UsageError telling where the path is wrong."""
    return PathDialect(Paths("", path))


def compiled(path: str) -> Found:
    """A function that gives what a path finds; a path to one place takes no detour. Raises UsageError."""
    query = _query(path)
    steps = _steps(query)
    if steps is not None:
        return lambda value: [dug(value, *steps)]
    from jsonpath import JSONPathError

    def found(value: Any) -> list[Any]:
        try:
            return list(query.findall(value)) if isinstance(value, dict | list) else []
        except (JSONPathError, RecursionError):  # nested deeper than can be searched
            return []

    return found


def _query(path: str) -> "JSONPath":
    import jsonpath

    try:
        return jsonpath.JSONPathEnvironment(strict=True).compile(path)  # type: ignore[return-value]
    except jsonpath.JSONPathError as error:
        at = getattr(error.token, "index", -1)
        at = at if at >= 0 else len(path)
        raise UsageError(
            phrase(
                "'{path}' is not a JSONPath: {reason}, at character {at}.",
                path=path,
                reason=error.args[0] if error.args else type(error).__name__,
                at=at + 1,
            ),
            phrase("A path begins with $ and goes on like $.choices[0].delta.content."),
        ) from error


def _steps(query: "JSONPath") -> tuple[str | int, ...] | None:
    """The steps of a path that leads to one place at most."""
    from jsonpath.selectors import IndexSelector, NameSelector

    if not query.singular_query():
        return None
    steps: list[str | int] = []
    for segment in query.segments:
        for selector in segment.selectors:
            if isinstance(selector, NameSelector):
                steps.append(selector.name)
            elif isinstance(selector, IndexSelector):
                steps.append(selector.index)
            else:
                return None
    return tuple(steps)
