"""BM25 over a large index: for every term the chunks that hold it, in one file mapped into memory.

They are derived from the full text in SQLite, as the vectors beside them are. Their scores are FTS5's (same
formula, same constants, same counts). FTS5 looks up the length of every chunk that holds any of the terms; here
a frequent term is read for those chunks alone that rarer terms bring near the best (MaxScore: Turtle and Flood,
Query evaluation: strategies and optimizations, 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75
LEAST_IDF = 1e-6
"""The constants of https://www.sqlite.org/fts5.html#the_bm25_function."""
MOST_COUNTED = 255
"""A term's occurrences in one chunk are counted up to here."""
_BLOCK = 128
_FREQUENT = 0.01
"""A term in this share of the chunks is worth asking first whether all of its postings must be read."""
_WORTH = 0.1
"""Finding a place among a term's postings takes some ten times as long as reading one of them."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Term:
    """Its postings lie at [begin:end]; no chunk gets more from it than `most`."""

    begin: int
    end: int
    idf: float

    @property
    def most(self) -> float:
        return self.idf * (K1 + 1)


@dataclass(frozen=True)
class Postings:
    """Terms are in the order of their UTF-8 bytes, chunks in the order of their ids.

    words (bytes), word_ends (t + 1,), starts (t + 1,): the postings of term i are positions[starts[i] :
    starts[i + 1]] (places in `ids`, rising) and counts, of the same length. ids (n,), lengths (n,) in terms.
    """

    words: NDArray[np.uint8]
    word_ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    positions: NDArray[np.uint32]
    counts: NDArray[np.uint8]
    ids: Ids
    lengths: NDArray[np.uint32]

    def search(self, terms: Sequence[str], k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """The k chunks of `allowed` (rising; of all, if None) of the best BM25 score that hold any of the
        terms, as (id, score), ties by id."""
        wanted = sorted(filter(None, map(self._term, dict.fromkeys(terms))), key=lambda term: -term.idf)
        scores = np.zeros(len(self.ids))
        inside = np.zeros(0, dtype=bool)
        if allowed is not None:
            inside = np.zeros(len(scores), dtype=bool)
            inside[places(self.ids, allowed)] = True
        near = None
        for i, term in enumerate(wanted):
            rest = sum(one.most for one in wanted[i:])
            if near is None and i and term.end - term.begin > _FREQUENT * len(scores):
                if len(inside):
                    scores *= inside
                near = _near(scores, k, rest, _WORTH * (term.end - term.begin))
            if near is None:
                self._add(scores, term)
            else:
                near = near[scores[near] >= _kth(scores[near], k) - rest]
                self._add_to(scores, term, near)
        if near is None:
            if len(inside):
                scores *= inside
            near = _near(scores, k, 0.0)
        found = np.flatnonzero(scores) if near is None else near.astype(np.intp)
        found = found[scores[found] >= _kth(scores[found], k)]
        order = found[np.lexsort((found, -scores[found]))[:k]]
        return [(int(self.ids[at]), float(scores[at])) for at in order]

    def frequency(self, term: str) -> int:
        """In how many chunks the term occurs."""
        at = self._place(term)
        return 0 if at is None else int(self.starts[at + 1] - self.starts[at])

    def vocabulary(self, prefix: str) -> dict[str, int]:
        """The terms that begin with `prefix`, and in how many chunks each occurs."""
        wanted = prefix.encode("utf-8", "replace")
        first = self._first_from(wanted)
        last = self._first_from(wanted + b"\xff")
        ends = self.word_ends[first : last + 1].tolist()
        if not ends:
            return {}
        blob, base = self.words[ends[0] : ends[-1]].tobytes(), ends[0]
        names = [blob[a - base : b - base].decode() for a, b in pairwise(ends)]
        return dict(zip(names, np.diff(self.starts[first : last + 1]).tolist(), strict=True))

    def _term(self, term: str) -> _Term | None:
        at = self._place(term)
        if at is None:
            return None
        begin, end = int(self.starts[at]), int(self.starts[at + 1])
        n, holding = len(self.ids), end - begin
        return _Term(begin, end, max(float(np.log((n - holding + 0.5) / (holding + 0.5))), LEAST_IDF))

    def _add(self, scores: NDArray[np.float64], term: _Term) -> None:
        where = self.positions[term.begin : term.end].astype(np.intp)
        scores[where] += self._gain(term, where, self.counts[term.begin : term.end])

    def _add_to(self, scores: NDArray[np.float64], term: _Term, near: NDArray[np.uint32]) -> None:
        """To the chunks `near` (rising) alone."""
        holding = self.positions[term.begin : term.end]
        at = np.searchsorted(holding, near)
        there = at < len(holding)
        there[there] = holding[at[there]] == near[there]
        where = near[there].astype(np.intp)
        scores[where] += self._gain(term, where, self.counts[term.begin : term.end][at[there]])

    def _gain(self, term: _Term, where: NDArray[np.intp], counts: NDArray[np.uint8]) -> NDArray[np.float64]:
        gain: NDArray[np.float64] = term.most * counts / (counts + self._norms[where])
        return gain

    @cached_property
    def _norms(self) -> NDArray[np.float64]:
        average = float(self.lengths.mean(dtype=np.float64)) if len(self.ids) else 1.0
        return K1 * (1 - B + B / average * self.lengths.astype(np.float64))

    def _place(self, term: str) -> int | None:
        wanted = term.encode("utf-8", "replace")
        at = self._first_from(wanted)
        return at if at < len(self.starts) - 1 and self._word(at) == wanted else None

    def _first_from(self, wanted: bytes) -> int:
        """The first term that is not before `wanted`."""
        low, high = 0, len(self.starts) - 1
        while low < high:
            middle = (low + high) // 2
            if self._word(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _word(self, at: int) -> bytes:
        return self.words[int(self.word_ends[at]) : int(self.word_ends[at + 1])].tobytes()


def places(ids: Ids, wanted: Ids) -> NDArray[np.intp]:
    """Where those of `wanted` that are there lie in `ids`; both rising."""
    at = np.searchsorted(ids, wanted)
    at = at[at < len(ids)]
    return np.asarray(at[ids[at] == wanted[: len(at)]], dtype=np.intp)


def _near(
    scores: NDArray[np.float64], k: int, rest: float, most: float = np.inf
) -> NDArray[np.uint32] | None:
    """The places, rising, of those that may be among the k best once they have got `rest` more at most; None
    where nothing can be left out, or where more than `most` are left."""
    least = _bar(scores, k) - rest
    if least <= 0:
        return None
    found = scores >= least
    return np.flatnonzero(found).astype(np.uint32) if np.count_nonzero(found) <= most else None


def _bar(scores: NDArray[np.float64], k: int) -> float:
    """Not above the k-th highest score: the k-th highest of the blocks' maxima."""
    if not 0 < k <= -(-len(scores) // _BLOCK):
        return 0.0
    return _kth(np.maximum.reduceat(scores, np.arange(0, len(scores), _BLOCK)), k)


def _kth(scores: NDArray[np.float64], k: int) -> float:
    """The k-th highest, 0 where there are fewer."""
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) if 0 < k <= len(scores) else 0.0
