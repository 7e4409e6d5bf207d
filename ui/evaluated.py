"""The files that `rag eval` writes → one run with its figures, against the baseline where that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.abstention import CurvePoint, risk_coverage
from evals.evaluate import load_baseline
from evals.figures import MEANINGS, difference, figures
from evals.gate import GateResult, judge, load_rules
from evals.metrics import NotANumber
from evals.record import Run, load_run
from evals.statistics import Difference, Interval
from rag.errors import RagError

RUN = Path("build/evals/run.json")
BASELINE = Path("evals/baselines/main.json")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A run; `notice` says why there is no baseline to compare it with."""

    run: Run
    figures: Mapping[str, Interval]
    curve: tuple[CurvePoint, ...]
    gate: GateResult
    baseline: Run | None = None
    before: Mapping[str, Interval] | None = None
    differences: Mapping[str, Difference] | None = None
    baseline_curve: tuple[CurvePoint, ...] = ()
    notice: str = ""


def read(run_file: Path, baseline_file: Path) -> Evaluated:
    """Takes a second or two: every interval is drawn anew. Raises RagError for a run that is none."""
    try:
        run = load_run(run_file)
        baseline, notice = _baseline(baseline_file, run)
        return _judged(run, baseline, notice)
    except NotANumber as error:
        raise RagError(str(error)) from error


def stamp(*paths: Path) -> tuple[str, ...]:
    """Changes when one of the files does."""
    return tuple(_stamp(path) for path in paths)


def _stamp(path: Path) -> str:
    try:
        seen = path.stat()
    except OSError:
        return ""
    return f"{path.resolve()} {seen.st_mtime_ns} {seen.st_size}"


def _baseline(path: Path, run: Run) -> tuple[Run | None, str]:
    if not path.is_file():
        return None, "There is no baseline yet: `rag eval --update-baseline` makes this run one."
    try:
        return load_baseline(path, run), ""
    except RagError as error:
        return None, str(error)


def _judged(run: Run, baseline: Run | None, notice: str) -> Evaluated:
    seed = run.record.seed
    found = Evaluated(
        run,
        figures(run.results, seed),
        risk_coverage([result.outcome for result in run.results]),
        judge(run, baseline, load_rules()),
        notice=notice,
    )
    if baseline is None:
        return found
    changes = {name: difference(name, run.results, baseline.results, seed) for name in MEANINGS}
    return Evaluated(
        found.run,
        found.figures,
        found.curve,
        found.gate,
        baseline,
        figures(baseline.results, seed),
        {name: change for name, change in changes.items() if change is not None},
        risk_coverage([result.outcome for result in baseline.results]),
    )
