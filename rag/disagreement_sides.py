"""A sentence that sets its sources against each other → what it is about and what each of them says (pure).

"Sources disagree on the toll: A gives 91, B 94, while C wrote of about 100."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SAYS = re.compile(
    r"\b(?:gives?|gave|says?|said|states|stated|writes?|wrote|call|calls|called|puts|describes?|described|speaks?|spoke|"
    r"tells?|told|shows?|showed|den(?:y|ies|ied)|asserts?|asserted|argues?|argued|maintains?|maintained|treats?|treated|"
    r"presents|presented|faulted|implies|implied|expects|expected|fixed|lets|agreed|suggests?|suggested|announced|"
    r"declares?|declared|confirms?|confirmed|rejects|rejected|stresses|stressed|warns?|warned|insists?|insisted|believes?|"
    r"adds? up to|makes?|holds? that|is given|are given|is put at|are put at|is dated|named|names|listed|lists|printed|prints|"
    r"credited|credits|attributes?|attributed|pointed|placed|places|dated|wanted|wants|refused|quoted|cited)\b"
)
_MAY_SAY = re.compile(
    r"\b(?:reports?|reported|dates?|claims?|claimed|counts?|counted|notes?|noted|records|recorded|estimates?|estimated|"
    r"set|sets|mentions?|put|name|list|print|credit|point|place|cut|carries|carried|assumes?)\b"
)
_NO_VERB_AFTER = re.compile(
    r"(?:\b(?:an?|the|this|that|these|those|its|their|which|is|was|are|were|been|one|two|no|to|early|later|[\w’']+'s)|[\w]+[’']s)\s+$",
    re.IGNORECASE,
)
_NO_VERB_BEFORE = re.compile(
    rf"\s+(?:(?:of|by|from|on|in|at|for|and|that is|which)\b|{_SAYS.pattern}|(?:place|put|set|name|list|count)s?\b)"
)
_PASSIVE = re.compile(r"\b(?:as|not|was|were|been)\s+$")
_KEPT = re.compile(r"(?:den(?:y|ies|ied)|refused|rejects|rejected|agreed|claims?|claimed)$")
"""Verbs that are part of what is said."""
_ACCORDING = re.compile(r"\baccording to\b", re.IGNORECASE)
_AS_SAID = re.compile(r",\s+as\s+(?P<source>.+?)\s+(?:gives?|gave|has|puts?|says?|prints?)\s+it$")
_CUE = re.compile(
    r"\b(?:disagree\w*|differ(?:s|ed|ent(?:ly)?)?|conflict(?:s|ing)?|contradict\w*|var(?:y|ies|ied)|disputed|contested|"
    r"at odds|far apart|pull apart|do(?:es)? not (?:agree|match|tally)|cannot (?:both|all) be right|inconsistent|divided|"
    r"(?:in|read in) two ways|side by side|clash(?:es)?)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(?:disagree\w*|differ\w*|var(?:y|ies)|conflict\w*|divided|apart)\s+(?:\w+ly\s+)?(?:on|about|over|as to)\s+(.+)$"
)
_SOURCES_SAY = re.compile(r"^Sources?\s+\w+\s+(?:(?:very\s+)?different\s+)?")
_REPORTS_OF = re.compile(
    r"^(?:Reports|Accounts|Descriptions)\s+of\s+(.+?)\s+(?:also\s+)?(?:disagree|differ)\b"
)
_SHORT = 4
"""Words of a property that does not say of what it is."""
_DESCRIBED = re.compile(
    r"^\w+\s+of\s+(?P<thing>.+?)\s+(?:describe|give|put|tell)s?\s+(?P<how>the\s.+?)\s+differently$"
)
_OPENS_HEADER = re.compile(
    r"^(?:\w+\s+)?(?:sources?|accounts?|reports?|figures?|descriptions?|copies|claims?|dates?|statements?)\s+(?:of|for|about|on)\s+",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(
    r"(?:\s+come\s+from\b.*|(?:\s+(?:is|are|was|were|also|do|does|still|stood|slightly|and|to|at|in|of|for)\b)*)\s*$"
)
_SPREAD = re.compile(
    r"(?P<about>(?:The )?(?:\w+ ){0,2}(?:[Tt]olls|[Cc]ounts|[Ee]stimates|[Ff]igures|[Rr]eports|[Aa]ccounts|[Cc]laims|[Dd]ates)\b[^:;]*?)"
    r"\s(?:range|ranged|run|ran|vary|varied)\s(?:from|between)\s"
)
_RECONCILED = re.compile(
    r"\b(?:both|all) (?:\w+ )?are (?:right|correct|true)\b|\b(?:by|in|of their|in their) scope\b|\bmeasures? different things\b"
    r"|\bconcern different things\b|\bnot identical\b|\bcompatible\b|\b(?:two )?different (?:steps|events)\b"
    r"|\bchanges? with\b|\b(?:is|are|was|were)(?: not)? the same\b|\bround(?:s|ed|ing)\b|\bfrom year to year\b|\bdiffers? only in\b|\bmisread\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"(?P<strong>;\s+|,?\s+(?:while|whereas|versus)\s+|,\s+but\s+)|(?P<weak>,\s+(?:(?:and|although|though)\s+)?)|(?P<and>\s+and\s+)"
)
_ASIDE = re.compile(r"\([^()]*\)|[\"“][^\"“”]*[\"”]")
_NO_SOURCE = re.compile(
    r"(?:which|who|whose|whom|where|when|since|because|so|with|or|as|including|both|mostly|among|for|in|on|at|by|to|of|that|not|"
    r"the year|a day|if|unless|though|although|\d|two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
_OPENS_ELLIPTIC = re.compile(
    r"(?:[A-Z][\w.’'/-]*|(?:an?|another|the)\s+[A-Z]\w+|[a-z]{3,}(?:\.\w+)*)\s"
    r"|(?:an?|another|the)\s+(?:[\w-]+\s+){1,3}?(?=(?:at\s|about\s|over\s|some\s)?(?:USD\s|EUR\s|\$)?\d)"
)
_DATED = re.compile(
    r"\b(?:in|of|from|before|since|by|on)\s+(?:about\s+|the\s+)?(?:\d{1,2}\s+)?(?:[A-Z][a-z]+\s+)?(?:1[5-9]|20)\d\d\b(?:\s+and\s+(?:1[5-9]|20)\d\d\b)?"
)
_FIGURE = re.compile(
    r"(?<![\w.])\d[\d,.]*(?!\w)|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|dozens?)\b"
)
_ROUGH = re.compile(
    r"(?:\b(?:at|USD|EUR|GBP|about|around|some|nearly|almost|over|more than|up to|only|at least|the|dates?|years?)\s+)+$"
)
_SOURCE_WORDS, _ELLIPTIC_WORDS, _HEADER_WORDS = 16, 5, 30


@dataclass(frozen=True, slots=True)
class Side:
    """What one source says, at text[start:end]; `source` is who says it, "" where the text does not say.
    `whole` is where the side begins, with its source."""

    source: str
    start: int
    end: int
    whole: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A disagreement in the words of one sentence. `about` says on what, "" where the sentence does not
    begin with that; then only "while" or the like sets the sides apart, and `explicit` is False."""

    about: str
    sides: tuple[Side, ...]
    explicit: bool


