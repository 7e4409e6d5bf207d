"""Pairs that are found or made for training say what their texts say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evals.training.making import altered_questions
from evals.training.mining import bereft, mined_claims, mined_questions, strangers
from evals.training.pairs import Label, Pair
from rag.terms import terms

MINES = "Velmark signed the treaty in 1998. It destroyed 4,200 river mines. Fees were waived for ferries."
PORT = "The port of Lindos has nine berths. Its crane was built in 1975. Traffic fell after the flood."


def overlap_logits(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """Support and answers where a span of few words shares many with the claim."""
    shares = [len(set(terms(a)) & set(terms(b))) / len(set(terms(b))) for a, b in pairs]
    odds = np.array([8 * share - 3 for share in shares], np.float32)
    zeros = np.zeros_like(odds)
    return np.stack([zeros, zeros, odds, odds], axis=1)


def question(text: str, *, answered: bool, span: str = MINES, group: str = "mines") -> Pair:
    return Pair(span, text, "written question", group, answered=answered)


def claim(text: str, label: Label, span: str = MINES, group: str = "mines") -> Pair:
    return Pair(span, text, "written close", group, label=label)


def test_a_passage_without_the_window_that_answers_answers_no_more() -> None:
    asked = question("How many river mines were destroyed?", answered=True)
    (found,) = bereft([asked, question("Who paid?", answered=False)], overlap_logits)
    assert found.answered is False
    assert "river mines" not in found.span
    assert "Fees were waived for ferries." in found.span


def test_an_answered_question_is_turned_to_another_name_or_date() -> None:
    asked = question("When did Velmark sign the treaty of 1998?", answered=True)
    found = list(altered_questions([asked, question("Who paid?", answered=False)], seed=1))
    assert found
    for pair in found:
        assert pair.answered is False
        assert pair.span == MINES
        assert pair.claim.endswith("?")
        assert pair.claim != asked.claim
    assert found == list(altered_questions([asked], seed=1))


def test_the_window_that_fools_the_model_keeps_its_label() -> None:
    wrong = claim("Karstia destroyed 4,200 river mines", Label.CONTRADICTED)
    (found,) = mined_claims([wrong], overlap_logits)
    assert (found.label, found.claim) == (Label.CONTRADICTED, wrong.claim)
    assert "river mines" in found.span
    assert len(found.span) < len(MINES)


def test_a_question_is_read_over_its_best_window_too() -> None:
    (found,) = mined_questions([question("Were fees waived for ferries?", answered=True)], overlap_logits)
    assert found.answered is True
    assert "Fees" in found.span


def test_strangers_come_from_other_passages_and_answer_nothing() -> None:
    pairs = [
        question("How many river mines were destroyed?", answered=True),
        question("How many berths has the port?", answered=True, span=PORT, group="port"),
        question("Who paid?", answered=False),
    ]
    found = strangers(pairs, seed=3)
    assert [(one.claim, one.span, one.answered) for one in found] == [
        (pairs[0].claim, PORT, False),
        (pairs[1].claim, MINES, False),
    ]
