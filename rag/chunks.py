"""Document → Sentences and Chunks: sentence-aligned, within one section, small enough to embed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.types import Chunk, Document, Embedder, Section, Sentence

_MARK = r"\[[A-Za-z]{0,3}\d{1,3}\]"
_MARKS = re.compile(_MARK)
_BREAK = re.compile(rf"[.!?…]+[\"'”’»)\]]*(?P<marks>(?:\s?{_MARK})*)(?=\s+[\"'“‘«(\[]*[^\W_a-z]|\s*$)")
_BULLET = re.compile(r"\s*(?:[-*•▪‣o]\s+|\(?(?:\d{1,3}[.)]\s+(?!\|)|(?:[a-z]|[ivxl]{1,5})[.)]\s+(?![\d|])))?")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sen|Rep|Gov|Amb|St|Jr|Sr|Hon|Messrs|"
    r"[Aa]rts?|[Nn]os?|[Ss]ecs?|[Cc]h|[Pp]ara|[Pp]aras|[Ff]ig|[Vv]ol|[Ee]d|[Ee]ds|pp?|cf|vs?|viz|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[Aa]pprox|[Cc]a|c|"
    r"i\.e|e\.g|[Ii]nc|[Ll]td|[Cc]orp|Co|Bros|Dept|[Ee]tc|al|(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
_ENDS_A_SENTENCE_TOO = re.compile(r"(?:etc|al|Inc|Ltd|Corp|Co|Jr|Sr)\.$")
_REFERENCE = re.compile(r"\s*\[[^\[\]\s]{1,12}\]\s")
_HEADING_TOKENS = 48


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Sentence]:
    """The sentences of text[start:end]. Lines are boundaries (a list item or table row is a sentence
    of its own); bullets, list numbers and trailing reference marks such as "[S1]" lie between
    sentences, not in them."""
    end = len(text) if end is None else end
    found: list[Sentence] = []
    for line_start, line_end in _lines(text, start, end):
        found.extend(_sentences_of_line(text, line_start, line_end))
    return found


def body_sentences(document: Document, section: Section | None) -> list[Sentence]:
    """The sentences of a section below its heading; of the whole text where there is no section.

    A section that only lists references ("[S1] …") has none: it is shown beside what refers to it.
    """
    if section is None:
        return split_sentences(document.text)
    start = _body_start(document.text, section)
    lines = [document.text[a:b] for a, b in _lines(document.text, start, section.end)]
    if section.path and lines and all(_REFERENCE.match(line) for line in lines):
        return []
    return split_sentences(document.text, start, section.end)


def chunk_document(document: Document, embedder: Embedder, chunk_tokens: int) -> list[Chunk]:
    """Chunks of about `chunk_tokens` word pieces, never above the model's own limit with their
    heading. Together they hold every sentence of the document once, in order."""
    chunks: list[Chunk] = []
    for section in document.sections or (Section((), None, 0, len(document.text)),):
        sentences = body_sentences(document, section)
        chunks.extend(_chunks_of_section(document, section, sentences, embedder, chunk_tokens))
    if not chunks:  # nothing but headings
        whole = Section((), None, 0, len(document.text))
        sentences = split_sentences(document.text)
        chunks.extend(_chunks_of_section(document, whole, sentences, embedder, chunk_tokens))
    return chunks


def embedded_text(chunk: Chunk) -> str:
    """What the embedding model and the full-text index see of a chunk: its heading, then its text
    without reference marks."""
    body = _MARKS.sub("", chunk.text)
    return f"{chunk.heading}\n{body}" if chunk.heading else body


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one too long to embed whole; `last` ends a paragraph."""

    start: int
    end: int
    tokens: int
    last: bool


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while at < end:
        newline = text.find("\n", at, end)
        stop = end if newline < 0 else newline
        if text[at:stop].strip():
            yield at, stop
        at = stop + 1


def _sentences_of_line(text: str, start: int, end: int) -> Iterator[Sentence]:
    bullet = _BULLET.match(text, start, end)
    at = bullet.end() if bullet and bullet.end() < end else start
    for found in _BREAK.finditer(text, at, end):
        stop = found.start("marks")
        if _is_abbreviation(text, at, stop, found.end() == end):
            continue
        if sentence := _trimmed(text, at, stop):
            yield sentence
        at = found.end()
    if sentence := _trimmed(text, at, end):
        yield sentence


def _is_abbreviation(text: str, start: int, stop: int, at_line_end: bool) -> bool:
    tail = text[max(start, stop - 16) : stop]
    if at_line_end or not _ABBREVIATION.search(tail):
        return False
    return not _ENDS_A_SENTENCE_TOO.search(tail) or not text[stop:].lstrip()[:1].isupper()


def _trimmed(text: str, start: int, end: int) -> Sentence | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Sentence(start, end, text[start:end]) if start < end else None


