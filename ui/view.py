"""Answer | Refusal → what the page shows of it: groups of sentences by source, callouts, passages (pure).

Everything here is text and numbers. The page sets it as text, never as HTML or Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.citations import reference
from rag.types import Answer, Check, Citation, Claim, Mode, Note, NoteKind, NoteSide, Refusal, Verdict

_MARKS: Mapping[Verdict, str] = {Verdict.SUPPORTED: "✓", Verdict.CONTRADICTED: "✗", Verdict.NOT_FOUND: "?"}
_VERDICTS: Mapping[Verdict, str] = {
    Verdict.SUPPORTED: "Supported by its source",
    Verdict.CONTRADICTED: "Contradicted by its source",
    Verdict.NOT_FOUND: "Not found in its source",
}
_VERBATIM = "Word for word in its source"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with one look; `strong` is the short answer to a when, who or how-many question."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A citation's number and what a screen reader says of it."""

    n: int
    label: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim with its chips. `mark` and `verdict` say how it was judged, `reasons` why."""

    pieces: tuple[Piece, ...]
    chips: tuple[Chip, ...]
    mark: str
    verdict: str
    quoted: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring sentences from one document."""

    source: str
    byline: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What one of several sources says, and when."""

    date: str
    source: str
    text: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Callout:
    """A remark that stands apart. `kind` is premise-wrong, premise-holds, disagreement or caution."""

    kind: str
    title: str
    text: str
    chips: tuple[Chip, ...]
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that is near a question which the documents do not answer."""

    chip: Chip
    quote: str
    source: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """Everything that is shown of one result; `read_as` is the question that stood alone, or "";
    `numbers` are those of its citations in order."""

    refused: bool
    read_as: str
    said: str
    before: tuple[Callout, ...]
    groups: tuple[Group, ...]
    after: tuple[Callout, ...]
    struck: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    numbers: tuple[int, ...]
    note: str


def result_view(result: Answer | Refusal) -> ResultView:
    cited = {c.n: c for c in citations_of(result)}
    callouts = [_callout(note, cited) for note in result.notes]
    claims = (*result.claims, *result.struck) if isinstance(result, Answer) else ()
    shown = [c for c in claims if c.verdict is Verdict.SUPPORTED]
    below = ("premise-holds", "disagreement")
    return ResultView(
        refused=isinstance(result, Refusal),
        read_as=_read_as(result),
        said=_refused(result) if isinstance(result, Refusal) else "",
        before=tuple(c for c in callouts if c.kind not in below),
        groups=tuple(_groups(shown, cited)),
        after=tuple(c for c in callouts if c.kind in below),
        struck=tuple(_sentence(c, cited) for c in claims if c.verdict is not Verdict.SUPPORTED),
        passages=_passages(result) if isinstance(result, Refusal) else (),
        numbers=tuple(cited),
        note=_note(result),
    )


def citations_of(result: Answer | Refusal) -> tuple[Citation, ...]:
    """The citations of an answer, the nearest passages of a refusal."""
    return result.citations if isinstance(result, Answer) else result.nearest


def byline(author: str | None, date: str | None, kind: str | None = None) -> str:
    return " · ".join(part for part in (author, date, kind) if part)


def reasons(claim: Claim, cited: Mapping[int, Citation]) -> tuple[str, ...]:
    """Why a claim was judged as it was, in sentences."""
    if _is_quoted(claim, cited):
        return ("The sentence is a quotation: its words are exactly those of the document.",)
    said = [f"A local model puts the support of the cited passage at {claim.support:.0%}."]
    if not claim.citations:
        said = ["The sentence cites no passage, so nothing supports it."]
    return (*said, *map(_check, claim.checks))


def _check(check: Check) -> str:
    if check.name == "arithmetic":
        return f"Arithmetic agrees: “{check.claim}” follows from “{check.source}”."
    if not check.source:
        return f"{check.name.capitalize()}: the sentence says “{check.claim}”, the passage does not."
    return f"{check.name.capitalize()}: the sentence says “{check.claim}”, the passage “{check.source}”."


def _groups(claims: Iterable[Claim], cited: Mapping[int, Citation]) -> Iterable[Group]:
    def source(claim: Claim) -> str:
        return cited[claim.citations[0]].document if claim.citations and claim.citations[0] in cited else ""

    for document, group in groupby(claims, key=source):
        members = tuple(group)
        first = next((cited[n] for c in members for n in c.citations if n in cited), None)
        title, by = (first.title, byline(first.author, first.date)) if first and document else ("", "")
        yield Group(title, by, tuple(_sentence(claim, cited) for claim in members))


def _sentence(claim: Claim, cited: Mapping[int, Citation]) -> Sentence:
    quoted = _is_quoted(claim, cited)
    return Sentence(
        pieces=_pieces(claim),
        chips=_chips(claim.citations, cited),
        mark=_MARKS[claim.verdict],
        verdict=_VERBATIM if quoted else _VERDICTS[claim.verdict],
        quoted=quoted,
        reasons=reasons(claim, cited),
    )


