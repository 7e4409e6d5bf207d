"""An indexing run does what changed, no more, and says what it did."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from embedders import HashEmbedder
from worlds import DRONES, MINES, TARIFFS, TOKENS, World

from rag import indexing
from rag.documents import Limits, Reader
from rag.errors import UsageError
from rag.indexing import READ_AHEAD, IndexProgress, update_index
from rag.schema import DATABASE
from rag.terms import terms
from rag.types import Document, IndexReport


def test_a_first_run_adds_everything_below_the_folder(world: World) -> None:
    report = world.update()
    assert report.added == ("article/drones.md", "mines.md")
    assert report.generation == 1
    assert report.chunks_embedded > 0
    assert world.paths() == ["article/drones.md", "mines.md"]
    with world.open() as index:
        assert [index.chunks([i])[i].document for i, _ in index.bm25(terms("signed treaty"), 5)] == [
            "mines.md"
        ]


def test_a_second_run_changes_nothing(world: World) -> None:
    first, before = world.update(), world.content()
    stored = (world.index / DATABASE).read_bytes()
    second = world.update()
    assert second == IndexReport(unchanged=("article/drones.md", "mines.md"), generation=first.generation)
    assert world.embedder.embedded == []
    assert world.content() == before
    assert (world.index / DATABASE).read_bytes() == stored


def test_a_changed_file_is_replaced_and_only_its_new_texts_are_embedded(world: World) -> None:
    world.update()
    world.write("article/drones.md", DRONES.replace("Nobody has used them yet.", "They were used in 2024."))
    report = world.update()
    assert report.changed == ("article/drones.md",)
    assert report.unchanged == ("mines.md",)
    assert len(world.embedder.embedded) == 2
    assert all("They were used in 2024." in text for text in world.embedder.embedded)
    assert report.chunks_embedded == 1
    assert world.content() == _fresh(world)


def test_a_renamed_file_is_not_embedded_again(world: World) -> None:
    world.update()
    (world.root / "mines.md").rename(world.root / "landmines.md")
    report = world.update()
    assert report.renamed == (("mines.md", "landmines.md"),)
    assert report.added == report.dropped == report.changed == ()
    assert world.embedder.embedded == []
    assert world.content() == _fresh(world)


def test_a_deleted_file_is_dropped(world: World) -> None:
    world.update()
    (world.root / "mines.md").unlink()
    assert world.update().dropped == ("mines.md",)
    assert world.paths() == ["article/drones.md"]
    with world.open() as index:
        assert index.bm25(terms("treaty mines"), 5) == []
        assert index.term_document_frequencies(terms("mines")) == {"mine": 0}


def test_the_same_bytes_are_one_document(world: World) -> None:
    world.write("z/copy.md", MINES)
    report = world.update()
    assert report.duplicates == (("z/copy.md", "mines.md"),)
    again = world.update()
    assert again.duplicates == report.duplicates
    assert again.generation == report.generation
    assert world.paths() == ["article/drones.md", "mines.md"]


def test_a_copy_takes_over_when_the_original_goes(world: World) -> None:
    world.write("z/copy.md", MINES)
    world.update()
    (world.root / "mines.md").unlink()
    report = world.update()
    assert report.renamed == (("mines.md", "z/copy.md"),)
    assert world.embedder.embedded == []
    assert world.content() == _fresh(world)


def test_a_copy_below_another_root_takes_over(world: World, tmp_path: Path) -> None:
    world.update()
    copy = world.write("mine-ban.md", MINES, tmp_path / "other")
    assert world.update(copy.parent).duplicates == (("mine-ban.md", "mines.md"),)
    (world.root / "mines.md").unlink()
    world.update()
    assert world.paths() == ["article/drones.md", "mine-ban.md"]
    assert world.update(copy.parent).unchanged == ("mine-ban.md",)


def test_a_copy_of_a_file_that_changed_becomes_a_document(world: World) -> None:
    world.write("z/copy.md", MINES)
    world.update()
    world.write("mines.md", TARIFFS)
    report = world.update()
    assert (report.changed, report.added, report.duplicates) == (("mines.md",), ("z/copy.md",), ())
    assert world.content() == _fresh(world)


def test_an_unreadable_original_does_not_take_its_readable_copy_along(world: World) -> None:
    world.write("a.unknown", TARIFFS)
    world.write("b.md", TARIFFS)
    report = world.update()
    assert "b.md" in report.added
    assert [skipped.path for skipped in report.skipped] == ["a.unknown"]
    assert report.duplicates == ()
    assert world.update().generation == report.generation


def test_two_files_that_swap_their_contents(world: World) -> None:
    world.update()
    world.write("article/drones.md", MINES)
    world.write("mines.md", DRONES)
    assert world.update().changed == ("article/drones.md", "mines.md")
    assert world.embedder.embedded == []
    assert world.content() == _fresh(world)


def test_a_folder_that_moved_is_recognised_by_its_contents(world: World, tmp_path: Path) -> None:
    world.update()
    world.root = Path(shutil.move(world.root, tmp_path / "elsewhere"))
    world.write("tariffs.md", TARIFFS)
    report = world.update()
    assert report.unchanged == ("article/drones.md", "mines.md")
    assert report.added == ("tariffs.md",)
    (world.root / "mines.md").unlink()
    assert world.update().dropped == ("mines.md",)


def test_a_copied_folder_is_not_embedded_again(world: World, tmp_path: Path) -> None:
    world.update()
    twin = shutil.copytree(world.root, tmp_path / "twin")
    report = world.update(twin)
    assert world.embedder.embedded == []
    assert report.duplicates == (
        ("twin/article/drones.md", "article/drones.md"),
        ("twin/mines.md", "mines.md"),
    )


def test_an_emptied_folder_leaves_the_documents_of_another_alone(world: World, tmp_path: Path) -> None:
    other = world.write("mines.md", TARIFFS, tmp_path / "other").parent
    assert world.update(world.root, other).added == ("article/drones.md", "mines.md", "other/mines.md")
    shutil.rmtree(world.root)
    world.root.mkdir()
    assert world.update().dropped == ("article/drones.md", "mines.md")
    assert world.paths() == ["other/mines.md"]
    world.write("mines.md", MINES)
    world.update()
    assert world.paths() == ["mines.md", "other/mines.md"]


def test_roots_of_the_same_name_get_a_number(world: World, tmp_path: Path) -> None:
    roots = [world.write("x.md", f"Text {i} is here.", tmp_path / f"{i}/laws").parent for i in range(4)]
    world.update(*roots)
    assert world.paths() == ["laws-2/x.md", "laws-3/x.md", "laws/x.md", "x.md"]
    assert len(world.update(*reversed(roots)).unchanged) == 4


def test_a_single_file_has_its_name(world: World) -> None:
    assert world.update(world.root / "article/drones.md").added == ("drones.md",)
    assert world.update().renamed == (("drones.md", "article/drones.md"),)
    assert world.paths() == ["article/drones.md", "mines.md"]


def test_a_part_of_an_indexed_folder_keeps_its_paths_and_drops_only_its_own(world: World) -> None:
    world.update()
    (world.root / "article/drones.md").unlink()
    world.write("article/tariffs.md", TARIFFS)
    (world.root / "mines.md").unlink()
    report = world.update(world.root / "article")
    assert (report.added, report.dropped) == (("article/tariffs.md",), ("article/drones.md",))
    assert world.paths() == ["article/tariffs.md", "mines.md"]


def test_files_that_cannot_be_read_are_skipped_and_remembered(world: World) -> None:
    (world.root / "scan.pdf").write_bytes(b"%PDF-1.7 no more")
    world.write("empty.txt", "   ")
    report = world.update()
    assert report.added == ("article/drones.md", "mines.md")
    assert [skipped.path for skipped in report.skipped] == ["empty.txt", "scan.pdf"]
    assert all(skipped.reason for skipped in report.skipped)
    with world.open() as index:
        assert tuple(index.skipped()) == report.skipped
    assert world.update().generation == report.generation


def test_a_file_that_can_no_longer_be_read_is_dropped(world: World) -> None:
    world.update()
    world.write("mines.md", " ")
    report = world.update()
    assert report.dropped == ("mines.md",)
    assert [skipped.path for skipped in report.skipped] == ["mines.md"]
    assert world.paths() == ["article/drones.md"]


def test_a_new_sidecar_is_a_change(world: World) -> None:
    world.update()
    world.write("mines.md.meta.yaml", "title: The mine ban\ndate: 1997-12-03\njurisdictions: [Canada]\n")
    assert world.update().changed == ("mines.md",)
    with world.open() as index:
        assert index.document("mines.md").metadata.date == "1997-12-03"
    assert world.update().unchanged == ("article/drones.md", "mines.md")


def test_without_sources_those_of_the_last_time_are_used(world: World) -> None:
    world.update()
    world.write("tariffs.md", TARIFFS)
    report = update_index(world.index, [], world.embedder, Limits(), TOKENS)
    assert report.added == ("tariffs.md",)


def test_a_source_that_is_not_there_stops_the_run_before_it_writes(world: World) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        world.update(world.root, world.root / "nowhere")
    assert not world.index.exists()
    with pytest.raises(UsageError, match="Nothing to index"):
        update_index(world.index, [], world.embedder)


def test_an_index_inside_the_folder_does_not_index_itself(world: World) -> None:
    world.index = world.root / "index"
    world.write("index/README.md", "What is built goes here.")
    assert world.update().added == ("article/drones.md", "mines.md")
    assert world.update().skipped == ()


def test_progress_counts_documents(world: World) -> None:
    seen: list[IndexProgress] = []
    world.update(progress=seen.append)
    assert seen == [IndexProgress("article/drones.md", 1, 2), IndexProgress("mines.md", 2, 2)]


def test_documents_are_read_while_others_are_embedded_and_no_further_ahead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    ahead: list[int] = []
    read = Reader.read

    def counted(reader: Reader, path: Path, name: str) -> Document:
        begun.append(name)
        return read(reader, path, name)

    def seen(step: IndexProgress) -> None:
        if step.done == 1:
            _wait_until(lambda: len(begun) >= READ_AHEAD)
        ahead.append(len(begun) - step.done)

    monkeypatch.setattr(Reader, "read", counted)
    for i in range(40):
        world.write(f"many/{i:02}.md", f"Law {i} says {i * 7}.")
    assert len(world.update(progress=seen).added) == 42
    assert ahead[0] == READ_AHEAD - 1
    assert max(ahead) < READ_AHEAD


def test_a_defect_while_reading_ahead_ends_the_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(reader: Reader, path: Path, name: str) -> Document:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(Reader, "read", broken)
    with pytest.raises(ZeroDivisionError):
        world.update()


def _wait_until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)


def test_work_is_committed_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH_DOCUMENTS", 16)
    for i in range(40):
        world.write(f"many/{i:02}.md", f"Law {i} says {i * 7}.")
    report = world.update()
    assert report.generation == 3
    assert len(report.added) == 42


def _fresh(world: World) -> object:
    """What an index built from nothing would hold."""
    other = World.__new__(World)
    other.root, other.embedder = world.root, HashEmbedder()
    other.index = world.index.with_name("fresh")
    other.update()
    return other.content()
