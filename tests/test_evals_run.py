"""The runner and its record: complete, resumable, the same bytes every time."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from council import CASES, TEXTS

from evals.cases import Case
from evals.figures import difference, figures
from evals.metrics import NotANumber
from evals.record import (
    Run,
    RunRecord,
    baseline_to_json,
    load_run,
    run_from_json,
    run_to_json,
)
from evals.responses import Kind, response_from_json, response_to_json
from evals.run import Ask, ask_all, score_all
from evals.scripted import scripted_answer
from evals.verifier import OverlapVerifier
from rag.errors import UsageError

RECORD = RunRecord("abc", "dev.jsonl", "0", {"mode": "quote"}, {"embedding": "x"}, "1", 3, "v", 0)


def ask(case: Case) -> Mapping[str, Any]:
    return scripted_answer(case, TEXTS, Random(case.id))


def complete(ask: Ask = ask, workers: int = 3, journal: Path | None = None) -> Run:
    asked = ask_all(CASES, ask, workers, journal)
    return score_all(CASES, asked, RECORD, TEXTS.get, OverlapVerifier())


def test_the_same_run_gives_the_same_bytes_whatever_the_workers() -> None:
    assert run_to_json(complete(workers=1)) == run_to_json(complete(workers=4))


def test_timings_are_kept_out_of_the_record() -> None:
    asked = ask_all(CASES, ask)
    assert all(entry.timings["total"] > 0 for entry in asked)
    assert "timings" not in run_to_json(score_all(CASES, asked, RECORD, TEXTS.get, OverlapVerifier()))


def test_the_order_of_the_cases_does_not_move_a_figure() -> None:
    run = complete()
    moved = Random(1).sample(run.results, len(run.results))
    assert figures(run.results, 0, 200) == figures(moved, 0, 200)


def test_what_is_raised_is_a_failure_of_that_case_alone() -> None:
    def broken(case: Case) -> Mapping[str, Any]:
        if case.id == "Q03":
            raise TimeoutError("the model did not answer")
        return ask(case)

    run = complete(broken)
    failed = [result for result in run.results if result.response.kind is Kind.FAILURE]
    assert [result.id for result in failed] == ["Q03"]
    assert failed[0].response.error == "TimeoutError: the model did not answer"
    assert failed[0].scores["fact_coverage"] == failed[0].scores["recall@10"] == 0.0
    assert len(run.results) == len(CASES)


@pytest.mark.parametrize("answer", [{}, {"kind": "shrug"}, {"kind": "answer", "claims": [{}]}])
def test_an_answer_outside_the_contract_is_a_failure(answer: dict[str, Any]) -> None:
    run = complete(lambda case: answer)
    assert {result.response.kind for result in run.results} == {Kind.FAILURE}
    assert "contract" in run.results[0].response.error


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    journal = tmp_path / "partial.jsonl"
    ask_all(CASES[:7], ask, journal=journal)
    content = journal.read_text(encoding="utf-8")
    journal.write_text(content + '{"id": "Q07", "respon', encoding="utf-8")
    again: list[str] = []
    lock = threading.Lock()

    def counted(case: Case) -> Mapping[str, Any]:
        with lock:
            again.append(case.id)
        return ask(case)

    resumed = complete(counted, journal=journal)
    assert sorted(again) == [case.id for case in CASES[7:]]
    assert run_to_json(resumed) == run_to_json(complete())
    assert len(journal.read_text(encoding="utf-8").splitlines()) == len(CASES)


def test_progress_is_told_once_a_case(tmp_path: Path) -> None:
    journal = tmp_path / "partial.jsonl"
    ask_all(CASES[:5], ask, journal=journal)
    told: list[int] = []
    ask_all(CASES, ask, journal=journal, on_done=lambda: told.append(1))
    assert len(told) == len(CASES)


def test_a_run_survives_the_disk(tmp_path: Path) -> None:
    run = complete()
    path = tmp_path / "run.json"
    path.write_text(run_to_json(run), encoding="utf-8")
    loaded = load_run(path)
    assert run_to_json(loaded) == run_to_json(run)
    assert loaded.record.key() == RECORD.key() != replace(RECORD, seed=1).key()


def test_a_baseline_compares_as_the_run_itself(tmp_path: Path) -> None:
    run = complete()
    baseline = run_from_json(json.loads(baseline_to_json(run)), "baseline")
    assert len(baseline_to_json(run)) < len(run_to_json(run)) / 2
    for name in figures(run.results, 0, 200):
        change = difference(name, run.results, baseline.results, 0, 200)
        assert change is not None
        assert (change.value, change.p_drop) == (0.0, 1.0)


def test_responses_round_trip() -> None:
    for case in CASES:
        response = response_from_json(ask(case))
        assert response_from_json(response_to_json(response)) == response


@pytest.mark.parametrize("constant", ["NaN", "Infinity"])
def test_not_a_number_on_disk_is_refused(tmp_path: Path, constant: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(f'{{"format": 1, "score": {constant}}}', encoding="utf-8")
    with pytest.raises(NotANumber, match=constant):
        load_run(path)


def test_not_a_number_is_never_written() -> None:
    run = complete()
    first = replace(run.results[0], scores={"groundedness": float("nan")})
    with pytest.raises(NotANumber):
        run_to_json(replace(run, results=(first, *run.results[1:])))


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "not JSON"), ('{"format": 9}', "format 9"), ('{"format": 1}', "not a run")],
)
def test_other_files_are_refused_with_what_to_do(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"{words}.*rag eval"):
        load_run(path)
