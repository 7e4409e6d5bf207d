"""What chat models wrote, kept in one SQLite file, so that the same question over the same evidence costs once.

The text is kept, not the answer: it is verified again whenever it is shown.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

from rag.errors import UsageError
from rag.prompts import PROMPT_VERSION, Prompt
from rag.types import Usage

_SCHEMA = "CREATE TABLE IF NOT EXISTS written (key TEXT PRIMARY KEY, text TEXT NOT NULL, usage TEXT NOT NULL)"


def cache_key(prompt: Prompt, content_hashes: Sequence[str], model: str) -> str:
    """Of the question, the passages and their documents, the model with its settings, and the prompts."""
    parts = [prompt.system, prompt.user, *content_hashes, model, PROMPT_VERSION]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class AnswerCache:
    """One file; a connection an operation, so that threads and processes can share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> tuple[str, Usage] | None:
        """What was written, and what it cost then. Raises UsageError for a file that is no cache."""
        with self._connection() as connection:
            row = self._run(connection, "SELECT text, usage FROM written WHERE key = ?", (key,)).fetchone()
        return (row[0], replace(Usage(**json.loads(row[1])), cached=True)) if row else None

    def put(self, key: str, text: str, usage: Usage) -> None:
        with self._connection() as connection:
            values = (key, text, json.dumps(asdict(usage)))
            self._run(connection, "INSERT OR REPLACE INTO written VALUES (?, ?, ?)", values)
            connection.commit()

    def _connection(self) -> closing[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return closing(sqlite3.connect(self._path, timeout=10))
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def _run(self, connection: sqlite3.Connection, sql: str, values: tuple[str, ...]) -> sqlite3.Cursor:
        try:
            connection.execute(_SCHEMA)
            return connection.execute(sql, values)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> UsageError:
        return UsageError(
            f"{self._path} is no usable answer cache ({error}): set RAG_ANSWER_CACHE to another file, "
            "or move this one away"
        )