def stated(text: str) -> Stated | None:
    """None for a sentence that sets no two sources against each other, or says why both are right."""
    if reconciles(text):
        return None
    spread = _SPREAD.match(text)
    if spread:
        end = len(text.rstrip(" ."))
        return Stated(subject(spread["about"]), (Side("", spread.end(), end, spread.end()),), True)
    header, start = _header(text)
    explicit = bool(header and _CUE.search(header)) and len(header.split()) <= _HEADER_WORDS
    if explicit and text[start - 2 : start] != ": ":
        return Stated(subject(header), (Side("", start, len(text.rstrip(" .")), start),), True)
    sides = _sides(text, start if explicit else 0)
    if explicit:
        return Stated(subject(header), tuple(sides), True)
    return Stated("", tuple(sides), False) if len(sides) == 2 and _contrasts(text, sides) else None


def reconciles(text: str) -> bool:
    """True if a sentence says why statements that differ are both right."""
    return _RECONCILED.search(text) is not None


def subject(header: str) -> str:
    """What a disagreement is on: "the toll" of "Sources disagree on the toll"."""
    named = _SUBJECT.search(header)
    if named:
        thing = _REPORTS_OF.match(header)
        short = len(named[1].split()) <= _SHORT and named[1].islower()
        return f"{named[1].strip()} of {thing[1]}" if thing and short else named[1].strip()
    rest = _SOURCES_SAY.sub("", header)
    described = _DESCRIBED.match(rest)
    if described:
        return f"{described['how']} of {described['thing']}"
    rest = _OPENS_HEADER.sub("", rest)
    cue = _CUE.search(rest)
    kept = rest[: cue.start()] if cue and cue.start() else rest
    return _LEFT_OVER.sub("", kept).strip()


def _header(text: str) -> tuple[str, int]:
    """The text before the first colon, or before the clause after "disagree on …", and where what follows
    begins; ("", 0) where there is neither."""
    colon = re.search(r":\s|(?<=\w)(?=, (?:with|which|where)\s)", _masked(text))
    if colon is None or (not colon[0] and not _SUBJECT.search(text[: colon.start()])):
        return "", 0
    return text[: colon.start()], colon.end()


