"""Gold cases: a JSON Lines file to validated, frozen values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rag.errors import UsageError
from rag.types import Turn

TextOf = Callable[[str], str | None]
"""Document path to its text, None when the index does not hold that document."""


class GoldError(UsageError):
    """A gold file that cannot be used; the message names file, line and field."""


class CaseType(StrEnum):
    FACTOID = "factoid"
    WHY = "why"
    HOW = "how"
    COMPARISON = "comparison"
    TIMELINE = "timeline"
    MULTI_HOP = "multi-hop"
    NUMERIC = "numeric"
    YES_NO = "yes-no"
    DISAGREEMENT = "disagreement"
    FALSE_PREMISE = "false-premise"
    UNANSWERABLE = "unanswerable"
    MULTI_TURN = "multi-turn"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of a document's text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """Words that a right answer rests on. `start` picks one occurrence when there are several."""

    document: str
    quote: str
    start: int | None = None

    def locate(self, text: str | None) -> Span | None:
        """The quote's span in the document's text, None when it is not there exactly."""
        if text is None:
            return None
        found = text.find(self.quote) if self.start is None else self.start
        if found < 0 or text[found : found + len(self.quote)] != self.quote:
            return None
        return Span(self.document, found, found + len(self.quote))


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a right answer contains.

    `must_include` holds facts, each a tuple of acceptable wordings.
    """

    id: str
    question: str
    type: CaseType
    answer: str
    must_include: tuple[tuple[str, ...], ...]
    evidence: tuple[GoldQuote, ...]
    answerable: bool
    split: str
    history: tuple[Turn, ...] = ()
    notes: str = ""

    def spans(self, text_of: TextOf) -> tuple[Span, ...]:
        """The evidence that can be located, in the order of the file."""
        located = (quote.locate(text_of(quote.document)) for quote in self.evidence)
        return tuple(span for span in located if span is not None)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Every case of a gold file. Raises GoldError naming the line and the field at fault."""
    if not path.is_file():
        raise GoldError(f"No gold file at {path}: write one with `rag eval init`, or pass --gold FILE.")
    lines = path.read_text(encoding="utf-8").splitlines()
    cases = tuple(
        _parse_line(line, f"{path}, line {number}", path.stem)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    )
    if not cases:
        raise GoldError(f"{path} holds no cases: add one JSON object a line.")
    _require_unique_ids(cases, path)
    return cases


def evidence_problems(cases: Iterable[Case], text_of: TextOf) -> tuple[str, ...]:
    """One line for each evidence quote that is not found exactly in its document's text."""
    return tuple(
        f"{case.id}: {_why_missing(quote, text_of(quote.document))}"
        for case in cases
        for quote in case.evidence
        if quote.locate(text_of(quote.document)) is None
    )


def case_from_json(fields: object, where: str, split: str) -> Case:
    """One case from a decoded JSON object; `where` begins every error message."""
    if not isinstance(fields, dict):
        raise GoldError(f"{where}: expected a JSON object, found {type(fields).__name__}.")
    if fields.get("review") == "pending":
        raise GoldError(
            f"{where}, field review: still pending; read the case, then remove the field or the line."
        )
    kind = _case_type(_text(fields, "type", where), where)
    answerable = _flag(fields, "answerable", where)
    case = Case(
        id=_text(fields, "id", where),
        question=_text(fields, "question", where),
        type=kind,
        answer=_text(fields, "answer", where),
        must_include=tuple(_alternatives(fact, where) for fact in _strings(fields, "must_include", where)),
        evidence=tuple(_quote(item, where) for item in _list(fields, "evidence", where)),
        answerable=answerable,
        split=_optional_text(fields, "split", where) or split,
        history=tuple(_turn(item, where) for item in _list(fields, "history", where)),
        notes=_optional_text(fields, "notes", where),
    )
    _require_consistent(case, where)
    return case


def _parse_line(line: str, where: str, split: str) -> Case:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise GoldError(f"{where}, column {error.colno}: not JSON ({error.msg}); fix that line.") from error
    return case_from_json(fields, where, split)


def _require_unique_ids(cases: tuple[Case, ...], path: Path) -> None:
    repeated = [name for name, count in Counter(case.id for case in cases).items() if count > 1]
    if repeated:
        raise GoldError(f"{path}: id used twice: {', '.join(repeated)}; give each case its own id.")


def _require_consistent(case: Case, where: str) -> None:
    if case.type is CaseType.UNANSWERABLE and case.answerable:
        raise GoldError(f"{where}, field answerable: an unanswerable case must say false.")
    if case.answerable and not case.evidence:
        raise GoldError(f"{where}, field evidence: an answerable case needs at least one quote.")
    if case.type is CaseType.MULTI_TURN and not case.history:
        raise GoldError(f"{where}, field history: a multi-turn case needs the turns before the question.")


def _why_missing(quote: GoldQuote, text: str | None) -> str:
    if text is None:
        return f"document {quote.document} is not in the index; index it or change the case."
    shown = quote.quote if len(quote.quote) <= 80 else quote.quote[:77] + "..."
    return f"quote not found in {quote.document}: {shown!r}; copy it from `rag show {quote.document} --text`."


def _case_type(name: str, where: str) -> CaseType:
    try:
        return CaseType(name)
    except ValueError:
        raise GoldError(f"{where}, field type: {name!r} is none of {', '.join(CaseType)}.") from None


def _alternatives(fact: str, where: str) -> tuple[str, ...]:
    wordings = tuple(part.strip() for part in fact.split("|"))
    if not all(wordings):
        raise GoldError(f"{where}, field must_include: {fact!r} has an empty alternative.")
    return wordings


def _quote(item: object, where: str) -> GoldQuote:
    if not isinstance(item, dict):
        raise GoldError(f"{where}, field evidence: expected objects with document and quote.")
    start = item.get("start")
    if start is not None and (not isinstance(start, int) or start < 0):
        raise GoldError(f"{where}, field evidence.start: expected a character offset, found {start!r}.")
    return GoldQuote(_text(item, "document", where), _text(item, "quote", where), start)


def _turn(item: object, where: str) -> Turn:
    if not isinstance(item, dict) or item.get("role") not in ("user", "assistant"):
        raise GoldError(f"{where}, field history: expected objects with role user or assistant, and content.")
    return Turn(str(item["role"]), _text(item, "content", where))


def _text(fields: Mapping[str, object], name: str, where: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise GoldError(f"{where}, field {name}: expected text, found {value!r}.")
    return value


def _optional_text(fields: Mapping[str, object], name: str, where: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise GoldError(f"{where}, field {name}: expected text, found {value!r}.")
    return value


def _flag(fields: Mapping[str, object], name: str, where: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise GoldError(f"{where}, field {name}: expected true or false, found {value!r}.")
    return value


def _list(fields: Mapping[str, object], name: str, where: str) -> list[object]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise GoldError(f"{where}, field {name}: expected a list, found {value!r}.")
    return value


def _strings(fields: Mapping[str, object], name: str, where: str) -> list[str]:
    values = _list(fields, name, where)
    if not all(isinstance(value, str) for value in values):
        raise GoldError(f"{where}, field {name}: expected a list of texts, found {values!r}.")
    return [str(value) for value in values]
