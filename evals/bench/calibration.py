"""Dense retrieval as published figures run it, to calibrate the harness rather than the product.

Each corpus row is one vector of its title and text, cut off where the model stops reading. On BEIR's
scifact all-MiniLM-L6-v2 reaches nDCG@10 ≈ .645 so; a harness that does not is wrong.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from evals.bench.beir import BeirSet
from evals.bench.retrieval import DEPTH, OnStep, Ranked, SetResult, draw, retriever_scores
from rag.types import Document, Embedder, Vectors

_BATCH = 256


def whole_documents(
    data: BeirSet,
    embedder: Embedder,
    limit: int | None = None,
    seed: int = 0,
    on_step: OnStep = lambda what, done, total: None,
) -> SetResult:
    """Exact search over one vector a document."""
    vectors = _embed(data.documents, embedder, on_step)
    queries = draw(data.queries, limit, seed)
    found = []
    for query in queries:
        scores = vectors @ embedder.embed_query(query.text)[0]
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        found.append(Ranked(query, tuple(data.documents[i].path for i in best), float(scores[best[0]])))
    figures = {"dense, whole documents": retriever_scores(found, seed)}
    return SetResult(data.name, len(data.documents), len(data.documents), len(queries), figures, None)


def cut_to_limit(text: str, embedder: Embedder) -> str:
    """The longest run of words from the start that the model reads to its end."""
    words = text.split()
    kept = bisect_right(
        range(1, len(words) + 1),
        embedder.max_tokens,
        key=lambda count: embedder.count_tokens([" ".join(words[:count])])[0],
    )
    return " ".join(words[:kept])


def _embed(documents: Sequence[Document], embedder: Embedder, on_step: OnStep) -> Vectors:
    batches = []
    for start in range(0, len(documents), _BATCH):
        batch = documents[start : start + _BATCH]
        texts = [cut_to_limit(f"{one.metadata.title} {one.text}", embedder) for one in batch]
        batches.append(embedder.embed_documents(texts))
        on_step("embedding whole", start + len(batch), len(documents))
    return np.concatenate(batches)
