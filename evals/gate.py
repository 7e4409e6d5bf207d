"""The gate: floors, significant drops, and what is missing from a run. No finding means green."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.figures import MEANINGS, difference, figures, not_finite
from evals.record import Run
from evals.responses import Kind, Response
from evals.scoring import CaseResult
from evals.statistics import RESAMPLES, Interval
from rag.errors import UsageError

DEFAULT_RULES = Path(__file__).with_name("gate.toml")
_NOISE = 1e-9
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """Limits of one figure: the least value, and the largest fall that is allowed."""

    figure: str
    floor: float | None = None
    drop: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    alpha: float
    figures: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for red. `kind`: floor, drop, absent, nan, missing-case, failure or evidence."""

    kind: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Worse:
    """A case that scored lower than in the baseline; changes are (figure, before, after)."""

    id: str
    question: str
    changes: tuple[tuple[str, float, float], ...]
    before: Response
    after: Response

    @property
    def loss(self) -> float:
        return sum(before - after for _, before, after in self.changes)


@dataclass(frozen=True, slots=True)
class GateResult:
    findings: tuple[Finding, ...]
    worse: tuple[Worse, ...]

    @property
    def passed(self) -> bool:
        return not self.findings


def load_rules(path: Path = DEFAULT_RULES) -> Rules:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"No gate rules at {path} ({error.strerror}): pass --rules FILE.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML ({error}): fix that line.") from error
    rules = tuple(_rule(name, limits, path) for name, limits in content.get("figures", {}).items())
    return Rules(float(content.get("alpha", 0.05)), rules)


def judge(run: Run, baseline: Run | None, rules: Rules, resamples: int = RESAMPLES) -> GateResult:
    """Every reason why the run may not pass; with a baseline, also the cases that got worse."""
    broken = [Finding("nan", message, f"Not a number: {message}.") for message in not_finite(run.results)]
    if broken:
        return GateResult(tuple(broken), ())
    findings = [*_evidence(run), *_floors(run, rules, resamples)]
    if baseline is None:
        return GateResult((*findings, *_failures(run, ())), ())
    findings += _missing_cases(run, baseline)
    findings += _failures(run, baseline.results)
    findings += _drops(run, baseline, rules, resamples)
    return GateResult(tuple(findings), worse_cases(run, baseline, rules))


def worse_cases(run: Run, baseline: Run, rules: Rules) -> tuple[Worse, ...]:
    """Cases with a gated figure below the baseline's, the greatest loss first."""
    earlier = {result.id: result for result in baseline.results}
    pairs = [(earlier[result.id], result) for result in run.results if result.id in earlier]
    found = [_worse(before, after, rules) for before, after in pairs]
    return tuple(sorted((case for case in found if case.changes), key=lambda case: (-case.loss, case.id)))


def _worse(before: CaseResult, after: CaseResult, rules: Rules) -> Worse:
    changes = tuple(
        (rule.figure, before.scores[rule.figure], after.scores[rule.figure])
        for rule in rules.figures
        if rule.figure in before.scores
        and after.scores.get(rule.figure, math.inf) < before.scores[rule.figure] - _NOISE
    )
    return Worse(after.id, after.question, changes, before.response, after.response)


def _floors(run: Run, rules: Rules, resamples: int) -> Iterable[Finding]:
    found = figures(run.results, run.record.seed, resamples)
    for rule in rules.figures:
        interval = found.get(rule.figure)
        if rule.floor is not None and interval is not None and _breaks(rule, interval):
            yield Finding(
                "floor",
                rule.figure,
                f"{rule.figure} is {interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}], "
                f"its limit is {rule.floor:.3f}.",
            )


def _breaks(rule: Rule, interval: Interval) -> bool:
    if rule.floor is None:
        return False
    lower_is_better = MEANINGS[rule.figure].better == "lower"
    excess = interval.value - rule.floor if lower_is_better else rule.floor - interval.value
    return excess > _NOISE


def _drops(run: Run, baseline: Run, rules: Rules, resamples: int) -> Iterable[Finding]:
    present = _present(run.results)
    for rule in rules.figures:
        if rule.figure in _present(baseline.results) - present:
            yield Finding("absent", rule.figure, f"{rule.figure} no longer applies to any case.")
            continue
        change = difference(rule.figure, run.results, baseline.results, run.record.seed, resamples)
        if change is None or change.value >= -_NOISE:
            continue
        significant = change.p_drop < rules.alpha
        if significant or (rule.drop is not None and -change.value > rule.drop + _NOISE):
            yield Finding(
                "drop",
                rule.figure,
                f"{rule.figure} fell by {-change.value:.3f} [{change.low:+.3f}, {change.high:+.3f}] "
                f"on {change.n} cases (p = {change.p_drop:.4f}).",
            )


def _present(results: Iterable[CaseResult]) -> set[str]:
    return {name for result in results for name in result.scores}


def _missing_cases(run: Run, baseline: Run) -> Iterable[Finding]:
    here = {result.id for result in run.results}
    for result in baseline.results:
        if result.id not in here:
            yield Finding("missing-case", result.id, f"Case {result.id} is in the baseline, not in the run.")


def _failures(run: Run, baseline: Iterable[CaseResult]) -> Iterable[Finding]:
    """Failures that the baseline does not have."""
    known = {result.id for result in baseline if result.response.kind is Kind.FAILURE}
    failed = [result for result in run.results if result.response.kind is Kind.FAILURE]
    reasons = [(result.id, result.response.error) for result in failed if result.id not in known]
    return _by_reason("failure", "failed", reasons)


def _evidence(run: Run) -> Iterable[Finding]:
    reasons = [
        (result.id, problem.removeprefix(f"{result.id}: "))
        for result in run.results
        for problem in result.problems
    ]
    return _by_reason("evidence", "without evidence", reasons)


def _by_reason(kind: str, what: str, reasons: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """One finding a reason, naming the cases that share it."""
    cases: dict[str, list[str]] = {}
    for case, reason in reasons:
        cases.setdefault(reason, []).append(case)
    for reason, ids in cases.items():
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        yield Finding(kind, ids[0], f"{', '.join(ids[:_NAMED])}{more} {what}: {reason}")


def _rule(name: str, limits: Mapping[str, Any], path: Path) -> Rule:
    if name not in MEANINGS:
        raise UsageError(f"{path}: no figure is called {name!r}; choose from {', '.join(MEANINGS)}.")
    if unknown := set(limits) - {"floor", "drop"}:
        raise UsageError(f"{path}, figure {name}: unknown limit {sorted(unknown)[0]!r}; use floor and drop.")
    return Rule(name, limits.get("floor"), limits.get("drop"))
