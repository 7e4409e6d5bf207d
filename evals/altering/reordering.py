"""Sentences whose parts are moved without a change of meaning (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable

from evals.altering.namelists import ADJECTIVES, COUNTRIES, SISTERS
from evals.altering.numbers import MONTH, VALUES
from evals.altering.verbs import Form, verb_of

_ADVERBIAL = (
    rf"(?:[Ii]n (?:early |late |mid-|the (?:spring|summer|autumn|winter) of )?(?:(?:{MONTH}) )?\d{{4}}"
    rf"|[Oo]n (?:\d{{1,2}} (?:{MONTH})(?: \d{{4}})?|(?:{MONTH}) \d{{1,2}}(?:, \d{{4}})?)"
    r"|[Bb]etween \d{4} and \d{4}|[Ff]rom \d{4} to \d{4}|[Ss]ince \d{4}|[Bb]y \d{4})"
)
_LEADING_TIME = re.compile(rf"^(?P<time>{_ADVERBIAL})(?:,\s+|\s+(?=[A-Z]|the\s))(?P<rest>[^,;:]+)\.$")
_TRAILING_TIME = re.compile(rf"^(?P<rest>[^,;:]+?)\s+(?P<time>{_ADVERBIAL})\.$")
_CLAUSE_WORDS = (
    "but that which who when while because if after before since until or than where whose said says although despite"
).split()
_SECOND_CLAUSE = re.compile(rf"\b(?:{'|'.join(_CLAUSE_WORDS)})\b|\d{{4}}")
_TWO_VERBS = re.compile(r"\band (?:[a-z]+ly )?[a-z]+(?:ed|s)\b")
_ADJECTIVES = frozenset(ADJECTIVES.values())
_LOWERED = frozenset(
    "The A An It He She They Its His Her Their This That These Those There Some Many Most All Both Two Three Four Five Six".split()
)


def _time_to_the_end(claim: str) -> str | None:
    found = _LEADING_TIME.match(claim)
    if found is None or _SECOND_CLAUSE.search(found["rest"]) or _TWO_VERBS.search(found["rest"]):
        return None
    return f"{_capital(found['rest'])} {_lower_first(found['time'])}."


def _time_to_the_front(claim: str) -> str | None:
    found = _TRAILING_TIME.match(claim)
    if found is None or _SECOND_CLAUSE.search(found["rest"]) or _TWO_VERBS.search(found["rest"]):
        return None
    return _after(f"{_capital(found['time'])}, ", found["rest"])


_SUBORDINATE = re.compile(
    r"^(?P<main>[^,;:]+?),? (?P<word>after|before|because|when|although) (?P<rest>(?!of\b)[^,;:]+)\.$"
)
_BACKWARD = re.compile(
    r"\b(?:not|never|no|it|he|she|they|its|his|her|their|then|this|only|years|days|months|weeks|soon|shortly|long)\b"
)


def _clause_to_the_front(claim: str) -> str | None:
    """ "X left after Y came" → "After Y came, X left"; not where a pronoun or a negation ties the two."""
    found = _SUBORDINATE.match(claim)
    if found is None or _BACKWARD.search(found["main"]) or _SECOND_CLAUSE.search(found["main"]):
        return None
    return _after(f"{_capital(found['word'])} {found['rest']}, ", found["main"])


_ACCORDING = re.compile(
    r"^According to (?P<speaker>[^,]+), (?P<rest>(?:[A-Z]|(?:the|an?|its|about|some|two|three|most|all|trade|more|work) )[^;:]+)\.$"
)
_ACCORDING_LAST = re.compile(r"^(?P<rest>[^;:]+), according to (?P<speaker>[^,.]+)\.$")
_SAID = re.compile(
    r"^(?P<speaker>[A-Z][\w’' -]{2,50}?) (?P<verb>said|says|claimed|claims|argued|argues|reported) that (?P<rest>[^,;:]+)\.$"
)


def _speaker_to_the_end(claim: str) -> str | None:
    found = _ACCORDING.match(claim)
    if found is not None:
        pointing = re.search(r"\b(?:there|it|they|he|she|this|these)\b", found["rest"])
        return None if pointing else f"{_capital(found['rest'])}, according to {found['speaker']}."
    found = _SAID.match(claim)
    if found is None or re.match(r"(?:In|On|By|At)\b", found["speaker"]):
        return None
    return _after(f"{_capital(found['rest'])}, ", f"{found['speaker']} {found['verb']}")


def _speaker_to_the_front(claim: str) -> str | None:
    found = _ACCORDING_LAST.match(claim)
    return _after(f"According to {found['speaker']}, ", found["rest"]) if found else None


_COUNTRY = "|".join(sorted(COUNTRIES, key=len, reverse=True))
_PAIR = re.compile(rf"(?<![\w-])(?P<one>{_COUNTRY}) and (?P<other>{_COUNTRY})(?![\w-]|['’]s)")


def _pair_turned(claim: str) -> str | None:
    """ "India and Iran" → "Iran and India", where neither is one of a longer list."""
    found = _PAIR.search(claim)
    if found is None or claim[: found.start()].endswith(", ") or "respectively" in claim:
        return None
    return f"{claim[: found.start()]}{found['other']} and {found['one']}{claim[found.end() :]}"


_NP = r"(?:The|the|An?|an?|Its|its)\s(?:[a-z-]+\s){0,2}[a-z-]+|[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2}"
_PASSIVE = re.compile(
    rf"^(?P<patient>{_NP})\s(?P<be>was|were)\s(?P<verb>[a-z]+)\sby\s(?P<agent>{_NP})(?P<when>\s(?:in|on)\s[^,;]*?\d{{4}})?\.$"
)
_ACTIVE = re.compile(
    rf"^(?P<agent>{_NP})\s(?P<verb>[a-z]+)\s(?P<patient>(?:the|an?)\s(?:[a-z-]+\s){{0,2}}[a-z-]+)(?P<when>\s(?:in|on)\s[^,;]*?\d{{4}})?\.$"
)
_MADE_PASSIVE = frozenset(
    "sign build ratify approve adopt publish launch finance construct reject invade capture seize cancel announce accept create "
    "destroy establish organise organize write lead host propose open close attack condemn endorse ban suspend".split()
)


def _active(claim: str) -> str | None:
    found = _PASSIVE.match(claim)
    form = verb_of(found["verb"]) if found else None
    if (
        found is None
        or form is None
        or form[0].participle != found["verb"]
        or form[0].base not in _MADE_PASSIVE
    ):
        return None
    return _after(f"{_capital(found['agent'])} {form[0].past} ", f"{found['patient']}{found['when'] or ''}")


def _passive(claim: str) -> str | None:
    found = _ACTIVE.match(claim)
    form = verb_of(found["verb"]) if found else None
    if found is None or form is None or form[1] is not Form.PAST or form[0].base not in _MADE_PASSIVE:
        return None
    be = "were" if re.search(r"[^s]s$", found["patient"]) else "was"
    done = f"{_capital(found['patient'])} {be} {form[0].participle} by "
    return _after(done, f"{found['agent']}{found['when'] or ''}")


def _after(before: str, beginning: str) -> str | None:
    """What began a sentence, put after something else."""
    moved = _lowered(beginning)
    return None if moved is None else f"{before}{moved}."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _lower_first(text: str) -> str:
    return text[0].lower() + text[1:]


def _lowered(text: str) -> str | None:
    """A sentence's beginning as it stands inside one; None where its capital may be a name's or not."""
    first, _, rest = text.partition(" ")
    if first in _LOWERED or first.lower() in VALUES:
        return _lower_first(text)
    name = first.removesuffix("'s").removesuffix("’s")
    known = name in COUNTRIES or name in SISTERS or name in _ADJECTIVES or re.search(r"[A-Z]{2}|\d", name)
    return text if known or rest[:1].isupper() else None


REORDERINGS: tuple[Callable[[str], str | None], ...] = (
    _time_to_the_end,
    _time_to_the_front,
    _clause_to_the_front,
    _speaker_to_the_end,
    _speaker_to_the_front,
    _pair_turned,
    _active,
    _passive,
)
"""Each gives the sentence in another order, or None where it cannot be moved safely."""
