"""Fusion, filters and diversity: what a search may return, whatever the question."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from embedders import HashEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.config import load_settings
from rag.entries import draft, embed
from rag.fusion import BM25_WEIGHT, blend
from rag.fusion import reciprocal_rank_fusion as fuse
from rag.index import Index
from rag.retrieval import bm25_ranking, distinct, hits, retrieve
from rag.types import Answer, Chunk, Document, Evidence, Filters, Hit, Metadata, Retriever

RANKINGS = st.lists(st.lists(st.integers(0, 12), unique=True, max_size=10), max_size=4)
WORDS = "drone treaty mine tariff court army export vote fund trade border river port law".split()
TYPES = ("report", "law", None)
PLACES = ("Velmark", "Ostrana", "Karstia")
DATES = (None, "2019", "2020-05", "2020-05-17", "2021-12-31", "2023")


def test_reciprocal_ranks_by_hand() -> None:
    assert fuse([[7, 8], [8, 9]], c=60) == [
        (8, 1 / 62 + 1 / 61),
        (7, 1 / 61),
        (9, 1 / 62),
    ]
    assert fuse([[7, 8], [8, 9]]) == fuse([[7, 8], [8, 9]], c=60)
    assert fuse([]) == fuse([[], []]) == []


@given(RANKINGS)
def test_fusion_adds_reciprocal_ranks_over_the_rankings(rankings: list[list[int]]) -> None:
    expected = {
        item: sum(1 / (60 + r.index(item) + 1) for r in rankings if item in r)
        for item in {i for r in rankings for i in r}
    }
    found = fuse(rankings)
    assert dict(found) == pytest.approx(expected)
    assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)


@given(RANKINGS, st.randoms(use_true_random=False))
def test_fusion_does_not_depend_on_the_order_of_the_rankings(
    rankings: list[list[int]], chance: random.Random
) -> None:
    mixed = chance.sample(rankings, len(rankings))
    assert [item for item, _ in fuse(mixed)] == [item for item, _ in fuse(rankings)] or _near_tie(rankings)


def _near_tie(rankings: list[list[int]]) -> bool:
    """Sums of floats in another order may differ in the last bit."""
    scores = sorted(score for _, score in fuse(rankings))
    return any(0 < b - a < 1e-12 for a, b in pairwise(scores))


@given(RANKINGS.filter(lambda rankings: any(len(r) > 1 for r in rankings)), st.data())
def test_a_better_rank_never_lowers_a_score(rankings: list[list[int]], data: st.DataObject) -> None:
    which = data.draw(st.sampled_from([i for i, r in enumerate(rankings) if len(r) > 1]))
    at = data.draw(st.integers(1, len(rankings[which]) - 1))
    item = rankings[which][at]
    better = [list(r) for r in rankings]
    better[which].insert(at - 1, better[which].pop(at))
    assert dict(fuse(better))[item] > dict(fuse(rankings))[item]


SCORES = st.dictionaries(st.integers(0, 9), st.sampled_from([0.0, 0.1, 0.5, 0.9, 7.0, 30.0]), max_size=8)


def test_scores_are_added_by_hand() -> None:
    assert blend({1: 0.5, 2: 0.25, 3: 0.25}, {2: 20.0, 9: 99.0}, weight=0.025) == [
        (2, 0.75),
        (1, 0.5),
        (3, 0.25),
    ]
    assert blend({5: 0.1, 4: 0.1}, {}) == [(4, 0.1), (5, 0.1)]


@given(SCORES, SCORES, st.integers(0, 9))
def test_more_words_in_common_never_lower_a_place(
    cosines: dict[int, float], words: dict[int, float], item: int
) -> None:
    before, after = blend(cosines, words), blend(cosines, words | {item: words.get(item, 0.0) + 5})
    assert {i for i, _ in before} == {i for i, _ in after} == set(cosines)
    if item in cosines:
        places = [[i for i, _ in ranking].index(item) for ranking in (before, after)]
        assert places[1] <= places[0]


def hit(text: str, number: int) -> Hit:
    return Hit(number, Chunk(f"{number}.md", 0, len(text), text, ""), 1 / number, number, Retriever.FUSED)


def test_what_says_the_same_words_again_is_left_out() -> None:
    found = (
        hit("The treaty bans mines.", 1),
        hit("Mines: the treaty bans (it)!", 2),
        hit("Tariffs rose.", 3),
    )
    kept = distinct(found, 10)
    assert [(h.chunk_id, h.rank) for h in kept] == [(1, 1), (3, 2)]
    assert [h.chunk_id for h in distinct(found, 1)] == [1]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), max_size=12),
    st.integers(1, 12),
)
def test_distinct_keeps_the_order_and_no_words_twice(texts: list[str], k: int) -> None:
    found = tuple(hit(text, n) for n, text in enumerate(texts, 1))
    kept = distinct(found, k)
    assert len(kept) <= k
    assert [h.rank for h in kept] == list(range(1, len(kept) + 1))
    assert [h.chunk_id for h in kept] == sorted(h.chunk_id for h in kept)
    bags = [frozenset(h.chunk.text.split()) for h in kept]
    assert len(set(bags)) == len(bags)
    missing = {frozenset(text.split()) for text in texts} - set(bags)
    assert not missing or len(kept) == k


@dataclass(frozen=True, slots=True)
class Archive:
    assistant: Assistant
    metadata: dict[str, Metadata]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, hashing: HashEmbedder) -> Iterator[Archive]:
    """Forty documents of random words and metadata; each tenth repeats the one before."""
    chance = random.Random(11)
    documents: list[Document] = []
    for n in range(40):
        text = ". ".join(" ".join(chance.choices(WORDS, k=7)).capitalize() for _ in range(4)) + "."
        text = documents[-1].text if n % 10 == 9 else text
        metadata = Metadata(
            f"Document {n}",
            date=chance.choice(DATES),
            type=chance.choice(TYPES),
            jurisdictions=tuple(chance.sample(PLACES, chance.randint(0, 2))),
        )
        documents.append(Document(f"{n:02}.md", text, metadata, f"{n:064x}"))
    directory = tmp_path_factory.mktemp("archive") / "index"
    with Index.create(directory, hashing, 40) as index:
        index.commit(embed([draft(d, hashing, 40) for d in documents], hashing, lambda _: {})[0])
        index.save_vectors()
    with Assistant(Index.open(directory), hashing, load_settings(strictness=0)) as assistant:
        yield Archive(assistant, {d.path: d.metadata for d in documents})


def passes(path: str, metadata: Metadata, filters: Filters) -> bool:
    first, last = (
        f"{metadata.date or ''}{rest[len(metadata.date or '') - 4 :]}" for rest in ("-01-01", "-12-31")
    )
    since, until = filters.date_from, filters.date_to
    return (
        (since is None or (metadata.date is not None and last >= f"{since}-01-01"[:10]))
        and (until is None or (metadata.date is not None and first <= (until + "-12-31"[len(until) - 4 :])))
        and (not filters.types or (metadata.type or "") in [t.lower() for t in filters.types])
        and (not filters.jurisdictions or bool(set(filters.jurisdictions) & set(metadata.jurisdictions)))
        and (not filters.documents or path in filters.documents)
    )


FILTERS = st.builds(
    Filters,
    date_from=st.sampled_from([None, None, "2019", "2020", "2021"]),
    date_to=st.sampled_from([None, None, "2019", "2020-05-16", "2020", "2022"]),
    types=st.sampled_from([(), (), ("report",), ("Law", "report"), ("novel",)]),
    jurisdictions=st.sampled_from([(), (), ("Velmark",), ("Ostrana", "Karstia")]),
    documents=st.sampled_from([(), (), ("03.md", "14.md", "29.md"), ("none.md",)]),
)
QUESTIONS = st.sampled_from(
    ["Why did the treaty ban the mine?", "export of drones", "When was the vote on the fund?"]
)


@settings(max_examples=60, deadline=None)
@given(FILTERS, QUESTIONS, st.sampled_from(Retriever))
def test_filters_never_leak_through_search(
    archive: Archive, filters: Filters, question: str, retriever: Retriever
) -> None:
    found = archive.assistant.search(question, 15, filters, retriever)
    allowed = {path for path, m in archive.metadata.items() if passes(path, m, filters)}
    assert {h.chunk.document for h in found} <= allowed
    assert bool(found) == bool(allowed) or retriever is Retriever.BM25


@settings(max_examples=25, deadline=None)
@given(FILTERS, QUESTIONS)
def test_filters_never_leak_through_ask(archive: Archive, filters: Filters, question: str) -> None:
    result = archive.assistant.ask(question, filters=filters)
    allowed = {path for path, m in archive.metadata.items() if passes(path, m, filters)}
    cited = result.citations if isinstance(result, Answer) else result.nearest
    assert {c.document for c in cited} | {h.chunk.document for h in result.retrieved} <= allowed
    assert allowed or not isinstance(result, Answer)


@pytest.mark.parametrize("retriever", [Retriever.DENSE, Retriever.BM25])
def test_filters_apply_before_ranking(archive: Archive, retriever: Retriever) -> None:
    filters = Filters(types=("law",))
    every = archive.assistant.search("export of mines by river", 1000, None, retriever)
    laws = [h for h in every if archive.metadata[h.chunk.document].type == "law"]
    some = archive.assistant.search("export of mines by river", 3, filters, retriever)
    assert len(some) == 3
    assert [h.chunk_id for h in some] == [h.chunk_id for h in laws[:3]]
    assert [h.score for h in some] == pytest.approx([h.score for h in laws[:3]])


@pytest.mark.parametrize("retriever", [Retriever.FUSED, Retriever.RERANKED])
def test_a_copy_of_a_document_is_not_found_twice(archive: Archive, retriever: Retriever) -> None:
    index = archive.assistant.index
    original = index.document("08.md").text
    assert index.document("09.md").text == original
    found = archive.assistant.search(original[:60], 20, None, retriever)
    texts = [frozenset(h.chunk.text.lower().replace(".", "").split()) for h in found]
    assert {h.chunk.document for h in found} & {"08.md", "09.md"}
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("retriever", list(Retriever))
def test_ranks_count_from_one_and_scores_never_rise(archive: Archive, retriever: Retriever) -> None:
    found = archive.assistant.search("tariff on trade at the border", 12, None, retriever)
    assert len(found) == 12
    _check_order(found, retriever)


def _check_order(found: Evidence, retriever: Retriever) -> None:
    assert [h.rank for h in found] == list(range(1, len(found) + 1))
    assert all(h.retriever is retriever for h in found)
    assert all(a.score >= b.score for a, b in pairwise(found))


def test_fused_search_adds_the_scores_of_both(archive: Archive, hashing: HashEmbedder) -> None:
    index, question = archive.assistant.index, "tariff on trade at the border"
    query = hashing.embed_query(question)
    words = dict(bm25_ranking(index, question, 1000))
    added = {i: cosine + BM25_WEIGHT * words.get(i, 0.0) for i, cosine in index.dense(query, 1000)}
    best = sorted(added.items(), key=lambda pair: (-pair[1], pair[0]))
    expected = distinct(hits(index, best, Retriever.FUSED), 5)
    found = retrieve(index, query, question, 5)
    assert [h.chunk_id for h in found] == [h.chunk_id for h in expected]
    assert [h.score for h in found] == pytest.approx([h.score for h in expected], abs=1e-5)


def test_a_misspelt_word_finds_what_was_meant(quick: Assistant) -> None:
    for written in ("garrison", "garrisn", "garrsion", "Garrizon"):
        found = quick.search(written, 10, None, Retriever.BM25)
        assert [h.chunk.document for h in found] == ["briefs/karst-border.md"], written
    assert quick.search("zanzibari", 10, None, Retriever.BM25) == ()


def test_words_find_what_holds_them_and_nothing_else(quick: Assistant) -> None:
    found = quick.search("bunkering", 10, None, Retriever.BM25)
    assert [h.chunk.document for h in found] == ["reports/lindos-port.md"]
    assert quick.search("of the and", 10, None, Retriever.BM25) == ()


def test_a_search_gives_no_more_than_it_was_asked_for(quick: Assistant) -> None:
    for retriever in Retriever:
        assert len(quick.search("the port of Lindos", 2, None, retriever)) == 2


def test_nor_does_a_search_that_asks_why(quick: Assistant) -> None:
    for k in (1, 2, 3):
        assert len(quick.search("Why did trade through the Mirov crossing increase?", k)) == k


@pytest.mark.model
@pytest.mark.parametrize("retriever", [Retriever.DENSE, Retriever.RERANKED])
def test_meaning_finds_what_other_words_say(assistant: Assistant, retriever: Retriever) -> None:
    best = assistant.search("vessels need a permit to cross the water", 3, None, retriever)[0]
    assert best.chunk.document == "law/ferry-regulation.md"
