"""(span, claim) → P(supported); (passage, question) → P(answered): the support model, a cross-encoder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

MAX_TOKENS = 256
"""Word pieces of a pair, special ones included; of a longer one the end of the longer text is cut."""
_WORKERS = 2
_EDGE = 1e-4
_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Probabilities, uncalibrated. The first three sum to 1 and are meant for a claim, the last for a
    question."""

    not_found: float
    contradicted: float
    supported: float
    answered: float


class SupportModel:
    """A cross-encoder of 22 M parameters, in int8, by onnxruntime.

    Each pair is run by itself: dynamic quantization scales by what is in a batch, so a pair's score
    would depend on its company. Safe to share between threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.manifest = _manifest(folder)

    @property
    def name(self) -> str:
        """Identifies the weights."""
        return f"support-{self.manifest['sha256'][:12]}"

    def prepare(self) -> None:
        """Begin to load the weights, beside what else is done; `read` meets what goes wrong."""
        self._pool.submit(lambda: (self._session, self._tokenizer))

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        """One reading a pair, in order; pairs read before are remembered."""
        wanted = list(dict.fromkeys(pairs))
        found = {pair: known for pair in wanted if (known := self._known.get(pair))}
        new = [pair for pair in wanted if pair not in found]
        found |= zip(new, self._pool.map(self._run, new), strict=True)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known.update(found)
        return [found[pair] for pair in pairs]

    def _run(self, pair: tuple[str, str]) -> Probabilities:
        encoding = self._tokenizer.encode(*pair)
        ids = np.array([encoding.ids], np.int64)
        types = np.array([encoding.type_ids], np.int64)
        inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": np.ones_like(ids)}
        logits: NDArray[np.float32] = self._session.run(None, inputs)[0][0]
        odds = np.exp(logits[:3] - logits[:3].max())
        not_found, contradicted, supported = (float(p) for p in odds / odds.sum())
        return Probabilities(not_found, contradicted, supported, float(1 / (1 + np.exp(-logits[3]))))

    @cached_property
    def _known(self) -> dict[tuple[str, str], Probabilities]:
        return {}

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_WORKERS, thread_name_prefix="support")

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        weights = (self._folder / "model.onnx").read_bytes()
        actual = hashlib.sha256(weights).hexdigest()
        if actual != self.manifest["sha256"]:
            raise ModelError(
                f"The support model has SHA-256 {actual[:12]}…, not {self.manifest['sha256'][:12]}…: "
                "install policy-rag again, or train it with `make train-support`"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        return tokenizer


def log_odds(p: float) -> float:
    """Of a probability, kept within ±9.2."""
    clipped = min(max(p, _EDGE), 1 - _EDGE)
    return log(clipped / (1 - clipped))


@lru_cache(maxsize=1)
def bundled_support_model() -> SupportModel:
    """The model that the package carries, in rag/models/support. Raises ModelError."""
    return SupportModel(Path(str(files("rag") / "models" / "support")))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"No support model in {folder} ({type(error).__name__}): install policy-rag again, or train it "
            "with `make train-support`"
        ) from error
    return found