def _is_quoted(claim: Claim, cited: Mapping[int, Citation]) -> bool:
    return any(n in cited and cited[n].quote == claim.text for n in claim.citations)


def _pieces(claim: Claim) -> tuple[Piece, ...]:
    if not claim.short_answer:
        return (Piece(claim.text),)
    start, end = claim.short_answer
    parts = (Piece(claim.text[:start]), Piece(claim.text[start:end], strong=True), Piece(claim.text[end:]))
    return tuple(part for part in parts if part.text)


def _chips(numbers: Sequence[int], cited: Mapping[int, Citation]) -> tuple[Chip, ...]:
    return tuple(Chip(n, f"Citation {n}: {reference(cited[n])}") for n in numbers if n in cited)


def _callout(note: Note, cited: Mapping[int, Citation]) -> Callout:
    kind, title = {
        NoteKind.PREMISE: ("premise-holds", "The premise holds")
        if note.holds
        else ("premise-wrong", "Premise corrected"),
        NoteKind.DISAGREEMENT: ("disagreement", "The sources disagree"),
        NoteKind.CAUTION: ("caution", "Caution"),
    }[note.kind]
    sides = _sides(note, cited) if note.kind is NoteKind.DISAGREEMENT else ()
    return Callout(kind, title, note.text, _chips(note.citations, cited), sides)


def _sides(note: Note, cited: Mapping[int, Citation]) -> tuple[Side, ...]:
    """The sides of a disagreement, oldest first; where it names none, the passages that it cites, if they
    are several."""
    sides = [_side(side, cited) for side in note.sides]
    if not sides and len(note.citations) > 1:
        sides = [_passage_side(cited[n]) for n in note.citations if n in cited]
    return tuple(sorted(sides, key=lambda side: side.date))


def _side(side: NoteSide, cited: Mapping[int, Citation]) -> Side:
    title = cited[side.citation].title if side.citation in cited else side.document
    source = " in ".join(filter(None, (side.said_by, title)))
    undated = "no date given" if side.said_by else "undated"
    return Side(side.date or undated, source, f"“{side.value}”", _chips((side.citation,), cited))


def _passage_side(citation: Citation) -> Side:
    source = ", ".join(filter(None, (citation.author, citation.title)))
    return Side(
        citation.date or "undated", source, citation.quote, _chips((citation.n,), {citation.n: citation})
    )


def _read_as(result: Answer | Refusal) -> str:
    """The question that stood alone; words taken over from what was said before are listed as such."""
    question, standing = result.question, result.standalone_question
    if standing == question:
        return ""
    topic = standing.removeprefix(f"{question} (about: ")
    if topic == standing or not topic.endswith(")"):
        return standing
    return f"{question} Of what was said before: {', '.join(topic[:-1].split())}."


def _refused(refusal: Refusal) -> str:
    if not refusal.missing:
        return ""
    quoted = ", ".join(f"“{word}”" for word in refusal.missing)
    return f"They say nothing about {quoted}."


def _passages(refusal: Refusal) -> tuple[Passage, ...]:
    cited = {c.n: c for c in refusal.nearest}
    return tuple(Passage(_chips((c.n,), cited)[0], c.quote, reference(c)) for c in refusal.nearest)


def _note(result: Answer | Refusal) -> str:
    """What it took: "11 passages from 2 documents · 0.3 s", and what asking a chat model for it cost."""
    cited = citations_of(result)
    documents = len({c.document for c in cited})
    timings = result.timings
    spent = seconds_said(timings.retrieve + timings.answer + timings.verify)
    counted = f"{_counted(len(cited), 'passage')} from {_counted(documents, 'document')}"
    return " · ".join(filter(None, (counted, *_usage(result), spent)))


def seconds_said(milliseconds: float) -> str:
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{milliseconds:.0f} ms"


def _usage(result: Answer | Refusal) -> Iterator[str]:
    """Who wrote it, its tokens, by the provider's own count where there is one, and how long the first
    sentence took; a model whose sentences did not stand was asked, but wrote nothing of it."""
    usage = result.usage
    if usage is None:
        return
    wrote = isinstance(result, Answer) and result.mode is Mode.WRITE
    yield f"{'written by' if wrote else 'asked'} {usage.model}{', kept from before' * usage.cached}"
    read = usage.input_tokens if usage.reported_input_tokens is None else usage.reported_input_tokens
    written = usage.output_tokens if usage.reported_output_tokens is None else usage.reported_output_tokens
    yield f"{_counted(read, 'token')} in, {written:,} out"
    if usage.first_sentence is not None:
        yield f"first sentence after {seconds_said(usage.first_sentence)}"


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"
