"""Reading the expressions of `engine.filter`; an error says what, where and what to try."""

import difflib
import re
from collections.abc import Iterable
from fractions import Fraction

from streamscope.engine.filter import (
    CHOICES,
    EVERYTHING,
    FIELD,
    FLAGS,
    JOINTS,
    LARGEST,
    NUMBERS,
    OPERATORS,
    RUN,
    TEXTS,
    All,
    Any,
    Between,
    Compare,
    Flag,
    Not,
    Regex,
    Text,
    Wanted,
    Words,
)
from streamscope.model.errors import UsageError
from streamscope.model.phrase import Phrase, phrase

ALIASES = {"direction": "dir", "time": "t", "n": "number", "type": "name", "event": "name", "text": "data"}
FIELDS = ("data", *CHOICES, *TEXTS, *NUMBERS)
DEEPEST = 50
IN_QUOTES = phrase("Write text in quotes.")
_RUN = re.compile(f"{RUN}*")
_ITEM = re.compile(r'[^\s()",]*')
_REGEX = re.compile(r"/((?:\\.|[^/\\])*)/([a-z]*)(?=[\s()]|$)", re.DOTALL)
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_NUMBER = re.compile(r"(\d[\d_,]*(?:\.\d+)?|\.\d+)\s?([^\W\d_]*)")
_OR, _AND = frozenset({"or", "||", "|"}), frozenset({"and", "&&", "&"})


class FilterError(UsageError):
    """What is wrong with an expression; `at` is the character, from 0, at which it is."""

    def __init__(self, at: int, message: Phrase, hint: Phrase = IN_QUOTES) -> None:
        super().__init__(phrase("{what} (at character {n})", what=message, n=at + 1), hint)
        self.at = at
        self.what = message


def read(text: str) -> Wanted:
    """Read an expression; an empty one wants everything. Raises FilterError."""
    reading = _Reading(text)
    if reading.over():
        return EVERYTHING
    wanted = reading.any_of(0)
    if not reading.over():
        raise FilterError(reading.at, phrase("Nothing was opened that this ) closes"))
    return wanted


def regex(source: str, at: int = 0) -> Regex:
    """A regular expression, checked. Raises FilterError."""
    try:
        re.compile(source)
    except (re.error, OverflowError, RecursionError) as error:
        place = getattr(error, "pos", None) or 0
        raise FilterError(
            at + place,
            phrase("This is not a regular expression: {reason}", reason=getattr(error, "msg", str(error))),
            phrase("A backslash in front takes a sign as it is."),
        ) from error
    if (place := _endless(source)) >= 0:
        raise FilterError(
            at + place,
            phrase("A repetition of a repetition may take for ever"),
            phrase("Repeat only one of the two, or write ++ or *+ for the inner one."),
        )
    return Regex(source)


def _endless(source: str) -> int:
    """Where something is repeated without end that holds a repetition without end; -1 where nothing is.

    Such patterns can need a time that doubles with each character (catastrophic backtracking), and nothing stops them.
    """
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", lambda found: "x" * len(found[0]), source, flags=re.DOTALL)
    opened: list[tuple[bool, bool]] = []
    loose = False
    for at, sign in enumerate(plain):
        if sign == "(":
            opened.append((loose, plain.startswith("(?>", at)))
            loose = False
        elif sign == ")" and opened:
            outer, atomic = opened.pop()
            inner = loose and not atomic
            if inner and _repeats(plain, at + 1):
                return at + 1
            loose = outer or inner
        elif _repeats(plain, at) and plain[at - 1 : at] not in ("(", "*", "+", "?", "}", ""):
            loose = True
    return -1


def _repeats(plain: str, at: int) -> bool:
    """Whether a repetition without end stands here that may give back what it took."""
    found = re.compile(r"[*+]|\{\d*,\}").match(plain, at)
    return found is not None and not plain.startswith("+", found.end())


