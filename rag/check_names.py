"""Names of a claim that its span does not hold, or that stand in another's place (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from rag.acronyms import acronyms
from rag.alignment import IN_PLACE, Alignment, Text, alike, read
from rag.check_demonyms import GENERIC, OPENERS, SAME_PLACE, SHORT_FORMS
from rag.terms import STOP_WORDS, stem
from rag.types import Check

_SAME_PREFIX = 0.65
_SHORTEST_PREFIX = 4
_NO_WORD = re.compile(r"\w{3,}(?:ly|ing|ed)$")
_NO_NAME = re.compile(r"(?:ing|ed|ly|s|ion|ment|ness|ity|ance|ence|where|thing|body|ever|well|long)$")
_BOTH = frozenset("and while whereas but".split())
_MONEY = frozenset("usd eur gbp pkr inr rs cny jpy".split())
_LINKS = frozenset("of the for and on in to de la von van al bin".split())
_I = frozenset("i im ive ill id".split())
_TITLE_CASE = 0.85
_FOLLOWED = 0.6
_HINT = 0.05
"""Likeness that tells one country from another: there are few, and each is known by all its names."""
_REST = 0.7
_MISSED = ((0.5, 0.3), (0.2, 0.5))
"""Likeness to a rival name's place, and share of the claim's other words in the span, that together tell
that a name is missing; chosen on made alterations and supported pairs."""


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words first…end; not `sure` where its capital may only open the sentence."""

    first: int
    end: int
    sure: bool

    @property
    def words(self) -> tuple[int, int]:
        return self.first, self.end


def name_checks(pair: Alignment) -> Iterator[Check]:
    mine, theirs = names(pair.claim.text), names(pair.span.text)
    if not mine or _uncased(pair.span):
        return
    for name in mine:
        rival = _unmet(pair, name, theirs)
        if rival is not None:
            yield Check("name", pair.claim.between(*name.words), rival)


def unknown_names(span: str, claim: str) -> tuple[str, ...]:
    """The names of a claim of which the span holds no telling word under any form, however little the two
    have in common."""
    said, given = read(claim), read(span)
    if _uncased(given):
        return ()
    return tuple(
        said.between(*name.words)
        for name in names(claim)
        if name.sure and len(_lacking(said, given, name)) >= max(1, _telling(said, name))
    )


def _unmet(pair: Alignment, name: Name, theirs: tuple[Name, ...]) -> str | None:
    """What the span has instead of a name, "" for nothing; None where the name is borne out."""
    lacking = _lacking(pair.claim, pair.span, name)
    if not lacking:
        return _displaced(pair, name, theirs)
    if len(lacking) < _telling(pair.claim, name):
        return _other_half(pair, name, theirs)
    near, rival = max(
        ((pair.likeness(name.words, one.words), one.words) for one in theirs if not _in_claim(pair, one)),
        default=(0.0, (0, 0)),
    )
    rest = _rest(pair, name)
    if not name.sure and (near < IN_PLACE or rest < _REST or _NO_NAME.search(pair.claim.folded[name.first])):
        return None
    if any(near >= place and rest >= share for place, share in _MISSED):
        return pair.span.between(*rival)
    if near >= _HINT and any(one in SAME_PLACE for one in lacking):
        return pair.span.between(*rival)
    return "" if name.sure and rest >= _REST else None


def _telling(text: Text, name: Name) -> int:
    return sum(one not in GENERIC and len(one) > 1 for one in text.stems[name.first : name.end])


def _other_half(pair: Alignment, name: Name, theirs: tuple[Name, ...]) -> str | None:
    """A name of the span that shares a word with the claim's but has another in the place of the rest."""
    mine = set(_stems(pair.claim, name))
    sharing = [one for one in theirs if mine & set(pair.span.stems[one.first : one.end]) - GENERIC]
    different = [one for one in sharing if set(pair.span.stems[one.first : one.end]) - mine - GENERIC]
    return pair.span.between(*different[0].words) if sharing and len(sharing) == len(different) else None


def _rest(pair: Alignment, name: Name) -> float:
    """The share of the claim's content words, the name aside, that the span holds."""
    others = [i for i in range(len(pair.claim)) if pair.claim.content[i] and not name.first <= i < name.end]
    return sum(pair.matches[i] >= 0 for i in others) / len(others) if others else 0.0


