"""The written training data: well-formed, labelled as the code reads it, apart from what measures."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals.training.__main__ import WRITTEN
from evals.training.pairs import Label, is_held_out, read_written

CLAIMS = Path(__file__).parent.parent / "evals" / "gold" / "claims.jsonl"


def rows() -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted(WRITTEN.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def test_no_passage_has_two_ids_and_no_id_two_passages() -> None:
    found = rows()
    assert len({row["id"] for row in found}) == len(found)
    assert len({row["passage"] for row in found}) == len(found)


def test_every_pair_is_a_claim_or_a_question() -> None:
    for held_out in (False, True):
        for pair in read_written(WRITTEN, held_out=held_out):
            assert (pair.label is None) != (pair.answered is None)
            assert pair.claim.strip()
            assert pair.span.strip()


def test_one_passage_in_ten_is_held_out() -> None:
    share = sum(is_held_out(row["id"]) for row in rows()) / len(rows())
    assert share == pytest.approx(0.1, abs=0.03)
    trained = {pair.group for pair in read_written(WRITTEN)}
    assert trained.isdisjoint(pair.group for pair in read_written(WRITTEN, held_out=True))


def test_what_a_denied_question_takes_for_granted_is_contradicted(tmp_path: Path) -> None:
    questions = [
        {"text": "Why did Velmark refuse the treaty?", "answered": False, "denied": True},
        {"text": "When did Velmark sign the treaty?", "answered": True},
        {"text": "How much did the treaty cost Velmark?", "answered": False},
    ]
    row = {"id": "x", "passage": "Velmark signed the treaty in 1998.", "claims": [], "questions": questions}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    held_out = is_held_out("x")
    premises = [pair for pair in read_written(tmp_path, held_out=held_out) if pair.label is not None]
    assert [(pair.claim, pair.label) for pair in premises] == [
        ("Velmark refuse the treaty.", Label.CONTRADICTED),
        ("Velmark sign the treaty.", Label.SUPPORTED),
    ]


def test_no_document_that_measures_claims_was_trained_on() -> None:
    measured = Counter(json.loads(line)["document"] for line in CLAIMS.read_text().splitlines())
    trained = {row["document"] for row in rows() if "document" in row}
    names = {Path(name).stem for name in trained}
    overlap = sum(n for name, n in measured.items() if Path(name).stem in names)
    assert overlap <= 0.1 * measured.total(), {n for n in measured if Path(n).stem in names}
