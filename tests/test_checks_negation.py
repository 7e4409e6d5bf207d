"""What a claim denies and its span affirms, or the other way round."""

from __future__ import annotations

import pytest

from rag.checks import contradicts, fired_checks

BANK = "The central bank raised its key rate in June and did not intervene in the market."
PACT = "The pact does not cover attacks on overseas territories."
LEAVE = "The envoy refused to sign the text, and the council accepted his resignation."
SPREAD = "The company has never published its accounts, although the regulator requires it."


def negated(span: str, claim: str) -> bool:
    return any(check.name == "negation" for check in fired_checks(span, claim))


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (BANK, "The central bank did not raise its key rate in June."),
        (BANK, "The central bank raised its key rate in June and intervened in the market."),
        (BANK, "The central bank lowered its key rate in June."),
        (PACT, "The pact covers attacks on overseas territories."),
        (LEAVE, "The envoy agreed to sign the text."),
        (LEAVE, "The council rejected his resignation."),
        (LEAVE, "The council did not accept his resignation."),
        (SPREAD, "The company has published its accounts."),
        (SPREAD, "The company has never published its accounts, although the regulator does not require it."),
        ("Trade with Kellin increased last year.", "Trade with Kellin decreased last year."),
        ("Filming is banned inside the station.", "Filming is allowed inside the station."),
        ("The north wing was closed.", "The south wing was closed."),
        ("No vehicle may enter the zone.", "Vehicles may enter the zone."),
    ],
)
def test_what_is_denied_fires(span: str, claim: str) -> None:
    assert negated(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (BANK, "The central bank increased its key rate in June."),
        (BANK, "The central bank did not intervene in the market."),
        (BANK, "Without any intervention in the market, the central bank raised its key rate."),
        (PACT, "Attacks on overseas territories are not covered by the pact."),
        (PACT, "Overseas territories are excluded from the pact."),
        (LEAVE, "The envoy did not sign the text."),
        (LEAVE, "The envoy declined to sign the text."),
        (SPREAD, "The company's accounts have never been published."),
        ("Filming is banned inside the station.", "Filming is not allowed inside the station."),
        ("The lines were never attacked.", "The lines were not attacked."),
        ("Nobody was hurt in the fire.", "The fire hurt no one."),
        ("The judge found no sign of intent.", "The judge did not find any sign of intent."),
        ("They shall not copy, publish or disclose the file.", "They shall not disclose the file."),
        ("Not only the mayor but the whole council resigned.", "The mayor and the whole council resigned."),
        ("The ban was lifted. No date was set for the talks.", "The ban was lifted."),
        ("The court dismissed the claim.", "The court did not uphold the claim, and dismissed it."),
    ],
)
def test_the_same_polarity_in_other_words_does_not(span: str, claim: str) -> None:
    assert not negated(span, claim)


def test_two_denials_are_none() -> None:
    assert not negated("The region is not unstable.", "The region is stable.")


def test_a_denial_shows_both_texts_and_contradicts() -> None:
    (check,) = fired_checks(PACT, "The pact covers attacks on overseas territories.")
    assert "cover" in check.claim
    assert check.source == "not cover"
    assert contradicts(check)


def test_a_negative_claim_needs_something_negative_in_the_span() -> None:
    span = "The fleet sailed to Orr in spring with twelve ships and a crew of forty."
    (check,) = fired_checks(span, "In spring the fleet could not be manned.")
    assert check.name == "negation"
    assert check.source == ""
