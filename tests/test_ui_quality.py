"""Quality: a run against a baseline, the worst cases, and feedback as candidate gold cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from council import CASES, TEXTS
from embedders import HashEmbedder
from pages import mounted, opened, said, serving, switched, tables

from evals.cases import load_cases
from evals.gate import GateResult
from evals.record import Run, RunRecord, baseline_to_json, run_to_json
from evals.responses import Response, failure, response_from_json
from evals.scoring import score
from evals.scripted import scripted_answer
from evals.statistics import Difference, Interval
from evals.verifier import OverlapVerifier
from rag.assistant import Assistant
from rag.config import load_settings
from rag.errors import RagError
from rag.index import Index
from rag.types import Answer, Document, Metadata, Refusal
from ui import auth, evaluated, state
from ui.candidates import candidates
from ui.history import Feedback, FeedbackKind
from ui.quality_view import (
    change_said,
    curve_rows,
    curve_said,
    figures_table,
    headline,
    interval_said,
    judged,
    verdict,
    worse_tables,
    worst_tables,
)
from ui.screens import quality

RECORD = RunRecord("abcdef0123456789", "dev.jsonl", "0", {}, {}, "1" * 64, 3, "v", 0)


def run(**wrong: Response) -> Run:
    """Every case answered as it should be, but for those that are given."""
    right = {case.id: response_from_json(scripted_answer(case, TEXTS, Random(case.id))) for case in CASES}
    given = right | wrong
    return Run(RECORD, tuple(score(case, given[case.id], TEXTS.get, OverlapVerifier()) for case in CASES))


FAILED = {f"Q{i:02}": failure("The <model> fell asleep") for i in range(6)}


def read(folder: Path, now: Run, before: Run | None = None) -> evaluated.Evaluated:
    (folder / "run.json").write_text(run_to_json(now), encoding="utf-8")
    if before:
        (folder / "main.json").write_text(baseline_to_json(before), encoding="utf-8")
    return evaluated.read(folder / "run.json", folder / "main.json")


def test_figures_come_with_intervals_and_what_changed(tmp_path: Path) -> None:
    table = figures_table(read(tmp_path, run(**FAILED), run()))
    assert [column.title for column in table.columns] == [
        "Figure", "Value [95 %]", "0 to 1", "Cases", "Baseline", "Change [95 %]", "",
    ]  # fmt: skip
    row = next(row for row in table.rows if row[0].lines[1][0].text.startswith("fact_coverage"))
    assert row[1].lines[0][0].text.startswith("0.700 [")
    assert row[2].bar
    assert row[2].bar.low <= 0.7 <= row[2].bar.high
    assert (row[2].bar.was, row[4].lines[0][0].text) == (1.0, "1.000")
    assert row[5].lines[0][0].text.startswith("-0.300 [")
    assert (row[6].lines[0][0].text, row[6].lines[0][0].look) == ("worse", "warn")


def test_without_a_baseline_there_is_nothing_to_compare(tmp_path: Path) -> None:
    found = read(tmp_path, run())
    assert "There is no baseline yet" in found.notice
    assert len(figures_table(found).columns) == 4
    assert worse_tables(found.gate.worse) == []
    assert {row["run"] for row in curve_rows(found)} == {"this run"}


def test_a_run_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format": 1, "record": {}}', encoding="utf-8")
    with pytest.raises(RagError, match="is not a run"):
        evaluated.read(tmp_path / "run.json", tmp_path / "main.json")


def test_a_baseline_of_other_questions_is_left_out_with_its_reason(tmp_path: Path) -> None:
    other = Run(replace(RECORD, gold="other.jsonl", gold_hash="9"), run().results)
    found = read(tmp_path, run(), other)
    assert found.baseline is None
    assert found.notice


def test_cases_that_got_worse_stand_side_by_side(tmp_path: Path) -> None:
    found = read(tmp_path, run(**FAILED), run())
    shown = worse_tables(found.gate.worse)
    assert {table.fold[0].text.strip() for table in shown} == set(FAILED)
    before, after = shown[0].rows[0]
    assert "bridges" in before.lines[1][0].text
    assert "The <model> fell asleep" in after.lines[1][0].text


def test_the_worst_cases_show_what_was_expected() -> None:
    documents = {path: Document(path, text, Metadata(title=path), "0" * 64) for path, text in TEXTS.items()}
    shown = worst_tables(run(**FAILED).results, documents.get)
    assert {table.fold[0].text.strip() for table in shown} == set(FAILED)
    expected, answered = shown[0].rows[0]
    assert expected.lines[0][0].text == "Missing: 3 bridges"
    assert expected.lines[-1][0].text == "“In 1900 the council of Varn built 3 bridges.” "
    assert expected.lines[-1][1].link.startswith("source?document=d0.md&start=0&end=")
    assert answered.lines[0][0].look == "badge"
    assert worst_tables(run().results, documents.get) == []


def test_a_document_that_is_gone_is_named_only() -> None:
    expected, _ = worst_tables(run(**FAILED).results, lambda _: None)[0].rows[0]
    assert [piece.text for piece in expected.lines[-1]] == ["d0.md"]


def test_changes_are_said_in_the_figures_own_direction() -> None:
    fall = Difference(-0.2, -0.3, -0.1, 0.001, 20)
    assert interval_said(Interval(0.5, 0.25, 0.75, 4)) == "0.500 [0.250, 0.750]"
    assert change_said("fact_coverage", fall) == "-0.200 [-0.300, -0.100]"
    assert judged("fact_coverage", fall) == "worse"
    assert judged("fact_coverage", Difference(0.1, -0.1, 0.3, 0.4, 20)) == ""
    assert change_said("fact_coverage", Difference(0, 0, 0, 1, 20)) == "="
    assert change_said("fact_coverage", None) == ""


def test_the_curve_and_the_verdict_are_said_in_words(tmp_path: Path) -> None:
    found = read(tmp_path, run(**FAILED), run())
    assert curve_said(found).endswith(" at all of the questions.")
    assert {row["run"] for row in curve_rows(found)} == {"this run", "baseline"}
    assert verdict(found.gate).startswith("The gate holds this run back for ")
    assert "dev.jsonl · 20 cases" in headline(found, "written today")
    assert "commit abcdef012345" in headline(found, "written today")


@pytest.fixture
def answered(quick: Assistant) -> Answer:
    result = quick.ask("How long is a ferry licence valid?")
    assert isinstance(result, Answer)
    return result


def given(kind: FeedbackKind, result: Answer | Refusal | None, **changes: object) -> Feedback:
    question = result.question if result else "And?"
    return replace(Feedback(kind, None, "", 0.0, 1, question, result), **changes)  # type: ignore[arg-type]


def test_feedback_becomes_cases_that_wait_for_review(answered: Answer, tmp_path: Path) -> None:
    lines = candidates(
        [
            given(FeedbackKind.WRONG_CITATION, answered, citation=1, comment="Says “not”", given=2.0),
            given(FeedbackKind.GOOD, answered, given=1.0),
            given(FeedbackKind.COMMENT, None),
        ]
    )
    (case,) = [json.loads(line) for line in lines.splitlines()]
    assert (case["id"], case["review"], case["question"]) == ("F001", "pending", answered.standalone_question)
    assert len(case["evidence"]) == len(answered.citations) - 1
    assert answered.citations[0].quote not in [one["quote"] for one in case["evidence"]]
    assert "“Says “not””" in case["notes"]
    accepted = {name: value for name, value in case.items() if name != "review"}
    (tmp_path / "gold.jsonl").write_text(json.dumps(accepted) + "\n", encoding="utf-8")
    (loaded,) = load_cases(tmp_path / "gold.jsonl")
    assert loaded.question == answered.standalone_question


def test_a_refusal_that_was_right_is_a_case_without_answer(quick: Assistant) -> None:
    with Index.open(quick.index.directory) as index:
        strict = Assistant(index, quick.embedder, load_settings(strictness=1))
        refused = strict.ask("What does the Bank of Japan say about interest rates?")
    assert isinstance(refused, Refusal)
    case = json.loads(candidates([given(FeedbackKind.GOOD, refused)]))
    assert (case["type"], case["answerable"], case["evidence"]) == ("unanswerable", False, [])
    doubted = json.loads(candidates([given(FeedbackKind.BAD, refused)]))
    assert doubted["answerable"]
    assert doubted["answer"].startswith("To be written")
    assert candidates([]) == ""


@pytest.fixture
def served(
    hashed_index: Path, hashing: HashEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The folder that `rag eval` writes to."""
    monkeypatch.setattr(quality, "RUN", tmp_path / "run.json")
    monkeypatch.setattr(quality, "BASELINE", tmp_path / "main.json")
    with serving(hashed_index, hashing, tmp_path / "data", monkeypatch):
        yield tmp_path


