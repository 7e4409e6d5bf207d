"""Claims with another quantifier or another exception (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, Swaps, phrases, removed, says, swap, swapped
from evals.altering.numbers import MONTH

_NOT_SUPERLATIVE = r"(?=\s+(?:of\b|[a-z]+s\b))(?!\s+[a-z]+(?:ous|less)\b)"
_QUANTIFIERS: Swaps = (
    (r"(?<!of )(?<!above )all(?= (?:of the|the|its|their|[a-z-]+s\b))(?! kinds| sorts| times)", ("some of the", "most of the")),
    (r"(?<!at )(?<!of )all(?= [a-z]+s\b)", ("some", "most", "a few")),
    (r"every(?= (?!day|year|month|week|time|other|one)[a-z]+)", ("almost no",)),
    (r"everyone", ("hardly anyone",)),
    (r"some(?= of (?:the|its|their|his|her)\b)", ("all", "none")),
    (r"(?<!with )some(?= (?!of|\d|time|hundred|thousand|million|extent|point|way|cases|two|twenty|thirty)[a-z-]+s\b)", ("all", "most")),
    (rf"(?<!the )(?<!its )(?<!their )most{_NOT_SUPERLATIVE}", ("few", "all")),
    (r"many(?= (?:of\b|[a-z]+s\b))(?<!how many)(?<!as many)(?<!so many)", ("few", "all")),
    (r"(?<!a )few(?= (?:of\b|[a-z]+s\b))", ("many", "most")),
    (r"(?<!by )(?<!in )(?<!for )(?<!within )(?<!after )(?<!only )a few(?= (?:of\b|[a-z]+s\b))(?! (?:days|weeks|months|years|hours|minutes|kilometres|miles))", ("most",)),
    (r"several(?= (?:of\b|[a-z]+s\b))(?! (?:days|weeks|months|years|hours|minutes|hundred|thousand))", ("all",)),
    (r"none(?= of (?:the |its |their |these )?[\w ]+? (?:were|are|have|had|did|will|can)\b)", ("most", "all")),
    (r"(?<!\w )no(?= [a-z]+s\b)", ("several",)),
    (r"at least(?= (?:\d|[a-z]+\b))", ("at most",)),
    (r"at most", ("at least",)),
    (r"more than(?= (?:half|a (?:third|quarter)|one third|two thirds|three quarters|[$€£]|\d[\d,.]*\s?(?:%|per|million|billion|km|kilo|MW|metres|tonnes|years|months|miles)))", ("less than",)),
    (r"more than(?= (?:\d[\d,]* (?!per|million|billion|km|kilo|MW|metres|tonnes|years|months|miles)[a-z]|(?:two|three)(?! thirds| quarters)|ten|twenty|thirty|fifty))", ("fewer than",)),
    (r"(?:fewer|less) than(?= (?:\d|[$€£]|half|a (?:third|quarter)|two|three|ten|twenty))", ("more than",)),
    (r"over(?= (?:\d[\d,.]*(?! (?:years|months|days|weeks)\b)|[$€£]))", ("under",)),
    (rf"(?<!or )under(?= [\d,.]+(?![\d,.])(?! ?{MONTH}))", ("over",)),
    (r"up to(?= (?:\d|[$€£]|two|three|four|five|ten))", ("at least",)),
    (r"a minimum of", ("a maximum of",)),
    (r"a maximum of", ("a minimum of",)),
    (r"(?:a|the) (?:vast )?majority of", ("a minority of",)),
    (r"a minority of", ("a majority of",)),
    (r"nearly all|almost all|virtually all", ("only a few", "about half of")),
    (r"both sides(?! [\w ]*\bnot\b)", ("neither side",)),
    (r"both(?= of (?:the|its|their)\b)", ("neither",)),
    (r"both(?= (?:the|its|their)\b)", ("neither of",)),
    (r"always", ("sometimes", "rarely")),
    (r"(?<!more )(?<!as )often", ("rarely", "always")),
    (r"(?:usually|generally|normally)(?! accepted)", ("always", "rarely")),
    (r"sometimes|occasionally", ("always",)),
    (r"rarely|seldom", ("often",)),
    (r"mostly|mainly|largely|primarily|chiefly|predominantly", ("exclusively", "entirely")),
    (r"partly|partially", ("entirely",)),
    (r"(?<!yet )(?<!not )(?:entirely|completely|fully|wholly)", ("partly",)),
    (r"exclusively|solely", ("partly",)),
    (r"the (?:entire|whole)(?= (?!of\b)[a-z]+\b)", ("half of the", "a small part of the")),
    (r"(?<!not )(?<!is )(?<!was )(?<!if )(?<!the )only(?= (?:the|a|citizens|members|[a-z]+s\b)\b)(?! (?:when|if|one|after|in))", ("not only",)),
)  # fmt: skip
_PLURALS = (
    "officials members states countries parties troops experts companies workers students men women people children "
    "refugees migrants fighters militants goods vehicles exporters traders drivers employees citizens voters banks "
    "lawmakers researchers scientists doctors nurses teachers courts governments ministers residents farmers analysts critics"
).split()
_BARE_PLURAL = re.compile(
    rf"^(?P<noun>{'|'.join(word.capitalize() for word in _PLURALS)})\b(?! of\b)(?= (?:\w+ed|are|were|have|had|must|shall|may|can|will|should|in|from)\b)"
)


def quantifier_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits = swapped(_QUANTIFIERS, claim, span, rng)
    found = _BARE_PLURAL.match(claim)
    if found is not None and not says(span, f"all {found['noun']}"):
        new = rng.choice(("All", "Only a few")) + " " + found["noun"].lower()
        edits.append((Change(*found.span("noun"), new),))
    return [_without_doubled_the(claim, edit) for edit in edits]


def _without_doubled_the(claim: str, edit: Edit) -> Edit:
    """ "all the trucks" → "some of the trucks", "all of the" → "some of the"."""
    (change,) = edit
    following = re.match(r" (?:of )?(?:the|its|their)\b", claim[change.end :])
    if change.new.lower().endswith("of the") and following is not None:
        last = following[0].split()[-1]
        return (Change(change.start, change.end + following.end(), change.new[:-3] + last),)
    return edit


_CONDITION = r"(?:unless|except(?: for| that| when| if| in| where)?|other than|apart from|excluding|save for|only if|provided that|so long as|as long as|on condition that|subject to|without the (?:prior )?(?:consent|approval|permission) of|if)"
_TRAILING = re.compile(rf"(?P<comma>,)?\s+(?P<word>{_CONDITION})\s+(?P<rest>[^,;.]+)(?=[.,;]|$)", re.I)
_LEADING_CONDITION = re.compile(r"^(?P<word>Unless|If|Provided that|Subject to)\b(?P<rest>[^,]+),\s*")
_OTHER_CONDITIONS = {"unless": "even if", "except": "including", "except for": "including", "other than": "including", "apart from": "including",
                     "excluding": "including", "only if": "even if", "provided that": "even if", "as long as": "even if",
                     "so long as": "even if", "subject to": "regardless of", "save for": "including", "on condition that": "even if"}  # fmt: skip
_NO_CONDITION_AFTER = {
    "if": r"\b(?:even|as|see|ask|asked|know|whether|wonder|only)$",
    "subject to": r"\b(?:is|are|was|were|be|been)$",
    "as long as": r"(?i)\b(?:no|not|is|are|was|were|twice|half|times|just|almost)\b[^,]*$",
    "so long as": r"(?i)\b(?:no|not|is|are|was|were)\b[^,]*$",
}
_RULE = re.compile(r"\b(?:shall|must|is required to|are required to|is entitled to|are entitled to|are prohibited|is prohibited|is banned|are banned|not allowed|is allowed|are allowed|be allowed|be permitted|is permitted|are permitted|applies to|apply to|are exempt|is exempt|free of charge)\b")  # fmt: skip
_PERSONS = "|".join([*_PLURALS, *(word.removesuffix("s") for word in _PLURALS)])
_UNIVERSAL = re.compile(
    rf"^(?:All|Every|Each|No) (?:of the |the |its )?(?:{_PERSONS})"
    r"(?= (?:who|that|in|of|from|with|are|were|is|was|have|has|must|shall|may|can|will|should|\w+ed)\b)",
    re.I,
)
_SWEEPING = re.compile(
    r"^(?P<head>.*?\b(?:(?<!above )(?<!in )(?<!cannot )all(?! year)|every|any|(?<!which )no(?! longer| matter)|never|always|none|nobody|nothing)\b)(?! but)[^,;:]*$",
    re.I,
)
_SHORT = 160
"""Characters; an exception at the end of a longer claim would hang in the air."""
_WITH_EXCEPTIONS = (
    "with one exception", "with two exceptions", "with few exceptions", "save in a few cases", "save in one case",
    "except on two occasions", "with a single exception", "except once", "though there are exceptions",
)  # fmt: skip
_EXEMPT = phrases(
    """children under 12/small businesses/members of the armed forces/those who live abroad/state-owned companies/
    goods in transit/the emergency services/diplomats/pensioners/public holidays/new members/the smallest states/
    students/non-residents/border districts/perishable goods/charities/foreign nationals/the two largest firms/
    former employees/cases of hardship/the capital/part-time staff/vehicles under 3.5 tonnes/first offenders"""
)
_EXEMPTING = (
    ", except for {}",
    ", except {}",
    ", with the exception of {}",
    ", other than {}",
    ", {} excepted",
    ", apart from {}",
)
_ONLY_WHEN = phrases(
    """unless the parties agree otherwise/unless a court orders otherwise/except in emergencies/except where national law
     provides otherwise/provided that written notice is given/only if a court so orders/unless the minister decides
     otherwise/unless both sides object/as long as funds are available/only if the other side consents/except on public
     holidays/unless it is renewed in writing/provided that the fee has been paid/subject to approval by parliament/
    only if a licence has been issued/except during wartime/unless the owner refuses/only on request"""
)


def exception_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in _TRAILING.finditer(claim):
        before = _NO_CONDITION_AFTER.get(found["word"].lower())
        if before is None or not re.search(before, claim[: found.start()]):
            edits += [(Change(found.start(), found.end(), ""),), *_other_condition(found)]
    edits += removed(_LEADING_CONDITION, claim)
    return edits or _with_exception(claim, span, rng)


def _other_condition(found: re.Match[str]) -> list[Edit]:
    new = _OTHER_CONDITIONS.get(found["word"].lower())
    return [swap(found, new, "word")] if new else []


def _with_exception(claim: str, span: str, rng: Random) -> list[Edit]:
    if re.search(r"\b(?:except|unless|provided|only if|subject to)\b", span, re.I) or claim.rstrip().endswith(
        "?"
    ):
        return []
    end = len(claim.rstrip(" ."))
    if _RULE.search(claim):
        negative = re.search(r"\b(?:not|no|never)\b", claim) is not None
        fitting = [one for one in _ONLY_WHEN if one.startswith(("unless", "except")) or not negative]
        condition = rng.choice(fitting)
        return [(Change(end, end, f"{'' if condition.startswith('only') else ','} {condition}"),)]
    if _UNIVERSAL.match(claim):
        exempt = rng.choice([one for one in _EXEMPT if not says(span, one)])
        return [(Change(end, end, rng.choice(_EXEMPTING).format(exempt)),)]
    return (
        [(Change(end, end, f", {rng.choice(_WITH_EXCEPTIONS)}"),)]
        if len(claim) < _SHORT and _SWEEPING.search(claim)
        else []
    )
