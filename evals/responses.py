"""What the assistant said, as recorded: a typed view of the JSON that every face prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evals.cases import Span
from rag.errors import UsageError


class Kind(StrEnum):
    ANSWER = "answer"
    REFUSAL = "refusal"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation: `quote` is what the reader is shown for characters [start, end) of a document."""

    n: int
    document: str
    start: int
    end: int
    quote: str

    @property
    def span(self) -> Span:
        return Span(self.document, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim with the numbers of its citations. `verdict` is what the product said of it."""

    text: str
    citations: tuple[int, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A note; `holds` is False where the product says that a premise is wrong, None if it does not say."""

    kind: str
    text: str
    citations: tuple[int, ...]
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved passage; `rank` counts from 1."""

    document: str
    start: int
    end: int
    score: float
    rank: int

    @property
    def span(self) -> Span:
        return Span(self.document, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Response:
    """One recorded answer, refusal or failure. `confidence` is higher for surer answers."""

    kind: Kind
    mode: str
    text: str
    claims: tuple[Stated, ...] = ()
    citations: tuple[Quoted, ...] = ()
    notes: tuple[Remark, ...] = ()
    nearest: tuple[Quoted, ...] = ()
    retrieved: tuple[Found, ...] = ()
    confidence: float = 0.0
    standalone_question: str = ""
    error: str = ""

    def cited(self, numbers: Sequence[int]) -> tuple[Quoted, ...]:
        """The citations with these numbers; a number that points nowhere is left out."""
        by_number = {citation.n: citation for citation in self.citations}
        return tuple(by_number[n] for n in numbers if n in by_number)


def failure(reason: str) -> Response:
    return Response(Kind.FAILURE, mode="", text="", error=reason)


def response_from_json(answer: Mapping[str, Any]) -> Response:
    """The recorded form of one object of the JSON contract. Raises UsageError naming the field."""
    try:
        return Response(
            kind=Kind(answer["kind"]),
            mode=str(answer.get("mode", "")),
            text=str(answer.get("text", "")),
            claims=tuple(_stated(item) for item in answer.get("claims", ())),
            citations=tuple(_quoted(item) for item in answer.get("citations", ())),
            notes=tuple(_remark(item) for item in answer.get("notes", ())),
            nearest=tuple(_quoted(item) for item in answer.get("nearest", ())),
            retrieved=tuple(_found(item) for item in answer.get("retrieved", ())),
            confidence=_confidence(answer),
            standalone_question=str(answer.get("standalone_question", "")),
            error=str(answer.get("error", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"Not an answer of the JSON contract ({error}); record it again with `rag eval`."
        ) from error


def response_to_json(response: Response) -> dict[str, Any]:
    """The inverse of `response_from_json`; floats rounded to six places so that runs compare by bytes."""
    return {
        "kind": response.kind.value,
        "mode": response.mode,
        "text": response.text,
        "claims": [
            {"text": claim.text, "citations": list(claim.citations), "verdict": claim.verdict}
            for claim in response.claims
        ],
        "citations": [_quoted_to_json(item) for item in response.citations],
        "notes": [
            {"kind": note.kind, "text": note.text, "citations": list(note.citations), "holds": note.holds}
            for note in response.notes
        ],
        "nearest": [_quoted_to_json(item) for item in response.nearest],
        "retrieved": [
            {
                "document": hit.document,
                "start": hit.start,
                "end": hit.end,
                "score": round(hit.score, 6),
                "rank": hit.rank,
            }
            for hit in response.retrieved
        ],
        "confidence": round(response.confidence, 6),
        "standalone_question": response.standalone_question,
        "error": response.error,
    }


def _confidence(answer: Mapping[str, Any]) -> float:
    if "confidence" in answer:
        return float(answer["confidence"])
    return max((float(item["score"]) for item in answer.get("retrieved", ())), default=0.0)


def _stated(item: Mapping[str, Any]) -> Stated:
    return Stated(str(item["text"]), _numbers(item), str(item.get("verdict", "")))


def _quoted(item: Mapping[str, Any]) -> Quoted:
    return Quoted(
        int(item["n"]), str(item["document"]), int(item["start"]), int(item["end"]), str(item["quote"])
    )


def _quoted_to_json(item: Quoted) -> dict[str, Any]:
    return {
        "n": item.n,
        "document": item.document,
        "start": item.start,
        "end": item.end,
        "quote": item.quote,
    }


def _remark(item: Mapping[str, Any]) -> Remark:
    holds = item.get("holds")
    return Remark(
        str(item["kind"]), str(item["text"]), _numbers(item), None if holds is None else bool(holds)
    )


def _found(item: Mapping[str, Any]) -> Found:
    return Found(
        str(item["document"]),
        int(item["start"]),
        int(item["end"]),
        float(item["score"]),
        int(item["rank"]),
    )


def _numbers(item: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(n) for n in item.get("citations", ()))
