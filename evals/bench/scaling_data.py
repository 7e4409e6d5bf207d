"""Real passages → indexes of any size whose text and vectors keep the structure of the real ones.

A made chunk mixes the sentences of a real passage and of one of its nearest neighbours; its rare words
and numbers are varied so that the vocabulary grows. Its vector lies between the two, moved along the
difference of two more neighbours (so that it stays where passages of that kind lie) and a little at random.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.chunks import split_sentences
from rag.index import Index
from rag.types import Chunk, Document, Embedder, Metadata, Vectors
from rag.writing import Entry

NEIGHBOURS = 20
CHUNKS_PER_DOCUMENT = 20
_AT_ONCE = 256
_DOCUMENTS_PER_COMMIT = 500
_ALONG, _AT_RANDOM = 0.4, 0.2
_RARE = 5
"""A word of at most so many real passages may be varied."""
_VARIED = 0.5
_KINDS = ("law", "report", "treaty", "brief", "speech")
_PLACES = 40
OnStep = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Real passages cut into sentences, their unit vectors (n, d), the NEIGHBOURS nearest of each
    (n, NEIGHBOURS), and the words that may be varied."""

    sentences: tuple[tuple[str, ...], ...]
    vectors: Vectors
    near: NDArray[np.int64]
    rare: frozenset[str]


def seeds(passages: Sequence[str], embedder: Embedder, cache: Path, on_step: OnStep) -> Seeds:
    """Vectors are kept in `cache` under the passages' hash."""
    distinct = list(dict.fromkeys(" ".join(p.split()) for p in passages))
    lengths = embedder.count_tokens(distinct)
    kept = [p for p, n in zip(distinct, lengths, strict=True) if 12 <= n <= embedder.max_tokens]
    vectors = _embedded(kept, embedder, cache, on_step)
    words = Counter(word for passage in kept for word in set(passage.split()))
    return Seeds(
        tuple(tuple(s.text for s in split_sentences(passage)) or (passage,) for passage in kept),
        vectors,
        _nearest(vectors),
        frozenset(word for word, n in words.items() if n <= _RARE and len(word) > 3),
    )


def build(directory: Path, chunks: int, real: Seeds, embedder: Embedder, on_step: OnStep) -> None:
    """An index of that many made chunks, without its derived files and without sentences."""
    rng = np.random.default_rng(chunks)
    with Index.create(directory, embedder, 200) as index:
        batch: list[Entry] = []
        for done, entry in enumerate(_entries(chunks, real, rng), start=1):
            batch.append(entry)
            if len(batch) == _DOCUMENTS_PER_COMMIT:
                index.commit(batch)
                batch = []
                on_step("writing", done * CHUNKS_PER_DOCUMENT, chunks)
        index.commit(batch)


def _entries(chunks: int, real: Seeds, rng: np.random.Generator) -> Iterator[Entry]:
    for number, start in enumerate(range(0, chunks, CHUNKS_PER_DOCUMENT)):
        count = min(CHUNKS_PER_DOCUMENT, chunks - start)
        first = rng.integers(len(real.vectors), size=count)
        second = real.near[first, rng.integers(NEIGHBOURS, size=count)]
        share = rng.uniform(0.5, 1.0, size=count)
        texts = [_text(real, a, b, part, rng) for a, b, part in zip(first, second, share, strict=True)]
        yield _entry(number, texts, _vectors(real, first, second, share, rng), rng)


def _text(real: Seeds, a: int, b: int, share: float, rng: np.random.Generator) -> str:
    one, other = real.sentences[a], real.sentences[b]
    kept = [s for s in one if rng.random() < share] or list(one[:1])
    added = [s for s in other if rng.random() < 1 - share]
    return " ".join(_varied(word, real.rare, rng) for s in (*kept, *added) for word in s.split())


def _varied(word: str, rare: frozenset[str], rng: np.random.Generator) -> str:
    """Now and then another word in place of a rare one: how often a new one comes falls as a power."""
    if word not in rare or rng.random() > _VARIED:
        return word
    ending = int(rng.zipf(1.4)) % 20_000
    return f"{word.rstrip('.,;:)')}{_letters(ending)}"


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _vectors(
    real: Seeds,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    share: NDArray[np.float64],
    rng: np.random.Generator,
) -> Vectors:
    n, d = len(first), real.vectors.shape[1]
    third, fourth = (real.near[first, rng.integers(NEIGHBOURS, size=n)] for _ in range(2))
    between = share[:, None] * real.vectors[first] + (1 - share[:, None]) * real.vectors[second]
    along = _ALONG * (real.vectors[third] - real.vectors[fourth])
    made = between + along + _AT_RANDOM / np.sqrt(d) * rng.standard_normal((n, d))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def _entry(number: int, texts: Sequence[str], vectors: Vectors, rng: np.random.Generator) -> Entry:
    path = f"made/{number:06}.md"
    whole = "\n\n".join(texts)
    starts = np.cumsum([0, *(len(text) + 2 for text in texts)])
    chunks = tuple(
        Chunk(path, int(at), int(at) + len(text), text, "")
        for at, text in zip(starts[:-1], texts, strict=True)
    )
    about = Metadata(
        title=f"Made document {number}",
        date=f"{rng.integers(1990, 2026)}-{rng.integers(1, 13):02}",
        type=_KINDS[rng.integers(len(_KINDS))],
        jurisdictions=(f"place {rng.integers(_PLACES)}",),
    )
    document = Document(path, whole, about, hashlib.sha256(whole.encode()).hexdigest())
    return Entry(document, chunks, vectors, (), np.zeros((0, vectors.shape[1]), np.float32))


def _embedded(passages: Sequence[str], embedder: Embedder, cache: Path, on_step: OnStep) -> Vectors:
    key = hashlib.sha256("\0".join([embedder.fingerprint, *passages]).encode()).hexdigest()[:16]
    kept = cache / f"seeds-{key}.npy"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        rows = np.empty((len(passages), embedder.dimension), dtype=np.float32)
        for at in range(0, len(passages), _AT_ONCE):
            some = passages[at : at + _AT_ONCE]
            rows[at : at + len(some)] = embedder.embed_documents(some)
            on_step("embedding", at + len(some), len(passages))
        np.save(kept, rows)
    return np.asarray(np.load(kept, allow_pickle=False), dtype=np.float32)


def _nearest(vectors: Vectors) -> NDArray[np.int64]:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    _, near = index.search(vectors, NEIGHBOURS + 1)
    return np.asarray(near[:, 1:], dtype=np.int64)
