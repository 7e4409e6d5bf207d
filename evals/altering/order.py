"""Claims with another order in time: before for after, still for no longer (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, Swaps, replaced, swap, swapped
from evals.altering.numbers import MONTH
from evals.altering.verbs import Form, verb_of

_WHEN = (
    r"(?= (?:the|a|an|its|their|his|her|this|that|it|they|he|she|independence|[A-Z][a-z]+|\d{4}"
    r"|signing|being|taking|leaving|becoming|winning))"
)
_IN_FRONT_OF = (
    r"(?! the (?:court|parliament|council|committee|judge|commission|house|senate|camera|tribunal))"
)
_SINCE = (
    rf"(?= (?:the \d0?s|\d{{4}}|independence|{MONTH}"
    r"|(?:its|their|the) (?:start|fall|collapse|end|beginning|launch|independence|founding|takeover|withdrawal)))"
)
_FIRST_OF = (
    r"(?= (?:time|phase|stage|meeting|round|part|visit|session|shipment|convoy|agreement|train|consignment|delivery"
    r"|line|unit))"
)
_NO_STILL = r"(?<!stood )(?<!stand )(?<!to )(?<!and )(?<!but )(?<!a )(?<!the )"
_TIMES: Swaps = (
    (rf"(?<!the )(?<!day )(?<!even )before{_WHEN}{_IN_FRONT_OF}", ("after",)),
    (rf"(?<!named )(?<!look )(?<!looks )(?<!looking )(?<!soon )(?<!day )(?<!year )(?<!sought )(?<!even )after{_WHEN}", ("before",)),
    (r"prior to", ("after",)),
    (rf"(?:shortly|soon|immediately) after{_WHEN}", ("long before",)),
    (rf"until(?= (?:\d{{4}}|the|its|their|independence|{MONTH}))", ("even after",)),
    (r"no longer", ("still",)),
    (rf"{_NO_STILL}still(?! (?:being|camera|image|life|water|more|and)\b)", ("no longer",)),
    (rf"(?<!at )(?<!the very )first{_FIRST_OF}", ("last", "second")),
    (r"(?<!at )(?<!the past )(?<!than )(?<!in )last(?= (?:time|phase|stage|round|part|visit|session|meeting))", ("first",)),
    (r"earlier(?= (?:this|that|in)\b)", ("later",)),
    (r"later(?= (?:this|that|in)\b)", ("earlier",)),
    (r"(?<=the )(?:previous|preceding)", ("following", "next")),
    (r"(?<=the )(?:next|following|subsequent)(?= (?:year|day|month|week|decade|meeting|summit|session))", ("previous",)),
    (r"former(?= [a-zA-Z]+)(?! Soviet)(?! Yugoslav)", ("current",)),
    (r"(?<=the )current(?= [a-z]+)", ("former",)),
    (r"(?<=the )(?:latest|newest|most recent)", ("earliest",)),
    (r"(?<=the )(?:earliest|oldest)", ("latest",)),
    (r"(?:recently|lately)(?=\.|$)", ("long ago",)),
    (rf"during{_WHEN}", ("before", "after")),
    (r"(?<=, )following(?= (?:the|a|an)\b)", ("before",)),
    (r"yesterday", ("tomorrow",)),
    (r"tomorrow", ("yesterday",)),
    (r"upcoming", ("recent",)),
    (r"not yet", ("already",)),
)  # fmt: skip
_TURNS = {"later": "earlier", "earlier": "later", "before": "after", "after": "before"}
_TURN = re.compile(r"(?:years?|months?|days?|weeks?) (?P<turn>later|earlier|before|after)(?=[ ,.])")
_EVER_SINCE = re.compile(
    rf"\b(?P<aux>has|have) (?P<verb>[a-z]+) (?P<rest>(?:[^,;.]+? )?)(?P<since>since){_SINCE}(?!.*\bsince\b)"
)
_ALREADY = r"(?:(?<=\bhas )|(?<=\bhave )|(?<=\bhad )|(?<=\bis )|(?<=\bare ))already(?= \w)"


def time_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits = [edit for edit in swapped(_TIMES, claim, span, rng) if _fits(claim, edit)]
    return [
        *edits,
        *replaced(_ALREADY, claim, "not yet"),
        *[swap(found, _TURNS[found["turn"]], "turn") for found in _TURN.finditer(claim)],
        *_until_then(claim),
    ]


def _fits(claim: str, edit: Edit) -> bool:
    """ "no longer" stands after an auxiliary or before a verb that shows its tense."""
    (change,) = edit
    if change.new.lower() != "no longer":
        return True
    following = re.match(r"\s([a-z]+)", claim[change.end :])
    form = verb_of(following[1]) if following else None
    auxiliary = re.search(r"\b(?:is|are|was|were|can|will|has|have)\s$", claim[: change.start])
    return auxiliary is not None or (form is not None and form[1] in (Form.THIRD, Form.PAST))


def _until_then(claim: str) -> list[Edit]:
    """ "has been closed since 2014" → "was closed until 2014"."""
    edits: list[Edit] = []
    for found in _EVER_SINCE.finditer(claim):
        form = verb_of(found["verb"])
        if found["verb"] == "been":
            past = "was" if found["aux"] == "has" else "were"
        elif form is not None and form[0].participle == found["verb"]:
            past = form[0].past
        else:
            continue
        edits.append(
            (Change(found.start("aux"), found.end("verb"), past), Change(*found.span("since"), "until"))
        )
    return edits
