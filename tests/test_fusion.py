"""Fusion of the two searches: laws of the blend, and what it sees of an index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from embedders import HashEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag import fusion, retrieval
from rag.entries import draft, embed
from rag.fusion import BM25_WEIGHT, blend
from rag.index import Index
from rag.retrieval import bm25_ranking, fused_ranking
from rag.types import Document, Filters, Metadata

SCORES = st.dictionaries(st.integers(0, 20), st.floats(-1, 1, width=16), max_size=12)
BM25 = st.dictionaries(st.integers(0, 20), st.floats(0, 60, width=16), max_size=12)
QUESTION = "harbour dues for ferries"


@given(SCORES, BM25)
def test_a_blend_ranks_what_has_a_cosine_by_the_sum(
    cosines: dict[int, float], bm25: dict[int, float]
) -> None:
    found = blend(cosines, bm25)
    assert dict(found) == pytest.approx({i: c + BM25_WEIGHT * bm25.get(i, 0) for i, c in cosines.items()})
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


@given(SCORES)
def test_without_common_words_the_cosines_decide(cosines: dict[int, float]) -> None:
    assert blend(cosines, {}) == sorted(cosines.items(), key=lambda pair: (-pair[1], pair[0]))


def test_the_weight_trades_one_score_for_the_other() -> None:
    cosines, bm25 = {1: 0.6, 2: 0.4}, {2: 9.0}
    assert [i for i, _ in blend(cosines, bm25, weight=0.02)] == [1, 2]
    assert [i for i, _ in blend(cosines, bm25, weight=0.03)] == [2, 1]


def test_rank_fusion_by_hand() -> None:
    assert fusion.reciprocal_rank_fusion([[4, 5], [5]])[0] == (5, pytest.approx(1 / 61 + 1 / 62))


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, HashEmbedder]]:
    """Documents on many things; only the last two say the question's words: one briefly, one all of them at length."""
    embedder = HashEmbedder()
    directory: Path = tmp_path_factory.mktemp("harbour") / "index"
    texts = [f"Statute {n} governs quarries and tolls of region {n}." for n in range(12)]
    texts += [
        "Dues for",
        "Harbour dues for ferries follow tables that weigh tonnage, berths, seasons and crews.",
    ]
    documents = [Document(f"{n:02}.md", text, Metadata(""), f"{n:064x}") for n, text in enumerate(texts)]
    with Index.create(directory, embedder, 40) as index:
        index.commit(embed([draft(one, embedder, 40) for one in documents], embedder, lambda _: {})[0])
        index.save_vectors()
    with Index.open(directory) as index:
        yield index, embedder


def _of(index: Index, ranking: fusion.Ranking) -> dict[str, float]:
    chunks = index.chunks([i for i, _ in ranking])
    return {chunks[i].document: score for i, score in ranking}


def test_what_only_one_search_reached_is_judged_by_both(
    harbour: tuple[Index, HashEmbedder], monkeypatch: pytest.MonkeyPatch
) -> None:
    index, embedder = harbour
    query = embedder.embed_query(QUESTION)
    everything = _of(index, fused_ranking(index, query, QUESTION))
    best = {*_of(index, index.dense(query, 1)), *_of(index, bm25_ranking(index, QUESTION, 1))}
    assert len(best) == 2
    monkeypatch.setattr(retrieval, "DEPTH", 1)
    few = _of(index, fused_ranking(index, query, QUESTION))
    assert few == {document: pytest.approx(everything[document], abs=1e-6) for document in best}


def test_a_question_in_other_words_is_left_to_the_cosines(harbour: tuple[Index, HashEmbedder]) -> None:
    index, embedder = harbour
    question = "zygote xylophone"
    query = embedder.embed_query(question)
    assert bm25_ranking(index, question, 10) == []
    assert fused_ranking(index, query, question) == index.dense(query, retrieval.DEPTH)


def test_filters_hold_for_both_searches(harbour: tuple[Index, HashEmbedder]) -> None:
    index, embedder = harbour
    only = Filters(documents=("12.md", "03.md"))
    found = fused_ranking(index, embedder.embed_query(QUESTION), QUESTION, only)
    assert set(_of(index, found)) == {"12.md", "03.md"}
    assert (
        fused_ranking(index, np.zeros((1, 32), np.float32), QUESTION, Filters(documents=("none.md",))) == []
    )
