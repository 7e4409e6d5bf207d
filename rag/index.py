"""The index on disk: SQLite, which is the truth, and FAISS, which is derived from it.

A reader works on the snapshot it opened and sees newer commits only after `refresh`. A commit is one
transaction: whatever happens, the next reader finds the generation before it or the one after.
"""

from __future__ import annotations

import difflib
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from rag import rows, writing
from rag.clustered import Recall
from rag.database import Database, writer_lock
from rag.derived import Derived
from rag.errors import IndexMismatch, UsageError
from rag.large import merged
from rag.schema import DATABASE, SCHEMA_VERSION, Meta, create_database, damaged
from rag.types import Chunk, Document, Embedder, Filters, IndexInfo, Metadata, Sentence, Skipped, Vectors
from rag.vectors import Ids, matrix
from rag.writing import Entry, Location

_CHUNKS_WHERE = "SELECT chunks.id FROM chunks JOIN documents ON documents.id = document_id WHERE {}"
_SPANS_WHERE = """SELECT first.id, last.id, documents.chunks FROM documents
JOIN chunks AS first ON first.document_id = documents.id AND first.ordinal = 0
JOIN chunks AS last ON last.document_id = documents.id AND last.ordinal = documents.chunks - 1 WHERE {}"""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text; `chunks`, `sentences`, `characters` and `pages` are counts."""

    path: str
    metadata: Metadata
    content_hash: str
    chunks: int
    sentences: int
    characters: int
    pages: int


class Index:
    """The one reader and writer of an index directory; may be shared between threads.

    Scores: higher is better. Every method may raise IndexDamaged or IndexBusy.
    """

    def __init__(self, database: Database, on_repair: Callable[[str], None] | None = None) -> None:
        self.directory = database.directory
        self._db = database
        self._derived = Derived(database, on_repair or _log.warning)
        self._passing: tuple[Meta, Filters, Ids] | None = None

    @classmethod
    def create(cls, directory: Path | str, embedder: Embedder, chunk_tokens: int) -> Index:
        """A new, empty index, open for writing. Raises UsageError if there is one already, IndexBusy."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        with writer_lock(directory):
            if (directory / DATABASE).exists():
                raise UsageError(
                    f"There is an index at {directory} already: run `rag index PATH --index {directory}` to add "
                    "to it, with --rebuild to replace it."
                )
            for draft in directory.glob(f".{DATABASE}.*.draft"):
                draft.unlink()
            create_database(directory / DATABASE, _new_meta(embedder, chunk_tokens))
        return cls.open(directory, read_only=False)

    @classmethod
    def open(
        cls, directory: Path | str, read_only: bool = True, on_repair: Callable[[str], None] | None = None
    ) -> Index:
        """`on_repair` is told, in one line, when derived data had to be built again; else it is logged.

        Raises IndexMissing, IndexDamaged, IndexTooNew, and for a second writer IndexBusy.
        """
        return cls(Database.open(Path(directory), read_only), on_repair)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def refresh(self) -> bool:
        """Take up what another process has committed since; True if there was anything.

        Chunk ids of replaced documents are gone afterwards, so refresh between questions.
        """
        with self._db.mutex:
            changed = self._db.refresh()
            if changed:
                self._derived.forget()
            return changed

    @property
    def meta(self) -> Meta:
        return self._db.meta

    def info(self) -> IndexInfo:
        return IndexInfo(self.meta.generation, self.meta.embedding_model, self.chunk_count())

    def check_embedder(self, embedder: Embedder) -> None:
        """Raises IndexMismatch if the vectors here are not this embedder's."""
        if (self.meta.fingerprint, self.meta.dimension) != (embedder.fingerprint, embedder.dimension):
            raise IndexMismatch(
                f"The index at {self.directory} was built with {self.meta.embedding_model} "
                f"({self.meta.fingerprint[:8]}, {self.meta.dimension} dimensions), not with {embedder.name} "
                f"({embedder.fingerprint[:8]}, {embedder.dimension}): run `rag index --rebuild`."
            )

    def dense(self, query: Vectors, k: int, filters: Filters | None = None) -> list[tuple[int, float]]:
        """The k chunks of the largest inner product with `query` (1, d), as (chunk id, score).

        Among the documents that pass the filters; ties by id. Exact while the index is small; in a large one
        the scores are, and `recall` tells how many of the best are found. Raises DimensionError.
        """
        with self._db.mutex:
            large = self._derived.large()
            search = large.dense if large else self._derived.nearest().search
            allowed = self.passing(filters)
        return search(query, k, allowed)

    def bm25(
        self, query_terms: Sequence[str], k: int, filters: Filters | None = None
    ) -> list[tuple[int, float]]:
        """The k chunks of the best BM25 score that hold any of the terms, ties by id.

        A term counts once however often it is given. k1 = 1.2 and b = 0.75 are FTS5's constants, its
        idf is log((N - n + 0.5) / (n + 0.5)), at least 1e-6
        (https://www.sqlite.org/fts5.html#the_bm25_function). N and n are those of the whole index,
        whatever the filters.
        """
        wanted = rows.searchable(query_terms)
        if not wanted or k <= 0:
            return []
        with self._db.mutex:
            large = self._derived.large()
            if large is None:
                return self._bm25_by_fts5(wanted, k, filters)
            allowed = self.passing(filters)
            newer = self._bm25_by_fts5(wanted, k, filters, large.last) if len(large.newer) else []
        return merged(large.bm25(wanted, k, allowed), newer, k)

    def vocabulary(self, prefix: str) -> dict[str, int]:
        """The terms that begin with `prefix` (not empty), and in how many chunks each occurs."""
        if large := self._derived.large():
            return large.postings.vocabulary(prefix)
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        found = self._db.rows(
            "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ?", (prefix, after)
        )
        return {str(term): int(count) for term, count in found}

    def term_document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many chunks each term occurs; 0 where in none."""
        large = self._derived.large()
        known = {term: large.postings.frequency(term) for term in terms} if large else {}
        return {
            term: known.get(term)
            or sum(n for (n,) in self._db.rows("SELECT doc FROM vocabulary WHERE term = ?", (term,)))
            for term in terms
        }

    def passing(self, filters: Filters | None) -> Ids | None:
        """The ids of the chunks whose documents pass, rising; None for all. The chunks of a document have
        consecutive ids, as one writer adds them in one transaction. Those of the last filters are kept."""
        if filters is None or not rows.restricts(filters):
            return None
        with self._db.mutex:
            kept = self._passing
            if kept is None or kept[:2] != (self.meta, filters):
                self._passing = kept = self.meta, filters, self._passing_anew(filters)
            return kept[2]

    def recall(self) -> Recall | None:
        """How many of the nearest chunks dense search finds; None where it finds them all."""
        large = self._derived.large()
        return large.recall if large else None

    def chunk_count(self) -> int:
        return self._db.chunk_count()

    def all_chunk_ids(self) -> list[int]:
        return [int(chunk_id) for chunk_id in self._db.chunk_ids()]

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks by id, in the order asked; an id that this generation does not have is left out."""
        found = {
            chunk_id: Chunk(*fields)
            for chunk_id, *fields in self._db.rows_of(
                """SELECT chunks.id, documents.path, start, stop, chunks.text, heading
                FROM chunks JOIN documents ON documents.id = document_id WHERE chunks.id IN ({})""",
                ids,
            )
        }
        return {i: found[i] for i in ids if i in found}

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """(len(ids), d), in the order asked. Raises UsageError for an id that is not there."""
        found = dict(self._db.rows_of("SELECT chunk_id, vector FROM vectors WHERE chunk_id IN ({})", ids))
        if missing := [i for i in ids if i not in found]:
            raise UsageError(f"No chunk {missing[0]} in this generation of the index: search again.")
        return self._matrix([found[i] for i in ids])

    def neighbours(self, chunk_id: int) -> tuple[int | None, int | None]:
        """The ids of the chunks before and after, within the same document."""
        near = dict(
            self._db.rows(
                """SELECT near.ordinal - here.ordinal, near.id FROM chunks AS here
                JOIN chunks AS near ON near.document_id = here.document_id
                AND near.ordinal IN (here.ordinal - 1, here.ordinal + 1) WHERE here.id = ?""",
                (chunk_id,),
            )
        )
        return near.get(-1), near.get(1)

    def documents(self) -> list[DocumentSummary]:
        """All documents, by path."""
        found = self._db.rows(
            """SELECT path, metadata, content_hash, chunks, sentences, characters, pages
            FROM documents ORDER BY path"""
        )
        with self._decoding():
            return [
                DocumentSummary(path, rows.parse_metadata(metadata), *counts)
                for path, metadata, *counts in found
            ]

    def document(self, path: str) -> Document:
        """Raises UsageError, naming paths that look alike, if there is none."""
        found = self._db.rows(
            "SELECT path, text, content_hash, metadata, layout FROM documents WHERE path = ?", (path,)
        )
        if not found:
            raise self._no_document(path)
        with self._decoding():
            return rows.parse_document(*found[0])

    def sentences(self, path: str, start: int, end: int) -> list[Sentence]:
        """The sentences that overlap start:end, in reading order. Raises UsageError for an unknown path."""
        return self.sentences_with_vectors(path, start, end)[0]

    def sentences_with_vectors(self, path: str, start: int, end: int) -> tuple[list[Sentence], Vectors]:
        """The sentences that overlap start:end, and their vectors (n, d)."""
        found = self._db.rows(
            """SELECT start, stop, sentences.text, vector FROM sentences
            JOIN documents ON documents.id = document_id
            WHERE path = ? AND stop > ? AND start < ? ORDER BY start, stop""",
            (path, start, end),
        )
        if not found and not self._db.rows("SELECT 1 FROM documents WHERE path = ?", (path,)):
            raise self._no_document(path)
        return [Sentence(*fields) for *fields, _ in found], self._matrix([vector for *_, vector in found])

    def skipped(self) -> list[Skipped]:
        """What the last indexing run could not read."""
        return [
            Skipped(*fields) for fields in self._db.rows("SELECT path, reason FROM skipped ORDER BY path")
        ]

    def locations(self) -> list[Location]:
        """Where every document came from, by path."""
        return self._locations("documents")

    def copies(self) -> list[Location]:
        """Files that hold the same bytes as a document, by path."""
        return self._locations("copies")

    def extras(self, paths: Sequence[str]) -> dict[str, str]:
        """The JSON that was stored beside each of these documents."""
        return dict(self._db.rows_of("SELECT path, extra FROM documents WHERE path IN ({})", paths))

    def known_vectors(self, hashes: Iterable[bytes]) -> dict[bytes, Vectors]:
        """The stored vectors (d,) of texts that were embedded before, by `rows.text_hash`."""
        wanted = list(dict.fromkeys(hashes))
        found = [
            *self._db.rows_of(
                "SELECT hash, vector FROM chunks JOIN vectors ON chunk_id = id WHERE hash IN ({})", wanted
            ),
            *self._db.rows_of("SELECT hash, vector FROM sentences WHERE hash IN ({})", wanted),
        ]
        matrix = self._matrix([vector for _, vector in found])
        return {key: matrix[i] for i, (key, _) in enumerate(found)}

    def commit(self, add: Sequence[Entry] = (), drop: Iterable[str] = ()) -> int:
        """Drop the documents at these paths, then add these, in one transaction.

        Returns the new generation, the same one if there was nothing to do. Raises DimensionError.
        """
        drop = list(drop)
        if add or drop:
            with self._db.transaction() as connection:
                writing.remove(connection, drop)
                for entry in add:
                    writing.insert(connection, entry, self.meta.dimension)
                connection.execute("UPDATE meta SET generation = generation + 1")
            self._derived.forget()
        return self.meta.generation

    def relocate(self, moved: Iterable[tuple[str, str]]) -> None:
        """Note that what was indexed from one root lies at another now, as (old, new)."""
        with self._db.transaction() as connection:
            for old, new in moved:
                writing.relocate(connection, old, new)

    def record(self, copies: Sequence[Location], skipped: Sequence[Skipped]) -> None:
        """Store what a run found besides documents, in place of what the last one did."""
        with self._db.transaction() as connection:
            writing.record(connection, copies, skipped)

    def save_vectors(self) -> None:
        """Bring the FAISS file up to this generation; a writer does this once, after its last commit."""
        self._derived.save()
        self._db.checkpoint()

    def verify(self) -> None:
        """Read everything and compare; raises IndexDamaged with the first contradiction."""
        with self._db.connection() as connection:
            for problem in writing.contradictions(connection, self.meta.dimension):
                raise damaged(self.directory, problem)

    def replace_with(self, other: Index) -> None:
        """Take over the whole of another index in one transaction, as the generation after this one."""
        self._db.replace_with(other._db)
        self._derived.forget()

    def _passing_anew(self, filters: Filters) -> Ids:
        condition, values = rows.document_condition(filters)
        spans = self._db.rows(_SPANS_WHERE.format(condition), values)
        if any(last - first + 1 != chunks for first, last, chunks in spans):
            raise damaged(self.directory, "a document whose chunks do not follow each other")
        return np.concatenate([np.zeros(0, np.int64), *(np.arange(a, b + 1) for a, b, _ in sorted(spans))])

    def _bm25_by_fts5(
        self, wanted: Sequence[str], k: int, filters: Filters | None, after: int = 0
    ) -> list[tuple[int, float]]:
        """Among the chunks with ids above `after`."""
        within, values = "", list[str]()
        if filters and rows.restricts(filters):
            condition, values = rows.document_condition(filters)
            # "+" keeps SQLite from running the full-text query anew for every chunk that passes.
            within = f"AND +rowid IN ({_CHUNKS_WHERE.format(condition)})"
        if after:
            within += f" AND rowid > {after}"
        found = self._db.rows(
            f"""SELECT rowid, -bm25(fulltext) AS score FROM fulltext WHERE fulltext MATCH ? {within}
            ORDER BY score DESC, rowid LIMIT ?""",
            (rows.match_expression(wanted), *values, k),
        )
        return [(int(chunk_id), float(score)) for chunk_id, score in found]

    def _matrix(self, blobs: Sequence[bytes]) -> Vectors:
        return matrix(blobs, self.meta.dimension, self.directory)

    def _locations(self, table: str) -> list[Location]:
        found = self._db.rows(
            f"SELECT path, root, relative, content_hash, sidecar_hash FROM {table} ORDER BY path"
        )
        return [Location(*fields) for fields in found]

    def _no_document(self, path: str) -> UsageError:
        paths = [location.path for location in self.locations()]
        near = [p for p in paths if p.endswith(f"/{path}")] or difflib.get_close_matches(path, paths, 3)
        hint = f"did you mean {', '.join(near[:3])}?" if near else "`rag index` lists what it holds."
        return UsageError(f"No document {path} in the index: {hint}")

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(self.directory, f"unreadable metadata, {error}") from error


def _new_meta(embedder: Embedder, chunk_tokens: int) -> Meta:
    return Meta(
        schema_version=SCHEMA_VERSION,
        identity=uuid.uuid4().hex,
        generation=0,
        embedding_model=embedder.name,
        fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        chunk_tokens=chunk_tokens,
    )
