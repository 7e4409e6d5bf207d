"""What someone says told as a fact, or as said by another (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.alignment import Alignment, Text, alike, read
from rag.check_demonyms import SAME_PLACE
from rag.types import Check

_STANCE = (
    r"(?:argu|claim|alleg|contend|assert|insist|believ|suspect|predict|suggest|warn|caution|think|speculat|reckon|complain|imply|impli|attribut|blam|ascrib)"
    r"(?:e|es|ed|s|ing|ies|ied)?|thought"
)
_VIEW = r"(?:maintain|estimat|consider|regard|conced|hint|guess|deem|fear|hold|accus)(?:e|es|ed|s|ing|y|ies|ied|d)?|held|den(?:y|ies|ied)"
_SPEECH = r"says?|saying|said|tells?|told|writ(?:es?|ing)|wrote"
_REPORT = r"(?:state|report|announc|declar|add|explain|describ|testif|observ|remark|mention|reveal|confirm|acknowledg|admit|note)(?:e|es|ed|s|ing|y|ies|ied|d|ted|ten)?"
_ENDING = r"says?|said|argue[ds]|claim(?:s|ed)|warned|suggest(?:s|ed)|wrote|writes|told reporters|maintains|insist(?:s|ed)|alleg(?:es|ed)"
_THAT = r"(?=\s+(?:[\w’'-]+ ){0,4}that\b)"
_TRAIL = r"(?=(?:\s+(?:on|in|this|last|at|to)\s+[\w ]{2,30})?\s*(?:[.;”\"]|$))"
_CLAUSE = r"(?=\s+(?:that|the|an?|its|their|his|her|it|they|he|she|there|to|in|on|at|some|most|all|no|only|many|these|this|(?-i:[A-Z0-9]\w*))\b|,|:|\s*[\"“‘])"
_FRAME = re.compile(
    rf"\b(?:(?P<by>according to|in the (?:view|opinion|words|eyes|account) of|by the (?:account|estimate) of)"
    r"|(?P<hearsay>reportedly|allegedly|purportedly|supposedly|rumou?red|(?:is|are|was|were) (?:said|believed|thought|alleged|reported) to)"
    rf"|(?P<stance>(?:{_STANCE}){_CLAUSE}|(?:{_VIEW}){_THAT})|(?P<speech>(?:{_SPEECH}){_THAT})|(?P<report>(?:{_REPORT}){_THAT})"
    rf"|(?P<trail>(?:{_ENDING}){_TRAIL}))",
    re.IGNORECASE,
)
_ANY_FRAME = re.compile(
    rf"\b(?:{_STANCE}|{_VIEW}|{_SPEECH}|{_REPORT}|according to|reportedly|allegedly|supposedly|apparently|view|opinion|eyes|account|estimates?|claims?|allegations?|accusations?|argument|"
    r"believed|rumou?r\w*|words|describes?|calls?|called|terms?|puts?|finds?|found|finding|concludes?|concluded|study|shows?|voic\w+|telling|so-called|reading|sees?|saw|judg\w*|"
    r"assess\w*|faults?|faulted|figures|reports?)\b",
    re.IGNORECASE,
)
_ALIGNED, _FOLLOWED = 0.75, 0.6
_VERBATIM = 0.9
_TOLD = 0.6
_LEAD = 8
_INSTRUMENT = re.compile(
    r"\b(?:article|section|clause|instruction|act|order|agreement|treaty|statement|communique|report|law|regulation|contract|code|note|annex|decree|constitution|charter|"
    r"convention|protocol|resolution|declaration|study|survey|paper|data|figures|numbers|statistics)\b",
    re.IGNORECASE,
)
_ARTICLES = frozenset("a an the his her its their".split())
_NO_SPEAKER = frozenset("he she it they we i who which also further later then that this there one".split())


@dataclass(frozen=True, slots=True)
class Frame:
    """A word of saying at the words first…end; `kind` is stance, by, hearsay, speech, report (neutral), or
    trail for one that ends its sentence; `speaker` are the content words of who says it."""

    first: int
    end: int
    kind: str
    speaker: tuple[int, ...]


@lru_cache(maxsize=4096)
def frames(text: str) -> tuple[Frame, ...]:
    whole = read(text)
    found: list[Frame] = []
    for match in _FRAME.finditer(text):
        first, end = whole.stretch(*match.span())
        if first < end:
            kind = match.lastgroup or ""
            found.append(Frame(first, end, kind, _speaker(whole, first, end, kind)))
    return tuple(found)


def _speaker(whole: Text, first: int, end: int, kind: str) -> tuple[int, ...]:
    """The content words before a verb of saying, or after "according to"."""
    start, stop = whole.sentence_of(first)
    if kind == "hearsay":
        return ()
    if kind == "by":
        reach = [i for i in range(end, min(end + _LEAD, stop)) if whole.clauses[i] == whole.clauses[end - 1]]
    else:
        reach = _subject(whole, max(start, first - _LEAD), first)
    return tuple(i for i in reach if whole.content[i])


def _subject(whole: Text, start: int, verb: int) -> list[int]:
    """The words before a verb, back to an article, a number or a comma."""
    reach: list[int] = []
    for i in range(verb - 1, start - 1, -1):
        if whole.folded[i][0].isdigit() or (reach and whole.clauses[i] != whole.clauses[reach[-1]]):
            break
        if whole.folded[i] in _ARTICLES:
            if reach:
                break
            continue
        reach.append(i)
    return reach[::-1]


def attribution_checks(pair: Alignment) -> Iterator[Check]:
    mine = frames(pair.claim.text)
    if mine or _ANY_FRAME.search(pair.claim.text):
        telling = (frame for frame in mine if frame.kind != "trail")
        found = next((check for frame in telling if (check := _other_speaker(pair, frame))), None)
    else:
        found = _told_as_fact(pair)
    if found:
        yield found


def _told_as_fact(pair: Alignment) -> Check | None:
    if pair.coverage < _ALIGNED or pair.order < _FOLLOWED:
        return None
    matched = [j for i, j in enumerate(pair.matches) if j >= 0 and pair.ordered[i] and pair.claim.content[i]]
    for frame in frames(pair.span.text):
        if frame.kind == "report":
            continue
        first, end = pair.span.sentence_of(frame.first)
        inside = [j for j in matched if first <= j < end]
        if not inside or len(inside) < _ALIGNED * len(matched):
            continue
        if frame.kind == "by" and not _named(pair.span, frame):
            continue
        if frame.kind in ("speech", "trail") and (pair.order < _VERBATIM or not _someone(pair.span, frame)):
            continue
        if _reported(frame, inside):
            said = pair.span.between(max(first, frame.first - _LEAD // 2), min(frame.end + 2, end))
            return Check("attribution", pair.claim.text.strip().rstrip("."), said)
    return None


def _named(text: Text, frame: Frame) -> bool:
    return any(text.capital[i] for i in frame.speaker[:3]) and not any(
        _INSTRUMENT.search(text.folded[i]) for i in frame.speaker[:2]
    )


def _someone(text: Text, frame: Frame) -> bool:
    """The speaker is named, and is no law or report that speaks for itself."""
    if not frame.speaker:
        return False
    said = text.between(max(text.sentence_of(frame.first)[0], frame.first - _LEAD), frame.first)
    if _INSTRUMENT.search(said) and not re.search(r"['’]s? ", said):
        return False
    return any(text.capital[i] for i in frame.speaker)


def _reported(frame: Frame, inside: Sequence[int]) -> bool:
    """What the claim repeats is what is said: it follows the word of saying, without its speaker; or
    "according to X" stands beside it."""
    if frame.kind in ("by", "hearsay"):
        if frame.kind == "hearsay" and max(inside) < frame.first + 2:
            return False
        near = min(inside) - 12 <= frame.first <= max(inside) + 6
        return near and not any(frame.first <= j < frame.end or j in frame.speaker for j in inside)
    if frame.kind == "trail":
        return max(inside) < frame.first
    return min(inside) > frame.first and min(inside) - frame.end <= _LEAD


def _other_speaker(pair: Alignment, frame: Frame) -> Check | None:
    """The claim has someone say it who is not in the span, or not the one who says it there."""
    told = [
        i
        for i in range(len(pair.claim))
        if pair.claim.content[i] and i not in frame.speaker and not frame.first <= i < frame.end
    ]
    if not frame.speaker or not told or pair.claim.folded[max(frame.first - 1, 0)] in _NO_SPEAKER:
        return None
    if sum(pair.matches[i] >= 0 for i in told) < _TOLD * len(told):
        return None
    inside = [j for i in told if (j := pair.matches[i]) >= 0]
    first, end = max(pair.span.sentences, key=lambda s: sum(s[0] <= j < s[1] for j in inside))
    governing = [one for one in frames(pair.span.text) if first <= one.first < end and one.speaker]
    said = pair.claim.between(frame.speaker[0], max(frame.end, frame.speaker[-1] + 1))
    if not governing or _known(pair, frame.speaker, range(first, end)):
        return None
    anywhere = _known(pair, frame.speaker, range(len(pair.span)))
    if anywhere and not all(pair.span.capital[j] for j in governing[0].speaker[-1:]):
        return None
    one = governing[0]
    return Check("attribution", said, pair.span.between(one.speaker[0], max(one.end, one.speaker[-1] + 1)))


def _known(pair: Alignment, speaker: Sequence[int], where: range) -> bool:
    """Whether a word of the speaker, or one that stands for it, is among some words of the span."""
    there = {pair.span.stems[j] for j in where}
    for i in speaker:
        stem = pair.claim.stems[i]
        if not there.isdisjoint(alike(stem)) or not there.isdisjoint(SAME_PLACE.get(stem, ())):
            return True
    return False
