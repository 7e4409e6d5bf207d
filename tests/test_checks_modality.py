"""Strength, scope and exceptions of a claim against those of its span."""

from __future__ import annotations

import pytest

from rag.checks import contradicts, fired_checks

DUTY = "The operator shall publish its charges every year, and the regulator may review them."
PLAN = "The ministry plans to build a second bridge, and the contract could be signed in May."
ADVICE = "Members should avoid paid speeches."


def fired(span: str, claim: str) -> set[str]:
    return {check.name for check in fired_checks(span, claim)}


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (DUTY, "The operator may publish its charges every year."),
        (DUTY, "The operator should publish its charges every year."),
        (DUTY, "The regulator must review the charges."),
        (DUTY, "The regulator is required to review the charges."),
        (PLAN, "The ministry has built a second bridge."),
        (PLAN, "The contract will be signed in May."),
        (ADVICE, "Members must avoid paid speeches."),
        ("The rule allows a governor to close schools.", "A governor must close schools."),
        ("The treaty was signed in 2004.", "The treaty could be signed in 2004."),
        ("The minister signed the order.", "The minister intends to sign the order."),
    ],
)
def test_another_strength_fires(span: str, claim: str) -> None:
    assert "modality" in fired(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (DUTY, "The operator must publish its charges every year."),
        (DUTY, "The operator is required to publish its charges every year."),
        (DUTY, "The operator has to publish its charges annually."),
        (DUTY, "The regulator is permitted to review the charges."),
        (DUTY, "The regulator can review the charges."),
        (PLAN, "The ministry intends to build a second bridge."),
        (PLAN, "The contract might be signed in May."),
        (ADVICE, "Members ought to avoid paid speeches."),
        ("The rule allows a governor to close schools.", "A governor may close schools."),
        ("The obligations shall survive termination.", "Some obligations may survive termination."),
    ],
)
def test_an_equal_strength_does_not(span: str, claim: str) -> None:
    assert "modality" not in fired(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        ("Some of the complaints were justified.", "All of the complaints were justified."),
        ("Most of the boats had no licence.", "All of the boats had no licence."),
        ("All members signed the statement.", "Some members signed the statement."),
        ("Several stations opened late.", "None of the stations opened late."),
        ("The fence is at least 40 km long.", "The fence is at most 40 km long."),
        ("It needs more than 20 votes.", "It needs fewer than 20 votes."),
        ("Many districts hold a market.", "Few districts hold a market."),
        ("The house is partly funded by the state.", "The house is entirely funded by the state."),
        ("The committee may invite experts.", "Only the committee may invite experts."),
        ("The majority of the panel agreed.", "A minority of the panel agreed."),
    ],
)
def test_another_quantity_fires(span: str, claim: str) -> None:
    assert fired(span, claim) & {"quantifier", "negation"}


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        ("Some of the complaints were justified.", "Several complaints were justified."),
        ("Most of the boats had no licence.", "The majority of the boats had no licence."),
        ("All members signed the statement.", "Every member signed the statement."),
        ("None of the stations opened late.", "No station opened late."),
        ("The fence is at least 40 km long.", "The fence is no less than 40 km long."),
        ("Many districts hold a market.", "Numerous districts hold a market."),
        ("Only members may vote.", "Only members may vote in it."),
        ("Each party names four experts.", "Both parties name four experts each."),
        ("Almost all of the files were lost.", "Nearly all of the files were lost."),
    ],
)
def test_an_equal_quantity_does_not(span: str, claim: str) -> None:
    assert "quantifier" not in fired(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        ("Keystroke logging is banned, except in control rooms.", "Keystroke logging is banned."),
        (
            "The order lapses after a year unless it is renewed.",
            "The order lapses after a year and must end.",
        ),
        ("Wages must be paid, except to staff on probation.", "Wages must be paid."),
        ("Overflights remain allowed, save for those from Minsar.", "Overflights remain allowed."),
        ("Firms may bid, provided that they are registered.", "Firms may bid."),
        ("The Chamber shall sit in spring.", "The Chamber shall sit in spring, unless both sides object."),
        ("Vessels may enter the zone.", "Vessels may enter the zone only with a licence."),
        ("The ban covers all ports.", "The ban covers all ports except those in the south of Orr."),
    ],
)
def test_an_exception_dropped_or_added_fires(span: str, claim: str) -> None:
    assert "exception" in fired(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        ("Keystroke logging is banned, except in control rooms.", "Logging is banned save in control rooms."),
        (
            "The order lapses after a year unless it is renewed.",
            "If not renewed, the order lapses after a year.",
        ),
        (
            "Wages must be paid, except to staff on probation.",
            "Wages must be paid, but not to staff on probation.",
        ),
        (
            "Overflights remain allowed, save for those from Minsar.",
            "Overflights from Minsar are not allowed.",
        ),
        ("Firms may bid, provided that they are registered.", "Registered firms may bid."),
        ("The Chamber sat in spring. Unless it is dissolved, it sits again.", "The Chamber sat in spring."),
        ("Vessels may enter the zone only with a licence.", "Vessels may enter the zone with a licence."),
        ("Files include, but are not limited to, letters.", "Files may include letters."),
    ],
)
def test_an_exception_kept_does_not(span: str, claim: str) -> None:
    assert "exception" not in fired(span, claim)


def test_a_dropped_exception_contradicts_and_an_added_one_lacks_proof() -> None:
    (dropped,) = fired_checks("Wages must be paid, except to staff on probation.", "Wages must be paid.")
    (added,) = fired_checks("Wages must be paid.", "Wages must be paid, except where both sides object.")
    assert dropped.source == "except to staff on probation"
    assert contradicts(dropped)
    assert not contradicts(added)
