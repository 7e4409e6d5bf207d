"""Dates in running text: what they cover, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datespans import DateSpan, Precision, find_dates, years

BITS = st.sampled_from(
    "1995 2024 1990s 31 June July Feb. 3 29 - – , . of late mid end the to and 2,000 2023% 2024-07-03 ’s 16 troops in".split()
)


def only(text: str) -> DateSpan:
    (found,) = find_dates(text)
    return found


@pytest.mark.parametrize(
    ("text", "written", "first", "last"),
    [
        ("On 3 July 2024 they met.", "3 July 2024", "2024-07-03", "2024-07-03"),
        ("on July 3, 2024, they", "July 3, 2024", "2024-07-03", "2024-07-03"),
        ("(2024-07-03)", "2024-07-03", "2024-07-03", "2024-07-03"),
        ("the 1st of March 2020", "1st of March 2020", "2020-03-01", "2020-03-01"),
        ("March 22nd, 2020", "March 22nd, 2020", "2020-03-22", "2020-03-22"),
        ("12 Sept. 2020", "12 Sept. 2020", "2020-09-12", "2020-09-12"),
        ("14-15 December 2022", "14-15 December 2022", "2022-12-14", "2022-12-15"),
        ("14–15 December 2022", "14–15 December 2022", "2022-12-14", "2022-12-15"),
        ("3 and 4 May 2021", "3 and 4 May 2021", "2021-05-03", "2021-05-04"),
        ("July 3-5, 2024", "July 3-5, 2024", "2024-07-03", "2024-07-05"),
        ("29 February 2024", "29 February 2024", "2024-02-29", "2024-02-29"),
        ("in July 2024 and", "July 2024", "2024-07-01", "2024-07-31"),
        ("February 2023", "February 2023", "2023-02-01", "2023-02-28"),
        ("late 2023", "late 2023", "2023-09-01", "2023-12-31"),
        ("mid-2020", "mid-2020", "2020-05-01", "2020-08-31"),
        ("early 2021", "early 2021", "2021-01-01", "2021-04-30"),
        ("2011-2016", "2011-2016", "2011-01-01", "2016-12-31"),
        ("2011–16", "2011–16", "2011-01-01", "2016-12-31"),
        ("from 1995 to 2023", "1995 to 2023", "1995-01-01", "2023-12-31"),
        ("the 1990s", "1990s", "1990-01-01", "1999-12-31"),
        ("the late 1990s", "late 1990s", "1996-01-01", "1999-12-31"),
        ("1995’s treaty", "1995", "1995-01-01", "1995-12-31"),
        ("It ended in 1995.", "1995", "1995-01-01", "1995-12-31"),
        ("(1995)", "1995", "1995-01-01", "1995-12-31"),
    ],
)
def test_a_written_date_covers_its_days(text: str, written: str, first: str, last: str) -> None:
    found = only(text)
    assert text[found.start : found.end] == written
    assert (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    [
        "31 June 2020",
        "29 February 2023",
        "30-31 June 2020",
        "2024-02-30",
        "2,024 lorries",
        "2023%",
        "2023.5 points",
        "20245",
        "section 1450",
        "the year 2100",
        "Resolution 1373",
        "R2023",
        "03/04/2024",
        "in May, on 3 July",
        "they may and will march",
        "2016-2011",
        "",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert find_dates(text) == []


@pytest.mark.parametrize("text", ["2000 km of pipes", "1600 tonnes", "USD 2000", "€1995"])
def test_a_number_with_a_unit_is_no_year(text: str) -> None:
    assert find_dates(text) == []


def test_an_impossible_month_is_left_out_as_an_impossible_day_is() -> None:
    assert find_dates("2024-13-01") == []


def test_the_end_of_a_range_over_two_months_keeps_its_day() -> None:
    assert find_dates("28 June-2 July 2021")[-1].precision is Precision.DAY


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("3 July 2024", Precision.DAY),
        ("July 2024", Precision.MONTH),
        ("late 2024", Precision.PART),
        ("2024", Precision.YEAR),
        ("2011-2016", Precision.YEAR),
        ("the 1990s", Precision.DECADE),
    ],
)
def test_precision_says_how_much_is_known(text: str, precision: Precision) -> None:
    assert only(text).precision is precision


def test_several_dates_come_in_order() -> None:
    text = "in 1995, 2001 and on 3 July 2024"
    assert [text[d.start : d.end] for d in find_dates(text)] == ["1995", "2001", "3 July 2024"]


def test_years_are_the_ends_of_each_date() -> None:
    assert [year for year, _ in years("conceived in 1995, used 2011-2016")] == [1995, 2011, 2016]


def test_dates_overlap_where_they_share_a_day() -> None:
    july, day, year, other = (only(t) for t in ("July 2024", "3 July 2024", "2024", "June 2024"))
    assert july.overlaps(day)
    assert day.overlaps(july)
    assert year.overlaps(other)
    assert not july.overlaps(other)


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)), st.sampled_from(["iso", "day first", "month first"]))
def test_every_day_is_read_back(day: date, form: str) -> None:
    written = {
        "iso": day.isoformat(),
        "day first": f"{day.day} {day:%B} {day.year}",
        "month first": f"{day:%B} {day.day}, {day.year}",
    }[form]
    found = only(f"It was signed on {written}.")
    assert (found.first, found.last, found.precision) == (day, day, Precision.DAY)


@given(st.lists(BITS, max_size=14).flatmap(lambda bits: st.sampled_from([" ".join(bits), "".join(bits)])))
def test_spans_lie_in_the_text_sorted_and_apart(text: str) -> None:
    end = 0
    for found in find_dates(text):
        assert end <= found.start < found.end <= len(text)
        assert any(c.isdigit() for c in text[found.start : found.end])
        assert found.first <= found.last
        end = found.end
