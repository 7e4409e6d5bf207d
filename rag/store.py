"""A LangChain VectorStore over an Index, for people who bring LangChain Documents."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core import documents as langchain
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from rag.dates import iso_date
from rag.entries import draft, embed
from rag.errors import IndexMissing, UsageError
from rag.index import Index
from rag.types import Document, Embedder, Filters, Metadata, Vectors

_CHUNK_TOKENS = 160
_FIRST_LOOK = 4
"""Chunks fetched per document that is wanted, before looking further."""


class PolicyStore(VectorStore):
    """Each text is one document of the index, under its id; one too long to embed whole is several
    chunks, and is found by the best of them. What a search returns is the whole text.

    `filter` takes rag.types.Filters, which read title, author, date, type and jurisdictions from the
    metadata. Metadata may be any JSON. Scores are cosines: higher is better.
    """

    def __init__(self, index: Index, embedder: Embedder) -> None:
        """An index that is open for reading can be searched, one open for writing also added to.

        Raises IndexMismatch if the index has another embedder's vectors.
        """
        index.check_embedder(embedder)
        self.index = index
        self.embedder = embedder

    @classmethod
    def at(cls, directory: Path | str, embedder: Embedder) -> PolicyStore:
        """The store in a folder, open for writing; made if it is not there."""
        try:
            return cls(Index.open(directory, read_only=False), embedder)
        except IndexMissing:
            return cls(Index.create(directory, embedder, _CHUNK_TOKENS), embedder)

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        directory: Path | str = "index",
        max_tokens: int = 256,
        **kwargs: Any,
    ) -> PolicyStore:
        """A store in `directory`, embedded by any LangChain Embeddings; `max_tokens` is its limit."""
        store = cls.at(directory, LangChainEmbedder(embedding, max_tokens))
        store.add_texts(texts, metadatas, ids=ids)
        return store

    @property
    def embeddings(self) -> Embeddings:
        return _AsEmbeddings(self.embedder)

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add, or replace where the id is known, in one commit. Returns the ids, new ones where none
        were given. Raises UsageError for lists of different lengths and metadata that is not JSON."""
        texts = list(texts)
        given: Sequence[str | None] = ids or [None] * len(texts)
        about: Sequence[dict[str, Any]] = metadatas or [{} for _ in texts]
        if not len(texts) == len(given) == len(about):
            raise UsageError(
                f"{len(texts)} texts, {len(about)} metadatas, {len(given)} ids: give one of each per text."
            )
        named = [name or str(uuid.uuid4()) for name in given]
        latest = {name: (text, extra) for name, text, extra in zip(named, texts, about, strict=True)}
        drafts = [
            draft(_document(name, text, extra), self.embedder, self.index.meta.chunk_tokens)
            for name, (text, extra) in latest.items()
        ]
        entries, _ = embed(drafts, self.embedder, self.index.known_vectors)
        self.index.commit(
            add=[
                replace(entry, extra=_json_object(extra))
                for entry, (_, extra) in zip(entries, latest.values(), strict=True)
            ],
            drop=latest,
        )
        return named

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """Ids that are not there are passed over. Without ids nothing is deleted, and that is an error."""
        if ids is None:
            raise UsageError("Which texts? Give their ids: delete(ids=[…]).")
        self.index.commit(drop=self.index.extras(ids))
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[langchain.Document]:
        """In the order asked; ids that are not there are left out."""
        extras = self.index.extras(ids)
        return [self._langchain(i, extras[i]) for i in ids if i in extras]

    def similarity_search(
        self, query: str, k: int = 4, filter: Filters | None = None, **kwargs: Any
    ) -> list[langchain.Document]:
        return [found for found, _ in self.similarity_search_with_score(query, k, filter)]

    def similarity_search_with_score(
        self, query: str, k: int = 4, filter: Filters | None = None, **kwargs: Any
    ) -> list[tuple[langchain.Document, float]]:
        return self._search(self.embedder.embed_query(query), k, filter)

    def similarity_search_by_vector(
        self, embedding: list[float], k: int = 4, filter: Filters | None = None, **kwargs: Any
    ) -> list[langchain.Document]:
        return [found for found, _ in self._search(_unit_rows([embedding]), k, filter)]

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda cosine: min(max((1 + cosine) / 2, 0.0), 1.0)

    def _search(
        self, query: Vectors, k: int, filters: Filters | None
    ) -> list[tuple[langchain.Document, float]]:
        """The k documents of the best chunks, looking further until there are k or no more chunks."""
        self.index.refresh()
        chunks = self.index.chunk_count()
        look = _FIRST_LOOK * k
        best: dict[str, float] = {}
        while k > 0:
            ranking = self.index.dense(query, look, filters)
            parts = self.index.chunks([i for i, _ in ranking])
            best = {}
            for i, score in ranking:
                best.setdefault(parts[i].document, score)
            if len(best) >= k or look >= chunks:
                break
            look *= _FIRST_LOOK
        paths = list(best)[:k]
        extras = self.index.extras(paths)
        return [(self._langchain(path, extras[path]), best[path]) for path in paths]

    def _langchain(self, path: str, extra: str) -> langchain.Document:
        return langchain.Document(
            id=path, page_content=self.index.document(path).text, metadata=json.loads(extra)
        )


class LangChainEmbedder:
    """Any LangChain Embeddings as an Embedder.

    Their tokens cannot be counted from here: three bytes of text are taken for one, which is more
    than any usual tokenizer makes of prose, so that texts are split too early rather than cut off.
    """

    def __init__(self, embeddings: Embeddings, max_tokens: int) -> None:
        self.langchain = embeddings
        self.max_tokens = max_tokens
        probe = self.embed_query("policy")
        self.dimension = probe.shape[1]
        self.name = str(getattr(embeddings, "model", None) or type(embeddings).__name__)
        self.fingerprint = hashlib.sha256(np.round(probe, 3).tobytes()).hexdigest()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return _unit_rows(self.langchain.embed_documents(list(texts)))

    def embed_query(self, text: str) -> Vectors:
        return _unit_rows([self.langchain.embed_query(text)])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.encode("utf-8", "replace")) // 3 + 2 for text in texts]


class _AsEmbeddings(Embeddings):
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self._embedder.embed_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        return [float(x) for x in self._embedder.embed_query(text)[0]]


def _document(name: str, text: str, extra: dict[str, Any]) -> Document:
    return Document(
        path=name,
        text=text,
        metadata=_metadata(extra),
        content_hash=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _metadata(extra: dict[str, Any]) -> Metadata:
    """What filters and citations can use of somebody's metadata."""
    places = extra.get("jurisdictions", extra.get("jurisdiction", ()))
    words = {key: str(extra[key]) for key in ("title", "author", "type") if extra.get(key)}
    return Metadata(
        title=words.get("title", ""),
        author=words.get("author"),
        type=words.get("type"),
        date=iso_date(extra.get("date")),
        jurisdictions=(places,) if isinstance(places, str) else tuple(str(place) for place in places or ()),
    )


def _json_object(extra: dict[str, Any]) -> dict[str, Any]:
    """Raises UsageError unless the metadata comes back from JSON as it went in."""
    try:
        returned = json.loads(json.dumps(extra))
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"Metadata that is not JSON ({error}): turn its values into text or numbers."
        ) from error
    if returned != extra:
        raise UsageError("Metadata that JSON would alter: use text keys, lists instead of tuples.")
    return extra


def _unit_rows(rows: Sequence[Sequence[float]]) -> Vectors:
    matrix = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
