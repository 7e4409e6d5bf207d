"""A Reading → does it answer, and what does it say of what the question takes for granted?"""

from __future__ import annotations

from dataclasses import dataclass

from rag.answerability import Answering, read_answers
from rag.index import Index
from rag.premise_reading import read_premises
from rag.premises import Premise, check_premises
from rag.refusal import Signals, probability, read_signals
from rag.reranking import Reading
from rag.support import SupportModel


@dataclass(frozen=True, slots=True)
class Judgement:
    """`premises` are what rules find, `read` what the support model does: it errs more often, so it is told beside
    an answer and is no reason for one. `signals` is None where nothing was found."""

    premises: tuple[Premise, ...]
    read: tuple[Premise, ...]
    answers: tuple[Answering, ...]
    signals: Signals | None

    @property
    def confidence(self) -> float:
        """The probability of an answer."""
        return probability(self.signals) if self.signals else 0.0

    @property
    def corrected(self) -> bool:
        """The evidence contradicts what the question takes for granted."""
        return any(not premise.holds for premise in self.premises)


def judge(index: Index, reading: Reading, model: SupportModel) -> Judgement:
    if not reading.ranked:
        return Judgement((), (), (), None)
    premises = check_premises(reading.weighted, reading.ranked)
    read = []
    if all(premise.holds for premise in premises):
        read = read_premises(model, reading.weighted, reading.ranked)
    answers = read_answers(model, reading.question.text, reading.ranked, index.document)
    return Judgement(tuple(premises), tuple(read), tuple(answers), read_signals(reading, premises, answers))
