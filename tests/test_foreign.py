"""Names and figures that a source does not hold are told, under whatever form it holds them."""

from __future__ import annotations

import pytest

from rag.foreign import foreign

SPAN = (
    "The Orlova Convention. Velmark destroyed 4,200 river mines between 1999 and 2003. The Ostranan Navy "
    "(ON) has cleared the Lesna, and General Tomas Reuel praised it."
)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("The mines lay in the Danube.", ["Danube"]),
        ("It was hosted by the United Nations in New York.", ["United Nations", "New York"]),
        ("Velmark destroyed 4,300 mines.", ["4300"]),
        ("By 2003 Karstia had given up 17 ferries.", ["Karstia", "17"]),
    ],
)
def test_what_the_source_lacks_is_told(claim: str, expected: list[str]) -> None:
    assert [check.claim for check in foreign(SPAN, claim)] == expected


@pytest.mark.parametrize(
    "claim",
    [
        "Velmark destroyed 4200 mines.",
        "The ON cleared the river Lesna.",
        "Ostrana's navy cleared it.",
        "Tomas Reuel welcomed this in 1999.",
        "Nobody else took part.",
    ],
)
def test_what_it_holds_under_another_form_is_not(claim: str) -> None:
    assert foreign(SPAN, claim) == ()