def test_before_any_run_the_page_says_which_command_makes_one(served: Path) -> None:
    app = opened("quality")
    assert app.code[0].value == "rag eval"
    assert "No feedback yet" in said(app)


def test_the_page_shows_run_and_baseline(served: Path) -> None:
    read(served, run(**FAILED), run())
    app = opened("quality")
    assert "20 cases" in said(app)
    assert "holds this run back" in app.error[0].value
    assert r"\<model\>" not in said(app)
    assert "Figures of the run with 95 % intervals" in tables(app)
    assert "Case Q00: baseline and this run" in tables(app)
    assert "Case Q00: expected and answered" in tables(app)


def test_a_run_without_baseline_is_not_said_to_pass(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluated, "judge", lambda *_: GateResult((), ()))
    read(served, run())
    app = opened("quality")
    assert not app.success
    assert "compared with no baseline" in said(app)
    read(served, run(), run())
    assert "passes" in opened("quality").success[0].value


def test_a_run_that_cannot_be_read_is_said(served: Path) -> None:
    (served / "run.json").write_text("{", encoding="utf-8")
    app = opened("quality")
    assert "is not JSON" in app.error[0].value


def test_feedback_is_listed_its_readers_own_or_everybodys(
    served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened()
    app.chat_input(key="question").set_value("How long is a ferry licence valid?").run()
    owner = app.session_state["policy_rag"].reader.id
    conversation = state.history().conversations(owner)[0].id
    turn = state.history().turns(owner, conversation)[0]
    state.history().say(owner, turn.id, FeedbackKind.WRONG_CITATION, 1, "Not *there*")
    switched(app, "quality")
    ((_, what, question, comment),) = tables(app)["Feedback given in chat"]
    assert (what, question, comment) == ("wrong citation\ncitation 1", turn.question, "Not *there*")
    stranger = opened("quality")
    assert mounted(stranger, "table") == []
    assert not stranger.toggle
    monkeypatch.setattr(auth, "is_local", lambda *_: True)
    host = opened("quality")
    host.toggle(key="quality_everybody").set_value(True).run()
    assert len(tables(host)["Feedback given in chat"]) == 1
