"""A folder of documents and the index that runs build of it."""

from __future__ import annotations

from pathlib import Path

from embedders import HashEmbedder

from rag.documents import Limits
from rag.index import Index
from rag.indexing import update_index
from rag.types import IndexReport

TOKENS = 40

DRONES = "# Cheap drones\n\nDrones are cheap. Tajikistan bought some in 2023.\n\n## Use\n\nNobody has used them yet.\n"
MINES = (
    "# Mines\n\nThe treaty bans mines. Forty states have not signed it. Stockpiles were destroyed in 1999.\n"
)
TARIFFS = "# Tariffs\n\nA tariff is a tax on imports. It fell to four percent in 2011.\n"


class World:
    """A folder of documents, an index beside it, and an embedder that counts."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "corpus"
        self.index = tmp_path / "index"
        self.embedder = HashEmbedder()
        self.root.mkdir()

    def write(self, name: str, text: str, root: Path | None = None) -> Path:
        path = (root or self.root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def update(self, *sources: Path | str, **options: object) -> IndexReport:
        self.embedder.embedded.clear()
        return update_index(
            self.index,
            [str(source) for source in sources or (self.root,)],
            options.pop("embedder", self.embedder),  # type: ignore[arg-type]
            Limits(),
            TOKENS,
            **options,  # type: ignore[arg-type]
        )

    def open(self) -> Index:
        return Index.open(self.index, on_repair=_fail)

    def paths(self) -> list[str]:
        with self.open() as index:
            index.verify()
            return [document.path for document in index.documents()]

    def content(self) -> object:
        """Everything that a search can see, without ids and generation."""
        with self.open() as index:
            index.verify()
            ids = index.all_chunk_ids()
            chunks = index.chunks(ids)
            vectors = index.vectors(ids)
            documents = [index.document(summary.path) for summary in index.documents()]
            return (
                documents,
                sorted(
                    (c.document, c.start, c, v.tobytes())
                    for c, v in zip(chunks.values(), vectors, strict=True)
                ),
                [index.sentences(d.path, 0, len(d.text)) for d in documents],
            )


def _fail(message: str) -> None:
    raise AssertionError(message)
