"""Exact nearest neighbours over the stored vectors (FAISS), and the file that saves building them.

The file `vectors-GENERATION.faiss` is derived: FAISS's own format followed by a seal (`sealed`) that binds
it to the index and the generation. Whatever does not match is built again from SQLite.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.clustered import check_row
from rag.schema import damaged
from rag.sealed import Seal, read_footer
from rag.types import Vectors

Ids = NDArray[np.int64]
FETCHED = 8192
"""Rows that are read at once."""


class StaleVectors(Exception):
    """The saved file is not the one for this generation; its text says in which way."""


class Nearest:
    """Inner products of a query with every vector; higher is better. Never changes once built."""

    def __init__(self, faiss_index: Any) -> None:
        self._index = faiss_index

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors, dimension: int) -> Nearest:
        """ids (n,), vectors (n, dimension)."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
        return cls(index)

    @classmethod
    def gather(cls, batches: Iterable[tuple[Ids, Vectors]], dimension: int) -> Nearest:
        """Of ids (n,) and vectors (n, dimension), some at a time."""
        nearest = cls.build(np.zeros(0, np.int64), np.zeros((0, dimension), np.float32), dimension)
        for ids, vectors in batches:
            nearest._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
        return nearest

    @classmethod
    def read(cls, path: Path) -> Nearest:
        """From the beginning of a file, where `write` put it."""
        import faiss

        return cls(faiss.read_index(str(path)))

    def write(self, path: Path) -> None:
        import faiss

        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @property
    def ids(self) -> Ids:
        import faiss

        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """The k best of `allowed` (of all, if None) as (id, score), best first, ties by id.

        query (1, d) or (d,). Raises DimensionError if d differs from the stored vectors'.
        """
        import faiss

        row = np.ascontiguousarray(np.atleast_2d(query), dtype=np.float32)
        check_row(row, self.dimension)
        k = min(k, self._index.ntotal if allowed is None else len(allowed))
        if k <= 0:
            return []
        parameters, selector = None, None
        if allowed is not None:
            parameters, selector = faiss.SearchParameters(), faiss.IDSelectorBatch(allowed)
            parameters.sel = selector
        scores, ids = self._index.search(row, k, params=parameters)
        found = [(int(i), float(score)) for i, score in zip(ids[0], scores[0], strict=True) if i != -1]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def save(self, directory: Path, identity: str, generation: int) -> None:
        """Write the file whole or not at all, then remove those of other generations."""

        def write(draft: Path) -> None:
            self.write(draft)
            Seal(identity, generation).close(draft)

        put(directory, generation, write)

    @classmethod
    def load(cls, directory: Path, identity: str, generation: int, ids: Ids, dimension: int) -> Nearest:
        """Raises StaleVectors unless the file holds exactly `ids` for this generation."""
        path = vectors_file(directory, generation)
        if not path.is_file():
            raise absent(directory)
        if not Seal(identity, generation).holds(path):
            raise StaleVectors("damaged")
        if read_footer(path):
            raise StaleVectors("of the kind for large indexes")
        nearest = cls.read(path)
        if nearest.dimension != dimension or not np.array_equal(nearest.ids, ids):
            raise StaleVectors("of other chunks")
        return nearest


def put(directory: Path, generation: int, write: Callable[[Path], None]) -> None:
    """Have the file of a generation written, whole or not at all, then remove those of the others."""
    target = vectors_file(directory, generation)
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        write(draft)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    for other in (*directory.glob("vectors-*.faiss"), *directory.glob(".vectors-*.draft")):
        if other != target:
            other.unlink(missing_ok=True)


def absent(directory: Path) -> StaleVectors:
    return StaleVectors("out of date" if any(directory.glob("vectors-*.faiss")) else "missing")


def matrix(blobs: Sequence[bytes], dimension: int, directory: Path) -> Vectors:
    """Stored vectors as rows (n, d). Raises IndexDamaged if one has another size."""
    if any(len(blob) != 4 * dimension for blob in blobs):
        raise damaged(directory, "a vector of another size")
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), dimension)


def vectors_file(directory: Path, generation: int) -> Path:
    return directory / f"vectors-{generation}.faiss"
