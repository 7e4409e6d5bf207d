"""Encoded texts of any length → padded batches of like length → their vectors in order; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from rag.types import Vectors

Tokens = NDArray[np.int64]
Run = Callable[[Tokens, Tokens], Vectors]
"""(texts, tokens) padded ids and their mask → (texts, d)."""


def encode_by_length(
    ids: Sequence[Sequence[int]], run: Run, batch_tokens: int, threads: int = 1, multiple: int = 1
) -> Vectors:
    """Token ids of n > 0 texts → (n, d), in their order. A batch has at most `batch_tokens` ids, padding
    included, or one text; `threads` of them are run at once. Each is padded to a multiple of `multiple` ids."""
    batches = list(_batches([len(one) for one in ids], batch_tokens))
    vectors: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(ids)

    def run_batch(batch: Sequence[int]) -> Vectors:
        return run(*_padded([ids[i] for i in batch], multiple))

    def put(found: Iterator[Vectors]) -> None:
        for batch, of_batch in zip(batches, found, strict=True):
            for i, vector in zip(batch, of_batch, strict=True):
                vectors[i] = vector

    if threads == 1 or len(batches) == 1:
        put(map(run_batch, batches))
    else:
        with ThreadPoolExecutor(threads, "embedding") as pool:
            put(pool.map(run_batch, batches))
    return np.stack(vectors)


def _padded(ids: Sequence[Sequence[int]], multiple: int) -> tuple[Tokens, Tokens]:
    padded = np.zeros((len(ids), -(-max(map(len, ids)) // multiple) * multiple), np.int64)
    mask = np.zeros_like(padded)
    for row, one in enumerate(ids):
        padded[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return padded, mask


def _batches(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Indices in batches of like length."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and lengths[i] * (len(batch) + 1) > batch_tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
