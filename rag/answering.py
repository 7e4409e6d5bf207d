"""Question + Evidence → an Answer in verbatim quotes, or a Refusal."""

from __future__ import annotations

import re
from calendar import day_name, month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.authorship import byline
from rag.blocks import CELLS
from rag.chunks import body_sentences
from rag.citations import cite
from rag.dateroles import Role, roles
from rag.datespans import find_dates
from rag.disagreement import Statement, find_disagreements
from rag.disagreement_notes import Contested, note, put_together
from rag.index import Index
from rag.judgement import judge
from rag.numbers import find_quantities
from rag.planted import gives_orders
from rag.premises import Premise
from rag.questions import Asks, Question
from rag.reranking import Reading
from rag.selection import Candidate, choose, dangles
from rag.support import SupportModel
from rag.terms import stem, terms, words
from rag.types import Citation, Claim, Document, Metadata, Note, NoteKind, Sentence, Verdict

_NEAREST = 3
_ANTECEDENTS = 2
_DISAGREEMENTS = 3
_NAME = re.compile(
    r"\b(?:(?:Dr|Mr|Mrs|Ms|Prof|Gen)\.\s+)?[A-Z][\w’'-]+(?:\s+(?:(?:of|the|for|and|al|ul|bin)\s+)*[A-Z][\w’'-]+)*"
)

_TIMES = frozenset(map(stem, "year month week day hour minute decade century".split()))
_CALENDAR = frozenset(map(stem, (name.lower() for name in (*month_name[1:], *day_name))))


@dataclass(frozen=True, slots=True)
class Draft:
    """Claims with their citations and notes; no claims means a refusal."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    notes: tuple[Note, ...]
    confidence: float
    missing: tuple[str, ...] = ()


def quote(index: Index, reading: Reading, strictness: float, model: SupportModel) -> Draft:
    """The quote answer. It refuses where the probability of an answer is below `strictness`, unless
    the evidence contradicts what the question takes for granted."""
    written = byline(index, reading)
    if written:
        return _compose(index, reading, [written], [], 1.0)
    judged = judge(index, reading, model)
    premises, confidence = (*judged.premises, *judged.read), judged.confidence
    if not reading.ranked or (confidence < strictness and not judged.corrected):
        return refuse(index, reading, confidence)
    chosen = choose(reading.weighted, reading.ranked)
    for premise in premises:
        chosen += [c for c in premise.shown_by if c not in chosen]
    contested = disagreements(index, reading)
    held = {(s.document, s.sentence.start) for one in contested for s in one.statements}
    chosen += [c for c in reading.ranked if (c.document, c.sentence.start) in held and c not in chosen]
    return _compose(index, reading, chosen, premises, confidence, contested)


def disagreements(index: Index, reading: Reading) -> list[Contested]:
    """What the evidence disputes of the things asked for, the most relevant first."""
    best = max((c.score for c in reading.ranked), default=0.0)
    about = {path: index.document(path).metadata for path in {c.document for c in reading.ranked}}
    statements = [
        Statement(
            c.document,
            about[c.document].title,
            about[c.document].date,
            c.sentence,
            c.score / best if best > 0 else 0.0,
        )
        for c in reading.ranked
    ]
    return put_together(find_disagreements(statements, reading.weighted))[:_DISAGREEMENTS]


def _compose(
    index: Index,
    reading: Reading,
    chosen: Sequence[Candidate],
    premises: Sequence[Premise],
    confidence: float,
    contested: Sequence[Contested] = (),
) -> Draft:
    documents = {c.document: index.document(c.document) for c in chosen}
    quoted = _in_reading_order(documents, chosen)
    citations = tuple(cite(documents[path], s.start, s.end, n) for n, (path, s) in enumerate(quoted, 1))
    number = {(c.document, c.start): c.n for c in citations}
    answers = _short_answers(reading.question, chosen, documents)
    claims = tuple(
        Claim(c.quote, Verdict.SUPPORTED, 1.0, (c.n,), short_answer=answers.get((c.document, c.start)))
        for c in citations
    )
    notes = tuple(
        Note(
            NoteKind.PREMISE,
            p.text,
            tuple(number[(c.document, c.sentence.start)] for c in p.shown_by),
            p.holds,
        )
        for p in sorted(premises, key=lambda p: p.holds)
    )
    notes += tuple(note(one, lambda s: number[(s.document, s.sentence.start)]) for one in contested)
    return Draft(claims, citations, notes, confidence)


def _in_reading_order(
    documents: Mapping[str, Document], chosen: Sequence[Candidate]
) -> list[tuple[str, Sentence]]:
    """The chosen sentences and those they lean on, by document (best first), each as it reads."""
    order = {path: i for i, path in enumerate(dict.fromkeys(c.document for c in chosen))}
    quoted: dict[tuple[str, int], Sentence] = {}
    for candidate in chosen:
        for sentence in _with_antecedents(documents[candidate.document], candidate.sentence):
            quoted.setdefault((candidate.document, sentence.start), sentence)
    keys = sorted(quoted, key=lambda key: (order[key[0]], key[1]))
    return [(path, quoted[(path, start)]) for path, start in keys]


def _with_antecedents(document: Document, sentence: Sentence) -> list[Sentence]:
    """The sentence, after those before it that it leans on; a row of a table after the row that heads it."""
    found = [sentence]
    head = _table_head(document.text, sentence)
    if head and not gives_orders(head.text):
        return [head, sentence]
    while dangles(found[0].text) and len(found) <= _ANTECEDENTS:
        before = _sentence_before(document, found[0])
        if before is None or gives_orders(before.text):
            break
        found.insert(0, before)
    return found


def _table_head(text: str, row: Sentence) -> Sentence | None:
    """The first row of the table that a row lies in, unless it is that row."""
    if CELLS not in row.text:
        return None
    start = text.rfind("\n", 0, row.start) + 1
    while start > 0 and CELLS in (above := text[text.rfind("\n", 0, start - 1) + 1 : start - 1]):
        start -= len(above) + 1
    end = text.find("\n", start)
    return Sentence(start, end, text[start:end]) if -1 < end <= row.start else None


def _sentence_before(document: Document, sentence: Sentence) -> Sentence | None:
    """The sentence right before, in the same section."""
    section = document.section_at(sentence.start)
    earlier = [s for s in body_sentences(document, section) if s.end <= sentence.start]
    return earlier[-1] if earlier else None


def _short_answers(
    question: Question, chosen: Sequence[Candidate], documents: Mapping[str, Document]
) -> dict[tuple[str, int], tuple[int, int]]:
    """Where the best quotes hold the date, number, name or place that is asked for: (document, start
    of the sentence) → span inside it."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for candidate in chosen[:2]:
        spans = _spans(question, candidate.sentence.text, documents[candidate.document].metadata)
        if spans:
            found[(candidate.document, candidate.sentence.start)] = _nearest(
                question, candidate.sentence.text, spans
            )
    return found


