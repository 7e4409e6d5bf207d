"""Haystack: in-memory store, BM25 and embedding retrievers joined by reciprocal rank, its default splitter."""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

from pathlib import Path
from typing import Any

from measuring import DEPTH, Search, Steps, documents, run


def load(model: str) -> Any:
    """The embedder of documents; questions have one of their own (`load_for_questions`)."""
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
    )

    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    embedder.warm_up()
    return embedder


def load_for_questions(model: str) -> Any:
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersTextEmbedder,
    )

    embedder = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    embedder.warm_up()
    return embedder


def build(embedder: Any, texts: Path, index: Path) -> tuple[int, list[str]]:
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    splitter = DocumentSplitter()
    splitter.warm_up()
    whole = [Document(content=text, meta={"document": path}) for path, text in documents(texts)]
    pieces = embedder.run(splitter.run(whole)["documents"])["documents"]
    store = InMemoryDocumentStore()
    store.write_documents(pieces)
    store.save_to_disk(str(index / "store.json"))
    return len(pieces), [piece.content for piece in pieces]


def open_index(embedder: Any, index: Path) -> Search:
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore.load_from_disk(str(index / "store.json"))
    sparse = InMemoryBM25Retriever(store, top_k=DEPTH)
    dense = InMemoryEmbeddingRetriever(store, top_k=DEPTH)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH)

    def search(question: str) -> list[tuple[str, str]]:
        vector = embedder.run(question)["embedding"]
        sides = [sparse.run(question)["documents"], dense.run(vector)["documents"]]
        return [(one.meta["document"], one.content) for one in joiner.run(sides)["documents"]]

    return search


if __name__ == "__main__":
    import sys

    run(Steps(load if sys.argv[1] == "index" else load_for_questions, build, open_index))
