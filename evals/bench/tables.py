"""Bench results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from evals.bench.retrieval import SetResult
from evals.bench.support import DatasetScores, macro_average
from evals.statistics import Difference, Interval

_FIGURES = ("ndcg@10", "recall@5", "recall@10", "recall@100", "mrr@10")


def retrieval_table(results: Sequence[SetResult]) -> Table:
    """Gained, in nDCG@10: fused over the better of dense and BM25, reranked over fused on the same
    questions. AUROC: how well the best score tells questions with an answer from those without."""
    table = Table(title="Retrieval")
    for name in ("set", "retriever", "questions", *_FIGURES, "gained", "AUROC"):
        table.add_column(name, justify="left" if name in ("set", "retriever") else "right")
    for result in results:
        label = f"{result.name}\n{result.documents} documents"
        gained = {"fused": result.fused_against_better, "reranked": result.reranked_against_fused}
        for retriever, scores in result.retrievers.items():
            questions = max((figure.n for figure in scores.figures.values()), default=0)
            shown = [scores.figures.get(name) for name in _FIGURES]
            cells = [_shown(shown[0]), *("" if one is None else f"{one.value:.3f}" for one in shown[1:])]
            auroc = "" if scores.answerable_auroc is None else f"{scores.answerable_auroc:.3f}"
            table.add_row(label, retriever, str(questions), *cells, _gain(gained.get(retriever)), auroc)
            label = ""
    return table


def support_table(scores: Mapping[str, DatasetScores], verifier: str) -> Table:
    table = Table(title=f"Support, {verifier}")
    for name in ("set", "pairs", "supported", "balanced accuracy", "AUROC", "said supported"):
        table.add_column(name, justify="left" if name == "set" else "right")
    for name, one in scores.items():
        counts = (str(one.pairs), str(one.supported))
        figures = (_shown(one.balanced_accuracy), _shown(one.auroc))
        table.add_row(name, *counts, *figures, f"{one.said_supported:.3f}")
    accuracy, auroc = macro_average(scores.values())
    table.add_row("mean of sets", "", "", f"{accuracy:.3f}", f"{auroc:.3f}", "")
    return table


def _gain(gain: Difference | None) -> str:
    return "" if gain is None else f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"


def _shown(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
