"""LlamaIndex: FAISS and BM25 retrievers, fused by reciprocal rank, its default splitter."""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

from pathlib import Path
from typing import Any

from measuring import DEPTH, Search, Steps, documents, run

_DIMENSION = 384


def load(model: str) -> Any:
    from llama_index.core import Settings
    from llama_index.core.llms import MockLLM
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=model)
    Settings.llm = MockLLM()
    return Settings.embed_model


def build(embedding: Any, texts: Path, index: Path) -> tuple[int, list[str]]:
    import faiss
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import MetadataMode
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    whole = [Document(text=text, metadata={"document": path}) for path, text in documents(texts)]
    nodes = SentenceSplitter().get_nodes_from_documents(whole)
    vectors = FaissVectorStore(faiss_index=faiss.IndexFlatL2(_DIMENSION))
    context = StorageContext.from_defaults(vector_store=vectors)
    VectorStoreIndex(nodes, storage_context=context).storage_context.persist(str(index))
    BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=DEPTH).persist(str(index / "bm25"))
    return len(nodes), [node.get_content(MetadataMode.EMBED) for node in nodes]


def open_index(embedding: Any, index: Path) -> Search:
    from llama_index.core import StorageContext, load_index_from_storage
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    vectors = FaissVectorStore.from_persist_dir(str(index))
    context = StorageContext.from_defaults(vector_store=vectors, persist_dir=str(index))
    dense = load_index_from_storage(context).as_retriever(similarity_top_k=DEPTH)
    sparse = BM25Retriever.from_persist_dir(str(index / "bm25"))
    fused = QueryFusionRetriever(
        [dense, sparse], similarity_top_k=DEPTH, num_queries=1, mode="reciprocal_rerank", use_async=False
    )
    return lambda question: [
        (found.node.metadata["document"], found.node.get_content()) for found in fused.retrieve(question)
    ]


if __name__ == "__main__":
    run(Steps(load, build, open_index))