def _in_claim(pair: Alignment, name: Name) -> bool:
    """Whether the claim has a name of the span, too."""
    return any(
        stem in pair.claim.places for stem in pair.span.stems[name.first : name.end] if stem not in GENERIC
    )


def _displaced(pair: Alignment, name: Name, theirs: tuple[Name, ...]) -> str | None:
    """The name of the span in whose place another one, also known to it, is put."""
    if pair.order < _FOLLOWED:
        return None
    if any(pair.ordered[i] for i in range(*name.words)):
        return _other_subject(pair, name, theirs)
    slot = pair.slot(*name.words)
    if slot is None:
        return None
    inside = [one for one in theirs if slot[0] <= one.first and one.end <= slot[1]]
    if inside and _listed_with(pair, name, inside[0]):
        return None
    return (
        pair.span.between(*inside[0].words)
        if len(inside) == 1 and not _alias(pair, name, inside[0])
        else None
    )


def _other_subject(pair: Alignment, name: Name, theirs: tuple[Name, ...]) -> str | None:
    """In the span the verb right after the claim's name has a subject of its own: "A commands the fleet,
    and B leads the station" for "A leads the station"."""
    verb, last = name.end, pair.matches[name.end - 1]
    if verb >= len(pair.claim) or not pair.ordered[verb] or not pair.claim.content[verb] or last < 0:
        return None
    at = pair.matches[verb]
    own = next((one for one in theirs if one.end == at and one.first > last), None)
    if own is None or not any(word in _BOTH for word in pair.span.folded[last + 1 : own.first]):
        return None
    return None if _alias(pair, name, own) else pair.span.between(*own.words)


def _listed_with(pair: Alignment, mine: Name, other: Name) -> bool:
    """ "A and B" for "B and A"."""
    beside = {
        pair.claim.stems[i]
        for i in (*range(mine.first - 3, mine.first), *range(mine.end, mine.end + 3))
        if 0 <= i < len(pair.claim)
    }
    joined = {"and", "or"} & {
        pair.claim.folded[i] for i in (mine.first - 1, min(mine.end, len(pair.claim) - 1)) if i >= 0
    }
    return bool(joined) and not beside.isdisjoint(pair.span.stems[other.first : other.end])


def _alias(pair: Alignment, mine: Name, other: Name) -> bool:
    forms = {s for one in _stems(pair.claim, mine) for s in (one, *SAME_PLACE.get(one, ()))}
    return not forms.isdisjoint(_stems(pair.span, other)) or any(
        _same_word(pair.claim.folded[i], pair.span.folded[j])
        for i in range(*mine.words)
        for j in range(*other.words)
    )


def _uncased(text: Text) -> bool:
    """No capitals inside its sentences: names cannot be told."""
    inner = _inner(text)
    return len(inner) > 3 and not any(inner)


def _title_case(text: Text) -> bool:
    inner = _inner(text)
    return len(inner) > 3 and sum(inner) > _TITLE_CASE * len(inner)


def _inner(text: Text) -> list[bool]:
    """Of the content words that open no sentence: which are capitalised."""
    return [
        text.capital[i] for first, end in text.sentences for i in range(first + 1, end) if text.content[i]
    ]


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[Name, ...]:
    """Runs of capitalised words that are no mere titles or institutions; () for a headline."""
    whole = read(text)
    if _title_case(whole):
        return ()
    opening = {first for first, _ in whole.sentences} | _after_quote(whole)
    marked = [_is_name(whole, i) for i in range(len(whole))]
    found: list[Name] = []
    for _, run in groupby(range(len(whole)), key=lambda i: (marked[i], whole.clauses[i])):
        members = list(run)
        if marked[members[0]]:
            found += _name(whole, members[0], members[-1] + 1, opening)
    return tuple(found)


def _is_name(whole: Text, i: int) -> bool:
    word = whole.folded[i]
    if word in _MONEY or whole.stems[i + 1 : i + 2] == ("dollar",):
        return False
    return whole.capital[i] and word not in STOP_WORDS and word not in _I


