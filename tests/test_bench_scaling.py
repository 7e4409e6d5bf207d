"""The bench of sizes makes indexes that are whole and like what they were made of, and measures them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from indexes import EMBEDDER, sentence

import rag.large
from evals.bench.scaling import STAGES, lines, measure
from evals.bench.scaling_data import NEIGHBOURS, Seeds, build, seeds
from rag import derived
from rag.index import Index


def silent(what: str, done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    rng = random.Random(4)
    passages = [f"{sentence(rng, 9)} {sentence(rng, 9)} Person{i} spoke." for i in range(60)]
    return seeds([*passages, passages[0]], EMBEDDER, tmp_path_factory.mktemp("seeds"), silent)


@pytest.fixture(scope="module")
def made(real: Seeds, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "index"
    build(folder, 1230, real, EMBEDDER, silent)
    with Index.open(folder, read_only=False) as index:
        index.save_vectors()
    return folder


def test_a_passage_is_a_seed_once_and_has_others_for_neighbours(real: Seeds) -> None:
    assert real.vectors.shape == (60, 32)
    assert real.near.shape == (60, NEIGHBOURS)
    assert not [i for i, near in enumerate(real.near) if i in near]


def test_a_made_index_is_whole(made: Path) -> None:
    with Index.open(made) as index:
        index.verify()
        assert index.chunk_count() == 1230
        vectors = index.vectors(index.all_chunk_ids())
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_made_vectors_lie_near_the_real_ones_but_not_on_them(made: Path, real: Seeds) -> None:
    with Index.open(made) as index:
        nearest = (index.vectors(index.all_chunk_ids()) @ real.vectors.T).max(axis=1)
    assert nearest.mean() > 0.7
    assert nearest.max() < 0.9999


@pytest.mark.parametrize("large", [False, True])
def test_measuring_says_what_was_found(made: Path, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    monkeypatch.setattr(derived, "LARGE_FROM", 10 if large else 10**9)
    monkeypatch.setattr(rag.large, "CLUSTERED_FROM", 10)
    found = measure(made, EMBEDDER, ["drone treaty", "who signed the law on mines"])
    assert (found.chunks, set(found.times)) == (1230, set(STAGES))
    assert all(0 < p50 <= p95 for p50, p95 in found.times.values())
    assert min(found.recall_10, found.recall_100, found.filtered_10) >= 0.95
    assert (found.stored is not None) == large
    assert len(lines(found)) == 3
