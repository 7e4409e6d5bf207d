"""The bench of disagreements on findings of known answers, and the labelled pairs themselves."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.bench.disagreements import (
    GOLD,
    HELD_OUT,
    TUNING,
    Answered,
    Disputed,
    Judged,
    Pair,
    accuracy_table,
    answer,
    half,
    judge,
    load_gold,
    main,
    pair_accuracy,
    question_accuracy,
)
from evals.cases import Span
from rag.chunks import body_sentences
from rag.disagreement import Statement
from rag.documents import Limits, read_file
from rag.errors import UsageError
from rag.types import Document, Sentence

ROOT = Path(__file__).parent.parent
PAIRS, QUESTIONS = load_gold(ROOT / GOLD)
TEXT = "Sources disagree on the toll: Vela gives 91, and the Gazette gives 120."
ONE = Statement("a.md", "A", None, Sentence(0, len(TEXT), TEXT))


@lru_cache
def document(path: str) -> Document:
    return read_file(ROOT / "corpus" / path, path, Limits())


def pair(id: str, left: tuple[int, int], right: tuple[int, int], disagree: bool = True) -> Pair:
    return Pair(id, Span("a.md", *left), Span("a.md", *right), disagree, "number", half(id))


def test_there_are_enough_pairs_and_both_halves_have_both_labels() -> None:
    assert len(PAIRS) >= 80
    counts = Counter((p.half, p.disagree) for p in PAIRS)
    assert min(counts[(h, d)] for h in (TUNING, HELD_OUT) for d in (True, False)) >= 30
    assert sum(p.disagree for p in PAIRS) == pytest.approx(len(PAIRS) / 2, rel=0.1)
    assert {p.kind for p in PAIRS} == {"number", "date", "name", "polarity"}
    assert len({p.id for p in PAIRS}) == len(PAIRS)


def test_questions_are_of_both_halves_with_and_without_a_dispute() -> None:
    counts = Counter((q.half, bool(q.sentences)) for q in QUESTIONS)
    assert min(counts[(h, d)] for h in (TUNING, HELD_OUT) for d in (True, False)) >= 30
    assert len({q.question.casefold() for q in QUESTIONS}) == len(QUESTIONS)


def test_every_span_lies_in_a_sentence_of_its_document() -> None:
    spans = [s for p in PAIRS for s in (p.left, p.right)] + [s for q in QUESTIONS for s in q.sentences]
    for span in set(spans):
        read = document(span.document)
        sentences = [s for section in read.sections or (None,) for s in body_sentences(read, section)]
        assert any(s.start <= span.start < span.end <= s.end for s in sentences), span
        assert read.text[span.start : span.end].strip() == read.text[span.start : span.end], span


def test_a_pair_is_found_only_where_both_its_spans_are() -> None:
    vela, gazette = (TEXT.index("Vela"), TEXT.index(", and")), (TEXT.index("the Gazette"), len(TEXT) - 1)
    judged = judge(
        [pair("x", vela, gazette), pair("y", gazette, vela), pair("z", (0, 20), vela, disagree=False)],
        lambda _: ONE,
    )
    assert [j.found for j in judged] == [True, True, False]
    assert all(j.one_sentence for j in judged)


def test_precision_and_recall_of_pairs() -> None:
    spans = ((0, 1), (2, 3))
    judged = [
        Judged(pair("a", *spans), True, True),
        Judged(pair("b", *spans), False, True),
        Judged(pair("c", *spans, disagree=False), True, True),
        Judged(pair("d", *spans, disagree=False), False, True),
    ]
    scores = pair_accuracy(judged, 0, "all")
    assert scores.precision is not None
    assert scores.recall is not None
    assert (scores.precision.value, scores.recall.value) == (0.5, 0.5)
    assert (scores.found, scores.relevant) == (2, 2)


def test_precision_is_over_notes_and_recall_over_questions() -> None:
    case = Disputed("q", "?", TUNING, (Span("a.md", 0, 5),))
    quiet = Disputed("r", "?", TUNING, ())
    scores = question_accuracy(
        [Answered(case, (True, True)), Answered(case, ()), Answered(quiet, (False,))], 0, "all"
    )
    assert scores.precision is not None
    assert scores.recall is not None
    assert scores.precision.value == pytest.approx(2 / 3)
    assert scores.recall.value == pytest.approx(0.5)


def test_a_note_is_right_where_it_holds_a_sentence_that_disputes_what_is_asked() -> None:
    from rag.disagreement import find_disagreements
    from rag.disagreement_notes import put_together

    found = put_together(find_disagreements([ONE]))
    here, there = Span("a.md", 0, 10), Span("b.md", 0, 10)
    questions = [Disputed("q", "?", TUNING, (here,)), Disputed("r", "?", TUNING, (there,))]
    assert [a.right for a in answer(questions, lambda _: found)] == [(True,), (False,)]


def test_nothing_found_has_no_precision() -> None:
    scores = pair_accuracy([Judged(pair("a", (0, 1), (2, 3)), False, True)], 0, "none")
    assert scores.precision is None
    assert scores.recall is not None
    accuracy_table("Pairs", {"none": scores})


def test_the_halves_are_told_by_the_id_alone() -> None:
    assert half("P001") == half("P001")
    assert {half(f"P{n:03}") for n in range(20)} == {TUNING, HELD_OUT}


def test_a_line_that_is_neither_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "P9", "left": {}}) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="P9 is neither"):
        load_gold(path)


def test_without_an_index_the_command_says_what_to_type(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--index", str(tmp_path / "none"), "--gold", str(ROOT / GOLD)])
    assert result.exit_code == 2
    assert "rag index" in result.output
