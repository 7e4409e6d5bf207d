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
        """Token ids of n texts, special ones included → (n, 384) float32, in their order; texts of like
        length run together."""
        vectors: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(ids)
        for batch in _batches([len(one) for one in ids]):
            for i, vector in zip(batch, self._run([ids[i] for i in batch]), strict=True):
                vectors[i] = vector
        return np.stack(vectors)

    def _run(self, ids: Sequence[Sequence[int]]) -> Vectors:
        padded = np.zeros((len(ids), max(map(len, ids))), np.int64)
        mask = np.zeros_like(padded)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = one
            mask[row, : len(one)] = 1
        vectors: Vectors = self._session.run(None, {"input_ids": padded, "attention_mask": mask})[0]
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices in batches of like length, each at most _BATCH_TOKENS long when padded."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and lengths[i] * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _float_tensors(file: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Names and tensors of a safetensors file, mapped into memory: eight bytes with the length of a JSON
    header, that header, then the data (the format's specification)."""
    data: Any = np.memmap(file, np.uint8, "r")
    start = _HEADER + int.from_bytes(data[:_HEADER].tobytes(), "little")
    for name, entry in json.loads(data[_HEADER:start].tobytes()).items():
        if name != "__metadata__" and entry["dtype"] == "F32" and not name.startswith("pooler."):
            first, end = entry["data_offsets"]
            yield name, data[start + first : start + end].view(np.float32).reshape(entry["shape"])
