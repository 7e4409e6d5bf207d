"""Claims negated, affirmed or turned into their opposite (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, like_case, says, swap
from evals.altering.verbs import Form, verb, verb_of

_AUXILIARY = r"(?:is|are|was|were|has|have|had|will|would|can|could|may|might|shall|should|must|does|do|did)"
_AUX = re.compile(rf"(?<![\w’'-])(?P<aux>{_AUXILIARY})(?P<neg>n['’]t|\s+not)?(?![\w’'-])", re.I)
_BREAKS = re.compile(r"(?:,|;|:|—|–|\(|\s)(?:which|who|whom|whose|that|because|while|whereas|although|when|where|if|unless|after|before|since|until|as)\b|[;:(—]", re.I)  # fmt: skip
_LEADING = re.compile(
    r"^(?:When|If|Although|Though|While|Since|After|Before|Until|Once|As|Because|Despite|Whereas|Unless|Where|In case|During)\b[^,]*,\s*"
)
_PLAIN_SUBJECT = re.compile(r"\b(?:all|every|everyone|each|some|most|many|few|only|both|several|neither|either|nobody|none|no|any|nothing|less|fewer|more|at least|never)\b", re.I)  # fmt: skip
_ADVERB = r"(?:also|still|already|only|just|always|often|never|long|both|all|largely|mainly|partly|hardly|not|even|once|now|no longer|yet)"
_DETERMINED = re.compile(r"\s+(?:the|a|an|its|their|his|her|that|this|these|those|to|in|on|at|by|for|from|with|into|over|up|out|down|off|about|against|all|some|\d|[A-Z]|as|more|no|two|three|between|because|after|before|during|under|through|across|around|of|another|other|new|several|many|talks|trade|relations|any|both|plans|not|how|what|who|it|them|him|us|me|one|along|near|toward|towards|together|back|away)")  # fmt: skip


def negation_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits = [*_opposites(claim, span), *_affirmed(claim)]
    negated = _negated(claim)
    return [*edits, negated] if negated else edits


def main_clause(claim: str) -> tuple[int, int]:
    """Where the main clause stands, up to the first word that opens another."""
    leading = _LEADING.match(claim)
    start = leading.end() if leading else 0
    end = _BREAKS.search(claim, start)
    return start, end.start() if end else len(claim)


def _negated(claim: str) -> Edit | None:
    start, end = main_clause(claim)
    found = next(
        (one for one in _AUX.finditer(claim, start, end) if one.start() > start and one["aux"].islower()),
        None,
    )
    before = claim[start : found.start() if found else end]
    if found is not None and _is_auxiliary(claim, found):
        if (
            found["neg"]
            or _PLAIN_SUBJECT.search(before)
            or re.match(rf"\s+{_ADVERB}\b", claim[found.end() :])
        ):
            return None
        if _leaves_the_verb(claim, start, found.start()):
            if found["aux"] in ("has", "have", "had") and not _is_perfect(claim, found):
                return _without_do(claim, found)
            return (
                Change(found.end(), found.end(), "not" if found["aux"] == "can" else " not"),
                *_polarity(claim, found.end(), end),
            )
    return _negated_verb(claim, start, end)


def _leaves_the_verb(claim: str, start: int, end: int) -> bool:
    """Whether no verb of the main clause stands before: "the convoy sent to Herat" has none."""
    found = finite_verb(claim, start, end)
    form = verb_of(found[0]) if found else None
    if found is None or form is None:
        return True
    more = re.search(r"\band\b|,", claim[found.end() : end])
    return form[1] is Form.PAST and form[0].past == form[0].participle and more is None


def _is_auxiliary(claim: str, found: re.Match[str]) -> bool:
    """Not the month, the noun "will" or "can", nor a question."""
    before = claim[: found.start()].rstrip().lower()
    noun = before.endswith((" the", " a", " free", " of", "political", "in", "to"))
    return not noun or found["aux"] in ("is", "are", "was", "were")


def _is_perfect(claim: str, found: re.Match[str]) -> bool:
    following = re.match(r"\s+(?:\w+ly\s+)?(been|had|done|\w+)", claim[found.end() :])
    if following is None:
        return False
    form = verb_of(following[1])
    return following[1] in ("been", "had", "done", "become", "come", "run") or (
        form is not None
        and form[0].participle == following[1].lower()
        and form[1] in (Form.PAST, Form.PARTICIPLE)
    )


def _without_do(claim: str, found: re.Match[str]) -> Edit | None:
    if re.match(r"\s+(?:to\b|\w+ed\b)", claim[found.end() :]):
        return None
    helper = {"has": "does", "have": "do", "had": "did"}[found["aux"]]
    return (
        Change(found.start(), found.end(), f"{helper} not have"),
        *_polarity(claim, found.end(), len(claim)),
    )


def _negated_verb(claim: str, start: int, end: int) -> Edit | None:
    found = finite_verb(claim, start, end)
    if found is None or _PLAIN_SUBJECT.search(claim[start : found.start()]):
        return None
    form = verb_of(found[0])
    if form is None:
        return None
    helper = "did" if form[1] is Form.PAST else "does"
    return (
        Change(found.start(), found.end(), f"{helper} not {form[0].base}"),
        *_polarity(claim, found.end(), end),
    )


def finite_verb(claim: str, start: int, end: int) -> re.Match[str] | None:
    """The first past or third-person form that can only be the verb of the clause; None in doubt."""
    for found in re.finditer(r"(?<![\w’'-])[a-z]{3,}(?![\w’'-])", claim[:end]):
        form = verb_of(found[0]) if found.start() > start else None
        if form is None or form[1] not in (Form.PAST, Form.THIRD) or found[0] == form[0].base:
            continue
        before, after = claim[start : found.start()].rstrip(), claim[found.end() :]
        if re.search(r"(?:^|\b(?:the|a|an|its|their|his|her|of|in|on|by|for|to|with|from|and|or|newly|recently|is|are|was|were|been|be|being|has|have|had|\w+ly)|,)$", before, re.I):  # fmt: skip
            continue
        if form[1] is Form.THIRD and (
            not _DETERMINED.match(after)
            or before.endswith("s")
            or re.match(r"\s+(?:in|on|at|by|for|from|of|with|between|and)\b", after)
        ):
            continue
        if form[1] is Form.PAST and not (_DETERMINED.match(after) or re.match(r"[.,]|$", after)):
            continue
        if form[0].past == form[0].participle and re.match(r"\s+(?:\w+\s+){0,2}by\b", after):
            return None
        if (
            form[0].past == form[0].participle
            and re.match(r"\s+(?:by|in|on|at|for|from|with|to|as|under|during)\b", after)
            and _another_verb(claim, found.end(), end)
        ):
            return None
        return found
    return None


def _another_verb(claim: str, start: int, end: int) -> bool:
    clause = claim[start:end]
    if _AUX.search(clause):
        return True
    return any(
        (form := verb_of(word)) is not None and form[1] is Form.PAST for word in re.findall(r"[a-z]+", clause)
    )


def _polarity(claim: str, start: int, end: int) -> Edit:
    """ "some" becomes "any" after a negation, within the same part of the sentence."""
    comma = claim.find(",", start, end)
    found = re.search(r"\bsome\b(?! of the)", claim[start : comma if comma >= 0 else end])
    if found is None:
        return ()
    return (Change(start + found.start(), start + found.end(), "any"),)


def _affirmed(claim: str) -> list[Edit]:
    edits: list[Edit] = []
    for found in _AUX.finditer(claim):
        if not found["neg"] or re.match(
            r"\s+(?:only|just|all|every|necessarily|yet|even|until|least|(?:known|clear|certain|sure) (?:whether|if|how|why|when))\b",
            claim[found.end() :],
        ):
            continue
        edit = _affirmed_at(claim, found)
        edits += [edit] if edit else []
    for found in re.finditer(r"\b(?:cannot)\b", claim):
        edits.append(swap(found, "can"))
    for found in re.finditer(r"\b(?P<aux>has|have|had|was|were|is|are|will|would)\s+never\b", claim):
        edits.append(swap(found, found["aux"]))
    return edits


def _affirmed_at(claim: str, found: re.Match[str]) -> Edit | None:
    rest = claim[found.end() :]
    stop = re.search(r"[.;,]|\bbut\b", rest)
    scope = found.end() + (stop.start() if stop else len(rest))
    any_word = re.search(r"\b(?:any)\b", claim[found.end() : scope])
    more = (Change(found.end() + any_word.start(), found.end() + any_word.end(), "some"),) if any_word else ()
    aux = found["aux"].lower()
    if re.search(r"\b(?:either|anyone|anything|ever|anymore|at all)\b", rest[: scope - found.end()]):
        return None
    if aux not in ("do", "does", "did"):
        full = {"ca": "can", "wo": "will", "sha": "shall"}.get(aux, aux)
        return (Change(found.start(), found.end(), like_case(found[0], full)), *more)
    main = re.match(r"\s+([a-z]+)", rest)
    form = verb_of(main[1]) if main else None
    if main is None or (main[1] != "have" and (form is None or form[0].base != main[1])):
        return None
    new = {"do": "have", "does": "has", "did": "had"}[aux] if main[1] == "have" else _inflected(main[1], aux)
    return (Change(found.start(), found.end() + main.end(), like_case(found[0], new)), *more)


def _inflected(base: str, helper: str) -> str:
    return verb(base).form({"do": Form.BASE, "does": Form.THIRD, "did": Form.PAST}[helper])


_VERB_PAIRS = """increase/decrease accept/reject rise/fall allow/prohibit permit/forbid include/exclude support/oppose approve/reject
    win/lose expand/reduce strengthen/weaken improve/worsen begin/end start/stop open/close enter/leave buy/sell import/export
    join/leave arrive/depart succeed/fail confirm/deny condemn/praise welcome/condemn grow/shrink recognise/ignore admit/deny
    lend/borrow gain/lose remember/forget accelerate/delay encourage/discourage protect/endanger raise/lower remain/cease
    create/destroy legalise/ban push/pull appear/disappear agree/refuse maintain/abandon ratify/reject adopt/reject extend/shorten
    reopen/close endorse/oppose facilitate/impede enable/prevent boost/reduce deploy/withdraw""".split()
_OPPOSITE_VERBS = {a: b for pair in _VERB_PAIRS for a, b in (pair.split("/"), pair.split("/")[::-1])} | {
    a: b for pair in _VERB_PAIRS for a, b in [pair.split("/")]
}
_WORD_PAIRS = """higher/lower largest/smallest largest/smallest larger/smaller biggest/smallest bigger/smaller highest/lowest best/worst
    better/worse stronger/weaker strong/weak legal/illegal possible/impossible able/unable willing/unwilling likely/unlikely
    successful/unsuccessful successfully/unsuccessfully inside/outside faster/slower longer/shorter longest/shortest
    oldest/youngest older/younger rich/poor cheap/expensive cheaper/costlier safe/unsafe formal/informal official/unofficial public/private
    direct/indirect voluntary/mandatory temporary/permanent urban/rural domestic/foreign increased/decreased rising/falling
    increasing/decreasing growing/shrinking majority/minority friendly/hostile positive/negative male/female man/woman men/women boy/girl
    boys/girls indoors/outdoors open/closed hot/cold wet/dry young/old tall/short happy/sad maximum/minimum
    upward/downward upper/lower internal/external sufficient/insufficient stable/unstable""".split()
_OPPOSITE_WORDS = {b: a for a, b in (pair.split("/") for pair in _WORD_PAIRS)} | {
    pair.split("/")[0]: pair.split("/")[1] for pair in _WORD_PAIRS
}
_FIXED = re.compile(
    r"foreign (?:minist|affairs|office|secretary|policy|national)|public (?:holiday|health|opinion|school)|private (?:sector|part)|direct(?:or|ly)"
)
_NO_VERB = frozenset(
    "permit permits left fell leaves close open end start welcome support fall gain delay push pull lower raise ban stops ends starts".split()
)
_PHRASES = {"failed to": "managed to", "managed to": "failed to", "refused to": "agreed to", "agreed to": "refused to",
            "declined to": "agreed to", "able to": "unable to", "unable to": "able to", "without": "with",
            "in favour of": "against", "in favor of": "against", "opposed to": "in favour of", "more than": "less than",
            "too few": "enough", "lack of": "abundance of"}  # fmt: skip


def _opposites(claim: str, span: str) -> list[Edit]:
    edits: list[Edit] = []
    for found in re.finditer(r"(?<![\w’'-])[A-Za-z]{3,}(?![\w’'-])", claim):
        new = _opposite_word(claim, found)
        if new and not says(span, new):
            edits.append(swap(found, new))
    for phrase in (
        "failed to",
        "managed to",
        "refused to",
        "declined to",
        "agreed to",
        "able to",
        "unable to",
        "in favour of",
        "in favor of",
        "opposed to",
        "lack of",
    ):
        edits += [swap(found, _PHRASES[phrase]) for found in re.finditer(rf"\b{phrase}\b", claim)]
    return edits


def _opposite_word(claim: str, found: re.Match[str]) -> str | None:
    word = found[0]
    if _FIXED.match(claim[found.start() :]):
        return None
    if word.lower() in _OPPOSITE_WORDS and word.islower():
        return _OPPOSITE_WORDS[word]
    form = verb_of(word)
    if form is None or not word.islower() or form[0].base not in _OPPOSITE_VERBS or word in _NO_VERB:
        return None
    opposite = _OPPOSITE_VERBS[form[0].base]
    if _other_construction(claim[found.end() :], form[0].base):
        return None
    kind = form[1]
    if kind is Form.ING and form[0].base in ("include", "exclude"):
        return None
    if kind is Form.PAST and re.search(
        r"\b(?:is|are|was|were|be|been|being|has|have|had)\s+(?:\w+ly\s+|not\s+|also\s+)?$",
        claim[: found.start()],
    ):
        kind = Form.PARTICIPLE
    return _verb_form(opposite, kind)


def _verb_form(base: str, form: Form) -> str | None:
    known = verb_of(base)
    return known[0].form(form) if known and known[0].base == base else None


def _other_construction(rest: str, base: str) -> bool:
    """Whether what follows ("agreed that", "began to", "for the end of") does not go with the opposite."""
    if base in ("begin", "start", "stop", "cease", "fail", "remain", "agree", "refuse", "continue"):
        return re.match(r"\s+(?:to|that|with|on|for|as|\w+ing)\b", rest) is not None or base in (
            "agree",
            "refuse",
            "fail",
            "remain",
            "cease",
            "succeed",
        )
    if base in ("allow", "permit", "encourage", "enable", "forbid", "prohibit", "prevent", "discourage"):
        return re.match(r"\s+(?:[\w’'-]+\s+){1,5}?(?:to|from)\b", rest) is not None
    return re.match(r"\s+(?:to|that)\b", rest) is not None and base not in (
        "rise",
        "fall",
        "increase",
        "decrease",
        "grow",
        "shrink",
    )
