"""Dates that their surroundings make certain, and those that they do not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datecontext import Bound, FiscalYears, bound_before, dates_in_context, fiscal_years
from rag.datespans import DateSpan, Precision, find_dates

ARTICLE = date(2024, 7, 20)
JULY_TO_JUNE = FiscalYears(month=7, lead=1)


def only(text: str, previous: str = "", published: date | None = None) -> DateSpan:
    (found,) = dates_in_context(text, previous, published)
    return found


def days(span: DateSpan) -> tuple[str, str]:
    return span.first.isoformat(), span.last.isoformat()


@pytest.mark.parametrize(
    ("text", "written", "first", "last", "precision"),
    [
        ("between March 2024 and April 2026", "March 2024 and April 2026", "2024-03-01", "2026-04-30", "MONTH"),
        ("from July 2023 to February 2024", "July 2023 to February 2024", "2023-07-01", "2024-02-29", "MONTH"),
        ("from July to October 2024", "July to October 2024", "2024-07-01", "2024-10-31", "MONTH"),
        ("between September and December 1958", "September and December 1958", "1958-09-01", "1958-12-31", "MONTH"),
        ("December to March 2024", "December to March 2024", "2023-12-01", "2024-03-31", "MONTH"),
        ("28 June to 2 July 2021", "28 June to 2 July 2021", "2021-06-28", "2021-07-02", "DAY"),
        ("between 28 September and 7 October 2021", "28 September and 7 October 2021", "2021-09-28", "2021-10-07", "DAY"),
        ("between 2012 and 2020", "2012 and 2020", "2012-01-01", "2020-12-31", "YEAR"),
        ("in spring 2024", "spring 2024", "2024-03-01", "2024-05-31", "PART"),
        ("in the fall of 2001", "fall of 2001", "2001-09-01", "2001-11-30", "PART"),
        ("in the winter of 2023", "winter of 2023", "2023-01-01", "2023-12-31", "YEAR"),
        ("the winter of 2023-24", "winter of 2023-24", "2023-12-01", "2024-02-29", "PART"),
        ("the first half of 2024", "first half of 2024", "2024-01-01", "2024-06-30", "PART"),
        ("in Q3 2024", "Q3 2024", "2024-07-01", "2024-09-30", "PART"),
        ("on the last day of 2023", "the last day of 2023", "2023-12-31", "2023-12-31", "DAY"),
        ("in the years 1996 to 2001 only", "1996 to 2001", "1996-01-01", "2001-12-31", "YEAR"),
    ],
)  # fmt: skip
def test_ranges_seasons_and_parts(text: str, written: str, first: str, last: str, precision: str) -> None:
    (found,) = find_dates(text)
    assert text[found.start : found.end] == written
    assert (*days(found), found.precision.name) == (first, last, precision)


def test_two_dates_in_a_list_are_no_range() -> None:
    assert [days(d) for d in find_dates("in August and December 2022")] == [("2022-12-01", "2022-12-31")]
    assert len(find_dates("on 3 May 2021 and 4 June 2022")) == 2


def test_the_fall_of_something_is_no_season() -> None:
    (found,) = find_dates("after the fall of 2023 the area grew")
    assert found.precision is Precision.YEAR


@pytest.mark.parametrize(
    ("text", "previous", "first", "last"),
    [
        ("It was ratified three years later.", "It was signed on 9 March 1995.", "1998-01-01", "1998-12-31"),
        ("The following month it opened.", "Talks began in December 2022.", "2023-01-01", "2023-01-31"),
        ("Two days earlier he left.", "They met on 1 March 2024.", "2024-02-28", "2024-02-28"),
        ("The previous year it fell.", "In 2024 it rose.", "2023-01-01", "2023-12-31"),
        ("That year it closed.", "In July 2024 it rose.", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_relative_date_counts_from_the_sentence_before(
    text: str, previous: str, first: str, last: str
) -> None:
    assert days(only(text, previous)) == (first, last)


def test_a_relative_date_counts_from_the_nearest_before_it_in_its_sentence() -> None:
    found = dates_in_context("Begun in 1990 and signed in 1995, it took force nine years later.", "In 1970.")
    assert [days(d)[0] for d in found] == ["1990-01-01", "1995-01-01", "2004-01-01"]


@pytest.mark.parametrize(
    ("text", "previous"),
    [
        ("Three years later it opened.", ""),
        ("Three years later it opened.", "Signed in 1995, it was changed in 1998."),
        ("Two days earlier he left.", "They met in March 2024."),
        ("The following month it opened.", "Talks were held in 2022."),
        ("He died nearly three years later.", "In 1995 he left."),
        ("He died twenty-five years later.", "In 1995 he left."),
        ("Exports were 80 million against 88 million a year earlier.", "In 2020 they rose."),
        ("A few days later he left.", "They met on 1 March 2024."),
    ],
)
def test_what_stays_uncertain_is_left_out(text: str, previous: str) -> None:
    assert dates_in_context(text, previous) == []


def test_a_relative_date_that_is_spelt_out_is_listed_once() -> None:
    assert days(only("Three years later, in 1998, it opened.", "In 1995.")) == ("1998-01-01", "1998-12-31")


@given(st.dates(date(1500, 1, 2), date(2098, 12, 30)), st.integers(1, 99))
def test_days_later_and_earlier_are_that_many_days_away(day: date, n: int) -> None:
    before = f"They met on {day.isoformat()}."
    later, earlier = only(f"{n} days later they left.", before), only(f"{n} days earlier they left.", before)
    assert (later.first - day, day - earlier.first) == (timedelta(days=n), timedelta(days=n))


@pytest.mark.parametrize(
    ("text", "previous", "published", "first"),
    [
        ("On 3 July, a delegation came.", "", ARTICLE, "2024-07-03"),
        ("On 28 December, a delegation came.", "", date(2024, 1, 10), "2023-12-28"),
        ("On 11 November it was denied.", "In 2023 it opened.", None, "2023-11-11"),
        ("On November 11 it was denied.", "In 2023 it opened.", ARTICLE, "2023-11-11"),
    ],
)
def test_a_day_without_a_year_takes_the_one_that_is_certain(
    text: str, previous: str, published: date | None, first: str
) -> None:
    found = only(text, previous, published)
    assert (days(found), found.precision) == ((first, first), Precision.DAY)


@pytest.mark.parametrize(
    ("text", "previous", "published"),
    [
        ("On 3 July, a delegation came.", "", None),
        ("On 3 March, a delegation came.", "", ARTICLE),
        ("On 30 July, a delegation is due.", "", ARTICLE),
        ("The pass closes on 3 July every year.", "", ARTICLE),
        ("It is open from 1 July to 15 July.", "", ARTICLE),
        ("On 3 July it was denied.", "It opened in 2020 and shut in 2021.", ARTICLE),
        ("They may march on 31 June.", "In 2023 it opened.", None),
    ],
)
def test_a_day_whose_year_is_open_is_left_out(text: str, previous: str, published: date | None) -> None:
    assert dates_in_context(text, previous, published) == []


def test_a_year_that_names_a_thing_lends_itself_to_no_day() -> None:
    text = "Under a protocol of 1985, the pass is open until 30 November."
    assert [text[d.start : d.end] for d in dates_in_context(text, "", date(2026, 11, 30))] == ["1985"]


def test_fiscal_years_are_read_only_where_they_are_defined() -> None:
    defined = fiscal_years("In this brief, FY24 stands for July 2023 to June 2024.")
    assert defined == JULY_TO_JUNE
    assert fiscal_years("FY2024 (April 2024 to March 2025)") == FiscalYears(month=4, lead=0)
    assert fiscal_years("FY24 was good. Trade grew from July 2023 to June 2024.") is None
    assert fiscal_years("FY24 (July 2023 to February 2024)") is None
    assert dates_in_context("Exports fell in FY24.") == []
    assert days(dates_in_context("Exports fell in FY25.", fiscal=defined)[0]) == ("2024-07-01", "2025-06-30")


def test_a_year_that_ends_in_a_month_is_twelve_months() -> None:
    found = dates_in_context("in the years ending in June 2024 and June 2025")
    assert [days(d) for d in found] == [("2023-07-01", "2024-06-30"), ("2024-07-01", "2025-06-30")]


@pytest.mark.parametrize(
    ("text", "bound", "written"),
    [
        ("open since 2021", Bound.SINCE, "since 2021"),
        ("repaired from 2021", Bound.SINCE, "from 2021"),
        ("issued by October 2007", Bound.BY, "by October 2007"),
        ("there until September 2000", Bound.UNTIL, "until September 2000"),
        ("reported before 2014", Bound.BEFORE, "before 2014"),
        ("Since the fall of Kabul in 2021, it", Bound.SINCE, "Since the fall of Kabul in 2021"),
        ("after the attack of 22 March 2024", Bound.AFTER, "after the attack of 22 March 2024"),
    ],
)
def test_the_word_before_a_date_makes_it_a_limit(text: str, bound: Bound, written: str) -> None:
    (span,) = find_dates(text)
    found = bound_before(text, span.start)
    assert found is not None
    assert (found[0], text[found[1] : span.end]) == (bound, written)


@pytest.mark.parametrize("text", ["in 2021", "as of 2021", "dating from 2021", "before noon, in 2021"])
def test_a_plain_date_has_no_bound(text: str) -> None:
    (span,) = find_dates(text)
    assert bound_before(text, span.start) is None
