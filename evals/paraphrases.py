"""Rewordings of a claim that keep its meaning, by rule (pure; repeatable by seed)."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from evals.altering.edits import Edit, edited, overlaps, removed, replaced, swap
from evals.altering.numbers import MONTH, SPELT, VALUES
from evals.altering.reordering import REORDERINGS
from evals.altering.synonymous import PHRASES, VERBS
from evals.altering.verbs import Form, verb, verb_of

MOST = 4


def paraphrases(claim: str, rng: Random) -> list[str]:
    """At most MOST rewordings; [] where no rule applies.

    First the one that differs most: parts moved, then words changed. The others follow one rule each.
    """
    moved = [text for text in (rule(claim) for rule in REORDERINGS) if text]
    rng.shuffle(moved)
    rich = [_reworded(base, rng) for base in (moved[:1] or [claim])]
    single = [edited(claim, edit) for edit in _edits(claim, rng)]
    texts = [text for text in dict.fromkeys([*rich, *moved, *single]) if text != claim]
    return texts[:MOST]


def _edits(claim: str, rng: Random) -> list[Edit]:
    """Those of the rules that change words before those that only change how a number or date is spelt."""
    worded = [edit for rule in _WORDINGS for edit in rule(claim)]
    spelt = [edit for rule in _SPELLINGS for edit in rule(claim)]
    rng.shuffle(worded)
    rng.shuffle(spelt)
    return [*worded[:MOST], *spelt]


def _reworded(claim: str, rng: Random) -> str:
    return edited(claim, _together(_edits(claim, rng)))


def _together(edits: list[Edit], most: int = 4) -> Edit:
    kept: list[Edit] = []
    for edit in edits:
        if len(kept) < most and not any(overlaps(edit, other) for other in kept):
            kept.append(edit)
    return tuple(sorted((change for edit in kept for change in edit), key=lambda change: change.start))


_NUMERAL = re.compile(r"(?<![\w.,:/$€£–-])(\d{1,2})(?![\w:/%°–-]|[.,]\d|\s?(?:%|per|km|kg|MW|GW|kV|m\b|a\.m|p\.m|am\b|pm\b|January|February|March|April|May|June|July|August|September|October|November|December|million|billion))")  # fmt: skip
_WORD_NUMBER = re.compile(rf"(?<![\w-])({'|'.join(sorted((w for w, v in VALUES.items() if v > 9), key=len, reverse=True))})(?!-?\w|\s+(?:million|billion|hundred|thousand))")  # fmt: skip


def _number_spellings(claim: str) -> list[Edit]:
    spelt = [found for found in _NUMERAL.finditer(claim) if _can_be_spelt(claim, found)]
    return [
        *[swap(found, SPELT[int(found[1])]) for found in spelt],
        *[swap(found, str(VALUES[found[1]])) for found in _WORD_NUMBER.finditer(claim)],
        *[
            swap(found, found[1] + found[2])
            for found in re.finditer(r"(?<![\d,.])(\d),(\d{3})(?![\d,]|\.\d)", claim)
        ],
        *[
            swap(found, f"{found[1]},{found[2]}")
            for found in re.finditer(r"(?<![\w,.$€£/-])([1-9]\d)(\d{3})(?![\w,/-]|\.\d)", claim)
        ],
    ]


def _can_be_spelt(claim: str, found: re.Match[str]) -> bool:
    """Not one end of a range, nor a label: "Article 5"."""
    before, after = claim[: found.start()], claim[found.end() :]
    in_range = re.match(r" (?:to|and|or) \d", after) or re.search(r"\d (?:to|and|or) $", before)
    label = re.search(
        r"[\s(](?:[A-Z][\w.-]*|page|type|no\.|clause|paragraph|number|day|week|phase)\s$", " " + before
    )
    return int(found[1]) > 1 and int(found[1]) in SPELT and not in_range and not label


def _percent_signs(claim: str) -> list[Edit]:
    return [
        *replaced(r"(?<=\d)\s(?:percent|per cent)\b(?!age)", claim, "%"),
        *replaced(r"(?<=\d)\s?%", claim, " per cent"),
    ]


_ALONE = r"(?<![\w–-])(?<!\d )(?<!\d to )(?<!\d and )(?<!\d or )(?<![Bb]etween )(?<![Ff]rom )"
"""Not the last day of several: "2 to 16 January"."""


def _date_formats(claim: str) -> list[Edit]:
    full = re.finditer(rf"{_ALONE}(\d{{1,2}}) ({MONTH}) (\d{{4}})(?!\w)(?=(\s+\w)?)", claim)
    american = re.finditer(rf"\b({MONTH}) (\d{{1,2}}), (\d{{4}}),?(?!\w)", claim)
    short = re.finditer(rf"{_ALONE}(\d{{1,2}}) ({MONTH})\b(?! \d)", claim)
    return [
        *[swap(found, f"{found[2]} {found[1]}, {found[3]}{',' if found[4] else ''}") for found in full],
        *[swap(found, f"{found[2]} {found[1]} {found[3]}") for found in american],
        *[swap(found, f"{found[2]} {found[1]}") for found in short],
    ]


_CONTRACTED = {"did not": "didn't", "does not": "doesn't", "do not": "don't", "is not": "isn't", "are not": "aren't",
               "was not": "wasn't", "were not": "weren't", "has not": "hasn't", "have not": "haven't", "had not": "hadn't",
               "will not": "won't", "would not": "wouldn't", "could not": "couldn't", "should not": "shouldn't", "cannot": "can't",
               "can not": "can't"}  # fmt: skip
_EXPANDED = {short: full for full, short in _CONTRACTED.items() if full != "can not"}


def _contractions(claim: str) -> list[Edit]:
    full = re.compile(rf"\b(?:{'|'.join(_CONTRACTED)})\b(?! only\b)")
    short = re.compile(rf"\b(?:{'|'.join(_EXPANDED)})\b".replace("'", "['’]"))
    return [
        *[swap(found, _CONTRACTED[found[0]]) for found in full.finditer(claim)],
        *[swap(found, _EXPANDED[found[0].replace("’", "'")]) for found in short.finditer(claim)],
    ]


def _synonyms(claim: str) -> list[Edit]:
    phrases = [swap(found, new) for pattern, new in PHRASES for found in pattern.finditer(claim)]
    return [*phrases, *_verb_synonyms(claim)]


_HELPED = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|having)\s+(?:(?:not|also|never|\w+ly|all|both)\s+)?$"
)


def _verb_synonyms(claim: str) -> list[Edit]:
    edits: list[Edit] = []
    for found in re.finditer(r"(?<![\w’'-])[a-z]{3,}(?![\w’'-])", claim):
        form = verb_of(found[0])
        synonym = VERBS.get(form[0].base) if form else None
        if form is None or synonym is None or not _is_verb_here(claim, found, form[1]):
            continue
        new, follows = synonym
        if follows.match(claim[found.end() :]):
            helped = form[1] is Form.PAST and _HELPED.search(claim[: found.start()])
            kind = Form.PARTICIPLE if helped else form[1]
            edits.append(swap(found, verb(new).form(kind)))
    return edits


_BEFORE_BASE = re.compile(r"\b(?:to|shall|must|will|should|may|can|could|might|would|not)$")
_BEFORE_NOUN = re.compile(r"\b(?:the|an?|its|their|his|her|this|that|of|newly|\w+ing)$")


def _is_verb_here(claim: str, found: re.Match[str], form: Form) -> bool:
    """A base form after "to" or a modal verb; any other form not after an article or adjective."""
    before = claim[: found.start()].rstrip()
    if form is Form.BASE:
        return _BEFORE_BASE.search(before) is not None
    return bool(before) and _BEFORE_NOUN.search(before) is None


_PARENTHESIS = re.compile(r"\s+\((?![a-z0-9]{1,3}\))[^()]{3,60}\)(?!\s[A-Z])")
_ASIDE = re.compile(
    r",\s+(?:which|who)\s+(?:is|was|are|were|has|had|lies|borders)\b[^,.;]+(?:,(?=\s)|(?=\.$))"
)


def _asides(claim: str) -> list[Edit]:
    return [*removed(_PARENTHESIS, claim), *removed(_ASIDE, claim)]


_AMOUNT = re.compile(
    r"\bUSD (?P<amount>\d[\d,]*(?:\.\d+)?)(?P<scale> (?:million|billion))?(?! (?:million|billion|trillion|a|per)\b)(?![\w.-]*\w)"
)
_MONTHS_OF = {"first": "January to June", "second": "July to December"}


def _amounts(claim: str) -> list[Edit]:
    return [
        swap(found, f"{found['amount']}{found['scale'] or ''} US dollars")
        for found in _AMOUNT.finditer(claim)
    ]


def _spans_of_time(claim: str) -> list[Edit]:
    halves = re.finditer(r"\b(?P<in>[Ii]n) the (?P<half>first|second) half of (?P<year>\d{4})\b", claim)
    years = re.finditer(r"\b[Ff]rom (?P<a>\d{4}) to (?P<b>\d{4})\b", claim)
    return [
        *[swap(found, f"from {_MONTHS_OF[found['half']]} {found['year']}") for found in halves],
        *[swap(found, f"between {found['a']} and {found['b']}") for found in years],
    ]


_Rules = tuple[Callable[[str], list[Edit]], ...]
_WORDINGS: _Rules = (_synonyms, _asides, _contractions, _spans_of_time)
_SPELLINGS: _Rules = (_number_spellings, _percent_signs, _date_formats, _amounts)
