"""A damaged index is named, never shown; its vector file is repaired, and that is said."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indexes import EMBEDDER, build, library

from rag.errors import IndexDamaged, IndexStateError, IndexTooNew
from rag.index import Index
from rag.schema import DATABASE
from rag.vectors import Nearest, vectors_file


def sql(*statements: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return spoil


def cut(part: float) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)]) and None


DAMAGES: dict[str, tuple[Callable[[Path], Any], type[IndexStateError]]] = {
    "random bytes": (lambda path: path.write_bytes(random.Random(1).randbytes(20_000)), IndexDamaged),
    "empty": (lambda path: path.write_bytes(b""), IndexDamaged),
    "text": (lambda path: path.write_text("hello " * 500), IndexDamaged),
    "half": (cut(0.5), IndexDamaged),
    "one page": (lambda path: path.write_bytes(path.read_bytes()[:4096]), IndexDamaged),
    "header": (lambda path: path.write_bytes(b"\0" * 100 + path.read_bytes()[100:]), IndexDamaged),
    "no chunks": (sql("DROP TABLE chunks"), IndexDamaged),
    "no full text": (sql("DROP TABLE vocabulary", "DROP TABLE fulltext"), IndexDamaged),
    "no meta": (sql("DROP TABLE meta"), IndexDamaged),
    "empty meta": (sql("DELETE FROM meta"), IndexDamaged),
    "foreign": (lambda path: (path.unlink(), sql("CREATE TABLE recipes (name)")(path)), IndexDamaged),
    "newer": (sql("UPDATE meta SET schema_version = 2"), IndexTooNew),
    "much newer": (sql("DROP TABLE chunks", "UPDATE meta SET schema_version = 9"), IndexTooNew),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_says_what_to_run(built: Path, damage: str) -> None:
    spoil, error = DAMAGES[damage]
    spoil(built / DATABASE)
    for read_only in (True, False):
        with pytest.raises(error, match="rag index PATH --index"):
            Index.open(built, read_only=read_only)


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        (
            "UPDATE vectors SET vector = x'00' WHERE chunk_id = 3",
            lambda i: i.dense(EMBEDDER.embed_query("x"), 3),
        ),
        ("DELETE FROM vectors WHERE chunk_id = 3", lambda i: i.dense(EMBEDDER.embed_query("x"), 3)),
        (
            "INSERT INTO vectors VALUES (99999, zeroblob(128))",
            lambda i: i.dense(EMBEDDER.embed_query("x"), 3),
        ),
        ("UPDATE documents SET metadata = '{'", lambda i: i.documents()),
        ("UPDATE documents SET metadata = '[]'", lambda i: i.document("d/000.md")),
        ("UPDATE documents SET layout = '{}'", lambda i: i.document("d/000.md")),
        ("UPDATE sentences SET vector = x'00'", lambda i: i.sentences("d/000.md", 0, 99)),
        ("UPDATE chunks SET start = start + 1 WHERE id = 1", lambda i: i.verify()),
        ("UPDATE sentences SET text = 'Never said.'", lambda i: i.verify()),
        ("DELETE FROM fulltext WHERE rowid = 2", lambda i: i.verify()),
        ("DELETE FROM sentences WHERE rowid = 2", lambda i: i.verify()),
        ("DELETE FROM chunks WHERE id = 2", lambda i: i.verify()),
    ],
)
def test_parts_that_contradict_each_other_are_named(
    built: Path, statement: str, read: Callable[[Index], object]
) -> None:
    vectors_file(built, 1).unlink()
    sql(statement)(built / DATABASE)
    with Index.open(built) as index, pytest.raises(IndexDamaged, match="--rebuild"):
        read(index)


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bytes_never_escape_as_another_error(built: Path, seed: int) -> None:
    rng, path = random.Random(seed), built / DATABASE
    content = bytearray(path.read_bytes())
    for _ in range(40):
        at = rng.randrange(4096, len(content) - 64)
        content[at : at + 32] = rng.randbytes(32)
    path.write_bytes(content)
    vectors_file(built, 1).unlink()
    with pytest.raises(IndexDamaged):
        use_everything(built)


def use_everything(directory: Path) -> None:
    with Index.open(directory, on_repair=lambda _: None) as index:
        index.documents()
        index.bm25(["drone"], 5)
        index.dense(EMBEDDER.embed_query("drone"), 5)
        index.verify()


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda path: path.unlink(), "missing"),
        (cut(0.5), "damaged"),
        (lambda path: path.write_bytes(b""), "damaged"),
        (lambda path: path.write_bytes(random.Random(1).randbytes(9000)), "damaged"),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-40] + b"\1" * 8 + path.read_bytes()[-32:]),
            "damaged",
        ),
        (lambda path: path.rename(vectors_file(path.parent, 0)), "out of date"),
    ],
)
def test_the_vector_file_is_repaired_and_that_is_said(
    built: Path, spoil: Callable[[Path], object], word: str
) -> None:
    query, path = EMBEDDER.embed_query("drone treaty"), vectors_file(built, 1)
    with Index.open(built) as index:
        expected, stored = index.dense(query, 10), path.read_bytes()
    spoil(path)
    said: list[str] = []
    with Index.open(built, on_repair=said.append) as index:
        assert index.dense(query, 10) == expected
    assert [word in line for line in said] == [True]
    assert path.read_bytes() == stored
    assert [file.name for file in built.glob("vectors-*")] == [path.name]
    with Index.open(built, on_repair=said.append) as index:
        assert index.dense(query, 10) == expected
    assert len(said) == 1


def test_the_vector_file_of_another_index_is_not_believed(built: Path, tmp_path: Path) -> None:
    other = build(tmp_path / "other", *library(20, seed=5))
    shutil.copy(vectors_file(other, 1), vectors_file(built, 1))
    said: list[str] = []
    with Index.open(built, on_repair=said.append) as index:
        query = EMBEDDER.embed_query("drone treaty")
        scores = index.vectors(index.all_chunk_ids()) @ query[0]
        assert index.dense(query, 1)[0][1] == pytest.approx(float(scores.max()), abs=1e-6)
    assert len(said) == 1


def test_repair_is_logged_where_nobody_listens(built: Path, caplog: pytest.LogCaptureFixture) -> None:
    vectors_file(built, 1).unlink()
    with Index.open(built) as index:
        index.dense(EMBEDDER.embed_query("x"), 1)
    assert "was missing; it was built again" in caplog.text


def test_a_reader_leaves_the_vector_file_to_a_writer_at_work(built: Path) -> None:
    said: list[str] = []
    with Index.open(built, read_only=False) as writer:
        writer.commit(drop=["d/000.md"])
        with Index.open(built, on_repair=said.append) as reader:
            query = EMBEDDER.embed_query("drone")
            assert reader.dense(query, 9) == writer.dense(query, 9)
        assert [file.name for file in built.glob("vectors-*")] == ["vectors-1.faiss"]
        writer.save_vectors()
    assert said == []
    assert [file.name for file in built.glob("vectors-*")] == ["vectors-2.faiss"]


def test_a_reader_of_an_old_snapshot_does_not_overwrite_newer_vectors(built: Path) -> None:
    with Index.open(built) as reader:
        with Index.open(built, read_only=False) as writer:
            writer.commit(drop=["d/000.md"])
            writer.save_vectors()
        assert reader.dense(EMBEDDER.embed_query("drone"), 500)
        assert len(reader.dense(EMBEDDER.embed_query("drone"), 500)) == reader.chunk_count()
    assert [file.name for file in built.glob("vectors-*")] == ["vectors-2.faiss"]


@pytest.mark.parametrize("with_vectors", [True, False])
def test_a_folder_that_cannot_be_written_to_still_answers(with_vectors: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        built = build(Path(folder) / "index", *library(5))
        Nearest.build(np.array([1]), np.ones((1, 32), dtype=np.float32), 32)
        if not with_vectors:
            vectors_file(built, 1).unlink()
        before = sorted(built.iterdir())
        built.chmod(0o555)
        said: list[str] = []

        def ask() -> int:
            with Index.open(built, on_repair=said.append) as index:
                return len(index.dense(EMBEDDER.embed_query("drone"), 3)) + len(index.bm25(["drone"], 3))

        try:
            assert _without_privileges(ask) > 3
            assert sorted(built.iterdir()) == before
            assert ["cannot be written to" in line for line in said] == ([] if with_vectors else [True])
        finally:
            built.chmod(0o755)


def _without_privileges(ask: Callable[[], int]) -> int:
    """In a thread whose file accesses are those of nobody, for tests that run as root."""
    answers: list[int] = []

    def run() -> None:
        if os.geteuid() == 0:
            ctypes.CDLL(None).setfsuid(65534)
        answers.append(ask())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]
