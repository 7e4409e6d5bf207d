"""What a snapshot is searched with: vectors alone while it is small, postings too once it is large.

Both come from the vector file if that can be trusted, else they are built from SQLite and saved.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rag.database import Database, writer_lock
from rag.errors import IndexBusy, IndexStateError
from rag.large import Large, map_large, write_large
from rag.schema import damaged
from rag.sealed import Seal
from rag.vectors import FETCHED, Ids, Nearest, StaleVectors, absent, matrix, put, vectors_file

LARGE_FROM = 10_000
"""Chunks from which the file holds postings too; chosen by measurement (docs/decisions/0013)."""
BEHIND = 0.05
"""A writer leaves the file of a large index as it is while less of it has changed; a reader uses it up to twice that."""
_log = logging.getLogger(__name__)


class Derived:
    """What searches a database's current snapshot.

    `tell` hears, in one line, of every file that had to be built again though nothing had changed.
    """

    def __init__(self, database: Database, tell: Callable[[str], None]) -> None:
        self._db = database
        self._tell = tell
        self._opened_at = database.meta.generation
        self._nearest: Nearest | None = None
        self._large: Large | None = None

    def forget(self) -> None:
        """The snapshot has moved."""
        self._nearest = self._large = None

    def large(self) -> Large | None:
        """None while the index is small: search `nearest` and the full text instead."""
        with self._db.mutex:
            if self._large is None and self._is_large():
                try:
                    self._large = self._newest_large(2 * BEHIND)
                except StaleVectors as stale:
                    self._large = self._large_anew(stale)
            return self._large

    def nearest(self) -> Nearest:
        with self._db.mutex:
            if self._nearest is None:
                ids = self._db.chunk_ids()
                try:
                    self._nearest = self._load(ids)
                except StaleVectors as stale:
                    self._nearest = nearest = self._build(ids)
                    if not self._db.writes:
                        self._repair(lambda: self._save(nearest), stale)
            return self._nearest

    def save(self) -> None:
        """A writer brings the file up to its last commit, or near it where it is large."""
        with self._db.mutex:
            try:
                if self._is_large():
                    self._large = self._newest_large(BEHIND, whole=True)
                else:
                    self._nearest = self._load(self._db.chunk_ids())
            except StaleVectors as stale:
                self._write()
                if self._db.meta.generation == self._opened_at and self._db.chunk_count():
                    self._tell(f"{self._finding(stale)}.")

    def _write(self) -> None:
        if self._is_large():
            self._save_large()
            self._large = self._newest_large(BEHIND)
        else:
            self._nearest = self._nearest or self._build(self._db.chunk_ids())
            self._save(self._nearest)

    def _is_large(self) -> bool:
        return self._db.chunk_count() >= LARGE_FROM

    def _newest_large(self, behind: float, whole: bool = False) -> Large:
        """Of the newest file that is not newer than the snapshot."""
        directory = self._db.directory
        generation = max((n for n in _generations(directory) if n <= self._db.meta.generation), default=None)
        if generation is None:
            raise absent(directory)
        found = map_large(vectors_file(directory, generation), self._db, self._seal(generation), whole)
        if found.behind > behind * self._db.chunk_count():
            raise StaleVectors("out of date")
        return found

    def _large_anew(self, stale: StaleVectors) -> Large:
        """Where it cannot be saved, in a file that goes when this snapshot does."""
        if not self._db.writes:
            self._repair(self._save_large, stale)
        try:
            return self._newest_large(2 * BEHIND)
        except StaleVectors:
            with tempfile.TemporaryDirectory() as folder:
                path, seal = Path(folder) / "vectors", self._seal(self._db.meta.generation)
                write_large(path, self._db, seal)
                return map_large(path, self._db, seal)

    def _repair(self, save: Callable[[], None], stale: StaleVectors) -> None:
        """Save what a reader had to build, unless somebody is about to write another."""
        try:
            with writer_lock(self._db.directory):
                if self._db.is_newest():
                    save()
                    self._tell(f"{self._finding(stale)}.")
        except IndexBusy:
            _log.debug("%s in memory: another process is indexing.", self._finding(stale))
        except (OSError, IndexStateError):
            self._tell(f"{self._finding(stale)} in memory: the folder cannot be written to.")

    def _finding(self, stale: StaleVectors) -> str:
        return f"The vector file of {self._db.directory} was {stale}; it was built again"

    def _seal(self, generation: int) -> Seal:
        return Seal(self._db.meta.identity, generation)

    def _load(self, ids: Ids) -> Nearest:
        meta = self._db.meta
        return Nearest.load(self._db.directory, meta.identity, meta.generation, ids, meta.dimension)

    def _save(self, nearest: Nearest) -> None:
        nearest.save(self._db.directory, self._db.meta.identity, self._db.meta.generation)

    def _save_large(self) -> None:
        generation = self._db.meta.generation
        put(self._db.directory, generation, lambda path: write_large(path, self._db, self._seal(generation)))

    def _build(self, ids: Ids) -> Nearest:
        directory, dimension = self._db.directory, self._db.meta.dimension
        vectors = np.empty((len(ids), dimension), dtype=np.float32)
        filled = 0
        for batch in self._db.batches("SELECT vector FROM vectors ORDER BY chunk_id", FETCHED):
            if filled + len(batch) > len(ids):
                raise damaged(directory, "more vectors than chunks")
            vectors[filled : filled + len(batch)] = matrix([blob for (blob,) in batch], dimension, directory)
            filled += len(batch)
        if filled < len(ids):
            raise damaged(directory, "more chunks than vectors")
        return Nearest.build(ids, vectors, dimension)


def _generations(directory: Path) -> list[int]:
    numbers = [path.stem.removeprefix("vectors-") for path in directory.glob("vectors-*.faiss")]
    return [int(number) for number in numbers if number.isdecimal()]
