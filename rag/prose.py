"""Reading + quote Draft → an answer in a chat model's own sentences, each verified before it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from rag.answer_cache import AnswerCache, cache_key
from rag.answering import Draft
from rag.chat_models import name_of, stream_pieces
from rag.errors import ChatModelError
from rag.grounding import Verifies, ground
from rag.index import Index
from rag.metering import Meter
from rag.prompts import NOT_IN_THE_SOURCES, Passage, Prompt, answer_prompt, rewrite_prompt
from rag.reranking import Reading
from rag.sentence_stream import SentenceStream, Written
from rag.sheet import Sheet
from rag.types import Citation, Claim, Mode, Note, Usage, Verdict

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig

    from rag.config import Settings

_NOT_IN = re.compile(rf"\W*{NOT_IN_THE_SOURCES}\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prose:
    """An answer as far as it is written; `mode` is QUOTE where quotes took its place, `refused` where the
    model found nothing in the sources. `verify` is in milliseconds."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    notes: tuple[Note, ...]
    struck: tuple[Claim, ...]
    usage: Usage
    verify: float
    mode: Mode = Mode.WRITE
    refused: bool = False


@dataclass(slots=True)
class _Writing:
    """How a model's writing goes. `ending` tells why it stopped before its end, "" where it did not."""

    meter: Meter
    sentences: int = 0
    silent: bool = False
    ending: str = ""


class Writer:
    """A chat model under supervision. Safe to share between threads as far as its model is."""

    def __init__(self, model: BaseChatModel, verifier: Verifies, settings: Settings) -> None:
        self.model = model
        self.verifier = verifier
        self.settings = settings

    def write(
        self,
        index: Index,
        reading: Reading,
        draft: Draft,
        question: str,
        config: RunnableConfig | None = None,
    ) -> Iterator[Prose]:
        """The answer after each sentence that survives, at last the whole. Where the model fails or
        nothing of it survives, the draft's quotes take its place and a caution says so; where it breaks
        off, quotes complete it. Raises UsageError for an answer cache that cannot be used."""
        sheet, writing = Sheet(index, draft), _Writing(Meter(name_of(self.model)))
        passages = numbered_passages(index, reading, draft)
        settings = self.settings
        prompt = answer_prompt(question, passages, settings.chat_context, settings.chat_answer)
        if prompt is None:
            writing.ending = (
                "The best passage is longer than the chat model's context; raise RAG_CHAT_CONTEXT"
            )
        else:
            yield from self._attempts(index, prompt, sheet, writing, config)
        yield _concluded(sheet, writing)

    def _attempts(
        self,
        index: Index,
        prompt: Prompt,
        sheet: Sheet,
        writing: _Writing,
        config: RunnableConfig | None,
    ) -> Iterator[Prose]:
        yield from self._attempt(index, prompt, sheet, writing, config)
        again = self.settings.chat_rewrites and sheet.struck and not sheet.claims and not writing.ending
        if again:
            findings = [_told(claim) for claim in sheet.struck]
            yield from self._attempt(index, rewrite_prompt(prompt, findings), sheet, writing, config)

    def _attempt(
        self,
        index: Index,
        prompt: Prompt,
        sheet: Sheet,
        writing: _Writing,
        config: RunnableConfig | None,
    ) -> Iterator[Prose]:
        meter = writing.meter
        for written in self._sentences(index, prompt, writing, config):
            since = perf_counter()
            writing.sentences += 1
            if _NOT_IN.fullmatch(written.text):
                writing.silent = True
                continue
            grounded = ground(written, prompt.passages, self.verifier)
            shown = grounded.verdict is Verdict.SUPPORTED
            sheet.add(grounded)
            meter.checked(since, shown=shown)
            if shown:
                yield _prose(sheet, writing)

    def _sentences(
        self, index: Index, prompt: Prompt, writing: _Writing, config: RunnableConfig | None
    ) -> Iterator[Written]:
        """The model's sentences as they complete; how it ends is told in `writing`."""
        key = self._key(index, prompt)
        kept = self._cache.get(key) if self._cache else None
        if kept:
            writing.meter.replay(*kept)
            yield from _parsed(kept[0], writing)
            return
        yield from self._streamed(prompt, writing, config)
        if self._cache and not writing.ending and writing.sentences:
            self._cache.put(key, writing.meter.text, writing.meter.usage())

    def _streamed(
        self, prompt: Prompt, writing: _Writing, config: RunnableConfig | None
    ) -> Iterator[Written]:
        stream, settings, meter = SentenceStream(), self.settings, writing.meter
        meter.sent(prompt)
        pieces = stream_pieces(self.model, prompt, settings.chat_patience, settings.chat_seconds, config)
        self._warm_up(prompt)
        finished = False
        try:
            for piece in pieces:
                meter.received(piece)
                yield from stream.feed(piece.text)
                finished = finished or piece.finished
                if piece.cut_off:
                    writing.ending = "The chat model may not write more; raise RAG_CHAT_ANSWER"
                if stream.looping:
                    writing.ending = (
                        "The chat model repeated itself without end; try again, or choose another"
                    )
                    break
        except ChatModelError as error:
            writing.ending = str(error)
        for last in stream.close():
            yield last if not finished or writing.ending else Written(last.text, last.cited)

    def _warm_up(self, prompt: Prompt) -> None:
        """Loads the verifier while the model reads its prompt."""
        self.verifier.verify_all([(prompt.passages[0].text, "This is read once.")])

    def _key(self, index: Index, prompt: Prompt) -> str:
        settings = self.settings
        paths = dict.fromkeys(passage.document for passage in prompt.passages)
        model = f"{name_of(self.model)} {settings.chat_base_url} {settings.chat_temperature} {settings.chat_answer}"
        return cache_key(prompt, [index.document(path).content_hash for path in paths], model)

    @cached_property
    def _cache(self) -> AnswerCache | None:
        return AnswerCache(self.settings.answer_cache) if self.settings.answer_cache else None


