"""What tells a claim and its span apart, without a model (pure)."""

from __future__ import annotations

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


def fired_checks(span: str, claim: str) -> tuple[Check, ...]:
    pair = align(read(span), read(claim))
    return tuple(check for one in _CHECKS for check in one(pair))


def contradicts(check: Check) -> bool:
    return check.source != ""
