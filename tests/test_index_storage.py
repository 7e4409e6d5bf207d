"""What goes into an index comes out, in whole commits, one writer and many readers at a time."""

from __future__ import annotations

import ast
import random
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from embedders import HashEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from indexes import EMBEDDER, WORDS, document, entries, library

from rag.errors import DimensionError, IndexBusy, IndexMismatch, IndexMissing, UsageError
from rag.index import Index
from rag.types import Document, Filters, Metadata, Page, Paragraph, Section, Skipped, Source
from rag.writing import Location

RICH = Document(
    path="law/règlement.md",
    text="Preamble.\fArticle 6\n\n(1) Nobody pays € 5.\n(a) Except “some”.\n\x00 odd 𝔘nicode",
    metadata=Metadata(
        title="A law",
        author="Jane Roe",
        date="2024-07",
        type="Regulation",
        jurisdictions=("EU", "Côte d’Ivoire"),
        topics=("money",),
        address="https://example.org/?a=1",
        dates_covered="1999-2003",
        sources=(Source("S1", "A report"), Source("S2", "B", "UN", "2001", "https://example.org")),
        inferred=frozenset({"author", "date"}),
    ),
    content_hash="ab" * 32,
    pages=(Page(1, 0, 10), Page(2, 10, 70)),
    sections=(Section((), None, 0, 10), Section(("Part I", "Article 6"), "Art. 6", 10, 70)),
    paragraphs=(Paragraph("(1)", 21, 41), Paragraph("(1)(a)", 41, 60)),
)


def test_what_was_stored_is_read_back(tmp_path: Path) -> None:
    (entry,) = entries(RICH)
    entry = replace(entry, root="/corpus", relative="règlement.md", sidecar_hash="s", extra={"a": [1, None]})
    with Index.create(tmp_path / "index", EMBEDDER, 20) as index:
        assert index.commit([entry]) == 1
        copy, bad = Location("c", "/r", "c", "h"), Skipped("x.pdf", "is a scan: run OCR")
        index.record([copy], [bad])
    with Index.open(tmp_path / "index") as index:
        index.verify()
        assert index.document(RICH.path) == RICH
        ids = index.all_chunk_ids()
        assert tuple(index.chunks(ids).values()) == entry.chunks
        np.testing.assert_array_equal(index.vectors(ids), entry.chunk_vectors)
        sentences, vectors = index.sentences_with_vectors(RICH.path, 0, len(RICH.text))
        assert tuple(sentences) == entry.sentences
        np.testing.assert_array_equal(vectors, entry.sentence_vectors)
        assert index.locations() == [Location(RICH.path, "/corpus", "règlement.md", RICH.content_hash, "s")]
        assert (index.copies(), index.skipped()) == ([copy], [bad])
        assert index.extras([RICH.path]) == {RICH.path: '{"a": [1, null]}'}
        (summary,) = index.documents()
        assert (summary.metadata, summary.pages, summary.characters) == (RICH.metadata, 2, len(RICH.text))
        assert (summary.chunks, summary.sentences) == (len(ids), len(sentences))
        assert (index.meta.embedding_model, index.meta.chunk_tokens) == ("hash", 20)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300).filter(str.strip))
def test_any_text_survives(text: str) -> None:
    stored = document("x.txt", text)
    with tempfile.TemporaryDirectory() as folder, Index.create(Path(folder) / "i", EMBEDDER, 20) as index:
        index.commit(entries(stored))
        index.verify()
        assert index.document("x.txt") == stored
        assert len(index.dense(EMBEDDER.embed_query(text), 100)) == index.chunk_count()


