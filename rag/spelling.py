"""A misspelt term → the term of the index that was meant (pure).

Distance: insertions, deletions, substitutions and swaps of neighbours (Damerau-Levenshtein, optimal
string alignment); one is forgiven in a term of six letters or more, two in nine or more.
"""

from __future__ import annotations

from collections.abc import Mapping

SHORTEST = 6
_LONG = 9


def meant(term: str, vocabulary: Mapping[str, int]) -> str | None:
    """The term of the vocabulary (term → frequency) that `term` most likely misspells: the nearest
    within reach, then the most frequent. None for short terms, numbers and terms without a neighbour."""
    if len(term) < SHORTEST or not term.isalpha():
        return None
    most = 2 if len(term) >= _LONG else 1
    letters = set(term)
    near = [
        (distance(term, t, most), -n, t)
        for t, n in vocabulary.items()
        if abs(len(t) - len(term)) <= most and len(letters.difference(t)) <= most  # an edit adds one at most
    ]
    within = [found for found in near if found[0] <= most]
    return min(within)[2] if within else None


def distance(a: str, b: str, most: int) -> int:
    """The distance of two terms; any number above `most` where it exceeds that."""
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        above, before = before, row
        row = [i] + [0] * len(b)
        for j, y in enumerate(b, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], above[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
