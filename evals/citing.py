"""Groundedness and citation quality, on any verifier of one claim against one span."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from evals.cases import TextOf
from evals.responses import Quoted, Response, Stated
from rag.parts import parts

SUPPORTED_FROM = 0.5


class Verifier(Protocol):
    """How far a span supports a claim. `name` identifies the method and its version in run records."""

    @property
    def name(self) -> str: ...

    def support(self, span: str, claim: str) -> float:
        """In [0, 1]; 0.5 and more means supported."""


def groundedness(response: Response, text_of: TextOf, verifier: Verifier) -> float | None:
    """Claims that at least one of their citations supports alone / all claims; None without claims. A claim
    that joins statements is supported, too, where each is by one of its citations alone.

    The spans are read from the documents, never from the quotes that the answer shows.
    """
    if not response.claims:
        return None
    return sum(_apart(verifier, _spans(response, claim, text_of), claim) for claim in response.claims) / len(
        response.claims
    )


def citation_recall(response: Response, text_of: TextOf, verifier: Verifier) -> float | None:
    """Claims whose citations together support them / all claims (ALCE, Gao et al. 2023, section 4).

    Together: read as one passage, or any one of them alone. A claim without a citation scores 0.
    """
    if not response.claims:
        return None
    return sum(
        _supports(verifier, _spans(response, claim, text_of), claim) for claim in response.claims
    ) / len(response.claims)


def citation_precision(response: Response, text_of: TextOf, verifier: Verifier) -> float | None:
    """Citations that count / citations (ALCE, Gao et al. 2023, section 4); None without citations.

    A citation counts if its claim is supported by the whole set, and it either supports the claim
    alone or the claim fails without it.
    """
    verdicts = [
        counts
        for claim in response.claims
        for counts in _citations_that_count(_spans(response, claim, text_of), claim, verifier)
    ]
    return sum(verdicts) / len(verdicts) if verdicts else None


def quote_exactness(response: Response, text_of: TextOf) -> float | None:
    """Quotes that equal text[start:end] of their document / quotes shown; None without quotes."""
    shown = response.citations + response.nearest
    return sum(_is_exact(quote, text_of) for quote in shown) / len(shown) if shown else None


def _is_exact(quote: Quoted, text_of: TextOf) -> bool:
    text = text_of(quote.document)
    return text is not None and 0 <= quote.start < quote.end and text[quote.start : quote.end] == quote.quote


def _spans(response: Response, claim: Stated, text_of: TextOf) -> list[str]:
    """The cited text of each citation number of the claim; "" where a number or span leads nowhere."""
    by_number = {citation.n: citation for citation in response.citations}
    return [_span_text(by_number.get(n), text_of) for n in claim.citations]


def _span_text(quote: Quoted | None, text_of: TextOf) -> str:
    text = text_of(quote.document) if quote else None
    return text[quote.start : quote.end] if quote and text else ""


def _apart(verifier: Verifier, spans: Sequence[str], claim: Stated) -> bool:
    def borne_out(text: str) -> bool:
        return any(verifier.support(span, text) >= SUPPORTED_FROM for span in spans if span)

    joined = parts(claim.text)
    return borne_out(claim.text) or (bool(joined) and all(borne_out(part) for part in joined))


def _citations_that_count(spans: list[str], claim: Stated, verifier: Verifier) -> list[bool]:
    if not _supports(verifier, spans, claim):
        return [False] * len(spans)
    return [
        _supports(verifier, [span], claim) or not _supports(verifier, spans[:i] + spans[i + 1 :], claim)
        for i, span in enumerate(spans)
    ]


def _supports(verifier: Verifier, spans: Sequence[str], claim: Stated) -> bool:
    present = [span for span in spans if span]
    if _apart(verifier, present, claim):
        return True
    return len(present) > 1 and verifier.support("\n".join(present), claim.text) >= SUPPORTED_FROM
