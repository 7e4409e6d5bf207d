"""A draft, in plain text or Markdown → its sentences, and which of them state something to check (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.chunks import split_sentences
from rag.drafts import Block, Kind, read_draft
from rag.selection import dangles
from rag.terms import STOP_WORDS, terms
from rag.types import Sentence

_HEADING_WORDS, _LABEL_WORDS = 10, 4
_ITEMS = (Kind.ITEM, Kind.NUMBERED)
_LISTED = (*_ITEMS, Kind.ROW)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_ENDS = re.compile(r"[.!?…;,:][\"'”’»)\]\s]*$")
_ASKS = re.compile(r"\?[\"'”’»)\]\s]*$")
_SPACED_STOP = re.compile(r"\s+([.,;:!?])(?=\s|$)")
_EMPTY_BRACKETS = re.compile(r"\s*\((?:see|cf\.?)?[\s,;]*\)", re.IGNORECASE)
_ITEM_END = re.compile(r"\s*[;,]?\s*(?:\b(?:and|or))?\s*[;,.]?$")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
_REFERENCES = re.compile(
    r"\W*(?:references?|sources?|bibliography|works cited|footnotes|endnotes|citations)\W*", re.IGNORECASE
)
_COURTESY = re.compile(
    r"(?:(?i:dear|hello|hi|hey|greetings)(?:,? (?:(?i:all|everyone|colleagues|there|team|readers?)|[A-Z][\w.’'-]*)){0,4}"
    r"|(?i:good (?:morning|afternoon|evening|day)(?:,? (?:all|everyone|colleagues))?)"
    r"|(?i:(?:many )?thank(?:s| you)(?: (?:very|so) much)?(?:,? for (?:your|the|asking)(?: [\w-]+){0,3})?)"
    r"|(?i:(?:(?:kind|best|warm) )?(?:regards|wishes)|(?:yours )?(?:sincerely|faithfully|truly))(?:, [A-Z][\w.’'-]*){0,3}"
    r"|(?i:sure|certainly|of course|absolutely|great question|okay|ok|yes|no)"
    r"|(?i:i hope (?:this|that|it) helps)"
    r"|(?i:(?:please )?(?:let me know|feel free|do not hesitate|don[’']t hesitate)\b[^\d]{0,80})"
    r"|(?i:if you (?:have|need|want|would like)(?: any| more| further| other)* (?:questions?|help|details?|information)\b[^\d]{0,60})"
    r")\W*"
)
_LEAD_IN = re.compile(
    r"(?:(?:in|by way of) (?:conclusion|summary|short|brief|sum)|to (?:conclude|summari[sz]e|sum up)"
    r"|(?:here|below) (?:is|are) (?:the|a|an|my|our|some)(?: [^\W\d]+){1,8}:"
    r"|(?:(?:the|key|main|short) )*(?:findings|points|takeaways|conclusions?|summary|answer|background|overview|notes?|"
    r"recommendations?)(?: (?:is|are)(?: as follows)?)?)\W*",
    re.IGNORECASE,
)


class Unchecked(StrEnum):
    """Why a sentence states nothing that sources could carry."""

    HEADING = "heading"
    QUESTION = "question"
    COURTESY = "courtesy"
    LEAD_IN = "lead-in"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a draft; draft[start:end] is the sentence as written.

    `claim` holds its words on one line without markup, reference marks and outer quotation marks; an
    item that continues the line above its list ("The port offers:") with that line's words. `topic` is
    the claim before where this one leans on it ("It was signed …"), else "".
    """

    start: int
    end: int
    claim: str
    topic: str = ""
    unchecked: Unchecked | None = None


def statements(text: str) -> list[Statement]:
    """The sentences of a draft in order; they do not overlap, and hold every word but those of markup."""
    plain, blocks = read_draft(text)
    blocks = _with_references(plain, _with_headings(plain, blocks))
    found: list[Statement] = []
    lead = topic = ""
    for i, block in enumerate(blocks):
        leads = block.kind is not Kind.HEADING and _leads_into_items(plain, blocks[i : i + 2])
        for statement in _of_block(plain, block, lead, leads):
            found.append(_leaning(statement, topic))
            topic = found[-1].claim if statement.unchecked is None else topic
        lead = _lead(found, lead, block.kind, leads)
        topic = "" if block.kind is Kind.HEADING else topic
    return found


