"""Retrieval on public sets: each corpus row one document, indexed and searched by the product's code.

Chunks are ranked; a document takes the rank of its best chunk. Sentences are not embedded, since no
retriever ranks them.
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
from rag.errors import UsageError
from rag.index import Index
from rag.types import Document, Embedder, Retriever

DEPTH = 100
_CHUNKS_PER_DOCUMENT = 4
_BATCH = 512
RETRIEVERS = (Retriever.DENSE, Retriever.BM25, Retriever.FUSED)
Ranking = list[tuple[int, float]]
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
    """`fused_against_better`: fused nDCG@10 minus that of the better of dense and BM25, paired."""

    name: str
    documents: int
    chunks: int
    queries: int
    retrievers: Mapping[str, RetrieverScores]
    fused_against_better: Difference | None


def bench_set(
    data: BeirSet,
    embedder: Embedder,
    chunk_tokens: int,
    limit: int | None = None,
    seed: int = 0,
    keep: Path | None = None,
    on_step: OnStep = lambda what, done, total: None,
) -> SetResult:
    """Index the set and score every retriever. `limit` draws that many questions, by the seed.

    `keep` is a folder where the index stays for the next run.
    """
    queries = draw(data.queries, limit, seed)
    with _index_of(data, embedder, chunk_tokens, keep, on_step) as index:
        ranked = {retriever: list[Ranked]() for retriever in RETRIEVERS}
        for done, query in enumerate(queries, start=1):
            for retriever, ranking in _rankings(index, embedder, query.text).items():
                ranked[retriever].append(_by_document(index, ranking, query))
            on_step("searching", done, len(queries))
        chunks = index.chunk_count()
    scores = {retriever.value: retriever_scores(found, seed) for retriever, found in ranked.items()}
    gain = _fused_against_better(ranked, seed)
    return SetResult(data.name, len(data.documents), chunks, len(queries), scores, gain)


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
) -> None:
    from rag.entries import draft, embed

    with Index.create(directory, embedder, chunk_tokens) as index:
        for start in range(0, len(documents), _BATCH):
            batch = documents[start : start + _BATCH]
            drafts = [replace(draft(one, embedder, chunk_tokens), sentences=()) for one in batch]
            entries, _ = embed(drafts, embedder, index.known_vectors)
            index.commit(entries)
            on_step("indexing", start + len(batch), len(documents))
        index.save_vectors()


@contextmanager
def _index_of(
    data: BeirSet, embedder: Embedder, chunk_tokens: int, keep: Path | None, on_step: OnStep
) -> Iterator[Index]:
    if keep is None:
        with tempfile.TemporaryDirectory() as folder:
            build_index(data.documents, embedder, Path(folder) / "index", chunk_tokens, on_step)
            with Index.open(Path(folder) / "index") as index:
                yield index
        return
    directory = keep / f"{data.name}-{chunk_tokens}"
    if not directory.exists():
        unfinished = directory.with_name(directory.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        build_index(data.documents, embedder, unfinished, chunk_tokens, on_step)
        unfinished.rename(directory)
    with Index.open(directory) as index:
        index.check_embedder(embedder)
        if len(index.documents()) != len({document.path for document in data.documents}):
            raise UsageError(f"The index kept at {directory} is of another corpus: delete it.")
        yield index


def _rankings(index: Index, embedder: Embedder, question: str) -> dict[Retriever, Ranking]:
    from rag import retrieval

    depth = DEPTH * _CHUNKS_PER_DOCUMENT
    dense = index.dense(embedder.embed_query(question), depth)
    bm25 = retrieval.bm25_ranking(index, question, depth)
    pools = [[i for i, _ in ranking[: retrieval.DEPTH]] for ranking in (dense, bm25)]
    fused = retrieval.fuse(pools)
    return {Retriever.DENSE: dense, Retriever.BM25: bm25, Retriever.FUSED: fused}


def _by_document(index: Index, ranking: Ranking, query: Query) -> Ranked:
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


def _fused_against_better(ranked: Mapping[Retriever, Sequence[Ranked]], seed: int) -> Difference | None:
    values = {
        retriever: np.array([r.metrics()["ndcg@10"] for r in found if r.query.grades])
        for retriever, found in ranked.items()
    }
    fused = values[Retriever.FUSED]
    if len(fused) == 0:
        return None
    better = max((values[Retriever.DENSE], values[Retriever.BM25]), key=lambda scores: float(scores.mean()))
    return compare(
        lambda at: float(fused[at].mean()),
        lambda at: float(better[at].mean()),
        len(fused),
        seeded(seed, "fused"),
    )


def draw(queries: Sequence[Query], limit: int | None, seed: int) -> list[Query]:
    if limit is None or limit >= len(queries):
        return list(queries)
    chosen = np.random.default_rng(seed).choice(len(queries), size=limit, replace=False)
    return [queries[i] for i in sorted(chosen)]
