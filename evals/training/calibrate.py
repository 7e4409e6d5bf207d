"""Fit the calibration of the support model: `python -m evals.training.calibrate --pairs FILE`.

A logistic regression over rag.verification.SIGNALS; the data sets weigh as _WEIGHT says, the two labels of
each alike. Reported leaving each set out of its own fit: what a set never seen before would get.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from evals.bench.support import Pair, load_pairs, sample
from evals.classification import area_under_roc, balanced_accuracy

_PENALTY = 0.002
_WEIGHT = {"wice": 1.3, "factcheckgpt": 2.0, "qags_xsum": 1.3, "citint": 2.0, "written": 2.0}
"""Of a data set where not 1: the sets on which word overlap is hard to beat, and the written claims."""
_SPAN_MODEL = Path("rag/models/support")
MAIN_SETS = "wice contractnli contractnli_xpass factcheckgpt qags_cnndm qags_xsum fm2 citint".split()
"""The sets that calibration and its report are for; others are reported when they are asked for."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Signals (n, d) of pairs, whether each is supported, and its data set."""

    signals: Matrix
    supported: NDArray[np.bool_]
    dataset: NDArray[np.str_]


@click.command()
@click.option(
    "--pairs", "files", type=Path, multiple=True, required=True, help="Labelled pairs, .jsonl[.gz]."
)
@click.option("--limit", type=int, default=400, show_default=True, help="Pairs of each data set.")
@click.option("--contradicted", type=float, default=0.5, show_default=True)
@click.option("--write/--report-only", default=True)
def main(files: Sequence[Path], limit: int, contradicted: float, write: bool) -> None:
    """Fit, report and write into rag/models/support/model.json."""
    pairs = [pair for file in files for pair in sample(load_pairs(file), limit, 0)]
    pairs = [pair for pair in pairs if pair.dataset in MAIN_SETS] + written_pairs()
    rows = read_rows(pairs)
    weights, intercept = fit(rows)
    fitted, apart = support_of(rows.signals, weights, intercept), left_out(rows)
    for name in dict.fromkeys(rows.dataset):
        members = rows.dataset == name
        click.echo(
            f"{name:20s} left out: {_report(rows, members, apart)}; fitted: {_report(rows, members, fitted)}"
        )
    if write:
        from rag.verification import SIGNALS

        file = _SPAN_MODEL / "model.json"
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        manifest["calibration"] = {
            "signals": list(SIGNALS),
            "weights": [round(float(w), 5) for w in weights],
            "intercept": round(float(intercept), 5),
            "threshold": 0.5,
            "contradicted": contradicted,
        }
        file.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def written_pairs() -> list[Pair]:
    """The claims written for this project that no stage was trained on, as the data set "written"."""
    from evals.training.__main__ import WRITTEN
    from evals.training.pairs import PREMISE, Label, read_written

    return [
        Pair(f"{pair.group}-{n}", "written", pair.span, pair.claim, pair.label is Label.SUPPORTED, pair.group)
        for n, pair in enumerate(read_written(WRITTEN, held_out=True))
        if pair.label is not None and pair.source != PREMISE
    ]


def read_rows(pairs: Sequence[Pair]) -> Rows:
    from rag.agreement import agreements
    from rag.support import bundled_support_model
    from rag.verification import signals
    from rag.windows import windows

    model = bundled_support_model()
    found = []
    for pair in pairs:
        tried = windows(pair.context, pair.claim)
        read = model.read([(pair.context[a:b], pair.claim) for a, b in tried])
        found.append(signals(agreements(pair.context, pair.claim), read))
    return Rows(
        np.array(found),
        np.array([pair.supported for pair in pairs]),
        np.array([pair.dataset for pair in pairs]),
    )


def fit(rows: Rows) -> tuple[Matrix, float]:
    """Weights and intercept on unscaled signals, each weight held to the sign that its signal's meaning
    gives it: first by likelihood, then so that balanced accuracy at one half, with the step made smooth,
    is greatest; at last scaled by one factor so that the result is a probability again (Platt 1999)."""
    mean, scale = rows.signals.mean(0), np.maximum(rows.signals.std(0), 1e-6)
    z = np.hstack([(rows.signals - mean) / scale, np.ones((len(rows.supported), 1))])
    target, weight = np.where(rows.supported, 1.0, -1.0), _weights(rows)
    start = _minimised(_likelihood(z, target, weight), np.zeros(z.shape[1]))
    found = _minimised(_smooth_errors(z, target, weight), start)
    margins = z @ found
    found = found * _minimised(_likelihood(margins[:, None], target, weight), np.ones(1), signs=(1,))
    weights: Matrix = found[:-1] / scale
    return weights, float(found[-1] - (weights * mean).sum())


def support_of(signals: Matrix, weights: Matrix, intercept: float) -> Matrix:
    """P(supported) of each row (n,)."""
    support: Matrix = 1 / (1 + np.exp(-(signals @ weights + intercept)))
    return support


def left_out(rows: Rows) -> Matrix:
    """P(supported) of each row by a fit that did not see its data set (n,)."""
    support = np.zeros(len(rows.supported))
    for name in dict.fromkeys(rows.dataset):
        members = rows.dataset == name
        others = Rows(rows.signals[~members], rows.supported[~members], rows.dataset[~members])
        support[members] = support_of(rows.signals[members], *fit(others))
    return support


_Loss = Callable[[Matrix], tuple[float, Matrix]]


def _minimised(loss: _Loss, start: Matrix, signs: Sequence[int] | None = None) -> Matrix:
    from scipy.optimize import minimize

    from rag.verification import SIGNALS

    bounds = {1: (0, None), -1: (None, 0), 0: (None, None)}
    held = signs if signs is not None else (*SIGNALS.values(), 0)
    result: Matrix = minimize(loss, start, jac=True, bounds=[bounds[sign] for sign in held]).x
    return result


def _likelihood(z: Matrix, target: Matrix, weight: Matrix) -> _Loss:
    def loss(b: Matrix) -> tuple[float, Matrix]:
        margin = target * (z @ b)
        slope = -weight * target / (1 + np.exp(margin))
        value = float((np.logaddexp(0, -margin) * weight).sum() + _PENALTY * (b[:-1] ** 2).sum())
        return value, z.T @ slope + 2 * _PENALTY * np.append(b[:-1], 0.0)

    return loss


def _smooth_errors(z: Matrix, target: Matrix, weight: Matrix) -> _Loss:
    def loss(b: Matrix) -> tuple[float, Matrix]:
        wrong = 1 / (1 + np.exp(np.clip(target * (z @ b), -30, 30)))
        slope = -weight * target * wrong * (1 - wrong)
        value = float((weight * wrong).sum() + _PENALTY * (b[:-1] ** 2).sum())
        return value, z.T @ slope + 2 * _PENALTY * np.append(b[:-1], 0.0)

    return loss


def _weights(rows: Rows) -> Matrix:
    weights = np.zeros(len(rows.supported))
    for name in dict.fromkeys(rows.dataset):
        for label in (False, True):
            members = (rows.dataset == name) & (rows.supported == label)
            weights[members] = _WEIGHT.get(str(name), 1.0) / max(1, members.sum())
    total: Matrix = weights / weights.sum()
    return total


def _report(rows: Rows, members: NDArray[np.bool_], support: Matrix) -> str:
    labels, given = rows.supported[members], support[members]
    accuracy = balanced_accuracy(labels, given >= 0.5)
    auroc = area_under_roc(labels, given)
    return f"n={members.sum():4d} balanced accuracy {_shown(accuracy)} AUROC {_shown(auroc)}"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
