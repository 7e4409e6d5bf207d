"""What sentences say in numbers and dates, each with what it is about (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rag.check_words import ALIKE
from rag.datecontext import dates_in_context
from rag.dateroles import Role, roles
from rag.datespans import DateSpan, Precision
from rag.disagreement_sides import Side, Stated, reconciles, stated
from rag.disagreement_values import Amount, amounts, is_period
from rag.questions import proper_terms
from rag.terms import STOP_WORDS, stem, terms, words
from rag.types import Metadata

_CLAUSE = re.compile(r"[;:()—]|,\s|\s(?:and|while|whereas|but|against|after|before|when|which|who|that)\s")
_ATTRIBUTION = re.compile(
    r"^(?:According to|As (?:reported|told|quoted|given) (?:by|in)?)\b(?:[^,]|,(?= (?:drawing|quoted|which)\b))*,\s"
    r"|^(?:[A-Z][\w’'.-]*\s?|the\s|of\s){1,6}(?:in \w+ \d{4} )?(?:said|says|reported|reports|wrote|writes)\s(?:that\s)?"
)
_SAYING = re.compile(r"^According to |\s(?:said|says|reported|reports|wrote|writes)\s(?:that\s)?$")
_NAMED_AFTER = re.compile(
    r"[^,;]{0,60},\s(?:according to|(?:as )?(?:reported|given|quoted) by)\s(?P<who>[^,;]+?)(?=[,;]|\.?$)"
)
_APPROXIMATELY = re.compile(
    r"(?<!add )(?<!adds )\b(?:(?:about|around|some|nearly|almost|over|more than|up to|at least|fewer than|less than|only|under)\s+)+$"
)
_EVENT = re.compile(
    r"\b([a-z]+)(?:\s(?:of|in|at|the|[A-Z][\w’'-]*))*?\s(?:(?:on|in|by|since|from|at|until|to|for|is|the)\s+)+$"
)
_COUNTS_UP = re.compile(
    r"(?:An?|The|Other|Another|Further|Higher|Lower|Earlier|Later|Some)\s(?:[\w-]+\s){0,3}?(?:dates?|figures?|counts?|estimates?|totals?|tolls?)\s(?:for|of|from|on)\s"
)
"""Opens a sentence that goes on listing what sources give."""
_DESIGNATOR = re.compile(r"\b[A-Z]{1,4}-?\d{1,4}\b")
_SOON = 50
"""Characters from a number to the date that limits it."""
ASKS_A_DATE = re.compile(
    r"\b(?:when|dates?|days?|years?|months?|founding|founded|start|end|season|signing|signed|accession|arrival|"
    r"departure|completion|completed|began|opened|built|entry into force)\b",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    map(
        stem,
        """accord source report figure number count total year month day date amount give state say put reach come stand
        make press post blog note entry profile account essay travel site outlet list about around nearly more than only
        just first last next new article brief page copy low grade single one two three january february march april may june july august september october november december early late mid
        exact exactly respectively whole overall further other higher highest lower third measure also take place""".split(),
    )
)


class Kind(StrEnum):
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    POLARITY = "polarity"


@dataclass(frozen=True, slots=True)
class Said:
    """A number or date that a sentence gives.

    `near` are the terms of its clause (with what a stated disagreement is on), `wide` those of all that
    it is about, `names` the proper ones of them; `scope` the dates that limit it. `source` is who says
    so, "" where the sentence names nobody.
    """

    value: Amount | DateSpan
    near: frozenset[str]
    wide: frozenset[str]
    names: frozenset[str]
    scope: tuple[DateSpan, ...]
    source: str
    event: str
    """Of a date: the term of the event that it dates ("signed on 9 March"), "" where none stands before it."""
    asked: bool
    """Whether the sentence says that it lists such values."""
    stated: bool
    """Whether it is one side of a disagreement that the sentence states."""

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER if isinstance(self.value, Amount) else Kind.DATE


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values that cannot both hold: the left one at left[0]:left[1] of its sentence, as `left_text`."""

    kind: Kind
    left: tuple[int, int]
    right: tuple[int, int]
    left_text: str
    right_text: str
    left_source: str
    right_source: str
    about: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence read once: its content terms, names and dates, the disagreement it states, if any, and what
    it says in numbers and dates."""

    text: str
    terms: frozenset[str]
    names: frozenset[str]
    dates: tuple[DateSpan, ...]
    stated: Stated | None
    reconciled: bool
    """Whether it says why statements that differ are both right."""
    said: tuple[Said, ...]


@lru_cache(maxsize=4096)
def read_sentence(text: str) -> Reading:
    dates = tuple(dates_in_context(text))
    found, reconciled = stated(text), reconciles(text)
    if found and found.explicit:
        said = [one for side in found.sides for one in _of_side(text, dates, found, side)]
    else:
        said = [] if reconciled else list(_of_sentence(text, dates))
    return Reading(text, content(text), named(text), dates, found, reconciled, tuple(said))


def values_in(text: str, dates: Sequence[DateSpan], start: int, end: int) -> list[Amount | DateSpan]:
    """The numbers and dates of text[start:end], at their places in the text."""
    shifted = [
        Amount(a.start + start, a.end + start, a.low, a.high, a.measure, a.nouns, a.approximate, a.written)
        for a in amounts(text[start:end])
    ]
    inside = [d for d in dates if start <= d.start and d.end <= end]
    kept = [a for a in shifted if not any(a.start < d.end and d.start < a.end for d in dates)]
    return sorted([*kept, *inside], key=lambda v: v.start)


def as_written(text: str, value: Amount | DateSpan) -> str:
    """A value in the words of the text, with "about" or "more than" before it and what it counts after."""
    before = _APPROXIMATELY.search(text[: value.start])
    start = before.start() if before else value.start
    if isinstance(value, Amount) and value.nouns and not value.measure:
        counted = re.match(rf"(?:\s[^\W\d_]+){{{len(value.nouns)}}}", text[value.end :])
        return text[start : value.end + (counted.end() if counted else 0)]
    return text[start : value.end]


def like(one: str) -> frozenset[str]:
    """A term and those that may stand for it."""
    return ALIKE.get(one, frozenset()) | {one}


def shared(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """The terms of the first that the second has too, in these or like words."""
    return frozenset(t for t in a if like(t) & b)


def content(text: str) -> frozenset[str]:
    """The terms of a text that say what it is about: no numbers, dates or words of reporting."""
    return (frozenset(t for t in terms(text) if not t[0].isdigit()) - _EMPTY) | designators(text)


def named(*texts: str) -> frozenset[str]:
    """The terms of the proper names of some texts."""
    return frozenset(t for text in texts for t in (*proper_terms("x " + text), *designators(text)))


def designators(text: str) -> frozenset[str]:
    """Names with a number in them: "FY24", "ML-1"."""
    return frozenset(m.lower() for m in _DESIGNATOR.findall(text))


def _of_side(text: str, dates: Sequence[DateSpan], found: Stated, side: Side) -> Iterator[Said]:
    above = content(found.about)
    heading_dates = tuple(d for d in dates if d.end <= side.whole and text[d.start : d.end] in found.about)
    values = values_in(text, dates, side.start, side.end)
    for value in values:
        near = content(_without(text, side.start, side.end, values)) - content(side.source)
        others = tuple(d for d in values if isinstance(d, DateSpan) and d is not value)
        wide = above | near
        yield Said(
            value,
            wide,
            wide,
            wide & named(found.about, text[side.start : side.end]),
            (*others, *heading_dates) if isinstance(value, Amount) else heading_dates,
            side.source,
            event_before(text, value.start, side.start) if isinstance(value, DateSpan) else "",
            isinstance(value, Amount) or ASKS_A_DATE.search(found.about) is not None,
            True,
        )


def _of_sentence(text: str, dates: Sequence[DateSpan]) -> Iterator[Said]:
    lead = _ATTRIBUTION.match(text)
    begin = lead.end() if lead else 0
    kept = [
        d for d, role in zip(dates, roles(text, dates, Metadata("")), strict=True) if role is not Role.SOURCE
    ]
    values = [v for v in values_in(text, dates, begin, len(text)) if isinstance(v, Amount) or v in kept]
    wide = content(_without(text, begin, len(text), values))
    names = wide & named(text[begin:])
    listed = _COUNTS_UP.match(text)
    for value in values:
        start, end = _clause(text, value, begin)
        near = content(_without(text, start, end, values))
        yield Said(
            value,
            near,
            wide,
            names,
            _scope(value, [d for d in kept if d is not value], start, end),
            _told_by(text, value.end) or (_SAYING.sub("", lead[0]).strip(" ,") if lead else ""),
            event_before(text, value.start, start) if isinstance(value, DateSpan) else "",
            listed is not None and ("date" in listed[0]) == isinstance(value, DateSpan),
            False,
        )


def _told_by(text: str, end: int) -> str:
    """Who is named after a value: "the early 1990s, according to the Gazette"."""
    found = _NAMED_AFTER.match(text, end)
    return found["who"].strip() if found else ""


def _without(text: str, start: int, end: int, values: Sequence[Amount | DateSpan]) -> str:
    """text[start:end] without its numbers and dates."""
    kept, at = [], start
    for value in values:
        if start <= value.start and value.end <= end:
            kept.append(text[at : value.start])
            at = value.end
    return " ".join([*kept, text[at:end]])


def _clause(text: str, value: Amount | DateSpan, begin: int) -> tuple[int, int]:
    breaks = [m.span() for m in _CLAUSE.finditer(text, begin) if not value.start <= m.start() < value.end]
    start = max((b for _, b in breaks if b <= value.start), default=begin)
    end = min((a for a, _ in breaks if a >= value.end), default=len(text))
    return start, end


def event_before(text: str, date: int, start: int) -> str:
    """The term right before a date and its preposition: "sign" of "was signed in Kabul on 2 March"."""
    found = _EVENT.search(text[start:date])
    term = stem(found[1]) if found else ""
    return term if term and found and found[1] not in STOP_WORDS and term not in _EMPTY else ""


def _scope(
    value: Amount | DateSpan, others: Sequence[DateSpan], start: int, end: int
) -> tuple[DateSpan, ...]:
    """The dates that limit a number: the one soon after it, else those of its clause, else all."""
    if isinstance(value, DateSpan):
        return ()
    after = [d for d in others if 0 <= d.start - value.end <= _SOON]
    inside = [d for d in others if start <= d.start and d.end <= end]
    return tuple(after[:1] or inside or others)


def scopes_agree(a: Sequence[DateSpan], b: Sequence[DateSpan]) -> bool:
    """Whether two values may be of one time: one has no date, or some of their dates agree."""
    if not a or not b:
        return True
    return any(_one_time(x, y) for x in a for y in b)


def _one_time(x: DateSpan, y: DateSpan) -> bool:
    """The same day, month or year, or a day in that month."""
    if (x.first, x.last) == (y.first, y.last):
        return True
    if is_period(x) or is_period(y):
        return False
    return x.overlaps(y) and max(x.precision, y.precision) <= Precision.MONTH


def words_between(text: str, kept: frozenset[str]) -> str:
    """The stretch of a text from its first to its last word among the kept terms, small words inside
    included, others left out."""
    found = [(w, a, b) for w, a, b in words(text)]
    chosen = [i for i, (w, _, _) in enumerate(found) if stem(w) in kept]
    if not chosen:
        return ""
    parts: list[str] = []
    for i in range(chosen[0], chosen[-1] + 1):
        word, a, b = found[i]
        small = word in STOP_WORDS and i - 1 in chosen and i + 1 in chosen
        if i in chosen or small:
            parts.append(text[a:b])
    return " ".join(parts)
