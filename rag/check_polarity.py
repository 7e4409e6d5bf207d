"""Which words of a text are denied (pure): "did not sign", "refused to sign", "no longer", "without"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rag.alignment import Text, read
from rag.terms import stem

_AUX = "is are was were has have had do does did will would shall should can could may might must need be been".split()
_CONTRACTED = frozenset(aux + "nt" for aux in _AUX) | {"wont", "cant", "shant"}
_CUES = (
    frozenset(
        """not no never cannot without none neither nor nobody nothing nowhere hardly barely scarcely
    fail failed fails failing failure refuse refused refuses refusing refusal decline declined declines denied deny denies denying
    lack lacks lacked lacking unable avoid avoided avoids avoiding refrain refrained refrains
    """.split()
    )
    | _CONTRACTED
)
_LEXICAL = frozenset(
    stem(word)
    for word in """ban bar prohibit forbid exclude exempt prevent reject refuse deny lack fail stop cease avoid absent absence unable impossible
    refrain decline oppose block illegal abolish revoke cancel annul remove drop abandon end suspend withdraw halt free outside silent
    only sole solely exclusive exclusively except unless save spare scrap dismiss overturn lift waive immune beyond other rather instead
    contrary miss omit leave skip without void escape dispute doubt contest false wrong fabricate dissent elude ignore optional
    abstain limited restrict bypass circumvent skirt evade sidestep blank nil zero empty seldom rarely never barely""".split()
)
"""Stems that deny by their meaning: what is said with one of them may be said with "not" otherwise."""
_PREFIX = re.compile(r"^(?:un|in|im|ir|il|dis|non|de|mis)(?=\w{3})")
_NOT_ONLY = re.compile(
    r"\b(?:not|no) (?:only|just|merely|simply|least|later than|earlier than|fewer than|less than|more than|longer than|further than|exceeding|necessarily|until|doubt|matter)\b|\bnot[- ]for[- ]profit\b|\bwhether or not\b",
    re.IGNORECASE,
)
_STOPS = frozenset(
    "but although though while whereas because if unless since when which who that and so until except".split()
)
_TURNS = frozenset("but however although though provided".split())
_THAN = frozenset("other rather instead free".split())
_ITEM = 1
_WIDE = 30
_REACH = 6
_WHOLE_CLAUSE = frozenset("no none neither nothing nobody".split())


@lru_cache(maxsize=4096)
def denials(text: str) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """(cue, the content words that it denies) for every denying word, in order; words are positions."""
    whole = read(text)
    aside = [whole.stretch(*m.span()) for m in _NOT_ONLY.finditer(text)]
    found = []
    for i, word in enumerate(whole.folded):
        if word not in _CUES or any(a <= i < b for a, b in aside) or (word == "no" and _label(whole, i)):
            continue
        reached = tuple(_reach(whole, i))
        if reached:
            found.append((i, reached))
    return tuple(found)


def _label(whole: Text, i: int) -> bool:
    """ "No. 7"."""
    return i + 1 < len(whole) and whole.folded[i + 1][0].isdigit()


def _reach(whole: Text, cue: int) -> list[int]:
    """The content words after a cue up to the end of its clause, through a list of single words ("not copy,
    publish or disclose"); those of "no" run to the end of the clause."""
    reached: list[int] = []
    wide = whole.folded[cue] in _WHOLE_CLAUSE
    opened = cue + 1
    for i in range(cue + 1, min(cue + 1 + 3 * _REACH, whole.sentence_of(cue)[1])):
        if whole.clauses[i] != whole.clauses[i - 1]:
            if i - opened > _ITEM:
                break
            opened = i
        if whole.folded[i] in _STOPS and reached and not wide:
            break
        if whole.content[i] and whole.folded[i] not in _CUES:
            reached.append(i)
        if len(reached) == _REACH * (1 + wide):
            break
    return reached


def plainly_denied(text: Text, cue: int) -> bool:
    """Whether a denying word turns a verb into its negative: "was not", "cannot", "never"."""
    word = text.folded[cue]
    if word == "not":
        return cue > 0 and text.folded[cue - 1] in _AUX
    return word in _CONTRACTED or word in ("never", "cannot")


@lru_cache(maxsize=4096)
def denied(text: str) -> Mapping[int, int]:
    """Position → how many cues deny the word."""
    counts: dict[int, int] = {}
    for _, reached in denials(text):
        for i in reached:
            counts[i] = counts.get(i, 0) + 1
    return counts


@lru_cache(maxsize=4096)
def denied_widely(text: str) -> frozenset[int]:
    """Positions of the words that a denying word may reach: those after it in its sentence, lists
    included ("shall not copy, publish or disclose")."""
    whole = read(text)
    found: set[int] = set()
    for cue, reached in denials(text):
        found.update(reached)
        for i in range(cue + 1, min(cue + _WIDE, whole.sentence_of(cue)[1])):
            if whole.folded[i] in _TURNS:
                break
            found.add(i)
    return frozenset(found)


def denies_by_meaning(text: Text, i: int, other: Text) -> bool:
    """Whether a word such as "ban", or "unchanged" where the other text has "change", denies something."""
    word = text.folded[i]
    if word in _THAN and text.folded[i + 1 : i + 2] not in (("than",), ("of",)):
        return False
    if text.stems[i] in _LEXICAL or word in _CUES:
        return True
    prefix = _PREFIX.match(word)
    return prefix is not None and stem(word[prefix.end() :]) in other.places
