"""A verifier on labelled pairs: is the claim supported by its context?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.bench.beir import read_json_lines
from evals.citing import SUPPORTED_FROM, Verifier
from evals.classification import area_under_roc, balanced_accuracy
from evals.statistics import Indices, Interval, bootstrap, seeded
from evals.verifier import closest_sentences

SPANS = 5
"""Spans of a context that are tried, one at a time; the best counts."""
WHOLE_UP_TO = 600
"""A context of at most this many characters is tried whole as well, as a citation would give it."""
_OTHER_QUESTION = "answerability"
"""Data sets of this name ask whether a context answers a question: not what a verifier says."""


@dataclass(frozen=True, slots=True)
class Pair:
    id: str
    dataset: str
    context: str
    claim: str
    supported: bool
    group: str


@dataclass(frozen=True, slots=True)
class DatasetScores:
    """Intervals are bootstrapped over groups (source documents). A figure that needs both labels is
    None where only one occurs; `said_supported` is then what is left to say."""

    pairs: int
    supported: int
    balanced_accuracy: Interval | None
    auroc: Interval | None
    said_supported: float


def load_pairs(path: Path) -> tuple[Pair, ...]:
    """Pairs of a .jsonl or .jsonl.gz file, without those that ask another question."""
    if not path.is_file():
        from rag.errors import UsageError

        raise UsageError(f"No file at {path}: give labelled pairs as .jsonl or .jsonl.gz.")
    required = ("id", "dataset", "context", "claim", "label", "group")
    return tuple(
        Pair(
            str(row["id"]),
            str(row["dataset"]),
            str(row["context"]),
            str(row["claim"]),
            row["label"] == 1,
            str(row["group"]),
        )
        for row in read_json_lines(path, required)
        if not str(row["dataset"]).startswith(_OTHER_QUESTION)
    )


def sample(pairs: Sequence[Pair], per_dataset: int | None, seed: int) -> tuple[Pair, ...]:
    """At most that many pairs of each data set, drawn by the seed, in the order of the file."""
    if per_dataset is None:
        return tuple(pairs)
    order = np.random.default_rng(seed).permutation(len(pairs))
    taken: dict[str, list[int]] = {}
    for i in order:
        taken.setdefault(pairs[i].dataset, []).append(int(i))
    kept = sorted(i for members in taken.values() for i in members[:per_dataset])
    return tuple(pairs[i] for i in kept)


def best_support(verifier: Verifier, context: str, claim: str) -> float:
    """The support of the best of the context's closest spans, each read alone; the product's verifier
    chooses them itself."""
    from rag.verification import Verifier as ProductVerifier

    if isinstance(verifier, ProductVerifier):
        return verifier.support(context, claim)
    spans = closest_sentences(context, claim, SPANS)
    if len(context) <= WHOLE_UP_TO:
        spans.append(context)
    return max((verifier.support(span, claim) for span in spans), default=0.0)


def bench_support(
    pairs: Sequence[Pair],
    verifier: Verifier,
    seed: int = 0,
    on_done: Callable[[], None] = lambda: None,
    resamples: int = 1000,
) -> dict[str, DatasetScores]:
    """Scores per data set, in the order of their names."""
    supports = []
    for pair in pairs:
        supports.append(best_support(verifier, pair.context, pair.claim))
        on_done()
    return {
        name: _scores(name, members, seed, resamples)
        for name, members in sorted(_by_dataset(pairs, supports).items())
    }


def macro_average(scores: Iterable[DatasetScores]) -> tuple[float, float]:
    """Mean balanced accuracy and mean AUROC of the data sets that have both labels."""
    both = [one for one in scores if one.balanced_accuracy and one.auroc]
    accuracy = [one.balanced_accuracy.value for one in both if one.balanced_accuracy]
    auroc = [one.auroc.value for one in both if one.auroc]
    return float(np.mean(accuracy)), float(np.mean(auroc))


_Members = list[tuple[Pair, float]]


def _by_dataset(pairs: Sequence[Pair], supports: Sequence[float]) -> Mapping[str, _Members]:
    found: dict[str, _Members] = {}
    for pair, support in zip(pairs, supports, strict=True):
        found.setdefault(pair.dataset, []).append((pair, support))
    return found


def _scores(name: str, members: _Members, seed: int, resamples: int) -> DatasetScores:
    labels = np.array([pair.supported for pair, _ in members])
    supports = np.array([support for _, support in members])
    said = supports >= SUPPORTED_FROM
    groups = [pair.group for pair, _ in members]

    def accuracy(at: Indices) -> float | None:
        return balanced_accuracy(labels[at], said[at])

    def auroc(at: Indices) -> float | None:
        return area_under_roc(labels[at], supports[at])

    return DatasetScores(
        pairs=len(members),
        supported=int(labels.sum()),
        balanced_accuracy=bootstrap(accuracy, len(members), seeded(seed, name), groups, resamples),
        auroc=bootstrap(auroc, len(members), seeded(seed, name), groups, resamples),
        said_supported=float(said.mean()),
    )
