"""Exact nearest neighbours over the stored vectors (FAISS), and the file that saves building them.

The file `vectors-GENERATION.faiss` is derived: FAISS's own format followed by a SHA-256 over the
index's identity, the generation and those bytes. Whatever does not match is built again from SQLite.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.database import Database, writer_lock
from rag.errors import DimensionError, IndexBusy, IndexStateError
from rag.schema import damaged
from rag.types import Vectors

Ids = NDArray[np.int64]
_DIGEST_BYTES = 32
_BLOCK_BYTES = 1 << 20
_FETCH = 4096
_log = logging.getLogger(__name__)


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
        if row.shape != (1, self._index.d):
            raise DimensionError(
                f"The question's vector has the shape {row.shape}, the index stores {self._index.d} numbers each: "
                "use the embedding model that the index was built with."
            )
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
        import faiss

        target = vectors_file(directory, generation)
        draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
        try:
            faiss.write_index(self._index, str(draft))
            digest = _digest(draft, draft.stat().st_size, identity, generation)
            with draft.open("ab") as file:
                file.write(digest)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        for other in (*directory.glob("vectors-*.faiss"), *directory.glob(".vectors-*.draft")):
            if other != target:
                other.unlink(missing_ok=True)

    @classmethod
    def load(cls, directory: Path, identity: str, generation: int, ids: Ids, dimension: int) -> Nearest:
        """Raises StaleVectors unless the file holds exactly `ids` for this generation."""
        path = vectors_file(directory, generation)
        if not path.is_file():
            raise StaleVectors("out of date" if any(directory.glob("vectors-*.faiss")) else "missing")
        size = path.stat().st_size - _DIGEST_BYTES
        if size <= 0 or _digest(path, size, identity, generation) != _stored_digest(path):
            raise StaleVectors("damaged")
        import faiss

        nearest = cls(faiss.read_index(str(path)))
        if nearest._index.d != dimension or not np.array_equal(nearest.ids, ids):
            raise StaleVectors("of other chunks")
        return nearest


class Derived:
    """The Nearest of a database's current snapshot, from the file if that can be trusted.

    `tell` hears, in one line, of every file that had to be built again though nothing had changed.
    """

    def __init__(self, database: Database, tell: Callable[[str], None]) -> None:
        self._db = database
        self._tell = tell
        self._opened_at = database.meta.generation
        self._nearest: Nearest | None = None

    def forget(self) -> None:
        """The snapshot has moved."""
        self._nearest = None

    def nearest(self) -> Nearest:
        with self._db.mutex:
            if self._nearest is None:
                ids = self._ids()
                try:
                    self._nearest = self._load(ids)
                except StaleVectors as stale:
                    self._nearest = self._build(ids)
                    if not self._db.writes:
                        self._repair(self._nearest, stale)
            return self._nearest

    def save(self) -> None:
        """A writer brings the file up to its last commit."""
        with self._db.mutex:
            ids = self._ids()
            try:
                self._nearest = self._load(ids)
            except StaleVectors as stale:
                self._nearest = self._nearest or self._build(ids)
                self._save(self._nearest)
                if self._db.meta.generation == self._opened_at and len(ids):
                    self._tell(f"{self._finding(stale)}.")

    def _repair(self, nearest: Nearest, stale: StaleVectors) -> None:
        """Save what a reader had to build, unless somebody is about to write another."""
        try:
            with writer_lock(self._db.directory):
                if self._db.is_newest():
                    self._save(nearest)
                    self._tell(f"{self._finding(stale)}.")
        except IndexBusy:
            _log.debug("%s in memory: another process is indexing.", self._finding(stale))
        except (OSError, IndexStateError):
            self._tell(f"{self._finding(stale)} in memory: the folder cannot be written to.")

    def _finding(self, stale: StaleVectors) -> str:
        return f"The vector file of {self._db.directory} was {stale}; it was built again"

    def _ids(self) -> Ids:
        return np.array([i for (i,) in self._db.rows("SELECT id FROM chunks ORDER BY id")], dtype=np.int64)

    def _load(self, ids: Ids) -> Nearest:
        meta = self._db.meta
        return Nearest.load(self._db.directory, meta.identity, meta.generation, ids, meta.dimension)

    def _save(self, nearest: Nearest) -> None:
        nearest.save(self._db.directory, self._db.meta.identity, self._db.meta.generation)

    def _build(self, ids: Ids) -> Nearest:
        directory, dimension = self._db.directory, self._db.meta.dimension
        vectors = np.empty((len(ids), dimension), dtype=np.float32)
        filled = 0
        for batch in self._db.batches("SELECT vector FROM vectors ORDER BY chunk_id", _FETCH):
            if filled + len(batch) > len(ids):
                raise damaged(directory, "more vectors than chunks")
            vectors[filled : filled + len(batch)] = matrix([blob for (blob,) in batch], dimension, directory)
            filled += len(batch)
        if filled < len(ids):
            raise damaged(directory, "more chunks than vectors")
        return Nearest.build(ids, vectors, dimension)


def matrix(blobs: Sequence[bytes], dimension: int, directory: Path) -> Vectors:
    """Stored vectors as rows (n, d). Raises IndexDamaged if one has another size."""
    if any(len(blob) != 4 * dimension for blob in blobs):
        raise damaged(directory, "a vector of another size")
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), dimension)


def vectors_file(directory: Path, generation: int) -> Path:
    return directory / f"vectors-{generation}.faiss"


def _digest(path: Path, size: int, identity: str, generation: int) -> bytes:
    digest = hashlib.sha256(f"{identity} {generation} ".encode())
    with path.open("rb") as file:
        while size > 0:
            block = file.read(min(size, _BLOCK_BYTES))
            if not block:
                break
            digest.update(block)
            size -= len(block)
    return digest.digest()


def _stored_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-_DIGEST_BYTES, os.SEEK_END)
        return file.read()