def _name(whole: Text, first: int, end: int, opening: set[int]) -> Iterator[Name]:
    sure = first not in opening
    if not sure:
        alone = end - first == 1
        if whole.folded[first] in OPENERS or (not alone and _NO_WORD.search(whole.folded[first])):
            first, sure = first + 1, True
        elif whole.stems[first] in SAME_PLACE or _shouted(whole, first):
            sure = True
        else:
            sure = not alone
    if first < end and any(whole.stems[i] not in GENERIC for i in range(first, end)):
        yield Name(first, end, sure)


def _shouted(whole: Text, i: int) -> bool:
    return whole.ends[i] - whole.starts[i] > 1 and whole.text[whole.starts[i] : whole.ends[i]].isupper()


def _after_quote(whole: Text) -> set[int]:
    return {i for i in range(len(whole)) if whole.starts[i] and whole.text[whole.starts[i] - 1] in "\"“‘'("}


def _lacking(claim: Text, span: Text, name: Name) -> list[str]:
    """The telling words of a name that are nowhere in the span, under any form."""
    known = known_names(span.text)
    lacking = [
        one
        for one in _stems(claim, name)
        if one not in GENERIC and len(one) > 1 and not _known(span, one, known)
    ]
    return [] if lacking and _spelt_out(claim, span, name) else lacking


def _stems(text: Text, name: Name) -> tuple[str, ...]:
    """The stems of a name, "United States" as "us"."""
    stems = list(text.stems[name.first : name.end])
    for i in range(len(stems) - 1):
        short = SHORT_FORMS.get((stems[i], stems[i + 1]))
        if short:
            stems[i : i + 2] = [short, short]
    return tuple(stems)


def _known(span: Text, one: str, known: frozenset[str]) -> bool:
    if one in known or SAME_PLACE.get(one, frozenset()) & known:
        return True
    if any(other in known for other in alike(one)):
        return True
    return any(_same_word(one, other) for other in _by_prefix(span.text).get(one[:_SHORTEST_PREFIX], ()))


@lru_cache(maxsize=4096)
def known_names(text: str) -> frozenset[str]:
    """Stems of a text, of its acronyms' long forms, and initials of its names."""
    whole = read(text)
    known = set(whole.stems)
    for short, long_form in acronyms(text).items():
        known |= {stem(short.lower()), *read(long_form).stems}
    known |= {stem(initials) for initials in _initials(whole)}
    known |= {
        s for i in range(len(whole) - 1) if (s := SHORT_FORMS.get((whole.stems[i], whole.stems[i + 1])))
    }
    known |= {
        word[:-1] for i, word in enumerate(whole.folded) if word.endswith("s") and _shouted_plural(whole, i)
    }
    return frozenset(known)


def _shouted_plural(whole: Text, i: int) -> bool:
    return whole.text[whole.starts[i] : whole.ends[i] - 1].isupper()


def _initials(whole: Text) -> Iterator[str]:
    """First letters of runs of capitalised words: "United Arab Emirates" → "uae"."""
    run = ""
    for i in range(len(whole)):
        if whole.capital[i] and whole.folded[i] not in STOP_WORDS:
            run += whole.folded[i][0]
            yield from (run[-length:] for length in range(2, min(len(run), 6) + 1))
        elif whole.folded[i] not in _LINKS:
            run = ""


def _spelt_out(claim: Text, span: Text, name: Name) -> bool:
    """The claim writes out what the span abbreviates."""
    letters = "".join(word[0] for word in claim.folded[name.first : name.end])
    if len(letters) < 2:
        return False
    shouted = (span.folded[j] for j in range(len(span)) if _shouted(span, j))
    return any(letters.endswith(short) or letters.startswith(short) for short in shouted)


@lru_cache(maxsize=4096)
def _by_prefix(text: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in (*read(text).folded, *read(text).stems):
        if len(one) > _SHORTEST_PREFIX:
            found.setdefault(one[:_SHORTEST_PREFIX], []).append(one)
    return {prefix: tuple(dict.fromkeys(words)) for prefix, words in found.items()}


def _same_word(one: str, other: str) -> bool:
    """Two forms of one name share most of their beginning: "Tessaly", "Tessalian"."""
    if SAME_PLACE.get(stem(one)) and SAME_PLACE.get(stem(other)):
        return False
    shared = next(
        (k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return shared >= _SHORTEST_PREFIX and shared >= _SAME_PREFIX * max(len(one), len(other))
