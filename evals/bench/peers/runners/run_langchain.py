"""LangChain: its in-memory vector store and recursive splitter, as in its tutorial on retrieval."""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

from pathlib import Path
from typing import Any

from measuring import DEPTH, Search, Steps, documents, run


def load(model: str) -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(model_name=model)


def build(embeddings: Any, texts: Path, index: Path) -> tuple[int, list[str]]:
    from langchain_core.documents import Document
    from langchain_core.vectorstores import InMemoryVectorStore
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    whole = [Document(text, metadata={"document": path}) for path, text in documents(texts)]
    pieces = splitter.split_documents(whole)
    store = InMemoryVectorStore(embeddings)
    store.add_documents(pieces)
    store.dump(str(index / "store.json"))
    return len(pieces), [piece.page_content for piece in pieces]


def open_index(embeddings: Any, index: Path) -> Search:
    from langchain_core.vectorstores import InMemoryVectorStore

    store = InMemoryVectorStore.load(str(index / "store.json"), embeddings)
    return lambda question: [
        (found.metadata["document"], found.page_content)
        for found in store.similarity_search(question, k=DEPTH)
    ]


if __name__ == "__main__":
    run(Steps(load, build, open_index))
