"""A question → the statements that it takes for granted (pure).

"Why did X refuse Y?" takes for granted that X refused Y; "the treaty that A signed in 2021" that A
signed the treaty in 2021. Yes-no questions take nothing of their main clause for granted. The
statements are telegrams ("X refuse Y"): the question's own words, without those that ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.chunks import split_sentences
from rag.questions import Asks, read_question

_SHORTEST = 3
"""Words of a statement that can be checked."""
_DO = r"(?:did|does|do)"
_AUXILIARY = r"(?:is|are|was|were|has|have|had|will|would|can|could|should|must|may|might)"
_PREPOSITION = r"(?:in|on|by|from|to|for|at|until|since|with|through|under|within|of|after|before)"
_THING = r"(?:how (?:many|much)|what|which|whose)"
_ASKING = (
    r"(?:why|when|where|how(?: (?:long|soon|often|far|quickly|exactly|come))?|"
    rf"(?:{_PREPOSITION} )?(?:what|who|whom|which|when)|{_PREPOSITION} how long)"
)
_WITH_VERB = re.compile(rf"^{_ASKING}(?: abroad| else)? (?:{_DO}|{_AUXILIARY}) (?P<rest>.+)$", re.IGNORECASE)
_OF_THING = re.compile(
    rf"^(?:{_PREPOSITION} )?{_THING} (?P<thing>.+?) (?P<verb>{_DO}|{_AUXILIARY}) (?P<rest>.+)$", re.IGNORECASE
)
_WHO = re.compile(r"^who (?P<rest>.+)$", re.IGNORECASE)
_NOT_ASKED = re.compile(
    r"^(?:(?:and|but|so|then|well),? )+|,? according to [^,]+$|,? going by [^,]+$"
    rf"|,? (?:and|or) (?:{_PREPOSITION} )?(?:what|how|when|where|who|why|which|does|did|is|was|are|were)\b.*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[, ]+(?:after|once|when|while|since|because|although|even though|now that|given that) "
    rf"(?P<clause>[\w’'-]+(?: [\w’'-]+){{0,4}}? (?:{_AUXILIARY}|{_DO}|\w+ed|became|began|took|came|went|left|lost|won)\b.+?)"
    r"(?=[,?.;]|$)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?P<thing>(?:the|an?) [\w’'-]+(?: (?!that\b|which\b)[\w’'-]+){0,3}) (?:that|which) (?P<rest>[^,?.;]+)",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rf"^(?:{_AUXILIARY}|{_DO}|\w+ed|began|took|came|went|left|lost|won|led|runs?|links?)\b", re.IGNORECASE
)
_BEING = re.compile(
    r"\b(?:from|of|by|to|with|for|about|despite|after|because of) "
    r"(?P<subject>(?:the )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*) being (?P<rest>[^,?.;]+)"
)
_PRONOUN = re.compile(r"^(?:it|he|she|they)\b|^(?:his|her|its|their) (?=\w)", re.IGNORECASE)
_NAME = re.compile(r"(?:[Tt]he )?[A-Z][\w’'-]*(?:(?: (?:of|of the|and))? [A-Z][\w’'-]*)*")


_GAP = re.compile(rf"^(?:{_PREPOSITION} )?(?:what|who|whom)\b", re.IGNORECASE)
_SUPPOSED = re.compile(r"^\W*\w+(?: \w+)? (?:would|could|should|might|may|will|can)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:the|an?|its|their|his|her) |[A-Z]")


def presuppositions(question: str, *, certain: bool = False) -> tuple[str, ...]:
    """Statements as sentences, without doubles; () where none is seen.

    `certain` leaves out what is no whole statement ("what did X do" → "X do"), what is only supposed
    ("why would X refuse"), and relative clauses whose subject is not seen.
    """
    found = (_sentence(text) for text in _found(question, certain=certain))
    return tuple(dict.fromkeys(one for one in found if len(one.split()) >= _SHORTEST))


def _found(question: str, *, certain: bool) -> Iterator[str]:
    sentences = [sentence.text.strip() for sentence in split_sentences(question)]
    asked = [sentence for sentence in sentences if sentence.endswith("?")] or sentences[-1:]
    for sentence in sentences:
        if sentence not in asked:
            yield sentence
            yield from _embedded(sentence, certain=certain)
    for sentence in asked:
        bare = sentence.rstrip("?! .")
        open_ended = certain and (_GAP.match(bare) or _SUPPOSED.match(bare))
        yes_no = read_question(sentence).asks is Asks.YES_NO
        main = None if yes_no or open_ended else _main_clause(_NOT_ASKED.sub("", bare))
        if main:
            yield main
        yield from _embedded(bare, certain=certain)


def _main_clause(question: str) -> str | None:
    if found := _WITH_VERB.match(question):
        return found["rest"]
    if found := _OF_THING.match(question):
        return _with_thing(found["thing"], found["verb"], found["rest"])
    if found := _WHO.match(question):
        return f"someone {found['rest']}"
    return None


def _with_thing(thing: str, verb: str, rest: str) -> str:
    """ "aircraft", "does", "India keep at Ayni" → "India keep aircraft at Ayni"; the thing comes first where
    it is the subject, and is left out where its place is not seen."""
    if not re.fullmatch(_DO, verb, re.IGNORECASE):
        return f"{thing} {verb} {rest}"
    subject = _NAME.match(rest)
    acting = re.match(r" [a-z]+", rest[subject.end() :]) if subject else None
    if not (subject and acting):
        return rest
    at = subject.end() + acting.end()
    return f"{rest[:at]} {thing}{rest[at:]}"


def _embedded(sentence: str, *, certain: bool) -> Iterator[str]:
    for found in _CLAUSE.finditer(sentence):
        yield _with_subject(found["clause"], sentence[: found.start()])
    for found in _RELATIVE.finditer(sentence):
        acts = _ACTS.match(found["rest"])
        if certain and not (acts or _SUBJECT.match(found["rest"])):
            continue
        yield f"{found['thing']} {found['rest']}" if acts else f"{found['rest']} {found['thing']}"
    for found in _BEING.finditer(sentence):
        yield f"{found['subject']} was {found['rest']}"


def _with_subject(clause: str, before: str) -> str:
    """The clause with the first name before it in place of its pronoun."""
    pronoun, name = _PRONOUN.match(clause), _NAME.search(before[1:] if before[:1].isupper() else before)
    opening = _NAME.match(before) if not before.lower().startswith(("wh", "how", "in ", "on ")) else None
    subject = opening or name
    if not (pronoun and subject):
        return clause
    possessive = pronoun[0].endswith(" ")
    return f"{subject[0]}{'’s ' if possessive else ''}{clause[pronoun.end() :]}"


def _sentence(text: str) -> str:
    trimmed = " ".join(text.split()).rstrip(" ,.")
    return trimmed[:1].upper() + trimmed[1:] + "."
