"""Dialects that are data: a table from what an event calls itself to what is read out of it.

A rule is a function from a payload's object to its deltas; the ones here are made from paths, so that a table reads
as one. What no path can say is a function of its own in the dialect's file.
"""

from collections.abc import Callable, Mapping
from typing import Any

from streamscope.kinds.dialects.base import (
    NOTHING,
    Dialect,
    Reader,
    arguments_of,
    dug,
    error_of,
    error_text,
    is_end,
    json_text,
    text_of,
)
from streamscope.model.delta import Delta, DeltaKind, Deltas
from streamscope.model.event import Form, Message
from streamscope.model.phrase import Phrase

Rule = Callable[[dict[str, Any]], Deltas]


class Table(Dialect):
    """A dialect whose events name themselves, in the field `by` or in the name that their framing gives them.

    `rules` has a row for every name, `shared` the names that other dialects have, too, with how sure they make.
    `whole` reads an answer that was not streamed, and `is_whole` tells one. `done` ends the stream, too, where the
    usual end mark does.
    """

    def __init__(
        self,
        key: str,
        label: Phrase,
        rules: Mapping[str, Rule],
        *,
        by: str = "type",
        ends: bool = True,
        shared: Mapping[str, float] | None = None,
        whole: Rule | None = None,
        is_whole: Callable[[dict[str, Any]], bool] = lambda _: False,
        paths: tuple[str, ...] = (),
        forms: tuple[Form, ...] = (),
        done: bool = False,
    ) -> None:
        self.key, self.label, self.ends, self.paths, self.forms = key, label, ends, paths, forms
        self.rules, self.by, self.done = rules, by, done
        self.whole, self.is_whole = whole, is_whole
        self._shared = shared or {}

    def marked(self, value: dict[str, Any], message: Message) -> float:
        """Sure by an event's name, nearly so by a whole answer's shape."""
        name = text_of(value.get(self.by)) or message.event
        if name in self.rules:
            return self._shared.get(name, 1.0)
        return 0.9 if self.is_whole(value) else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader(self)


class _Reader(Reader):
    def __init__(self, table: Table) -> None:
        self._table = table
        self._rules = table.rules
        self._by = table.by

    def read(self, value: Any, message: Message) -> Deltas:
        if type(value) is not dict:
            return (Delta("end"),) if self._table.done and is_end(message) else NOTHING
        try:
            rule = self._rules.get(value.get(self._by))  # type: ignore[arg-type]  # whatever it is: not found
        except TypeError:
            rule = None
        return rule(value) if rule is not None else self._other(value, message)

    def _other(self, value: dict[str, Any], message: Message) -> Deltas:
        rule = self._rules.get(message.event)
        if rule is not None and self._by not in value:
            return rule(value)
        table = self._table
        return table.whole(value) if table.whole is not None and table.is_whole(value) else error_of(value)


def silent(value: dict[str, Any]) -> Deltas:  # noqa: ARG001 - a rule
    """The rule of an event that is known and says nothing of the text."""
    return NOTHING


def ending(value: dict[str, Any]) -> Deltas:  # noqa: ARG001 - a rule
    """The rule of the end mark."""
    return (Delta("end"),)


def piece(kind: DeltaKind, *path: str) -> Rule:
    """A text at a path, of this kind."""
    *before, last = path
    first = before[0] if len(before) == 1 else None

    def plain(value: dict[str, Any]) -> Deltas:
        text = value.get(last)
        return (Delta(kind, text),) if type(text) is str and text else NOTHING

    def deep(value: dict[str, Any]) -> Deltas:
        inner = value.get(first) if first is not None else dug(value, *before)
        text = inner.get(last) if type(inner) is dict else None
        return (Delta(kind, text),) if type(text) is str and text else NOTHING

    return deep if before else plain


def figure(kind: DeltaKind, *path: str) -> Rule:
    """An object at a path as JSON: usage, or the server's own figures."""

    def rule(value: dict[str, Any]) -> Deltas:
        found = dug(value, *path)
        return (Delta(kind, json_text(found)),) if isinstance(found, dict) and found else NOTHING

    return rule


def failure(*path: str) -> Rule:
    """An error at a path, whatever its form; the whole payload where there is none."""

    def rule(value: dict[str, Any]) -> Deltas:
        return (Delta("error", error_text(dug(value, *path) or value)),)

    return rule


def called(name: tuple[str, ...], call: tuple[str, ...], arguments: tuple[str, ...]) -> Rule:
    """A tool call, its beginning or a piece of it: paths of the function's name, of what joins it, of its arguments."""

    def rule(value: dict[str, Any]) -> Deltas:
        named = text_of(dug(value, *name)) if name else ""
        said = arguments_of(dug(value, *arguments)) if arguments else ""
        which = dug(value, *call)
        known = which if isinstance(which, str) else str(which) if type(which) is int else ""
        return (Delta("tool_call", said, 0, known, named),) if named or said else NOTHING

    return rule


def each(*rules: Rule) -> Rule:
    """What all of these rules give, in order."""

    def rule(value: dict[str, Any]) -> Deltas:
        deltas = NOTHING
        for one in rules:
            if found := one(value):
                deltas = (*deltas, *found) if deltas else found
        return deltas

    return rule
