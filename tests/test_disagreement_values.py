"""Numbers and dates that cannot both hold, and those that are one value in two forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datespans import find_dates
from rag.disagreement_values import (
    Amount,
    amounts,
    amounts_differ,
    comparable,
    dates_differ,
    periods_differ,
    ranges_differ,
)


def only(text: str) -> Amount:
    (found,) = amounts(text)
    return found


@pytest.mark.parametrize(
    ("text", "low", "high", "measure", "written"),
    [
        ("6,000-6,500 fighters", 6000, 6500, "", "6,000-6,500"),
        ("between 5 and 8 km of road", 5000, 8000, "length", "5 and 8 km"),
        ("USD 70-100 million", 70e6, 100e6, "USD", "USD 70-100 million"),
        ("USD 5 billion to USD 7 billion", 5e9, 7e9, "USD", "USD 5 billion to USD 7 billion"),
        ("573 km up to 850 km", 573e3, 850e3, "length", "573 km up to 850 km"),
        ("six days", 6, 6, "time", "six days"),
        ("14.5 m deep", 14.5, 14.5, "length", "14.5 m"),
        ("up 4%", 4, 4, "%", "4%"),
    ],
)
def test_a_range_is_one_amount_in_its_base_unit(
    text: str, low: float, high: float, measure: str, written: str
) -> None:
    found = only(text)
    assert (found.low, found.high, found.measure) == (pytest.approx(low), pytest.approx(high), measure)
    assert text[found.start : found.end] == written


@pytest.mark.parametrize("text", ["at 20:00", "(1) the port", "one of them", "COVID-19", "3 July 2024"])
def test_what_is_no_amount_is_left_out(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1,210", "1,203", True),
        ("233,000 hectares", "232,000 hectares", True),
        ("91 dead", "94 dead", True),
        ("333 tonnes", "330 tonnes", False),
        ("nearly 30 years", "28 years", False),
        ("about 500", "380", True),
        ("over 1,300 km", "1,344 km", False),
        ("2,000 to 10,000", "about 9,000", False),
        ("4,000 to 6,000", "about 2,000", True),
        ("74 km", "46 miles", False),
        ("74 km", "47 miles", True),
        ("14 days", "2 weeks", False),
    ],
)
def test_amounts_differ_unless_rounded_rough_or_converted(left: str, right: str, expected: bool) -> None:
    assert amounts_differ(only(left), only(right)) is expected
    assert amounts_differ(only(right), only(left)) is expected


@given(st.integers(1, 10**9))
def test_an_amount_never_differs_from_itself(n: int) -> None:
    found = only(f"{n} barrels")
    assert not amounts_differ(found, found)
    assert not ranges_differ(found, found)
    assert comparable(found, found)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("20 trucks", "30 trucks", True),
        ("20 trucks", "30", True),
        ("20 trucks", "30 ships", False),
        ("20 km", "30 miles", True),
        ("20 km", "30 tonnes", False),
        ("USD 20", "EUR 30", False),
    ],
)
def test_only_one_thing_is_compared(left: str, right: str, expected: bool) -> None:
    assert comparable(only(left), only(right)) is expected


def test_ranges_that_overlap_are_told_apart_from_ranges_that_are_equal() -> None:
    assert ranges_differ(only("17-60 km"), only("13-65 km"))
    assert not ranges_differ(only("17-60 km"), only("17-60 km"))


@pytest.mark.parametrize(
    ("left", "right", "apart", "period"),
    [
        ("27 October 2025", "28 October 2025", True, False),
        ("9 March 1995", "1995", False, False),
        ("1966 to 1982", "1966 to 1986", False, True),
        ("3 July 2024", "2-3 July 2024", False, True),
    ],
)
def test_a_coarser_date_is_no_other_date(left: str, right: str, apart: bool, period: bool) -> None:
    a, b = find_dates(left)[0], find_dates(right)[0]
    assert dates_differ(a, b) is apart
    if not apart:
        assert periods_differ(a, b) is period
