"""Two sentences that say the same of a thing but for a denial, or but for a name (pure).

"Drava has ratified the pact", "Drava has not ratified the pact"; "The seat of the body is Oslo", "… is
Bergen". Only near repetitions count: of two looser sentences about one thing both are often true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.alignment import align, read
from rag.check_negation import negation_checks
from rag.disagreement_said import Difference, Kind, Reading, content, scopes_agree, shared
from rag.types import Check

_REPEATED, _IN_ORDER = 0.85, 0.6
_SAME_SUBJECT = 0.8
_DENIAL = re.compile(r"\b(?:not|never|no|none|without|den(?:y|ies|ied)|refus\w+)\b|n[’']t\b", re.IGNORECASE)
_EXTENT = re.compile(
    r"\b(?:includ\w+|appl(?:y|ies|ied)|covers?|means?|contains?|constitut\w+)\b", re.IGNORECASE
)
"""What a definition takes in and what it leaves out do not disagree."""
_ENDS = (".", "!", "?", "”", '"')
_IS = re.compile(
    r"^(?P<subject>(?:The|Its|Their|[A-Z])[^,;:]{3,90}?)\s(?:is|was|are|were)\s(?:the\s)?"
    r"(?P<name>[A-Z][\w’'-]+(?:\s(?:(?:of|al|bin|ul)\s)?[A-Z][\w’'-]+){0,4})(?=[.,;(]|\s[a-z]|$)"
)


def worded_apart(left: Reading, right: Reading) -> Iterator[Difference]:
    """Nothing where one of them states or reconciles a disagreement itself, or is of another time."""
    if any(r.stated or r.reconciled for r in (left, right)):
        return
    if len(left.terms & right.terms) < 2 or not scopes_agree(left.dates, right.dates):
        return
    if bool(left.dates) == bool(right.dates):
        yield from _names(left.text, right.text)
    if left.terms and right.terms and all(r.text.endswith(_ENDS) for r in (left, right)):
        yield from _denials(left, right)


def _names(left: str, right: str) -> Iterator[Difference]:
    a, b = _IS.match(left), _IS.match(right)
    if not a or not b or shared(content(a["name"]), content(b["name"])):
        return
    mine, theirs = content(a["subject"]), content(b["subject"])
    if len(shared(mine, theirs)) >= _SAME_SUBJECT * max(len(mine), len(theirs)) and len(mine) > 1:
        yield Difference(
            Kind.NAME, a.span("name"), b.span("name"), a["name"], b["name"], "", "", a["subject"]
        )


def _denials(left: Reading, right: Reading) -> Iterator[Difference]:
    short, long = sorted((left, right), key=lambda r: len(r.terms))
    if not short.names <= long.names or len(shared(short.terms, long.terms)) < max(
        2.0, _REPEATED * len(short.terms) - 1
    ):
        return
    pair = align(read(long.text), read(short.text))
    if pair.coverage < _REPEATED or pair.order < _IN_ORDER:
        return
    for check in negation_checks(pair):
        if not _DENIAL.search(f"{check.claim} {check.source}") or _EXTENT.search(
            f"{check.claim} {check.source}"
        ):
            continue
        told = check if short is left else Check(check.name, check.source, check.claim)
        spans = _spans(left.text, right.text, told)
        if spans:
            (a, b), (c, d) = spans
            yield Difference(Kind.POLARITY, (a, b), (c, d), left.text[a:b], right.text[c:d], "", "", "")


def _spans(left: str, right: str, check: Check) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the two wordings stand; None where one is not there to show."""
    a, b = left.find(check.claim), right.find(check.source)
    if a < 0 or b < 0 or not check.claim or not check.source:
        return None
    return (a, a + len(check.claim)), (b, b + len(check.source))
