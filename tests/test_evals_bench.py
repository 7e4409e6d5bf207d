"""The benches on small data of known answers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from evals.bench.beir import load_beir
from evals.bench.calibration import cut_to_limit, whole_documents
from evals.bench.retrieval import COLUMNS, Ranked, bench_set
from evals.bench.support import Pair, bench_support, load_pairs, macro_average, sample
from evals.bench.tables import retrieval_table, support_table
from rag.errors import UsageError
from rag.index import Index
from rag.types import Vectors

TOPICS = ("permits", "bridges", "fishing", "customs", "railways", "lighthouses")


@dataclass(frozen=True)
class OneHot:
    """Texts to the direction of the first topic that they name; the last direction for none."""

    name: str = "one-hot"
    fingerprint: str = "0"
    dimension: int = len(TOPICS) + 1
    max_tokens: int = 256

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        rows = [[float(i == self._topic(text)) for i in range(self.dimension)] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_documents([text])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def _topic(self, text: str) -> int:
        found = [i for i, topic in enumerate(TOPICS) if topic in text.lower()]
        return found[0] if found else len(TOPICS)


def write_set(folder: Path, compressed: bool = True) -> Path:
    folder.mkdir()
    corpus = [
        {"_id": f"d/{i}#p", "title": f"Title {i}", "text": f"The council debated {topic}."}
        for i, topic in enumerate(TOPICS)
    ]
    queries = [{"_id": f"q{i}", "text": f"What of {topic}?"} for i, topic in enumerate(TOPICS)]
    queries.append({"_id": "silent", "text": "What of turnips?"})
    for name, rows in (("corpus", corpus), ("queries", queries)):
        content = "".join(json.dumps(row) + "\n" for row in rows).encode()
        path = folder / f"{name}.jsonl{'.gz' * compressed}"
        path.write_bytes(gzip.compress(content) if compressed else content)
    qrels = "query-id\tcorpus-id\tscore\n" + "".join(f"q{i}\td/{i}#p\t1\n" for i in range(len(TOPICS)))
    (folder / "qrels.tsv").write_text(qrels + "q0\td/1#p\t0\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("compressed", [True, False])
def test_a_set_that_retrieval_solves_scores_one(tmp_path: Path, compressed: bool) -> None:
    data = load_beir(write_set(tmp_path / "tiny", compressed))
    result = bench_set(data, OneHot(), chunk_tokens=64)
    assert (result.documents, result.chunks, result.queries) == (6, 6, 7)
    for scores in result.retrievers.values():
        assert {name: interval.value for name, interval in scores.figures.items()} == {
            "ndcg@10": 1.0,
            "recall@5": 1.0,
            "recall@10": 1.0,
            "recall@100": 1.0,
            "mrr@10": 1.0,
        }
        assert {interval.n for interval in scores.figures.values()} == {6}
    assert result.retrievers["bm25"].answerable_auroc == 1.0
    assert result.fused_against_better is not None
    assert result.fused_against_better.value == 0.0
    assert result.reranked_against_fused is not None
    assert result.reranked_against_fused.value == 0.0
    assert retrieval_table([result]).row_count == len(COLUMNS) == 5


def test_without_reranking_no_sentence_is_embedded(tmp_path: Path) -> None:
    data = load_beir(write_set(tmp_path / "tiny"))
    result = bench_set(data, OneHot(), 64, keep=tmp_path / "kept", reranked=0)
    assert list(result.retrievers) == list(COLUMNS[:-1])
    assert result.reranked_against_fused is None
    with Index.open(tmp_path / "kept" / "tiny-64-chunks") as index:
        assert {summary.sentences for summary in index.documents()} == {0}


def test_some_of_the_questions_are_reranked(tmp_path: Path) -> None:
    result = bench_set(load_beir(write_set(tmp_path / "tiny")), OneHot(), 64, reranked=4, seed=1)
    sizes = {name: scores.figures["ndcg@10"].n for name, scores in result.retrievers.items()}
    assert 3 <= sizes["reranked"] <= 4
    assert sizes["fused"] == 6


def test_the_limit_draws_questions_by_the_seed(tmp_path: Path) -> None:
    data = load_beir(write_set(tmp_path / "tiny"))
    assert bench_set(data, OneHot(), 64, limit=3, seed=1).queries == 3


def test_a_kept_index_is_used_again_and_checked(tmp_path: Path) -> None:
    data = load_beir(write_set(tmp_path / "tiny"))
    steps: list[str] = []
    for _ in range(2):
        bench_set(data, OneHot(), 64, keep=tmp_path / "kept", on_step=lambda what, *_: steps.append(what))
    assert steps.count("indexing") == 1
    smaller = type(data)(data.name, data.documents[1:], data.queries)
    with pytest.raises(UsageError, match="another corpus"):
        bench_set(smaller, OneHot(), 64, keep=tmp_path / "kept")


def test_grades_and_ranks_by_hand(tmp_path: Path) -> None:
    query = load_beir(write_set(tmp_path / "tiny")).queries[0]
    ranked = Ranked(query, ("d/1#p", "d/0#p"), 0.5)
    assert ranked.gains() == [0.0, 1.0]
    assert ranked.metrics()["mrr@10"] == 0.5
    assert ranked.metrics()["ndcg@10"] == pytest.approx(1 / np.log2(3))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("qrels.tsv", None, "no qrels.tsv"),
        ("corpus.jsonl", None, "no corpus.jsonl"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1 d1 1\n", "line 2"),
        ("queries.jsonl", '{"_id": "q"}\n', "line 1: field text"),
        ("corpus.jsonl", '{"_id": "d", \n', "line 1: not JSON"),
    ],
)
def test_a_broken_set_is_named(tmp_path: Path, name: str, content: str | None, words: str) -> None:
    path = write_set(tmp_path / "tiny", compressed=False) / name
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        load_beir(path.parent)


@dataclass(frozen=True)
class Contains:
    name: str = "contains"

    def support(self, span: str, claim: str) -> float:
        return 0.9 if claim in span else 0.2


def _pair(i: int, dataset: str, supported: bool) -> Pair:
    context = f"It rained in {i} places. The sun shone. The council met {i} times."
    return Pair(
        str(i), dataset, context, f"The council met {i + (not supported)} times.", supported, str(i // 2)
    )


def test_a_verifier_that_knows_scores_one() -> None:
    pairs = [_pair(i, "a", i % 3 == 0) for i in range(30)] + [_pair(i, "b", True) for i in range(10)]
    scores = bench_support(pairs, Contains(), resamples=50)
    assert scores["a"].balanced_accuracy is not None
    assert scores["a"].balanced_accuracy.value == 1.0
    assert scores["a"].balanced_accuracy.n == 15
    assert scores["a"].auroc is not None
    assert scores["a"].auroc.value == 1.0
    assert scores["b"].balanced_accuracy is None
    assert (scores["b"].supported, scores["b"].said_supported) == (10, 1.0)
    assert macro_average(scores.values()) == (1.0, 1.0)
    assert support_table(scores, "contains").row_count == 3


def test_pairs_are_read_without_other_questions(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "dataset": "a", "context": "c", "claim": "k", "label": 1, "group": "g"},
        {"id": "2", "dataset": "answerability_x", "context": "c", "claim": "q?", "label": 0, "group": "g"},
    ]
    path = tmp_path / "pairs.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    assert [pair.id for pair in load_pairs(path)] == ["1"]
    with pytest.raises(UsageError, match="No file"):
        load_pairs(tmp_path / "none.jsonl")


def test_a_sample_is_drawn_from_each_set() -> None:
    pairs = [_pair(i, "ab"[i % 2], True) for i in range(20)]
    drawn = sample(pairs, 3, seed=0)
    assert [pair.dataset for pair in drawn].count("a") == 3
    assert drawn == sample(pairs, 3, seed=0) != sample(pairs, 3, seed=1)
    assert sample(pairs, None, 0) == tuple(pairs)


def test_whole_documents_are_cut_where_the_model_stops_reading(tmp_path: Path) -> None:
    embedder = OneHot(max_tokens=7)
    assert cut_to_limit("one two three four five six seven", embedder) == "one two three four five"
    assert cut_to_limit("one two", embedder) == "one two"
    result = whole_documents(load_beir(write_set(tmp_path / "tiny")), OneHot())
    (scores,) = result.retrievers.values()
    assert scores.figures["ndcg@10"].value == 1.0
