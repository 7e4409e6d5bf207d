"""What tells a claim and its span apart, without a model (pure).

Each check reads one alignment of claim and span and says nothing where the two are too far apart to be
compared: there the support model decides.
"""

from __future__ import annotations

import re

from rag.alignment import align, read
from rag.check_attribution import attribution_checks
from rag.check_causes import cause_checks
from rag.check_dates import date_checks
from rag.check_exceptions import exception_checks
from rag.check_modality import modality_checks
from rag.check_names import name_checks
from rag.check_negation import negation_checks
from rag.check_numbers import number_checks
from rag.check_quantifiers import quantifier_checks
from rag.check_time import time_checks
from rag.types import Check

_CHECKS = (
    number_checks,
    date_checks,
    name_checks,
    negation_checks,
    modality_checks,
    quantifier_checks,
    exception_checks,
    time_checks,
    attribution_checks,
    cause_checks,
)
_SPACES = re.compile(r"[^\S\n]+")
_OTHERWISE = frozenset({"negation", "quantifier", "time"})
_NOT_SAID = frozenset({"attribution"})


def fired_checks(span: str, claim: str) -> tuple[Check, ...]:
    """The checks that tell the claim and the span apart, () where none does.

    Names: number, unit, date, name, negation, modality, quantifier, exception, time, attribution, cause.
    `source` is what the span has in the place, "" where it has nothing.
    """
    span, claim = _SPACES.sub(" ", span), " ".join(claim.split())
    if claim and claim in span:
        return ()
    pair = align(read(span), read(claim))
    return tuple(check for one in _CHECKS for check in one(pair))


def contradicts(check: Check) -> bool:
    """Whether a fired check shows that the span says otherwise, not only that it does not say so."""
    return check.name in _OTHERWISE or (check.source != "" and check.name not in _NOT_SAID)
