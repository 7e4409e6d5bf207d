"""What a sentence names that its source does not hold (pure).

The checks compare texts that speak of one thing and keep silent about others. A sentence that a chat
model writes is held to more: each of its names and figures stands in what it cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.check_names import unknown_names
from rag.types import Check

_FIGURE = re.compile(r"\d[\d,.’']*\d|\d")
_GROUPED = re.compile(r"(?<=\d)[,’'](?=\d{3}\b)")


def foreign(span: str, claim: str) -> tuple[Check, ...]:
    """A check for each name and each figure of the claim that the span lacks."""
    return tuple(_names(span, claim)) + tuple(_figures(span, claim))


def _names(span: str, claim: str) -> Iterator[Check]:
    return (Check("name", name, "") for name in unknown_names(span, claim))


def _figures(span: str, claim: str) -> Iterator[Check]:
    known = set(_found(span))
    return (Check("number", figure, "") for figure in _found(claim) if figure not in known)


def _found(text: str) -> Iterator[str]:
    return (m.group() for m in _FIGURE.finditer(_GROUPED.sub("", text)))