def _body_start(text: str, section: Section) -> int:
    """Where the section's text begins after its own heading line."""
    line_end = text.find("\n", section.start, section.end)
    line = text[section.start : section.end if line_end < 0 else line_end]
    if section.path and line.strip().endswith(section.path[-1].strip()):
        return section.end if line_end < 0 else line_end
    return section.start


def _chunks_of_section(
    document: Document, section: Section, sentences: Sequence[Sentence], embedder: Embedder, chunk_tokens: int
) -> Iterator[Chunk]:
    heading = _heading(document, section, embedder)
    room = embedder.max_tokens - (embedder.count_tokens([heading])[0] if heading else 2)
    pieces = _pieces(document.text, sentences, embedder, room)
    for first, last in _packed(pieces, min(chunk_tokens, room), room):
        yield from _fitting(document, heading, pieces[first : last + 1], embedder)


def _fitting(document: Document, heading: str, run: Sequence[_Piece], embedder: Embedder) -> Iterator[Chunk]:
    """The run as one chunk, or in halves where the bullets and numbers between its sentences, which
    packing does not count, make it too long to embed."""
    start, end = run[0].start, run[-1].end
    chunk = Chunk(document.path, start, end, document.text[start:end], heading)
    if len(run) == 1 or embedder.count_tokens([embedded_text(chunk)])[0] <= embedder.max_tokens:
        yield chunk
        return
    middle = len(run) // 2
    yield from _fitting(document, heading, run[:middle], embedder)
    yield from _fitting(document, heading, run[middle:], embedder)


def _heading(document: Document, section: Section, embedder: Embedder) -> str:
    """The section's headings below the title, else the title; outer ones are dropped first where
    they would take too much room. With the title in it, every chunk of a document looks alike to
    the embedding model (docs/decisions/0002)."""
    title = document.metadata.title
    parts = [p for p in section.path if p != title] or [title]
    while len(parts) > 1 and embedder.count_tokens([" > ".join(parts)])[0] > _HEADING_TOKENS:
        parts.pop(0)
    heading = " > ".join(parts)
    while heading and embedder.count_tokens([heading])[0] > _HEADING_TOKENS:
        heading = heading[: len(heading) * 3 // 4].rsplit(" ", 1)[0] if " " in heading else ""
    return heading


def _pieces(text: str, sentences: Sequence[Sentence], embedder: Embedder, room: int) -> list[_Piece]:
    counts = embedder.count_tokens([s.text for s in sentences])
    pieces: list[_Piece] = []
    for i, (sentence, tokens) in enumerate(zip(sentences, counts, strict=True)):
        after = sentences[i + 1].start if i + 1 < len(sentences) else len(text)
        last = i + 1 == len(sentences) or "\n" in text[sentence.end : after]
        if tokens <= room:
            pieces.append(_Piece(sentence.start, sentence.end, tokens, last))
        else:
            spans = _split_long(text, sentence.start, sentence.end, embedder, room)
            sizes = embedder.count_tokens([text[a:b] for a, b in spans])
            pieces += [
                _Piece(a, b, n, last and b == sentence.end) for (a, b), n in zip(spans, sizes, strict=True)
            ]
    return pieces


def _split_long(text: str, start: int, end: int, embedder: Embedder, room: int) -> list[tuple[int, int]]:
    """Halve at the break nearest the middle (clause, then comma, then space, then anywhere)."""
    if end - start < 2 or embedder.count_tokens([text[start:end]])[0] <= room:
        return [(start, end)]
    middle = (start + end) // 2
    for pattern in (r"[;:]\s+", r",\s+|\s[|]\s", r"\s+"):
        cuts = [
            m.end()
            for m in re.compile(pattern).finditer(text, start + (end - start) // 4, end - (end - start) // 4)
        ]
        if cuts:
            middle = min(cuts, key=lambda cut: abs(cut - middle))
            break
    left = _trimmed(text, start, middle)
    right = _trimmed(text, middle, end)
    return [
        span
        for part in (left, right)
        if part
        for span in _split_long(text, part.start, part.end, embedder, room)
    ]


def _packed(pieces: Sequence[_Piece], target: int, room: int) -> list[tuple[int, int]]:
    """Group neighbours into runs (first, last) of at most `room` tokens: the grouping with the least
    sum of squared shortfalls from `target`, where ending inside a paragraph costs extra."""
    best = [0.0] + [float("inf")] * len(pieces)
    back = [0] * (len(pieces) + 1)
    for stop in range(1, len(pieces) + 1):
        size = 0
        for first in range(stop - 1, -1, -1):
            size += pieces[first].tokens
            if size > room and first < stop - 1:
                break
            inside = 0.0 if pieces[stop - 1].last else 0.15
            cost = best[first] + (1 - size / target) ** 2 + inside + 0.05
            if cost < best[stop]:
                best[stop], back[stop] = cost, first
    runs: list[tuple[int, int]] = []
    stop = len(pieces)
    while stop:
        runs.append((back[stop], stop - 1))
        stop = back[stop]
    return runs[::-1]
