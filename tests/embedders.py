"""Embedders for tests: deterministic, cheap, and counting what they are asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.errors import TextTooLong
from rag.types import Vectors


class HashEmbedder:
    """A unit vector per text: the sum of one random direction per word, so that texts that share words
    are near each other. `embedded` lists every document text it was given, in order."""

    def __init__(self, dimension: int = 32, max_tokens: int = 64, name: str = "hash") -> None:
        self.name = name
        self.fingerprint = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.embedded: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        for text, tokens in zip(texts, self.count_tokens(texts), strict=True):
            if tokens > self.max_tokens:
                raise TextTooLong(f"{tokens} tokens, at most {self.max_tokens}: {text[:40]!r}")
        self.embedded += texts
        return self._rows(texts)

    def embed_query(self, text: str) -> Vectors:
        return self._rows([text])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows = np.array([self._row(text) for text in texts], dtype=np.float32)
        return rows.reshape(len(texts), self.dimension)

    def _row(self, text: str) -> Vectors:
        directions = [self._direction(word) for word in (text.lower().split() or [""])]
        total = np.sum(directions, axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _direction(self, word: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(f"{self.name} {word}".encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.dimension).astype(np.float32)
