"""What a large index searches with: vectors, in clusters where they are many, and postings in one file.

Chunk ids are never used twice and a chunk never changes, so a file of an earlier generation still holds for
the chunks that are left of it. Chunks that are newer than the file are few, and compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.clustered import Clustered, Ids, Recall, parse_recall, recall_json, write
from rag.database import Database
from rag.inverting import append_postings, map_postings
from rag.postings import Postings
from rag.schema import damaged
from rag.sealed import Seal, read_footer
from rag.types import Vectors
from rag.vectors import FETCHED, Nearest, StaleVectors, matrix

CLUSTERED_FROM = 50_000
"""Chunks from which dense search is approximate; chosen by measurement (docs/decisions/0013)."""
_QUESTIONS = 300
_ASKED_FROM_AFAR = 2.5
"""Length of the random vector that is added to a stored one to make a question; so made, they are as hard to find
the neighbours of as real questions are (docs/decisions/0013)."""


@dataclass(frozen=True, slots=True)
class Large:
    """The file of one generation, and how the snapshot differs: `newer` are the chunks that it lacks, `gone`
    (rising) those that it still has."""

    stored: Clustered | Nearest
    postings: Postings
    recall: Recall | None
    newer: Nearest
    gone: Ids

    @property
    def last(self) -> int:
        """The largest id in the file, 0 where it is empty."""
        return int(self.postings.ids[-1]) if len(self.postings.ids) else 0

    @property
    def behind(self) -> int:
        """Chunks in which the file and the snapshot differ."""
        return len(self.newer) + len(self.gone)

    def dense(self, query: Vectors, k: int, allowed: Ids | None) -> list[tuple[int, float]]:
        gone = len(self.gone)
        found = self.stored.search(query, k + (gone if self.recall is None else min(gone, k)), allowed)
        if gone:
            left_out = set(self.gone.tolist())
            found = [(i, score) for i, score in found if i not in left_out][:k]
        return merged(found, self.newer.search(query, k, allowed), k)

    def bm25(self, terms: list[str], k: int, allowed: Ids | None) -> list[tuple[int, float]]:
        """Among the chunks of the file, by the counts of its generation."""
        if len(self.gone):
            allowed = np.setdiff1d(self.postings.ids if allowed is None else allowed, self.gone)
        return self.postings.search(terms, k, allowed)


def merged(one: list[tuple[int, float]], other: list[tuple[int, float]], k: int) -> list[tuple[int, float]]:
    return sorted([*one, *other], key=lambda pair: (-pair[1], pair[0]))[:k] if other else one[:k]


def write_large(path: Path, database: Database, seal: Seal) -> None:
    """Build from the snapshot: two passes over the vectors, one over the full text. Raises IndexDamaged."""
    dimension, count = database.meta.dimension, database.chunk_count()

    def batches() -> Iterable[tuple[Ids, Vectors]]:
        for rows in database.batches("SELECT chunk_id, vector FROM vectors ORDER BY chunk_id", FETCHED):
            ids = np.array([i for i, _ in rows], dtype=np.int64)
            yield ids, matrix([blob for _, blob in rows], dimension, database.directory)

    texts = database.batches("SELECT rowid, terms FROM fulltext ORDER BY rowid", FETCHED)
    recall = None
    if count < CLUSTERED_FROM:
        Nearest.gather(batches(), dimension).write(path)
    else:
        recall = write(path, batches, count, dimension, _questions(database))
    layout = append_postings(path, texts)
    if layout["ids"][2] != count:
        raise damaged(database.directory, "not as many full texts as chunks")
    seal.close(path, {"recall": recall and recall_json(recall), "postings": layout})


def map_large(path: Path, database: Database, seal: Seal, whole: bool = False) -> Large:
    """Raises StaleVectors for a file that is damaged (`whole`: anywhere) or of another kind."""
    if not (seal.intact(path) if whole else seal.holds(path)):
        raise StaleVectors("damaged")
    footer = read_footer(path)
    if footer is None:
        raise StaleVectors("of the kind for small indexes")
    about, _ = footer
    recall = about["recall"] and parse_recall(about["recall"])
    postings = map_postings(path, about["postings"])
    stored: Clustered | Nearest
    if recall:
        stored = Clustered.map(path, lambda ids: stored_vectors(database, ids), recall)
    else:
        stored = Nearest.read(path)
    if len(stored) != len(postings.ids) or stored.dimension != database.meta.dimension:
        raise StaleVectors("of other chunks")
    return _beside(database, stored, postings, recall)


def stored_vectors(database: Database, ids: Ids) -> tuple[Ids, Vectors]:
    found = database.rows_of("SELECT chunk_id, vector FROM vectors WHERE chunk_id IN ({})", ids.tolist())
    vectors = matrix([blob for _, blob in found], database.meta.dimension, database.directory)
    return np.array([i for i, _ in found], dtype=np.int64), vectors


def _beside(
    database: Database, stored: Clustered | Nearest, postings: Postings, recall: Recall | None
) -> Large:
    last = int(postings.ids[-1]) if len(postings.ids) else 0
    added = database.rows(
        "SELECT chunk_id, vector FROM vectors WHERE chunk_id > ? ORDER BY chunk_id", (last,)
    )
    vectors = matrix([blob for _, blob in added], database.meta.dimension, database.directory)
    newer = Nearest.build(np.array([i for i, _ in added], np.int64), vectors, database.meta.dimension)
    gone = np.zeros(0, dtype=np.int64)
    if len(postings.ids) + len(added) != database.chunk_count():
        gone = np.setdiff1d(postings.ids, database.chunk_ids())
    return Large(stored, postings, recall, newer, gone)


def _questions(database: Database) -> Vectors:
    """Vectors to measure recall with: chunks of the index, seen from afar."""
    rng, meta = np.random.default_rng(0), database.meta
    ((last,),) = database.rows("SELECT max(rowid) FROM vectors")
    rowids = np.unique(rng.integers(1, last + 1, size=_QUESTIONS)).tolist()
    drawn = database.rows_of("SELECT vector FROM vectors WHERE rowid IN ({})", rowids)
    chunks = matrix([blob for (blob,) in drawn], meta.dimension, database.directory)
    noise = rng.standard_normal(chunks.shape) * _ASKED_FROM_AFAR / np.sqrt(meta.dimension)
    moved = chunks + noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)
