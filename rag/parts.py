"""A sentence that states several things → its parts, each to be verified by itself (pure)."""

from __future__ import annotations

import re

_LEAST_WORDS = 4
"""Words of the shortest part; a shorter one, or one without a verb, stays with its neighbour."""
_FINITE = (
    r"(?:is|are|was|were|has|have|had|will|would|shall|should|can|could|may|might|must|did|does|do|\w{2,}ed"
    r"|says|lists|counts|gives|calls|reports|credits|mentions|claims|shows|describes|speaks|spoke|cast|stood"
    r"|began|came|drew|fell|found|gave|got|held|kept|led|left|made|met|put|ran|rose|said|saw|sent|set|took|went|won|wrote)"
)
_BREAK = re.compile(
    r"\s*[;:]\s+"
    r"|,\s+(?:and|but|while|whereas|so|yet|then)\s+"
    r"|(?<!\d),\s+|(?<=\d),\s+(?!\d{3}\b)"
    rf"|\s+(?:and|but|while|whereas)\s+(?=(?:\S+\s+){{0,5}}?{_FINITE}\b)"
)
_WORD = re.compile(r"\w+")
_VERB = re.compile(rf"\b{_FINITE}\b")


def parts(sentence: str) -> tuple[str, ...]:
    """The clauses of a sentence in their order, each as a sentence; () where it is but one.

    They leave out nothing but the words that join them, so a sentence is borne out where each part is. A
    part may lean on the ones before ("… and was fenced by 2021"); a date or place stays with its verb.
    """
    found: list[str] = []
    for piece in _BREAK.split(sentence.strip().rstrip(".!")):
        if found and not (_stands(piece) and _stands(found[-1])):
            found[-1] = f"{found[-1]}, {piece.strip()}"
        elif piece.strip():
            found.append(piece.strip())
    return tuple(f"{piece[:1].upper()}{piece[1:]}." for piece in found) if len(found) > 1 else ()


def _stands(piece: str) -> bool:
    return len(_WORD.findall(piece)) >= _LEAST_WORDS and _VERB.search(piece) is not None