def numbered_passages(index: Index, reading: Reading, draft: Draft) -> list[Passage]:
    """The evidence, best first; before it what the draft quotes from elsewhere, such as a byline."""
    chunks = [(h.chunk.document, h.chunk.start, h.chunk.end) for h in reading.evidence]
    quoted = [
        (c.document, c.start, c.end)
        for c in draft.citations
        if not any(c.document == d and a <= c.start and c.end <= b for d, a, b in chunks)
    ]
    return [_passage(index, n, *place) for n, place in enumerate([*quoted, *chunks], start=1)]


def _passage(index: Index, n: int, path: str, start: int, end: int) -> Passage:
    document = index.document(path)
    about, section = document.metadata, document.section_label(start)
    return Passage(n, path, start, end, document.text[start:end], about.title, about.date, section)


def _parsed(text: str, writing: _Writing) -> Iterator[Written]:
    stream = SentenceStream()
    yield from stream.feed(text)
    yield from (Written(last.text, last.cited) for last in stream.close())


def _concluded(sheet: Sheet, writing: _Writing) -> Prose:
    if sheet.claims:
        if writing.ending:
            sheet.caution(f"{writing.ending}. Its verified sentences are shown, then quotes.")
            sheet.quote_the_rest()
        elif writing.silent:
            sheet.caution("The chat model finds that the sources do not answer all of the question.")
        sheet.finish()
        return _prose(sheet, writing)
    if writing.silent and not writing.ending:
        return _prose(sheet, writing, refused=True)
    sheet.caution(f"{_why_nothing(sheet, writing)}. These are quotes instead.")
    return _prose(sheet.in_quotes(), writing, mode=Mode.QUOTE)


def _why_nothing(sheet: Sheet, writing: _Writing) -> str:
    if writing.ending:
        return writing.ending
    if not sheet.struck:
        return "The chat model wrote nothing; try again, or choose another"
    count = "The one sentence" if len(sheet.struck) == 1 else f"None of the {len(sheet.struck)} sentences"
    verb = "is not supported" if len(sheet.struck) == 1 else "is supported"
    return f"{count} that the chat model wrote {verb} by the sources"


def _prose(sheet: Sheet, writing: _Writing, mode: Mode = Mode.WRITE, *, refused: bool = False) -> Prose:
    parts = tuple(sheet.claims), tuple(sheet.citations), tuple(sheet.notes), tuple(sheet.struck)
    return Prose(*parts, writing.meter.usage(), writing.meter.checking, mode, refused)


def _told(claim: Claim) -> str:
    differing = "; ".join(
        f"“{c.claim}” where it says “{c.source}”" if c.source else f"no “{c.claim}”" for c in claim.checks
    )
    verdict = "contradicted" if claim.verdict is Verdict.CONTRADICTED else "not found"
    return f"{claim.text} ({verdict}{': ' + differing if differing else ''})"
