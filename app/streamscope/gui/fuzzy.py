"""Fuzzy search: every typed letter in order, the better the closer together and the nearer to beginnings of words."""

from itertools import pairwise


def score(typed: str, text: str) -> tuple[int, list[int]] | None:
    """How well a text fits what was typed, higher is better, and the places of its letters; None where it does not.

    Words between blanks may come in any order. Letters' case and blanks do not count.
    """
    total, places = 0, []
    folded = text.casefold()
    if len(folded) != len(text):  # a letter that grows when folded would shift every place behind it
        folded = text.lower() if len(text.lower()) == len(text) else text
    for word in typed.casefold().split():
        found = _word(word, folded, text)
        if found is None:
            return None
        total += found[0]
        places += found[1]
    return total - len(text) // 8, sorted(set(places))


def _word(word: str, folded: str, text: str) -> tuple[int, list[int]] | None:
    whole = folded.find(word)
    if whole >= 0:
        begins = _begins(text, whole)
        return 40 + 80 * begins + 10 * (whole == 0) + 4 * len(word), list(range(whole, whole + len(word)))
    best: tuple[int, list[int]] | None = None
    start = folded.find(word[:1])
    while start >= 0:
        places = _run(word, folded, start)
        if places is None:
            break
        points = sum(4 * (after - before == 1) + 6 * _begins(text, after) for before, after in pairwise(places))
        points += 8 * _begins(text, start) - (places[-1] - places[0]) // 2
        points += 60 * all(_begins(text, place) for place in places)  # initials
        if best is None or points > best[0]:
            best = points, places
        start = folded.find(word[:1], start + 1)
    return best


def _run(word: str, folded: str, start: int) -> list[int] | None:
    """The places of the letters from there on, each the next one possible."""
    places = [start]
    for letter in word[1:]:
        at = folded.find(letter, places[-1] + 1)
        if at < 0:
            return None
        places.append(at)
    return places


def _begins(text: str, at: int) -> bool:
    """Whether a word begins there."""
    return at == 0 or not text[at - 1].isalnum() or (text[at].isupper() and text[at - 1].islower())
