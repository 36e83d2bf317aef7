"""YAML of saved drafts, read: text → nodes with their places → plain values, and what is refused on the way.

Every scalar is given as its text: what it means, the draft's own types say. So `path: 123` is the text "123", and no
text is ever taken for a number, a date or a switch. A plain `null`, `~` or nothing means: not given.
"""

import re
from dataclasses import dataclass
from typing import Any

from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.store.yaml_large import Small, small

Tree = Any
"""Texts, lists and mappings of them; None for a plain null."""

_CONFLICT = re.compile(r"^(<{7} |>{7} |={7}$|\|{7} )", re.MULTILINE)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_ALLOWED = re.compile(r"tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|timestamp|value|merge)")


class Unreadable(Exception):
    """Why a text is no saved draft, and what to try."""

    def __init__(self, why: Phrase, hint: Phrase = NOTHING) -> None:
        super().__init__(str(why))
        self.why = why
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Read:
    """A text's root node and the plain values that it means; the node's places are those in `small.text`."""

    root: Any
    tree: dict[str, Tree]
    small: Small


def read(text: str) -> Read:
    """The mapping that a text is. Raises Unreadable."""
    if marked(text):
        raise Unreadable(
            phrase("it has conflict marks of a merge (<<<<<<<)"),
            phrase("Choose a side in a text editor and remove the marks."),
        )
    short = small(text)
    root = _composed(short.text)
    if root is None:
        raise Unreadable(phrase("it is empty"), phrase("Restore it from git, or delete it."))
    try:
        tree = _value(root, {id(root)}, short.values)
    except RecursionError as error:
        raise Unreadable(phrase("it is nested too deeply")) from error
    if not isinstance(tree, dict):
        raise Unreadable(phrase("it is not a mapping of names to values"))
    return Read(root, tree, short)


def marked(text: str) -> bool:
    """Whether a merge left its marks: they stand at the very left, where no line of a draft begins so."""
    return ("<<<<<<<" in text or ">>>>>>>" in text) and _CONFLICT.search(text) is not None


def _composed(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 0
        raise Unreadable(
            phrase("line {line}: {problem}", line=line, problem=error.problem or error.context or ""),
            phrase("Mend that line of its YAML in a text editor."),
        ) from error
    except YAMLError as error:
        raise Unreadable(phrase("{problem}", problem=str(error).splitlines()[0])) from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise Unreadable(phrase("it is nested too deeply or has broken escapes")) from error


def _value(node: Any, seen: set[int], taken: dict[str, str]) -> Tree:
    """A node's plain value; one that is met twice is an alias: a few lines of them can stand for gigabytes."""
    line = node.start_mark.line + 1
    if not _ALLOWED.fullmatch(str(node.tag)):
        raise Unreadable(
            phrase("line {line} has the tag {tag}, which no draft has", line=line, tag=str(node.tag)),
            phrase("Remove the tag in a text editor."),
        )
    if isinstance(node.value, str):
        if node.style is None and node.value in taken:
            return taken[node.value]
        return None if node.style is None and node.value in _NULLS else node.value
    inner = node.value
    for child in (part for pair in inner for part in pair) if node.id == "mapping" else inner:
        if id(child) in seen:
            raise Unreadable(
                phrase("line {line} holds an alias (*name), which no draft has", line=line),
                phrase("Write the value out where it is used."),
            )
        seen.add(id(child))
    if node.id == "sequence":
        return [_value(child, seen, taken) for child in inner]
    found: dict[str, Tree] = {}
    for key, child in inner:
        if not isinstance(key.value, str):
            raise Unreadable(phrase("line {line} has a name that is no text", line=key.start_mark.line + 1))
        if key.value in found:
            raise Unreadable(
                phrase("line {line} gives '{key}' a second time", line=key.start_mark.line + 1, key=key.value),
                phrase("Remove one of the two in a text editor."),
            )
        found[key.value] = _value(child, seen, taken)
    return found
