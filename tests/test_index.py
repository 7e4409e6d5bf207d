"""The index on disk: what goes in comes out, searches are exact, and damage is named, never shown."""

from __future__ import annotations

import ast
import ctypes
import math
import os
import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import pytest
from embedders import HashEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunks import embedded_text
from rag.entries import draft, embed
from rag.errors import (
    DimensionError,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexStateError,
    IndexTooNew,
    UsageError,
)
from rag.index import Index
from rag.rows import first_day, last_day, text_hash
from rag.schema import DATABASE
from rag.terms import terms
from rag.types import (
    Chunk,
    Document,
    Filters,
    Metadata,
    Page,
    Paragraph,
    Section,
    Skipped,
    Source,
)
from rag.vectors import Nearest, vectors_file
from rag.writing import Entry, Location

EMBEDDER = HashEmbedder()
WORDS = "drone treaty mine tariff court state army import export ban vote sign fund trade law".split()


def document(path: str, text: str, metadata: Metadata | None = None) -> Document:
    return Document(path, text, metadata or Metadata(title=""), text_hash(text).hex())


def entries(*documents: Document) -> list[Entry]:
    made, _ = embed([draft(d, EMBEDDER, 20) for d in documents], EMBEDDER, lambda _: {})
    return made


def sentence(rng: random.Random, length: int = 8) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(length)).capitalize() + "."


def library(count: int, seed: int = 0) -> list[Document]:
    rng = random.Random(seed)
    return [
        document(
            f"d/{i:03}.md", " ".join(sentence(rng, rng.randint(3, 12)) for _ in range(rng.randint(1, 6)))
        )
        for i in range(count)
    ]


def build(directory: Path, *documents: Document) -> Path:
    with Index.create(directory, EMBEDDER, 20) as index:
        index.commit(entries(*documents))
        index.save_vectors()
    return directory


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return build(tmp_path / "index", *library(20))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(build(tmp_path_factory.mktemp("shared") / "index", *library(60))) as index:
        yield index


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


def test_a_chunk_reads_what_its_document_says(reader: Index) -> None:
    for chunk in reader.chunks(reader.all_chunk_ids()).values():
        assert isinstance(chunk, Chunk)
        assert reader.document(chunk.document).text[chunk.start : chunk.end] == chunk.text
