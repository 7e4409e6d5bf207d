"""Document → Entry: cut into chunks and sentences, embedded, ready to be stored."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.chunks import chunk_document, embedded_text, split_sentences
from rag.rows import text_hash
from rag.types import Chunk, Document, Embedder, Sentence, Vectors
from rag.writing import Entry

_EMBED_AT_ONCE = 1024
Known = Callable[[Iterable[bytes]], Mapping[bytes, Vectors]]
"""Hashes of texts → the vectors (d,) of those that were embedded before."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document in pieces that are not embedded yet."""

    document: Document
    chunks: tuple[Chunk, ...]
    sentences: tuple[Sentence, ...]


def draft(document: Document, embedder: Embedder, chunk_tokens: int) -> Draft:
    chunks = tuple(chunk_document(document, embedder, chunk_tokens))
    return Draft(document, chunks, tuple(sentences_within(document.text, chunks)))


def embed(drafts: Sequence[Draft], embedder: Embedder, known: Known) -> tuple[list[Entry], int]:
    """Every distinct text that is not known is embedded once; also how many chunks that were."""
    chunk_texts = [embedded_text(chunk) for one in drafts for chunk in one.chunks]
    texts = {text_hash(text): text for text in chunk_texts}
    new_chunks = set(texts)
    texts |= {text_hash(s.text): s.text for one in drafts for s in one.sentences}
    vectors = dict(known(texts))
    new = [key for key in texts if key not in vectors]
    for at in range(0, len(new), _EMBED_AT_ONCE):
        some = new[at : at + _EMBED_AT_ONCE]
        vectors |= zip(some, embedder.embed_documents([texts[key] for key in some]), strict=True)
    entries = [_entry(one, vectors, embedder.dimension) for one in drafts]
    return entries, len(new_chunks.intersection(new))


def sentences_within(text: str, chunks: Sequence[Chunk]) -> list[Sentence]:
    """The sentences of the chunks in reading order; one too long for a chunk is cut where they end.

    Each lies inside one chunk, so that whoever can embed the chunk can embed the sentence.
    """
    starts = [chunk.start for chunk in chunks]
    found = []
    for sentence in split_sentences(text, 0, len(text)):
        for chunk in chunks[max(bisect_right(starts, sentence.start) - 1, 0) :]:
            if chunk.start >= sentence.end:
                break
            start, end = max(sentence.start, chunk.start), min(sentence.end, chunk.end)
            if start < end:
                found.append(Sentence(start, end, text[start:end]))
    return found


def _entry(one: Draft, vectors: Mapping[bytes, Vectors], dimension: int) -> Entry:
    def stacked(texts: Iterable[str]) -> Vectors:
        rows = [vectors[text_hash(text)] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), dimension)

    return Entry(
        document=one.document,
        chunks=one.chunks,
        chunk_vectors=stacked(embedded_text(chunk) for chunk in one.chunks),
        sentences=one.sentences,
        sentence_vectors=stacked(s.text for s in one.sentences),
    )
