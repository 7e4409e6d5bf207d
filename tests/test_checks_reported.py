"""Order in time, speakers and causes of a claim against those of its span."""

from __future__ import annotations

import pytest

from rag.checks import contradicts, fired_checks

CLOSED = "The plant was closed after the inspectors found blocked exits, and it is still shut."
HARM = "Union leader Dana Ruiz claims that the port lost 4 million dollars a day."
PRESS = "According to the Daily Orr, the envoy met the rebels in Karsk."
LOST = "The town lost the grant because a clerk misread the deadline."


def fired(span: str, claim: str) -> set[str]:
    return {check.name for check in fired_checks(span, claim)}


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (CLOSED, "The plant was closed before the inspectors found blocked exits."),
        (CLOSED, "The plant was closed after the inspectors found blocked exits, and it is no longer shut."),
        ("The former director warned them.", "The current director warned them."),
        ("The first round was held in Herat.", "The last round was held in Herat."),
        ("Talks resumed before the summit in May.", "Talks resumed after the summit in May."),
        ("The ban still applies to officers.", "The ban no longer applies to officers."),
        ("Logs are erased after the contract ends.", "Logs are erased before the contract ends."),
        ("The report came a week later.", "The report came a week earlier."),
    ],
)
def test_another_order_fires(span: str, claim: str) -> None:
    assert "time" in fired(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (CLOSED, "The inspectors found blocked exits before the plant was closed."),
        (CLOSED, "The plant was closed once the inspectors had found blocked exits."),
        (CLOSED, "The plant remains shut."),
        ("The former director warned them.", "The ex-director warned them."),
        ("The first round was held in Herat.", "The initial round was held in Herat."),
        ("Talks resumed before the summit in May.", "Talks resumed ahead of the summit in May."),
        ("Talks resumed before the summit in May.", "After talks had resumed, the summit was held in May."),
        ("The ban still applies to officers.", "The ban continues to apply to officers."),
        ("Logs are erased after the contract ends.", "Once the contract ends, logs are erased."),
    ],
)
def test_the_same_order_in_other_words_does_not(span: str, claim: str) -> None:
    assert "time" not in fired(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (HARM, "The port lost 4 million dollars a day."),
        (PRESS, "The envoy met the rebels in Karsk."),
        ("The fund was reportedly emptied by its manager.", "The fund was emptied by its manager."),
        ("Critics argue that the rule is applied selectively.", "The rule is applied selectively."),
        ("The envoy is said to have left the country.", "The envoy has left the country."),
        ("Opposition deputies allege that offices closed early.", "Offices closed early."),
        ("Ruiz said that the strike had ended.", "Haas said that the strike had ended."),
        ("The auditors warned that the fund is empty.", "A local newspaper warned that the fund is empty."),
        ("In the view of Hugh Tarrant, the warnings came too late.", "The warnings came too late."),
    ],
)
def test_a_lost_speaker_fires(span: str, claim: str) -> None:
    assert fired(span, claim) & {"attribution", "name"}


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (HARM, "According to Ruiz, the port lost 4 million dollars a day."),
        (HARM, "The union's leader puts the port's loss at 4 million dollars a day."),
        (PRESS, "The Daily Orr reports that the envoy met the rebels in Karsk."),
        ("The fund was reportedly emptied by its manager.", "The manager allegedly emptied the fund."),
        (
            "Critics argue that the rule is applied selectively.",
            "Critics say the rule is applied selectively.",
        ),
        ("Article 5 states that the port shall be free.", "The port shall be free."),
        ("The study found that wages rose.", "Wages rose."),
        ("The commission reported that 23 villages had no road.", "In all, 23 villages had no road."),
        ("She held her post until May.", "She was in her post until May."),
    ],
)
def test_a_kept_speaker_and_neutral_reporting_do_not(span: str, claim: str) -> None:
    assert "attribution" not in fired(span, claim)


def test_a_view_told_as_fact_lacks_proof() -> None:
    (check,) = fired_checks(HARM, "The port lost 4 million dollars a day.")
    assert "Ruiz claims" in check.source
    assert not contradicts(check)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (LOST, "The town lost the grant although a clerk misread the deadline."),
        (LOST, "The clerk misread the deadline because the town lost the grant."),
        (LOST, "The town lost the grant because its harbour had flooded."),
        ("Floods led to the collapse of the bridge.", "The collapse of the bridge led to floods."),
        ("Prices fell despite the embargo.", "Prices fell because of the embargo."),
        ("Talks failed due to a dispute over the dam.", "Talks failed despite a dispute over the dam."),
        ("The delay was caused by a strike at the yard.", "The delay was caused by heavy snow in winter."),
        ("The court dismissed the case.", "The court dismissed the case because witnesses had vanished."),
    ],
)
def test_another_cause_fires(span: str, claim: str) -> None:
    assert "cause" in fired(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (LOST, "A clerk's misreading of the deadline led to the loss of the grant."),
        (LOST, "Because a clerk misread the deadline, the town lost the grant."),
        (LOST, "The town lost the grant due to a misread deadline."),
        ("Floods led to the collapse of the bridge.", "The bridge collapsed because of floods."),
        ("Prices fell despite the embargo.", "Although there was an embargo, prices fell."),
        ("Talks failed due to a dispute over the dam.", "A dispute over the dam caused the talks to fail."),
        ("The delay was caused by a strike at the yard.", "The delay resulted from a strike at the yard."),
        (
            "The case was dismissed. Witnesses had vanished.",
            "The case was dismissed, since witnesses had vanished.",
        ),
    ],
)
def test_the_same_cause_in_other_words_does_not(span: str, claim: str) -> None:
    assert "cause" not in fired(span, claim)
