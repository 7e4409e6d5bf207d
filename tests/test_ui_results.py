from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rag.assistant import Assistant
from rag.citations import as_json
from rag.errors import RagError
from rag.types import (
    Answer,
    Check,
    Citation,
    Claim,
    IndexInfo,
    Mode,
    Note,
    NoteKind,
    NoteSide,
    Refusal,
    Source,
    Timings,
    Usage,
    Verdict,
)
from ui.results import dump, load

INFO = IndexInfo(3, "hash", 12)
CITED = Citation(
    1, "a.md", "A", 2, "Art. 1", 0, 5, "Words", "Ana", "2024", (Source("S1", "Report", date="2023"),)
)
CLAIM = Claim("Words", Verdict.NOT_FOUND, 0.25, (1,), (Check("number", "28", "29"),), (0, 3))
NOTE = Note(NoteKind.PREMISE, "No.", (1,), False)
DISAGREEMENT = Note(
    NoteKind.DISAGREEMENT,
    "They differ.",
    (1,),
    sides=(NoteSide("a.md", "2024", "28", 1), NoteSide("a.md", None, "29", 1, "Ana")),
)
USAGE = Usage("qwen3:4b", "7", 900, 60, None, 61, 120.0, 350.5, None)
ANSWER = Answer(
    "q",
    "q (about: x)",
    Mode.WRITE,
    (CLAIM,),
    (CITED,),
    (NOTE, DISAGREEMENT),
    (),
    Timings(1.5, 2.5, 3.0),
    INFO,
    0.5,
    (CLAIM,),
    USAGE,
)
REFUSAL = Refusal("q", "q", Mode.QUOTE, (CITED,), ("Japan",), (), (), Timings(), INFO, 0.125)


@pytest.mark.parametrize("result", [ANSWER, REFUSAL])
def test_a_result_is_what_it_was(result: Answer | Refusal) -> None:
    assert load(dump(result)) == result


def test_real_answers_are_what_they_were_but_for_the_evidence(quick: Assistant) -> None:
    for question in (
        "What does the convention ban?",
        "When did Velmark send inspectors?",
        "What is the fee?",
    ):
        result = quick.ask(question)
        again = load(dump(result))
        assert as_json(again) == {**as_json(result), "retrieved": []}
        assert type(again) is type(result)


def test_what_an_older_version_wrote_lacks_what_came_since() -> None:
    written = json.loads(dump(ANSWER))
    for name in ("struck", "usage"):
        del written[name]
    for note in written["notes"]:
        del note["sides"]
    older = replace(ANSWER, struck=(), usage=None, notes=(NOTE, replace(DISAGREEMENT, sides=())))
    assert load(json.dumps(written)) == older


def test_fields_of_another_version_are_passed_over() -> None:
    written = json.loads(dump(ANSWER))
    written["citations"][0]["mood"] = "calm"
    written["timings_ms"]["think"] = 3
    written["novelty"] = True
    assert load(json.dumps(written)) == ANSWER


@pytest.mark.parametrize(
    "written", ["", "{}", "[]", "null", '{"schema": 2}', dump(ANSWER).replace("QUOTE", "x")[:-9]]
)
def test_what_is_no_result_says_so(written: str) -> None:
    with pytest.raises(RagError, match="ask the question again"):
        load(written)


def test_an_unknown_verdict_is_no_result() -> None:
    with pytest.raises(RagError, match="PERHAPS"):
        load(dump(replace(ANSWER)).replace("NOT_FOUND", "PERHAPS"))
