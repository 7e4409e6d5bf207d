"""The cross-encoder while it is trained: bf16 autocast on the CPU, batches of like length."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evals.training.pairs import Pair

if TYPE_CHECKING:
    import torch

MAX_TOKENS = 256
LOGITS = 4
"""Three for a claim (evals.training.pairs.Label), one for a question."""
_BATCH_TOKENS = 2048
_SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class Recipe:
    """One stage. `rate` is the peak learning rate, reached after `warmup` of the steps, falling
    linearly to a twentieth of it. Drawing the masks of `dropout` takes half of the time on a CPU."""

    name: str
    epochs: float
    rate: float
    dropout: float = 0.0
    warmup: float = 0.06


class CrossEncoder:
    """A BERT of 6 layers with LOGITS outputs, and its tokenizer."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=LOGITS)

    def save(self, folder: Path) -> None:
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    def encode(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[list[int], list[int]]]:
        """(token ids, token types) of each pair, the span cut at its end where both do not fit."""
        encoded = self.tokenizer(
            [span for span, _ in pairs],
            [claim for _, claim in pairs],
            truncation="longest_first",
            max_length=MAX_TOKENS,
            return_attention_mask=False,
        )
        return list(zip(encoded["input_ids"], encoded["token_type_ids"], strict=True))

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """(n, LOGITS), in the order of the pairs."""
        import torch

        self.model.eval()
        encoded = self.encode(pairs)
        out = np.zeros((len(pairs), LOGITS), np.float32)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            for batch in batches([len(ids) for ids, _ in encoded], 4 * _BATCH_TOKENS):
                out[batch] = self._forward([encoded[i] for i in batch]).float().numpy()
        return out

    def train(
        self, pairs: Sequence[Pair], recipe: Recipe, seed: int, on_step: Callable[[str], None] = print
    ) -> None:
        """Cross-entropy on the three logits of claims, binary on the fourth of questions."""
        import torch

        torch.manual_seed(seed)
        self._drop(recipe.dropout)
        self.model.train()
        encoded = self.encode([(pair.span, pair.claim) for pair in pairs])
        plan = self._plan([len(ids) for ids, _ in encoded], recipe, random.Random(seed))
        optimizer = torch.optim.AdamW(self._groups(), lr=recipe.rate, fused=True)
        losses: list[float] = []
        for step, batch in enumerate(plan):
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate * _schedule(step / len(plan), recipe.warmup)
            with torch.autocast("cpu", torch.bfloat16):
                logits = self._forward([encoded[i] for i in batch])
            loss = _loss(logits.float(), [pairs[i] for i in batch])
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            if (step + 1) % 200 == 0:
                on_step(f"{recipe.name}: step {step + 1}/{len(plan)}, loss {np.mean(losses[-200:]):.3f}")

    def _drop(self, share: float) -> None:
        import torch

        for module in self.model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = share
            elif hasattr(module, "dropout_prob"):
                module.dropout_prob = share

    def _forward(self, encoded: Sequence[tuple[list[int], list[int]]]) -> torch.Tensor:
        import torch

        width = max(len(ids) for ids, _ in encoded)
        ids = torch.zeros((len(encoded), width), dtype=torch.long)
        types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
        for row, (tokens, kinds) in enumerate(encoded):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            types[row, : len(kinds)] = torch.tensor(kinds)
            mask[row, : len(tokens)] = 1
        logits: torch.Tensor = self.model(input_ids=ids, token_type_ids=types, attention_mask=mask).logits
        return logits

    def _plan(self, lengths: Sequence[int], recipe: Recipe, rng: random.Random) -> list[list[int]]:
        plan: list[list[int]] = []
        for epoch in range(int(np.ceil(recipe.epochs))):
            order = list(batches(lengths, _BATCH_TOKENS, rng))
            rng.shuffle(order)
            share = min(1.0, recipe.epochs - epoch)
            plan += order[: round(share * len(order))]
        return plan

    def _groups(self) -> list[dict[str, object]]:
        named = list(self.model.named_parameters())
        plain = ("bias", "LayerNorm.weight")
        return [
            {"params": [p for n, p in named if not n.endswith(plain)], "weight_decay": 0.01},
            {"params": [p for n, p in named if n.endswith(plain)], "weight_decay": 0.0},
        ]


def batches(lengths: Sequence[int], tokens: int, rng: random.Random | None = None) -> Iterator[list[int]]:
    """Indices in batches of like length, each at most `tokens` long when padded."""
    noise = [rng.uniform(-6, 6) if rng else 0.0 for _ in lengths]
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + noise[i])
    batch: list[int] = []
    longest = 0
    for i in order:
        longest = max(longest, lengths[i])
        if batch and longest * (len(batch) + 1) > tokens:
            yield batch
            batch, longest = [], lengths[i]
        batch.append(i)
    if batch:
        yield batch


def _schedule(done: float, warmup: float) -> float:
    return done / warmup if done < warmup else 1 - 0.95 * (done - warmup) / (1 - warmup)


def _loss(logits: torch.Tensor, pairs: Sequence[Pair]) -> torch.Tensor:
    import torch
    from torch.nn import functional

    claims = [i for i, pair in enumerate(pairs) if pair.label is not None]
    questions = [i for i, pair in enumerate(pairs) if pair.answered is not None]
    total = logits.sum() * 0.0
    if claims:
        target = torch.tensor([int(pairs[i].label or 0) for i in claims])
        total = total + functional.cross_entropy(
            logits[claims, :3], target, reduction="sum", label_smoothing=_SMOOTHING
        )
    if questions:
        wanted = torch.tensor([float(bool(pairs[i].answered)) for i in questions])
        wanted = wanted * (1 - _SMOOTHING) + _SMOOTHING / 2
        total = total + functional.binary_cross_entropy_with_logits(
            logits[questions, 3], wanted, reduction="sum"
        )
    return total / len(pairs)
