"""Supported claims altered so that their span no longer supports them, by kind (pure; repeatable by seed)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from evals.altering.dates import date_edits, unit_edits
from evals.altering.edits import Alteration, Edit, Kind, altered, overlaps
from evals.altering.modality import modality_edits
from evals.altering.names import name_edits
from evals.altering.negation import negation_edits
from evals.altering.numbers import number_edits
from evals.altering.order import time_edits
from evals.altering.reasons import attribution_edits, cause_edits
from evals.altering.scope import exception_edits, quantifier_edits
from evals.paraphrases import paraphrases

__all__ = ["Alteration", "Kind", "MOST_OF_A_KIND", "alterations", "paraphrases"]

Alter = Callable[[str, str, Random], list[Edit]]

MOST_OF_A_KIND = 2

ALTER: Mapping[Kind, Alter] = {
    Kind.NUMBER: number_edits,
    Kind.DATE: date_edits,
    Kind.UNIT: unit_edits,
    Kind.NAME: name_edits,
    Kind.NEGATION: negation_edits,
    Kind.MODALITY: modality_edits,
    Kind.QUANTIFIER: quantifier_edits,
    Kind.EXCEPTION: exception_edits,
    Kind.TIME: time_edits,
    Kind.ATTRIBUTION: attribution_edits,
    Kind.CAUSE: cause_edits,
}


def alterations(claim: str, span: str, rng: Random) -> list[Alteration]:
    """At most MOST_OF_A_KIND alterations of each kind that applies, kinds in the order of `Kind`.

    `span` must support `claim`: what is put in the place of its words is chosen to disagree with it.
    """
    question, statement = _after_question(claim)
    made: dict[str, Alteration] = {}
    for kind, alter in ALTER.items():
        edits = alter(statement, span, rng) if statement else []
        rng.shuffle(edits)
        for edit in _apart(edits):
            one = altered(statement, kind, edit)
            made.setdefault(one.text, one)
    return [replace(one, text=question + one.text) for text, one in made.items() if text != statement]


def _after_question(claim: str) -> tuple[str, str]:
    """A claim given as question and answer, parted; only what is stated can be altered."""
    asked = claim.rfind("?") + 1
    start = asked + len(claim[asked:]) - len(claim[asked:].lstrip())
    return claim[:start], claim[start:]


def _apart(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in edits:
        if len(kept) < MOST_OF_A_KIND and not any(overlaps(edit, other) for other in kept):
            kept.append(edit)
    return kept
