"""Searches in an index are exact, its filters never leak, and what it holds can be looked up."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexes import EMBEDDER, WORDS, build, document, entries, library, sentence

from rag.chunks import embedded_text
from rag.errors import DimensionError, UsageError
from rag.index import Index
from rag.rows import first_day, last_day, text_hash
from rag.terms import terms
from rag.types import Chunk, Document, Filters, Metadata


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(build(tmp_path_factory.mktemp("shared") / "index", *library(60))) as index:
        yield index


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 90))
def test_dense_search_is_exact(reader: Index, seed: int, k: int) -> None:
    query = np.random.default_rng(seed).standard_normal((1, 32)).astype(np.float32)
    ids = reader.all_chunk_ids()
    scores = (reader.vectors(ids) @ query[0]).tolist()
    expected = sorted(zip(ids, scores, strict=True), key=lambda pair: (-pair[1], pair[0]))[:k]
    found = reader.dense(query, k)
    assert len(found) == min(k, len(ids))
    np.testing.assert_allclose([s for _, s in found], [s for _, s in expected], rtol=1e-5, atol=1e-6)
    by_id = dict(zip(ids, scores, strict=True))
    np.testing.assert_allclose([by_id[i] for i, _ in found], [s for _, s in found], rtol=1e-5, atol=1e-6)


def test_a_text_finds_itself_first_with_cosine_one(reader: Index) -> None:
    for chunk_id, chunk in reader.chunks(reader.all_chunk_ids()[:20]).items():
        (best, *_) = reader.dense(EMBEDDER.embed_query(embedded_text(chunk)), 3)
        assert best[1] == pytest.approx(1.0, abs=1e-5)
        assert embedded_text(reader.chunks([best[0]])[best[0]]).lower() == embedded_text(chunk).lower()
        assert reader.bm25(terms(chunk.text), 200)
        assert chunk_id in dict(reader.bm25(terms(chunk.text), 200))


def test_a_query_of_another_size_is_refused(reader: Index) -> None:
    with pytest.raises(DimensionError, match="32"):
        reader.dense(np.ones((1, 16), dtype=np.float32), 3)
    with pytest.raises(DimensionError):
        reader.dense(np.ones((2, 32), dtype=np.float32), 3)


def test_nothing_asked_nothing_found(reader: Index, tmp_path: Path) -> None:
    assert reader.dense(EMBEDDER.embed_query("x"), 0) == []
    assert reader.bm25(["drone"], 0) == reader.bm25([], 5) == reader.bm25(["", " "], 5) == []
    with Index.create(tmp_path / "empty", EMBEDDER, 20) as empty:
        assert empty.dense(EMBEDDER.embed_query("x"), 5) == empty.bm25(["drone"], 5) == []
        empty.save_vectors()
        assert empty.vectors([]).shape == (0, 32)


dates = st.one_of(
    st.none(),
    st.dates().map(str),
    st.dates().map(lambda d: str(d)[:7]),
    st.integers(1990, 2010).map(str),
    st.just("undated"),
)
names = st.lists(st.sampled_from(["EU", "UN", "Peru", "côte", "Côte"]), max_size=3).map(tuple)
kinds = st.sampled_from(["law", "Law", "report", "treaty"])
metadata = st.builds(Metadata, title=st.just(""), date=dates, type=st.none() | kinds, jurisdictions=names)
conditions = st.builds(
    Filters,
    date_from=st.none() | st.integers(1990, 2010).map(str) | st.dates().map(str),
    date_to=st.none() | st.integers(1990, 2010).map(str) | st.dates().map(str),
    types=st.lists(kinds, max_size=2).map(tuple),
    jurisdictions=names,
    documents=st.lists(st.sampled_from(["0", "1", "2", "nowhere"]), max_size=3).map(tuple),
)


def passes(one: Document, filters: Filters) -> bool:
    """What a filter means, in other words than SQL."""
    meta, folded = one.metadata, lambda values: {value.casefold() for value in values}
    first, last = first_day(meta.date) or "", last_day(meta.date) or ""
    return (
        (not filters.date_from or last >= filters.date_from)
        and (not filters.date_to or "" < first <= filters.date_to + "~")
        and (not filters.types or (meta.type or "").casefold() in folded(filters.types))
        and (not filters.jurisdictions or bool(folded(meta.jurisdictions) & folded(filters.jurisdictions)))
        and (not filters.documents or one.path in filters.documents)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(metadata, min_size=1, max_size=6), conditions, st.integers(1, 8))
def test_filters_apply_before_ranking_and_never_leak(about: list[Metadata], filters: Filters, k: int) -> None:
    rng = random.Random(len(about))
    documents = [document(str(i), f"Drone. {sentence(rng)}", meta) for i, meta in enumerate(about)]
    expected = {one.path for one in documents if passes(one, filters)}
    with tempfile.TemporaryDirectory() as folder, Index.create(Path(folder) / "i", EMBEDDER, 20) as index:
        index.commit(entries(*documents))
        for ranking in (
            index.dense(EMBEDDER.embed_query("drone"), k, filters),
            index.bm25(["drone"], k, filters),
        ):
            found = [chunk.document for chunk in index.chunks([i for i, _ in ranking]).values()]
            assert set(found) <= expected
            assert len(found) == min(k, len(expected))


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2024-07-20", "2024-07-20", "2024-07-20"),
        ("2024-07", "2024-07-01", "2024-07-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("July 2024", None, None),
        (None, None, None),
    ],
)
def test_a_partial_date_is_an_interval(date: str | None, first: str | None, last: str | None) -> None:
    assert (first_day(date), last_day(date)) == (first, last)


def fts5_score(query: Sequence[str], bags: Sequence[Sequence[str]], at: int) -> float:
    """BM25 as FTS5 documents it, written down independently."""
    average = sum(map(len, bags)) / len(bags)
    total = 0.0
    for term in dict.fromkeys(query):
        n, f = sum(term in bag for bag in bags), bags[at].count(term)
        idf = max(math.log((len(bags) - n + 0.5) / (n + 0.5)), 1e-6)
        total += idf * f * 2.2 / (f + 1.2 * (0.25 + 0.75 * len(bags[at]) / average))
    return total


queries = st.lists(st.sampled_from([*(terms(w)[0] for w in WORDS), "absent"]), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(queries)
def test_bm25_scores_are_those_of_the_formula(reader: Index, query: list[str]) -> None:
    chunks = reader.chunks(reader.all_chunk_ids())
    bags = [terms(embedded_text(chunk)) for chunk in chunks.values()]
    expected = {i: fts5_score(query, bags, at) for at, i in enumerate(chunks)}
    found = reader.bm25(query, 1000)
    assert {i for i, _ in found} == {i for i, bag in zip(chunks, bags, strict=True) if {*query} & {*bag}}
    np.testing.assert_allclose([s for _, s in found], [expected[i] for i, _ in found], rtol=1e-9)
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
    assert reader.bm25(query, 3) == found[:3]
    counted = reader.term_document_frequencies(query)
    assert counted == {term: sum(term in bag for bag in bags) for term in query}


@pytest.fixture(scope="module")
def rare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index in which no term that is asked for is in half of the chunks."""
    rng = random.Random(3)
    texts = [
        " ".join(rng.choices(WORDS, k=2) + [f"filler{rng.randrange(200)}" for _ in range(rng.randint(2, 12))])
        for _ in range(80)
    ]
    documents = [document(f"{i}", text) for i, text in enumerate(texts)]
    with Index.open(build(tmp_path_factory.mktemp("rare") / "index", *documents)) as index:
        yield index


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5, unique=True))
def test_bm25_agrees_with_bm25s(rare: Index, query: list[str]) -> None:
    """bm25s, "robertson", k1 = 1.2, b = 0.75: the same idf where it is positive; it leaves out the
    factor k1 + 1 that FTS5 has."""
    chunks = rare.chunks(rare.all_chunk_ids())
    reference = bm25s.BM25(method="robertson", k1=1.2, b=0.75)
    reference.index([terms(embedded_text(chunk)) for chunk in chunks.values()], show_progress=False)
    wanted = [term for word in query for term in terms(word)]
    expected = dict(zip(chunks, 2.2 * reference.get_scores(wanted), strict=True))
    found = dict(rare.bm25(wanted, len(chunks)))
    ours = [found.get(i, 0.0) for i in chunks]
    np.testing.assert_allclose(ours, list(expected.values()), rtol=1e-4, atol=1e-5)
    ranked = sorted(found, key=lambda i: (-round(found[i], 4), i))
    assert ranked == sorted(found, key=lambda i: (-round(float(expected[i]), 4), i))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=8))
