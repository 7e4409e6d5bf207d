"""Fit the weights of rag.planted (rag/models/planted.json): `python -m evals.injection.fit`.

Positive: the sentences of written/orders.txt, of all kinds of planted orders. Negative: the sentences of
written/harmless.txt, which order, ask and speak of assistants without planting anything, and those of the
passages written to train the support model. unseen.txt is in no fit, though the
patterns were written with it in view. The report leaves each fifth of both files out of its own fit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from evals.training.__main__ import WRITTEN as PASSAGES
from evals.training.calibrate import Matrix, support_of
from rag.chunks import split_sentences
from rag.planted import SIGNALS, THRESHOLD, gives_orders, signals

WRITTEN = Path(__file__).parent / "written"
_FOLDS, _INVERSE_PENALTY = 5, 1.0
_WEIGHTS = {"orders": 5.0, "harmless": 3.0, "prose": 1.0}
"""Of one sentence of each kind."""


@click.command()
@click.option("--out", type=Path, default=Path("rag/models/planted.json"), show_default=True)
@click.option("--write/--report-only", default=True)
@click.option("--texts", type=Path, multiple=True, help="Also count the sentences marked in text files.")
def main(out: Path, write: bool, texts: Sequence[Path]) -> None:
    """Fit, report and write."""
    orders, harmless, prose = read("orders"), read("harmless"), read_prose()
    kinds = np.array(["orders"] * len(orders) + ["harmless"] * len(harmless) + ["prose"] * len(prose))
    values = np.array([signals(sentence) for sentence in (*orders, *harmless, *prose)])
    fold = np.arange(len(kinds)) % _FOLDS
    given = np.zeros(len(kinds))
    for k in range(_FOLDS):
        given[fold == k] = support_of(values[fold == k], *fit(values[fold != k], kinds[fold != k]))
    for kind in _WEIGHTS:
        marked = given[kinds == kind] >= THRESHOLD
        click.echo(f"{kind:9s} {marked.sum():4d} of {marked.size} marked, each fifth left out of its fit")
    if write:
        weights, intercept = fit(values, kinds)
        model = {
            "signals": list(SIGNALS),
            "weights": [round(float(w), 4) for w in weights],
            "intercept": round(intercept, 4),
        }
        out.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    _report("unseen", read("unseen"))
    for file in texts:
        _report(
            file.name, [s.text for s in split_sentences(file.read_text(encoding="utf-8", errors="ignore"))]
        )


def _report(name: str, sentences: Sequence[str]) -> None:
    """By rule and weights together."""
    marked = sum(gives_orders(sentence) for sentence in sentences)
    click.echo(f"{name:9s} {marked:4d} of {len(sentences)} marked")


def read(name: str) -> list[str]:
    lines = (WRITTEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip()]


def read_prose() -> list[str]:
    """The sentences of the written passages."""
    rows = (
        json.loads(line)
        for file in sorted(PASSAGES.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    return [sentence.text for row in rows for sentence in split_sentences(row["passage"])]


def fit(values: Matrix, kinds: Sequence[str] | NDArray[np.str_]) -> tuple[Matrix, float]:
    """Weights and intercept of a ridge logistic regression."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=3000)
    model.fit(values, [kind == "orders" for kind in kinds], sample_weight=[_WEIGHTS[kind] for kind in kinds])
    weights: Matrix = model.coef_[0]
    return weights, float(model.intercept_[0])


if __name__ == "__main__":
    main()
