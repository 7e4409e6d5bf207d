"""A large index finds what a small one would: the same BM25, the same filters, nearly the same neighbours.
It may be behind, and is not believed when it is damaged.

`LARGE_FROM` is lowered, so that a few documents make a large index.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexes import EMBEDDER, WORDS, build, document, entries, sentence

import rag.large
from rag import clustered, derived, postings
from rag.errors import DimensionError
from rag.index import Index
from rag.inverting import append_postings, map_postings
from rag.terms import terms
from rag.types import Document, Filters, Metadata
from rag.vectors import vectors_file

KINDS = ("law", "report", "treaty")
ASKED = [*(terms(word)[0] for word in WORDS), *(f"name{i}" for i in range(0, 80, 7)), "absent"]
T = TypeVar("T")
Ranking = list[tuple[int, float]]


def shelf(count: int, seed: int = 7, folder: str = "d") -> list[Document]:
    rng = random.Random(seed)
    return [
        document(
            f"{folder}/{i:03}.md",
            " ".join(f"{sentence(rng, 6)} Name{rng.randrange(80)} spoke." for _ in range(rng.randint(1, 5))),
            Metadata(title="", type=rng.choice(KINDS), date=str(rng.randint(1990, 2020))),
        )
        for i in range(count)
    ]


def as_small(ask: Callable[[], T]) -> T:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived, "LARGE_FROM", 10**9)
        return ask()


@pytest.fixture(autouse=True)
def _from_ten_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "LARGE_FROM", 10)
    monkeypatch.setattr(rag.large, "CLUSTERED_FROM", 10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived, "LARGE_FROM", 10)
        patch.setattr(rag.large, "CLUSTERED_FROM", 10)
        return build(tmp_path_factory.mktemp("large") / "index", *shelf(120))


@pytest.fixture(scope="module")
def large(folder: Path) -> Iterator[Index]:
    with Index.open(folder) as index:
        yield index


@pytest.fixture(scope="module")
def small(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The same index, which is to be asked `as_small`."""
    copy = tmp_path_factory.mktemp("small") / "index"
    shutil.copytree(folder, copy)
    with Index.open(copy) as index:
        yield index


filters = st.builds(
    Filters,
    date_from=st.none() | st.integers(1990, 2020).map(str),
    types=st.lists(st.sampled_from(KINDS), max_size=2).map(tuple),
)
asked = st.lists(st.sampled_from(ASKED), min_size=1, max_size=6)


def same(found: Ranking, expected: Ranking) -> None:
    assert [i for i, _ in found] == [i for i, _ in expected]
    np.testing.assert_allclose([s for _, s in found], [s for _, s in expected], rtol=1e-9)


@settings(max_examples=80)
@given(asked, st.integers(1, 500), filters)
def test_bm25_is_that_of_full_text_search(
    large: Index, small: Index, query: list[str], k: int, only: Filters
) -> None:
    expected = as_small(lambda: small.bm25(query, 10**4, only))
    found = large.bm25(query, k, only)
    by_id = dict(expected)
    np.testing.assert_allclose([s for _, s in found], [s for _, s in expected[:k]], rtol=1e-9)
    np.testing.assert_allclose([by_id[i] for i, _ in found], [s for _, s in found], rtol=1e-9)
    assert len({i for i, _ in found}) == len(found) == min(k, len(expected))


@settings(max_examples=40)
@given(asked, st.sampled_from([*"abcdefnt", "na", "name1", "zz"]))
def test_frequencies_and_vocabulary_are_those_of_full_text(
    large: Index, small: Index, query: list[str], prefix: str
) -> None:
    assert large.term_document_frequencies(query) == as_small(lambda: small.term_document_frequencies(query))
    assert large.vocabulary(prefix) == as_small(lambda: small.vocabulary(prefix))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400), filters)
def test_dense_scores_are_exact_and_filters_never_leak(
    large: Index, small: Index, seed: int, k: int, only: Filters
) -> None:
    query = np.random.default_rng(seed).standard_normal((1, 32)).astype(np.float32)
    exact = as_small(lambda: small.dense(query, 10**4, only))
    found = large.dense(query, k, only)
    assert len(found) == min(k, len(exact))
    np.testing.assert_allclose(
        [dict(exact)[i] for i, _ in found], [s for _, s in found], rtol=1e-5, atol=1e-6
    )
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