def _masked(text: str) -> str:
    """The text with quotations and parentheses blanked, at the same length."""
    return _ASIDE.sub(lambda m: "x" * len(m[0]), text)


def _sides(text: str, start: int) -> list[Side]:
    masked = _masked(text)
    end = len(text.rstrip(" ."))
    breaks = list(_BREAK.finditer(masked, start))
    pieces: list[tuple[int, int]] = []
    begin = start
    for i, m in enumerate(breaks):
        if m.start() < begin:
            continue
        stop = next((b.start() for b in breaks[i + 1 :] if not b["and"]), end)
        if _complete(masked[begin : m.start()]) and _speaks(masked[m.end() : stop], m):
            pieces.append((begin, m.start()))
            begin = m.end()
    return [_side(text, masked, a, b) for a, b in [*pieces, (begin, end)]]


def _speaks(clause: str, m: re.Match[str]) -> bool:
    """Whether a clause after a break is what another source says."""
    if m["strong"]:
        return True
    if _NO_SOURCE.match(clause):
        return False
    verb = _verb(clause)
    if verb or m["and"]:
        return verb is not None
    figure = _FIGURE.search(_undated(clause))
    return bool(figure and _elliptic(clause, figure))


def _elliptic(clause: str, figure: re.Match[str]) -> bool:
    """ "TASS 382", after "Sputnik gave 360": a source and a figure."""
    opening = _OPENS_ELLIPTIC.match(clause)
    if not opening or opening.end() > figure.start() or _SAYS.match(clause):
        return False
    return len(clause[: figure.start()].split()) <= _ELLIPTIC_WORDS


def _complete(piece: str) -> bool:
    verb = _verb(piece)
    if verb:
        return bool(piece[verb.end() :].strip())
    return bool(_FIGURE.search(_undated(piece)))


def _undated(piece: str) -> str:
    return _DATED.sub(lambda m: "x" * len(m[0]), piece)


def _verb(piece: str) -> re.Match[str] | None:
    """The verb by which a source says something, with the source before it."""
    found = [m for m in (*_SAYS.finditer(piece), *_MAY_SAY.finditer(piece)) if _is_verb(piece, m)]
    return min(found, key=lambda m: m.start(), default=None)


def _is_verb(piece: str, m: re.Match[str]) -> bool:
    before, after = piece[: m.start()], piece[m.end() :]
    if not before.strip() or len(before.split()) > _SOURCE_WORDS or _PASSIVE.search(before):
        return False
    if m.re is _SAYS:
        return not re.match(r"\s+by\b", after)
    return not _NO_VERB_AFTER.search(before) and not _NO_VERB_BEFORE.match(after)


def _side(text: str, masked: str, start: int, end: int) -> Side:
    piece = masked[start:end]
    according, after = _ACCORDING.search(piece), _AS_SAID.search(piece)
    if after:
        return Side(
            text[start + after.start("source") : start + after.end("source")],
            start,
            start + after.start(),
            start,
        )
    if according and len(piece[: according.start()].strip(" ,")) > 3:
        return Side(
            text[start + according.end() : end].strip(" ,"),
            start,
            start + len(piece[: according.start()].rstrip(" ,")),
            start,
        )
    verb = _verb(piece)
    if verb:
        begin = start + _content(piece, verb)
        passive = verb[0].startswith(("is ", "are "))
        source = "" if passive else text[start : start + verb.start()].strip(" ,")
        return Side(source, min(begin, end), end, start)
    figure = _FIGURE.search(_undated(piece))
    if figure and _elliptic(piece, figure):
        begin = len(_ROUGH.sub("", piece[: figure.start()]))
        at = re.match(r"(?:at\s)?", piece[begin:])
        source = text[start : start + begin].strip(" ,")
        return Side(source, start + begin + (at.end() if at else 0), end, start)
    return Side("", start, end, start)


def _content(piece: str, verb: re.Match[str]) -> int:
    """Where what is said begins, after "said that" and the like."""
    if _KEPT.search(verb[0]):
        return verb.start()
    joint = re.match(r"\s*(?:(?:of|that|to|as|it at|at)\s+)?", piece[verb.end() :])
    return verb.end() + (joint.end() if joint else 0)


def _contrasts(text: str, sides: Sequence[Side]) -> bool:
    """ "A says that …, while B says that …": both are what somebody says, and the word between sets them apart."""
    if not re.search(r"(?:,\s+|\s+)(?:while|whereas|but)\s+$", text[: sides[1].whole]):
        return False
    if _NO_SOURCE.match(text[sides[1].whole :]) or not any(s.source for s in sides):
        return False
    masked = _masked(text)
    return all(
        _verb(masked[side.whole : side.end]) if side.start > side.whole else side.source for side in sides
    )
