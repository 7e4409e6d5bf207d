"""Retrieval on public sets: each corpus row one document, indexed and searched by the product's code.

Chunks are ranked; a document takes the rank of its best chunk. Reranking reads sentences, which takes
long: it is measured on some of the questions, and without it no sentence is embedded.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from evals.bench.beir import BeirSet, Query
from evals.classification import area_under_roc
from evals.metrics import first_rank_reciprocal, ndcg
from evals.statistics import Difference, Interval, bootstrap_mean, compare, seeded
from rag import fusion, retrieval
from rag.errors import UsageError
from rag.index import Index
from rag.types import Document, Embedder, Retriever

DEPTH = 100
_CHUNKS_PER_DOCUMENT = 4
_BATCH = 512
RERANKED_QUERIES = 150
RRF = "rrf"
"""Plain reciprocal rank fusion, which the product does not use, for comparison."""
_RRF_DEPTH = 50
COLUMNS = (Retriever.DENSE.value, Retriever.BM25.value, RRF, Retriever.FUSED.value, Retriever.RERANKED.value)
OnStep = Callable[[str, int, int], None]
"""Told what is being done, and how many of how many are done."""


@dataclass(frozen=True, slots=True)
class RetrieverScores:
    """Figures of one retriever. `answerable_auroc`: how well the best score tells questions that the
    set answers from those it does not; None where all are answered."""

    figures: Mapping[str, Interval]
    answerable_auroc: float | None


@dataclass(frozen=True, slots=True)
class SetResult:
    """Differences are of nDCG@10, paired: fused minus the better of dense and BM25, and reranked minus
    fused on the questions that were reranked."""

    name: str
    documents: int
    chunks: int
    queries: int
    retrievers: Mapping[str, RetrieverScores]
    fused_against_better: Difference | None
    reranked_against_fused: Difference | None = None


def bench_set(
    data: BeirSet,
    embedder: Embedder,
    chunk_tokens: int,
    limit: int | None = None,
    seed: int = 0,
    keep: Path | None = None,
    on_step: OnStep = lambda what, done, total: None,
    reranked: int = RERANKED_QUERIES,
) -> SetResult:
    """Index the set and score every retriever. `limit` draws that many questions, by the seed; of
    these, reranking is asked `reranked`, 0 for none.

    `keep` is a folder where the index stays for the next run.
    """
    queries = draw(data.queries, limit, seed)
    ranked: dict[str, list[Ranked]] = {name: [] for name in COLUMNS}
    with _index_of(data, embedder, chunk_tokens, keep, on_step, sentences=reranked > 0) as index:
        for done, query in enumerate(queries, start=1):
            for name, ranking in _rankings(index, embedder, query.text).items():
                ranked[name].append(_by_document(index, ranking, query))
            on_step("searching", done, len(queries))
        some = draw(queries, reranked, seed)
        for done, query in enumerate(some, start=1):
            ranking = _reranked(index, embedder, query.text)
            ranked[Retriever.RERANKED.value].append(_by_document(index, ranking, query))
            on_step("reranking", done, len(some))
        chunks = index.chunk_count()
    scores = {name: retriever_scores(found, seed) for name, found in ranked.items() if found}
    gains = (_fused_against_better(ranked, seed), _reranked_against_fused(ranked, seed))
    return SetResult(data.name, len(data.documents), chunks, len(queries), scores, *gains)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question's documents, best first, and the score of the best."""

    query: Query
    documents: tuple[str, ...]
    best: float

    def gains(self) -> list[float]:
        return [self.query.grades.get(document, 0.0) for document in self.documents]

    def metrics(self) -> dict[str, float]:
        gains, wanted = self.gains(), len(self.query.grades)
        found = [gain > 0 for gain in gains]
        return {
            "ndcg@10": ndcg(gains, list(self.query.grades.values()), 10),
            "recall@5": sum(found[:5]) / wanted,
            "recall@10": sum(found[:10]) / wanted,
            "recall@100": sum(found[:100]) / wanted,
            "mrr@10": first_rank_reciprocal(gains[:10]),
        }


def build_index(
    documents: Sequence[Document],
    embedder: Embedder,
    directory: Path,
    chunk_tokens: int,
    on_step: OnStep = lambda what, done, total: None,
    sentences: bool = True,
) -> None:
    from rag.entries import draft, embed

    with Index.create(directory, embedder, chunk_tokens) as index:
        for start in range(0, len(documents), _BATCH):
            batch = documents[start : start + _BATCH]
            drafts = [draft(one, embedder, chunk_tokens) for one in batch]
            if not sentences:
                drafts = [replace(one, sentences=()) for one in drafts]
            entries, _ = embed(drafts, embedder, index.known_vectors)
            index.commit(entries)
            on_step("indexing", start + len(batch), len(documents))
        index.save_vectors()


