"""What one commit puts into the tables, takes out of them, and what must agree afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag import rows
from rag.chunks import embedded_text
from rag.errors import DimensionError
from rag.terms import terms
from rag.types import Chunk, Document, Sentence, Skipped, Vectors


@dataclass(frozen=True, slots=True)
class Location:
    """Where a document came from: `root` is the indexed folder, file or address, `relative` the path
    below it ("" if the root is the document itself)."""

    path: str
    root: str
    relative: str
    content_hash: str
    sidecar_hash: str = ""

    @property
    def place(self) -> str:
        """The file or address itself."""
        return f"{self.root}/{self.relative}" if self.relative else self.root


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be stored.

    chunk_vectors (chunks, d) and sentence_vectors (sentences, d) are in the order of their texts.
    `extra` is any JSON object that somebody wants back with the document.
    """

    document: Document
    chunks: tuple[Chunk, ...]
    chunk_vectors: Vectors
    sentences: tuple[Sentence, ...]
    sentence_vectors: Vectors
    root: str = ""
    relative: str = ""
    sidecar_hash: str = ""
    extra: dict[str, object] = field(default_factory=dict)


def insert(connection: sqlite3.Connection, entry: Entry, dimension: int) -> None:
    """Raises DimensionError unless there is one vector of that size per chunk and sentence."""
    _check_vectors(entry, dimension)
    document_id = _insert_document(connection, entry)
    for ordinal, (chunk, vector) in enumerate(zip(entry.chunks, entry.chunk_vectors, strict=True)):
        _insert_chunk(connection, document_id, ordinal, chunk, vector)
    connection.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?)",
        [
            (document_id, s.start, s.end, s.text, rows.text_hash(s.text), _blob(vector))
            for s, vector in zip(entry.sentences, entry.sentence_vectors, strict=True)
        ],
    )


def remove(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    for path in paths:
        connection.execute(
            """DELETE FROM fulltext WHERE rowid IN
            (SELECT chunks.id FROM chunks JOIN documents ON documents.id = document_id WHERE path = ?)""",
            (path,),
        )
        connection.execute("DELETE FROM documents WHERE path = ?", (path,))


def relocate(connection: sqlite3.Connection, old_root: str, new_root: str) -> None:
    for table in ("documents", "copies"):
        connection.execute(f"UPDATE {table} SET root = ? WHERE root = ?", (new_root, old_root))


def record(connection: sqlite3.Connection, copies: Sequence[Location], skipped: Sequence[Skipped]) -> None:
    connection.execute("DELETE FROM copies")
    connection.executemany(
        "INSERT INTO copies VALUES (?, ?, ?, ?, ?)",
        [(c.path, c.root, c.relative, c.content_hash, c.sidecar_hash) for c in copies],
    )
    connection.execute("DELETE FROM skipped")
    connection.executemany(
        "INSERT OR REPLACE INTO skipped VALUES (?, ?)", [(s.path, s.reason) for s in skipped]
    )


def contradictions(connection: sqlite3.Connection, dimension: int) -> Iterator[str]:
    """One line for everything in the database that cannot be."""
    for (finding,) in connection.execute("PRAGMA integrity_check"):
        if finding != "ok":
            yield str(finding)
    yield from _uneven_counts(connection, dimension)
    for path, text in connection.execute("SELECT path, text FROM documents"):
        yield from _misplaced(connection, path, text)


def _check_vectors(entry: Entry, dimension: int) -> None:
    expected = ((len(entry.chunks), dimension), (len(entry.sentences), dimension))
    shapes = (entry.chunk_vectors.shape, entry.sentence_vectors.shape)
    if shapes != expected:
        raise DimensionError(
            f"{entry.document.path}: vectors of the shapes {shapes} do not fit {expected}: embed every chunk and "
            "sentence with the model that the index was built with."
        )


def _insert_document(connection: sqlite3.Connection, entry: Entry) -> int:
    document = entry.document
    values: Sequence[object] = (
        document.path,
        entry.root,
        entry.relative,
        document.content_hash,
        entry.sidecar_hash,
        *rows.filter_columns(document.metadata),
        rows.metadata_json(document.metadata),
        rows.layout_json(document),
        rows.extra_json(entry.extra),
        len(document.pages),
        len(entry.chunks),
        len(entry.sentences),
        len(document.text),
        document.text,
    )
    inserted = connection.execute(
        f"INSERT INTO documents VALUES (NULL, {', '.join('?' * len(values))}) RETURNING id", values
    ).fetchone()
    return int(inserted[0])


def _insert_chunk(
    connection: sqlite3.Connection, document_id: int, ordinal: int, chunk: Chunk, vector: Vectors
) -> None:
    seen = embedded_text(chunk)
    (chunk_id,) = connection.execute(
        "INSERT INTO chunks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (document_id, ordinal, chunk.start, chunk.end, chunk.heading, chunk.text, rows.text_hash(seen)),
    ).fetchone()
    connection.execute("INSERT INTO vectors VALUES (?, ?)", (chunk_id, _blob(vector)))
    connection.execute("INSERT INTO fulltext (rowid, terms) VALUES (?, ?)", (chunk_id, " ".join(terms(seen))))


def _blob(vector: Vectors) -> bytes:
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def _uneven_counts(connection: sqlite3.Connection, dimension: int) -> Iterator[str]:
    checks = {
        "a chunk without a vector": "SELECT count(*) FROM chunks LEFT JOIN vectors ON chunk_id = id "
        f"WHERE vector IS NULL OR length(vector) != {4 * dimension}",
        "a vector without a chunk": "SELECT count(*) FROM vectors WHERE chunk_id NOT IN (SELECT id FROM chunks)",
        "a sentence with a vector of another size": "SELECT count(*) FROM sentences "
        f"WHERE length(vector) != {4 * dimension}",
        "a chunk that full text does not know": "SELECT count(*) FROM chunks "
        "WHERE id NOT IN (SELECT rowid FROM fulltext)",
        "full text of a chunk that is not there": "SELECT count(*) FROM fulltext "
        "WHERE rowid NOT IN (SELECT id FROM chunks)",
        "a document whose chunks do not add up": "SELECT count(*) FROM documents WHERE chunks != "
        "(SELECT count(*) FROM chunks AS c WHERE c.document_id = documents.id)",
        "a document whose sentences do not add up": "SELECT count(*) FROM documents WHERE sentences != "
        "(SELECT count(*) FROM sentences AS s WHERE s.document_id = documents.id)",
    }
    for finding, sql in checks.items():
        if connection.execute(sql).fetchone()[0]:
            yield finding


def _misplaced(connection: sqlite3.Connection, path: str, text: str) -> Iterator[str]:
    for table in ("chunks", "sentences"):
        for start, stop, part in connection.execute(
            f"SELECT p.start, p.stop, p.text FROM {table} AS p JOIN documents AS d ON d.id = p.document_id "
            "WHERE d.path = ?",
            (path,),
        ):
            if text[start:stop] != part:
                yield f"{path} does not read at {start}:{stop} what its {table} say"