def test_no_term_is_read_as_query_syntax(reader: Index, query: list[str]) -> None:
    reader.bm25(query, 5)


@pytest.mark.parametrize(
    "term", ['"', "drone OR mine", "drone*", "^drone", "NEAR(drone mine)", "terms:drone", "'", "\0"]
)
def test_syntax_finds_nothing_by_itself(reader: Index, term: str) -> None:
    assert reader.bm25([term], 5) == []


def test_a_term_with_punctuation_is_one_term(tmp_path: Path) -> None:
    with Index.create(tmp_path / "i", EMBEDDER, 20) as index:
        index.commit(entries(document("a", "Text."), document("b", "Words."), document("c", "More.")))
        with index._db.transaction() as connection:
            connection.execute("UPDATE fulltext SET terms = '6(1)(a) c-17 §' WHERE rowid = 2")
        assert [i for i, _ in index.bm25(["6(1)(a)"], 5)] == [2]
        assert index.bm25(["6"], 5) == index.bm25(["17"], 5) == []


def test_a_long_question_is_answered(reader: Index) -> None:
    assert reader.bm25([f"word{i}" for i in range(3000)] + ["drone"], 3) == reader.bm25(["drone"], 3)


def test_neighbours_stay_within_the_document(reader: Index) -> None:
    ids = reader.all_chunk_ids()
    chunks = reader.chunks(ids)
    for i in ids:
        before, after = reader.neighbours(i)
        for other, sign in ((before, -1), (after, 1)):
            beside = chunks.get(i + sign)
            assert other == (i + sign if beside and beside.document == chunks[i].document else None)
    assert reader.neighbours(10**9) == (None, None)


