"""The bundled embedding model by onnxruntime: the same float32 weights, without torch.

`rag/models/embedding/graph.onnx` holds the computation and no weights (evals/training/embedding_graph.py
writes it); they are read from the safetensors file of the package that carries the model.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.batches import Tokens, encode_by_length
from rag.types import Vectors

_BATCH_TOKENS = 4096
"""Word pieces of a batch, padding included: what keeps both cores busy without leaving their cache."""
_HEADER = 8
"""Bytes at the start of a safetensors file that hold the length of its JSON header."""


class OnnxEncoder:
    """Encoded texts → unit vectors. Safe to share between threads."""

    def __init__(self, weights: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        tensors = dict(_float_tensors(weights))
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for tensor in tensors.values()]
        options.add_external_initializers(list(tensors), values)
        graph = (files("rag") / "models" / "embedding" / "graph.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def encode(self, ids: Sequence[Sequence[int]]) -> Vectors:
        """Token ids of n texts, special ones included → (n, 384) float32, in their order."""
        return encode_by_length(ids, self._run, _BATCH_TOKENS)

    def _run(self, ids: Tokens, mask: Tokens) -> Vectors:
        vectors: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def places(file: Path) -> dict[str, tuple[int, int]]:
    """Where the float32 tensors of a safetensors file lie in it, as (first byte, bytes): eight bytes with the length
    of a JSON header, that header, then the data (the format's specification)."""
    return {name: (start, length) for name, start, length, _ in _header(file)}


def _float_tensors(file: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Names and tensors, mapped into memory."""
    data: Any = np.memmap(file, np.uint8, "r")
    for name, start, length, shape in _header(file):
        yield name, data[start : start + length].view(np.float32).reshape(shape)


def _header(file: Path) -> Iterator[tuple[str, int, int, tuple[int, ...]]]:
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(_HEADER), "little")
        entries = json.loads(stream.read(size))
    for name, entry in entries.items():
        if name != "__metadata__" and entry["dtype"] == "F32" and not name.startswith("pooler."):
            first, end = entry["data_offsets"]
            yield name, _HEADER + size + first, end - first, tuple(entry["shape"])
