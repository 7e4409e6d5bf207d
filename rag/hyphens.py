"""Two halves of a wrapped line → one text, with a word that the line end had divided mended. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_GLUED = re.compile(r"\w[–/]$|\S*(?:://|www\.|@)\S*[/@_.?=&-]$|\S+@$")
_DIVIDED = re.compile(r"([^\W\d_][\w’]*)-$")
_WORD = re.compile(r"[\w’]+")
_COMPOUND = frozenset(
    "non self cross co well post pre anti multi inter long short high low third full part all based related"
    " defined term wide level specific making party free time year risk".split()
)


def vocabulary(texts: Iterable[str]) -> Counter[str]:
    """Every word of a document in lower case, hyphenated ones whole, and how often it stands there."""
    return Counter(word for text in texts for word in re.findall(r"[\w’-]+", text.lower()))


def joined(before: str, after: str, words: Counter[str]) -> str:
    """`before` and `after` with a space, or with none inside an address, a range or a divided word; NFC
    if both of them are."""
    whole = _joined(before, after, words)
    return whole if unicodedata.is_normalized("NFC", whole) else f"{before} {after}"


def _joined(before: str, after: str, words: Counter[str]) -> str:
    if not before or _GLUED.search(before):
        return before + after
    divided, following = _DIVIDED.search(before), _WORD.match(after)
    if not divided or not following:
        return f"{before} {after}"
    return before[:-1] + after if _one_word(divided[1], following[0], words) else before + after


def _one_word(left: str, right: str, words: Counter[str]) -> bool:
    """Whether a line-end hyphen divides one word ("regu-lation") rather than joins two ("non-state")."""
    if not right[0].islower():
        return False
    left, right = left.lower(), right.lower()
    if words[left + right]:
        return True
    if words[f"{left}-{right}"] or left in _COMPOUND or right in _COMPOUND:
        return False
    return not (words[left] > 1 and words[right] > 1)
