"""Full text in SQLite → postings, in two passes over a spool on the disk: memory holds the vocabulary, one batch
of chunks and a few numbers a chunk, however large the index is."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from rag.postings import MOST_COUNTED, Postings

Texts = Iterable[Sequence[tuple[int, str]]]
"""(chunk id, its terms between spaces) by rising id, some at a time."""
_ALIGNED = 64
Layout = dict[str, tuple[str, int, int]]
"""Array of Postings → its type, where it begins in the file, and how many items it has."""
_SPOOLED = np.dtype([("term", "<u4"), ("position", "<u4"), ("count", "u1")])


@dataclass(slots=True)
class _Vocabulary:
    """Terms in the order in which they were met, and in how many chunks each occurs."""

    numbers: dict[str, int] = field(default_factory=dict)
    frequencies: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1 << 16, dtype=np.int64))

    def number(self, term: str) -> int:
        return self.numbers.setdefault(term, len(self.numbers))

    def count(self, terms: NDArray[Any]) -> None:
        while len(self.numbers) > len(self.frequencies):
            self.frequencies = np.concatenate([self.frequencies, np.zeros_like(self.frequencies)])
        self.frequencies[: len(self.numbers)] += np.bincount(terms, minlength=len(self.numbers))


def append_postings(path: Path, texts: Texts) -> Layout:
    """Append the arrays of a Postings to a file. `map_postings` reads them there."""
    vocabulary, ids, lengths = _Vocabulary(), array("q"), array("I")
    with tempfile.TemporaryFile(dir=path.parent) as spool:
        batches = []
        for batch in texts:
            found = _inverted(batch, vocabulary, ids, lengths)
            batches.append(len(found))
            found.tofile(spool)
        spool.seek(0)
        return _write(path, vocabulary, np.array(ids, np.int64), np.array(lengths, np.uint32), spool, batches)


def map_postings(path: Path, layout: Layout) -> Postings:
    def mapped(name: str) -> NDArray[Any]:
        kind, start, count = layout[name]
        if not count:
            return np.zeros(0, dtype=kind)
        return np.memmap(path, dtype=kind, mode="r", offset=start, shape=(count,)).view(np.ndarray)

    return Postings(**{name: mapped(name) for name in layout})


def _inverted(
    batch: Sequence[tuple[int, str]], vocabulary: _Vocabulary, ids: array[int], lengths: array[int]
) -> NDArray[Any]:
    """The postings of some chunks, by term."""
    numbers, first = array("q"), len(ids)
    for chunk_id, text in batch:
        before = len(numbers)
        numbers.extend(map(vocabulary.number, text.split()))
        ids.append(chunk_id)
        lengths.append(len(numbers) - before)
    chunks = np.repeat(np.arange(len(batch)), np.array(lengths[first:], dtype=np.int64))
    keys, counts = np.unique(np.array(numbers, np.int64) * len(batch) + chunks, return_counts=True)
    found = np.empty(len(keys), dtype=_SPOOLED)
    found["term"], found["position"] = keys // len(batch), keys % len(batch) + first
    found["count"] = np.minimum(counts, MOST_COUNTED)
    vocabulary.count(found["term"])
    return found


def _write(
    path: Path,
    vocabulary: _Vocabulary,
    ids: NDArray[np.int64],
    lengths: NDArray[np.uint32],
    spool: IO[bytes],
    batches: Sequence[int],
) -> Layout:
    words = [term.encode("utf-8", "replace") for term in vocabulary.numbers]
    order = np.array(sorted(range(len(words)), key=words.__getitem__), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(vocabulary.frequencies[order])]).astype(np.int64)
    blob = b"".join(words[i] for i in order)
    ends = np.cumsum([0, *(len(words[i]) for i in order)], dtype=np.int64)
    layout: Layout = {}
    small: dict[str, NDArray[Any]] = {"words": np.frombuffer(blob, np.uint8), "word_ends": ends}
    small |= {"starts": starts, "ids": ids, "lengths": lengths}
    for name, values in small.items():
        layout[name] = (values.dtype.str, _append(path, values), len(values))
    total = int(starts[-1])
    for name in ("positions", "counts"):
        kind = "<u4" if name == "positions" else "|u1"
        layout[name] = (kind, _extend(path, total * np.dtype(kind).itemsize), total)
    if total:
        _place(_writable(path, layout), order, starts, _spooled(spool, batches))
    return layout


def _writable(path: Path, layout: Layout) -> tuple[NDArray[Any], NDArray[Any]]:
    positions, counts = (
        np.memmap(path, dtype=kind, mode="r+", offset=start, shape=(count,))
        for kind, start, count in (layout["positions"], layout["counts"])
    )
    return positions, counts


def _place(
    target: tuple[NDArray[Any], NDArray[Any]],
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
    batches: Iterator[NDArray[Any]],
) -> None:
    """Every posting behind those of its term that were met before."""
    free = np.empty(len(order), dtype=np.int64)
    free[order] = starts[:-1]
    for found in batches:
        terms, first, counts = np.unique(found["term"], return_index=True, return_counts=True)
        within = np.arange(len(found)) - np.repeat(first, counts)
        places = np.repeat(free[terms], counts) + within
        target[0][places], target[1][places] = found["position"], found["count"]
        free[terms] += counts


def _spooled(spool: IO[bytes], batches: Sequence[int]) -> Iterator[NDArray[Any]]:
    for count in batches:
        yield np.frombuffer(spool.read(count * _SPOOLED.itemsize), dtype=_SPOOLED)


def _append(path: Path, values: NDArray[Any]) -> int:
    start = _extend(path, 0)
    with path.open("ab") as file:
        values.tofile(file)
    return start


def _extend(path: Path, size: int) -> int:
    """Where the next array begins, after making room for `size` bytes of it."""
    start = -(-path.stat().st_size // _ALIGNED) * _ALIGNED
    with path.open("r+b") as file:
        file.truncate(start + size)
    return start