class _Reading:
    """A walk along the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._skip()

    def over(self) -> bool:
        return self.at >= len(self.text)

    def any_of(self, depth: int) -> Wanted:
        if depth > DEEPEST:
            raise FilterError(self.at, phrase("Too many parentheses within each other"), phrase("Write it flatter."))
        parts = [self._all_of(depth)]
        while self._joint(_OR):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all_of(self, depth: int) -> Wanted:
        parts = [self._one(depth)]
        while not self.over() and self.text[self.at] != ")" and self._word() not in _OR:
            self._joint(_AND)
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Wanted:
        turns = 0
        while not self.over():
            if self.text[self.at] in "-!" and self.text[self.at + 1 : self.at + 2].strip():
                self.at += 1
            elif self._word() == "not":
                self.at += 3
                self._skip()
            else:
                break
            turns += 1
        if turns > DEEPEST:
            raise FilterError(self.at, phrase("Too many parentheses within each other"), phrase("Write it flatter."))
        wanted = self._plain(depth)
        for _ in range(turns):
            wanted = Not(wanted)
        return wanted

    def _plain(self, depth: int) -> Wanted:
        start = self.at
        sign = self.text[start : start + 1]
        if sign in ("", ")") or self._word() in JOINTS:
            raise FilterError(start, phrase("Something to look for is missing here"), phrase("Write a word."))
        if sign == "(":
            self.at += 1
            self._skip()
            wanted = self.any_of(depth + 1)
            if self.over():
                raise FilterError(start, phrase("This ( is not closed"), phrase("Write ) where it ends."))
            self.at += 1
        elif sign == '"':
            wanted = Text(self._quoted())
        elif sign == "/":
            wanted = self._regex()
        elif (found := FIELD.match(self.text, start)) is not None:
            self.at = found.end()
            wanted = self._field(found.group(1).lower(), found.group(2), start)
        else:
            word = self._run(_RUN)
            wanted = Flag(word.lower()) if word.lower() in FLAGS else Text(word)
        self._skip()
        return wanted

    def _field(self, name: str, operator: str, start: int) -> Wanted:
        name = ALIASES.get(name, name)
        if name not in FIELDS:
            raise FilterError(
                start,
                phrase('"{name}" is no field', name=name),
                phrase(
                    "Fields are {fields}. To look for the text itself, write it in quotes.", fields=_some(name, FIELDS)
                ),
            )
        if operator == "!=":
            return Not(self._field(name, "=", start))
        if name == "data":
            return self._data(operator)
        if name in NUMBERS:
            return self._number(name, operator)
        return self._words(name, operator)

    def _data(self, operator: str) -> Wanted:
        if operator not in ":~":
            raise FilterError(self.at - 1, phrase("data takes : for words and ~ for a regular expression"))
        start = self.at
        if operator == "~" and self.text.startswith("/", start):
            return self._regex()
        word = self._quoted() if self.text.startswith('"', start) else self._run(_RUN)
        if not word and self.at == start:
            raise FilterError(
                start, phrase("What to look for is missing here"), phrase('As in data:error or data~"err.r".')
            )
        return regex(word, start) if operator == "~" else Text(word)

    def _words(self, name: str, operator: str) -> Wanted:
        words: list[str] = []
        while True:
            start = self.at
            word = self._quoted() if self.text.startswith('"', start) else self._run(_ITEM)
            words.append(self._checked(name, operator, word, start))
            if not self.text.startswith(",", self.at):
                break
            self.at += 1
        return Words(name, operator if name in TEXTS else ":", tuple(words))

    def _checked(self, name: str, operator: str, word: str, start: int) -> str:
        """A word of a field, as it is meant."""
        if name in TEXTS:
            if operator in "<>=" and operator != "=":
                raise FilterError(start - 1, phrase("{field} takes :, = and ~", field=name))
            if operator == "~":
                return regex(word, start).source
            if not word and operator == ":":
                raise FilterError(start, phrase("What to look for is missing here"), phrase("As in name:delta."))
            return word
        if operator not in ":=":
            raise FilterError(start - 1, phrase("{field} takes one of its words after :", field=name))
        word = word.lower().replace("_", "-")
        if word not in CHOICES[name]:
            raise FilterError(
                start,
                phrase('{field} has no "{word}"', field=name, word=word),
                phrase("Write one of {words}.", words=_some(word, CHOICES[name])),
            )
        return word

    def _number(self, name: str, operator: str) -> Wanted:
        start = self.at
        low, stop, high = self._run(_RUN).partition("..")
        if not stop:
            value = _value(name, low, start)
            return Compare(name, operator if operator in OPERATORS else "=", value)
        if operator not in ":=":
            raise FilterError(start - 1, phrase("From .. to is written after :"), phrase("As in t:2s..3s."))
        return Between(name, _value(name, low, start), _value(name, high, start + len(low) + 2))

    def _regex(self) -> Wanted:
        found = _REGEX.match(self.text, self.at)
        if found is None:
            raise FilterError(
                self.at,
                phrase("This regular expression does not end"),
                phrase("Write /…/ or /…/i; a text with slashes stands in quotes."),
            )
        source, flags = found.groups()
        if set(flags) - {"i"}:
            raise FilterError(
                found.start(2),
                phrase("After a regular expression only i can stand"),
                phrase("It takes all letters alike."),
            )
        wanted = regex(f"(?i){source}" if flags else source, self.at + 1 - 4 * bool(flags))
        self.at = found.end()
        return wanted

    def _quoted(self) -> str:
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            raise FilterError(self.at, phrase("This quote is not closed"), phrase('Write " where the text ends.'))
        self.at = found.end()
        return re.sub(r'\\([\\"])', r"\1", found.group(1))

    def _run(self, of: re.Pattern[str]) -> str:
        found = of.match(self.text, self.at)
        assert found is not None  # noqa: S101 - it may be empty
        self.at = found.end()
        return found.group()

    def _word(self) -> str:
        found = _RUN.match(self.text, self.at)
        return found.group().lower() if found is not None else ""

    def _joint(self, joints: Iterable[str]) -> bool:
        word = self._word()
        if word in joints:
            self.at += len(word)
            self._skip()
            return True
        return False

    def _skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1


def _value(name: str, text: str, at: int) -> int:
    """A number with its unit. Raises FilterError."""
    units = NUMBERS[name]
    found = _NUMBER.fullmatch(text.replace("μ", "µ"))
    if found is None:
        example = {"t": "t>2s", "gap": "gap>200ms", "size": "size>1k"}.get(name, f"{name}:5")
        raise FilterError(at, phrase("{field} is a number", field=name), phrase("As in {example}.", example=example))
    figures, unit = found.groups()
    number = Fraction(re.sub("[_,]", "", figures))
    of = units.get(unit.lower(), 1 if not number and not unit else None)
    if of is None:
        known = ", ".join(one for one in units if one)
        if not unit:
            raise FilterError(
                at + len(text),
                phrase("A time has a unit"),
                phrase("Write {text}ms or {text}s.", text=text),
            )
        raise FilterError(
            at + found.start(2),
            phrase('"{unit}" is no unit of {field}', unit=unit, field=name),
            phrase("Units are {units}.", units=known) if known else phrase("Write the number alone."),
        )
    return min(LARGEST, round(number * of))


def _some(word: str, known: Iterable[str]) -> str:
    """Words to choose from, the nearest first."""
    near = difflib.get_close_matches(word, [*known], 2, 0.5)
    return ", ".join([*near, *(one for one in known if one not in near)])
