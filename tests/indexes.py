"""Made-up documents and small indexes of them, the same for the same seed."""

from __future__ import annotations

import random
from pathlib import Path

from embedders import HashEmbedder

from rag.entries import draft, embed
from rag.index import Index
from rag.rows import text_hash
from rag.types import Document, Metadata
from rag.writing import Entry

EMBEDDER = HashEmbedder()
WORDS = "drone treaty mine tariff court state army import export ban vote sign fund trade law".split()


def document(path: str, text: str, metadata: Metadata | None = None) -> Document:
    return Document(path, text, metadata or Metadata(title=""), text_hash(text).hex())


def entries(*documents: Document) -> list[Entry]:
    made, _ = embed([draft(d, EMBEDDER, 20) for d in documents], EMBEDDER, lambda _: {})
    return made


def sentence(rng: random.Random, length: int = 8) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(length)).capitalize() + "."


def library(count: int, seed: int = 0) -> list[Document]:
    rng = random.Random(seed)
    return [
        document(
            f"d/{i:03}.md", " ".join(sentence(rng, rng.randint(3, 12)) for _ in range(rng.randint(1, 6)))
        )
        for i in range(count)
    ]


def build(directory: Path, *documents: Document) -> Path:
    with Index.create(directory, EMBEDDER, 20) as index:
        index.commit(entries(*documents))
        index.save_vectors()
    return directory
