"""Fit the refusal model (rag/models/refusal.json): `python -m evals.fit_refusal --index DIR [--clapnq DIR]`.

Training pairs, each read through the product's own pipeline:
- the dev gold questions over their corpus: answerable or not;
- the answerable ones again without the documents of their evidence, and over the article alone where
  it holds no evidence: not answerable any more;
- the questions written over passages of the corpus that were held out of training the support model;
- those written over other passages, of which the corpus says nothing;
- where a BEIR folder with `unanswerable` marks is given (clapnq_dev), its questions over its index.
The report is on half of the dev cases (by a hash of their id), which a first fit does not see; what is
written is then fitted on all.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from evals.cases import Case, load_cases
from evals.training.__main__ import WRITTEN
from evals.training.pairs import is_held_out
from rag.assistant import Assistant
from rag.judgement import judge
from rag.refusal import SIGNALS
from rag.support import bundled_support_model
from rag.types import Filters, Turn

_C, _GROUP_WEIGHT = 0.02, 200.0
"""Inverse strength of the ridge penalty; total weight of all examples."""
_WEIGHTS = {"whole": 4.0, "written": 4.0, "article": 2.0}
"""How much more the questions over the whole corpus weigh than those over a part of it; five-fold figures
with other choices stand in docs/decisions/0007."""
_STRIDE = 3
"""Every third question that has nothing to do with the corpus is asked."""
REFUSED = 0.04
"""Share of answerable dev questions that may be refused at strictness 0.5."""


@dataclass(frozen=True, slots=True)
class Example:
    """`kind` says how the example came about; `corrected` that a premise was found false."""

    id: str
    kind: str
    answerable: bool
    signals: tuple[float, ...]
    corrected: bool


@click.command()
@click.option("--gold", type=Path, default=Path("evals/gold/dev.jsonl"), show_default=True)
@click.option("--index", "index_dir", type=Path, required=True, help="Index of corpus/.")
@click.option("--clapnq", type=Path, help="BEIR folder whose queries are marked unanswerable.")
@click.option("--clapnq-index", type=Path, help="Index of that folder, one document a row.")
@click.option("--out", type=Path, default=Path("rag/models/refusal.json"), show_default=True)
@click.option("--cache", type=Path, help="Keep the examples here, or read them from here.")
def main(
    gold: Path, index_dir: Path, clapnq: Path | None, clapnq_index: Path | None, out: Path, cache: Path | None
) -> None:
    """Fit the refusal model and report on the held-out half."""
    if cache and cache.exists():
        stored = [json.loads(line) for line in cache.read_text().splitlines()]
        examples = [Example(**{**e, "signals": tuple(e["signals"])}) for e in stored]
    else:
        examples = list(_gold_examples(load_cases(gold), index_dir)) + list(_written_examples(index_dir))
        if clapnq and clapnq_index:
            examples += _outside_examples(clapnq, clapnq_index)
        if cache:
            cache.write_text("".join(json.dumps(_as_dict(e)) + "\n" for e in examples))
    train = [e for e in examples if not _held_out(e)]
    half = fit(train)
    _report("fitted", train, half)
    _report("held out", [e for e in examples if _held_out(e)], half)
    model = fit(examples)
    _report("all", examples, model)
    out.write_text(json.dumps(model, indent=1) + "\n")


def fit(examples: Sequence[Example]) -> dict[str, object]:
    """Logistic regression on scaled signals, each held to the sign that its meaning gives it; every
    kind of example weighs alike, and so do its two answers. The intercept is then set so that REFUSED
    of the answerable gold examples fall below one half."""
    from scipy.optimize import minimize

    x, y = np.array([e.signals for e in examples]), np.array([e.answerable for e in examples])
    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-6)
    z = (x - mean) / scale
    groups = [(e.kind, e.answerable) for e in examples]
    weight = np.array([_WEIGHTS.get(g[0], 1.0) / groups.count(g) for g in groups])
    weight *= _GROUP_WEIGHT / weight.sum()
    target = np.where(y, 1.0, -1.0)

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        margin = target * (z @ b[:-1] + b[-1])
        slope = -weight * target / (1 + np.exp(margin))
        value = float((np.logaddexp(0, -margin) * weight).sum() + (b[:-1] ** 2).sum() / (2 * _C))
        return value, np.append(z.T @ slope + b[:-1] / _C, slope.sum())

    bounds = [(0, None) if sign > 0 else (None, 0) for sign in SIGNALS.values()]
    fitted = minimize(loss, np.zeros(len(SIGNALS) + 1), jac=True, bounds=[*bounds, (None, None)]).x[:-1]
    gold = y & np.array([e.kind == "whole" and not e.corrected for e in examples])
    return {
        "signals": list(SIGNALS),
        "weights": [round(float(w), 5) for w in fitted],
        "mean": [round(float(m), 5) for m in mean],
        "scale": [round(float(s), 5) for s in scale],
        "intercept": round(-float(np.quantile(z[gold] @ fitted, REFUSED)), 5),
    }


def _gold_examples(cases: Iterable[Case], index_dir: Path) -> Iterator[Example]:
    with Assistant.open(index_dir) as assistant:
        paths = [d.path for d in assistant.index.documents()]
        article = tuple(p for p in paths if p.startswith("article/"))
        for case in cases:
            yield _example(assistant, case.id, case.question, case.history, None, "whole", case.answerable)
            within = {e.document for e in case.evidence}
            if not case.evidence or case.type == "false-premise":
                continue
            if not any(p.startswith("article/") for p in within):
                rest = Filters(documents=tuple(p for p in paths if p not in within))
                yield _example(assistant, case.id, case.question, case.history, rest, "without", False)
                alone = Filters(documents=article)
                yield _example(assistant, case.id, case.question, case.history, alone, "article", False)
            else:
                alone = Filters(documents=article)
                yield _example(assistant, case.id, case.question, case.history, alone, "article", True)


def _written_examples(index_dir: Path) -> Iterator[Example]:
    """The questions written over passages that the support model was not trained on: those over passages of
    the corpus, and each _STRIDE-th of those over others, which the corpus does not answer."""
    with Assistant.open(index_dir) as assistant:
        for file in sorted(WRITTEN.glob("*.jsonl")):
            rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            for row in (row for row in rows if is_held_out(row["id"])):
                inside = "document" in row
                for n, asked in enumerate(row["questions"][:: 1 if inside else _STRIDE]):
                    kind, answered = ("written", asked["answered"]) if inside else ("stranger", False)
                    yield _example(assistant, f"{row['id']}-{n}", asked["text"], (), None, kind, answered)


def _outside_examples(folder: Path, index_dir: Path) -> Iterator[Example]:
    with Assistant.open(index_dir) as assistant, gzip.open(folder / "queries.jsonl.gz", "rt") as stream:
        for line in stream:
            query = json.loads(line)
            answerable = not query["unanswerable"]
            yield _example(assistant, query["_id"], query["text"], (), None, "outside", answerable)


def _example(
    assistant: Assistant,
    id: str,
    question: str,
    history: Sequence[Turn],
    filters: Filters | None,
    kind: str,
    answerable: bool,
) -> Example:
    reading = assistant.read(question, history, filters)
    judged = judge(assistant.index, reading, bundled_support_model())
    signals = judged.signals.values if judged.signals else (0.0,) * len(SIGNALS)
    return Example(id, kind, answerable, signals, judged.corrected)


def _held_out(example: Example) -> bool:
    return example.kind != "outside" and hashlib.sha256(example.id.encode()).digest()[0] % 2 == 1


def _report(name: str, examples: Sequence[Example], model: dict[str, object]) -> None:
    from sklearn.metrics import roc_auc_score

    weights, mean, scale = (np.array(model[k], dtype=float) for k in ("weights", "mean", "scale"))
    for kind in sorted({e.kind for e in examples}):
        some = [e for e in examples if e.kind == kind]
        z = (np.array([e.signals for e in some]) - mean) / scale @ weights + float(str(model["intercept"]))
        p = 1 / (1 + np.exp(-z))
        y = np.array([e.answerable for e in some])
        answered = np.array([q >= 0.5 or e.corrected for q, e in zip(p, some, strict=True)])
        area = f"{roc_auc_score(y, p):.3f}" if len(set(y.tolist())) == 2 else "-"
        wrong = f"{1 - answered[y].mean():.2f} of {y.sum()}" if y.any() else "-"
        right = f"{1 - answered[~y].mean():.2f} of {(~y).sum()}" if (~y).any() else "-"
        click.echo(f"{name:9} {kind:8} AUROC {area}  refused: answerable {wrong}, unanswerable {right}")


def _as_dict(example: Example) -> dict[str, object]:
    return {
        "id": example.id,
        "kind": example.kind,
        "answerable": example.answerable,
        "signals": list(example.signals),
        "corrected": example.corrected,
    }


if __name__ == "__main__":
    main()
