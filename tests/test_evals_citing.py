"""Groundedness and ALCE's citation metrics on cases worked by hand; the verifier's own behaviour."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from evals.checks import fired_checks
from evals.citing import citation_precision, citation_recall, groundedness, quote_exactness
from evals.responses import Kind, Quoted, Response, Stated
from evals.verifier import OverlapVerifier

TEXT = "alpha beta gamma"
SPANS = {1: (0, 5), 2: (6, 10), 3: (11, 16)}


@dataclass(frozen=True)
class Letters:
    """Supports a claim made of words when the span holds all of them."""

    name: str = "letters"

    def support(self, span: str, claim: str) -> float:
        return float(set(claim.split()) <= set(span.split()))


def respond(*claims: tuple[str, tuple[int, ...]]) -> Response:
    citations = tuple(
        Quoted(n, "d.md", start, end, TEXT[start:end]) for n, (start, end) in sorted(SPANS.items())
    )
    stated = tuple(Stated(text, cited, "SUPPORTED") for text, cited in claims)
    return Response(Kind.ANSWER, "quote", "", claims=stated, citations=citations)


def text_of(document: str) -> str | None:
    return {"d.md": TEXT}.get(document)


CASES = [
    # claims, groundedness, citation recall, citation precision
    ([("alpha", (1,))], 1, 1, 1),
    ([("alpha", (1, 2))], 1, 1, 1 / 2),  # the second neither supports nor is needed
    ([("alpha beta", (1, 2))], 0, 1, 1),  # only together: both are needed
    ([("alpha beta", (1, 2, 3))], 0, 1, 2 / 3),
    ([("alpha", (2,))], 0, 0, 0),
    ([("delta", (1, 2, 3))], 0, 0, 0),
    ([("alpha", (1,)), ("beta", (3,))], 1 / 2, 1 / 2, 1 / 2),
    ([("alpha", (1,)), ("gamma", ())], 1 / 2, 1 / 2, 1),
    ([("alpha", (9,))], 0, 0, 0),  # a number that points nowhere
]


@pytest.mark.parametrize(("claims", "grounded", "recall", "precision"), CASES)
def test_alce_by_hand(
    claims: list[tuple[str, tuple[int, ...]]], grounded: float, recall: float, precision: float
) -> None:
    response = respond(*claims)
    assert groundedness(response, text_of, Letters()) == pytest.approx(grounded)
    assert citation_recall(response, text_of, Letters()) == pytest.approx(recall)
    assert citation_precision(response, text_of, Letters()) == pytest.approx(precision)


def test_without_claims_or_citations_the_metrics_are_absent() -> None:
    assert groundedness(respond(), text_of, Letters()) is None
    assert citation_recall(respond(), text_of, Letters()) is None
    assert citation_precision(respond(("alpha", ())), text_of, Letters()) is None
    assert quote_exactness(Response(Kind.ANSWER, "quote", ""), text_of) is None


def test_the_document_is_believed_and_not_the_quote() -> None:
    forged = Quoted(1, "d.md", 6, 10, "alpha")
    response = Response(
        Kind.ANSWER, "quote", "", claims=(Stated("alpha", (1,), "SUPPORTED"),), citations=(forged,)
    )
    assert groundedness(response, text_of, Letters()) == 0
    assert quote_exactness(response, text_of) == 0


@pytest.mark.parametrize(
    ("quote", "exact"),
    [
        (Quoted(1, "d.md", 0, 5, "alpha"), 1),
        (Quoted(1, "d.md", 0, 5, "Alpha"), 0),
        (Quoted(1, "d.md", 1, 6, "alpha"), 0),
        (Quoted(1, "d.md", 0, 0, ""), 0),
        (Quoted(1, "d.md", -16, -11, "alpha"), 0),
        (Quoted(1, "gone.md", 0, 5, "alpha"), 0),
    ],
)
def test_quotes_are_exact_or_not(quote: Quoted, exact: float) -> None:
    assert quote_exactness(Response(Kind.ANSWER, "quote", "", citations=(quote,)), text_of) == exact


SPAN = (
    "The treaty was signed on 3 July 1995 in Islamabad. Pakistan was not granted access before June 2023, "
    "28 years later, when 12 trucks reached Kazakhstan."
)


def test_verbatim_claims_are_supported() -> None:
    assert OverlapVerifier().support(SPAN, "The treaty was signed on 3 July 1995 in Islamabad.") == 1.0


@pytest.mark.parametrize(
    ("claim", "check"),
    [
        ("The treaty was signed on 4 July 1995 in Islamabad.", "number"),
        ("The treaty was signed on 3 June 1995 in Islamabad.", "date"),
        ("The treaty was signed on 3 July 1995 in Kabul.", "name"),
        ("The treaty was not signed on 3 July 1995 in Islamabad.", "negation"),
        ("Pakistan was granted access before June 2023, 28 years later.", "negation"),
        ("Uzbekistan was not granted access before June 2023, 28 years later.", "name"),
        ("Access came 29 years later.", "number"),
    ],
)
def test_checks_fire_and_are_named(claim: str, check: str) -> None:
    assert check in {fired.name for fired in fired_checks(SPAN, claim)}
    assert OverlapVerifier().support(SPAN, claim) <= 0.1


@pytest.mark.parametrize(
    "claim",
    [
        "The treaty was signed in Islamabad on July 3, 1995.",
        "Pakistan was not granted access for twenty-eight years.",
        "Twelve trucks reached Kazakhstan in June 2023.",
    ],
)
def test_faithful_rewording_is_supported(claim: str) -> None:
    assert OverlapVerifier().support(SPAN, claim) >= 0.5


def test_unrelated_claims_are_not_supported() -> None:
    assert OverlapVerifier().support(SPAN, "Fishing quotas were halved by the maritime council.") < 0.5
    assert OverlapVerifier().support("", "Fishing quotas were halved.") == 0.0
