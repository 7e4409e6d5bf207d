"""Claims with another cause, or told as fact where the span names a speaker (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, phrases, removed, says, swap, swapped
from evals.altering.verbs import is_base, verb_of

_SAYING = "said|says|argued|argues|claimed|claims|reported|reports|alleged|alleges|stated|states|maintained|maintains|believes|believed|suggested|suggests|insisted|insists|warned|warns|contended|contends|asserted|asserts|noted|notes|announced|concluded|thinks|thought|estimates|estimated|admitted|acknowledged|predicted|predicts|told \\w+"
_SPEAKER = (
    r"(?:(?:The|A|An|Some|Several|Many|One|His|Her|Its|Their)\s+)?[A-Z]?[\w’'.-]+(?:\s+[\w’'.-]+){0,6}?"
)
_SAID = re.compile(
    rf"^(?:(?:In|On|By|At|After)\s[^,]*?\d{{4}},?\s+)?(?P<speaker>(?!In |On |By |Who |What |Which |How |When ){_SPEAKER})\s+(?:has |have |had |also |later )?(?P<verb>{_SAYING})\s+(?:on \w+ )?that\s+(?P<rest>.+)$"
)
_ACCORDING = re.compile(r"^According to (?P<speaker>[^,]+),\s+(?P<rest>.+)$")
_ACCORDING_LAST = re.compile(
    r"(?<!classified)(?<!divided)(?<!grouped)(?<!sorted)(?<!arranged)(?<!ranked)(?<!vary)(?<!varies)(?<!varied),?\s+according to (?!their|its|his|her|whether)(?P<speaker>[^,.]+)(?=[.,]|$)"
)
_SAID_LAST = re.compile(rf",\s+(?P<speaker>(?:the |an? )?[\w’' -]{{2,40}}?)\s+(?:{_SAYING})(?=\.|$)")
_HEDGE = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|apparently|purportedly)\s+|,?\s+(?:reportedly|allegedly|supposedly)(?=[.,])|(?<=\bthe )(?:alleged|suspected|supposed|purported)\s+"
)
_PASSIVE_SAYING = re.compile(
    r"\b(?P<be>is|are|was|were) (?:said|believed|thought|alleged|reported|reputed|rumoured|considered|claimed|understood|estimated) to (?P<verb>be|have)\b"
)
_PRONOUN = re.compile(r"^(?P<word>it|he|she|they|its|his|her|their)\b", re.I)
_OTHER_SPEAKERS = phrases(
    """The United Nations/The opposition/A court/The World Bank/Local residents/Human rights groups/A former minister/
    Industry representatives/The central bank/An independent panel/Several historians/The defence ministry/The police/
    An army spokesman/Trade unions/A leaked memo/Customs officials/The ambassador/A parliamentary committee/
    The company/Aid agencies/A local newspaper/The prosecutor/Farmers/Western diplomats/The auditors"""
)
_SPEAKERS = re.compile(
    r"\b(?:[Tt]he )?[A-Z][a-z]+(?: [A-Z][a-z]+)*(?: (?:government|ministry|minister|officials|president|army|police|spokesman|report))\b"
)


_PLURAL = re.compile(r"(?:s|police)$|^Several")


_MORE_SAID = re.compile(
    r"\band (?:then |also )?(?:said|says|that|links|linked|called|calls|added|demanded|warned)\b|the author|the report\b"
)


def attribution_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in filter(None, (_SAID.match(claim), _ACCORDING.match(claim))):
        edits += [*_told_as_fact(claim, found), *_other_speaker(claim, found, span, rng)]
    for found in _ACCORDING_LAST.finditer(claim):
        edits += [(Change(found.start(), found.end(), ""),), *_other_speaker(claim, found, span, rng)]
    edits += [*removed(_SAID_LAST, claim), *removed(_HEDGE, claim)]
    has = {"is": "has", "are": "have", "was": "had", "were": "had"}
    for found in _PASSIVE_SAYING.finditer(claim):
        edits.append(swap(found, found["be"] if found["verb"] == "be" else has[found["be"]]))
    return edits


def _told_as_fact(claim: str, found: re.Match[str]) -> list[Edit]:
    rest, speaker = found["rest"], found["speaker"]
    if _MORE_SAID.search(rest):
        return []
    pronoun = _PRONOUN.match(rest)
    if pronoun is None:
        return [(Change(0, found.start("rest"), ""),)]
    if pronoun["word"].lower() in ("it", "he", "she", "they"):
        return [(Change(0, found.start("rest") + len(pronoun["word"]), speaker),)]
    return []


def _other_speaker(claim: str, found: re.Match[str], span: str, rng: Random) -> list[Edit]:
    """A person, office or paper that the span names elsewhere, or one that it does not name at all."""
    there = dict.fromkeys(
        one[0] for one in _SPEAKERS.finditer(span, 1) if not span[: one.start()].endswith(". ")
    )
    named = [one for one in there if one.split()[-1] not in claim]
    absent = [one for one in _OTHER_SPEAKERS if not says(span, one.split(" ", 1)[-1])]
    singular = "verb" in found.groupdict() and found["verb"].endswith("s")
    new = rng.choice([one for one in named or absent if not (singular and _PLURAL.search(one))] or absent[:1])
    if found.start("speaker") == 0:
        new = new[0].upper() + new[1:]
    elif not new.startswith("Western"):
        new = new[0].lower() + new[1:] if new in _OTHER_SPEAKERS else new
    return [(Change(*found.span("speaker"), new),)]


_SIDE = r"(?:[Tt]he |[Aa]n? |[Ii]ts |[Tt]heir )?[\w’'-]+(?: (?!which|who|that|because|when|and then|but)[\w’'-]+){0,7}"
_LED = re.compile(
    rf"(?!.*\bcaused?s? [\w ]+ to\b)^(?P<cause>{_SIDE}?) (?P<verb>(?:has led to|had led to|have led to|led to|leads to|lead to|caused|causes|resulted in|results in|triggered|prompted|brought about|gave rise to|stems from|resulted from|was caused by|were caused by)) (?P<effect>{_SIDE})(?P<end>[.,]|$)"
)
_REVERSED = {"led to": "resulted from", "caused": "was caused by", "causes": "is caused by", "resulted in": "resulted from",
             "resulted from": "resulted in", "results in": "results from", "leads to": "results from", "was caused by": "caused",
             "were caused by": "caused", "stems from": "leads to", "triggered": "was triggered by", "prompted": "was prompted by"}  # fmt: skip
_BECAUSE = (
    (r"(?<!\\d )(?<!mostly )(?<!mainly )(?<!largely )(?<!primarily )(?<!partly )(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )(?<!simply )(?<!not )(?<!only )(?<!least )(?:because of|due to|as a result of|owing to|thanks to|on account of)", ("despite",)),
    (r"(?<!just )(?<!not )(?<!only )because(?! of)", ("although",)),
    (r"despite|in spite of", ("because of",)),
    (r"(?:although|even though|though)(?= (?:the|it|he|she|they|its|their|there|[A-Z]))", ("because",)),
    (r"therefore|consequently|as a result(?=,)", ("nevertheless",)),
    (r"(?<=, )leading to", ("following",)),
    (r"(?:has |had |have )?led to(?= (?:the|an?|its|their|new|more|many|[a-z]+ing)\b)", ("prevented",)),
    (r"resulted in(?= (?:the|an?|its|their|more|many)\b)", ("prevented",)),
    (r"(?<!was )(?<!were )(?<!is )(?<!are )(?<!been )caused(?= (?:the|an?|its|their|more|many|[a-z]+ to)\b)(?! [\w ]+ to\b)", ("prevented",)),
)  # fmt: skip
_OTHER_CAUSE = re.compile(
    r"(?P<link>\b(?:because of|due to|as a result of|owing to|caused by|in response to|in retaliation for)) (?P<cause>[^,.;]+?)(?=[,.;]|$| (?:in|on|by|and) )",
    re.I,
)
_SMALL_WORD = r"(?:in|on|of|by|to|for|with|as|at|from|and|or|but|that|which|who|is|are|was|were|has|have|had|said|says|not|its|their|his|her|the|an?|this|these|those|it|they|be|been|will|would|can|could|may|shall|must|than|then|also|only|into|over|under|after|before|while|when|if|so|same|first|last|other)"
_NOUN_PHRASE = re.compile(
    rf"\b(?:the|an?|its|their|lack of|shortage of|rising|growing)(?: (?!{_SMALL_WORD}\b)[a-z-]+){{1,3}}(?= (?:of|in|on|which|that|from|for|was|were|is|are|has|had)\b|[,.;])"
)


def cause_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits = swapped(_BECAUSE, claim, span, rng)
    led = _LED.match(claim)
    if led is not None and led["verb"] in _REVERSED:
        edits.append(swap(led, _REVERSED[led["verb"]], "verb"))
    for found in _OTHER_CAUSE.finditer(claim):
        new = None if is_base(found["cause"].split()[0]) else _another_phrase(claim, span, rng)
        edits += [swap(found, new, "cause")] if new else []
    return edits


def _another_phrase(claim: str, span: str, rng: Random) -> str | None:
    phrases = [one[0] for one in _NOUN_PHRASE.finditer(span)]
    others = [
        one
        for one in dict.fromkeys(phrases)
        if one.split()[-1] not in claim.lower() and verb_of(one.split()[-1]) is None
    ]
    return rng.choice(others) if others else None