def _of_block(plain: str, block: Block, lead: str, leads: bool) -> Iterator[Statement]:
    sentences = split_sentences(plain, block.start, block.end)
    for i, sentence in enumerate(sentences):
        claim = _claim(sentence)
        why = _unchecked(block.kind, claim)
        if leads and i + 1 == len(sentences):
            why = Unchecked.LEAD_IN
        if i == 0 and lead and _continues(block.kind, claim):
            claim = f"{lead} {_ITEM_END.sub('.', claim, count=1)}"
        yield Statement(sentence.start, sentence.end, claim, unchecked=why)


def _leaning(statement: Statement, topic: str) -> Statement:
    return replace(statement, topic=topic) if dangles(statement.claim) else statement


def _lead(found: Sequence[Statement], lead: str, kind: Kind, leads: bool) -> str:
    """What the items that follow continue."""
    if leads:
        return found[-1].claim.rstrip(": ")
    return lead if kind in _ITEMS else ""


def _leads_into_items(plain: str, pair: Sequence[Block]) -> bool:
    """True if the first block ends in a colon and the second is an item that continues it."""
    if len(pair) < 2 or not plain[pair[0].start : pair[0].end].rstrip().endswith(":"):
        return False
    return _continues(pair[1].kind, plain[pair[1].start : pair[1].end].lstrip())


def _continues(kind: Kind, text: str) -> bool:
    return kind in _ITEMS and text[:1].islower()


def _claim(sentence: Sentence) -> str:
    claim = _SPACED_STOP.sub(r"\1", _EMPTY_BRACKETS.sub("", " ".join(sentence.text.split())))
    claim = claim or sentence.text
    for opening, closing in ("“”", '""', "«»"):
        inside = claim.removeprefix(opening)
        if inside != claim and inside.rstrip(".!?,").find(closing) in (-1, len(inside.rstrip(".!?,")) - 1):
            return inside.replace(closing, "") or claim
        if claim.endswith(closing) and opening not in claim.removesuffix(closing):
            return claim.removesuffix(closing) or claim
    return claim


def _unchecked(kind: Kind, claim: str) -> Unchecked | None:
    if kind is Kind.HEADING:
        return Unchecked.HEADING
    if kind is Kind.REFERENCE or (_ADDRESS.search(claim) and not terms(_ADDRESS.sub("", claim))):
        return Unchecked.REFERENCE
    if _ASKS.search(claim):
        return Unchecked.QUESTION
    if _COURTESY.fullmatch(claim):
        return Unchecked.COURTESY
    label = claim.endswith(":") and len(claim.split()) <= _LABEL_WORDS and not re.search(r"\d", claim)
    return Unchecked.LEAD_IN if label or _LEAD_IN.fullmatch(claim) or not terms(claim) else None


def _with_headings(plain: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where a line that only reads like a heading is one."""
    around = zip((None, *blocks), blocks, (*blocks[1:], None), strict=False)
    return [
        replace(block, kind=Kind.HEADING)
        if below and _reads_like_a_heading(plain, above, block, below)
        else block
        for above, block, below in around
    ]


def _reads_like_a_heading(plain: str, above: Block | None, block: Block, below: Block) -> bool:
    """Bold type alone, or a short line without a stop above other text: in title case, or without
    figures above a list or an empty line and a sentence."""
    if block.kind is Kind.BOLD:
        return True
    text = plain[block.start : block.end].strip()
    if (
        block.kind not in (Kind.PROSE, Kind.NUMBERED)
        or _ENDS.search(text)
        or len(text.split()) > _HEADING_WORDS
    ):
        return False
    if block.kind is Kind.NUMBERED and (
        Kind.NUMBERED in (below.kind, above and above.kind) or text[:1].islower()
    ):
        return False
    apart = plain.count("\n", block.end, below.start) > 1 and _ENDS.search(plain[below.start : below.end])
    return _in_title_case(text) or (not re.search(r"\d", text) and bool(apart or below.kind in _LISTED))


def _in_title_case(text: str) -> bool:
    found = _WORD.findall(text)
    return bool(found) and all(w[0].isupper() or w.lower() in STOP_WORDS for w in found)


def _with_references(plain: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where the list under "Sources" is one of references."""
    found: list[Block] = []
    inside = False
    for block in blocks:
        text = plain[block.start : block.end]
        if _REFERENCES.fullmatch(text):
            block, inside = replace(block, kind=Kind.HEADING), True
        elif inside and (block.kind in _ITEMS or _ADDRESS.search(text)):
            block = replace(block, kind=Kind.REFERENCE)
        elif block.kind is not Kind.REFERENCE:
            inside = False
        found.append(block)
    return found