@contextmanager
def _index_of(
    data: BeirSet,
    embedder: Embedder,
    chunk_tokens: int,
    keep: Path | None,
    on_step: OnStep,
    sentences: bool,
) -> Iterator[Index]:
    if keep is None:
        with tempfile.TemporaryDirectory() as folder:
            build_index(data.documents, embedder, Path(folder) / "index", chunk_tokens, on_step, sentences)
            with Index.open(Path(folder) / "index") as index:
                yield index
        return
    whole = keep / f"{data.name}-{chunk_tokens}"
    directory = whole if sentences or whole.exists() else whole.with_name(f"{whole.name}-chunks")
    if not directory.exists():
        unfinished = directory.with_name(directory.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        build_index(data.documents, embedder, unfinished, chunk_tokens, on_step, sentences)
        unfinished.rename(directory)
    with Index.open(directory) as index:
        index.check_embedder(embedder)
        kept = {summary.path: summary.content_hash for summary in index.documents()}
        if kept != {document.path: document.content_hash for document in data.documents}:
            raise UsageError(f"The index kept at {directory} is of another corpus: delete it.")
        yield index


def _rankings(index: Index, embedder: Embedder, question: str) -> dict[str, fusion.Ranking]:
    depth = DEPTH * _CHUNKS_PER_DOCUMENT
    vector = embedder.embed_query(question)
    dense = index.dense(vector, depth)
    bm25 = retrieval.bm25_ranking(index, question, depth)
    pools = [[i for i, _ in ranking[:_RRF_DEPTH]] for ranking in (dense, bm25)]
    return {
        Retriever.DENSE.value: dense,
        Retriever.BM25.value: bm25,
        RRF: fusion.reciprocal_rank_fusion(pools),
        Retriever.FUSED.value: retrieval.fused_ranking(index, vector, question),
    }


def _reranked(index: Index, embedder: Embedder, question: str) -> fusion.Ranking:
    """What the assistant's search returns of its pool; behind it the fused ranking, as nobody reranks
    that far."""
    from rag.assistant import Assistant
    from rag.config import load_settings
    from rag.pipeline import POOL

    found = Assistant(index, embedder, load_settings()).search(question, POOL, retriever=Retriever.RERANKED)
    tail = retrieval.fused_ranking(index, embedder.embed_query(question), question)
    known = {hit.chunk_id for hit in found}
    return [(hit.chunk_id, hit.score) for hit in found] + [one for one in tail if one[0] not in known]


def _by_document(index: Index, ranking: fusion.Ranking, query: Query) -> Ranked:
    chunks = index.chunks([i for i, _ in ranking])
    documents = tuple(dict.fromkeys(chunks[i].document for i, _ in ranking))[:DEPTH]
    return Ranked(query, documents, ranking[0][1] if ranking else 0.0)


def retriever_scores(found: Sequence[Ranked], seed: int) -> RetrieverScores:
    rows = [ranked.metrics() for ranked in found if ranked.query.grades]
    names = rows[0] if rows else {}
    figures = {name: bootstrap_mean([row[name] for row in rows], seeded(seed, name)) for name in names}
    answerable = [bool(ranked.query.grades) for ranked in found]
    return RetrieverScores(
        {name: interval for name, interval in figures.items() if interval is not None},
        area_under_roc(answerable, [ranked.best for ranked in found]),
    )


def _fused_against_better(ranked: Mapping[str, Sequence[Ranked]], seed: int) -> Difference | None:
    sides = [_ndcg(ranked[name.value]) for name in (Retriever.DENSE, Retriever.BM25)]
    better = max(sides, key=lambda values: sum(values.values()))
    return _difference(_ndcg(ranked[Retriever.FUSED.value]), better, seeded(seed, "fused"))


def _reranked_against_fused(ranked: Mapping[str, Sequence[Ranked]], seed: int) -> Difference | None:
    reranked = _ndcg(ranked[Retriever.RERANKED.value])
    return _difference(reranked, _ndcg(ranked[Retriever.FUSED.value]), seeded(seed, "reranked"))


def _ndcg(found: Sequence[Ranked]) -> dict[str, float]:
    return {r.query.id: r.metrics()["ndcg@10"] for r in found if r.query.grades}


def _difference(
    run: Mapping[str, float], baseline: Mapping[str, float], rng: np.random.Generator
) -> Difference | None:
    """Run minus baseline on the questions of the run."""
    after = np.array(list(run.values()))
    before = np.array([baseline[question] for question in run])
    return compare(lambda at: float(after[at].mean()), lambda at: float(before[at].mean()), len(after), rng)


def draw(queries: Sequence[Query], limit: int | None, seed: int) -> list[Query]:
    if limit is None or limit >= len(queries):
        return list(queries)
    chosen = np.random.default_rng(seed).choice(len(queries), size=limit, replace=False)
    return [queries[i] for i in sorted(chosen)]
