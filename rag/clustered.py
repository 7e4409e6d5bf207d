"""Approximate nearest neighbours for large indexes: vectors in clusters, one byte a number (FAISS, IVF + SQ8).

A search reads the clusters nearest to the question and takes twice as many candidates as are wanted; the
stored vectors then decide, so that every score is exact and only who comes into question is approximate.
How many clusters are read is set when the index is built, by its recall against exact search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import DimensionError
from rag.types import Vectors

Ids = NDArray[np.int64]
Fetch = Callable[[Ids], tuple[Ids, Vectors]]
"""Ids → those that are there, and their stored vectors (n, d) in the same order."""
Batches = Callable[[], Iterable[tuple[Ids, Vectors]]]
"""Every id and vector, some at a time, from the beginning whenever it is called."""

PROBED = 100
"""Recall is measured to this depth: what dense search gives to the fusion."""
WANTED_RECALL = 0.97
PROBES = (32, 64, 128, 256, 512)
_TRAINED_ON = 40
"""Vectors a cluster is learned from, about what FAISS asks for at least (39)."""
_FEW = 2000
"""So many allowed chunks are compared one by one."""
_SPARE = 2


@dataclass(frozen=True, slots=True)
class Recall:
    """Measured when the index was built: the share of the exact 10 (100) best that were found, the mean over
    `questions` vectors that were not stored as they are; `probes` of `clusters` are read for a question."""

    at_10: float
    at_100: float
    questions: int
    probes: int
    clusters: int


class Clustered:
    """Inner products of a query with the vectors that may be nearest; never changes once built."""

    def __init__(self, faiss_index: Any, fetch: Fetch, probes: int) -> None:
        self._index = faiss_index
        self._fetch = fetch
        self._probes = probes

    @classmethod
    def map(cls, path: Path, fetch: Fetch, recall: Recall) -> Clustered:
        """Of a file written by `write`; its clusters stay on the disk until they are read."""
        import faiss

        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP), fetch, recall.probes)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """About the k best of `allowed` (of all, if None) as (id, score), best first, ties by id.

        query (1, d) or (d,). Exact where few are allowed. Raises DimensionError.
        """
        row = np.ascontiguousarray(np.atleast_2d(query), dtype=np.float32)
        check_row(row, self.dimension)
        if k <= 0 or (allowed is not None and not len(allowed)):
            return []
        few = allowed is not None and len(allowed) <= max(_FEW, _SPARE * k)
        candidates = allowed if allowed is not None and few else self._candidates(row, _SPARE * k, allowed)
        ids, vectors = self._fetch(candidates)
        return best(ids, vectors @ row[0], k)

    def _candidates(self, row: Vectors, wanted: int, allowed: Ids | None) -> Ids:
        import faiss

        parameters: Any = faiss.SearchParametersIVF()
        parameters.nprobe = self._probes_for(wanted, allowed)
        if allowed is not None:
            select: Any = faiss.IDSelectorBitmap
            selector = select(_bitmap(allowed))
            parameters.sel = selector
        _, found = self._index.search(row, min(wanted, len(self)), params=parameters)
        return np.asarray(found[0][found[0] >= 0], dtype=np.int64)

    def _probes_for(self, wanted: int, allowed: Ids | None) -> int:
        """The rarer what is allowed, the more clusters hold as much of it; enough for what is wanted."""
        share = 1.0 if allowed is None else len(allowed) / len(self)
        enough = 4 * wanted / len(self) * self._index.nlist
        return int(min(self._index.nlist, max(self._probes, enough) / share + 1))


def write(path: Path, batches: Batches, count: int, dimension: int, questions: Vectors) -> Recall:
    """Learn the clusters, fill them, and write them to `path`. Reads all vectors twice.

    questions (q, d): what recall is measured with. Needs about 160 vectors a cluster at once, in float32,
    and a quarter of all of them.
    """
    import faiss

    clusters = clusters_for(count)
    index: Any = faiss.index_factory(dimension, f"IVF{clusters},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.cp.spherical = True
    index.train(_sample(batches(), count, clusters * _TRAINED_ON, dimension))
    exact = _Exact(questions)
    for ids, vectors in batches():
        index.add_with_ids(vectors, ids)
        exact.add(ids, vectors)
    recall = _tuned(index, exact, questions)
    faiss.write_index(index, str(path))
    return recall


def clusters_for(count: int) -> int:
    """About 4 √n (https://github.com/facebookresearch/faiss/wiki/Guidelines-to-choose-an-index), a power of
    two, as long as each has enough vectors to be learned from."""
    most = max(count // (2 * _TRAINED_ON), 1)
    return 1 << int(np.log2(min(4 * np.sqrt(max(count, 1)), most)))


def recall_json(recall: Recall) -> dict[str, Any]:
    return asdict(recall)


def parse_recall(fields: Mapping[str, Any]) -> Recall:
    return Recall(**fields)


def best(ids: Ids, scores: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    order = np.lexsort((ids, -scores))[:k]
    return list(zip(ids[order].tolist(), scores[order].tolist(), strict=True))


def check_row(row: Vectors, dimension: int) -> None:
    if row.shape != (1, dimension):
        raise DimensionError(
            f"The question's vector has the shape {row.shape}, the index stores {dimension} numbers each: "
            "use the embedding model that the index was built with."
        )


class _Exact:
    """The exact best PROBED of every question, while the vectors pass by."""

    def __init__(self, questions: Vectors) -> None:
        self._questions = questions
        self.ids = np.zeros((len(questions), 0), dtype=np.int64)
        self._scores = np.zeros((len(questions), 0), dtype=np.float32)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        scores = np.hstack([self._scores, self._questions @ vectors.T])
        all_ids = np.hstack([self.ids, np.broadcast_to(ids, (len(self._questions), len(ids)))])
        if scores.shape[1] > PROBED:
            top = np.argpartition(-scores, PROBED, axis=1)[:, :PROBED]
            scores, all_ids = (np.take_along_axis(part, top, axis=1) for part in (scores, all_ids))
        order = np.argsort(-scores, axis=1)
        self._scores = np.take_along_axis(scores, order, axis=1)
        self.ids = np.take_along_axis(all_ids, order, axis=1)


def _tuned(index: Any, exact: _Exact, questions: Vectors) -> Recall:
    """The least of PROBES that reaches the wanted recall, else as many clusters as there are."""
    import faiss

    for probes in (*PROBES, index.nlist):
        parameters: Any = faiss.SearchParametersIVF()
        parameters.nprobe = min(probes, index.nlist)
        _, found = index.search(questions, _SPARE * PROBED, params=parameters)
        at_10, at_100 = (_share(found, exact.ids[:, :depth]) for depth in (10, PROBED))
        if at_100 >= WANTED_RECALL:
            break
    return Recall(at_10, at_100, len(questions), min(probes, index.nlist), index.nlist)


def _share(found: Ids, wanted: Ids) -> float:
    """The candidates are scored again, so who is among them is found."""
    hit = [len(np.intersect1d(a, b)) for a, b in zip(found, wanted, strict=True)]
    return float(np.sum(hit) / max(wanted.size, 1))


def _sample(batches: Iterable[tuple[Ids, Vectors]], count: int, wanted: int, dimension: int) -> Vectors:
    """Every so-many-th vector, about `wanted` of them: the same for the same index."""
    share = min(1.0, wanted / max(count, 1))
    rng = np.random.default_rng(0)
    taken = [vectors[rng.random(len(vectors)) < share] for _, vectors in batches]
    return np.concatenate([*taken, np.zeros((0, dimension), np.float32)])


def _bitmap(ids: Ids) -> NDArray[np.uint8]:
    bits = np.zeros(int(ids.max()) + 1, dtype=bool)
    bits[ids] = True
    return np.packbits(bits, bitorder="little")
