"""A small language model: word sequences counted in the project's own prose, continued at random but by seed."""

import math
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache

from streamscope.sandbox import corpus

# A word with its inner apostrophes and hyphens, or one mark of punctuation.
PIECE = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
SENTENCE_END = frozenset(".!?")
NO_SPACE_BEFORE = frozenset(".,;:!?)”’")
NO_SPACE_AFTER = frozenset("(“‘")
PARAGRAPH = "\n\n"
LONGEST_CONTEXT = 3
# With one known continuation a context only repeats its source; then a shorter context is tried this often.
BACK_OFF = 0.2
# Words of the prompt are this much likelier than their counts say.
PROMPT_WEIGHT = 4
SENTENCES_PER_PARAGRAPH = 4
# A new sentence leaves the thread of the last one this often.
FRESH_START = 0.35
# Words of a question that say nothing of what it is about.
ASKING_WORDS = """
    a about an and are can could describe do does explain for give hello hi how i in is it let like me of on one or
    paragraph please say sentence sentences short some story tell that the this to us was what when where which who
    why with word words would write you your
"""
ASKING = frozenset(ASKING_WORDS.split())

Context = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Counts of what follows each context of one to three pieces, and where sentences begin."""

    following: dict[Context, Counter[str]]
    openings: list[Context]
    weights: dict[str, float]

    def pieces(self, prompt: str, seed: str, most: int) -> tuple[list[str], bool]:
        """Up to `most` pieces of text for a prompt, and whether they ended by themselves.

        Joined together the pieces are the text: each carries the space before it.
        """
        chance = random.Random(seed)  # noqa: S311  a language model's dice, not a secret's
        wanted = frozenset(word.lower() for word in PIECE.findall(prompt)) - ASKING
        sentences = chance.randint(4, 9)
        written: list[str] = []
        text: list[str] = []
        while len(text) < most:
            if not written or written[-1] in SENTENCE_END:
                if sentences == 0:
                    return text, True
                sentences -= 1
                written, text = self._open_sentence(written, text, wanted, chance, sentences)
            else:
                written.append(self._next(written, wanted, chance))
                text.append(_spaced(written))
        return text[:most], False

    def _open_sentence(
        self, written: list[str], text: list[str], wanted: frozenset[str], chance: random.Random, left: int
    ) -> tuple[list[str], list[str]]:
        """A sentence begins where the prompt's rare words are; later ones follow from the text or begin anew."""
        fresh = not written or chance.random() < FRESH_START
        opening = self._opening(wanted, chance) if fresh else (self._next(written, wanted, chance),)
        paragraph = bool(written) and left % SENTENCES_PER_PARAGRAPH == 0
        for piece in opening:
            written.append(piece)
            spaced = _spaced(written)
            text.append(PARAGRAPH + spaced.lstrip() if paragraph and piece is opening[0] else spaced)
        return written, text

    def _opening(self, wanted: frozenset[str], chance: random.Random) -> Context:
        """The first two pieces of a sentence that has most in common with the prompt; ties by chance."""
        scores = [sum(self.weights.get(word, 0.0) for word in wanted if word in sentence) for sentence in self._words()]
        best = max(scores, default=0.0)
        close = [sentence for sentence, score in zip(self.openings, scores, strict=True) if score >= best * 0.7]
        return chance.choice(close)[:2]

    def _words(self) -> list[frozenset[str]]:
        return _word_sets(tuple(self.openings))

    def _next(self, written: list[str], wanted: frozenset[str], chance: random.Random) -> str:
        for length in range(min(LONGEST_CONTEXT, len(written)), 0, -1):
            found = self.following.get(tuple(written[-length:]))
            if found is None or (len(found) == 1 and length > 1 and chance.random() < BACK_OFF):
                continue
            weights = [count * (PROMPT_WEIGHT if word.lower() in wanted else 1) for word, count in found.items()]
            return chance.choices(list(found), weights)[0]
        return "."


@cache
def _word_sets(sentences: tuple[Context, ...]) -> list[frozenset[str]]:
    return [frozenset(word.lower() for word in sentence) for sentence in sentences]


def _spaced(written: list[str]) -> str:
    """The last piece with the space that belongs before it."""
    piece = written[-1]
    first = len(written) == 1
    joined = first or piece in NO_SPACE_BEFORE or written[-2] in NO_SPACE_AFTER
    return piece if joined else f" {piece}"


def count_pieces(text: str) -> int:
    """How many pieces a text has; the model's unit for usage."""
    return len(PIECE.findall(text))


@cache
def model() -> LanguageModel:
    """The model of the project's prose."""
    return learn(corpus.prose())


def learn(prose: str) -> LanguageModel:
    """Count a text."""
    following: defaultdict[Context, Counter[str]] = defaultdict(Counter)
    sentences: list[Context] = []
    for paragraph in prose.split("\n\n"):
        pieces = PIECE.findall(paragraph)
        for end in range(1, len(pieces)):
            for length in range(1, min(LONGEST_CONTEXT, end) + 1):
                following[tuple(pieces[end - length : end])][pieces[end]] += 1
        sentences.extend(_sentences(pieces))
    seen = Counter(word.lower() for sentence in sentences for word in set(sentence))
    weights = {word: math.log(len(sentences) / count) ** 2 for word, count in seen.items()}
    return LanguageModel(dict(following), sentences, weights)


def _sentences(pieces: list[str]) -> list[Context]:
    found: list[Context] = []
    begun = 0
    for place, piece in enumerate(pieces):
        if piece in SENTENCE_END:
            found.append(tuple(pieces[begun : place + 1]))
            begun = place + 1
    return [sentence for sentence in found if len(sentence) > 2]
