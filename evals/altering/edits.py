"""An altered claim, and how words are put in place of others in a sentence (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    NUMBER = "number"
    DATE = "date"
    UNIT = "unit"
    NAME = "name"
    NEGATION = "negation"
    MODALITY = "modality"
    QUANTIFIER = "quantifier"
    EXCEPTION = "exception"
    TIME = "time"
    ATTRIBUTION = "attribution"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class Alteration:
    """A claim that its span no longer supports; `before` and `after` are the words that changed."""

    kind: Kind
    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """`new` in place of claim[start:end]."""

    start: int
    end: int
    new: str


Edit = tuple[Change, ...]
"""Changes that are made together, sorted, not overlapping."""

Swaps = tuple[tuple[str, tuple[str, ...]], ...]
"""What to look for, as a regular expression of whole words, and what may stand in its place."""

_VOWEL_SOUND = re.compile(
    r"(?!uni|use|usa|eur|one\b|once|ut|uk\b|us\b)[aeiou]|8|1[18](?!\d|,)|hour|honest|hono", re.I
)
_ARTICLE = re.compile(r"\b(a|an|A|An)(\s+)$")


def swap(found: re.Match[str], new: str, group: int | str = 0) -> Edit:
    """The matched words replaced, the case of their first letter kept."""
    old = found[group]
    return (Change(found.start(group), found.end(group), like_case(old, new)),)


def replaced(pattern: str, claim: str, new: str) -> list[Edit]:
    """One edit for each place where the pattern is found."""
    return [swap(found, new) for found in re.finditer(pattern, claim)]


def removed(pattern: re.Pattern[str], claim: str) -> list[Edit]:
    return [(Change(found.start(), found.end(), ""),) for found in pattern.finditer(claim)]


def swapped(swaps: Swaps, claim: str, span: str, rng: Random) -> list[Edit]:
    """Every swap that fits, unless the span says just what would stand there then."""
    edits: list[Edit] = []
    for pattern, others in swaps:
        for found in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", claim, re.I):
            new = rng.choice(others)
            if not says(span, new + claim[found.end() : found.end() + 12].rstrip()):
                edits.append(swap(found, new))
    return edits


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text that parts them by "/"; line breaks count as spaces."""
    return tuple(" ".join(phrase.split()) for phrase in text.split("/"))


def like_case(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() and new[:1].islower() else new


def edited(claim: str, edit: Edit) -> str:
    """The claim with the changes made; round them "a" and "an", spaces, commas and the first capital
    are put right. What is not round a change stays as it is, so that nothing else tells the two apart."""
    text, at = "", 0
    for change in edit:
        text = _fitting_article(text + claim[at : change.start], claim[change.start : change.end], change.new)
        text = _joined(text, change.new)
        at = change.end
    text = _joined(text, claim[at:])
    return text[:1].upper() + text[1:] if claim[:1].isupper() else text


def _joined(before: str, after: str) -> str:
    """Two pieces without a doubled space or comma where they meet."""
    if not before or before[-1].isspace():
        after = after.lstrip()
    return (before.rstrip(", ") if re.match(r"[,.;:!?)]", after) else before) + after


def altered(claim: str, kind: Kind, edit: Edit) -> Alteration:
    before = " … ".join(claim[change.start : change.end] for change in edit)
    after = " … ".join(change.new for change in edit)
    return Alteration(kind, edited(claim, edit), before.strip(), after.strip())


def overlaps(one: Edit, other: Edit) -> bool:
    return any(a.start < b.end and b.start < a.end for a in one for b in other)


def says(span: str, phrase: str) -> bool:
    """Whether the phrase stands in the span as whole words, in any case."""
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", span, re.IGNORECASE) is not None


def _fitting_article(before: str, old: str, new: str) -> str:
    article = _ARTICLE.search(before)
    if article is None or not new or not old:
        return before
    vowel = _VOWEL_SOUND.match(new) is not None
    fitting = article[1][0] + ("n" if vowel else "")
    return before[: article.start()] + fitting + article[2]
