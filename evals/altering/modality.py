"""Claims with another modal verb: a duty for a right, a plan for a deed, a guess for a certainty (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, replaced, swap
from evals.altering.negation import finite_verb, main_clause
from evals.altering.verbs import Form, is_base, participle, verb_of

_MODALS = {"shall": ("may", "should"), "must": ("may", "should"), "will": ("may",), "should": ("must", "may"), "may": ("must", "shall"),
           "can": ("must",), "could": ("would",), "might": ("will",)}  # fmt: skip
_FORESEEN = {"may": ("will",), "can": ("will",)}
_LEGAL = re.compile(
    r"\b(?:shall|must|Part(?:y|ies)|law|laws|treaty|agreement|contract|Article|Section|rules?|permit\w*|licen[cs]e\w*|court|Minister|Member States?)\b",
    re.I,
)
_MODAL = re.compile(
    r"(?<![\w’'-])(?P<modal>shall|must|will|should|may|can|could|might)(?P<neg>\s+not)?(?P<adverb>\s+(?:also|only|be|have|\w+ly))?(?=\s+(?P<next>[a-z]+))"
)
_OBLIGED = {"is required to": "may", "are required to": "may", "has to": "may", "have to": "may", "is obliged to": "may",
            "are obliged to": "may", "is allowed to": "must", "are allowed to": "must", "is permitted to": "must",
            "are permitted to": "must", "is entitled to": "must", "are entitled to": "must", "is free to": "must", "are free to": "must",
            "was required to": "was free to", "were required to": "were free to", "was allowed to": "was required to",
            "were allowed to": "were required to", "had to": "was free to", "is necessary": "is optional", "is mandatory": "is optional",
            "is optional": "is mandatory", "is possible": "is certain", "is likely to": "is certain to", "are likely to": "are certain to"}  # fmt: skip
_PLANS = re.compile(r"\b(?P<have>plans|plan|intends|intend|hopes|hope|aims|aim|wants|want|seeks|seek|is expected|are expected|is due|are due|is set|are set|was expected|were expected|was due|was set|planned|intended|hoped|aimed|promised|pledged|agreed|proposed|tried|attempted|was planning|is planning|are planning)\s+to\s+(?P<verb>[a-z]+)\b")  # fmt: skip


_SAID = re.compile(r"\b(?:said|announced|stated|declared|reported|confirmed|claimed|promised) that\b")
_TO_BE_DONE = re.compile(r"\b(?P<be>is|are|was|were) to (?P<verb>[a-z]+)\b")
_DEEDS = frozenset(
    """sign build launch open close buy sell deploy send join ratify adopt approve establish ban construct publish visit meet
    host hold withdraw attack invade introduce create appoint release register sanction extend expel arrest""".split()
)
_PLANNED = (
    "planned to",
    "agreed to",
    "was expected to",
    "promised to",
    "considered plans to",
)


def modality_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    return [
        *_modals(claim, span, rng),
        *_would(claim),
        *_obligations(claim),
        *_done(claim),
        *_only_planned(claim, rng),
        *_hedges(claim),
    ]


def _modals(claim: str, span: str, rng: Random) -> list[Edit]:
    modals = _MODALS if _LEGAL.search(span + claim) else _MODALS | _FORESEEN
    edits: list[Edit] = []
    for found in _MODAL.finditer(claim):
        if not _is_modal(claim, found):
            continue
        if found["neg"]:
            new = {"shall": "may", "must": "may", "may": "may", "will": "might not"}.get(found["modal"])
        else:
            new = rng.choice(modals[found["modal"]])
        if new is not None and not re.search(rf"\b{new}\s+{found['next']}\b", span):
            edits.append((Change(found.start(), found.end("neg" if found["neg"] else "modal"), new),))
    return edits


def _is_modal(claim: str, found: re.Match[str]) -> bool:
    """Not the noun "will", the month, nor what is asked after "whether"."""
    before = claim[: found.start()].rstrip()
    if re.search(r"\b(?:the|a|of|in|political|their|his|her|its|good|free|own)$", before, re.I) or re.search(
        r"\bwhether (?:\S+ ){0,5}\S+$", before
    ):
        return False
    return found["adverb"] is not None or is_base(found["next"])


def _would(claim: str) -> list[Edit]:
    """ "would resume" → "had resumed"."""
    return [
        swap(found, f"had {participle(found['verb'])}")
        for found in re.finditer(r"\bwould (?P<verb>[a-z]+)\b", claim)
        if is_base(found["verb"]) and _SAID.search(claim[: found.start()]) and not re.search(r"\bif\b", claim)
    ]


def _only_planned(claim: str, rng: Random) -> list[Edit]:
    """ "signed" → "planned to sign"."""
    start, end = main_clause(claim)
    found = finite_verb(claim, start, end)
    form = verb_of(found[0]) if found else None
    if found is None or form is None or form[1] is not Form.PAST or form[0].base not in _DEEDS:
        return []
    if re.search(r"\b(?:has|have|had)\b", claim[start : found.start()]):
        return []
    plural = re.search(r"(?:s|\band [A-Z][\w ]+)$", claim[start : found.start()].rstrip()) is not None
    planned = rng.choice(_PLANNED)
    return [swap(found, f"{planned.replace('was', 'were') if plural else planned} {form[0].base}")]


def _obligations(claim: str) -> list[Edit]:
    edits: list[Edit] = []
    for phrase, new in _OBLIGED.items():
        for found in re.finditer(rf"(?<!not )\b{phrase}\b", claim):
            plural = phrase == "had to" and re.search(r"s\s+$", claim[: found.start()])
            edits.append(swap(found, "were free to" if plural else new))
    return edits


def _done(claim: str) -> list[Edit]:
    """ "plans to sign", "is to sign" → "has signed"."""
    edits: list[Edit] = []
    for found in [*_PLANS.finditer(claim), *_TO_BE_DONE.finditer(claim)]:
        passive = re.search(r"\b(?:is|are|was|were|be|been)\s+$", claim[: found.start()])
        if not passive and is_base(found["verb"]):
            edits.append(swap(found, f"{_auxiliary(claim, found)} {participle(found['verb'])}"))
    return edits


def _auxiliary(claim: str, found: re.Match[str]) -> str:
    """ "has", "have" or "had", as the subject and the tense ask for."""
    planning = found[0].split(" to ")[0]
    if planning.startswith(("was", "were")):
        return "had"
    if planning.startswith("are") or planning in ("plan", "intend", "hope", "aim", "want", "seek"):
        return "have"
    many = planning.endswith("ed") and re.search(r"(?:[^s]s|\band [A-Z]\w+)\s+$", claim[: found.start()])
    return "have" if many else "has"


def _hedges(claim: str) -> list[Edit]:
    """A guess told as certain: "probably", "likely to be", "appears to be"."""
    supposed = re.finditer(
        r"\b(?P<be>is|are|was|were) (?:likely|expected|thought|believed|estimated) to be\b", claim
    )
    return [
        *[swap(found, found["be"]) for found in supposed],
        *replaced(
            r"\b(?:probably|possibly|perhaps|potentially|likely(?= be\b)|presumably)\b", claim, "certainly"
        ),
        *replaced(r"\b(?:seems|appears) to be\b", claim, "is"),
        *replaced(r"\b(?:seemed|appeared) to be\b", claim, "was"),
    ]
