"""One evaluation from gold file to verdict: everything that a report shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.abstention import CurvePoint, risk_coverage
from evals.cases import Case, load_cases
from evals.figures import MEANINGS, difference, figures, figures_by_type
from evals.gate import GateResult, Rules, judge
from evals.metrics import percentile
from evals.record import Run, RunRecord, Timings, load_run
from evals.run import Asked, ask_all, current_commit, file_hash, score_all
from evals.statistics import Difference, Interval
from evals.subject import Subject
from rag.errors import UsageError
from rag.verification import Verifier


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of wall clock of whole questions, as they ran side by side."""

    p50: float
    p95: float
    all: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run with its figures, and against a baseline where there is one."""

    run: Run
    figures: Mapping[str, Interval]
    by_type: Mapping[str, Mapping[str, Interval]]
    curve: tuple[CurvePoint, ...]
    latency: Latency | None = None
    baseline: Run | None = None
    differences: Mapping[str, Difference] | None = None
    baseline_curve: tuple[CurvePoint, ...] = ()
    gate: GateResult | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: a gold file, with a seed, on so many threads, resuming from a folder of journals."""

    gold: Path
    seed: int
    workers: int
    journals: Path
    resume: bool


def run_gold(
    plan: Plan, subject: Subject, on_start: Callable[[int], Callable[[], None]]
) -> tuple[Run, Timings]:
    """`on_start` gets the number of cases and returns what to call after each."""
    cases = load_cases(plan.gold)
    verifier = Verifier()
    record = RunRecord(
        commit=current_commit(Path.cwd()),
        gold=plan.gold.name,
        gold_hash=file_hash(plan.gold),
        config=subject.config,
        models=subject.models,
        corpus_hash=subject.corpus_hash,
        index_generation=subject.generation,
        verifier=verifier.name,
        seed=plan.seed,
    )
    journal = plan.journals / f"partial-{record.key()}.jsonl"
    if not plan.resume:
        journal.unlink(missing_ok=True)
    asked = _asked(cases, subject, plan, journal, on_start)
    run = score_all(cases, asked, record, subject.text_of, verifier)
    return run, {entry.id: entry.timings for entry in asked}


def evaluate(
    run: Run, timings: Timings, baseline: Run | None = None, rules: Rules | None = None
) -> Evaluation:
    """All figures of a run; differences where there is a baseline; a verdict where there are rules."""
    seed = run.record.seed
    return Evaluation(
        run=run,
        figures=figures(run.results, seed),
        by_type=figures_by_type(run.results, seed),
        curve=risk_coverage([result.outcome for result in run.results]),
        latency=_latency(timings),
        baseline=baseline,
        differences=_differences(run, baseline) if baseline else None,
        baseline_curve=risk_coverage([r.outcome for r in baseline.results]) if baseline else (),
        gate=judge(run, baseline, rules) if rules else None,
    )


def load_baseline(path: Path, run: Run) -> Run:
    """The baseline, which must be of the same gold file's name."""
    baseline = load_run(path)
    if baseline.record.gold != run.record.gold:
        raise UsageError(
            f"{path} is a baseline of {baseline.record.gold}, this run is of {run.record.gold}: "
            "give the baseline of the same gold file."
        )
    return baseline


def timings_to_json(timings: Timings) -> str:
    rounded = {
        case: {stage: round(spent, 2) for stage, spent in stages.items()} for case, stages in timings.items()
    }
    return json.dumps(rounded, indent=1, sort_keys=True) + "\n"


def _asked(
    cases: Sequence[Case],
    subject: Subject,
    plan: Plan,
    journal: Path,
    on_start: Callable[[int], Callable[[], None]],
) -> tuple[Asked, ...]:
    on_done = on_start(len(cases))
    asked = ask_all(cases, subject.ask, plan.workers, journal, on_done)
    journal.unlink(missing_ok=True)
    return asked


def _differences(run: Run, baseline: Run) -> dict[str, Difference]:
    changes = {name: difference(name, run.results, baseline.results, run.record.seed) for name in MEANINGS}
    return {name: change for name, change in changes.items() if change is not None}


def _latency(timings: Timings) -> Latency | None:
    totals = tuple(sorted(stages["total"] for stages in timings.values() if "total" in stages))
    p50, p95 = percentile(totals, 0.5), percentile(totals, 0.95)
    return None if p50 is None or p95 is None else Latency(p50, p95, totals)