@pytest.mark.parametrize("few", [0, 10**9])
def test_allowed_chunks_are_found_whether_compared_or_selected(
    large: Index, small: Index, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(clustered, "_FEW", few)
    query, only = EMBEDDER.embed_query("drone treaty name7"), Filters(types=("law",), date_from="2005")
    expected = as_small(lambda: small.dense(query, 5, only))
    assert len(expected) == 5
    same_ids = [i for i, _ in large.dense(query, 5, only)]
    assert same_ids == [i for i, _ in expected]


def test_recall_is_measured_and_kept(large: Index, small: Index, folder: Path) -> None:
    assert as_small(small.recall) is None
    recall = large.recall()
    assert recall is not None
    assert recall.at_100 >= clustered.WANTED_RECALL
    assert 1 <= recall.probes <= recall.clusters
    assert recall.questions > 100
    with Index.open(folder) as again:
        assert again.recall() == recall


def test_more_clusters_are_read_until_enough_is_found() -> None:
    """Vectors without any structure: the nearest lie in any cluster."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((6000, 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    questions = vectors[:120] + rng.standard_normal((120, 24)).astype(np.float32)

    def recall_where(probes: tuple[int, ...], path: Path) -> clustered.Recall:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clustered, "PROBES", probes)
            return clustered.write(path, lambda: [(np.arange(6000), vectors)], 6000, 24, questions)

    one, enough = (
        recall_where((1,), Path("/dev/null")),
        recall_where((1, 16, 32, 48, 56, 60), Path("/dev/null")),
    )
    assert (one.probes, one.at_10) == (one.clusters, 1.0)
    assert 1 < enough.probes < enough.clusters
    assert clustered.WANTED_RECALL <= enough.at_100 < 1


def test_a_query_of_another_size_is_refused(large: Index) -> None:
    with pytest.raises(DimensionError, match="32"):
        large.dense(np.ones((1, 16), dtype=np.float32), 3)


def test_opening_reads_neither_ids_nor_vectors(folder: Path) -> None:
    statements: list[str] = []
    with Index.open(folder) as index:
        index._db._connection.set_trace_callback(statements.append)
        index.dense(EMBEDDER.embed_query("drone"), 5)
        index.bm25(["drone"], 5)
        index._db._connection.set_trace_callback(None)
    assert statements
    assert not [s for s in statements if "SELECT id FROM chunks" in s or "fulltext" in s]
    assert not [s for s in statements if "FROM vectors" in s and "IN (" not in s and "chunk_id >" not in s]


def changed(folder: Path, tmp_path: Path, add: int, drop: int) -> tuple[Path, list[str]]:
    """A copy of the index with a few documents more and less, saved by its writer; what it was told."""
    copy, said = tmp_path / "changed", list[str]()
    shutil.copytree(folder, copy)
    with Index.open(copy, read_only=False, on_repair=said.append) as index:
        index.commit(entries(*shelf(add, seed=99, folder="new")), [f"d/{i:03}.md" for i in range(drop)])
        index.save_vectors()
    return copy, said


def test_a_file_that_is_a_little_behind_is_kept_and_searched_right(folder: Path, tmp_path: Path) -> None:
    copy, said = changed(folder, tmp_path, add=2, drop=1)
    assert ([file.name for file in copy.glob("vectors-*")], said) == (["vectors-1.faiss"], [])
    with Index.open(copy, on_repair=said.append) as index:
        there = set(index.all_chunk_ids())
        query = EMBEDDER.embed_query("drone treaty")
        scores = index.vectors(sorted(there)) @ query[0]
        assert {i for i, _ in index.dense(query, 10**4)} == there
        assert index.dense(query, 1)[0][1] == pytest.approx(float(scores.max()), abs=1e-6)
        found = [i for i, _ in index.bm25(ASKED, 10**4)]
        assert set(found) == {i for i in there if {*terms(index.chunks([i])[i].text)} & {*ASKED}}
        assert len(found) == len(set(found))
        newest = index.chunks([max(there)])[max(there)]
        only = Filters(documents=(newest.document,))
        for ranking in (index.dense(query, 100, only), index.bm25(ASKED, 100, only)):
            assert {chunk.document for chunk in index.chunks([i for i, _ in ranking]).values()} == {
                newest.document
            }
    assert said == []


def test_a_term_of_newer_chunks_alone_is_known(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "changed"
    shutil.copytree(folder, copy)
    with Index.open(copy, read_only=False) as index:
        index.commit(entries(document("new.md", "Zanzibar signed.")))
        index.save_vectors()
    with Index.open(copy) as index:
        assert index.term_document_frequencies(["zanzibar"]) == {"zanzibar": 1}
        assert len(index.bm25(["zanzibar"], 5)) == 1


def test_a_file_that_is_far_behind_is_built_anew_by_the_writer(folder: Path, tmp_path: Path) -> None:
    copy, said = changed(folder, tmp_path, add=0, drop=60)
    assert ([file.name for file in copy.glob("vectors-*")], said) == (["vectors-2.faiss"], [])
    with Index.open(copy) as index:
        assert len(index.dense(EMBEDDER.embed_query("x"), 10**4)) == index.chunk_count()


def test_a_reader_of_an_older_snapshot_does_not_use_a_newer_file(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    with Index.open(copy) as reader:
        with Index.open(copy, read_only=False) as writer:
            writer.commit(drop=[f"d/{i:03}.md" for i in range(60)])
            writer.save_vectors()
        assert len(reader.dense(EMBEDDER.embed_query("x"), 10**4)) == reader.chunk_count()
        assert reader.refresh()
        assert len(reader.dense(EMBEDDER.embed_query("x"), 10**4)) == reader.chunk_count()
    assert [file.name for file in copy.glob("vectors-*")] == ["vectors-2.faiss"]


def test_an_index_that_grows_large_changes_its_file(tmp_path: Path) -> None:
    said: list[str] = []
    as_small(lambda: build(tmp_path / "index", *shelf(30)))
    with Index.open(tmp_path / "index", on_repair=said.append) as index:
        assert index.recall() is not None

    assert ["for small indexes" in line for line in said] == [True]
    with Index.open(tmp_path / "index", on_repair=said.append) as index:
        assert index.recall() is not None
    assert len(said) == 1


def test_below_the_size_for_clusters_dense_search_is_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Index
) -> None:
    """Also where the file is behind: chunks that are gone take nobody's place."""
    monkeypatch.setattr(rag.large, "CLUSTERED_FROM", 10**9)
    directory = build(tmp_path / "index", *shelf(120))
    query, only = EMBEDDER.embed_query("drone treaty name7"), Filters(types=("law",))
    with Index.open(directory, read_only=False) as index:
        assert index.recall() is None
        for k in (3, 50, 10**4):
            assert index.dense(query, k) == as_small(lambda k=k: small.dense(query, k))  # type: ignore[misc]
            assert index.dense(query, k, only) == as_small(lambda k=k: small.dense(query, k, only))  # type: ignore[misc]
        nearest = index.chunks([index.dense(query, 1)[0][0]]).popitem()[1].document
        index.commit(entries(*shelf(2, seed=99, folder="new")), [nearest])
        index.save_vectors()
    assert [file.name for file in directory.glob("vectors-*")] == ["vectors-1.faiss"]
    with Index.open(directory) as index:
        there = sorted(index.all_chunk_ids())
        scores = index.vectors(there) @ query[0]
        expected = sorted(zip(there, scores.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))[:5]
        assert [i for i, _ in index.dense(query, 5)] == [i for i, _ in expected]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.booleans())