def test_sentences_are_those_that_overlap(reader: Index) -> None:
    text = reader.document("d/001.md").text
    every = reader.sentences("d/001.md", 0, len(text))
    assert len(every) > 1
    assert [s for s in every if s.end > 5 and s.start < 40] == reader.sentences("d/001.md", 5, 40)
    assert reader.sentences("d/001.md", len(text), len(text) + 5) == []


def test_unknown_things_are_named(reader: Index) -> None:
    with pytest.raises(UsageError, match=r"did you mean d/001\.md\?"):
        reader.document("001.md")
    with pytest.raises(UsageError, match=r"d/0"):
        reader.sentences("d/0O1.md", 0, 5)
    with pytest.raises(UsageError, match="No chunk 999999"):
        reader.vectors([1, 999999])
    assert list(reader.chunks([3, 999999, 1])) == [3, 1]


def test_known_vectors_are_found_by_text(reader: Index) -> None:
    chunk = reader.chunks([1])[1]
    known = reader.known_vectors([text_hash(embedded_text(chunk)), text_hash("never seen")])
    assert list(known) == [text_hash(embedded_text(chunk))]
    np.testing.assert_array_equal(known[text_hash(embedded_text(chunk))], reader.vectors([1])[0])


def test_a_chunk_reads_what_its_document_says(reader: Index) -> None:
    for chunk in reader.chunks(reader.all_chunk_ids()).values():
        assert isinstance(chunk, Chunk)
        assert reader.document(chunk.document).text[chunk.start : chunk.end] == chunk.text
