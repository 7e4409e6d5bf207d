"""The gold file: what is read, and what is refused with which words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases import Case, CaseType, GoldError, Span, evidence_problems, load_cases
from rag.types import Turn

GOOD = {
    "id": "Q1",
    "question": "Who signed?",
    "type": "factoid",
    "answer": "Four parties.",
    "must_include": ["four parties|4 parties", "1995"],
    "evidence": [{"document": "briefs/treaty.md", "quote": "signed by four parties"}],
    "answerable": True,
}
TEXT = "In 1995 it was signed by four parties. Later it was signed by four parties again."


def write(tmp_path: Path, *lines: dict[str, object] | str) -> Path:
    path = tmp_path / "dev.jsonl"
    encoded = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(encoded) + "\n", encoding="utf-8")
    return path


def load_one(tmp_path: Path, **changes: object) -> Case:
    (case,) = load_cases(write(tmp_path, {**GOOD, **changes}))
    return case


def test_a_case_is_read(tmp_path: Path) -> None:
    case = load_one(tmp_path, history=[{"role": "user", "content": "Hello"}], notes="easy")
    assert case.type is CaseType.FACTOID
    assert case.must_include == (("four parties", "4 parties"), ("1995",))
    assert case.history == (Turn("user", "Hello"),)
    assert (case.split, case.notes) == ("dev", "easy")


def test_comments_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    assert len(load_cases(write(tmp_path, "# a comment", "", GOOD))) == 1


def test_evidence_becomes_spans(tmp_path: Path) -> None:
    case = load_one(tmp_path)
    (span,) = case.spans({"briefs/treaty.md": TEXT}.get)
    assert span == Span("briefs/treaty.md", 15, 37)
    assert TEXT[span.start : span.end] == "signed by four parties"


def test_start_picks_another_occurrence(tmp_path: Path) -> None:
    second = TEXT.rindex("signed")
    evidence = [{"document": "briefs/treaty.md", "quote": "signed by four parties", "start": second}]
    (span,) = load_one(tmp_path, evidence=evidence).spans(lambda _: TEXT)
    assert span.start == second


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "not in the index"), ("Signed by  four parties", "quote not found"), ("", "quote not found")],
)
def test_evidence_that_is_not_there_is_named(tmp_path: Path, text: str | None, words: str) -> None:
    (problem,) = evidence_problems([load_one(tmp_path)], lambda _: text)
    assert problem.startswith("Q1: ")
    assert words in problem
    assert "briefs/treaty.md" in problem


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"question": None}, "question"),
        ({"type": "riddle"}, "type"),
        ({"answer": 5}, "answer"),
        ({"must_include": "1995"}, "must_include"),
        ({"must_include": ["a||b"]}, "must_include"),
        ({"must_include": [3]}, "must_include"),
        ({"evidence": []}, "evidence"),
        ({"evidence": ["words"]}, "evidence"),
        ({"evidence": [{"document": "d"}]}, "quote"),
        ({"evidence": [{"document": "d", "quote": "q", "start": -1}]}, "evidence.start"),
        ({"answerable": "yes"}, "answerable"),
        ({"type": "unanswerable"}, "answerable"),
        ({"type": "multi-turn"}, "history"),
        ({"history": [{"role": "judge", "content": "x"}]}, "history"),
        ({"history": {}}, "history"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, changes: dict[str, object], field: str) -> None:
    path = write(tmp_path, GOOD, {**GOOD, "id": "Q2", **changes})
    with pytest.raises(GoldError, match=rf"line 2, field {field}:"):
        load_cases(path)


def test_broken_json_is_named_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"line 2, column \d+: not JSON"):
        load_cases(write(tmp_path, GOOD, '{"id": "Q2", '))


@pytest.mark.parametrize(("lines", "words"), [([], "holds no cases"), (["[1]"], "expected a JSON object")])
def test_a_file_of_nothing_or_of_other_things(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(GoldError, match=words):
        load_cases(write(tmp_path, *lines))


def test_ids_are_unique(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="used twice: Q1"):
        load_cases(write(tmp_path, GOOD, GOOD))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="rag eval init"):
        load_cases(tmp_path / "none.jsonl")