def test_a_commit_is_all_or_nothing(built: Path) -> None:
    good, bad = entries(document("new.md", "A new law."), document("bad.md", "A bad law."))
    bad = replace(bad, chunk_vectors=np.zeros((5, 7), dtype=np.float32))
    with Index.open(built, read_only=False) as index:
        before = index.documents()
        with pytest.raises(DimensionError, match=r"bad\.md"):
            index.commit([good, bad], drop=["d/000.md"])
        assert index.documents() == before
        assert index.commit() == 1
        assert index.commit([good], drop=["d/000.md"]) == 2
        index.verify()
        assert "new.md" in {one.path for one in index.documents()}


def test_a_reader_does_not_write(built: Path) -> None:
    with Index.open(built) as index:
        with pytest.raises(UsageError, match="read_only=False"):
            index.commit(drop=["d/000.md"])
        with pytest.raises(UsageError, match="read_only=False"):
            index.record([], [])


def test_a_reader_keeps_its_snapshot_until_it_refreshes(built: Path) -> None:
    query = EMBEDDER.embed_query("a completely new thing")
    with Index.open(built) as reader:
        before = (reader.documents(), reader.dense(query, 50), reader.info())
        with Index.open(built, read_only=False) as writer:
            writer.commit(entries(document("new.md", "A completely new thing.")), drop=["d/000.md"])
            assert (reader.documents(), reader.dense(query, 50), reader.info()) == before
            assert reader.refresh()
            assert not reader.refresh()
            assert reader.info() == writer.info()
            assert reader.dense(query, 50) == writer.dense(query, 50) != before[1]


def test_an_index_is_created_once(built: Path) -> None:
    with pytest.raises(UsageError, match="--rebuild"):
        Index.create(built, EMBEDDER, 20)


def test_a_missing_index_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="rag index PATH --index"):
        Index.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_another_model_is_noticed(built: Path) -> None:
    with Index.open(built) as index:
        index.check_embedder(HashEmbedder())
        for other in (HashEmbedder(dimension=16), HashEmbedder(name="finetuned")):
            with pytest.raises(IndexMismatch, match="rag index --rebuild"):
                index.check_embedder(other)


def test_a_second_writer_is_refused_and_readers_are_not(built: Path) -> None:
    with Index.open(built, read_only=False):
        with pytest.raises(IndexBusy, match="wait until it is done"):
            Index.open(built, read_only=False)
        with Index.open(built) as reader:
            assert reader.chunk_count() > 0
    Index.open(built, read_only=False).close()


def test_readers_in_many_threads_see_whole_generations_while_a_writer_commits(built: Path) -> None:
    """Every commit adds one document and drops another, so a mixture would show in the count."""
    stop, errors, refreshed = threading.Event(), [], []
    count = len(library(20))

    def read(index: Index) -> None:
        rng = random.Random(threading.get_ident())
        try:
            while not stop.is_set():
                if rng.random() < 0.2:
                    refreshed.append(index.refresh())
                ranking = index.dense(EMBEDDER.embed_query(rng.choice(WORDS)), 10)
                index.bm25([rng.choice(WORDS)], 10, Filters(documents=("d/001.md", "d/002.md")))
                index.chunks([i for i, _ in ranking])
                assert len(index.documents()) == count
        except BaseException as error:
            errors.append(error)
            raise

    with Index.open(built) as shared, Index.open(built) as other:
        threads = [threading.Thread(target=read, args=(index,)) for index in (shared, shared, shared, other)]
        for thread in threads:
            thread.start()
        with Index.open(built, read_only=False) as writer:
            for i in range(15):
                writer.commit(entries(document(f"new/{i}.md", f"Law number {i}.")), drop=[f"d/{i:03}.md"])
        stop.set()
        for thread in threads:
            thread.join()
        shared.refresh()
        assert shared.info().generation == 16
    assert errors == []
    assert any(refreshed)


def test_nothing_here_unpickles() -> None:
    folder = Path(__file__).parent.parent / "rag"
    forbidden = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not forbidden & {name.split(".")[0] for name in names}, path
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert isinstance(node.value, ast.Constant)
                assert node.value.value is False, path
