"""Numbers in running text: value, unit, what is counted, and what is no quantity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.numbers import Quantity, find_quantities
from rag.terms import stem

BITS = st.sampled_from(
    "28 years nearly 30-year USD 120 million twenty twenty-five 3.5 % per cent in 1995 10+ 1,000 , . - five dozen Rs 5 bn".split()
)


def only(text: str) -> Quantity:
    (found,) = find_quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "value", "unit", "noun"),
    [
        ("28 years", 28, "", "years"),
        ("a nearly 30-year delay", 30, "", "year"),
        ("230,000 people", 230_000, "", "people"),
        ("12,345,678 votes", 12_345_678, "", "votes"),
        ("3.5 percent of trade", 3.5, "%", None),
        ("12%", 12, "%", None),
        ("12 per cent", 12, "%", None),
        ("USD 120 million", 120e6, "USD", None),
        ("$5 bn", 5e9, "USD", None),
        ("US$ 3 billion", 3e9, "USD", None),
        ("€1.5 million", 1.5e6, "EUR", None),
        ("£20", 20, "GBP", None),
        ("Rs 300 crore", 3e9, "PKR", None),
        ("20 lakh voters", 2e6, "", "voters"),
        ("twenty states", 20, "", "states"),
        ("twenty-five soldiers", 25, "", "soldiers"),
        ("five thousand troops", 5000, "", "troops"),
        ("two dozen men", 24, "", "men"),
        ("3 million refugees", 3e6, "", "refugees"),
        ("five-year plan", 5, "", "year"),
        ("0.5 degrees", 0.5, "", "degrees"),
    ],
)
def test_a_quantity_is_read(text: str, value: float, unit: str, noun: str | None) -> None:
    found = only(text)
    assert found.value == pytest.approx(value)
    assert found.unit == unit
    assert found.nouns[:1] == ((stem(noun),) if noun else ())


@pytest.mark.parametrize(
    "text",
    [
        "in 1995",
        "on 3 July 2024",
        "2011-2016",
        "the 1990s",
        "source S1",
        "model XJ9",
        "bone and ton",
        "sixth",
        "",
    ],
)
def test_dates_and_labels_are_no_quantities(text: str) -> None:
    assert find_quantities(text) == []


def test_lakhs_are_grouped_in_twos() -> None:
    assert only("1,00,000 people").value == 100_000


def test_spelled_hundreds_are_one_number() -> None:
    assert only("one hundred and twenty states").value == 120


def test_metres_are_no_millions() -> None:
    assert only("a wall 5 m high").value == 5


@pytest.mark.parametrize(
    ("text", "approximate"),
    [
        ("28 years", False),
        ("nearly 30 years", True),
        ("more than 20 soldiers", True),
        ("at least forty villages", True),
        ("up to 10,000 troops", True),
        ("10+ states", True),
        ("exactly 20 soldiers", False),
    ],
)
def test_approximation_is_noticed(text: str, approximate: bool) -> None:
    assert only(text).approximate is approximate


def test_the_span_holds_number_and_unit() -> None:
    text = "It cost some USD 120 million, or 3.5 percent of exports."
    assert [text[q.start : q.end] for q in find_quantities(text)] == ["USD 120 million", "3.5 percent"]


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("28 years", "28 years", True),
        ("28 years", "29 years", False),
        ("28 years", "nearly 30 years", True),
        ("40 years", "nearly 30 years", False),
        ("200 soldiers", "more than 20 soldiers", False),
        ("twenty states", "20 states", True),
        ("1,000 men", "1000 men", True),
    ],
)
def test_closeness_allows_a_tenth_where_a_number_is_approximate(one: str, other: str, close: bool) -> None:
    assert only(one).close_to(only(other)) is close
    assert only(other).close_to(only(one)) is close


@given(st.integers(0, 10**12))
def test_digits_grouped_or_not_are_the_same_number(number: int) -> None:
    plain, grouped = find_quantities(f"about {number} mines"), find_quantities(f"about {number:,} mines")
    if plain:  # four digits may be a year
        assert plain[0].value == grouped[0].value == number
    else:
        assert 1500 <= number <= 2099


@given(st.lists(BITS, max_size=14).map(" ".join))
def test_spans_lie_in_the_text_sorted_and_apart(text: str) -> None:
    end = 0
    for found in find_quantities(text):
        assert end <= found.start < found.end <= len(text)
        assert found.value >= 0
        end = found.end
