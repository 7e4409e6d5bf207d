"""Claims about another country, place, organisation or person, or with two names' parts exchanged (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, says
from evals.altering.namelists import ADJECTIVES, CENTRAL_ASIAN, COUNTRIES, FIRST_NAMES, SISTERS, WESTERN

_COUNTRY = re.compile(
    rf"(?<![\w-])(?<!South )(?<!North )(?<!New )(?<!West )(?<!East )(?P<name>{'|'.join(sorted(COUNTRIES, key=len, reverse=True))})(?!\w)(?! (?:City|Rises|Sea)\b)"
)
_SISTER = re.compile(rf"(?<![\w(-])(?P<name>{'|'.join(map(re.escape, sorted(SISTERS, key=len, reverse=True)))})(?!\w)(?!-?[A-Z])(?! [A-Z])")  # fmt: skip
_TITLE = r"(?:President|Prime Minister|Foreign Minister|Minister|Secretary|Ambassador|General|Chancellor|Senator|Judge|Dr\.?|Mr\.?|Mrs\.?|Ms\.?|Sir|Commander|Professor)"
_TITLED = re.compile(rf"\b{_TITLE}\s+(?:(?P<first>[A-Z][a-z]+)\s+)?(?P<last>[A-Z][a-z]{{2,}})\b(?!\s+[A-Z])")
_PERSON = re.compile(
    rf"(?<![\w.-])(?P<first>{'|'.join(sorted(FIRST_NAMES))})\s+(?:[A-Z]\.\s+)?(?P<last>[A-Z][a-z]{{2,}})\b(?!\s+[A-Z])"
)
_NO_SURNAME = frozenset(
    "The And Of In Street University College County City River Park State States Republic Bank Minister".split()
)
_DIRECTED = (
    "accused attacked invaded criticised criticized supplied recognised recognized defeated beat sued threatened warned urged "
    "asked told sold gave lent paid bombed sanctioned visited invited killed arrested hired taught married followed replaced "
    "succeeded supported condemned denounced blamed hosted helped funded protects exports imports borders accuses attacks"
).split()
_NAME = r"(?:[A-Z][\w’'-]+)(?:\s+(?:of\s+)?[A-Z][\w’'-]+){0,3}"
_ROLES = re.compile(
    rf"(?<![\w-])(?P<a>{_NAME})(?P<mid>\s+(?:{'|'.join(_DIRECTED)})\s+)(?P<b>{_NAME})(?![\w-])"
)


def name_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits = [*_roles(claim), *_countries(claim, span, rng), *_people(claim, span, rng)]
    return [*edits, *_sisters(claim, span, rng)]


def _roles(claim: str) -> list[Edit]:
    return [
        (Change(*found.span("a"), found["b"]), Change(*found.span("b"), found["a"]))
        for found in _ROLES.finditer(claim)
        if found["a"].split()[0] not in ("The", "In", "A", "He", "She", "It", "They", "But", "When", "After")
        and "’" not in found[0]
        and "'" not in found[0]
        and found["b"].split()[-1] not in ("Sen", "Mr", "Mrs", "Dr", "Gov", "Rep", "St", "Gen", "Lt", "Col")
    ]


def _countries(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for old in dict.fromkeys(found["name"] for found in _COUNTRY.finditer(claim)):
        new = _other_country(old, claim, span, rng)
        if new is not None:
            edits.append(_everywhere(claim, {old: new[0], ADJECTIVES[old]: new[1]}))
    for country, adjective in ADJECTIVES.items():
        if adjective == country or says(claim, country) or not _is_adjective(claim, adjective):
            continue
        new = _other_country(country, claim, span, rng)
        if new is not None and not (f"{adjective}s" in claim and new[1].endswith(("sh", "ch", "se", "ss"))):
            edits.append(_everywhere(claim, {adjective: new[1]}))
    return [edit for edit in edits if edit]


def _is_adjective(claim: str, adjective: str) -> bool:
    """Not a people as a whole: "the Chinese are"."""
    found = re.search(rf"(?<![\w-])(?P<the>[Tt]he )?{adjective}(?P<s>s)?(?![\w-])", claim)
    if found is None:
        return False
    people = re.match(
        r"[.,;]|$| (?:and|or|is|are|was|were|have|had|has|to|in|of|on|for|who|will|did)\b",
        claim[found.end() :],
    )
    return not (found["the"] and not found["s"] and people)


def _other_country(old: str, claim: str, span: str, rng: Random) -> tuple[str, str] | None:
    """A country of the span that plays another part there, or one of the same region that it does not name."""
    there = [
        (name, adjective)
        for name, adjective in ADJECTIVES.items()
        if name != old
        and says(span, name)
        and not _named(claim, name)
        and not listed_together(span, old, name)
    ]
    absent = [one for one in COUNTRIES[old] if not _named(span, one[0]) and not _named(claim, one[0])]
    choices = there if there and rng.random() < 0.5 else absent
    return rng.choice(choices) if choices else None


def _named(text: str, country: str) -> bool:
    return says(text, country) or says(text, ADJECTIVES[country])


def listed_together(span: str, one: str, other: str) -> bool:
    """Whether some sentence joins the two, so that what holds of one may hold of both."""
    between = r"[^.;!?]{0,80}?(?:\band\b|\bor\b|,|\bwith\b|\bboth\b|\bas well as\b|[-–/])[^.;!?]{0,40}?"
    pair = (re.escape(one), re.escape(other))
    return any(re.search(a + between + b, span) is not None for a, b in (pair, pair[::-1]))


def _everywhere(claim: str, new: dict[str, str]) -> Edit:
    names = "|".join(sorted(map(re.escape, new), key=len, reverse=True))
    found = re.finditer(rf"(?<![\w-])(?:{names})(?=s?(?!\w))", claim)
    return tuple(Change(one.start(), one.end(), new[one[0]]) for one in found)


def _sisters(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for old in dict.fromkeys(found["name"] for found in _SISTER.finditer(claim)):
        if (
            re.search(rf"(?:[A-Z]\w+ |\bthe ){re.escape(old)} (?:and|or) |\band {re.escape(old)}\b", claim)
            and old.islower()
        ):
            continue
        there = [
            name
            for name in SISTERS[old]
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", span)
            and not says(claim, name)
            and not listed_together(span, old, name)
        ]
        absent = [name for name in SISTERS[old] if not says(span, name) and not says(claim, name)]
        choices = there if there and rng.random() < 0.5 else absent
        if choices:
            edits.append(_everywhere(claim, {old: rng.choice(choices)}))
    return [edit for edit in edits if edit]


def _people(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for pattern in (_TITLED, _PERSON):
        for found in pattern.finditer(claim):
            first, last = found["first"], found["last"]
            if last in _NO_SURNAME or last in ADJECTIVES or any(overlap(found, edit) for edit in edits):
                continue
            asian = _is_asian(span + claim) or first in CENTRAL_ASIAN[1]
            families, first_names = CENTRAL_ASIAN if asian else WESTERN
            edits += [_other(found, "last", families, span, rng), *_span_person(claim, found, span, rng)]
            if first and rng.random() < 0.3:
                edits[-1] = _other(found, "first", first_names, span, rng)
    return [edit for edit in edits if edit]


def overlap(found: re.Match[str], edit: Edit) -> bool:
    return any(change.start < found.end() and found.start() < change.end for change in edit)


def _is_asian(text: str) -> bool:
    return re.search(r"stan\b|Taliban|Tajik|Afghan|India|Iran", text) is not None


def _other(found: re.Match[str], group: str, names: list[str], span: str, rng: Random) -> Edit:
    choices = [name for name in names if not says(span, name)]
    return (Change(*found.span(group), rng.choice(choices)),)


def _span_person(claim: str, found: re.Match[str], span: str, rng: Random) -> list[Edit]:
    """The same words told of another person whom the span names."""
    if not found["first"]:
        return []
    old = claim[found.start("first") : found.end("last")]
    people = [span[one.start("first") : one.end("last")] for one in _PERSON.finditer(span)]
    others = [
        name
        for name in dict.fromkeys(people)
        if name.split()[-1] not in claim and not listed_together(span, old, name)
    ]
    return [(Change(found.start("first"), found.end("last"), rng.choice(others)),)] if others else []
