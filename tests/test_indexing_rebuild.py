"""Rebuilding an index: what stays readable, what is replaced, what is cleared away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from embedders import HashEmbedder
from worlds import TARIFFS, TOKENS, World

from rag.documents import Limits
from rag.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexTooNew
from rag.index import Index
from rag.indexing import IndexProgress, update_index
from rag.schema import DATABASE


def test_another_embedding_model_or_chunk_size_needs_a_rebuild(world: World) -> None:
    world.update()
    other = HashEmbedder(name="other", dimension=16)
    with pytest.raises(IndexMismatch, match="rag index --rebuild"):
        world.update(embedder=other)
    with pytest.raises(IndexMismatch, match="rag index --rebuild"):
        update_index(world.index, [str(world.root)], world.embedder, Limits(), TOKENS + 1)
    report = world.update(embedder=other, rebuild=True)
    assert report.generation == 2
    with world.open() as index:
        index.check_embedder(other)
        assert len(index.dense(other.embed_query("drones"), 3)) == 3


def test_a_rebuild_leaves_the_old_index_readable_until_the_end(world: World) -> None:
    world.update()
    reader = world.open()
    before = reader.all_chunk_ids()
    shutil.rmtree(world.root / "article")
    world.write("tariffs.md", TARIFFS)
    seen: list[list[str]] = []
    report = world.update(rebuild=True, progress=lambda _: seen.append(world.paths()))
    assert seen == [["article/drones.md", "mines.md"]] * 2
    assert reader.all_chunk_ids() == before
    assert reader.refresh()
    assert [document.path for document in reader.documents()] == ["mines.md", "tariffs.md"]
    assert reader.dense(world.embedder.embed_query("a tax on imports"), 1)
    assert (report.added, report.dropped) == (("mines.md", "tariffs.md"), ("article/drones.md",))
    assert sorted(path.name for path in world.index.iterdir() if "sqlite-" not in path.name) == [
        DATABASE,
        "vectors-2.faiss",
        "writer.lock",
    ]
    reader.close()


def test_a_rebuild_that_fails_leaves_the_old_index(world: World) -> None:
    world.update()
    before = world.content()

    def stop(_: IndexProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.update(rebuild=True, progress=stop)
    assert world.content() == before
    assert world.update().unchanged == ("article/drones.md", "mines.md")


@pytest.mark.parametrize("damage", ["noise", "truncated", "middle", "newer"])
def test_a_rebuild_replaces_what_cannot_be_used(world: World, damage: str) -> None:
    world.update()
    expected = world.content()
    _spoil(world.index / DATABASE, damage)
    if damage != "middle":
        with pytest.raises((IndexDamaged, IndexTooNew), match="--rebuild"):
            world.update()
    world.update(rebuild=True)
    assert world.content() == expected


def test_a_rebuild_does_not_overwrite_a_database_of_something_else(world: World) -> None:
    import sqlite3

    world.index.mkdir()
    with sqlite3.connect(world.index / DATABASE) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    stored = (world.index / DATABASE).read_bytes()
    with pytest.raises(IndexDamaged, match="something else"):
        world.update(rebuild=True)
    assert (world.index / DATABASE).read_bytes() == stored


def test_one_writer_at_a_time(world: World) -> None:
    world.update()
    with Index.open(world.index, read_only=False):
        for rebuild in (False, True):
            with pytest.raises(IndexBusy, match="Another process is indexing"):
                world.update(rebuild=rebuild)
    assert len(world.update().unchanged) == 2


def _spoil(path: Path, damage: str) -> None:
    import sqlite3

    content = path.read_bytes()
    if damage == "noise":
        path.write_bytes(b"\x17noise" * 1000)
    elif damage == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "middle":
        path.write_bytes(content[:8192] + b"\xff" * 40960 + content[49152:])
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE meta SET schema_version = 99")
        connection.close()


def test_what_a_killed_run_left_behind_is_cleared_away(world: World) -> None:
    world.update()
    (world.index / ".rebuild").mkdir()
    (world.index / ".vectors-9.faiss.1.draft").write_bytes(b"half")
    world.write("tariffs.md", TARIFFS)
    world.update()
    assert [path.name for path in world.index.iterdir() if path.name.startswith(".")] == []
