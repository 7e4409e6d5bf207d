"""Feedback given in chat → candidate gold cases, for a person to read, complete and accept (pure).

The lines are those of evals.cases with `review: pending`, which keeps them out of every run until
that field is taken away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from evals.cases import CaseType
from evals.suggest import PENDING
from rag.questions import Asks, read_question
from rag.types import Answer, Citation, Refusal
from ui.history import Feedback, FeedbackKind
from ui.view import citations_of

_TYPES = {
    Asks.WHY: CaseType.WHY,
    Asks.HOW: CaseType.HOW,
    Asks.HOW_MANY: CaseType.NUMERIC,
    Asks.HOW_LONG: CaseType.NUMERIC,
    Asks.COMPARE: CaseType.COMPARISON,
    Asks.YES_NO: CaseType.YES_NO,
}
_TO_DO = {
    FeedbackKind.GOOD: "A reader found this answer helpful: check it and keep it.",
    FeedbackKind.BAD: "A reader found this answer not helpful: write the right one and its evidence.",
    FeedbackKind.WRONG_CITATION: "A reader reported a wrong citation, which is left out of the evidence.",
    FeedbackKind.COMMENT: "A reader left a comment.",
}


def candidates(given: Iterable[Feedback]) -> str:
    """JSON Lines, a case a question, the oldest first; "" where no feedback has an answer."""
    by_question: dict[str, list[Feedback]] = {}
    for one in sorted(given, key=lambda feedback: feedback.given):
        if one.result is not None:
            by_question.setdefault(one.result.standalone_question, []).append(one)
    lines = [_case(n, question, said) for n, (question, said) in enumerate(by_question.items(), start=1)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _case(number: int, question: str, said: Sequence[Feedback]) -> dict[str, Any]:
    last = said[-1].result
    wrong = {one.citation for one in said if one.kind is FeedbackKind.WRONG_CITATION}
    cited = [c for c in citations_of(last) if c.n not in wrong] if last else []
    silent = isinstance(last, Refusal) and all(one.kind is FeedbackKind.GOOD for one in said)
    return {
        "id": f"F{number:03}",
        "review": PENDING,
        "question": question,
        "type": (CaseType.UNANSWERABLE if silent else _type(question)).value,
        "answer": _answer(last, silent=silent),
        "must_include": [],
        "evidence": [] if silent else [_evidence(citation) for citation in cited],
        "answerable": not silent,
        "notes": " ".join(_note(one) for one in said),
    }


def _type(question: str) -> CaseType:
    return _TYPES.get(read_question(question).asks, CaseType.FACTOID)


def _answer(result: Answer | Refusal | None, *, silent: bool) -> str:
    if isinstance(result, Answer):
        return " ".join(claim.text for claim in result.claims)
    return (
        "The documents do not answer this."
        if silent
        else "To be written: the documents were said not to answer this."
    )


def _evidence(citation: Citation) -> dict[str, Any]:
    return {"document": citation.document, "quote": citation.quote, "start": citation.start}


def _note(one: Feedback) -> str:
    words = f" “{one.comment}”" if one.comment else ""
    asked = f" Asked as “{one.question}”." if one.result and one.question != one.result.question else ""
    return f"{_TO_DO[one.kind]}{words}{asked}"
