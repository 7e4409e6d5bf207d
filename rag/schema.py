"""The tables of an index, how to tell that a file has them, and how SQLite's failures are named."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexBusy, IndexDamaged, IndexStateError, IndexTooNew

DATABASE = "index.sqlite"
SCHEMA_VERSION = 1
APPLICATION_ID = 0x50524147
"""Marks the file as one of ours (PRAGMA application_id): "PRAG"."""

# The categories make every term one token whatever its punctuation, so that FTS5 counts our terms
# and not pieces of them.
_TABLES = f"""
CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    schema_version INTEGER NOT NULL,
    identity TEXT NOT NULL,
    generation INTEGER NOT NULL,
    embedding_model TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    chunk_tokens INTEGER NOT NULL
);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    root TEXT NOT NULL,
    relative TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    sidecar_hash TEXT NOT NULL,
    type TEXT,
    date_first TEXT,
    date_last TEXT,
    jurisdictions TEXT NOT NULL,
    metadata TEXT NOT NULL,
    layout TEXT NOT NULL,
    extra TEXT NOT NULL,
    pages INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    sentences INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE (document_id, ordinal)
);
CREATE INDEX chunks_by_hash ON chunks (hash);
CREATE TABLE vectors (
    chunk_id INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
    vector BLOB NOT NULL
);
CREATE TABLE sentences (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    text TEXT NOT NULL,
    hash BLOB NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (document_id, start, stop)
);
CREATE INDEX sentences_by_hash ON sentences (hash);
CREATE TABLE copies (
    path TEXT PRIMARY KEY,
    root TEXT NOT NULL,
    relative TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    sidecar_hash TEXT NOT NULL
);
CREATE TABLE skipped (
    path TEXT PRIMARY KEY,
    reason TEXT NOT NULL
);
CREATE VIRTUAL TABLE fulltext USING fts5 (
    terms,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('fulltext', 'row');
PRAGMA application_id = {APPLICATION_ID};
"""
_EXPECTED = frozenset(
    {"meta", "documents", "chunks", "vectors", "sentences", "copies", "skipped", "fulltext", "vocabulary"}
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What the index was built with. `identity` is drawn at random when an index is created or
    rebuilt; `generation` grows by one with every commit that changes documents."""

    schema_version: int
    identity: str
    generation: int
    embedding_model: str
    fingerprint: str
    dimension: int
    chunk_tokens: int


def create_database(path: Path, meta: Meta) -> None:
    """Write an empty index to `path`, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {_TABLES} COMMIT;")
        connection.execute(
            "INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            (
                meta.schema_version,
                meta.identity,
                meta.generation,
                meta.embedding_model,
                meta.fingerprint,
                meta.dimension,
                meta.chunk_tokens,
            ),
        )
    finally:
        connection.close()
    os.replace(draft, path)


def read_meta(connection: sqlite3.Connection, directory: Path) -> Meta:
    """The meta row; on a connection in a transaction this also fixes the snapshot."""
    row = connection.execute(
        "SELECT schema_version, identity, generation, embedding_model, fingerprint, dimension, chunk_tokens FROM meta"
    ).fetchone()
    if row is None:
        raise damaged(directory, "its meta row is missing")
    return Meta(*row)


@contextmanager
def failures_named(directory: Path) -> Iterator[None]:
    """Turn what SQLite reports into the error that tells the user what to run."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise
    except sqlite3.DatabaseError as error:
        raise _named(error, directory) from error


def _named(error: sqlite3.DatabaseError, directory: Path) -> IndexStateError:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return IndexBusy(f"The index at {directory} is in use by another process: try again when it is done.")
    if code.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return IndexStateError(
            f"The index at {directory} cannot be used ({error}): check free space and permissions, then run "
            f"`rag index --index {directory}` again."
        )
    return damaged(directory, str(error))


def damaged(directory: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(
        f"The index at {directory} is damaged ({reason}): run `rag index PATH --index {directory} --rebuild`."
    )


def is_foreign(path: Path) -> bool:
    """Whether the file is an SQLite database of something else, by its header."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        header = file.read(72)
    return header.startswith(b"SQLite format 3\0") and header[68:] != APPLICATION_ID.to_bytes(4, "big")


def recognise(connection: sqlite3.Connection, directory: Path) -> None:
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if mark != APPLICATION_ID:
        raise IndexDamaged(
            f"{directory / DATABASE} is a database of something else: move it away, or name another folder "
            f"with `rag index PATH --index FOLDER`."
        )
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "meta" in tables:
        version = connection.execute("SELECT schema_version FROM meta").fetchone()
        if version and version[0] > SCHEMA_VERSION:
            raise IndexTooNew(
                f"The index at {directory} was written by a newer version (schema {version[0]}, this one knows "
                f"{SCHEMA_VERSION}): upgrade, or run `rag index PATH --index {directory} --rebuild`."
            )
    if missing := _EXPECTED - tables:
        raise damaged(directory, f"without the table {min(missing)}")
