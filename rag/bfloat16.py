"""The bundled embedding model in bfloat16 by OpenVINO, where the processor multiplies bfloat16 in tiles (AMX):
several times as fast as float32 (docs/decisions/0012)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any

from rag.batches import Tokens, encode_by_length
from rag.types import Vectors

_BATCH_TOKENS = 1024
"""Word pieces of a batch, padding included; chosen among 512 … 4096 (docs/decisions/0012)."""
_MULTIPLE = 8
"""Lengths are rounded up to it: OpenVINO keeps what it has prepared for every shape that it met."""
_CPU_FACTS = Path("/proc/cpuinfo")


class Precision(StrEnum):
    """How the bundled model reads documents; auto is bfloat16 for large runs where the processor has it."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


@cache
def is_fast() -> bool:
    """Whether the processor multiplies bfloat16 in tiles, as Linux tells, and OpenVINO is there."""
    try:
        facts = _CPU_FACTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "amx_bf16" in facts.split() and find_spec("openvino") is not None


class Bfloat16Encoder:
    """Encoded texts → unit vectors. Safe to share between threads."""

    def __init__(self, weights: Path) -> None:
        import openvino

        self._threads = os.cpu_count() or 1
        chosen = {
            "INFERENCE_PRECISION_HINT": "bf16",
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": self._threads,
        }
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # weights must lie beside their graph
            graph = Path(folder) / "graph.onnx"
            graph.write_bytes((files("rag") / "models" / "embedding" / graph.name).read_bytes())
            shutil.copyfile(weights, graph.with_name("model.safetensors"))
            core = openvino.Core()
            model = core.compile_model(core.read_model(graph), "CPU", chosen)
        self._idle: Queue[Any] = Queue()
        for _ in range(self._threads):
            self._idle.put(model.create_infer_request())

    def encode(self, ids: Sequence[Sequence[int]]) -> Vectors:
        """Token ids of n texts, special ones included → (n, 384) float32, in their order."""
        return encode_by_length(ids, self._run, _BATCH_TOKENS, self._threads, _MULTIPLE)

    def _run(self, ids: Tokens, mask: Tokens) -> Vectors:
        request = self._idle.get()
        try:
            vectors: Vectors = request.infer({0: ids, 1: mask})[0].copy()
        finally:
            self._idle.put(request)
        return vectors
