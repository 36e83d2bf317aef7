"""A naive Bayes classifier of short texts, with add-one smoothing."""

import math
import re
from collections import Counter
from functools import cache
from itertools import pairwise

from streamscope.sandbox import corpus

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
TURNING = frozenset({"not", "never", "no"})


def words(text: str) -> list[str]:
    """The words of a text, and pairs after a "not", which turn a mood round."""
    found = [word.lower() for word in WORD.findall(text)]
    turned = [f"not {after}" for before, after in pairwise(found) if before in TURNING]
    return found + turned


class Classifier:
    """Counts of words by label."""

    def __init__(self, examples: list[tuple[str, str]]) -> None:
        self._labels = Counter(label for label, _ in examples)
        self._words: dict[str, Counter[str]] = {label: Counter() for label in self._labels}
        for label, text in examples:
            self._words[label].update(words(text))
        self._totals = {label: counts.total() for label, counts in self._words.items()}
        self._known = len(set().union(*self._words.values()))

    def scores(self, text: str) -> dict[str, float]:
        """Each label's probability, the likeliest first."""
        logs = {label: self._log(label, words(text)) for label in self._labels}
        top = max(logs.values())
        weights = {label: math.exp(value - top) for label, value in logs.items()}
        total = sum(weights.values())
        ranked = sorted(weights.items(), key=lambda pair: -pair[1])
        return {label: weight / total for label, weight in ranked}

    def _log(self, label: str, found: list[str]) -> float:
        prior = math.log(self._labels[label] / self._labels.total())
        counts, total = self._words[label], self._totals[label] + self._known
        return prior + sum(math.log((counts[word] + 1) / total) for word in found)


@cache
def classifier() -> Classifier:
    """The classifier of moods, learnt from the project's labelled sentences."""
    return Classifier(corpus.labelled())
