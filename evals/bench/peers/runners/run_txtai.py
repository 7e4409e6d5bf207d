"""txtai: hybrid search with content stored, paragraphs as its Textractor cuts them."""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from measuring import DEPTH, Search, Steps, documents, run


def load(model: str) -> Any:
    from txtai import Embeddings

    embeddings = Embeddings(path=model, hybrid=True, content=True)
    embeddings.transform("a")
    return embeddings


def build(embeddings: Any, texts: Path, index: Path) -> tuple[int, list[str]]:
    rows = [
        (f"{path}\n{i}", paragraph)
        for path, text in documents(texts)
        for i, paragraph in enumerate(re.split(r"\n\s*\n", text))
        if paragraph.strip()
    ]
    embeddings.index(rows)
    embeddings.save(str(index))
    return len(rows), [text for _, text in rows]


def load_nothing(model: str) -> Any:
    """A saved index names its model and loads it."""
    return None


def open_index(_: Any, index: Path) -> Search:
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(str(index))
    return lambda question: [
        (row["id"].partition("\n")[0], row["text"]) for row in embeddings.search(question, DEPTH)
    ]


if __name__ == "__main__":
    import sys

    run(Steps(load if sys.argv[1] == "index" else load_nothing, build, open_index))
