"""The gate put to the test on a recorded run: harm must turn it red, no change must leave it green."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from evals.cases import Case, TextOf
from evals.citing import Verifier
from evals.gate import Rules, judge
from evals.mutations import HARMFUL, unchanged
from evals.record import Run
from evals.responses import Response
from evals.scoring import score
from evals.verifier import OverlapVerifier

NO_OPS = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutation's outcome; `told` names the figures that gave it away."""

    name: str
    as_expected: bool
    told: str


def check_gate(
    cases: Sequence[Case], run: Run, text_of: TextOf, rules: Rules, seed: int = 0
) -> tuple[Trial, ...]:
    """Each mutation of the run's answers judged against the run itself."""
    recorded = {result.id: result.response for result in run.results}
    known = [case for case in cases if case.id in recorded]
    verifier = OverlapVerifier()

    def rescored(responses: Mapping[str, Response]) -> Run:
        return _rescored(known, responses, run, text_of, verifier)

    baseline = rescored(recorded)
    trials = []
    for name, mutate in HARMFUL.items():
        result = judge(rescored(mutate(recorded, Random(seed))), baseline, _without_floors(rules))
        told = ", ".join(dict.fromkeys(finding.subject for finding in result.findings))
        trials.append(Trial(name, not result.passed, told or "nothing noticed"))
    for trial in range(NO_OPS):
        result = judge(rescored(unchanged(recorded, Random(trial))), baseline, _without_floors(rules))
        trials.append(Trial(f"no change {trial + 1}", result.passed, "green" if result.passed else "red"))
    return tuple(trials)


def _without_floors(rules: Rules) -> Rules:
    """A run below a floor is red before any harm: only the comparison is put to the test."""
    from dataclasses import replace

    return replace(rules, figures=tuple(replace(rule, floor=None) for rule in rules.figures))


def _rescored(
    cases: Sequence[Case], responses: Mapping[str, Response], run: Run, text_of: TextOf, verifier: Verifier
) -> Run:
    return Run(run.record, tuple(score(case, responses[case.id], text_of, verifier) for case in cases))