def _spans(question: Question, text: str, metadata: Metadata) -> list[tuple[int, int]]:
    """What may be the answer; the date of a source that the sentence draws on is none."""
    asked = set(question.terms)
    match question.asks:
        case Asks.WHEN:
            said, dates = find_dates(question.text), find_dates(text)
            found = [
                d
                for d, role in zip(dates, roles(text, dates, metadata), strict=True)
                if role is not Role.SOURCE
            ]
            return [(d.start, d.end) for d in found if not any(d.overlaps(s) for s in said)]
        case Asks.HOW_LONG:
            return [(q.start, q.end) for q in find_quantities(text) if set(q.nouns[:1]) & _TIMES]
        case Asks.HOW_MANY if re.search(r"\bhow long\b", question.text, re.IGNORECASE):
            return [(q.start, q.end) for q in find_quantities(text) if q.nouns and not q.unit]
        case Asks.HOW_MANY:
            return [(q.start, q.end) for q in find_quantities(text) if q.unit or q.nouns]
        case Asks.WHO | Asks.WHERE:
            names = [(m.start(), m.end()) for m in _NAME.finditer(text)]
            inside = [(a, b, set(terms(text[a:b]))) for a, b in names]
            return [(a, b) for a, b, said in inside if said and not said & asked and not said & _CALENDAR]
        case _:
            return []


def _nearest(question: Question, text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The span nearest, on average, to the question's words in the sentence."""
    places = [start for word, start, _ in words(text) if stem(word) in question.terms]
    if not places:
        return spans[0]
    return min(spans, key=lambda s: (min(abs(p - s[0]) for p in places), s[0]))


def refuse(index: Index, reading: Reading, confidence: float) -> Draft:
    """No claims; the nearest passages, and the words of the question that none of them holds."""
    nearest = tuple(
        cite(index.document(c.document), c.sentence.start, c.sentence.end, n)
        for n, c in enumerate(reading.ranked[:_NEAREST], 1)
    )
    return Draft((), nearest, (), confidence, _missing(reading))


def _missing(reading: Reading) -> tuple[str, ...]:
    """The question's words, as it writes them, that none of the evidence holds; names first."""
    weighted = reading.weighted
    bag = frozenset(t for c in reading.ranked for t in terms(c.sentence.text))
    absent = {t for t in weighted.weights if not weighted.holds(bag, t)}
    written: dict[str, str] = {}
    for word, start, end in words(weighted.question.text):
        if stem(word) in absent:
            written.setdefault(stem(word), weighted.question.text[start:end])
    named = [written[t] for t in written if t in weighted.question.names]
    return tuple(named or [written[t] for t in written])
