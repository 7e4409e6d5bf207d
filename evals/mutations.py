"""Ways in which an assistant can go wrong, as pure changes of recorded responses.

Each must turn the gate red. They are the test of the gate, and `rag eval mutations` runs them over
a recorded run of the real assistant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from evals.numerals import MONTHS
from evals.responses import Found, Kind, Quoted, Response, Stated

Responses = Mapping[str, Response]
Mutation = Callable[[Responses, Random], dict[str, Response]]


def unchanged(responses: Responses, rng: Random) -> dict[str, Response]:
    return dict(responses)


def swap_citations(responses: Responses, rng: Random) -> dict[str, Response]:
    """Every claim keeps its words and gets the citations of the next claim, over all answers."""
    claims = [(key, claim) for key, response in responses.items() for claim in response.claims]
    cited = [responses[key].cited(claim.citations) for key, claim in claims]
    moved = iter(cited[1:] + cited[:1])
    return {
        key: _recited(response, [next(moved) for _ in response.claims]) for key, response in responses.items()
    }


def alter_numbers(responses: Responses, rng: Random) -> dict[str, Response]:
    """The last digit of every number in every claim changes."""
    return _reworded(responses, lambda text: re.sub(r"\d+(?:[.,]\d+)*", _next_digit, text))


def alter_dates(responses: Responses, rng: Random) -> dict[str, Response]:
    """Every month becomes the next, every year another one."""
    return _reworded(responses, _shift_dates)


def alter_names(responses: Responses, rng: Random) -> dict[str, Response]:
    """The last capitalised word of every claim, its first word aside, becomes another name."""
    return _reworded(responses, _rename)


def alter_negation(responses: Responses, rng: Random) -> dict[str, Response]:
    """Every claim says the opposite."""
    return _reworded(responses, _negate)


def alter_numbers_in_quotes(responses: Responses, rng: Random) -> dict[str, Response]:
    """Claims and the quotes under them change together: only the documents can tell."""
    altered = alter_numbers(responses, rng)
    return {key: replace(r, citations=tuple(map(_misquoted, r.citations))) for key, r in altered.items()}


def delete_document(responses: Responses, rng: Random) -> dict[str, Response]:
    """The document cited most is gone: nothing of it is retrieved, cited or claimed."""
    counts = Counter(quote.document for response in responses.values() for quote in response.citations)
    gone = min(counts, key=lambda document: (-counts[document], document), default="")
    return {key: _without(response, gone) for key, response in responses.items()}


def shuffle_retrieval(responses: Responses, rng: Random) -> dict[str, Response]:
    """The retrieved passages of every case in random order."""
    return {
        key: replace(response, retrieved=_shuffled(response.retrieved, rng))
        for key, response in responses.items()
    }


def refuse_everything(responses: Responses, rng: Random) -> dict[str, Response]:
    return {
        key: replace(
            response,
            kind=Kind.REFUSAL,
            text="The sources do not answer this.",
            claims=(),
            citations=(),
            confidence=0.0,
        )
        for key, response in responses.items()
    }


def answer_everything(responses: Responses, rng: Random) -> dict[str, Response]:
    """Every refusal becomes an answer that quotes the nearest passage."""
    return {
        key: _forced(response) if response.kind is Kind.REFUSAL else response
        for key, response in responses.items()
    }


def invent(responses: Responses, rng: Random) -> dict[str, Response]:
    """A chat model that writes fluent nonsense, cites what it was given and calls it supported."""
    return {
        key: _with_claims(
            response,
            tuple(Stated(_invention(rng), claim.citations, "SUPPORTED") for claim in response.claims),
        )
        for key, response in responses.items()
    }


HARMFUL: Mapping[str, Mutation] = {
    "swap-citations": swap_citations,
    "alter-numbers": alter_numbers,
    "alter-dates": alter_dates,
    "alter-names": alter_names,
    "alter-negation": alter_negation,
    "alter-numbers-in-quotes": alter_numbers_in_quotes,
    "delete-document": delete_document,
    "shuffle-retrieval": shuffle_retrieval,
    "refuse-everything": refuse_everything,
    "answer-everything": answer_everything,
    "invent": invent,
}


def _recited(response: Response, cited: list[tuple[Quoted, ...]]) -> Response:
    numbered: list[Quoted] = []
    claims = []
    for claim, quotes in zip(response.claims, cited, strict=True):
        first = len(numbered) + 1
        numbered += [replace(quote, n=first + i) for i, quote in enumerate(quotes)]
        claims.append(replace(claim, citations=tuple(range(first, len(numbered) + 1))))
    return replace(response, claims=tuple(claims), citations=tuple(numbered))


def _reworded(responses: Responses, reword: Callable[[str], str]) -> dict[str, Response]:
    return {
        key: _with_claims(response, tuple(replace(c, text=reword(c.text)) for c in response.claims))
        for key, response in responses.items()
    }


def _with_claims(response: Response, claims: tuple[Stated, ...]) -> Response:
    """The claims replaced, and with them their words in the text that the reader sees."""
    text = response.text
    for before, after in zip(response.claims, claims, strict=True):
        text = text.replace(before.text, after.text)
    return replace(response, claims=claims, text=text)


def _next_digit(found: re.Match[str]) -> str:
    number = found[0]
    return number[:-1] + str((int(number[-1]) + 3) % 10)


def _shift_dates(text: str) -> str:
    months = {name.capitalize(): MONTHS[(i + 1) % 12].capitalize() for i, name in enumerate(MONTHS)}
    text = re.sub(rf"\b({'|'.join(months)})\b", lambda found: months[found[1]], text)
    return re.sub(r"\b(1[89]|20)(\d\d)\b", lambda found: f"{found[1]}{(int(found[2]) + 7) % 100:02}", text)


def _rename(text: str) -> str:
    names = list(re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b", text))
    return text[: names[-1].start()] + "Ruritania" + text[names[-1].end() :] if names else text


def _negate(text: str) -> str:
    for positive in (
        " is ",
        " are ",
        " was ",
        " were ",
        " has ",
        " have ",
        " had ",
        " will ",
        " can ",
        " may ",
    ):
        if positive in text and f"{positive}not " not in text:
            return text.replace(positive, f"{positive}not ", 1)
    first, _, rest = text.partition(" ")
    return f"{first} never {rest}"


def _misquoted(quote: Quoted) -> Quoted:
    return replace(quote, quote=re.sub(r"\d+(?:[.,]\d+)*", _next_digit, quote.quote))


def _without(response: Response, document: str) -> Response:
    if not document:
        return response
    citations = tuple(quote for quote in response.citations if quote.document != document)
    kept = {quote.n for quote in citations}
    claims = tuple(
        replace(claim, citations=tuple(n for n in claim.citations if n in kept))
        for claim in response.claims
        if kept.intersection(claim.citations)
    )
    found = [hit for hit in response.retrieved if hit.document != document]
    remaining = replace(
        response,
        claims=claims,
        citations=citations,
        nearest=tuple(quote for quote in response.nearest if quote.document != document),
        retrieved=_reranked(found),
        text=" ".join(claim.text for claim in claims) if claims != response.claims else response.text,
    )
    if response.kind is Kind.ANSWER and not claims:
        return replace(remaining, kind=Kind.REFUSAL, text="The sources do not answer this.", confidence=0.0)
    return remaining


def _shuffled(retrieved: tuple[Found, ...], rng: Random) -> tuple[Found, ...]:
    return _reranked(rng.sample(list(retrieved), len(retrieved)))


def _reranked(found: list[Found]) -> tuple[Found, ...]:
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(found, start=1))


def _forced(response: Response) -> Response:
    quotes = tuple(replace(quote, n=n) for n, quote in enumerate(response.nearest[:1], start=1))
    claims = tuple(Stated(quote.quote, (quote.n,), "SUPPORTED") for quote in quotes)
    text = " ".join(f"{claim.text} [{n}]" for n, claim in enumerate(claims, start=1))
    return replace(
        response,
        kind=Kind.ANSWER,
        text=text or "Certainly, yes.",
        claims=claims,
        citations=quotes,
        nearest=(),
        confidence=1.0,
    )


def _invention(rng: Random) -> str:
    subject = rng.choice(("The Ruritanian senate", "A council of harbour masters", "The lighthouse guild"))
    deed = rng.choice(("abolished its turnip levy", "renamed every canal", "adopted a maritime anthem"))
    return f"{subject} {deed} in {rng.randint(1801, 1899)}."