def test_frequent_terms_are_read_in_part_without_a_difference(seed: int, k: int, restricted: bool) -> None:
    rng = random.Random(seed)
    texts = [
        (
            i * 3,
            " ".join([f"rare{rng.randrange(40)}", *("common" for _ in range(rng.randrange(4))), "filler"]),
        )
        for i in range(400)
    ]
    allowed = np.array(sorted(rng.sample([i for i, _ in texts], 150)), np.int64) if restricted else None
    query = [f"rare{rng.randrange(40)}" for _ in range(3)] + ["common", "filler"]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "postings"
        path.touch()
        layout = append_postings(path, [texts])
        whole = map_postings(path, layout).search(query, 400, allowed)
        patch.setattr(postings, "_BLOCK", 2)
        in_part = map_postings(path, layout)
        found = in_part.search(query, k, allowed)
    np.testing.assert_allclose([s for _, s in found], [s for _, s in whole[:k]], rtol=1e-12)
    by_id = dict(whole)
    np.testing.assert_allclose([by_id[i] for i, _ in found], [s for _, s in found], rtol=1e-12)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(b""), "damaged"),
        (lambda path: path.write_bytes(b"x" * 20), "damaged"),
        (cut, "damaged"),
        (altered, "damaged"),
        (lambda path: path.rename(vectors_file(path.parent, 5)), "out of date"),
    ],
)
def test_a_damaged_file_is_repaired_and_that_is_said(
    folder: Path, tmp_path: Path, large: Index, spoil: Callable[[Path], object], word: str
) -> None:
    copy, said = tmp_path / "copy", list[str]()
    shutil.copytree(folder, copy)
    spoil(vectors_file(copy, 1))
    query = EMBEDDER.embed_query("drone treaty")
    for _ in range(2):
        with Index.open(copy, on_repair=said.append) as index:
            assert index.dense(query, 10) == large.dense(query, 10)
            same(index.bm25(["name7", "mine"], 10), large.bm25(["name7", "mine"], 10))
        assert [word in line for line in said] == [True]
    assert [file.name for file in copy.glob("vectors-*")] == ["vectors-1.faiss"]
