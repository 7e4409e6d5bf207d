"""policy-rag with its defaults: the passages of Assistant.search."""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

from pathlib import Path
from typing import Any

from measuring import DEPTH, Search, Steps, run


def load(model: str) -> Any:
    """The bundled model is the same one; it is warmed up so that indexing does not count its loading."""
    from rag.embedding import load_embedder

    embedder = load_embedder()
    embedder.embed_query("a")
    return embedder


def build(embedder: Any, texts: Path, index: Path) -> int:
    from rag.indexing import update_index

    return update_index(index, [str(texts)], embedder).chunks_embedded


def open_index(embedder: Any, index: Path) -> Search:
    from rag.assistant import Assistant

    assistant = Assistant.open(index)
    return lambda question: [
        (hit.chunk.document, hit.chunk.text) for hit in assistant.search(question, DEPTH)
    ]


if __name__ == "__main__":
    # Opening the assistant loads the model, so a question does not load it twice.
    import sys

    loads = load if sys.argv[1] == "index" else lambda model: None
    run(Steps(loads, build, open_index))
