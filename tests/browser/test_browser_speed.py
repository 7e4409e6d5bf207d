"""What the reader waits for, measured in the page from the act to the frame that shows its effect."""

from __future__ import annotations

from statistics import median

import pytest
from visitor import Arrive

HEADLINE = "Why did QTTA usage take 28 years?"


def test_a_first_answer_comes_within_a_second(arrive: Arrive, record_property: pytest.RecordProperty) -> None:
    arrive().enter().ask(HEADLINE)
    spent = []
    for _ in range(5):
        visitor = arrive().enter()
        visitor.page.locator(".st-key-starter_0").wait_for()
        visitor.page.wait_for_timeout(500)
        spent.append(visitor.seconds_to_answer(HEADLINE))
    print(f"\nEnter to answer: median {median(spent):.2f} s of {[round(s, 2) for s in spent]}")
    record_property("seconds_to_answer", median(spent))
    assert median(spent) <= 1.0


def test_a_click_shows_its_highlight_within_half_a_second(
    arrive: Arrive, record_property: pytest.RecordProperty
) -> None:
    visitor = arrive().enter()
    visitor.ask(HEADLINE)
    visitor.page.wait_for_timeout(1500)
    spent = [visitor.seconds_to_highlight(n) for n in (7, 2, 9, 1, 5)]
    print(f"\nclick to highlight: median {median(spent):.2f} s of {[round(s, 2) for s in spent]}")
    record_property("seconds_to_highlight", median(spent))
    assert median(spent) <= 0.5
