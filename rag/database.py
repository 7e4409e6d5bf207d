"""One connection to an index's SQLite file, shared by threads; who may write; what a reader sees.

WAL mode (https://www.sqlite.org/wal.html): a reader keeps the snapshot with which it began, a writer
appends, and a transaction that did not commit is not there after a crash.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBusy, IndexMissing, IndexStateError, UsageError
from rag.schema import DATABASE, Meta, failures_named, read_meta, recognise

_LOCK = "writer.lock"
_BUSY_SECONDS = 10.0
_LIST_LENGTH = 500
"""Values bound to one statement; SQLite allows 32766."""


class Database:
    """SQL against one index. A reader stays on its snapshot until `refresh`; a writer holds the
    directory's only writer lock, which the system releases if the process dies."""

    def __init__(self, directory: Path, connection: sqlite3.Connection, lock: IO[str] | None) -> None:
        self.directory = directory
        self.mutex = threading.RLock()
        self._connection = connection
        self._lock = lock
        self.meta = self._begin()
        self._counted: tuple[Meta, int] | None = None

    @classmethod
    def open(cls, directory: Path, read_only: bool) -> Database:
        """Raises IndexMissing, IndexDamaged (also for a database of something else), IndexTooNew,
        and for a second writer IndexBusy."""
        path = directory / DATABASE
        if not path.is_file():
            raise IndexMissing(f"No index at {directory}: run `rag index PATH --index {directory}`.")
        lock = None if read_only else writer_lock(directory)
        connection = None
        try:
            with failures_named(directory):
                connection = _connect(path, read_only)
                recognise(connection, directory)
                return cls(directory, connection, lock)
        except BaseException:
            _close(connection, lock)
            raise

    @property
    def writes(self) -> bool:
        return self._lock is not None

    def close(self) -> None:
        with self.mutex:
            _close(self._connection, self._lock)

    def refresh(self) -> bool:
        """Move to the newest commit; True if there was a newer one."""
        with self.mutex, failures_named(self.directory):
            before, self.meta = self.meta, self._begin()
            return before != self.meta

    def is_newest(self) -> bool:
        """Whether nobody has committed since this snapshot."""
        with failures_named(self.directory):
            connection = _connect(self.directory / DATABASE, read_only=True)
            try:
                return read_meta(connection, self.directory) == self.meta
            finally:
                connection.close()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with self.mutex, failures_named(self.directory):
            return self._connection.execute(sql, values).fetchall()

    def chunk_count(self) -> int:
        """Counted once a snapshot: of a million chunks it takes long."""
        with self.mutex:
            if self._counted is None or self._counted[0] != self.meta:
                self._counted = self.meta, int(self.rows("SELECT count(*) FROM chunks")[0][0])
            return self._counted[1]

    def chunk_ids(self) -> NDArray[np.int64]:
        """(n,), rising."""
        return np.array([i for (i,) in self.rows("SELECT id FROM chunks ORDER BY id")], dtype=np.int64)

    def batches(self, sql: str, size: int) -> Iterator[list[Any]]:
        """The rows of a long result, `size` at a time."""
        with self.mutex, failures_named(self.directory):
            cursor = self._connection.execute(sql)
            while batch := cursor.fetchmany(size):
                yield batch

    def rows_of(self, sql: str, wanted: Sequence[object]) -> list[Any]:
        """The rows of a statement whose {} stands for a list of values of any length."""
        found: list[Any] = []
        for at in range(0, len(wanted), _LIST_LENGTH):
            some = wanted[at : at + _LIST_LENGTH]
            found += self.rows(sql.format(", ".join("?" * len(some))), some)
        return found

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing. Raises UsageError on an index that is open for reading."""
        if self._lock is None:
            raise UsageError("This index is open for reading: use Index.open(directory, read_only=False).")
        with self.mutex, failures_named(self.directory):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self.meta = read_meta(self._connection, self.directory)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """For many reads that belong together."""
        with self.mutex, failures_named(self.directory):
            yield self._connection

    def checkpoint(self) -> None:
        """Bring the log back into the database as far as open readers allow, without waiting."""
        self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def replace_with(self, other: Database) -> None:
        """Take over the whole content of another database in one transaction, as the generation
        after this one."""
        with other.transaction() as connection:
            connection.execute("UPDATE meta SET generation = ?", (self.meta.generation + 1,))
        with self.mutex, other.mutex, failures_named(self.directory):
            other._connection.backup(self._connection)
            self.meta = read_meta(self._connection, self.directory)

    def _begin(self) -> Meta:
        if not self.writes:
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
            self._connection.execute("BEGIN")
        return read_meta(self._connection, self.directory)


def writer_lock(directory: Path) -> IO[str]:
    """Hold the returned file open for as long as you write. Raises IndexBusy."""
    try:
        lock = (directory / _LOCK).open("a")
    except OSError as error:
        raise IndexStateError(
            f"Cannot write to {directory} ({error.strerror}): choose another folder with --index."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise IndexBusy(
            f"Another process is indexing into {directory}: wait until it is done, then run "
            f"`rag index PATH --index {directory}` again."
        ) from error
    return lock


def remove_log(directory: Path) -> None:
    """Before another database is put in place: a log must never meet one that it is not of."""
    for suffix in ("-wal", "-shm"):
        (directory / (DATABASE + suffix)).unlink(missing_ok=True)


def _close(connection: sqlite3.Connection | None, lock: IO[str] | None) -> None:
    if connection:
        connection.close()
    if lock:
        lock.close()


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    if not read_only:
        connection = _try(path, "mode=rw")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
    try:
        return _try(path, "mode=ro")
    except sqlite3.OperationalError as error:
        # Where we may not write, WAL cannot make its shared-memory file; without a log beside it
        # the database is complete and nobody can change it.
        if not error.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")) or _has_log(path):
            raise
        return _try(path, "mode=ro&immutable=1")


def _try(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{options}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_SECONDS,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and os.path.getsize(log) > 0
