"""Conversations, their turns and the feedback on them, each its owner's alone: one SQLite file.

Deleting a conversation deletes its turns and the feedback given on them.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import RLock

from rag.errors import RagError, UsageError
from rag.types import Answer, Refusal
from ui.inert import shortened
from ui.results import dump, load

_SCHEMA = 1
_TITLE = 80
_MOST = 200
_BUSY_SECONDS = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (owner, updated);
CREATE TABLE IF NOT EXISTS turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    question TEXT NOT NULL, state TEXT NOT NULL, result TEXT, problem TEXT, suggestions TEXT, asked REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS turns_by_conversation ON turns (conversation, id);
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE,
    owner TEXT NOT NULL, kind TEXT NOT NULL, citation INTEGER, comment TEXT NOT NULL, given REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS feedback_by_turn ON feedback (turn);
"""


class State(StrEnum):
    """ASKED: no answer yet, or the server went away before there was one."""

    ASKED = "asked"
    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"


class FeedbackKind(StrEnum):
    GOOD = "good"
    BAD = "bad"
    WRONG_CITATION = "wrong citation"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Conversation:
    """Times are seconds since 1970."""

    id: str
    title: str
    created: float
    updated: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it. `suggestions` is None until they were looked for."""

    id: int
    question: str
    state: State
    result: Answer | Refusal | None
    problem: str
    suggestions: tuple[str, ...] | None
    asked: float


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader said of an answer; `citation` is the number it is about, if it is about one."""

    kind: FeedbackKind
    citation: int | None
    comment: str
    given: float
    turn: int
    question: str
    result: Answer | Refusal | None


