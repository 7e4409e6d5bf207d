"""The labels of numbered paragraphs, "(1)(a)(ii)", kept in step from one line to the next. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ONE = re.compile(
    r"\s*(?:\((?P<paren>\d{1,3}[a-z]?|[a-z]{1,5}|[A-Z]{1,5})\)|(?P<dot>\d{1,3}[a-z]?)\.(?!\d)|(?P<half>[a-z]{1,4})\))\s*"
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class _Place:
    """`style` tells "1." from "(1)", "(a)", "(i)" and "(A)"; `value` orders the labels of one style."""

    style: str
    value: int
    label: str


@dataclass(slots=True)
class Labels:
    """Where a reader stands in the numbering of one section, outermost label first."""

    stack: list[_Place] = field(default_factory=list)

    def read(self, line: str) -> str | None:
        """The full label of a line that begins with one or more labels, None for another line.

        A label that neither goes on from one before it nor begins a series is part of the text.
        """
        at = 0
        taken: str | None = None
        while found := _ONE.match(line, at):
            place = self._place(found)
            if place is None:
                break
            self._enter(place)
            at, taken = found.end(), "".join(one.label for one in self.stack)
        return taken if at < len(line) or taken else None

    def _place(self, found: re.Match[str]) -> _Place | None:
        written = found["paren"] or found["dot"] or found["half"]
        mark = "dot" if found["dot"] else "paren" if found["paren"] else "half"
        readings = [_Place(f"{mark}-{style}", value, f"({written})") for style, value in _readings(written)]
        going_on = [one for one in readings if self._goes_on(one)]
        if going_on:
            return max(going_on, key=self._depth)
        held = {one.style for one in self.stack}
        return next((one for one in readings if one.value == 1 and one.style not in held), None) or next(
            (one for one in readings if one.value == 1), None
        )

    def _goes_on(self, place: _Place) -> bool:
        return any(one.style == place.style and 0 <= place.value - one.value <= 3 for one in self.stack)

    def _depth(self, place: _Place) -> int:
        return [one.style for one in self.stack].index(place.style)

    def _enter(self, place: _Place) -> None:
        styles = [one.style for one in self.stack]
        if place.style in styles:
            del self.stack[styles.index(place.style) :]
        self.stack.append(place)


def _readings(written: str) -> list[tuple[str, int]]:
    """What a label may count as, the likelier first: "i" is the first roman numeral or the ninth letter."""
    digits = re.match(r"\d+", written)
    if digits:
        return [("digit", int(digits[0]))]
    case = "upper" if written.isupper() else "lower"
    low = written.lower()
    readings = []
    if set(low) <= _ROMAN.keys() and (value := _roman(low)):
        readings.append((f"roman-{case}", value))
    if len(set(low)) == 1:
        readings.append((f"letter-{case}", ord(low[0]) - ord("a") + 1 + 26 * (len(low) - 1)))
    return readings


def _roman(written: str) -> int:
    """The value of a well-formed numeral up to 89, else 0."""
    if not re.fullmatch(r"(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})", written):
        return 0
    values = [_ROMAN[letter] for letter in written]
    return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))
