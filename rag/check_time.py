"""Before told as after, still told as no longer, first told as last (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.alignment import Alignment, Text, read
from rag.types import Check

_CUE = re.compile(
    r"\b(?:(?P<before>before|prior to|ahead of|previous to|preceding|precedes?|preceded|(?<!not )until|till|up to the time)"
    r"|(?P<after>after|following|once|subsequent to|since|as soon as|in the wake of|followed|from the moment|later than|upon)"
    r"|(?P<during>during|while|in the course of|throughout|amid)"
    r"|(?P<still>still|continues? to|remains?|remained|yet)"
    r"|(?P<ended>no longer|not any ?more|used to|ceased to|stopped)"
    r"|(?P<former>former|formerly|previously|ex)|(?P<current>current|currently|present|incumbent|now|existing|sitting|today)"
    r"|(?P<earlier>earlier|sooner)|(?P<later>later|afterwards?|subsequently)"
    r"|(?P<first>first|initial|initially|originally|at first|earliest|oldest)|(?P<last>last|final|finally|latest|most recent|newest|ultimately)"
    r"|(?P<already>already)|(?P<notyet>not yet|yet to)"
    r"|(?P<previous>previous|prior|past)|(?P<next>next|coming|forthcoming|upcoming|subsequent))\b",
    re.IGNORECASE,
)
_RIVALS: dict[str, frozenset[str]] = {
    "before": frozenset({"after", "during"}),
    "after": frozenset({"before", "during", "previous"}),
    "during": frozenset({"before", "after"}),
    "still": frozenset({"ended"}),
    "ended": frozenset({"still", "current"}),
    "former": frozenset({"current"}),
    "current": frozenset({"former", "ended"}),
    "earlier": frozenset({"later"}),
    "later": frozenset({"earlier"}),
    "first": frozenset({"last"}),
    "last": frozenset({"first"}),
    "already": frozenset({"notyet"}),
    "notyet": frozenset({"already"}),
    "previous": frozenset({"next", "after"}),
    "next": frozenset({"previous"}),
}
_REACH = 8
_ALIGNED = 0.4


@dataclass(frozen=True, slots=True)
class Cue:
    """A word for time at the words first…end, and the content words that follow it."""

    first: int
    end: int
    kind: str
    after: tuple[int, ...]


@lru_cache(maxsize=4096)
def cues(text: str) -> tuple[Cue, ...]:
    whole = read(text)
    found: list[Cue] = []
    for match in _CUE.finditer(text):
        first, end = whole.stretch(*match.span())
        if first < end:
            stop = whole.sentence_of(first)[1]
            after = (i for i in range(end, min(end + _REACH, stop)) if whole.content[i])
            found.append(Cue(first, end, match.lastgroup or "", tuple(after)[:4]))
    return tuple(found)


def time_checks(pair: Alignment) -> Iterator[Check]:
    mine_ones = cues(pair.claim.text)
    if pair.coverage < _ALIGNED or not mine_ones:
        return
    theirs = [one for one in cues(pair.span.text) if any(a <= one.first < b for a, b in pair.window)]
    for mine in mine_ones:
        if not any(pair.ordered[i] for i in range(mine.first, mine.end)):
            rival = _rival(pair, mine, theirs)
            if rival:
                yield Check("time", _phrase(pair.claim, mine), _phrase(pair.span, rival))
                return


def _rival(pair: Alignment, mine: Cue, theirs: Sequence[Cue]) -> Cue | None:
    """An opposite word of the span with the same words after it, where no like word has them."""
    opposite = [one for one in theirs if one.kind in _RIVALS.get(mine.kind, frozenset())]
    if not opposite:
        return None
    slot = pair.slot(mine.first, mine.end)
    inside = [one for one in opposite if slot and slot[0] <= one.first and one.end <= slot[1]]
    if inside:
        return inside[0]
    if any(one.kind == mine.kind and _shared(pair, mine.after, one.after) for one in theirs):
        return None
    return next((one for one in opposite if _shared(pair, mine.after, one.after)), None)


def _shared(pair: Alignment, mine: tuple[int, ...], theirs: tuple[int, ...]) -> bool:
    """The first content words after both are the same, or two of those that follow."""
    if not mine or not theirs:
        return False
    hits = [pair.matches[i] in theirs for i in mine]
    return pair.matches[mine[0]] == theirs[0] or sum(hits) >= 2


def _phrase(text: Text, cue: Cue) -> str:
    return text.between(cue.first, cue.after[0] + 1 if cue.after else cue.end)