class History:
    """One connection, which threads take in turn.

    Raises RagError where the file cannot be used, UsageError for a conversation that is not the owner's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._make_tables()
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from error

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _make_tables(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_SCHEMA}; COMMIT;"
            )
        elif version != _SCHEMA:
            raise RagError(f"{self.path} was written by another version of policy-rag: move it away")

    def conversations(self, owner: str) -> list[Conversation]:
        """The latest first."""
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT id, title, created, updated FROM conversations WHERE owner = ? ORDER BY updated DESC, id LIMIT ?",
                (owner, _MOST),
            )
            return [Conversation(*fields) for fields in found]

    def conversation(self, owner: str, id: str) -> Conversation | None:
        """None if there is none or it is not the owner's."""
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT id, title, created, updated FROM conversations WHERE owner = ? AND id = ?",
                (owner, id),
            ).fetchone()
        return Conversation(*found) if found else None

    def begin(self, owner: str, title: str) -> str:
        """The id of a new conversation."""
        id, now = secrets.token_urlsafe(9), time.time()
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)",
                (id, owner, shortened(title, _TITLE), now, now),
            )
        return id

    def rename(self, owner: str, id: str, title: str) -> None:
        """Raises UsageError for an empty title."""
        if not title.strip():
            raise UsageError("A conversation needs a title: type a few words")
        with self._owned(owner, id) as connection:
            connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (shortened(title, _TITLE), id)
            )

    def delete(self, owner: str, id: str) -> None:
        with self._owned(owner, id) as connection:
            connection.execute("DELETE FROM conversations WHERE id = ?", (id,))

    def turns(self, owner: str, conversation: str) -> list[Turn]:
        """In the order asked; [] if the conversation is not the owner's."""
        with self._transaction() as connection:
            found = connection.execute(
                f"SELECT {_TURN} FROM turns JOIN conversations ON conversations.id = conversation "
                "WHERE owner = ? AND conversation = ? ORDER BY turns.id",
                (owner, conversation),
            ).fetchall()
        return [_turn(*fields) for fields in found]

    def turn(self, owner: str, id: int) -> Turn | None:
        """None if there is none or it is not the owner's."""
        with self._transaction() as connection:
            found = connection.execute(
                f"SELECT {_TURN} FROM turns JOIN conversations ON conversations.id = conversation "
                "WHERE owner = ? AND turns.id = ?",
                (owner, id),
            ).fetchone()
        return _turn(*found) if found else None

    def ask(self, owner: str, conversation: str, question: str) -> int:
        """The id of a new turn without an answer."""
        with self._owned(owner, conversation) as connection:
            made = connection.execute(
                "INSERT INTO turns (conversation, question, state, asked) VALUES (?, ?, ?, ?)",
                (conversation, question, State.ASKED, time.time()),
            )
            connection.execute(
                "UPDATE conversations SET updated = ? WHERE id = ?", (time.time(), conversation)
            )
            return int(made.lastrowid or 0)

    def answer(self, owner: str, turn: int, result: Answer | Refusal) -> None:
        self._set(owner, turn, State.ANSWERED, dump(result), "")

    def fail(self, owner: str, turn: int, problem: str) -> None:
        self._set(owner, turn, State.FAILED, None, problem)

    def stop(self, owner: str, turn: int) -> None:
        self._set(owner, turn, State.STOPPED, None, "")

    def reopen(self, owner: str, turn: int) -> None:
        """To be answered again."""
        self._set(owner, turn, State.ASKED, None, "")

    def suggest(self, owner: str, turn: int, questions: Sequence[str]) -> None:
        with self._owned_turn(owner, turn) as connection:
            connection.execute(
                "UPDATE turns SET suggestions = ? WHERE id = ?",
                (json.dumps(questions, ensure_ascii=False), turn),
            )

    def say(
        self, owner: str, turn: int, kind: FeedbackKind, citation: int | None = None, comment: str = ""
    ) -> None:
        """Feedback on a turn. A thumb replaces the thumb that was given before."""
        with self._owned_turn(owner, turn) as connection:
            if kind in _THUMBS:
                connection.execute(
                    "DELETE FROM feedback WHERE turn = ? AND owner = ? AND kind IN (?, ?)",
                    (turn, owner, *_THUMBS),
                )
            connection.execute(
                "INSERT INTO feedback (turn, owner, kind, citation, comment, given) VALUES (?, ?, ?, ?, ?, ?)",
                (turn, owner, kind, citation, comment.strip(), time.time()),
            )

    def thumbs(self, owner: str, turns: Sequence[int]) -> dict[int, FeedbackKind]:
        """The thumb given on each of these turns, where there is one."""
        marks = ", ".join("?" * len(turns))
        with self._transaction() as connection:
            found = connection.execute(
                f"SELECT turn, kind FROM feedback WHERE owner = ? AND kind IN (?, ?) AND turn IN ({marks})",
                (owner, *_THUMBS, *turns),
            ).fetchall()
        return {turn: FeedbackKind(kind) for turn, kind in found}

    def feedback(self, owner: str | None = None) -> list[Feedback]:
        """The latest first; of everybody where no owner is given."""
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT kind, citation, comment, given, turn, question, result FROM feedback "
                "JOIN turns ON turns.id = turn WHERE ? IS NULL OR owner = ? ORDER BY given DESC, feedback.id DESC",
                (owner, owner),
            ).fetchall()
        return [
            Feedback(FeedbackKind(kind), citation, comment, given, turn, question, _readable(result)[0])
            for kind, citation, comment, given, turn, question, result in found
        ]

    def _set(self, owner: str, turn: int, state: State, result: str | None, problem: str) -> None:
        with self._owned_turn(owner, turn) as connection:
            connection.execute(
                "UPDATE turns SET state = ?, result = ?, problem = ?, suggestions = NULL WHERE id = ?",
                (state, result, problem, turn),
            )

    @contextmanager
    def _owned(self, owner: str, conversation: str) -> Iterator[sqlite3.Connection]:
        with self._transaction() as connection:
            owned = "SELECT 1 FROM conversations WHERE owner = ? AND id = ?"
            if not connection.execute(owned, (owner, conversation)).fetchone():
                raise UsageError("There is no such conversation: it may have been deleted in another window")
            yield connection

    @contextmanager
    def _owned_turn(self, owner: str, turn: int) -> Iterator[sqlite3.Connection]:
        with self._transaction() as connection:
            owned = (
                "SELECT 1 FROM turns JOIN conversations ON conversations.id = conversation "
                "WHERE owner = ? AND turns.id = ?"
            )
            if not connection.execute(owned, (owner, turn)).fetchone():
                raise UsageError("There is no such question: its conversation may have been deleted")
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing. Raises RagError, naming the file, where SQLite cannot work with it."""
        try:
            with self._lock, self._connection:
                yield self._connection
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error


_THUMBS = (FeedbackKind.GOOD, FeedbackKind.BAD)
_TURN = "turns.id, question, state, result, problem, suggestions, asked"


def _turn(
    id: int,
    question: str,
    state: str,
    result: str | None,
    problem: str | None,
    suggestions: str | None,
    asked: float,
) -> Turn:
    found, unreadable = _readable(result)
    return Turn(
        id,
        question,
        State.FAILED if unreadable else State(state),
        found,
        unreadable or problem or "",
        tuple(json.loads(suggestions)) if suggestions else None,
        asked,
    )


def _readable(result: str | None) -> tuple[Answer | Refusal | None, str]:
    """The stored result, or why it cannot be read."""
    try:
        return (load(result) if result else None), ""
    except RagError as error:
        return None, str(error)


def _unusable(path: Path, error: Exception) -> RagError:
    return RagError(
        f"Conversations cannot be kept in {path} ({error}): set RAG_UI_DATA to a folder that can be written to"
    )
