"""What a date of a sentence dates: its event, a thing it names, or the source it draws on (pure).

By wording alone: "signed on 9 March 1995" is an event, "the agreement of 1893" names a thing,
"according to Dawn in July 2021" and "a report of 2 June 2023" date the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.datespans import DateSpan, Precision
from rag.types import Metadata

_PUBLICATION = (
    r"(?:[Rr]eports?|[Aa]rticles?|[Aa]ccounts?|[Pp]ages?|[Dd]igests?|[Ee]ntry|[Ee]ntries|[Bb]logs?|[Pp]ieces?|"
    r"[Pp]apers?|[Ss]tory|[Ss]tories|[Cc]opy|[Cc]opies|[Nn]otes?|[Ii]nterviews?|[Ee]ditorials?|[Cc]ommentar(?:y|ies)|"
    r"[Ss]tud(?:y|ies)|[Ee]ssays?|[Pp]rofiles?|[Ee]stimates?|[Ff]igures?|[Dd]ispatch(?:es)?|[Ll]ists?|[Ss]tatistics?|[Nn]ewsletter)"
)
_TREATY = (
    r"(?:agreements?|treat(?:y|ies)|accords?|pacts?|protocols?|conventions?|declarations?|communiqu[eé]s?|statements?|minutes|"
    r"memorand(?:um|a)|laws?|acts?|resolutions?|charter|framework|letters?|peace|constitution|orders?|notice|decrees?|regulations?)"
)
_AT = r"(?:of|in|on|from(?: before)?|dated)\s+(?:about\s+|the\s+|around\s+)?(?:[A-Z][a-z]+\s+(?:and|or)\s+)?$"
_SOURCE_BEFORE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_PUBLICATION}(?:\s+(?:by|in|on|from)\s+(?:the\s+)?[\w.’'/-]+(?:\s[A-Z][\w.’'/-]*){{0,4}})?,?\s+{_AT}",
        rf"\b(?:[Aa]ccording to|[Aa]s told by)\b[^,;:()]*?\s{_AT}",
        rf"\b(?:cit|quot)(?:es?|ing|ed by)\s+(?:the\s+)?[A-Z][\w.-]*(?:\s+[A-Z][\w.-]*){{0,4}}\s+{_AT}",
        r"\b[Pp]osts?\s+of\s+(?:about\s+)?$",
        r"\b(?:reported|quoted|published|posted|retrieved|accessed|updated|read|undated)"
        r"(?:\s+(?:by|in)\s+(?:the\s+)?(?:[A-Z][\w.’'-]*\s*){1,5})?,?\s*(?:in|on|of|up to|as of)\s+(?:about\s+)?(?:[A-Z][a-z]+\s+(?:and|or)\s+)?$",
        r"\b(?:written|posted|published|updated)\b.{0,60}[|·,]\s*$",
    )
)
_OPENING = re.compile(r"^(?:In|On|By)\s+(?:the\s+)?$")
_SOURCE_AFTER_OPENING = tuple(
    re.compile(pattern)
    for pattern in (
        r"^,?\s+(?!as\b)(?:[\w.’'-]+\s+){1,6}?(?:reported|wrote|writes|reports)\b",
        rf"^,?\s+(?:an?|one|two|three|the)\s+(?:(?!(?:on|in|of|at|to|by|for|from|with)\b)[\w-]+\s+){{0,3}}?{_PUBLICATION}\b",
    )
)
_YEAR_OF_A_PUBLICATION = (
    re.compile(r"\b(?:[Aa]n?|[Tt]he|[Ii]ts|[Tt]heir|[\w.]+[’']s)\s+$"),
    re.compile(rf"^\s+(?:[\w-]+\s+)?{_PUBLICATION}\b"),
)
_OUTLET_GIVES = (
    re.compile(r"\b(?:[A-Z][\w.’'/-]*|[\w-]*\d[\w-]*|[\w-]+\.\w+)\s+(?:in|on)\s+(?:about\s+)?$"),
    re.compile(
        r"^(?:\s+and\s+[\w.’' ]{1,40}?)?\s+(?:gave|gives?|printed|prints|lists?|listed|wrote|writes|quoted)\b"
    ),
)
_CONTINUES = re.compile(r"\s*(?:,|;|and|or|,\s*and)\s*(?:in\s+|of\s+|on\s+)?(?:about\s+)?")
_REFERENCE_BEFORE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_TREATY}(?:\s+(?:on|between|with|for)\s+[^,;:.]{{0,50}}?)?\s+of\s+(?:about\s+)?$",
        r"\b[A-Z][A-Z0-9-]{2,}\)?\s+of\s+$",
        r"\b(?:up|down)\s+(?:by\s+)?(?:about\s+|some\s+)?\d[^.;]*?\b(?:on|over|from|against)\s+(?:the\s+)?$",
        r"\b(?:rose|rises?|risen|fell|falls?|drop\w*|increase\w*|decrease\w*|higher|lower|grew)\b[^.;]*?\b(?:over|than|against)\s+(?:the\s+)?$",
        r"^(?:Unlike|Counted from|Since the days of)\s[^,]*$",
    )
)
_FOR_A_YEAR = re.compile(r"\w\s+for\s+(?:the year\s+)?$")
_NAME_AND_YEAR = re.compile(
    r"(?<![\w.])(?!(?:In|On|By|Since|From|Until|Till|Before|After|During|Of|To|Between|And|Or|The|For|Around|About|Year)\b)[A-Z][\w-]*\s+$"
)
_DISAGREEMENT = re.compile(
    r"\b(?:disagree\w*|contradict\w*|conflicting|irreconcilable|misprint\w*|garbled|erroneous\w*)\b"
    r"|\bcannot (?:both|all) be right\b|\b(?:do|does|did) not (?:agree|match|tally)\b|\bpull apart\b|\bclash(?:es)? directly\b"
    r"|\b(?:sources?|accounts?|reports?|figures|estimates|counts|tolls|dates|versions|copies|descriptions|claims)\b[^.;:]*?\bdiffer(?:s|ed)?\b"
    r"|\bsources? (?:give|name|attach)\b[^.;:]*\bdifferent\b|\b(?:is|are) (?:wrong|an? (?:\w+ )?error)\b|\bwrongly\b"
    r"|\bvs\b\.?|\bversus\b|\b(?:while|whereas) (?:another|others?|(?:a|one) (?:\w+[ -]){0,3}(?:copy|page|report|source|profile))\b",
    re.IGNORECASE,
)


class Role(StrEnum):
    EVENT = "event"
    REFERENCE = "reference"
    SOURCE = "source"


def roles(text: str, spans: Sequence[DateSpan], metadata: Metadata) -> list[Role]:
    """The role of each date of a sentence; spans in order."""
    outlets = _outlets(metadata)
    found: list[Role] = []
    for i, span in enumerate(spans):
        carried = found[-1] if i and _CONTINUES.fullmatch(text[spans[i - 1].end : span.start]) else None
        if carried is Role.SOURCE or _is_source(text, span, outlets):
            found.append(Role.SOURCE)
        elif carried is Role.REFERENCE or _is_reference(text, span):
            found.append(Role.REFERENCE)
        else:
            found.append(Role.EVENT)
    return found


def disagrees(*texts: str) -> bool:
    """True if the wording of a sentence, or of the heading above it, sets statements against each other."""
    return any(_DISAGREEMENT.search(text) for text in texts)


def _is_source(text: str, span: DateSpan, outlets: re.Pattern[str] | None) -> bool:
    before, after = text[: span.start], text[span.end :]
    if any(pattern.search(before) for pattern in _SOURCE_BEFORE):
        return True
    if outlets and outlets.search(before):
        return True
    if _OPENING.search(before) and any(pattern.search(after) for pattern in _SOURCE_AFTER_OPENING):
        return True
    return any(
        left.search(before) and right.search(after) for left, right in (_YEAR_OF_A_PUBLICATION, _OUTLET_GIVES)
    )


def _is_reference(text: str, span: DateSpan) -> bool:
    before = text[: span.start]
    if any(pattern.search(before) for pattern in _REFERENCE_BEFORE):
        return True
    if span.precision is not Precision.YEAR:
        return False
    return bool(_NAME_AND_YEAR.search(before) or _FOR_A_YEAR.search(before))


def _outlets(metadata: Metadata) -> re.Pattern[str] | None:
    """Matches "Dawn of", "the Times of Central Asia in" for the publishers that a document cites."""
    parts = (
        part.strip()
        for source in metadata.sources
        for part in re.split(r"\s*/\s*|\s+via\s+|,|\(|\)", source.publisher or "")
    )
    names = sorted({re.escape(part) for part in parts if len(part) > 2}, key=len, reverse=True)
    if not names:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?:[’']s)?(?:\s+{_PUBLICATION})?,?\s+{_AT}")
