"""A run as a record: what was measured, on what, and every case's answer and scores; to JSON and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from evals.abstention import Outcome
from evals.cases import Span
from evals.figures import figures, figures_by_type
from evals.metrics import NotANumber
from evals.responses import Kind, Response, response_from_json, response_to_json
from evals.scoring import CaseResult
from rag.errors import UsageError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything that determines a run's result. Clocks are kept apart, in the timings."""

    commit: str
    gold: str
    gold_hash: str
    config: Mapping[str, str]
    models: Mapping[str, str]
    corpus_hash: str
    index_generation: int
    verifier: str
    seed: int

    def key(self) -> str:
        """The first 16 hex digits of the SHA-256 of the record: equal keys mean comparable runs."""
        return hashlib.sha256(_canonical(asdict(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Run:
    record: RunRecord
    results: tuple[CaseResult, ...]


Timings = Mapping[str, Mapping[str, float]]
"""Case id to milliseconds by stage; "total" is the wall clock of the whole question."""


def run_to_json(run: Run) -> str:
    """The whole run with its figures; the same run gives the same bytes."""
    ordered = sorted(run.results, key=lambda result: result.id)
    return _canonical(
        {
            "format": FORMAT,
            "record": asdict(run.record),
            "key": run.record.key(),
            "figures": _intervals(figures(ordered, run.record.seed)),
            "by_type": {
                kind: _intervals(found) for kind, found in figures_by_type(ordered, run.record.seed).items()
            },
            "cases": [_result_to_json(result) for result in ordered],
        }
    )


def baseline_to_json(run: Run) -> str:
    """What the gate needs of a run: the record, and per case the scores and the text of the answer."""
    ordered = sorted(run.results, key=lambda result: result.id)
    cases = [_result_to_json(result) for result in ordered]
    for case in cases:
        answer = case["response"]
        case["response"] = {name: answer[name] for name in ("kind", "mode", "text", "confidence", "error")}
    return _canonical({"format": FORMAT, "record": asdict(run.record), "cases": cases})


def load_run(path: Path) -> Run:
    """A run or a baseline. Raises UsageError, or NotANumber when a score is not a number."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise UsageError(
            f"No run at {path} ({error.strerror}): make one with `rag eval --update-baseline`."
        ) from error
    except json.JSONDecodeError as error:
        raise UsageError(f"{path} is not JSON ({error.msg}): make it again with `rag eval`.") from error
    return run_from_json(content, str(path))


def run_from_json(content: Mapping[str, Any], where: str) -> Run:
    if content.get("format") != FORMAT:
        raise UsageError(
            f"{where} has format {content.get('format')!r}, not {FORMAT}: make it again with `rag eval`."
        )
    try:
        known = {field.name for field in fields(RunRecord)}
        record = RunRecord(**{name: value for name, value in content["record"].items() if name in known})
        return Run(record, tuple(_result_from_json(case) for case in content["cases"]))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{where} is not a run ({error}): make it again with `rag eval`.") from error


def _result_to_json(result: CaseResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "type": result.type,
        "question": result.question,
        "scores": {name: round(value, 6) for name, value in sorted(result.scores.items())},
        "outcome": {**asdict(result.outcome), "confidence": round(result.outcome.confidence, 6)},
        "missing": list(result.missing),
        "gold": [asdict(span) for span in result.gold],
        "problems": list(result.problems),
        "response": response_to_json(result.response),
    }


def _result_from_json(case: Mapping[str, Any]) -> CaseResult:
    return CaseResult(
        id=str(case["id"]),
        type=str(case["type"]),
        question=str(case["question"]),
        response=_response(case["response"]),
        scores={str(name): float(value) for name, value in case["scores"].items()},
        outcome=Outcome(**case["outcome"]),
        missing=tuple(case["missing"]),
        gold=tuple(Span(**span) for span in case["gold"]),
        problems=tuple(case["problems"]),
    )


def _response(answer: Mapping[str, Any]) -> Response:
    return response_from_json({"kind": Kind.FAILURE, **answer})


def _intervals(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "value": round(interval.value, 6),
            "low": round(interval.low, 6),
            "high": round(interval.high, 6),
            "n": interval.n,
        }
        for name, interval in found.items()
    }


def _canonical(content: object) -> str:
    try:
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
    except ValueError as error:
        raise NotANumber(f"The run holds a score that is not a number ({error}): find its case.") from error


def _refuse_constant(name: str) -> float:
    raise NotANumber(f"The run holds {name} where a number belongs: make it again with `rag eval`.")
