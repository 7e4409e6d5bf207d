"""policy-rag with its defaults: the passages of Assistant.search."""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

from pathlib import Path
from typing import Any

from measuring import DEPTH, Search, Steps, run


def load(model: str) -> Any:
    """The bundled model is the same one, in the precision that the product chooses for these texts; it is warmed
    up, so that indexing does not count its loading."""
    import sys

    from rag.bfloat16 import Precision
    from rag.embedding import for_run, load_embedder

    texts = Path(sys.argv[sys.argv.index("--texts") + 1])
    size = sum(file.stat().st_size for file in texts.rglob("*.txt"))
    embedder = for_run(load_embedder(), Precision.AUTO, size)
    embedder.embed_documents(["a"])
    return embedder


def build(embedder: Any, texts: Path, index: Path) -> tuple[int, list[str]]:
    from rag.indexing import update_index

    return update_index(index, [str(texts)], embedder).chunks_embedded, _embedded(index)


def _embedded(index: Path) -> list[str]:
    """Chunks with their headings, and sentences, each distinct text once."""
    from rag.chunks import embedded_text
    from rag.index import Index

    found: dict[str, None] = {}
    with Index.open(index) as opened:
        for chunk in opened.chunks(opened.all_chunk_ids()).values():
            found[embedded_text(chunk)] = None
            for sentence in opened.sentences(chunk.document, chunk.start, chunk.end):
                found[sentence.text] = None
    return list(found)


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
